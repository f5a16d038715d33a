//! SDK-HMAC-SHA256: canonical forms, the signer, the verifier.

use mercer_protocol::aksk::canonical::{
    Parts, canonical_query, canonical_query_of_pairs, canonical_uri, compute, percent_encoded,
};
use mercer_protocol::aksk::{
    ApigwFault, Credentials, EMPTY_BODY_SHA256, GatewayError, Hosts, MAX_SKEW_SECONDS, Received, Refusal,
    RequestToSign, Settings, SkewCode, Step, UnsignedPayload, read, sign,
};
use serde_json::Value;

use crate::vectors::{aksk, list, optional, pairs, text, time};

const STORE_HOSTS: [&str; 4] =
    ["mkt.myhuaweicloud.com", "mkt.myhuaweicloud.cn", "mkt-intl.myhuaweicloud.com", "mkt.myhuaweicloud.eu"];

/// Access keys that are registered at the store of these vectors.
fn is_registered(access_key_id: &str) -> bool {
    access_key_id != "NoSuchKey"
}

fn settings(vector: &Value) -> Settings {
    let hosts = match vector.get("store_hosts").and_then(Value::as_array) {
        Some(hosts) => hosts.iter().map(|host| host.as_str().unwrap().to_owned()).collect(),
        None => STORE_HOSTS.map(str::to_owned).to_vec(),
    };
    let unsigned_payload = match vector["settings"].get("store.aksk.unsigned_payload").and_then(Value::as_str) {
        None | Some("non_json") => UnsignedPayload::NonJson,
        Some(other) => panic!("unknown setting {other}"),
    };
    Settings {
        max_skew_seconds: MAX_SKEW_SECONDS,
        hosts: Hosts::Only(hosts),
        unsigned_payload,
        skew_code: SkewCode::Apigw0303,
    }
}

/// Verifies as a store does, with its replay guard.
fn verify(vector: &Value) -> Result<String, Refusal> {
    let mut headers = pairs(vector, "headers");
    headers.extend(optional(vector, "authorization").map(|value| ("Authorization", value)));
    let received = Received {
        method: text(vector, "method"),
        path: text(vector, "path"),
        raw_query: text(vector, "raw_query"),
        headers: &headers,
        body: text(vector, "body").as_bytes(),
        now: time(vector, "server_time"),
    };
    let presented = read(&received, &settings(vector))?;
    let secret = is_registered(presented.access_key_id()).then(|| text(vector, "sk"));
    let computation = presented.check(secret)?;
    let rejects_replays = vector["settings"].get("store.aksk.replay_guard").is_some_and(|guard| guard == "reject");
    if rejects_replays && vector["already_seen"] == true {
        return Err(Refusal::replayed());
    }
    assert_eq!(computation.canonical_request, text(vector, "canonical_request"), "{}", text(vector, "name"));
    assert_eq!(computation.string_to_sign, text(vector, "string_to_sign"), "{}", text(vector, "name"));
    assert_eq!(presented.access_key_id(), text(vector, "ak"), "{}", text(vector, "name"));
    Ok(computation.signature)
}

#[test]
fn canonical_queries_are_those_of_the_official_clients() {
    for vector in list(&aksk(), "canonical_query_vectors") {
        let (name, query, expected) = (text(vector, "name"), pairs(vector, "query"), text(vector, "canonical_query"));
        assert_eq!(canonical_query_of_pairs(&query), expected, "{name}");
        let encode = |text: &str| percent_encoded(text.as_bytes());
        let raw: Vec<String> =
            query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        assert_eq!(canonical_query(&raw.join("&")), expected, "{name}");
    }
}

#[test]
fn canonical_paths_are_decoded_once_and_end_with_a_slash() {
    for vector in list(&aksk(), "canonical_uri_vectors") {
        assert_eq!(canonical_uri(text(vector, "path")), text(vector, "canonical_uri"), "{}", text(vector, "name"));
    }
}

#[test]
fn every_vector_is_accepted_or_refused_at_the_step_it_names() {
    for vector in list(&aksk(), "vectors") {
        let name = text(vector, "name");
        match verify(vector) {
            Ok(signature) => {
                assert_eq!(vector["accept"], true, "{name}");
                assert_eq!(signature, text(vector, "signature"), "{name}");
            }
            Err(refusal) => {
                assert_eq!(vector["accept"], false, "{name}: {refusal}");
                let reject = &vector["reject"];
                assert_eq!(refusal.step.name(), text(reject, "step"), "{name}");
                assert_eq!(u64::from(refusal.http_status), reject["http_status"].as_u64().unwrap(), "{name}");
                assert_eq!(refusal.error_code, text(reject, "error_code"), "{name}");
                assert_eq!(refusal.message, text(reject, "error_msg"), "{name}");
            }
        }
    }
}

