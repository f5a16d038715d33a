//! Tokens of V1.0, accepted and refused.

use jiff::Timestamp;
use mercer_protocol::saas_v1::auth_token::{
    Refusal, VerifyInput, VerifySettings, masked_mac_key, sign, signed_query, verify_any,
};
use mercer_protocol::saas_v1::diagnosis::{Mistake, diagnose};
use mercer_protocol::saas_v1::{DecodeFailure, MAX_PARAMETERS, Parameters, Reading, Request};
use mercer_protocol::time::{CompactTime, UTC_PLUS_8};
use serde_json::Value;

use crate::vectors::{list, optional, pairs, saas_v1, text};

fn input(vector: &Value) -> VerifyInput<'_> {
    let now = optional(vector, "now").map_or(Timestamp::UNIX_EPOCH, |text| CompactTime::parse(text).unwrap().at);
    let freshness_seconds = u32::try_from(vector["freshness_seconds"].as_u64().unwrap_or(0)).unwrap();
    VerifyInput {
        raw_query: text(vector, "raw_query"),
        now,
        settings: VerifySettings { freshness_seconds, ..VerifySettings::default() },
    }
}

fn named<'a>(suite: &'a Value, name: &str) -> &'a Value {
    list(suite, "auth_token").iter().find(|vector| text(vector, "name") == name).unwrap()
}

#[test]
fn every_token_vector_has_the_expected_intermediate_values() {
    for vector in list(&saas_v1(), "auth_token") {
        let (name, key, query) = (text(vector, "name"), text(vector, "key"), text(vector, "raw_query"));
        let expected = &vector["expected"];
        let mut decoded = Parameters::decode(query, Reading::FormDecoded).unwrap();
        let signed = sign(key, &decoded);
        assert_eq!(signed.canonical, text(expected, "string_to_sign"), "{name}");
        assert_eq!(signed.auth_token, text(expected, "auth_token"), "{name}");
        decoded.remove("authToken");
        let mut first_values = pairs(expected, "params_decoded");
        let mut seen: Vec<&str> = Vec::new();
        first_values.retain(|(name, _)| {
            !seen.contains(name) && {
                seen.push(name);
                true
            }
        });
        assert_eq!(decoded.iter().collect::<Vec<_>>(), first_values, "{name}");
        let time_stamp = decoded.get("timeStamp").unwrap_or_default();
        assert_eq!(format!("{key}{time_stamp}"), text(expected, "mac_key"), "{name}");
        assert!(!masked_mac_key(time_stamp).contains(key), "{name}");
        let plus_kept = sign(key, &Parameters::decode(query, Reading::PlusKept).unwrap());
        assert_eq!(plus_kept.canonical, text(expected, "string_to_sign_plus_kept"), "{name}");
        assert_eq!(plus_kept.auth_token, text(expected, "auth_token_plus_kept"), "{name}");
    }
}

#[test]
fn every_token_vector_is_accepted_or_refused_as_it_says() {
    for vector in list(&saas_v1(), "auth_token") {
        let (name, key) = (text(vector, "name"), text(vector, "key"));
        match verify_any(&["another key", key], &input(vector)) {
            Ok(verified) => {
                assert_eq!(vector["accept"], true, "{name}");
                let wanted = match verified.reading {
                    Reading::FormDecoded => "decoded",
                    Reading::PlusKept => "plus_kept",
                };
                assert_eq!(text(&vector["expected"], "matched_by"), wanted, "{name}");
                assert_eq!(verified.key_index, 1, "{name}");
            }
            Err(refusal) => {
                assert_eq!(vector["accept"], false, "{name}: {refusal}");
                assert_eq!(refusal.result_code().as_str(), text(vector, "result_code"), "{name}");
            }
        }
    }
}

#[test]
fn queries_the_store_would_send_are_written_back_unchanged() {
    let mut written = 0;
    for vector in list(&saas_v1(), "auth_token").iter().filter(|vector| vector["store_emits_this_query"] == true) {
        let (name, key, query) = (text(vector, "name"), text(vector, "key"), text(vector, "raw_query"));
        let parameters = Parameters::decode(query, Reading::FormDecoded).unwrap();
        assert_eq!(signed_query(key, &parameters), query, "{name}");
        // Empty parameters count as absent when read, so they are not sent again.
        if name == "empty-values" {
            continue;
        }
        let request = Request::parse(&parameters, UTC_PLUS_8).unwrap();
        let at = CompactTime::parse(parameters.get("timeStamp").unwrap()).unwrap().at;
        assert_eq!(signed_query(key, &request.to_parameters(at, UTC_PLUS_8)), query, "{name}");
        written += 1;
    }
    assert!(written >= 14, "only {written} queries were written back");
}

