//! The bodies of the fuzz targets: every parser and verifier that meets foreign bytes.
//!
//! This one file is compiled twice: into the libFuzzer targets beside it and into the tests of the
//! crate, which run each target over mutated vectors on stable. A target finds more than panics: what
//! was read must survive being written, and what was accepted must be what is computed.
//!
//! Inputs with several parts are lines; the last part takes the rest, line breaks included.

use std::sync::OnceLock;

use jiff::Timestamp;
use mercer_protocol::cipher::{self, Iv, KeySize};
use mercer_protocol::kit::client_secret::{LabelledKey, PrivateKey, PublicKey, decrypt_any};
use mercer_protocol::kit::{self, Interface, Version, x_sign};
use mercer_protocol::order_query::{Answer, Query, Surplus};
use mercer_protocol::saas_v1::auth_token::{VerifyInput, VerifySettings, verify_any};
use mercer_protocol::saas_v1::{self, Parameters, Reading};
use mercer_protocol::saas_v2::signature::{self, Presented};
use mercer_protocol::saas_v2::{self, TextForm};
use mercer_protocol::time::{CompactTime, UTC_PLUS_8, format_basic_iso, parse_basic_iso, parse_offset};
use mercer_protocol::{aksk, body_sign, order_notify};

/// One target.
pub(crate) type Target = fn(&[u8]);

/// Every target with its name, which is also the name of its libFuzzer binary.
pub(crate) const ALL: [(&str, Target); 17] = [
    ("saas_v2_request", saas_v2_request),
    ("saas_v2_response", saas_v2_response),
    ("saas_v2_signature", saas_v2_signature),
    ("aksk_verify", aksk_verify),
    ("order_query", order_query),
    ("body_sign", body_sign_header),
    ("saas_v1_query", saas_v1_query),
    ("saas_v1_request", saas_v1_request),
    ("saas_v1_response", saas_v1_response),
    ("cipher", cipher_text),
    ("kit_request", kit_request),
    ("kit_x_sign", kit_x_sign),
    ("kit_auth_token", kit_auth_token),
    ("client_secret", client_secret),
    ("rsa_key", rsa_key),
    ("order_notify", order_notification),
    ("time", times),
];

/// Runs one target by its name.
pub(crate) fn run(name: &str, data: &[u8]) {
    let (_, target) = ALL.iter().find(|(known, _)| *known == name).expect("a target of this name");
    target(data);
}

const KEY: &str = "k-demo-0001-accesskey";

/// The published test key of the kit's vectors.
const TEST_KEY: &str = include_str!("test_key.pem");

fn saas_v2_request(data: &[u8]) {
    let _ = saas_v2::redacted(data);
    let Ok(request) = saas_v2::Request::parse(data) else { return };
    let body = request.to_body();
    let again = saas_v2::Request::parse(body.as_bytes()).expect("what was written can be read");
    assert_eq!(again.to_body(), body);
}

fn saas_v2_response(data: &[u8]) {
    if let Ok(answer) = saas_v2::BaseResponse::parse(data) {
        let body = answer.to_json(TextForm::AsciiEscapes);
        assert!(body.is_ascii() && saas_v2::BaseResponse::parse(body.as_bytes()).is_ok());
    }
    if let Ok(answer) = saas_v2::NewInstanceResponse::parse(data) {
        let body = answer.to_json(TextForm::RawUtf8);
        assert!(saas_v2::NewInstanceResponse::parse(body.as_bytes()).is_ok());
    }
    if let Ok(answer) = saas_v2::QueryInstanceResponse::parse(data) {
        let body = answer.to_json(TextForm::AsciiEscapes);
        assert!(saas_v2::QueryInstanceResponse::parse(body.as_bytes()).is_ok());
    }
}

fn saas_v2_signature(data: &[u8]) {
    let ([timestamp, nonce, given], body) = lines(data);
    let now_ms = timestamp.parse().unwrap_or(1_735_689_600_000);
    let check = |signature: &str| {
        let presented = Presented { timestamp: Some(timestamp), nonce: Some(nonce), signature: Some(signature) };
        let input = signature::VerifyInput { body, presented, now_ms, settings: Default::default() };
        let _ = saas_v2::diagnosis::diagnose(KEY, &input);
        signature::verify(KEY, &input)
    };
    let right = signature::sign(KEY, body, timestamp, nonce).signature;
    let canonical = signature::canonical_body(body).unwrap_or_default();
    let of_canonical = signature::sign(KEY, canonical.as_bytes(), timestamp, nonce).signature;
    if check(given).is_ok() {
        assert!(given.eq_ignore_ascii_case(&right) || given.eq_ignore_ascii_case(&of_canonical));
    }
    assert_ne!(check(&right), Err(signature::Refusal::WrongSignature));
}

