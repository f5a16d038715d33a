//! SaaS V1.0 has no "later": what happens to a purchase while the app is away, at every fault, and with changing keys.

use std::collections::BTreeSet;
use std::time::Duration;

use http::{Method, StatusCode};
use mercer_gateway::merchant::InterfaceType;
use mercer_kernel::db::EngineKind;
use mercer_testkit::app::Manner;
use mercer_testkit::network::Fault;
use mercer_testkit::world::{MERCHANT, World, text};
use serde_json::{Value, json};

use crate::on_every_world;
use crate::purchase::{assert_one_account, with_every_fault, with_every_restart};

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
/// By the user and the month, the buyer's mobile number with it.
const CRM: &str = "orbit-standard-month";
/// By space, begins when it is accepted, 128 bits, the buyer's mail address with it.
const BACKUP: &str = "granary-vault-month";

#[tokio::test]
async fn a_purchase_is_answered_with_the_account_at_once() {
    on_every_world(async |world| {
        let order_id = world.buy(CRM, Some(5)).await;
        world.settle().await;
        assert_eq!(world.order_state(&order_id).await, "completed", "{}", world.story());
        let instance_id = text(&world.instance(&order_id).await["instanceId"]);
        assert_eq!(world.app.accounts(), std::slice::from_ref(&instance_id));
        let view = world.get(&format!("/instances/{order_id}/view")).await;
        assert_eq!(view["appInfo"]["password"], format!("pw-{instance_id}"), "decrypted: {view}");
        assert_eq!(view["appInfo"]["userName"], "admin", "decrypted: {view}");
        for exchange in world.network.log().iter().filter(|exchange| exchange.host == "gateway.test") {
            let (_, answer) = exchange.answer.as_ref().unwrap();
            assert!(!answer.contains(&format!("pw-{instance_id}")), "encrypted on the way: {answer}");
        }
        assert_eq!(
            world.story().lines().collect::<Vec<_>>(),
            [
                "    start  gateway → app     created  → 200",
                "    start  store → gateway   newInstance  → 000000",
                "    start  store → gateway   newInstance  → 000000",
            ],
            "the purchase, and the look"
        );
    })
    .await;
}

#[tokio::test]
async fn an_app_that_is_down_for_hours_loses_nothing_and_the_buyer_waits_on_a_page() {
    on_every_world(async |world| {
        world.network.break_host("app.test", Fault::Down);
        let order_id = world.buy(CRM, Some(2)).await;
        world.settle().await;
        assert_eq!(world.order_state(&order_id).await, "completed", "answered in time\n{}", world.story());
        let path = format!("/instances/{order_id}/view");
        let address = text(&world.get(&path).await["appInfo"]["frontEndUrl"]);
        assert!(address.starts_with("http://gateway.test/instance/"), "{address}");
        let page = world.page(&address).await;
        assert_eq!(page.status, StatusCode::OK);
        let page = page.body.to_string();
        assert!(page.contains("does not answer at the moment") || page.contains("商家系统暂时没有响应"), "{page}");
        assert!(page.contains(&order_id), "{page}");
        world.run_for(HOUR * 5).await;
        world.network.heal("app.test");
        world.run_for(MINUTE * 10).await;
        let instance_id = text(&world.instance(&order_id).await["instanceId"]);
        assert_eq!(world.app.received().len(), 1, "delivered once\n{}", world.story());
        assert_eq!(world.app.accounts(), std::slice::from_ref(&instance_id));
        assert_eq!(world.page(&address).await.status, StatusCode::SEE_OTHER, "sent on to the app");
        let seen = world.get(&path).await;
        assert_eq!(seen["appInfo"]["frontEndUrl"], format!("https://app.test/{instance_id}"), "{seen}");
        assert_eq!(seen["appInfo"]["password"], format!("pw-{instance_id}"), "{seen}");
    })
    .await;
}

