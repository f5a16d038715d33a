//! The signature of answers.

use mercer_protocol::body_sign::{Verdict, header_value, signature, verify};

use crate::vectors::{list, optional, saas_v2, text};

#[test]
fn every_body_sign_vector_gets_its_verdict() {
    for vector in list(&saas_v2(), "body_sign") {
        let (name, key, body) = (text(vector, "name"), text(vector, "access_key"), text(vector, "body").as_bytes());
        assert_eq!(signature(key, body), text(&vector["expected"], "signature"), "{name}");
        let verdict = verify(key, body, optional(vector, "header_value"));
        let accepted = matches!(verdict, Verdict::Absent | Verdict::Valid);
        assert_eq!(vector["accept"], accepted, "{name}: {verdict:?}");
        let wanted = if accepted { "none" } else { "warn" };
        assert_eq!(text(vector, "store_action"), wanted, "{name}");
    }
}

#[test]
fn what_is_written_is_the_printed_form() {
    let suite = saas_v2();
    let vector = &list(&suite, "body_sign")[0];
    assert_eq!(header_value(text(vector, "access_key"), text(vector, "body").as_bytes()), text(vector, "header_value"));
}

#[test]
fn blanks_and_the_case_of_the_type_are_free_but_quotes_are_not() {
    let signature = signature("key", b"{}");
    for header in [
        format!("sign_type=\"HMAC-SHA256\", signature= \"{signature}\""),
        format!(" sign_type = \"hmac-sha256\" ,signature=\"{signature}\" "),
    ] {
        assert_eq!(verify("key", b"{}", Some(&header)), Verdict::Valid, "{header}");
    }
    for header in [
        format!("sign_type=\"HMAC-SHA1\", signature=\"{signature}\""),
        format!("signature=\"{signature}\", sign_type=\"HMAC-SHA256\""),
        format!("sign_type=\"HMAC-SHA256\", signature=\"{signature}\" more"),
        format!("sign_type=\"HMAC-SHA256\", signature=\"{signature}"),
        String::new(),
    ] {
        assert_eq!(verify("key", b"{}", Some(&header)), Verdict::Malformed, "{header}");
    }
}