fn aksk_verify(data: &[u8]) {
    let ([method, path, raw_query, date, authorization, hash], body) = lines(data);
    let headers = [
        ("Host", "mkt.example.com"),
        ("X-Sdk-Date", date),
        ("Authorization", authorization),
        ("X-Sdk-Content-Sha256", hash),
        ("Content-Type", "application/json"),
    ];
    let now = parse_basic_iso(date).unwrap_or(Timestamp::UNIX_EPOCH);
    let received = aksk::Received { method, path, raw_query, headers: &headers, body, now };
    if let Ok(presented) = aksk::read(&received, &aksk::Settings::default()) {
        let _ = presented.check(Some(KEY));
        let _ = presented.check(None);
    }
}

fn order_query(data: &[u8]) {
    let ([raw_query], body) = lines(data);
    if let Ok(query) = Query::parse(raw_query, Surplus::Ignore) {
        assert_eq!(Query::parse(&query.to_query_string(), Surplus::Refuse), Ok(query));
    }
    let _ = Answer::read(200, body).recovery();
    let _ = Answer::read(500, body).recovery();
}

fn body_sign_header(data: &[u8]) {
    let ([header], body) = lines(data);
    if body_sign::verify(KEY, body, Some(header)) == body_sign::Verdict::Valid {
        assert!(header.contains(&body_sign::signature(KEY, body)));
    }
    let right = body_sign::header_value(KEY, body);
    assert_eq!(body_sign::verify(KEY, body, Some(&right)), body_sign::Verdict::Valid);
}

fn saas_v1_query(data: &[u8]) {
    let Ok(raw_query) = std::str::from_utf8(data) else { return };
    let _ = saas_v1::redacted_query(raw_query);
    let settings = VerifySettings { freshness_seconds: 600, plus_fallback: true };
    let input = VerifyInput { raw_query, now: Timestamp::UNIX_EPOCH, settings };
    let _ = saas_v1::diagnosis::diagnose(KEY, &input);
    let input = VerifyInput { settings: VerifySettings::default(), ..input };
    if let Ok(verified) = verify_any(&[KEY], &input) {
        let right = saas_v1::auth_token::sign(KEY, &verified.parameters).auth_token;
        let presented = verified.parameters.get("authToken").unwrap_or_default();
        assert_eq!(presented.replace(' ', "+"), right);
    }
    let Ok(parameters) = Parameters::decode(raw_query, Reading::FormDecoded) else { return };
    let written = saas_v1::auth_token::signed_query(KEY, &parameters);
    let input = VerifyInput { raw_query: &written, ..input };
    let has_time = parameters.get("timeStamp").is_some_and(|text| !text.is_empty());
    // One more parameter than allowed is possible, because the token is added.
    let is_small = parameters.iter().count() < saas_v1::MAX_PARAMETERS;
    assert_eq!(verify_any(&[KEY], &input).is_ok(), has_time && is_small);
}

fn saas_v1_request(data: &[u8]) {
    let Ok(raw_query) = std::str::from_utf8(data) else { return };
    let Ok(parameters) = Parameters::decode(raw_query, Reading::PlusKept) else { return };
    let Ok(request) = saas_v1::Request::parse(&parameters, UTC_PLUS_8) else { return };
    let sent = request.to_parameters(Timestamp::UNIX_EPOCH, UTC_PLUS_8);
    assert_eq!(saas_v1::Request::parse(&sent, UTC_PLUS_8), Ok(request));
}

fn saas_v1_response(data: &[u8]) {
    if let Ok(answer) = saas_v1::NewInstanceResponse::parse(data) {
        let body = answer.to_json(TextForm::AsciiEscapes);
        assert!(body.is_ascii() && saas_v1::NewInstanceResponse::parse(body.as_bytes()).is_ok());
        if let (Some(app_info), Some(key_size)) = (&answer.app_info, answer.key_size()) {
            let _ = saas_v1::decrypt_account(app_info, &[KEY, "another"], key_size);
        }
    }
    if let Ok(answer) = saas_v1::QueryInstanceResponse::parse(data) {
        let body = answer.to_json(TextForm::RawUtf8);
        assert!(saas_v1::QueryInstanceResponse::parse(body.as_bytes()).is_ok());
    }
}

