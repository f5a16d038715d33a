//! The scenarios of a life, end to end on the virtual clock.

use serde_json::json;

use super::merchant_side::Reply;
use super::{World, at, refusal};
use crate::instance::{self, Change, InstanceState, Renew, ToFormal, Upgrade};
use crate::order::{self, OrderFilter, OrderKind, OrderState};
use crate::window::Window;

const RENEW: Renew = Renew { product_id: None, period_number: Some(1), pay: true };

/// What the merchant may keep of all orders, in minor units.
async fn kept(world: &World) -> i64 {
    let orders = order::list(world.core(), &OrderFilter::default(), Window::first(100)).await.unwrap();
    orders.iter().map(order::Order::kept_minor).sum()
}

#[tokio::test]
async fn a_purchase_opens_an_instance_and_its_period_begins() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(5)).await;
    assert_eq!(instance.state, InstanceState::Active);
    assert_eq!(instance.expire_at, Some(at("2026-04-01T15:59:59Z")));
    let order = world.order_of(&instance.order_id).await;
    assert_eq!((order.state, order.payable.to_string().as_str()), (OrderState::Completed, "150.00"));
    assert_eq!(instance.instance_id, Some(format!("a-{}", order.order_id)));
    assert_eq!(world.story().await, ["new_instance:succeeded", "query_instance.poll:succeeded"]);
}

#[tokio::test]
async fn an_expired_instance_is_frozen_and_after_retention_released() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.advance_to("2026-04-01T15:59:58Z").await;
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Active);
    world.advance_to("2026-04-01T15:59:59Z").await;
    let frozen = world.instance(&instance.resource_id).await;
    assert_eq!((frozen.state, frozen.release_at), (InstanceState::Frozen, Some(at("2026-04-16T15:59:59Z"))));
    assert_eq!(world.merchant.calls("updateInstanceStatus")[0].body["status"], "FREEZE");
    world.advance_to("2026-04-17T00:00:00Z").await;
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Released);
    assert!(world.merchant.calls("releaseInstance")[0].body.get("orderId").is_none());
    assert_eq!(refusal(instance::renew(world.core(), &instance.resource_id, &RENEW).await), "instance.state");
}

#[tokio::test]
async fn a_renewal_in_the_freeze_window_refreshes_then_unfreezes() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.advance_to("2026-04-05T00:00:00Z").await;
    instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    let active = world.instance(&instance.resource_id).await;
    assert_eq!((active.state, active.expire_at), (InstanceState::Active, Some(at("2026-05-01T15:59:59Z"))));
    assert_eq!(
        world.merchant.activities(),
        ["newInstance", "updateInstanceStatus", "refreshInstance", "updateInstanceStatus"]
    );
    let refresh = &world.merchant.calls("refreshInstance")[0].body;
    assert_eq!((&refresh["scene"], &refresh["expireTime"]), (&json!("RENEWAL"), &json!("20260501155959")));
    assert!(refresh.get("productId").is_none());
    assert_eq!(world.merchant.calls("updateInstanceStatus")[1].body["status"], "UNFREEZE");
    world.advance_to("2026-05-01T15:59:59Z").await;
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Frozen, "the timer moved along");
}

#[tokio::test]
async fn a_cancelled_renewal_goes_back_to_the_old_expiry_and_is_refunded() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    let yearly = Renew { product_id: Some("basic-year".to_owned()), ..RENEW };
    instance::renew(world.core(), &instance.resource_id, &yearly).await.unwrap();
    world.idle().await;
    let renewed = world.instance(&instance.resource_id).await;
    assert_eq!((renewed.expire_at, renewed.product_id.as_str()), (Some(at("2027-04-01T15:59:59Z")), "basic-year"));
    assert_eq!(world.merchant.calls("refreshInstance")[0].body["productId"], "basic-year");
    assert_eq!(kept(&world).await, 33_000);

    let undone = instance::cancel_renewal(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    assert_eq!((undone.kind, undone.payable.to_string().as_str()), (OrderKind::UnsubscribeRenewal, "300.00"));
    let back = world.instance(&instance.resource_id).await;
    assert_eq!((back.expire_at, back.product_id.as_str()), (instance.expire_at, "basic-month"));
    let refresh = &world.merchant.calls("refreshInstance")[1].body;
    assert_eq!(refresh["scene"], "UNSUBSCRIBE_RENEWAL_PERIOD");
    assert_eq!((&refresh["orderId"], &refresh["expireTime"]), (&json!(undone.order_id), &json!("20260401155959")));
    assert_eq!(kept(&world).await, 3_000);
    assert_eq!(refusal(instance::cancel_renewal(world.core(), &instance.resource_id).await), "instance.no_renewal");
}

#[tokio::test]
async fn a_change_on_renewal_is_checked_first() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(5)).await;
    let wanted = Change { product_id: "basic-month".to_owned(), quantity: Some(2), period_number: Some(1), pay: true };
    world
        .merchant
        .answer("changeInstanceCheck", Reply::Json(json!({"resultCode": "000005", "resultMsg": "3 users too many"})));
    assert_eq!(refusal(instance::change(world.core(), &instance.resource_id, &wanted).await), "change.refused");
    assert!(world.merchant.calls("refreshInstance").is_empty());
    world.merchant.answer("changeInstanceCheck", Reply::Well);
    let order = instance::change(world.core(), &instance.resource_id, &wanted).await.unwrap();
    world.idle().await;
    assert_eq!((order.kind.order_type(), order.payable.to_string().as_str()), ("RENEW", "60.00"));
    let check = &world.merchant.calls("changeInstanceCheck")[1].body["productInfo"];
    assert_eq!(check, &json!({"linearValue": 2, "productId": "basic-month", "skuCode": "basic"}));
    let refresh = &world.merchant.calls("refreshInstance")[0].body;
    assert_eq!((&refresh["scene"], &refresh["productId"]), (&json!("RENEWAL_CHANGE"), &json!("basic-month")));
    assert_eq!(world.instance(&instance.resource_id).await.quantity, Some(2));
}

