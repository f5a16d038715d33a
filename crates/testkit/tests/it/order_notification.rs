//! An order is announced to the app once, with what was ordered, whatever happens on the way.

use std::time::Duration;

use mercer_testkit::app::{Manner, Received};
use mercer_testkit::network::Fault;
use mercer_testkit::world::{MERCHANT, World};
use serde_json::json;

use crate::on_every_world;

const HOUR: Duration = Duration::from_secs(3_600);
/// A product without interfaces: the notification is all the merchant gets.
const TRAINING: &str = "classroom-day-once";

/// The distinct notifications the app has heard.
fn notified(world: &World) -> Vec<Received> {
    let mut heard: Vec<Received> = Vec::new();
    for event in world.app.received().into_iter().filter(|event| event.kind == "mercer.order.notified") {
        if !heard.iter().any(|known| known.id == event.id) {
            heard.push(event);
        }
    }
    heard
}

#[tokio::test]
async fn a_product_without_interfaces_is_paid_and_the_app_hears_of_it() {
    on_every_world(async |world| {
        let order_id = world.buy(TRAINING, None).await;
        assert_eq!(world.order_state(&order_id).await, "completed");
        world.settle().await;
        let heard = notified(&world);
        assert_eq!(heard.len(), 1, "{}", world.story());
        assert_eq!(heard[0].data["orderId"], order_id.as_str(), "{}", heard[0].data);
        assert!(heard[0].data.to_string().contains("classroom-day"), "what was ordered: {}", heard[0].data);
        assert!(world.app.accounts().is_empty(), "nothing is opened");
    })
    .await;
}

#[tokio::test]
async fn every_fault_at_every_call_ends_in_one_notification() {
    on_every_world(async |world| {
        for fault in [Fault::Down, Fault::AnswerLost, Fault::Timeout, Fault::Twice, Fault::CutBody, Fault::Status(502)]
        {
            for call in 0..3 {
                let before = notified(&world).len();
                world.network.break_call(world.network.calls() + call, fault.clone());
                world.buy(TRAINING, None).await;
                world.run_for(HOUR * 4).await;
                assert_eq!(notified(&world).len(), before + 1, "{fault:?} at call {call}\n{}", world.story());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_app_that_is_down_hears_of_the_order_when_it_is_back() {
    on_every_world(async |world| {
        world.app.answer(Manner::Broken);
        world.buy(TRAINING, None).await;
        world.run_for(HOUR * 2).await;
        world.app.answer(Manner::Prompt);
        world.run_for(HOUR * 2).await;
        assert_eq!(notified(&world).len(), 1, "{}", world.story());
        let message = &world.get("/messages?protocol=order_notification").await["items"][0];
        assert_eq!((&message["state"], &message["attempts"]), (&json!("succeeded"), &json!(1)), "received is received");
    })
    .await;
}

#[tokio::test]
async fn an_order_of_a_product_with_interfaces_is_announced_beside_them() {
    on_every_world(async |world| {
        let wanted = json!({ "accessType": "saas", "addressId": world.seeded.address_id });
        let made = world.post(&format!("/merchants/{MERCHANT}/notifications"), wanted).await;
        let path = format!("/merchants/{MERCHANT}/notifications/{}/test", made["notificationId"].as_str().unwrap());
        assert_eq!(world.post(&path, json!({})).await["state"], "succeeded", "the test call is answered");
        let order_id = world.buy("teamboard-standard-month", Some(2)).await;
        world.run_for(HOUR).await;
        world.post(&format!("/instances/{order_id}/renew"), json!({ "periods": 1, "pay": true })).await;
        world.run_for(HOUR).await;
        let orders: Vec<String> =
            notified(&world).iter().map(|event| event.data["orderId"].as_str().unwrap().to_owned()).collect();
        assert_eq!(orders.len(), 2, "the purchase and the renewal, not the test call\n{}", world.story());
        assert_eq!(orders[0], order_id);
    })
    .await;
}