#[tokio::test]
async fn with_the_other_setting_the_store_calls_again_every_hour() {
    for engine in [EngineKind::Sqlite, EngineKind::Postgres] {
        let set = |config: &mut mercer_kernel::config::Config| "retry".clone_into(&mut config.gateway.saas_v1.pending);
        let Some(world) = World::create_with(engine, set).await else { continue };
        world.network.break_host("app.test", Fault::Down);
        let order_id = world.buy(CRM, Some(2)).await;
        world.run_for(HOUR + MINUTE).await;
        assert_eq!(world.order_state(&order_id).await, "processing", "{}", world.story());
        world.network.heal("app.test");
        world.run_for(HOUR).await;
        let instance_id = text(&world.instance(&order_id).await["instanceId"]);
        assert_eq!(world.order_state(&order_id).await, "completed", "{}", world.story());
        assert_eq!(world.app.accounts(), std::slice::from_ref(&instance_id));
        let calls: Vec<String> =
            world.story().lines().filter(|line| line.contains("newInstance")).map(squeezed).collect();
        let expected = ["start newInstance → 000004", "+1h newInstance → 000004", "+2h newInstance → 000000"];
        assert_eq!(calls, expected.map(|call| call.replace(" newInstance", " store → gateway newInstance")));
        let ids = values(&world, "businessId");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 3, "a new businessId on every call: {ids:?}");
        assert_eq!(instances(&world).await, 1);
    }
}

#[tokio::test]
async fn every_fault_at_every_call_ends_in_one_instance_and_one_account() {
    with_every_fault((CRM, 2), assert_one_readable_account).await;
}

#[tokio::test]
async fn a_restart_at_every_call_ends_in_one_instance_and_one_account() {
    with_every_restart((CRM, 2), assert_one_readable_account).await;
}

