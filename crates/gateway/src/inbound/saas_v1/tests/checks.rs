//! Who may call, in which spelling, and what is kept of it.

use axum::http::StatusCode;
use mercer_protocol::body_sign;
use mercer_protocol::cipher::{Iv, encrypt};

use super::*;
use crate::inbound::{Family, Verdict};
use crate::merchant::InterfaceType;

fn is_signed(answer: &Produced) -> bool {
    let verdict = body_sign::verify(V1_KEY, answer.body.as_bytes(), answer.body_sign.as_deref());
    verdict == body_sign::Verdict::Valid
}

#[tokio::test]
async fn a_wrong_token_is_000001_with_a_signed_body() {
    let world = World::bare().await;
    let query = world.query_v1("another key", &purchase("O-1", "b-1", &[]));
    for query in [query, "activity=newInstance&timeStamp=20250101000000000".to_owned(), String::new()] {
        let answer = world.get(MERCHANT, &query).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::OK, "000001"), "{query}");
        assert!(is_signed(&answer), "{query}");
    }
    assert_eq!(world.gateway.instance_counts(MERCHANT).await.unwrap(), []);
    let callback = newest(&world).await;
    assert_eq!((callback.summary.protocol, callback.summary.verdict), (Family::SaasV1, Verdict::Refused));
}

#[tokio::test]
async fn refusals_are_named_in_the_documented_order_and_signed() {
    let world = World::bare().await;
    let good = world.query_v1(V1_KEY, &purchase("O-1", "b-1", &[]));
    let without_time = mercer_protocol::saas_v1::auth_token::signed_query(
        V1_KEY,
        &mercer_protocol::saas_v1::Parameters::of_pairs(purchase("O-1", "b-1", &[])),
    );
    let cases = [
        (format!("{good}&x=%zz"), "000002", "query.bad_escape"),
        (without_time, "000002", "auth_token.timestamp_missing"),
        (world.query_v1(V1_KEY, &[("activity", "doSomething")]), "000002", "request.field_value"),
        (world.query_v1(V1_KEY, &purchase("", "b-1", &[])), "000002", "request.field_missing"),
    ];
    for (query, code, refusal) in cases {
        let answer = world.get(MERCHANT, &query).await;
        assert_eq!((answer.code(), is_signed(&answer)), (code, true), "{query}: {}", answer.body);
        assert_eq!(newest(&world).await.summary.refusal, refusal);
    }
    assert_eq!(world.get("nobody", &good).await.code(), "000001");
}

#[tokio::test]
async fn freshness_is_checked_only_when_it_is_set() {
    let later = std::time::Duration::from_secs(3_600);
    for (seconds, code) in [(0, "000000"), (600, "000002")] {
        let world = World::set(|config| config.gateway.saas_v1.freshness_seconds = seconds).await;
        let query = world.query_v1(V1_KEY, &purchase("O-1", "b-1", &[]));
        world.clock.advance(later);
        assert_eq!(world.get(MERCHANT, &query).await.code(), code);
    }
}

#[tokio::test]
async fn a_raw_plus_is_read_as_a_blank_first_and_as_itself_then_unless_that_is_switched_off() {
    let parameters = purchase("O-1", "b-1", &[("customerName", "A+B Ltd")]);
    // An older store writes plus and blank raw.
    let raw = |world: &World| world.query_v1(V1_KEY, &parameters).replace("%2B", "+").replace("%20", "+");
    let strict = World::set(|config| config.gateway.saas_v1.plus_fallback = false).await;
    assert_eq!(strict.get(MERCHANT, &raw(&strict)).await.code(), "000001");
    let world = World::bare().await;
    let encoded = world.get(MERCHANT, &world.query_v1(V1_KEY, &parameters)).await;
    assert_eq!((encoded.code(), newest(&world).await.signature.unwrap().matched), ("000000", "form_decoded"));
    let only_plus = purchase("O-2", "b-2", &[("customerName", "A+B")]);
    let query = world.query_v1(V1_KEY, &only_plus).replace("%2B", "+");
    let kept = world.get(MERCHANT, &query).await;
    assert_eq!((kept.code(), newest(&world).await.signature.unwrap().matched), ("000000", "plus_kept"));
    assert_eq!(instance(&world, "b-2").await.buyer.unwrap().customer_name.as_deref(), Some("A+B"));
}

