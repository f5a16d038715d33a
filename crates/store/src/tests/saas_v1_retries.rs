//! The rows of the retry table that belong to SaaS V1.0, against a merchant that fails.

use serde_json::json;

use super::merchant_side::Reply;
use super::refusal;
use super::retries::{every, seconds};
use super::saas_v1::{RENEW, world};
use crate::instance::{self, InstanceState, Upgrade};
use crate::message::{self, MessageState};
use crate::order::{OrderFilter, OrderKind, OrderState, list};
use crate::window::Window;

#[tokio::test]
async fn a_purchase_is_tried_hourly_then_unsubscribed_and_refunded() {
    let world = world().await;
    world.merchant.answer("newInstance", Reply::Json(json!({"resultCode": "000100", "resultMsg": "sold out"})));
    let placed = world.order("v1-month", Some(2)).await;
    world.idle().await;
    assert_eq!(seconds(&world, "newInstance"), every(3_600, 4));
    let order = world.order_of(&placed.order_id).await;
    assert_eq!((order.state, order.refunded), (OrderState::Failed, order.payable));
    assert_eq!(order.failure, "resultCode 000100: sold out");
    assert_eq!(world.instance(&placed.order_id).await.state, InstanceState::Failed);
    let filter = OrderFilter { kind: Some(OrderKind::Unsubscribe), ..OrderFilter::default() };
    assert_eq!(list(world.core(), &filter, Window::first(10)).await.unwrap().len(), 1);
    let message = world.messages().await.pop().unwrap();
    assert_eq!(refusal(message::restart(world.core(), &message.message_id).await), "message.unsubscribed");
    assert!(world.merchant.calls("releaseInstance").is_empty(), "nothing was opened");
}

#[tokio::test]
async fn an_upgrade_is_tried_hourly_then_refunded_alone() {
    let world = world().await;
    let before = world.buy("v1-month", Some(5)).await;
    world.merchant.answer("upgrade", Reply::Unsigned(json!({"resultCode": "000000"})));
    let wanted = Upgrade { product_id: None, quantity: Some(8), pay: true };
    let upgrade = instance::upgrade(world.core(), &before.resource_id, &wanted).await.unwrap();
    world.idle().await;
    assert_eq!(seconds(&world, "upgrade"), every(3_600, 4));
    let order = world.order_of(&upgrade.order_id).await;
    assert_eq!((order.state, order.refunded), (OrderState::Failed, order.payable));
    let after = world.instance(&before.resource_id).await;
    assert_eq!((after.state, after.quantity), (InstanceState::Active, Some(5)));
}

#[tokio::test]
async fn expiry_renewal_and_release_are_tried_for_an_hour_then_wait_for_a_restart() {
    let world = world().await;
    let instance = world.buy("v1-month", Some(1)).await;
    for activity in ["expireInstance", "refreshInstance", "releaseInstance"] {
        world.merchant.answer(activity, Reply::Down);
    }
    world.advance_to("2026-04-02T00:00:00Z").await;
    assert_eq!(seconds(&world, "expireInstance"), every(600, 7));
    let order = instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    assert_eq!(seconds(&world, "refreshInstance"), every(600, 7));
    let waiting = world.messages().await.pop().unwrap();
    assert_eq!(waiting.state, MessageState::AwaitingRestart);
    assert_eq!(world.order_of(&order.order_id).await.state, OrderState::Processing, "no automatic refund");

    world.merchant.answer("refreshInstance", Reply::Well);
    message::restart(world.core(), &waiting.message_id).await.unwrap();
    world.idle().await;
    assert_eq!(world.order_of(&order.order_id).await.state, OrderState::Completed);
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Active);
    let story = world.story().await;
    assert_eq!(story[1], "saas_v1.expire_instance:superseded", "the renewal says what counts now");

    instance::unsubscribe(world.core(), &instance.resource_id).await.unwrap_err();
    world.advance_to("2026-05-20T00:00:00Z").await;
    assert_eq!(seconds(&world, "releaseInstance"), every(600, 7));
    assert_eq!(world.messages().await.pop().unwrap().state, MessageState::AwaitingRestart);
}