#[test]
fn every_computed_value_of_the_vectors_is_reproduced() {
    let mut computed = 0;
    for vector in list(&aksk(), "vectors") {
        let (name, Some(expected)) = (text(vector, "name"), optional(vector, "canonical_request")) else { continue };
        // Vectors of schemes the store does not know carry values of those schemes.
        if vector.get("algorithm").and_then(Value::as_str).is_some_and(|algorithm| algorithm != "SDK-HMAC-SHA256") {
            continue;
        }
        let received = pairs(vector, "headers");
        let headers: Vec<(&str, &str)> = text(vector, "signed_headers")
            .split(';')
            .map(|name| (name, received.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).unwrap().1))
            .collect();
        let date = headers.iter().find(|(name, _)| *name == "x-sdk-date").unwrap().1;
        let parts = Parts {
            method: text(vector, "method"),
            path: text(vector, "path"),
            raw_query: text(vector, "raw_query"),
            headers: &headers,
            payload_hash: text(vector, "payload_hash"),
            date,
        };
        let computation = compute(&parts, text(vector, "sk"));
        assert_eq!(computation.canonical_request, expected, "{name}");
        assert_eq!(computation.string_to_sign, text(vector, "string_to_sign"), "{name}");
        assert_eq!(computation.signature, text(vector, "signature"), "{name}");
        computed += 1;
    }
    assert!(computed >= 50, "only {computed} vectors were computed");
}

#[test]
fn the_signer_writes_what_the_vectors_of_its_kind_hold() {
    let mut signed = 0;
    for vector in list(&aksk(), "vectors").iter().filter(|vector| vector["accept"] == true) {
        let headers = pairs(vector, "headers");
        let header =
            |name: &str| headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
        let Some(host) = header("host") else { continue };
        let credentials = Credentials {
            access_key_id: text(vector, "ak").to_owned(),
            secret_access_key: text(vector, "sk").to_owned(),
        };
        let request = RequestToSign {
            method: text(vector, "method"),
            host,
            path: text(vector, "path"),
            raw_query: text(vector, "raw_query"),
            content_type: header("content-type"),
            body: text(vector, "body").as_bytes(),
            at: time_of(header("x-sdk-date").unwrap()),
        };
        let made = sign(&credentials, &request);
        if made.signed_headers == text(vector, "signed_headers") {
            assert_eq!(made.computation.signature, text(vector, "signature"), "{}", text(vector, "name"));
            assert!(made.authorization.ends_with(&format!("Signature={}", text(vector, "signature"))));
            assert!(!format!("{credentials:?}").contains("SecretKey"));
            signed += 1;
        }
    }
    assert!(signed >= 10, "only {signed} vectors were signed");
}

fn time_of(date: &str) -> jiff::Timestamp {
    mercer_protocol::time::parse_basic_iso(date).unwrap()
}

#[test]
fn constants_are_those_of_the_vectors() {
    let suite = aksk();
    assert_eq!(EMPTY_BODY_SHA256, text(&suite, "empty_body_sha256"));
    assert_eq!(Some(MAX_SKEW_SECONDS), suite["max_skew_seconds"].as_i64());
    let steps: Vec<&str> = Step::ALL.iter().map(|step| step.name()).collect();
    for vector in list(&suite, "vectors").iter().filter(|vector| vector["accept"] == false) {
        assert!(steps.contains(&text(&vector["reject"], "step")));
    }
}

#[test]
fn what_our_signer_signs_our_verifier_accepts_under_every_setting_of_hosts() {
    let credentials = Credentials { access_key_id: "AK".to_owned(), secret_access_key: "SK".to_owned() };
    let at = time_of("20261125T000000Z");
    let request = RequestToSign {
        method: "POST",
        host: "mkt.myhuaweicloud.com:443",
        path: "/a/b",
        raw_query: "x=1",
        content_type: Some("application/json;charset=utf-8"),
        body: b"{}",
        at,
    };
    let signed = sign(&credentials, &request);
    let mut headers = vec![("host", request.host), ("content-type", "application/json;charset=utf-8")];
    headers.extend(signed.headers());
    let received = Received { method: "POST", path: "/a/b", raw_query: "x=1", headers: &headers, body: b"{}", now: at };
    for hosts in [Hosts::Any, Hosts::Only(vec!["MKT.myhuaweicloud.com".to_owned()])] {
        let settings = Settings { hosts, ..Settings::default() };
        assert!(read(&received, &settings).unwrap().check(Some("SK")).is_ok());
    }
    let refusal = read(&received, &Settings::default()).unwrap().check(None).unwrap_err();
    assert_eq!(refusal.step, Step::Compare);
    assert!(refusal.canonical_request.is_some());
}

#[test]
fn the_code_of_excessive_skew_is_a_setting() {
    let suite = aksk();
    let vector = list(&suite, "vectors").iter().find(|vector| text(vector, "name").starts_with("BAD-8 ")).unwrap();
    let mut headers = pairs(vector, "headers");
    headers.push(("Authorization", text(vector, "authorization")));
    let received = Received {
        method: "GET",
        path: text(vector, "path"),
        raw_query: text(vector, "raw_query"),
        headers: &headers,
        body: b"",
        now: time(vector, "server_time"),
    };
    let refusal = read(&received, &Settings { skew_code: SkewCode::Apigw0301, ..settings(vector) }).unwrap_err();
    assert_eq!((refusal.step, refusal.error_code), (Step::ClockSkew, "APIGW.0301"));
    assert!(refusal.full_message().contains("signature expired"));
}

#[test]
fn gateway_errors_read_back_and_other_bodies_are_none() {
    let error = ApigwFault::find("APIGW.0308", 429).unwrap().body("0123456789abcdef0123456789abcdef");
    assert_eq!(GatewayError::parse(error.to_json().as_bytes()), Some(error));
    for body in [&b"{\"resultCode\":\"MKT.0000\"}"[..], b"<html>", b"", b"{\"error_code\":\"MKT.1\"}"] {
        assert_eq!(GatewayError::parse(body), None);
    }
}
