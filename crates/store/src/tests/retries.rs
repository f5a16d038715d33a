//! Each row of the retry table, walked in virtual time against a merchant that is down.

use serde_json::json;

use super::merchant_side::Reply;
use super::{World, at, refusal};
use crate::catalog::{self, ProductState};
use crate::instance::{self, InstanceState, Renew, Upgrade};
use crate::message::{self, MessageState};
use crate::order::{OrderFilter, OrderKind, OrderState, list};
use crate::window::Window;

const RENEW: Renew = Renew { product_id: None, period_number: Some(1), pay: true };

/// Seconds between the first call of an activity and each of its calls.
pub(super) fn seconds(world: &World, activity: &str) -> Vec<u64> {
    let calls = world.merchant.calls(activity);
    calls.iter().map(|call| call.at.since(calls[0].at).as_secs()).collect()
}

pub(super) fn every(interval: u64, attempts: u64) -> Vec<u64> {
    (0..attempts).map(|attempt| attempt * interval).collect()
}

#[tokio::test]
async fn creation_is_tried_hourly_for_three_hours_then_the_order_fails_and_is_refunded() {
    let world = World::open().await;
    world.merchant.answer("newInstance", Reply::Status(503));
    let placed = world.order("basic-month", Some(5)).await;
    world.idle().await;
    assert_eq!(seconds(&world, "newInstance"), every(3_600, 4));
    let calls = world.merchant.calls("newInstance");
    for pair in calls.windows(2) {
        assert_ne!(pair[0].nonce, pair[1].nonce);
        assert_ne!(pair[0].body["businessId"], pair[1].body["businessId"]);
    }
    let order = world.order_of(&placed.order_id).await;
    assert_eq!((order.state, order.refunded), (OrderState::Failed, order.payable));
    assert_eq!(world.instance(&placed.order_id).await.state, InstanceState::Failed);
    let filter = OrderFilter { kind: Some(OrderKind::Unsubscribe), ..OrderFilter::default() };
    let refunds = list(world.core(), &filter, Window::first(10)).await.unwrap();
    assert_eq!(refunds.len(), 1);
    assert_eq!(
        (refunds[0].payable, refunds[0].related_order_id.as_deref()),
        (order.payable, Some(order.order_id.as_str()))
    );
    let messages = world.messages().await;
    assert_eq!((messages[0].state, messages[0].attempts), (MessageState::Failed, 4));
    assert_eq!(refusal(message::restart(world.core(), &messages[0].message_id).await), "message.unsubscribed");
    // one notice per failed call, one for the order
    assert_eq!(message::notices(world.core(), "", Window::first(10)).await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_poll_goes_on_every_two_minutes_for_three_hours() {
    let world = World::open().await;
    world.merchant.answer("queryInstance", Reply::Json(json!({"resultCode": "000004"})));
    let placed = world.order("basic-month", Some(1)).await;
    world.idle().await;
    assert_eq!(seconds(&world, "queryInstance"), every(120, 91));
    assert_eq!(world.order_of(&placed.order_id).await.state, OrderState::Failed);
    // the merchant has an instance by then: it is told to release it, with the unsubscription order
    let release = &world.merchant.calls("releaseInstance")[0];
    assert!(release.body["orderId"].as_str().is_some_and(|id| id != placed.order_id));
    assert_eq!(world.instance(&placed.order_id).await.state, InstanceState::Failed);
    let told = message::notices(world.core(), "", Window::first(10)).await.unwrap();
    assert_eq!(told.len(), 2, "the exhausted poll and the order");
}

#[tokio::test]
async fn a_refresh_is_tried_for_an_hour_then_waits_for_a_restart() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.merchant.answer("refreshInstance", Reply::Down);
    let order = instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    assert_eq!(seconds(&world, "refreshInstance"), every(600, 7));
    assert_eq!(world.order_of(&order.order_id).await.state, OrderState::Processing, "no automatic refund");
    let waiting = world.messages().await.pop().unwrap();
    assert_eq!(waiting.state, MessageState::AwaitingRestart);
    assert_eq!(waiting.reason.as_deref(), Some("connect_failed"));

    message::restart(world.core(), &waiting.message_id).await.unwrap();
    world.idle().await;
    assert_eq!(world.messages().await.pop().unwrap().state, MessageState::AwaitingRestart, "one extra call only");
    world.merchant.answer("refreshInstance", Reply::Well);
    message::restart(world.core(), &waiting.message_id).await.unwrap();
    world.idle().await;
    assert_eq!(world.order_of(&order.order_id).await.state, OrderState::Completed);
    let detail = message::find(world.core(), &waiting.message_id).await.unwrap().unwrap();
    assert_eq!((detail.calls.len(), detail.restartable), (9, false));
}

#[tokio::test]
async fn status_and_release_are_tried_for_an_hour() {
    let world = World::open().await;
    world.buy("basic-month", Some(1)).await;
    world.merchant.answer("updateInstanceStatus", Reply::Down);
    world.merchant.answer("releaseInstance", Reply::Down);
    world.advance_to("2026-04-30T00:00:00Z").await;
    assert_eq!(seconds(&world, "updateInstanceStatus"), every(600, 7));
    assert_eq!(seconds(&world, "releaseInstance"), every(600, 7));
    assert_eq!(world.merchant.calls("updateInstanceStatus")[0].at, at("2026-04-01T15:59:59Z"));
    assert_eq!(world.merchant.calls("releaseInstance")[0].at, at("2026-04-16T15:59:59Z"));
    let story = world.story().await;
    assert_eq!(story[2], "update_instance_status(FREEZE):superseded", "release ends what waits for a restart");
    assert_eq!(story[3], "release_instance:failedAwaitingManualRestart");
}

#[tokio::test]
async fn an_exhausted_upgrade_refunds_the_upgrade_only() {
    let world = World::open().await;
    let before = world.buy("basic-month", Some(5)).await;
    world.merchant.answer("upgradeInstance", Reply::Json(json!({"resultCode": "000005", "resultMsg": "disk full"})));
    let wanted = Upgrade { product_id: None, quantity: Some(8), pay: true };
    let upgrade = instance::upgrade(world.core(), &before.resource_id, &wanted).await.unwrap();
    assert_eq!(upgrade.payable.to_string(), "96.00", "3 seats, 32 started days of 30");
    world.idle().await;
    assert_eq!(seconds(&world, "upgradeInstance"), every(3_600, 4));
    let order = world.order_of(&upgrade.order_id).await;
    assert_eq!(
        (order.state, order.refunded, order.failure.as_str()),
        (OrderState::Failed, order.payable, "resultCode 000005: disk full")
    );
    let after = world.instance(&before.resource_id).await;
    assert_eq!((after.state, after.quantity, after.expire_at), (InstanceState::Active, Some(5), before.expire_at));
    assert_eq!(world.order_of(&before.order_id).await.state, OrderState::Completed);
}

#[tokio::test]
async fn a_merchant_that_comes_back_gets_the_order_through() {
    let world = World::open().await;
    world.merchant.answer("newInstance", Reply::Down);
    let placed = world.order("once", None).await;
    world.advance_to("2026-03-01T06:30:00Z").await;
    world.merchant.answer("newInstance", Reply::Well);
    world.idle().await;
    assert_eq!(seconds(&world, "newInstance"), every(3_600, 4));
    let order = world.order_of(&placed.order_id).await;
    assert_eq!((order.state, order.kept_minor()), (OrderState::Completed, 9_990));
    assert_eq!(world.instance(&placed.order_id).await.state, InstanceState::Active);
}

#[tokio::test]
async fn more_than_five_failed_orders_in_a_month_delist_the_product() {
    let world = World::open().await;
    world.merchant.answer("newInstance", Reply::Status(500));
    for _ in 0..5 {
        world.order("basic-month", Some(1)).await;
    }
    world.idle().await;
    let state = || async { catalog::product(world.core(), "prd_test").await.unwrap().unwrap().state };
    assert_eq!(state().await, ProductState::OnSale, "five are allowed");
    // the next month counts from nothing
    world.advance_to("2026-04-01T00:00:00Z").await;
    world.order("basic-month", Some(1)).await;
    world.idle().await;
    assert_eq!(state().await, ProductState::OnSale);
    for _ in 0..5 {
        world.order("basic-month", Some(1)).await;
    }
    world.idle().await;
    assert_eq!(state().await, ProductState::Delisted);
    let told = message::notices(world.core(), "", Window::first(100)).await.unwrap();
    assert_eq!(told.iter().filter(|notice| notice.kind == "productDelisted").count(), 1);
}
