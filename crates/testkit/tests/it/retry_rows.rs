//! Every row of the retry table, walked in virtual time against a merchant that fails.
//!
//! What should happen is documented in `tests/data/retry-reference.json`, which knows nothing of the table the
//! store is compiled with. A row without a walk, or a walk without a row, fails.

mod deeds;
mod merchant;
mod reference;
mod shop;

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use deeds::{Done, Scene, WALKS, Walk};
use merchant::{Call, Trouble};
use reference::{End, Kind, Row};
use shop::Shop;

/// The families that are walked; each has a test of its own.
const FAMILIES: [&str; 5] = ["saas_v2", "saas_v1", "kit_v2", "kit_v1", "order_notification"];
/// Sites with numbers of their own, or the full set of rows.
const PROFILES: [&str; 5] = ["cn", "sandbox", "saascenter", "intl", "eu"];

#[test]
fn the_table_of_every_site_says_what_is_documented() {
    for profile in PROFILES {
        let (documented, table) = (reference::rows(profile), reference::rows_of_the_store(profile));
        let keys = |rows: &std::collections::BTreeMap<String, Row>| rows.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&table), keys(&documented), "{profile}");
        for (key, row) in &documented {
            assert_eq!(&table[key], row, "{profile} {key}");
        }
    }
}

#[test]
fn every_row_has_one_walk() {
    let walked: BTreeSet<String> = WALKS.iter().map(|walk| walk.row.to_owned()).collect();
    assert_eq!(walked.len(), WALKS.len(), "a row is walked twice");
    for profile in PROFILES {
        for key in reference::rows(profile).into_keys() {
            assert!(walked.contains(&key), "{key} has no walk");
        }
    }
    let known: BTreeSet<String> = reference::rows("cn").into_keys().collect();
    assert_eq!(walked, known);
    for key in known {
        assert!(FAMILIES.contains(&key.split('.').next().unwrap()), "the family of {key} is not walked");
    }
}

#[tokio::test]
async fn saas_v2_is_called_as_documented() {
    walk_family("saas_v2").await;
}

#[tokio::test]
async fn saas_v1_is_called_as_documented() {
    walk_family("saas_v1").await;
}

#[tokio::test]
async fn kit_v2_is_called_as_documented() {
    walk_family("kit_v2").await;
}

#[tokio::test]
async fn kit_v1_is_called_as_documented() {
    walk_family("kit_v1").await;
}

#[tokio::test]
async fn order_notification_is_called_as_documented() {
    walk_family("order_notification").await;
}

#[tokio::test]
async fn a_site_with_numbers_of_its_own_keeps_to_them() {
    let common = reference::rows("cn");
    let own = reference::rows("saascenter").into_iter().filter(|(key, row)| common[key] != *row);
    let own: Vec<_> = own.collect();
    assert!(own.len() >= 3, "the site calls three interfaces once only");
    for (key, row) in &own {
        walk_failing("saascenter", (key, row), Trouble::Status500).await;
    }
}

/// Walks every row of a family: failing in every way, answered well, and restarted on the way.
async fn walk_family(family: &str) {
    assert!(FAMILIES.contains(&family));
    for (key, row) in reference::rows("cn").into_iter().filter(|(key, _)| key.split('.').next() == Some(family)) {
        for trouble in troubles(&key) {
            walk_failing("cn", (&key, &row), trouble).await;
        }
        for code in &row.success {
            succeed_at_once(&key, code).await;
        }
        if row.restart_by_hand {
            restart_inside_the_window(&key, &row).await;
            succeed_by_a_restart(&key).await;
        }
    }
}

/// A success code ends the series at the first call.
async fn succeed_at_once(key: &str, code: &str) {
    let (shop, walk, scene) = at_the_beginning("cn", key).await;
    shop.merchant.say(walk.call, code);
    walk.set_off(&shop, &scene).await;
    shop.run_due().await;
    let message = shop.message(key).await;
    assert_eq!((&message["state"], &message["attempts"]), (&json!("succeeded"), &json!(1)), "{key} {code}");
}

/// A restart inside the window is one call more and uses up no automatic one.
async fn restart_inside_the_window(key: &str, row: &Row) {
    let (shop, walk, scene) = at_the_beginning("cn", key).await;
    shop.merchant.fail(walk.call, Trouble::NoAnswer);
    walk.set_off(&shop, &scene).await;
    shop.run_due().await;
    assert_eq!(restart(&shop, key).await, StatusCode::OK, "{key}");
    shop.run_due().await;
    let mut expected = row.times();
    expected.insert(0, 0);
    shop.idle().await;
    assert_eq!(seconds(&shop.merchant.calls(walk.call)), expected, "{key}: the restart used an attempt up");
}

/// A restart that succeeds ends the series.
async fn succeed_by_a_restart(key: &str) {
    let (shop, walk, scene) = at_the_beginning("cn", key).await;
    shop.merchant.fail(walk.call, Trouble::NoAnswer);
    walk.set_off(&shop, &scene).await;
    shop.run_due().await;
    shop.merchant.say(walk.call, "000000");
    assert_eq!(restart(&shop, key).await, StatusCode::OK, "{key}");
    shop.run_due().await;
    let message = shop.message(key).await;
    assert_eq!((&message["state"], &message["attempts"]), (&json!("succeeded"), &json!(2)), "{key}");
    assert_eq!(restart(&shop, key).await, StatusCode::CONFLICT, "{key}: what succeeded is not restarted");
}

