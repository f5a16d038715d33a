//! Order notifications: signature, content, both directions.

use mercer_protocol::ParseReason;
use mercer_protocol::field::violations;
use mercer_protocol::order_notify::{OrderNotify, TestFlag, fields, is_order_notify};
use mercer_protocol::saas_v2::signature::{Presented, Refusal, VerifyInput, VerifySettings, sign, verify};
use serde_json::json;

use crate::vectors::{list, order_notify, text};

/// A parameter of a query without escapes.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
}

#[test]
fn every_order_notification_is_accepted_or_refused_as_it_says() {
    for vector in list(&order_notify(), "order_notify_vectors") {
        let (name, key, body, query) =
            (text(vector, "name"), text(vector, "key"), text(vector, "body"), text(vector, "query"));
        let signed = sign(key, body.as_bytes(), text(vector, "timestamp"), text(vector, "nonce"));
        assert_eq!(signed.body_digest, text(vector, "body_digest"), "{name}");
        assert_eq!(signed.canonical, text(vector, "canonical"), "{name}");
        assert_eq!(signed.signature, text(vector, "signature"), "{name}");
        let input = VerifyInput {
            body: body.as_bytes(),
            presented: Presented {
                timestamp: parameter(query, "timestamp"),
                nonce: parameter(query, "nonce"),
                signature: parameter(query, "signature"),
            },
            now_ms: vector["server_time_ms"].as_i64().unwrap(),
            settings: VerifySettings::default(),
        };
        let outcome = verify(key, &input).and_then(|matched| {
            if vector["nonce_already_seen"] == true { Err(Refusal::ReplayedNonce) } else { Ok(matched) }
        });
        match outcome {
            Ok(_) => {
                assert_eq!(vector["accept"], true, "{name}");
                assert_eq!(OrderNotify::parse(body.as_bytes()).unwrap().to_body(), body, "{name}");
            }
            Err(refusal) => {
                assert_eq!(vector["accept"], false, "{name}: {refusal}");
                assert_eq!(refusal.result_code().as_str(), text(&vector["reject"], "resultCode"), "{name}");
            }
        }
    }
}

#[test]
fn what_is_no_notification_is_refused_by_name() {
    let reason = |body: &str| {
        let refusal = OrderNotify::parse(body.as_bytes()).unwrap_err();
        assert_eq!(refusal.result_code().as_str(), "000002");
        (refusal.field, refusal.reason)
    };
    assert_eq!(reason("[]"), ("body", ParseReason::NotAnObject));
    assert_eq!(reason("{}"), ("activity", ParseReason::Missing));
    assert_eq!(reason(r#"{"activity":"newInstance"}"#).0, "activity");
    assert_eq!(reason(r#"{"activity":"orderNotify","orderId":"o"}"#), ("orderLineId", ParseReason::Missing));
    assert_eq!(reason(r#"{"activity":"orderNotify","orderId":"o","orderLineId":"l","testFlag":"2"}"#).0, "testFlag");
}

#[test]
fn the_flag_may_be_a_number_or_absent_and_unknown_members_survive() {
    let call = OrderNotify::parse(
        br#"{"testFlag":1,"more":{"a":[1]},"activity":"orderNotify","orderId":1,"orderLineId":"l"}"#,
    )
    .unwrap();
    assert_eq!((call.test_flag, call.order_id.as_str()), (TestFlag::On, "1"));
    assert_eq!(
        call.to_body(),
        r#"{"activity":"orderNotify","more":{"a":[1]},"orderId":"1","orderLineId":"l","testFlag":"1"}"#
    );
    let call = OrderNotify::parse(br#"{"activity":"orderNotify","orderId":"o","orderLineId":"l"}"#).unwrap();
    assert_eq!(call.test_flag, TestFlag::Absent);
    assert_eq!(OrderNotify::parse(call.to_body().as_bytes()), Ok(call));
}

#[test]
fn the_peek_looks_at_the_activity_only() {
    assert!(is_order_notify(br#"{"activity":"orderNotify"}"#));
    assert!(is_order_notify(br#"{"activity":"order\u004eotify"}"#), "written with an escape");
    for body in ["", "[]", "{}", r#"{"activity":"newInstance"}"#, r#"{"activity":["orderNotify"]}"#] {
        assert!(!is_order_notify(body.as_bytes()), "{body}");
    }
}

#[test]
fn lengths_are_known() {
    let body = json!({"activity": "orderNotify", "orderId": "o".repeat(65), "orderLineId": "l".repeat(64)});
    let found = violations(fields::REQUEST, body.as_object().unwrap());
    assert_eq!(found.iter().map(|breach| breach.name).collect::<Vec<_>>(), ["orderId"]);
}
