//! What happens to an instance after it was opened, at the right virtual time.

use std::time::Duration;

use http::Method;
use mercer_kernel::clock::Instant;
use mercer_testkit::app::Manner;
use mercer_testkit::world::{World, text};
use serde_json::{Value, json};

use crate::on_every_world;

const DAY: Duration = Duration::from_secs(86_400);
const MINUTE: Duration = Duration::from_secs(60);
const MONTHLY: &str = "teamboard-standard-month";

/// Buys one product and lets it open; returns the order's id and the merchant's instance id.
async fn opened(world: &World, product_id: &str, quantity: Option<i64>) -> (String, String) {
    let order_id = world.buy(product_id, quantity).await;
    world.run_for(MINUTE * 5).await;
    let instance = world.instance(&order_id).await;
    assert_eq!(instance["state"], "active", "{instance}\n{}", world.story());
    (order_id, text(&instance["instanceId"]))
}

fn expiry(instance: &Value) -> Instant {
    text(&instance["expireAt"]).parse().unwrap()
}

async fn verb(world: &World, order_id: &str, verb: &str, body: Value) {
    world.post(&format!("/instances/{order_id}/{verb}"), body).await;
    world.run_for(MINUTE * 5).await;
}

/// The gateway must know the same expiry to the second: the protocol's format has no fractions.
async fn assert_same_expiry(world: &World, order_id: &str, instance_id: &str) {
    let there = expiry(&world.instance(order_id).await).as_millis() / 1_000;
    let here: Instant = text(&world.gateway_instance(instance_id).await["expireTime"]).parse().unwrap();
    assert_eq!(here.as_millis() / 1_000, there);
}

#[tokio::test]
async fn a_renewal_counts_from_the_old_expiry() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, MONTHLY, Some(3)).await;
        let before = expiry(&world.instance(&order_id).await);
        verb(&world, &order_id, "renew", json!({ "periods": 1, "pay": true })).await;
        let after = expiry(&world.instance(&order_id).await);
        let added = after.since(before);
        assert!((DAY * 28..=DAY * 31).contains(&added), "{added:?}");
        assert_eq!(world.app.story_of(&instance_id), ["created", "renewed"]);
        assert_same_expiry(&world, &order_id, &instance_id).await;
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_renewal_takes_the_added_time_back() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, MONTHLY, Some(3)).await;
        let before = expiry(&world.instance(&order_id).await);
        verb(&world, &order_id, "renew", json!({ "periods": 2, "pay": true })).await;
        verb(&world, &order_id, "cancel-renewal", json!({})).await;
        assert_eq!(expiry(&world.instance(&order_id).await), before);
        assert_eq!(world.app.story_of(&instance_id), ["created", "renewed", "renewal_cancelled"]);
        assert_same_expiry(&world, &order_id, &instance_id).await;
    })
    .await;
}

#[tokio::test]
async fn an_expired_instance_is_frozen_and_released_after_the_retention() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, MONTHLY, Some(1)).await;
        let expires = expiry(&world.instance(&order_id).await);
        world.run_for(expires.since(world.clock.now()) + MINUTE * 5).await;
        assert_eq!(world.instance(&order_id).await["state"], "frozen");
        assert_eq!(world.app.story_of(&instance_id), ["created", "frozen"]);
        world.run_for(DAY * 14).await;
        assert_eq!(world.instance(&order_id).await["state"], "frozen");
        world.run_for(DAY).await;
        assert_eq!(world.instance(&order_id).await["state"], "released");
        assert_eq!(world.app.story_of(&instance_id), ["created", "frozen", "released"]);
        assert_eq!(world.gateway_instance(&instance_id).await["state"], "released");
    })
    .await;
}

#[tokio::test]
async fn a_renewal_in_the_freeze_window_unfreezes() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, MONTHLY, Some(1)).await;
        let expires = expiry(&world.instance(&order_id).await);
        world.run_for(expires.since(world.clock.now()) + DAY * 3).await;
        verb(&world, &order_id, "renew", json!({ "periods": 1, "pay": true })).await;
        let instance = world.instance(&order_id).await;
        assert_eq!(instance["state"], "active", "{}", world.story());
        let added = expiry(&instance).since(expires);
        assert!((DAY * 28..=DAY * 31).contains(&added), "the new period starts at the original expiry: {added:?}");
        assert_eq!(world.app.story_of(&instance_id), ["created", "frozen", "renewed", "unfrozen"]);
    })
    .await;
}

