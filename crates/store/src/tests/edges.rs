//! Where two things meet: renewals that fail, renewals that are given back, releases that come in between.

use serde_json::json;

use super::merchant_side::Reply;
use super::{World, at};
use crate::instance::{self, InstanceState, Renew, Upgrade};
use crate::message;
use crate::order::{OrderFilter, OrderKind, OrderState, list};
use crate::window::Window;

const RENEW: Renew = Renew { product_id: None, period_number: Some(1), pay: true };

#[tokio::test]
async fn a_renewal_given_back_while_it_is_retried_is_not_told_any_more() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.merchant.answer("refreshInstance", Reply::Down);
    let renewed = instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.advance_to("2026-03-01T04:05:00Z").await;
    instance::cancel_renewal(world.core(), &instance.resource_id).await.unwrap();
    world.merchant.answer("refreshInstance", Reply::Well);
    world.idle().await;
    assert_eq!(
        world.story().await[2..],
        ["refresh_instance(RENEWAL):superseded", "refresh_instance(UNSUBSCRIBE_RENEWAL_PERIOD):succeeded"]
    );
    let order = world.order_of(&renewed.order_id).await;
    assert_eq!((order.state, order.kept_minor()), (OrderState::Completed, 0));
    assert_eq!(world.instance(&instance.resource_id).await.expire_at, instance.expire_at);
}

#[tokio::test]
async fn a_later_renewal_that_gets_through_covers_an_earlier_one_that_was_given_up() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.merchant.answer("refreshInstance", Reply::Down);
    let first = instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    world.merchant.answer("refreshInstance", Reply::Well);
    let second = instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    assert_eq!(world.merchant.calls("refreshInstance").last().unwrap().body["expireTime"], "20260601155959");
    for order_id in [first.order_id, second.order_id] {
        assert_eq!(world.order_of(&order_id).await.state, OrderState::Completed);
    }
    assert_eq!(world.story().await[2], "refresh_instance(RENEWAL):superseded");
}

#[tokio::test]
async fn a_frozen_instance_comes_back_when_the_restarted_refresh_gets_through() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.advance_to("2026-04-02T00:00:00Z").await;
    world.merchant.answer("refreshInstance", Reply::Status(502));
    instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Frozen);
    world.merchant.answer("refreshInstance", Reply::Well);
    let waiting = world.messages().await.pop().unwrap();
    message::restart(world.core(), &waiting.message_id).await.unwrap();
    world.idle().await;
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Active);
    assert_eq!(world.merchant.calls("updateInstanceStatus").last().unwrap().body["status"], "UNFREEZE");
}

#[tokio::test]
async fn a_release_in_the_middle_of_an_upgrade_refunds_the_upgrade() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.advance_to("2026-04-01T15:00:00Z").await;
    world.merchant.answer("upgradeInstance", Reply::Down);
    let wanted = Upgrade { product_id: None, quantity: Some(2), pay: true };
    let upgrade = instance::upgrade(world.core(), &instance.resource_id, &wanted).await.unwrap();
    world.advance_to("2026-04-01T15:30:00Z").await;
    instance::unsubscribe(world.core(), &instance.resource_id).await.unwrap_err();
    world.advance_to("2026-04-20T00:00:00Z").await;
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Released);
    let order = world.order_of(&upgrade.order_id).await;
    assert_eq!((order.state, order.kept_minor()), (OrderState::Failed, 0));
    let filter = OrderFilter { kind: Some(OrderKind::Unsubscribe), ..OrderFilter::default() };
    assert_eq!(list(world.core(), &filter, Window::first(10)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_slow_merchant_is_polled_until_it_is_ready() {
    let world = World::open().await;
    world.merchant.answer("queryInstance", Reply::Json(json!({"resultCode": "000000", "info": []})));
    let placed = world.order("basic-month", Some(1)).await;
    world.advance_to("2026-03-01T04:59:00Z").await;
    assert_eq!(world.order_of(&placed.order_id).await.state, OrderState::Processing);
    world.merchant.answer("queryInstance", Reply::Well);
    world.idle().await;
    let active = world.instance(&placed.order_id).await;
    assert_eq!((active.state, active.activated_at), (InstanceState::Active, Some(at("2026-03-01T05:00:00Z"))));
    assert!(message::notices(world.core(), "", Window::first(10)).await.unwrap().is_empty(), "not ready is no failure");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_ids() {
    let (one, two) = (World::open().await, World::open().await);
    let (left, right) = (one.buy("basic-month", Some(1)).await, two.buy("basic-month", Some(1)).await);
    assert_eq!((left.resource_id, left.order_id), (right.resource_id, right.order_id));
    assert_eq!(one.merchant.calls("newInstance")[0].nonce, two.merchant.calls("newInstance")[0].nonce);
}
