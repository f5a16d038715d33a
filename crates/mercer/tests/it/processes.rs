//! Two gateway processes on one PostgreSQL database: calls go to either, and everything happens once.

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use mercer_kernel::clock::Clock;
use mercer_kernel::db::EngineKind;
use mercer_kernel::entropy::Entropy;
use mercer_protocol::saas_v2::signature;
use mercer_testkit::engine::TestDatabase;
use serde_json::{Value, json};

use crate::support::http::call;
use crate::support::kit::{enterprise, send};
use crate::support::remark_no_postgres;
use crate::support::town::{ACCESS_KEY, MERCHANT, PRODUCT, Town, V1_PRODUCT, text};
use crate::support::wait::until;

const PURCHASES: usize = 10;
const WITHIN: Duration = Duration::from_secs(60);
/// What an app hears of a service.
const STORY: [&str; 4] = ["created", "renewed", "frozen", "unfrozen"];

#[tokio::test(flavor = "multi_thread")]
async fn two_gateways_on_one_database_deliver_everything_once_and_in_order() {
    let Some(database) = TestDatabase::create(EngineKind::Postgres).await else {
        remark_no_postgres();
        return;
    };
    let town = Town::build(Some(&database.url), 2).await;
    let mut orders = Vec::new();
    for number in 0..PURCHASES {
        let order_id = town.order_of(if number % 2 == 0 { PRODUCT } else { V1_PRODUCT }).await;
        town.pay(&order_id).await;
        orders.push(order_id);
    }
    for order_id in &orders {
        town.complete(order_id, WITHIN).await;
    }
    assert_eq!(town.app.accounts().len(), PURCHASES);
    assert_repeated_calls_are_recognised(&town, &orders[0]).await;

    let store = town.store_api().await;
    for (verb, body) in
        [("renew", json!({"periods": 1, "pay": true})), ("freeze", Value::Null), ("unfreeze", Value::Null)]
    {
        for order_id in &orders {
            store.post(&format!("/instances/{order_id}/{verb}"), body.clone()).await;
        }
        town.advance(json!({"until": "idle"})).await;
    }
    let mut expected = 0;
    for (number, order_id) in orders.iter().enumerate() {
        // SaaS V1.0 has no call that unfreezes what is paid by the month.
        let story = if number % 2 == 0 { &STORY[..] } else { &STORY[..3] };
        let instance_id = text(&store.get(&format!("/instances/{order_id}")).await["instanceId"]);
        until("every event of an instance", WITHIN, async || {
            (town.app.story_of(&instance_id).len() >= story.len()).then_some(())
        })
        .await;
        assert_eq!(town.app.story_of(&instance_id), story, "{}", town.logs().await);
        expected += story.len();
    }
    expected += assert_an_enterprise_is_told_once(&town, &orders).await;
    let received = town.app.received();
    let distinct: HashSet<_> = received.iter().map(|event| &event.id).collect();
    assert_eq!((received.len(), distinct.len()), (expected, expected), "each event once");
}

/// The same enterprise is told to both processes at the same time; returns how many events there must be of it.
async fn assert_an_enterprise_is_told_once(town: &Town, orders: &[String]) -> usize {
    let urls = [town.gateways[0].lock().await.url(), town.gateways[1].lock().await.url()];
    for order_id in orders {
        let instance_id = text(&town.store_api().await.get(&format!("/instances/{order_id}")).await["instanceId"]);
        let told = enterprise(&instance_id, order_id);
        let (one, other) = tokio::join!(send(&urls[0], &told), send(&urls[1], &told));
        assert_eq!((text(&one["resultCode"]), text(&other["resultCode"])), ("000000".to_owned(), "000000".to_owned()));
        until("the enterprise to be told", WITHIN, async || {
            (town.app.story_of(&instance_id).last()? == "tenant.changed").then_some(())
        })
        .await;
    }
    orders.len()
}

/// The store repeats a call when it got no answer; the second one may go to the other process, at the same time.
async fn assert_repeated_calls_are_recognised(town: &Town, order_id: &str) {
    let order = town.store_api().await.get(&format!("/orders/{order_id}")).await;
    let body = json!({
        "activity": "newInstance",
        "businessId": "0b5e55ed-0000-4000-8000-000000000001",
        "orderId": order_id,
        "orderLineId": order["orderLineId"],
    });
    let first = town.gateways[0].lock().await.url();
    let second = town.gateways[1].lock().await.url();
    let nonces = [Entropy::system().hex_upper(64), Entropy::system().hex_upper(64)];
    let (one, other) =
        tokio::join!(sign_and_call(&first, &body, &nonces[0]), sign_and_call(&second, &body, &nonces[1]));
    assert_eq!(one["instanceId"], other["instanceId"], "{one} {other}");
    assert!(one["instanceId"].is_string() && town.instances_of(order_id).await.len() == 1);
    let replayed = sign_and_call(&second, &body, &nonces[0]).await;
    assert_eq!(replayed["resultCode"], "000001", "what one process has seen, the other refuses: {replayed}");
}

async fn sign_and_call(gateway_url: &str, body: &Value, nonce: &str) -> Value {
    let body = body.to_string();
    let timestamp = Clock::real().now().as_millis().to_string();
    let signed = signature::sign(ACCESS_KEY, body.as_bytes(), &timestamp, nonce);
    let address =
        format!("{gateway_url}/produce/{MERCHANT}?signature={}&timestamp={timestamp}&nonce={nonce}", signed.signature);
    let request = Request::post(address)
        .header("content-type", "application/json;charset=utf8")
        .body(Full::new(Bytes::from(body)))
        .expect("the request is well formed");
    let answer = call(request).await.expect("the gateway answers");
    serde_json::from_slice(answer.body()).expect("the answer is JSON")
}