/// Every way in which a call of this row can fail.
fn troubles(key: &str) -> Vec<Trouble> {
    let mut all = vec![Trouble::NoAnswer, Trouble::Status500, Trouble::WrongCode];
    if key.starts_with("saas_v1.") || key.starts_with("kit_v1.") {
        all.extend([Trouble::WrongBodySign, Trouble::NoBodySign]);
    }
    all
}

async fn at_the_beginning(profile: &str, key: &str) -> (Shop, &'static Walk, Scene) {
    let walk = WALKS.iter().find(|walk| walk.row == key).unwrap_or_else(|| panic!("{key} has no walk"));
    let shop = Shop::open(profile).await;
    let scene = walk.prepare(&shop).await;
    shop.merchant.heal();
    (shop, walk, scene)
}

async fn walk_failing(profile: &str, (key, row): (&str, &Row), trouble: Trouble) {
    let case = format!("{profile} {key} {trouble:?}");
    let (shop, walk, scene) = at_the_beginning(profile, key).await;
    shop.merchant.fail(walk.call, trouble);
    let done = walk.set_off(&shop, &scene).await;
    if row.kind != Kind::Sync {
        assert!(done.answer.0.is_success(), "{case}: {:?}", done.answer);
        shop.idle().await;
    }
    let calls = shop.merchant.calls(walk.call);
    assert_eq!(seconds(&calls), row.times(), "{case}");
    assert!(calls.iter().all(|call| call.method == row.method), "{case}: {calls:?}");
    let marks: BTreeSet<&str> = calls.iter().map(|call| call.marks.as_str()).collect();
    // The kit of V1.0 has no nonce, and its time is that of the change, so that a late retry is known to be old.
    assert!(marks.len() == calls.len() || key.starts_with("kit_v1."), "{case}: every attempt is signed anew");
    let message = shop.message(key).await;
    assert_eq!(message["attempts"].as_u64(), Some(row.max_attempts), "{case}");
    assert_eq!(message["activity"], row.activity.as_str(), "{case}");
    assert_eq!(shop.notices("callFailed", &message).await, row.failure_notices(), "{case}");
    check_end(&shop, (key, row), &done, &message).await;
}

/// What happens when the last call has failed.
async fn check_end(shop: &Shop, (key, row): (&str, &Row), done: &Done, message: &Value) {
    let order =
        if done.order_id.is_empty() { Value::Null } else { shop.get(&format!("/orders/{}", done.order_id)).await };
    match row.at_the_end {
        End::OrderFailedAndRefunded => {
            assert_eq!(message["state"], "failed", "{key}");
            assert_eq!(order["state"], "failed", "{key}: {order}");
            assert_eq!(order["refunded"], order["payable"], "{key}: {order}");
            assert_eq!(shop.notices("orderFailed", message).await, 1, "{key}");
            let refunds = shop.get("/orders?kind=UNSUBSCRIBE").await;
            assert_eq!(refunds["items"][0]["relatedOrderId"], done.order_id.as_str(), "{key}: {refunds}");
            assert_eq!(restart(shop, key).await, StatusCode::CONFLICT, "{key}: the order was given back");
        }
        End::AwaitsManualRestart => {
            assert_eq!(message["state"], "failedAwaitingManualRestart", "{key}");
            assert_eq!(message["restartable"], true, "{key}");
            assert!(order.is_null() || order["state"] != "failed", "{key}: {order}");
            assert!(order.is_null() || order["refunded"] == "0.00", "{key}: {order}");
            check_restart_after_the_end(shop, key, row).await;
        }
        End::ReportedToCaller | End::ChangeRefused => {
            assert_eq!(done.answer.0, StatusCode::BAD_GATEWAY, "{key}: {:?}", done.answer);
            assert_eq!(message["state"], "failed", "{key}");
            assert_eq!(message["restartable"], false, "{key}");
            assert_eq!(restart(shop, key).await, StatusCode::CONFLICT, "{key}");
            shop.idle().await;
            assert_eq!(shop.message(key).await["attempts"], 1, "{key}: nothing is queued");
        }
    }
}

/// After the end each restart is one call; the first that succeeds ends it.
async fn check_restart_after_the_end(shop: &Shop, key: &str, row: &Row) {
    let walk = WALKS.iter().find(|walk| walk.row == key).unwrap();
    assert_eq!(restart(shop, key).await, StatusCode::OK, "{key}");
    shop.idle().await;
    let message = shop.message(key).await;
    assert_eq!(message["state"], "failedAwaitingManualRestart", "{key}");
    assert_eq!(message["attempts"].as_u64(), Some(row.max_attempts + 1), "{key}: one call only");
    shop.merchant.say(walk.call, "000000");
    assert_eq!(restart(shop, key).await, StatusCode::OK, "{key}");
    shop.run_due().await;
    assert_eq!(shop.message(key).await["state"], "succeeded", "{key}");
    assert_eq!(restart(shop, key).await, StatusCode::CONFLICT, "{key}");
}

async fn restart(shop: &Shop, key: &str) -> StatusCode {
    let id = shop::text(&shop.message(key).await["messageId"]);
    shop.call(Method::POST, &format!("/messages/{id}/restart"), Value::Null).await.0
}

/// Seconds from the first call to each.
fn seconds(calls: &[Call]) -> Vec<u64> {
    calls.iter().map(|call| call.at.since(calls[0].at).as_secs()).collect()
}
