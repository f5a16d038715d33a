//! A purchase becomes a working account, whatever happens on the way.

use std::time::Duration;

use http::Method;
use mercer_kernel::db::EngineKind;
use mercer_testkit::app::Manner;
use mercer_testkit::network::Fault;
use mercer_testkit::world::{World, text};
use serde_json::{Value, json};

use crate::on_every_world;

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);
const SEATS: &str = "teamboard-standard-year";

#[tokio::test]
async fn a_purchase_becomes_an_account_that_the_buyer_sees() {
    on_every_world(async |world| {
        let order_id = world.buy(SEATS, Some(5)).await;
        world.run_for(MINUTE * 5).await;
        assert_eq!(world.order_state(&order_id).await, "completed", "{}", world.story());
        let instance = world.instance(&order_id).await;
        assert_eq!(instance["state"], "active");
        let instance_id = text(&instance["instanceId"]);
        assert_eq!(world.app.accounts(), std::slice::from_ref(&instance_id));
        let data = &world.app.received()[0].data;
        assert_eq!((&data["linearValue"], &data["skuCode"]), (&json!(5), &json!("teamboard-standard")));
        let view = world.get(&format!("/instances/{order_id}/view")).await;
        assert_eq!(view["appInfo"]["password"], format!("pw-{instance_id}"), "{view}");
        assert_eq!(view["appInfo"]["memo"], "你好 🎈");
        let story = world.story();
        let first: Vec<_> = story.lines().take(5).collect();
        assert_eq!(
            first,
            [
                "    start  store → gateway   newInstance  → 000004",
                "    start  store → gateway   queryInstance  → 000004",
                "    start  gateway → store   order/query  → MKT.0000",
                "    start  gateway → app     created  → 200",
                "      +2m  store → gateway   queryInstance  → 000000",
            ],
            "{story}"
        );
    })
    .await;
}

#[tokio::test]
async fn every_fault_at_every_call_ends_in_one_instance_and_one_account() {
    let calls = {
        let world = World::create(EngineKind::Sqlite).await.unwrap();
        world.buy(SEATS, Some(1)).await;
        world.run_for(HOUR).await;
        world.network.calls()
    };
    assert!(calls >= 5, "a purchase takes five calls at least");
    with_every_fault((SEATS, calls), assert_one_account).await;
}

/// Buys once for every fault at each of the first `calls` calls, and hands on world, order and case.
pub(crate) async fn with_every_fault((product_id, calls): (&str, usize), check: impl AsyncFn(&World, &str, &str)) {
    let faults = [
        Fault::Down,
        Fault::AnswerLost,
        Fault::Timeout,
        Fault::Twice,
        Fault::CutBody,
        Fault::Status(502),
        Fault::ContentType("text/html"),
    ];
    for number in 0..calls {
        for fault in &faults {
            let world = World::create(EngineKind::Sqlite).await.unwrap();
            world.network.break_call(number, fault.clone());
            let order_id = world.buy(product_id, Some(1)).await;
            world.run_for(HOUR * 2).await;
            check(&world, &order_id, &format!("{fault:?} at call {number}")).await;
        }
    }
}

#[tokio::test]
async fn a_restart_at_every_call_ends_in_one_instance_and_one_account() {
    with_every_restart((SEATS, 5), assert_one_account).await;
}

/// Buys once for a lost answer and a restart at each of the first `calls` calls, and hands on world, order and case.
pub(crate) async fn with_every_restart((product_id, calls): (&str, usize), check: impl AsyncFn(&World, &str, &str)) {
    for number in 0..calls {
        let mut world = World::create(EngineKind::Sqlite).await.unwrap();
        world.network.break_call(number, Fault::AnswerLost);
        let order_id = world.buy(product_id, Some(1)).await;
        world.settle().await;
        world.restart().await;
        world.run_for(HOUR * 2).await;
        check(&world, &order_id, &format!("restart after call {number}")).await;
    }
}

/// The order is completed, with one instance that is in use and one account.
pub(crate) async fn assert_one_account(world: &World, order_id: &str, case: &str) {
    let story = world.story();
    assert_eq!(world.order_state(order_id).await, "completed", "{case}\n{story}");
    let instance = world.instance(order_id).await;
    assert_eq!(instance["state"], "active", "{case}\n{story}");
    assert_eq!(world.app.accounts(), [text(&instance["instanceId"])], "{case}\n{story}");
    let all = world.gateway_api(Method::GET, "/instances", Value::Null).await.body;
    assert_eq!(all["total"], 1, "{case}\n{story}");
}

