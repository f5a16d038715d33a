//! Request signatures, accepted and refused, and the sequence for the nonce memory.

use std::collections::HashMap;

use mercer_protocol::ResultCode;
use mercer_protocol::saas_v2::Request;
use mercer_protocol::saas_v2::diagnosis::{Mistake, diagnose};
use mercer_protocol::saas_v2::signature::{
    Matched, NONCE_MEMORY_SECONDS, Presented, Refusal, Signed, VerifyInput, VerifySettings, canonical_body, sign,
    verify, verify_any,
};
use serde_json::Value;

use crate::vectors::{list, optional, saas_v2, text};

fn input(vector: &Value) -> VerifyInput<'_> {
    let presented = &vector["presented"];
    VerifyInput {
        body: text(vector, "body").as_bytes(),
        presented: Presented {
            timestamp: optional(presented, "timestamp"),
            nonce: optional(presented, "nonce"),
            signature: optional(presented, "signature"),
        },
        now_ms: vector["now_ms"].as_i64().unwrap(),
        settings: VerifySettings::default(),
    }
}

fn assert_signed(name: &str, signed: &Signed, expected: &Value) {
    assert_eq!(signed.body_digest, text(expected, "body_digest"), "{name}");
    assert_eq!(signed.canonical, text(expected, "canonical_request"), "{name}");
    assert_eq!(signed.signature, text(expected, "signature"), "{name}");
}

#[test]
fn every_request_vector_has_the_expected_intermediate_values() {
    for vector in list(&saas_v2(), "request_signature") {
        let (name, key, input) = (text(vector, "name"), text(vector, "access_key"), input(vector));
        let (timestamp, nonce) = (input.presented.timestamp.unwrap_or(""), input.presented.nonce.unwrap_or(""));
        let expected = &vector["expected"];
        assert_signed(name, &sign(key, input.body, timestamp, nonce), &expected["raw"]);
        let canonical = canonical_body(input.body);
        assert_eq!(canonical.as_deref(), optional(expected, "canonical_body"), "{name}");
        if let Some(body) = canonical {
            assert_signed(name, &sign(key, body.as_bytes(), timestamp, nonce), &expected["canonical"]);
        }
    }
}

#[test]
fn every_request_vector_is_accepted_or_refused_as_it_says() {
    for vector in list(&saas_v2(), "request_signature") {
        let (name, input) = (text(vector, "name"), input(vector));
        match verify(text(vector, "access_key"), &input) {
            Ok(matched) => {
                assert_eq!(vector["accept"], true, "{name}");
                let wanted = match matched {
                    Matched::Raw => "raw",
                    Matched::Canonical => "canonical",
                };
                assert_eq!(text(&vector["expected"], "matched_by"), wanted, "{name}");
            }
            Err(refusal) => {
                assert_eq!(vector["accept"], false, "{name}: {refusal}");
                assert_eq!(refusal.result_code().as_str(), text(vector, "result_code"), "{name}");
            }
        }
    }
}

#[test]
fn bodies_the_store_would_send_are_written_back_unchanged() {
    let mut written = 0;
    for vector in list(&saas_v2(), "request_signature") {
        let body = text(vector, "body");
        let Ok(request) = Request::parse(body.as_bytes()) else { continue };
        if vector["store_emits_this_body"] == true {
            assert_eq!(request.to_body(), body, "{}", text(vector, "name"));
            written += 1;
        }
    }
    assert!(written >= 10, "only {written} bodies were written back");
}

#[test]
fn the_nonce_memory_sequence_is_answered_as_it_says() {
    for sequence in list(&saas_v2(), "replay") {
        let mut memory: HashMap<(String, String), i64> = HashMap::new();
        for step in list(sequence, "steps") {
            let (key, input) = (text(step, "access_key"), input(step));
            let outcome = verify(key, &input).and_then(|_| {
                let place = (key.to_owned(), input.presented.nonce.unwrap_or("").to_owned());
                let forgotten_before = input.now_ms - i64::from(NONCE_MEMORY_SECONDS) * 1_000;
                if memory.get(&place).is_some_and(|accepted| *accepted >= forgotten_before) {
                    return Err(Refusal::ReplayedNonce);
                }
                memory.insert(place, input.now_ms);
                Ok(())
            });
            assert_eq!(step["accept"], outcome.is_ok(), "step {}", step["step"]);
            let code = outcome.err().map(|refusal| refusal.result_code().as_str().to_owned());
            assert_eq!(code.as_deref(), optional(step, "result_code"), "step {}", step["step"]);
        }
    }
}

