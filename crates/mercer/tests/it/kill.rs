//! kill -9 at every step of a purchase, then a start on the same data: one instance, one account, no lost
//! event.

use std::time::Duration;

use mercer_kernel::db::EngineKind;
use mercer_testkit::app::{Manner, account_of};
use mercer_testkit::engine::TestDatabase;
use serde_json::json;

use crate::support::snare::{Moment, Shared};
use crate::support::town::{Town, V1_PRODUCT, text};
use crate::support::wait::until;
use crate::support::{remark, remark_no_postgres};

/// From the payment to the kill; the second poll is only reached by moving the clock.
const SPRINGS_WITHIN: Duration = Duration::from_secs(20);
/// From the restart to the completed order.
const HEALS_WITHIN: Duration = Duration::from_secs(40);
/// On a shared database the dead process keeps its jobs until their lease ends.
const HEALS_WITHIN_A_LEASE: Duration = Duration::from_secs(120);

/// Every exchange of a purchase, and how many of the same name go before it.
const EXCHANGES: [(&str, usize); 5] =
    [("newInstance", 0), ("queryInstance", 0), ("query order", 0), ("created", 0), ("queryInstance", 1)];

/// Those of a purchase in SaaS V1.0: the app is asked while the store waits.
const V1_EXCHANGES: [(&str, usize); 2] = [("newInstance", 0), ("created", 0)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Store,
    Gateway,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_step_of_a_purchase_loses_nothing() {
    let town = Town::build(None, 1).await;
    let mut purchases = 0;
    for exchange in EXCHANGES {
        for moment in [Moment::Before, Moment::After] {
            for victim in [Victim::Store, Victim::Gateway] {
                purchases += 1;
                killed_purchase(&town, (exchange, moment, victim), HEALS_WITHIN).await;
                assert_eq!(town.app.accounts().len(), purchases, "an account for each purchase and no other");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_step_of_a_v1_purchase_loses_nothing() {
    let town = Town::build(None, 1).await;
    let mut purchases = 0;
    for exchange in V1_EXCHANGES {
        for moment in [Moment::Before, Moment::After] {
            for victim in [Victim::Store, Victim::Gateway] {
                purchases += 1;
                let order_id = town.order_of(V1_PRODUCT).await;
                killed_order(&town, &order_id, (exchange, moment, victim), HEALS_WITHIN).await;
                assert_eq!(town.app.accounts().len(), purchases, "an account for each purchase and no other");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_on_a_shared_database_loses_nothing() {
    // Side by side, because each waits for the end of a lease.
    tokio::join!(
        killed_on_postgres((("newInstance", 0), Moment::After, Victim::Store)),
        killed_on_postgres((("created", 0), Moment::After, Victim::Gateway)),
        killed_on_postgres((("query order", 0), Moment::Before, Victim::Gateway)),
    );
}

type Case = ((&'static str, usize), Moment, Victim);

async fn killed_on_postgres(case: Case) {
    let Some(database) = TestDatabase::create(EngineKind::Postgres).await else {
        remark_no_postgres();
        return;
    };
    let town = Town::build(Some(&database.url), 1).await;
    killed_purchase(&town, case, HEALS_WITHIN_A_LEASE).await;
    assert_eq!(town.app.accounts().len(), 1);
}

/// Buys, kills at the given point, starts again, and looks at what has become of the purchase.
async fn killed_purchase(town: &Town, case: Case, heals_within: Duration) {
    let order_id = town.order().await;
    killed_order(town, &order_id, case, heals_within).await;
}

async fn killed_order(town: &Town, order_id: &str, case: Case, heals_within: Duration) {
    let (exchange, moment, victim) = case;
    remark(&format!("{case:?}"));
    let victim = match victim {
        Victim::Store => &town.store,
        Victim::Gateway => &town.gateways[0],
    };
    town.snare.set(exchange, moment, victim);
    if exchange.1 > 0 {
        // So that the account is not there when the store asks for the first time.
        town.app.answer(Manner::Broken);
    }
    town.pay(order_id).await;
    if exchange.1 > 0 {
        reach_the_second_poll(town, order_id).await;
    }
    until(&format!("{case:?} to happen"), SPRINGS_WITHIN, async || town.snare.has_sprung().then_some(())).await;
    town.restart(victim).await;
    town.complete(order_id, heals_within).await;
    assert_one_of_each(town, order_id, case, victim).await;
}

/// The second poll comes two minutes after the first, on the store's clock.
async fn reach_the_second_poll(town: &Town, order_id: &str) {
    until("the first poll", SPRINGS_WITHIN, async || town.snare.is_next().then_some(())).await;
    town.app.answer(Manner::Prompt);
    until("the account", SPRINGS_WITHIN, async || {
        let instances = town.instances_of(order_id).await;
        instances.first().filter(|instance| instance["state"] == "active").map(drop)
    })
    .await;
    town.advance(json!({"by": "PT2M"})).await;
}

async fn assert_one_of_each(town: &Town, order_id: &str, case: Case, victim: &Shared) {
    let case = format!("{case:?}\n{}", town.logs().await);
    let at_store = town.store_api().await.get(&format!("/instances/{order_id}")).await;
    assert_eq!(at_store["state"], "active", "{case}");
    let instance_id = text(&at_store["instanceId"]);
    let instances = town.instances_of(order_id).await;
    assert_eq!(instances.len(), 1, "one instance: {instances:?} {case}");
    assert_eq!(
        (text(&instances[0]["instanceId"]), &instances[0]["state"]),
        (instance_id.clone(), &json!("active")),
        "{case}"
    );

    let accounts = town.app.accounts();
    assert_eq!(accounts.iter().filter(|id| **id == instance_id).count(), 1, "one account: {accounts:?} {case}");
    assert_eq!(town.app.story_of(&instance_id), ["created"], "{case}");
    let received = town.app.received();
    let deliveries = town.gateway_api().await.get(&format!("/deliveries?instance={instance_id}")).await;
    let deliveries = deliveries["items"].as_array().expect("a list");
    assert_eq!(deliveries.len(), 1, "{deliveries:?} {case}");
    for delivery in deliveries {
        assert_eq!(delivery["state"], "done", "{delivery} {case}");
        let times = received.iter().filter(|event| event.id == text(&delivery["id"])).count();
        assert!(times >= 1, "the app got {delivery} {case}");
    }

    let view = town.store_api().await.get(&format!("/instances/{order_id}/view")).await;
    assert_eq!(view["appInfo"]["password"], account_of(&instance_id)["password"], "{view} {case}");
    assert!(!victim.lock().await.log().contains("panicked"), "{case}");
}