#[tokio::test]
async fn a_gateway_that_is_down_for_three_hours_fails_the_order_and_the_money_goes_back() {
    on_every_world(async |world| {
        world.network.break_host("gateway.test", Fault::Down);
        let order_id = world.buy(SEATS, Some(2)).await;
        world.run_for(HOUR * 4).await;
        let order = world.get(&format!("/orders/{order_id}")).await;
        assert_eq!(order["state"], "failed", "{order}");
        assert_eq!(order["refunded"], order["payable"], "{order}");
        let attempts: Vec<_> = world.story().lines().map(|line| line[..9].trim().to_owned()).collect();
        assert_eq!(attempts, ["start", "+1h", "+2h", "+3h"]);
        assert!(world.app.accounts().is_empty());
    })
    .await;
}

#[tokio::test]
async fn more_than_five_failed_orders_in_a_month_delist_the_product() {
    on_every_world(async |world| {
        world.network.break_host("gateway.test", Fault::Status(500));
        for failed in 1..=6 {
            world.buy(SEATS, Some(1)).await;
            world.run_for(HOUR * 4).await;
            let product = world.get("/products/teamboard").await;
            let expected = if failed > 5 { "delisted" } else { "onSale" };
            assert_eq!(product["state"], expected, "after {failed} failed orders");
        }
        let buyer = &world.seeded.buyers[0].0;
        let order = json!({ "buyerId": buyer, "productId": SEATS, "quantity": 1, "pay": true });
        let refused = world.store_api(Method::POST, "/orders", order).await;
        assert!(refused.status.is_client_error(), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn an_app_that_is_down_for_two_hours_loses_no_order() {
    on_every_world(async |world| {
        world.network.break_host("app.test", Fault::Down);
        let order_id = world.buy(SEATS, Some(1)).await;
        world.run_for(HOUR * 2).await;
        assert_eq!(world.order_state(&order_id).await, "processing");
        world.network.heal("app.test");
        world.run_for(HOUR / 2).await;
        assert_one_account(&world, &order_id, "app down for two hours").await;
    })
    .await;
}

#[tokio::test]
async fn an_app_that_is_down_for_four_hours_gets_every_event_once_and_in_order() {
    on_every_world(async |world| {
        let order_id = world.buy("teamboard-standard-month", Some(1)).await;
        world.run_for(MINUTE * 10).await;
        let instance_id = text(&world.instance(&order_id).await["instanceId"]);
        world.network.break_host("app.test", Fault::Down);
        for (verb, body) in
            [("renew", json!({ "periods": 1, "pay": true })), ("freeze", json!({})), ("unfreeze", json!({}))]
        {
            world.post(&format!("/instances/{order_id}/{verb}"), body).await;
            world.run_for(HOUR).await;
        }
        world.run_for(HOUR).await;
        assert_eq!(world.app.story_of(&instance_id), ["created"]);
        world.network.heal("app.test");
        world.run_for(HOUR).await;
        assert_eq!(world.app.story_of(&instance_id), ["created", "renewed", "frozen", "unfrozen"]);
        let deliveries = world.app.received();
        assert_eq!(deliveries.len(), 4, "each event was delivered once");
    })
    .await;
}

#[tokio::test]
async fn an_app_that_opens_later_completes_by_the_management_api() {
    on_every_world(async |world| {
        world.app.answer(Manner::Later);
        let order_id = world.buy(SEATS, Some(1)).await;
        world.run_for(MINUTE * 30).await;
        assert_eq!(world.order_state(&order_id).await, "processing");
        let instance_id = text(&world.instance(&order_id).await["instanceId"]);
        let info = mercer_testkit::app::account_of(&instance_id);
        let put = world.gateway_api(Method::PUT, &format!("/instances/{instance_id}/app-info"), info).await;
        assert!(put.status.is_success(), "{put:?}");
        world.run_for(MINUTE * 5).await;
        assert_eq!(world.order_state(&order_id).await, "completed");
    })
    .await;
}

#[tokio::test]
async fn an_app_that_refuses_for_good_gives_the_buyer_his_money_back() {
    on_every_world(async |world| {
        world.app.answer(Manner::Refuses);
        let order_id = world.buy(SEATS, Some(1)).await;
        world.run_for(HOUR * 4).await;
        assert_eq!(world.order_state(&order_id).await, "failed", "{}", world.story());
    })
    .await;
}

#[tokio::test]
async fn a_buyer_who_looks_does_not_wait_for_the_next_poll() {
    on_every_world(async |world| {
        let order_id = world.buy(SEATS, Some(1)).await;
        world.settle().await;
        world.run_for(Duration::from_secs(3)).await;
        assert_eq!(world.order_state(&order_id).await, "processing");
        world.settle().await;
        assert_eq!(world.order_state(&order_id).await, "completed", "{}", world.story());
    })
    .await;
}