#[tokio::test]
async fn a_trial_turns_formal_at_its_end() {
    let world = World::open().await;
    let trial = world.buy("basic-trial", Some(3)).await;
    assert_eq!((trial.trial, trial.expire_at), (true, Some(at("2026-03-08T15:59:59Z"))));
    assert_eq!(refusal(instance::renew(world.core(), &trial.resource_id, &RENEW).await), "instance.trial");
    let wanted = ToFormal { product_id: "basic-month".to_owned(), quantity: None, period_number: Some(1), pay: true };
    let order = instance::trial_to_formal(world.core(), &trial.resource_id, &wanted).await.unwrap();
    world.idle().await;
    assert_eq!((order.quantity, order.payable.to_string().as_str()), (Some(3), "90.00"));
    let formal = world.instance(&trial.resource_id).await;
    assert_eq!((formal.trial, formal.expire_at), (false, Some(at("2026-04-08T15:59:59Z"))));
    let refresh = &world.merchant.calls("refreshInstance")[0].body;
    assert_eq!((&refresh["scene"], &refresh["productId"]), (&json!("TRIAL_TO_FORMAL"), &json!("basic-month")));
    assert_eq!(
        refusal(instance::trial_to_formal(world.core(), &trial.resource_id, &wanted).await),
        "instance.not_trial"
    );
}

#[tokio::test]
async fn an_upgrade_changes_the_instance_when_the_merchant_agrees() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(5)).await;
    let wanted = Upgrade { product_id: Some("plus-month".to_owned()), quantity: None, pay: false };
    let pending = instance::upgrade(world.core(), &instance.resource_id, &wanted).await.unwrap();
    assert_eq!(refusal(instance::upgrade(world.core(), &instance.resource_id, &wanted).await), "instance.busy");
    order::pay(world.core(), &pending.order_id).await.unwrap();
    world.idle().await;
    let upgraded = world.instance(&instance.resource_id).await;
    assert_eq!(
        (upgraded.sku_code.as_str(), upgraded.quantity, upgraded.expire_at),
        ("plus", Some(5), instance.expire_at)
    );
    let call = &world.merchant.calls("upgradeInstance")[0].body;
    assert_eq!((&call["orderId"], &call["instanceId"]), (&json!(pending.order_id), &json!(instance.instance_id)));
}

#[tokio::test]
async fn an_unsubscription_refunds_everything_and_releases_with_its_order() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(2)).await;
    instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    let unpaid = Renew { pay: false, ..RENEW };
    let pending = instance::renew(world.core(), &instance.resource_id, &unpaid).await.unwrap();
    world.idle().await;
    let undone = instance::unsubscribe(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    assert_eq!((undone.kind, undone.payable.to_string().as_str()), (OrderKind::Unsubscribe, "120.00"));
    assert_eq!(kept(&world).await, 0);
    assert_eq!(world.order_of(&pending.order_id).await.state, OrderState::Cancelled);
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Released);
    let release = &world.merchant.calls("releaseInstance")[0].body;
    assert_eq!(release["orderId"], json!(undone.order_id));
    assert_eq!(release["orderLineId"], json!(format!("{}-000001", undone.order_id)));
}

#[tokio::test]
async fn after_five_days_or_ten_times_a_year_there_is_no_refund() {
    let world = World::open().await;
    let late = world.buy("basic-month", Some(1)).await;
    world.advance_to("2026-03-06T04:00:01Z").await;
    assert_eq!(refusal(instance::unsubscribe(world.core(), &late.resource_id).await), "instance.refund_time");
    for _ in 0..10 {
        let bought = world.buy("once", None).await;
        instance::unsubscribe(world.core(), &bought.resource_id).await.unwrap();
    }
    let eleventh = world.buy("once", None).await;
    assert_eq!(refusal(instance::unsubscribe(world.core(), &eleventh.resource_id).await), "instance.refund_quota");
}

#[tokio::test]
async fn a_violation_freezes_and_a_newer_status_supersedes_an_older_one() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.merchant.answer("updateInstanceStatus", Reply::Down);
    instance::freeze(world.core(), &instance.resource_id).await.unwrap();
    world.advance_to("2026-03-01T04:15:00Z").await;
    world.merchant.answer("updateInstanceStatus", Reply::Well);
    instance::unfreeze(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    assert_eq!(
        world.story().await[2..],
        ["update_instance_status(FREEZE):superseded", "update_instance_status(UNFREEZE):succeeded"]
    );
    assert_eq!(world.merchant.calls("updateInstanceStatus").last().unwrap().body["status"], "UNFREEZE");
    assert_eq!(world.now(), at("2026-03-01T04:15:00Z"), "nothing was left to wait for");
}

#[tokio::test]
async fn messages_of_one_instance_go_one_at_a_time_in_order() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.merchant.answer("refreshInstance", Reply::Down);
    instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    let wanted = Upgrade { product_id: None, quantity: Some(2), pay: true };
    instance::upgrade(world.core(), &instance.resource_id, &wanted).await.unwrap();
    world.advance_to("2026-03-01T04:30:00Z").await;
    assert!(world.merchant.calls("upgradeInstance").is_empty(), "it waits for the refresh");
    world.merchant.answer("refreshInstance", Reply::Well);
    world.idle().await;
    assert_eq!(world.merchant.calls("upgradeInstance")[0].at, at("2026-03-01T04:40:00Z"));
}