#[tokio::test]
async fn a_trial_turns_formal() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, "helpdesk-team-trial", Some(2)).await;
        verb(
            &world,
            &order_id,
            "trial-to-formal",
            json!({ "productId": "helpdesk-team-month", "periods": 1, "pay": true }),
        )
        .await;
        let instance = world.instance(&order_id).await;
        assert_eq!((&instance["trial"], &instance["state"]), (&json!(false), &json!("active")));
        assert_eq!(world.app.story_of(&instance_id), ["created", "trial_converted"]);
        assert_same_expiry(&world, &order_id, &instance_id).await;
    })
    .await;
}

#[tokio::test]
async fn an_upgrade_reaches_the_app_with_the_new_specification() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, MONTHLY, Some(2)).await;
        verb(
            &world,
            &order_id,
            "upgrade",
            json!({ "productId": "teamboard-professional-month", "quantity": 8, "pay": true }),
        )
        .await;
        let instance = world.instance(&order_id).await;
        assert_eq!((&instance["skuCode"], &instance["quantity"]), (&json!("teamboard-professional"), &json!(8)));
        assert_eq!(world.app.story_of(&instance_id), ["created", "upgraded"]);
        let data = world.app.received().last().unwrap().data.clone();
        assert_eq!((&data["linearValue"], &data["previous"]["linearValue"]), (&json!(8), &json!(2)), "{data}");
    })
    .await;
}

#[tokio::test]
async fn a_change_on_renewal_is_asked_for_first() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, MONTHLY, Some(9)).await;
        let fewer = json!({ "productId": MONTHLY, "quantity": 4, "periods": 1, "pay": true });
        world.app.answer(Manner::RefusesChanges);
        let refused = world.store_api(Method::POST, &format!("/instances/{order_id}/change"), fewer.clone()).await;
        assert!(!refused.status.is_success(), "{refused:?}");
        assert!(refused.body.to_string().contains("too many seats in use"), "{refused:?}");
        assert_eq!(world.instance(&order_id).await["quantity"], 9);
        world.app.answer(Manner::Prompt);
        verb(&world, &order_id, "change", fewer).await;
        assert_eq!(world.instance(&order_id).await["quantity"], 4, "{}", world.story());
        let story = world.app.story_of(&instance_id);
        assert_eq!(story.last().map(String::as_str), Some("changed"), "{story:?}");
        assert_eq!(world.app.received().last().unwrap().data["linearValue"], 4);
    })
    .await;
}

#[tokio::test]
async fn an_unsubscription_releases_and_refunds() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, MONTHLY, Some(2)).await;
        verb(&world, &order_id, "unsubscribe", json!({})).await;
        assert_eq!(world.instance(&order_id).await["state"], "released", "{}", world.story());
        assert_eq!(world.app.story_of(&instance_id), ["created", "released"]);
        let order = world.get(&format!("/orders/{order_id}")).await;
        assert_eq!((&order["state"], &order["refunded"]), (&json!("completed"), &order["payable"]), "{order}");
    })
    .await;
}

#[tokio::test]
async fn a_one_time_product_is_opened_and_never_expires() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, "migration-single-once", None).await;
        world.run_for(DAY * 90).await;
        assert_eq!(world.instance(&order_id).await["state"], "active");
        assert_eq!(world.app.story_of(&instance_id), ["created"]);
    })
    .await;
}

#[tokio::test]
async fn a_violation_freezes_and_its_end_unfreezes() {
    on_every_world(async |world| {
        let (order_id, instance_id) = opened(&world, MONTHLY, Some(1)).await;
        verb(&world, &order_id, "freeze", json!({})).await;
        assert_eq!(world.instance(&order_id).await["state"], "frozen");
        verb(&world, &order_id, "unfreeze", json!({})).await;
        assert_eq!(world.instance(&order_id).await["state"], "active");
        assert_eq!(world.app.story_of(&instance_id), ["created", "frozen", "unfrozen"]);
    })
    .await;
}
