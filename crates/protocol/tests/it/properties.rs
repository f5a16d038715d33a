//! What holds for any input.

use jiff::Timestamp;
use mercer_protocol::aksk::{self, Credentials, Received, RequestToSign};
use mercer_protocol::order_query::{Answer, OrderInfo, Query, Surplus};
use mercer_protocol::saas_v2::signature::{
    Matched, Presented, Refusal, VerifyInput, VerifySettings, canonical_body, sign, verify,
};
use mercer_protocol::saas_v2::{
    BaseResponse, NewInstanceResponse, QueryInstanceResponse, Request, TextForm, diagnosis, redacted,
};
use mercer_protocol::time::{CompactTime, format_basic_iso, parse_basic_iso};
use mercer_protocol::{ResultCode, body_sign};
use proptest::prelude::*;
use serde_json::{Map, Value};

const NOW_MS: i64 = 1_735_689_600_000;
const TIMESTAMP: &str = "1735689600000";

fn call<'a>(body: &'a [u8], nonce: &'a str, signature: &'a str) -> VerifyInput<'a> {
    VerifyInput {
        body,
        presented: Presented { timestamp: Some(TIMESTAMP), nonce: Some(nonce), signature: Some(signature) },
        now_ms: NOW_MS,
        settings: VerifySettings::default(),
    }
}

/// Any JSON value without null members, which the store drops.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        (any::<i32>(), 0_u32..9999)
            .prop_map(|(whole, part)| serde_json::from_str(&format!("{whole}.{part:04}")).unwrap()),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(".{0,8}", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Members no interface knows.
fn unknown_members() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::hash_map("x[A-Za-z0-9\u{4e00}-\u{4eff}]{1,8}", json_value(), 0..5)
        .prop_map(|map| map.into_iter().collect())
}

/// Complete bodies of all seven interfaces.
fn known_members() -> impl Strategy<Value = Map<String, Value>> {
    let bodies = [
        r#"{"activity":"newInstance","orderId":"O","orderLineId":"L","businessId":"B"}"#,
        r#"{"activity":"queryInstance","instanceId":"a,b","testFlag":"0"}"#,
        r#"{"activity":"refreshInstance","scene":"RENEWAL_CHANGE","orderId":"O","orderLineId":"L","instanceId":"a","productId":"P","expireTime":"20270101000000123"}"#,
        r#"{"activity":"updateInstanceStatus","instanceId":"a","status":"UNFREEZE","testFlag":"1"}"#,
        r#"{"activity":"releaseInstance","instanceId":"a","orderId":"O","orderLineId":"L"}"#,
        r#"{"activity":"upgradeInstance","instanceId":"a","orderId":"O","orderLineId":"L"}"#,
        r#"{"activity":"changeInstanceCheck","instanceId":"a","productInfo":{"productId":"P","skuCode":"S","linearValue":2.50}}"#,
    ];
    prop::sample::select(bodies.to_vec()).prop_map(|body| serde_json::from_str(body).unwrap())
}