fn cipher_text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for key_size in [KeySize::Bits256, KeySize::Bits128] {
        let _ = cipher::decrypt(KEY, key_size, text);
        let iv = Iv::new("A1b2C3d4E5f6G7h8").expect("16 letters and digits");
        let wire = cipher::encrypt(KEY, key_size, &iv, text);
        assert_eq!(cipher::decrypt(KEY, key_size, &wire).as_deref(), Ok(text));
    }
    let _ = saas_v1::ExtendParams::read(text);
}

fn kit_request(data: &[u8]) {
    let _ = kit::redacted(data);
    for interface in Interface::ALL {
        let Ok(request) = kit::Request::parse(interface, data) else { continue };
        for version in Version::ALL {
            let body = request.to_body(version);
            let again = kit::Request::parse(interface, body.as_bytes()).expect("what was written can be read");
            assert_eq!(again.to_body(version), body);
        }
    }
}

fn kit_x_sign(data: &[u8]) {
    let ([timestamp, nonce, given], body) = lines(data);
    let now_ms = timestamp.parse().unwrap_or(1_710_120_615_123);
    let check = |sign: &str| {
        let presented = x_sign::Presented { sign: Some(sign), timestamp: Some(timestamp), nonce: Some(nonce) };
        let input = x_sign::VerifyInput { body, presented, now_ms, settings: Default::default() };
        let _ = kit::diagnosis::diagnose_x_sign(KEY, &input);
        x_sign::verify_any(&[KEY], &input)
    };
    let _ = check(given);
    for form in x_sign::Form::ALL {
        let right = x_sign::sign(KEY, form, body, timestamp, nonce);
        assert!(!right.masked_canonical().contains(KEY) || data.windows(KEY.len()).any(|part| part == KEY.as_bytes()));
        assert_ne!(check(&right.signature), Err(x_sign::Refusal::WrongSign));
    }
}

fn kit_auth_token(data: &[u8]) {
    let ([given], body) = lines(data);
    let check = |token: &str| {
        let settings = kit::auth_token::VerifySettings { freshness_seconds: 0 };
        let presented = Some(token);
        let input = kit::auth_token::VerifyInput { body, presented, now: Timestamp::UNIX_EPOCH, settings };
        let _ = kit::diagnosis::diagnose_auth_token(KEY, &input);
        kit::auth_token::verify_any(&[KEY], &input).map(|verified| verified.reading)
    };
    let _ = check(given);
    if let Ok(signed) = kit::auth_token::sign(KEY, body) {
        assert_ne!(check(&signed.auth_token), Err(kit::auth_token::Refusal::WrongToken));
    }
}

fn client_secret(data: &[u8]) {
    static PARSED: OnceLock<PrivateKey> = OnceLock::new();
    let key = PARSED.get_or_init(|| PrivateKey::parse(TEST_KEY).expect("the test key is well formed"));
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut count = 0_u8;
    let mut chance = |target: &mut [u8]| {
        for byte in target {
            count = count.wrapping_mul(5).wrapping_add(113);
            *byte = count;
        }
    };
    let _ = decrypt_any(&[LabelledKey { label: "test", key }], text, &mut chance);
}

fn rsa_key(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(key) = PublicKey::parse(text) {
        assert_eq!(PublicKey::parse(&key.to_bare()).map(|again| again.to_pem()), Ok(key.to_pem()));
    }
    if let Ok(key) = PrivateKey::parse(text) {
        assert!(PrivateKey::parse(&key.to_pem()).is_ok());
        assert!(PublicKey::parse(text).is_err());
    }
}

fn order_notification(data: &[u8]) {
    let is_named = order_notify::is_order_notify(data);
    let Ok(call) = order_notify::OrderNotify::parse(data) else { return };
    assert!(is_named);
    let body = call.to_body();
    let again = order_notify::OrderNotify::parse(body.as_bytes()).expect("what was written can be read");
    assert_eq!(again.to_body(), body);
}

fn times(data: &[u8]) {
    let ([zone], text) = lines(data);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let zone = parse_offset(zone).unwrap_or(UTC_PLUS_8);
    if let Ok(time) = CompactTime::parse_at(text, zone) {
        assert_eq!(time.format_at(zone), text);
    }
    if let Ok(at) = parse_basic_iso(text) {
        assert_eq!(format_basic_iso(at), text);
    }
}

/// The first lines of `data` as texts, empty where they are none, and what follows them.
fn lines<const N: usize>(data: &[u8]) -> ([&str; N], &[u8]) {
    let mut rest = data;
    let head = std::array::from_fn(|_| {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        std::str::from_utf8(line).unwrap_or_default()
    });
    (head, rest)
}