#[tokio::test]
async fn an_acceptance_that_is_not_answered_never_refunds() {
    let world = world().await;
    let opened = world.buy("accept-month", None).await;
    let before = world.merchant.calls("newInstance").len();
    world.merchant.answer("newInstance", Reply::Down);
    instance::accept(world.core(), &opened.resource_id).await.unwrap();
    world.idle().await;
    let calls = world.merchant.calls("newInstance");
    let told: Vec<u64> = calls[before..].iter().map(|call| call.at.since(calls[before].at).as_secs()).collect();
    assert_eq!(told, every(600, 7));
    let message = world.messages().await.pop().unwrap();
    assert_eq!(message.state, MessageState::AwaitingRestart);
    assert_eq!(world.instance(&opened.resource_id).await.state, InstanceState::Active);
    assert_eq!(world.order_of(&opened.order_id).await.state, OrderState::Completed);
    world.merchant.answer("newInstance", Reply::Well);
    message::restart(world.core(), &message.message_id).await.unwrap();
    world.idle().await;
    assert_eq!(world.messages().await.pop().unwrap().state, MessageState::Succeeded);
}

#[tokio::test]
async fn another_instance_id_on_a_resend_is_a_remark_and_the_first_counts() {
    let world = world().await;
    let opened = world.buy("accept-month", None).await;
    let app = json!({"frontEndUrl": "https://app.example.com"});
    let other = json!({"resultCode": "000000", "instanceId": "another", "appInfo": app});
    world.merchant.answer("newInstance", Reply::Json(other));
    instance::accept(world.core(), &opened.resource_id).await.unwrap();
    world.idle().await;
    let message = world.messages().await.pop().unwrap();
    assert_eq!(message.state, MessageState::Succeeded);
    assert!(message.warning.contains("another instanceId on a resend"), "{}", message.warning);
    assert_eq!(world.instance(&opened.resource_id).await.instance_id, opened.instance_id);
}

#[tokio::test]
async fn collecting_usage_is_tried_for_an_hour() {
    let world = world().await;
    let instance = world.buy("v1-month", Some(1)).await;
    world.merchant.answer("queryInstance", Reply::Json(json!({"resultCode": "000000", "info": []})));
    instance::collect_usage(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    assert_eq!(seconds(&world, "queryInstance"), every(600, 7));
    let message = world.messages().await.pop().unwrap();
    assert_eq!((message.state, message.reason.as_deref()), (MessageState::AwaitingRestart, Some("missing_field")));
}

#[tokio::test]
async fn a_newer_status_ends_an_older_one_that_is_not_through() {
    let world = world().await;
    let instance = world.buy("courier-standard-use", None).await;
    world.merchant.answer("instanceStatus", Reply::Down);
    instance::freeze(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    assert_eq!(seconds(&world, "instanceStatus"), every(600, 7));
    assert_eq!(world.messages().await.pop().unwrap().state, MessageState::AwaitingRestart);
    world.merchant.answer("instanceStatus", Reply::Well);
    instance::unfreeze(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    let story = world.story().await;
    assert_eq!(story[1], "saas_v1.instance_status(FREEZE):superseded");
    assert_eq!(story[2], "saas_v1.instance_status(UNFREEZE):succeeded");
}

#[tokio::test]
async fn the_industrial_software_centre_calls_once_and_then_waits_for_a_person() {
    let world = super::saas_v1::world_with(|config| config.store.profile = "saascenter".to_owned()).await;
    let instance = world.buy("v1-month", Some(1)).await;
    world.merchant.answer("refreshInstance", Reply::Down);
    instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    assert_eq!(seconds(&world, "refreshInstance"), every(0, 1));
    let message = world.messages().await.pop().unwrap();
    assert_eq!(message.state, MessageState::AwaitingRestart);
    world.merchant.answer("refreshInstance", Reply::Well);
    message::restart(world.core(), &message.message_id).await.unwrap();
    world.idle().await;
    assert_eq!(world.messages().await.pop().unwrap().state, MessageState::Succeeded);
}