proptest! {
    #[test]
    fn what_was_signed_is_accepted(key in ".{1,40}", body in prop::collection::vec(any::<u8>(), 0..200), nonce in ".{1,64}") {
        let signed = sign(&key, &body, TIMESTAMP, &nonce);
        prop_assert_eq!(verify(&key, &call(&body, &nonce, &signed.signature)), Ok(Matched::Raw));
        prop_assert_eq!(verify(&key, &call(&body, &nonce, &signed.signature.to_lowercase())), Ok(Matched::Raw));
        prop_assert_eq!(diagnosis::diagnose(&key, &call(&body, &nonce, &signed.signature)).mistake, None);
    }

    #[test]
    fn what_was_signed_in_canonical_form_is_accepted_however_it_travels(members in unknown_members()) {
        let travelled = serde_json::to_string_pretty(&members).unwrap();
        let canonical = canonical_body(travelled.as_bytes()).unwrap();
        let signed = sign("key", canonical.as_bytes(), TIMESTAMP, "n");
        prop_assert!(verify("key", &call(travelled.as_bytes(), "n", &signed.signature)).is_ok());
    }

    #[test]
    fn any_changed_byte_is_refused(body in prop::collection::vec(any::<u8>(), 1..200), place in any::<prop::sample::Index>(), change in 1_u8..) {
        let signed = sign("key", &body, TIMESTAMP, "nonce");
        let mut changed = body.clone();
        changed[place.index(body.len())] ^= change;
        // The canonical form may forgive a changed blank; the raw bytes never do.
        let strict = VerifySettings { canonical_fallback: false, ..VerifySettings::default() };
        let input = VerifyInput { settings: strict, ..call(&changed, "nonce", &signed.signature) };
        prop_assert_eq!(verify("key", &input), Err(Refusal::WrongSignature));
    }

    #[test]
    fn any_changed_byte_of_a_sent_request_is_refused(members in known_members(), place in any::<prop::sample::Index>(), change in 1_u8..) {
        let body = Request::parse(Value::Object(members).to_string().as_bytes()).unwrap().to_body().into_bytes();
        let signed = sign("key", &body, TIMESTAMP, "nonce");
        let mut changed = body.clone();
        changed[place.index(body.len())] ^= change;
        prop_assert_eq!(verify("key", &call(&changed, "nonce", &signed.signature)), Err(Refusal::WrongSignature));
    }

    #[test]
    fn unknown_members_survive_a_round_trip(known in known_members(), unknown in unknown_members()) {
        let mut members = known;
        members.extend(unknown.clone());
        let request = Request::parse(Value::Object(members).to_string().as_bytes()).unwrap();
        prop_assert_eq!(request.unknown(), &unknown);
        let again = Request::parse(request.to_body().as_bytes()).unwrap();
        prop_assert_eq!(&again, &request);
        prop_assert_eq!(again.to_body(), request.to_body());
    }

    #[test]
    fn unknown_members_of_answers_survive_a_round_trip(unknown in unknown_members(), message in ".{1,255}") {
        let base = BaseResponse { result_code: ResultCode::Success, result_msg: Some(format!("m{message}").chars().take(255).collect()), unknown };
        for form in [TextForm::AsciiEscapes, TextForm::RawUtf8] {
            let body = base.to_json(form);
            prop_assert!(form == TextForm::RawUtf8 || body.is_ascii());
            prop_assert_eq!(&BaseResponse::parse(body.as_bytes()).unwrap(), &base);
        }
    }

    #[test]
    fn the_canonical_form_is_its_own_canonical_form(members in prop::collection::hash_map(".{0,8}", prop_oneof![Just(Value::Null), json_value()], 0..6)) {
        let body = Value::Object(members.into_iter().collect()).to_string();
        let once = canonical_body(body.as_bytes()).unwrap();
        prop_assert_eq!(canonical_body(once.as_bytes()).unwrap(), once);
    }

    #[test]
    fn what_the_store_sends_is_in_canonical_form(known in known_members(), unknown in unknown_members()) {
        let mut members = known;
        members.extend(unknown);
        let body = Request::parse(Value::Object(members).to_string().as_bytes()).unwrap().to_body();
        prop_assert_eq!(canonical_body(body.as_bytes()).unwrap(), body);
    }

    #[test]
    fn times_round_trip(milliseconds in -62_135_596_800_000_i64..253_402_207_200_000) {
        let at = Timestamp::from_millisecond(milliseconds).unwrap();
        let exact = CompactTime::milliseconds(at);
        prop_assert_eq!(CompactTime::parse(&exact.to_string()).unwrap(), exact);
        let whole = Timestamp::from_second(milliseconds.div_euclid(1_000)).unwrap();
        let seconds = CompactTime::seconds(whole);
        prop_assert_eq!(CompactTime::parse(&seconds.to_string()).unwrap(), seconds);
        prop_assert_eq!(parse_basic_iso(&format_basic_iso(whole)).unwrap(), whole);
        // A finer instant is written as the second it lies in.
        prop_assert_eq!(CompactTime::seconds(at).to_string(), seconds.to_string());
    }

    #[test]
    fn no_reader_panics_on_any_bytes(body in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,80}") {
        every_reader(&body, &text);
    }

    #[test]
    fn no_reader_panics_on_any_json(value in json_value(), known in known_members(), name in prop::sample::select(vec!["activity", "instanceId", "orderId", "productInfo", "testFlag", "expireTime", "info", "resultCode", "orderInfo"])) {
        let mut members = known;
        members.insert(name.to_owned(), value.clone());
        members.entry("resultCode".to_owned()).or_insert("MKT.0000".into());
        every_reader(Value::Object(members).to_string().as_bytes(), &value.to_string());
        every_reader(value.to_string().as_bytes(), "");
    }

    #[test]
    fn what_our_aksk_signer_signs_is_accepted_and_any_changed_byte_is_not(
        body in prop::collection::vec(any::<u8>(), 1..100), value in ".{0,20}", place in any::<prop::sample::Index>(), change in 1_u8..
    ) {
        let at = Timestamp::from_millisecond(NOW_MS).unwrap();
        let raw_query = aksk::canonical::canonical_query_of_pairs(&[("b", &value), ("a", "1")]);
        let credentials = Credentials { access_key_id: "AK".into(), secret_access_key: "SK".into() };
        let request = RequestToSign { method: "post", host: "h", path: "/p/q", raw_query: &raw_query, content_type: Some("application/json"), body: &body, at };
        let signed = aksk::sign(&credentials, &request);
        let mut headers = vec![("Host", "h"), ("Content-Type", "application/json")];
        headers.extend(signed.headers());
        let received = Received { method: "POST", path: "/p/q", raw_query: &raw_query, headers: &headers, body: &body, now: at };
        let settings = aksk::Settings::default();
        prop_assert!(aksk::read(&received, &settings).unwrap().check(Some("SK")).is_ok());
        let mut changed = body.clone();
        changed[place.index(body.len())] ^= change;
        let tampered = Received { body: &changed, ..received };
        prop_assert!(aksk::read(&tampered, &settings).unwrap().check(Some("SK")).is_err());
    }
}

fn every_reader(body: &[u8], text: &str) {
    let _ = Request::parse(body);
    let _ = BaseResponse::parse(body);
    let _ = NewInstanceResponse::parse(body);
    let _ = QueryInstanceResponse::parse(body);
    let _ = Answer::read(200, body);
    let _ = serde_json::from_slice::<OrderInfo>(body);
    let _ = canonical_body(body);
    let _ = redacted(body);
    let _ = CompactTime::parse(text);
    let _ = parse_basic_iso(text);
    let _ = ResultCode::parse(text);
    let _ = Query::parse(text, Surplus::Ignore);
    let _ = body_sign::verify("key", body, Some(text));
    let _ = aksk::canonical::canonical_uri(text);
    let _ = diagnosis::diagnose("key", &call(body, text, text));
    let now = Timestamp::UNIX_EPOCH;
    let headers = [("Authorization", text), ("X-Sdk-Date", text)];
    let received = Received { method: text, path: text, raw_query: text, headers: &headers, body, now };
    let _ = aksk::read(&received, &aksk::Settings::default());
}