#[test]
fn printed_samples_of_the_guide_are_read() {
    for sample in list(&saas_v2(), "format_samples") {
        let (name, body) = (text(sample, "name"), text(sample, "body"));
        match Request::parse(body.as_bytes()) {
            Ok(request) => {
                assert_eq!(format!("sample-{}", request.activity()), name);
                assert!(request.test_flag().is_debug(), "{name}");
                assert_eq!(request.to_body(), body, "{name}");
            }
            // The order notification is no base interface.
            Err(refusal) => {
                assert_eq!((name, refusal.field), ("sample-orderNotify", "activity"));
                assert_eq!(refusal.result_code(), ResultCode::InvalidParameter);
            }
        }
    }
}

#[test]
fn the_usual_mistakes_are_named() {
    let named = [
        ("neg-plain-sha256-digest", Some(Mistake::PlainDigest)),
        ("neg-kit-direct-form", Some(Mistake::KitForm)),
        ("neg-digest-upper-case", Some(Mistake::UpperCaseDigest)),
        ("neg-order-timestamp-nonce", Some(Mistake::TimestampFirst)),
        ("neg-key-not-in-message", Some(Mistake::KeyNotInMessage)),
        ("neg-separators", Some(Mistake::Separators)),
        ("neg-unkeyed-outer-hash", Some(Mistake::UnkeyedOuterHash)),
        ("neg-base64-signature", Some(Mistake::Base64Signature)),
        ("neg-truncated-signature", Some(Mistake::WrongLength)),
        ("neg-trailing-character", Some(Mistake::WrongLength)),
        ("neg-key-trailing-blank", Some(Mistake::KeyWithBlank)),
        ("neg-nested-resorted", Some(Mistake::NestedChanged)),
        ("neg-nested-null-dropped", Some(Mistake::NestedChanged)),
        ("neg-body-tampered", None),
        ("neg-wrong-key", None),
        ("new-instance", None),
    ];
    let suite = saas_v2();
    for (name, mistake) in named {
        let vector = list(&suite, "request_signature").iter().find(|vector| text(vector, "name") == name).unwrap();
        assert_eq!(diagnose(text(vector, "access_key"), &input(vector)).mistake, mistake, "{name}");
    }
}

#[test]
fn any_of_several_keys_may_fit_during_a_rotation() {
    let suite = saas_v2();
    let vector = &list(&suite, "request_signature")[0];
    let key = text(vector, "access_key");
    let found = verify_any(&["another", key], &input(vector)).unwrap();
    assert_eq!((found.key_index, found.matched), (1, Matched::Raw));
    assert_eq!(verify_any(&["another"], &input(vector)), Err(Refusal::WrongSignature));
    assert_eq!(verify_any(&[], &input(vector)), Err(Refusal::WrongSignature));
}

#[test]
fn nothing_printed_for_debugging_holds_the_access_key() {
    let suite = saas_v2();
    let vector = &list(&suite, "request_signature")[0];
    let key = text(vector, "access_key");
    let diagnosis = diagnose(key, &input(vector));
    assert!(!format!("{diagnosis:?}").contains(key));
    assert!(!diagnosis.raw.masked_canonical().contains(key));
    assert!(diagnosis.raw.masked_canonical().ends_with(&diagnosis.raw.body_digest));
}

#[test]
fn a_nonce_has_at_most_128_characters() {
    let nonce = "n".repeat(128);
    let signed = sign("key", b"{}", "1735689600000", &nonce);
    let longer = "n".repeat(129);
    let call = |nonce| VerifyInput {
        body: b"{}",
        presented: Presented {
            timestamp: Some("1735689600000"),
            nonce: Some(nonce),
            signature: Some(&signed.signature),
        },
        now_ms: 1_735_689_600_000,
        settings: VerifySettings::default(),
    };
    assert_eq!(verify("key", &call(&nonce)), Ok(Matched::Raw));
    assert_eq!(verify("key", &call(&longer)), Err(Refusal::OversizedNonce));
}

#[test]
fn settings_switch_the_tolerances_off() {
    let suite = saas_v2();
    let vector =
        |name: &str| list(&suite, "request_signature").iter().find(|vector| text(vector, "name") == name).unwrap();
    let strict = VerifySettings { window_seconds: 60, accept_seconds: false, canonical_fallback: false };
    let seconds = vector("timestamp-10-digits");
    let refusal = verify(text(seconds, "access_key"), &VerifyInput { settings: strict, ..input(seconds) });
    assert!(matches!(refusal, Err(Refusal::StaleTimestamp { .. })));
    let unsorted = vector("body-keys-unsorted");
    let refusal = verify(text(unsorted, "access_key"), &VerifyInput { settings: strict, ..input(unsorted) });
    assert_eq!(refusal, Err(Refusal::WrongSignature));
}
