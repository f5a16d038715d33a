//! Signatures of the kit, both versions, accepted and refused.

use jiff::Timestamp;
use mercer_protocol::body_sign;
use mercer_protocol::kit::diagnosis::{AuthTokenMistake, XSignMistake, diagnose_auth_token, diagnose_x_sign};
use mercer_protocol::kit::x_sign::{Form, Presented, Refusal};
use mercer_protocol::kit::{Interface, Request, Version, auth_token, x_sign};
use mercer_protocol::saas_v2::signature::{Matched, VerifySettings, canonical_body};
use serde_json::Value;

use crate::vectors::{group, kit, optional, text};

fn x_sign_input(vector: &Value) -> x_sign::VerifyInput<'_> {
    let headers = &vector["headers"];
    x_sign::VerifyInput {
        body: text(vector, "body").as_bytes(),
        presented: Presented {
            sign: optional(headers, "x-sign"),
            timestamp: optional(headers, "x-timestamp"),
            nonce: optional(headers, "x-nonce"),
        },
        now_ms: vector["now_ms"].as_i64().unwrap(),
        settings: VerifySettings::default(),
    }
}

fn token_input(vector: &Value) -> auth_token::VerifyInput<'_> {
    auth_token::VerifyInput {
        body: text(vector, "body").as_bytes(),
        presented: optional(&vector["headers"], "authToken"),
        now: Timestamp::UNIX_EPOCH,
        settings: auth_token::VerifySettings::default(),
    }
}

fn interface(vector: &Value) -> Interface {
    Interface::parse(text(vector, "interface")).unwrap()
}

#[test]
fn every_v2_vector_is_accepted_or_refused_as_it_says() {
    for vector in group(&kit(), "v2-sign") {
        let (name, key) = (text(vector, "name"), text(vector, "access_key"));
        let input = x_sign_input(vector);
        let seen = |nonce: &str| {
            vector["already_seen_nonces"].as_array().is_some_and(|all| all.iter().any(|known| known == nonce))
        };
        let outcome = x_sign::verify_any(&["another key", key], &input).and_then(|found| {
            if input.presented.nonce.is_some_and(seen) { Err(Refusal::ReplayedNonce) } else { Ok(found) }
        });
        let expected = &vector["expected"];
        match outcome {
            Ok(found) => {
                assert_eq!(vector["accept"], true, "{name}");
                assert_eq!(found.form.as_str(), text(vector, "mode"), "{name}");
                let matched = match found.matched {
                    Matched::Raw => "raw",
                    Matched::Canonical => "canonical",
                };
                assert_eq!(matched, text(expected, "signed_form"), "{name}");
                assert_eq!(found.key_index, 1, "{name}");
                Request::parse(interface(vector), input.body).unwrap();
            }
            Err(refusal) => {
                assert_eq!(vector["accept"], false, "{name}: {refusal}");
                assert_eq!(refusal.result_code().as_str(), text(expected, "result_code"), "{name}");
            }
        }
    }
}

#[test]
fn every_v2_vector_has_the_expected_intermediate_values() {
    for vector in group(&kit(), "v2-sign").into_iter().filter(|vector| vector["accept"] == true) {
        let (name, key, input) = (text(vector, "name"), text(vector, "access_key"), x_sign_input(vector));
        let expected = &vector["expected"];
        let canonical = canonical_body(input.body).unwrap();
        let body = if text(expected, "signed_form") == "raw" { input.body } else { canonical.as_bytes() };
        if let Some(wanted) = optional(expected, "canonical_body") {
            assert_eq!(canonical, wanted, "{name}");
        }
        let (timestamp, nonce) = (input.presented.timestamp.unwrap(), input.presented.nonce.unwrap());
        let form = Form::parse(text(vector, "mode")).unwrap();
        let signed = x_sign::sign(key, form, body, timestamp, nonce);
        assert_eq!(signed.signature, text(expected, "x_sign"), "{name}");
        assert_eq!(signed.canonical, text(expected, "string_to_sign"), "{name}");
        assert_eq!(signed.body_digest.as_deref(), optional(expected, "body_digest"), "{name}");
        assert!(!signed.masked_canonical().contains(key) && !format!("{signed:?}").contains(key), "{name}");
    }
}

