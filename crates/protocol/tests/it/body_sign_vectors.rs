//! The signature of answers.

use mercer_protocol::body_sign::{HEADER_NAME, Verdict, header_value, signature, verify};

use serde_json::Value;

use crate::vectors::{group, kit, list, optional, saas_v1, saas_v2, text};

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

/// The header as HTTP finds it: by name, in any letter case.
fn received(vector: &Value) -> Option<&str> {
    let named = optional(vector, "header_name").is_some_and(|name| name.eq_ignore_ascii_case(HEADER_NAME));
    optional(vector, "header_value").filter(|_| named)
}

#[test]
fn every_vector_of_v1_gets_its_verdict_and_the_header_is_mandatory_there() {
    for vector in list(&saas_v1(), "body_sign") {
        let (name, key, body) = (text(vector, "name"), text(vector, "key"), text(vector, "body").as_bytes());
        let expected = &vector["expected"];
        assert_eq!(signature(key, body), text(expected, "signature"), "{name}");
        assert_eq!(header_value(key, body), text(expected, "header_value_strict"), "{name}");
        let verdict = verify(key, body, received(vector));
        assert_eq!(vector["accept"], verdict == Verdict::Valid, "{name}: {verdict:?}");
        if vector["gateway_emits"] == true {
            assert_eq!(
                (text(vector, "header_name"), text(vector, "header_value")),
                (HEADER_NAME, &*header_value(key, body)),
                "{name}"
            );
        }
    }
}

#[test]
fn every_vector_of_the_kit_gets_its_verdict() {
    let suite = kit();
    for (name_of_group, is_mandatory) in [("v1-body-sign", true), ("v2-body-sign", false)] {
        for vector in group(&suite, name_of_group) {
            let (name, key, body) = (text(vector, "name"), text(vector, "key"), text(vector, "body").as_bytes());
            let verdict = verify(key, body, received(vector));
            let accepted = verdict == Verdict::Valid || (verdict == Verdict::Absent && !is_mandatory);
            assert_eq!(vector["accept"], accepted, "{name}: {verdict:?}");
            if let Some(right) = optional(&vector["expected"], "signature") {
                assert_eq!(signature(key, body), right, "{name}");
            }
        }
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