/// And the buyer's page shows that account decrypted.
async fn assert_one_readable_account(world: &World, order_id: &str, case: &str) {
    assert_one_account(world, order_id, case).await;
    let instance_id = text(&world.instance(order_id).await["instanceId"]);
    let view = world.get(&format!("/instances/{order_id}/view")).await;
    assert_eq!(view["appInfo"]["password"], format!("pw-{instance_id}"), "{case}\n{view}");
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_with_two_valid_keys_nothing_stands_still() {
    on_every_world(async |world| {
        let next_key = "0d1c9a1e-7d33-4b60-9a5e-2c41d0b7e8f7";
        let new_key = json!({ "interfaceType": "saas_v1", "accessKey": next_key, "overlapHours": 0 });
        world.post(&format!("/merchants/{MERCHANT}/keys"), new_key).await;
        let first = world.buy(CRM, Some(1)).await;
        world.settle().await;
        assert_eq!(world.order_state(&first).await, "processing");
        assert!(world.story().contains("newInstance  → 000001"), "{}", world.story());
        assert!(world.app.accounts().is_empty());
        world.gateway.ensure_key(MERCHANT, InterfaceType::SaasV1, next_key).await.unwrap();
        world.run_for(HOUR + MINUTE).await;
        assert_one_readable_account(&world, &first, "both keys are valid").await;
        let keys = world.gateway.keys(MERCHANT).await.unwrap();
        let v1_keys: Vec<_> = keys.iter().filter(|key| key.interface_type == InterfaceType::SaasV1).collect();
        assert_eq!(v1_keys.len(), 2);
        let used: Vec<bool> = v1_keys.iter().map(|key| key.last_used_at.is_some()).collect();
        assert_eq!(used, [true, false], "newest first: the one that signed has a date of its last use");
    })
    .await;
}

#[tokio::test]
async fn what_needs_acceptance_begins_when_it_is_accepted() {
    on_every_world(async |world| {
        let order_id = world.buy(BACKUP, Some(200)).await;
        world.run_for(DAY * 2).await;
        let instance = world.instance(&order_id).await;
        assert_eq!(instance["state"], "awaitingAcceptance", "{instance}");
        let instance_id = text(&instance["instanceId"]);
        assert_eq!(world.app.story_of(&instance_id), ["created"]);
        world.post(&format!("/instances/{order_id}/accept"), Value::Null).await;
        world.run_for(MINUTE).await;
        let instance = world.instance(&order_id).await;
        assert_eq!(instance["state"], "active", "{}", world.story());
        assert_eq!(world.app.story_of(&instance_id), ["created", "accepted"], "{}", world.story());
        assert_eq!(world.app.accounts(), [instance_id], "accepting opens nothing again");
        let view = world.get(&format!("/instances/{order_id}/view")).await;
        assert!(text(&view["appInfo"]["password"]).starts_with("pw-"), "128 bits: {view}");
    })
    .await;
}

#[tokio::test]
async fn personal_data_reach_the_app_readable_and_lie_encrypted_at_the_gateway() {
    on_every_world(async |world| {
        let (mobile, email) = ("13912345678", "unmistakable@buyers.example");
        let buyer = json!({ "customerName": "wei", "mobilePhone": mobile, "email": email });
        let buyer_id = text(&world.post("/buyers", buyer).await["customerId"]);
        for (product_id, quantity) in [(CRM, 2), (BACKUP, 100)] {
            let order = json!({ "buyerId": buyer_id, "productId": product_id, "quantity": quantity, "pay": true });
            world.post("/orders", order).await;
        }
        world.run_for(MINUTE).await;
        let heard = world.app.received();
        let buyer_of = |sku_code: &str| {
            let event = heard.iter().find(|event| event.data["skuCode"] == sku_code).unwrap();
            (event.data["buyer"]["mobilePhone"].clone(), event.data["buyer"]["email"].clone())
        };
        assert_eq!(buyer_of("orbit-standard"), (json!(mobile), Value::Null), "256 bits");
        assert_eq!(buyer_of("granary-vault"), (Value::Null, json!(email)), "128 bits");
        let on_the_wire = world.network.log();
        for call in on_the_wire.iter().filter(|exchange| exchange.host == "gateway.test") {
            assert!(!call.path.contains(mobile) && !call.path.contains("unmistakable"), "{}", call.path);
        }
        let texts = crate::database_texts::all(world.gateway_db()).await;
        assert!(texts.iter().any(|text| text.contains("newInstance")), "the scan sees the calls");
        for secret in [mobile, "unmistakable", "pw-"] {
            let found = texts.iter().find(|text| text.contains(secret));
            assert!(found.is_none(), "{secret} lies readable in the gateway's database: {found:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_app_that_opens_later_completes_on_the_page() {
    on_every_world(async |world| {
        world.app.answer(Manner::Later);
        let order_id = world.buy(CRM, Some(1)).await;
        world.run_for(MINUTE * 30).await;
        let path = format!("/instances/{order_id}/view");
        let address = text(&world.get(&path).await["appInfo"]["frontEndUrl"]);
        assert_eq!(world.page(&address).await.status, StatusCode::OK);
        let instance_id = text(&world.instance(&order_id).await["instanceId"]);
        let info = mercer_testkit::app::account_of(&instance_id);
        let put = world.gateway_api(Method::PUT, &format!("/instances/{instance_id}/app-info"), info).await;
        assert!(put.status.is_success(), "{put:?}");
        assert_eq!(world.page(&address).await.status, StatusCode::SEE_OTHER);
        let view = world.get(&path).await;
        assert_eq!(view["appInfo"]["password"], format!("pw-{instance_id}"), "{view}");
    })
    .await;
}

async fn instances(world: &World) -> Value {
    world.gateway_api(Method::GET, "/instances", Value::Null).await.body["total"].clone()
}

/// The values of a parameter over all newInstance calls.
fn values(world: &World, name: &str) -> Vec<String> {
    let log = world.network.log();
    let queries = log.iter().filter_map(|exchange| exchange.path.split_once('?').map(|(_, query)| query));
    let calls = queries.filter(|query| query.contains("activity=newInstance"));
    let value =
        |query: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned));
    calls.filter_map(value).collect()
}

fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