#[test]
fn bodies_the_store_sends_by_default_are_written_back_unchanged() {
    let mut written = 0;
    for vector in group(&kit(), "v2-sign").into_iter().filter(|vector| vector["default_emission"] == true) {
        let request = Request::parse(interface(vector), text(vector, "body").as_bytes()).unwrap();
        assert_eq!(request.to_body(Version::V2), text(vector, "body"), "{}", text(vector, "name"));
        written += 1;
    }
    assert_eq!(written, 5);
}

#[test]
fn every_path_names_its_version_and_interface() {
    let suite = kit();
    for (name, version) in [("v2-sign", Version::V2), ("v1-authToken", Version::V1)] {
        for vector in group(&suite, name) {
            let path = text(vector, "path").split('?').next().unwrap();
            assert_eq!(Interface::of_path(path), Some((version, interface(vector))));
            assert_eq!(Interface::of_path(&format!("/api/saas{path}")), Some((version, interface(vector))));
            assert_eq!(interface(vector).path(version), path);
        }
    }
    for path in ["", "/produceAPI/v3/tenantSync", "/produceAPI/v2/tenantsync", "/produceAPI/v2/tenantSync/"] {
        assert_eq!(Interface::of_path(path), None, "{path}");
    }
}

#[test]
fn every_v1_vector_is_accepted_or_refused_as_it_says() {
    for vector in group(&kit(), "v1-authToken") {
        let (name, key, input) = (text(vector, "name"), text(vector, "key"), token_input(vector));
        let expected = &vector["expected"];
        match auth_token::verify_any(&["another key", key], &input) {
            Ok(verified) => {
                assert_eq!(vector["accept"], true, "{name}");
                assert_eq!(verified.key_index, 1, "{name}");
                let signed = auth_token::sign(key, &verified.body).unwrap();
                assert_eq!(signed.canonical, text(expected, "message"), "{name}");
                assert_eq!(signed.auth_token, text(expected, "auth_token"), "{name}");
                if let Some(mac_key) = optional(expected, "mac_key") {
                    assert_eq!(format!("{key}{}", signed.timestamp), mac_key, "{name}");
                }
                Request::parse(interface(vector), &verified.body).unwrap();
            }
            Err(refusal) => {
                assert_eq!(vector["accept"], false, "{name}: {refusal}");
                assert_eq!(refusal.result_code().as_str(), text(expected, "result_code"), "{name}");
            }
        }
        if let Some(answer) = vector.get("answer") {
            let header = body_sign::header_value(key, text(answer, "body").as_bytes());
            assert_eq!(header, text(answer, "body_sign"), "{name}");
        }
    }
}

#[test]
fn values_that_came_encoded_are_handed_out_decoded() {
    let suite = kit();
    let vector = group(&suite, "v1-authToken")
        .into_iter()
        .find(|vector| text(vector, "name") == "v1-tenantSync-values-percent-encoded")
        .unwrap();
    let verified = auth_token::verify_any(&[text(vector, "key")], &token_input(vector)).unwrap();
    assert_eq!(verified.reading, auth_token::Reading::PercentDecoded);
    let Request::TenantSync(call) = Request::parse(Interface::TenantSync, &verified.body).unwrap() else { panic!() };
    assert_eq!(call.name, "Acme Tools & Söhne+Co");
}