#[test]
fn the_usual_mistakes_are_named() {
    let suite = saas_v1();
    let named_mistakes = [
        ("neg-key-alone", Some(Mistake::KeyWithoutTimestamp)),
        ("neg-body-sign-style", Some(Mistake::KeyWithoutTimestamp)),
        ("neg-timestamp-first", Some(Mistake::TimestampBeforeKey)),
        ("neg-encoded-values", Some(Mistake::EncodedValues)),
        ("neg-leading-ampersand", Some(Mistake::LeadingAmpersand)),
        ("neg-timestamp-left-out", Some(Mistake::TimestampLeftOut)),
        ("neg-hex-token", Some(Mistake::HexToken)),
        ("neg-url-safe-base64", Some(Mistake::UrlSafeToken)),
        ("neg-no-padding", Some(Mistake::ShortenedToken)),
        ("neg-token-case", Some(Mistake::TokenCase)),
        ("unknown-parameter-left-out", Some(Mistake::UnknownLeftOut)),
        ("case-insensitive-order", Some(Mistake::SortedIgnoringCase)),
        ("repeated-parameter-last-signed", Some(Mistake::RepeatedValues)),
        ("repeated-parameter-both-signed", Some(Mistake::RepeatedValues)),
        ("double-encoded", Some(Mistake::DecodedTwice)),
        ("neg-wrong-key", None),
        ("neg-value-tampered", None),
        ("new-instance-full", None),
    ];
    for (name, mistake) in named_mistakes {
        let vector = named(&suite, name);
        assert_eq!(diagnose(text(vector, "key"), &input(vector)).mistake, mistake, "{name}");
    }
}

#[test]
fn the_reading_with_plus_signs_can_be_switched_off() {
    let suite = saas_v1();
    let vector = named(&suite, "plus-raw");
    let strict = VerifySettings { plus_fallback: false, ..VerifySettings::default() };
    let refusal = verify_any(&[text(vector, "key")], &VerifyInput { settings: strict, ..input(vector) });
    assert_eq!(refusal, Err(Refusal::WrongToken));
    let diagnosis = diagnose(text(vector, "key"), &input(vector));
    assert_eq!(diagnosis.outcome, Ok(Reading::PlusKept));
    assert!(diagnosis.plus_kept.is_some());
}

#[test]
fn a_query_that_cannot_be_decoded_is_refused_before_its_token_is_missed() {
    for query in ["a=%", "a=%4", "a=%zz&authToken=x", "a=%ff", "%+1=x"] {
        let input = VerifyInput { raw_query: query, now: Timestamp::UNIX_EPOCH, settings: VerifySettings::default() };
        let refusal = verify_any(&["key"], &input).unwrap_err();
        assert!(matches!(refusal, Refusal::UndecodableQuery(_)), "{query}: {refusal}");
        assert_eq!(refusal.result_code().as_str(), "000002", "{query}");
    }
}

#[test]
fn a_query_has_at_most_256_parameters() {
    let query = |count: usize| (0..count).map(|index| format!("p{index}=1")).collect::<Vec<_>>().join("&");
    assert!(Parameters::decode(&query(MAX_PARAMETERS), Reading::FormDecoded).is_ok());
    let failure = Parameters::decode(&query(MAX_PARAMETERS + 1), Reading::FormDecoded);
    assert_eq!(failure, Err(DecodeFailure::TooMany { count: 257 }));
}

#[test]
fn a_timestamp_is_17_digits_when_its_age_matters_and_the_window_has_two_sides() {
    let verdict = |time_stamp: &str, now: &str| {
        let query =
            signed_query("key", &Parameters::of_pairs([("activity", "queryInstance"), ("timeStamp", time_stamp)]));
        let settings = VerifySettings { freshness_seconds: 600, ..VerifySettings::default() };
        verify_any(&["key"], &VerifyInput { raw_query: &query, now: CompactTime::parse(now).unwrap().at, settings })
            .map(|_| ())
    };
    assert_eq!(verdict("20240101080000000", "20240101081000000"), Ok(()));
    assert_eq!(verdict("20240101081000000", "20240101080000000"), Ok(()));
    let stale = Err(Refusal::StaleTimestamp { age_ms: 600_001, window_seconds: 600 });
    assert_eq!(verdict("20240101080000000", "20240101081000001"), stale);
    let ahead = Err(Refusal::StaleTimestamp { age_ms: -600_001, window_seconds: 600 });
    assert_eq!(verdict("20240101081000001", "20240101080000000"), ahead);
    assert_eq!(verdict("20240101080000", "20240101080000000"), Err(Refusal::MalformedTimestamp));
    assert_eq!(verdict("yesterday", "20240101080000000"), Err(Refusal::MalformedTimestamp));
}

#[test]
fn nothing_printed_for_debugging_holds_personal_data_the_token_or_the_key() {
    let suite = saas_v1();
    let vector = named(&suite, "new-instance-full");
    let (key, token) = (text(vector, "key"), text(&vector["expected"], "auth_token"));
    let diagnosis = diagnose(key, &input(vector));
    let verified = verify_any(&[key], &input(vector)).unwrap();
    let request = Request::parse(&verified.parameters, UTC_PLUS_8).unwrap();
    let shown = format!("{verified:?} {request:?} {:?}", diagnosis.decoded);
    for secret in [key, token, "MIqddB8X", "qTH7vAZv", "W3sibmFt"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(!diagnosis.decoded.unwrap().masked_canonical().contains("MIqddB8X"));
}
