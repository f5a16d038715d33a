use bytes::Bytes;
use mercer_kernel::http::{Answer as HttpAnswer, FailureReason, HeaderMap};
use mercer_protocol::body_sign;
use mercer_protocol::cipher::{self, Iv, KeySize};
use serde_json::{Value, json};

use super::*;
use crate::callback::Policies;
use crate::callback::judge::{Judged, Question, Verdict, judge as judge_result};

const KEY: &str = "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44";

fn answer(body: &Value, sign: Option<&str>) -> HttpAnswer {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/json".parse().unwrap());
    if let Some(sign) = sign {
        headers.insert("bOdY-sIgN", sign.parse().unwrap());
    }
    HttpAnswer { status: 200, headers, body: Bytes::from(body.to_string()) }
}

fn signed(body: &Value) -> HttpAnswer {
    answer(body, Some(&body_sign::header_value(KEY, body.to_string().as_bytes())))
}

fn read(interface: Interface, answer: HttpAnswer) -> Judged {
    let policies = Policies::load("cn").unwrap();
    let question = Question { interface, policy: policies.of(interface), instance_id: "a-1", access_key: KEY };
    judge_result(question, &Ok(answer))
}

const ALL: [Interface; 10] = [
    Interface::V1NewInstance,
    Interface::V1View,
    Interface::V1Acceptance,
    Interface::V1Upgrade,
    Interface::V1Refresh,
    Interface::V1Expire,
    Interface::V1Release,
    Interface::V1Status,
    Interface::V1Query,
    Interface::V1QueryView,
];

fn complete() -> Value {
    json!({"resultCode": "000000", "instanceId": "a-1", "appInfo": {"frontEndUrl": "https://a"},
        "info": [{"instanceId": "a-1"}]})
}

#[test]
fn only_000000_succeeds_and_only_when_it_is_signed() {
    for interface in ALL {
        let judged = read(interface, signed(&complete()));
        assert!(matches!(judged.verdict, Verdict::Done | Verdict::Opened { .. }), "{interface:?}: {judged:?}");
        assert_eq!(judged.warning, "", "{interface:?}");
        for code in ["000004", "000001", "999999"] {
            let mut body = complete();
            body["resultCode"] = json!(code);
            assert_eq!(read(interface, signed(&body)).verdict, Verdict::Failed(FailureReason::ResultCode));
        }
        let text = complete().to_string();
        let right = body_sign::header_value(KEY, text.as_bytes());
        let unquoted = right.replace('"', "");
        let foreign = body_sign::header_value("another key", text.as_bytes());
        for sign in [None, Some(unquoted.as_str()), Some(foreign.as_str()), Some("")] {
            let judged = read(interface, answer(&complete(), sign));
            assert_eq!(judged.verdict, Verdict::Failed(FailureReason::Refused), "{interface:?} {sign:?}");
            assert!(judged.detail.contains("Body-Sign"), "{}", judged.detail);
            assert_eq!(judged.result_code.as_deref(), Some("000000"));
        }
        let spaced = right.replace("signature=", "signature= ");
        assert!(!matches!(read(interface, answer(&complete(), Some(&spaced))).verdict, Verdict::Failed(_)));
    }
}

#[test]
fn mandatory_fields_are_demanded_and_others_remarked() {
    let missing = json!({"resultCode": "000000"});
    for interface in [Interface::V1NewInstance, Interface::V1Query] {
        assert_eq!(read(interface, signed(&missing)).verdict, Verdict::Failed(FailureReason::MissingField));
    }
    let bare = json!({"resultCode": "000000", "instanceId": "x".repeat(65)});
    let judged = read(Interface::V1NewInstance, signed(&bare));
    assert_eq!(judged.verdict, Verdict::Opened { instance_id: "x".repeat(65) });
    assert!(judged.warning.contains("longer than 64") && judged.warning.contains("frontEndUrl"));
}

#[test]
fn accounts_are_decrypted_by_the_encrypt_type_of_the_answer() {
    let iv = Iv::new("A1b2C3d4E5f6G7h8").unwrap();
    for (size, encrypt_type) in [(KeySize::Bits256, Some("1")), (KeySize::Bits128, Some("2")), (KeySize::Bits256, None)]
    {
        let sealed = |text: &str| cipher::encrypt(KEY, size, &iv, text);
        let mut body = complete();
        body["appInfo"] =
            json!({"frontEndUrl": "https://a", "userName": sealed("admin"), "password": sealed("s3cret")});
        if let Some(encrypt_type) = encrypt_type {
            body["encryptType"] = json!(encrypt_type);
        }
        let info = instance_info(body.to_string().as_bytes(), KEY).unwrap().app_info.unwrap();
        assert_eq!((info.user_name.as_deref(), info.password.as_deref()), (Some("admin"), Some("s3cret")));
        assert!(info.unreadable.is_empty());

        body["encryptType"] = json!("9");
        let info = instance_info(body.to_string().as_bytes(), KEY).unwrap().app_info.unwrap();
        assert_eq!((info.user_name, info.unreadable), (None, vec!["userName", "password"]));
        let info = instance_info(complete().to_string().as_bytes(), KEY).unwrap().app_info.unwrap();
        assert!(info.user_name.is_none() && info.unreadable.is_empty(), "what was not sent is not unreadable");
    }
}

#[test]
fn usage_comes_under_both_spellings() {
    for name in ["usageInfo", "usageInfos"] {
        let usage = json!([{"usageValue": "3.5", "statisticalTime": "20240101080910123"}]);
        let body = json!({"resultCode": "000000", "info": [{"instanceId": "a-1", name: usage}]});
        assert_eq!(usage_of(&body), 1, "{name}");
    }
    assert_eq!(usage_of(&json!({"resultCode": "000000", "info": []})), 0);
}

fn usage_of(body: &Value) -> usize {
    usage(body.to_string().as_bytes(), "a-1").len()
}