#[tokio::test]
async fn personal_data_reach_the_app_in_the_clear_and_lie_sealed() {
    for size in [KeySize::Bits256, KeySize::Bits128] {
        let world = World::with_app().await;
        world.app_answers(&[OPENED]);
        let iv = Iv::new("A1b2C3d4E5f6G7h8").unwrap();
        let (phone, mail) = (encrypt(V1_KEY, size, &iv, "13800138000"), encrypt(V1_KEY, size, &iv, "lin@example.com"));
        let parameters = purchase("O-1", "b-1", &[("mobilePhone", &phone), ("email", &mail), ("userName", "lin-iam")]);
        let answer = world.call_v1(&parameters).await;
        assert_eq!(answer.code(), "000000", "{}", answer.body);
        // The product's bit length was seen in the request and is used for the account too.
        assert_eq!(answer.json["encryptType"], size.encrypt_type());
        assert_eq!(clear(&answer, "password", size), "Secret-Passw0rd");
        let buyer = world.events()[0]["data"]["buyer"].clone();
        assert_eq!((&buyer["mobilePhone"], &buyer["email"]), (&"13800138000".into(), &"lin@example.com".into()));
        let callback = newest(&world).await;
        for secret in [phone.as_str(), &mail, "lin-iam", "Example%20Ltd", "13800138000"] {
            assert!(!callback.query.contains(secret), "{}", callback.query);
        }
        assert!(!callback.answer.contains(answer.json["appInfo"]["password"].as_str().unwrap()));
        let check = callback.signature.unwrap();
        assert_eq!((check.matched, &check.expected_signature), ("form_decoded", &check.presented_signature));
        assert!(!check.canonical_string.contains(&phone));
        let row = world.gateway.foundation().db.query("SELECT query, request_sealed FROM gw_callback", vec![]).await;
        let text = format!("{row:?}");
        assert!(!text.contains(&phone) && !text.contains("lin-iam"), "{text}");
    }
}

#[tokio::test]
async fn a_ciphertext_that_does_not_decrypt_is_000002_and_names_the_field() {
    let world = World::with_app().await;
    for (field, value) in [("mobilePhone", "A1b2C3d4E5f6G7h8AAAA"), ("email", "short")] {
        let answer = world.call_v1(&purchase("O-1", "b-1", &[(field, value)])).await;
        assert_eq!((answer.code(), is_signed(&answer)), ("000002", true));
        assert!(answer.json["resultMsg"].as_str().unwrap().contains(field), "{}", answer.body);
        let summary = newest(&world).await.summary;
        assert_eq!((summary.refusal.as_str(), summary.order_id.as_str()), ("request.field_undecryptable", "O-1"));
    }
    assert!(world.events().is_empty() && world.gateway.instance_counts(MERCHANT).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_keys_are_valid_during_a_rotation_and_each_tells_when_it_was_used() {
    let world = World::bare().await;
    let second = world.gateway.add_key(MERCHANT, InterfaceType::SaasV1, Some("new-key")).await.unwrap();
    for (key, order) in [(V1_KEY, "O-1"), ("new-key", "O-2")] {
        let query = world.query_v1(key, &purchase(order, order, &[]));
        let answer = world.get(MERCHANT, &query).await;
        assert_eq!(answer.code(), "000000");
        let verdict = body_sign::verify(key, answer.body.as_bytes(), answer.body_sign.as_deref());
        assert_eq!(verdict, body_sign::Verdict::Valid, "the key of the call signs the answer");
    }
    let keys = world.gateway.keys(MERCHANT).await.unwrap();
    let v1 = keys.iter().filter(|key| key.interface_type == InterfaceType::SaasV1);
    assert!(v1.clone().count() == 2 && v1.clone().all(|key| key.last_used_at.is_some()));
    let first = v1.clone().find(|key| key.key_id != second.key_id).unwrap();
    world.gateway.revoke_key(MERCHANT, &first.key_id).await.unwrap();
    let query = world.query_v1(V1_KEY, &purchase("O-3", "O-3", &[]));
    let refused = world.get(MERCHANT, &query).await;
    assert_eq!(refused.code(), "000001");
    let verdict = body_sign::verify("new-key", refused.body.as_bytes(), refused.body_sign.as_deref());
    assert_eq!(verdict, body_sign::Verdict::Valid, "the newest key signs when none fits");
}

#[tokio::test]
async fn a_product_with_128_bits_is_answered_so() {
    let world = World::with_app().await;
    world.app_answers(&[OPENED]);
    let products = [("P-1".to_owned(), 128)].into();
    let encryption = crate::merchant::Encryption { bits: 256, products };
    world.gateway.set_encryption(MERCHANT, &encryption).await.unwrap();
    let answer = world.call_v1(&purchase("O-1", "b-1", &[])).await;
    assert_eq!((answer.json["encryptType"].as_str(), answer.code()), (Some("2"), "000000"));
    assert_eq!(clear(&answer, "userName", KeySize::Bits128), "admin");
    let other = world.call_v1(&purchase("O-2", "b-2", &[("productId", "P-2")])).await;
    assert_eq!(clear(&other, "userName", KeySize::Bits256), "admin");
}