#[test]
fn the_usual_mistakes_of_x_sign_are_named() {
    let suite = kit();
    let named = [
        ("v2-fail-order-timestamp-before-nonce", Some(XSignMistake::TimestampFirst)),
        ("v2-fail-no-access-key-in-text", Some(XSignMistake::KeyNotInMessage)),
        ("v2-fail-plain-sha256-prehash", Some(XSignMistake::PlainDigest)),
        ("v2-fail-upper-case-prehash", Some(XSignMistake::UpperCaseDigest)),
        ("v2-fail-unkeyed-sha256", Some(XSignMistake::UnkeyedHash)),
        ("v2-fail-base64-not-hex", Some(XSignMistake::Base64Signature)),
        ("v2-fail-truncated", Some(XSignMistake::WrongLength)),
        ("v2-fail-base-key", None),
        ("v2-fail-body-altered", None),
        ("v2-tenantSync-direct", None),
    ];
    for (name, mistake) in named {
        let vector = group(&suite, "v2-sign").into_iter().find(|vector| text(vector, "name") == name).unwrap();
        let diagnosis = diagnose_x_sign(text(vector, "access_key"), &x_sign_input(vector));
        assert_eq!(diagnosis.mistake, mistake, "{name}");
        assert!(!format!("{diagnosis:?}").contains(text(vector, "access_key")), "{name}");
    }
}

#[test]
fn the_usual_mistakes_of_the_v1_token_are_named() {
    let suite = kit();
    let named = [
        ("v1-fail-key-without-timeStamp", Some(AuthTokenMistake::KeyWithoutTimestamp)),
        ("v1-fail-unsorted-message", Some(AuthTokenMistake::Unsorted)),
        ("v1-fail-json-text-signed", Some(AuthTokenMistake::JsonSigned)),
        ("v1-fail-fixed-parameter-list", Some(AuthTokenMistake::MemberLeftOut)),
        ("v1-fail-hex-not-base64", Some(AuthTokenMistake::HexToken)),
        ("v1-fail-encoded-values-signed", Some(AuthTokenMistake::EncodedValues)),
        ("v1-fail-body-altered", None),
        ("v1-tenantSync", None),
    ];
    for (name, mistake) in named {
        let vector = group(&suite, "v1-authToken").into_iter().find(|vector| text(vector, "name") == name).unwrap();
        let diagnosis = diagnose_auth_token(text(vector, "key"), &token_input(vector));
        assert_eq!(diagnosis.mistake, mistake, "{name}");
    }
}

#[test]
fn the_age_of_a_v1_call_matters_only_when_asked_and_its_time_is_that_of_beijing() {
    let verdict = |time_stamp: &str, freshness_seconds: u32, now: &str| {
        let body = format!(r#"{{"timeStamp":"{time_stamp}"}}"#);
        let signed = auth_token::sign("key", body.as_bytes()).unwrap();
        let input = auth_token::VerifyInput {
            body: body.as_bytes(),
            presented: Some(&signed.auth_token),
            now: now.parse().unwrap(),
            settings: auth_token::VerifySettings { freshness_seconds },
        };
        auth_token::verify_any(&["key"], &input).map(|_| ())
    };
    let sent = "20240311093015120";
    assert_eq!(verdict(sent, 0, "2030-01-01T00:00:00Z"), Ok(()));
    assert_eq!(verdict(sent, 600, "2024-03-11T01:40:15.120Z"), Ok(()));
    assert_eq!(verdict(sent, 600, "2024-03-11T01:20:15.120Z"), Ok(()));
    let stale = |age_ms| Err(auth_token::Refusal::StaleTimestamp { age_ms, window_seconds: 600 });
    assert_eq!(verdict(sent, 600, "2024-03-11T01:40:15.121Z"), stale(600_001));
    assert_eq!(verdict(sent, 600, "2024-03-11T01:20:15.119Z"), stale(-600_001));
    assert_eq!(verdict("20240311093015", 600, "2024-03-11T01:30:15Z"), Err(auth_token::Refusal::MalformedTimestamp));
    assert_eq!(verdict("20240311093015", 0, "2024-03-11T01:30:15Z"), Ok(()));
}

#[test]
fn a_v1_body_that_is_no_object_is_refused_before_its_token_is_missed() {
    for body in ["", "[]", "{", "\"text\""] {
        let input = auth_token::VerifyInput {
            body: body.as_bytes(),
            presented: None,
            now: Timestamp::UNIX_EPOCH,
            settings: auth_token::VerifySettings::default(),
        };
        assert_eq!(auth_token::verify_any(&["key"], &input), Err(auth_token::Refusal::UnreadableBody), "{body}");
    }
}
