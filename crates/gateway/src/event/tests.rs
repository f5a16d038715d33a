use std::time::Duration;

use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::JobState;
use mercer_kernel::web::page::PageRequest;
use serde_json::json;

use crate::connector::{BadLines, ConnectorSettings};
use crate::delivery::DeliveryFilter;
use crate::instance::{InstanceSummary, State};
use crate::testing::{APP_INFO, MERCHANT, World};

const DOWN: Result<(u16, &str), FailureReason> = Err(FailureReason::ConnectFailed);
const OPENED: Result<(u16, &str), FailureReason> = Ok((200, APP_INFO));
const TAKEN: Result<(u16, &str), FailureReason> = Ok((204, ""));

async fn summary(world: &World, instance_id: &str) -> InstanceSummary {
    world.gateway.instance(MERCHANT, instance_id, false).await.unwrap().summary
}

async fn query(world: &World, instance_id: &str) -> crate::testing::Produced {
    world.call(&json!({ "activity": "queryInstance", "instanceId": instance_id })).await
}

#[tokio::test]
async fn a_purchase_becomes_an_account_that_the_store_can_fetch() {
    let world = World::with_app().await;
    world.order("O-1", |_| {});
    world.app_answers(&[OPENED]);
    world.new_instance("O-1", "b-1").await;
    assert_eq!(query(&world, "b-1").await.code(), "000004");
    world.gateway.run_due().await;
    let answer = query(&world, "b-1").await;
    assert_eq!(answer.code(), "000000");
    assert_eq!(answer.json["info"][0]["appInfo"]["frontEndUrl"], "https://app.example.com/t/1");
    let event = &world.events()[0];
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["data"]["instanceId"], "b-1");
    assert_eq!(event["data"]["linearValue"], 50);
    assert_eq!(event["data"]["buyer"]["mobilePhone"], "13000000000");
    let stored = summary(&world, "b-1").await;
    assert_eq!((stored.state, stored.period_type.as_str()), (State::Active, "year"));
    assert!(stored.expire_time.is_some() && !stored.product_id.is_empty());
}

#[tokio::test]
async fn while_the_app_is_down_for_four_hours_nothing_is_lost_and_order_is_kept() {
    let world = World::with_app().await;
    world.order("O-1", |_| {});
    world.app_answers(&[DOWN]);
    world.new_instance("O-1", "b-1").await;
    world.call(&json!({ "activity": "updateInstanceStatus", "instanceId": "b-1", "status": "FREEZE" })).await;
    world.call(&json!({ "activity": "updateInstanceStatus", "instanceId": "b-1", "status": "UNFREEZE" })).await;
    world.pass(Duration::from_secs(4 * 3_600)).await;
    assert!(world.events().is_empty());
    world.app_answers(&[OPENED, TAKEN]);
    world.pass(Duration::from_secs(600)).await;
    assert_eq!(world.event_types(), ["created", "frozen", "unfrozen"]);
    assert_eq!(summary(&world, "b-1").await.state, State::Active);
}

#[tokio::test]
async fn an_app_that_completes_later_does_it_by_the_management_api() {
    let world = World::with_app().await;
    world.order("O-1", |_| {});
    world.app_answers(&[Ok((202, ""))]);
    world.new_instance("O-1", "b-1").await;
    world.gateway.run_due().await;
    assert_eq!(query(&world, "b-1").await.code(), "000004");
    let info = serde_json::from_str(APP_INFO).unwrap();
    world.gateway.put_app_info(MERCHANT, "b-1", &info).await.unwrap();
    assert_eq!(query(&world, "b-1").await.code(), "000000");
}

#[tokio::test]
async fn a_refusal_of_the_app_fails_the_instance_with_its_reason() {
    let world = World::with_app().await;
    world.order("O-1", |_| {});
    world.app_answers(&[Ok((422, r#"{"error":{"message":"no seats left"}}"#))]);
    world.new_instance("O-1", "b-1").await;
    world.gateway.run_due().await;
    let answer = query(&world, "b-1").await;
    assert_eq!((answer.code(), answer.json["resultMsg"].as_str()), ("000005", Some("no seats left")));
    assert_eq!(summary(&world, "b-1").await.state, State::Failed);
    world.app_answers(&[OPENED]);
    let failed = world.gateway.deliveries(MERCHANT, &DeliveryFilter::default(), PageRequest::default()).await.unwrap();
    world.gateway.resend(MERCHANT, &failed.items[0].id).await.unwrap();
    world.gateway.run_due().await;
    assert_eq!(summary(&world, "b-1").await.state, State::Active);
}

#[tokio::test]
async fn an_order_that_the_store_does_not_know_is_a_named_failure_and_tried_again() {
    let world = World::with_app().await;
    world.app_answers(&[OPENED]);
    world.new_instance("O-1", "b-1").await;
    world.gateway.run_due().await;
    let filter = DeliveryFilter { instance_id: "b-1".to_owned(), ..DeliveryFilter::default() };
    let jobs = world.gateway.deliveries(MERCHANT, &filter, PageRequest::default()).await.unwrap();
    assert_eq!((jobs.items[0].state, jobs.items[0].reason.as_deref()), (JobState::Retrying, Some("result_code")));
    let detail = world.gateway.delivery(MERCHANT, &jobs.items[0].id).await.unwrap();
    assert_eq!(detail.attempts[0].result_code.as_deref(), Some("MKT.0100"));
    world.order("O-1", |_| {});
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(summary(&world, "b-1").await.state, State::Active);
}

#[tokio::test]
async fn an_upgrade_tells_old_and_new_values_and_is_shown_once_the_app_took_it() {
    let world = World::with_app().await;
    world.order("O-1", |_| {});
    world.order("U-1", |order| order.order_line[0].product_info[0].linear_value = Some(80));
    world.app_answers(&[OPENED, DOWN, TAKEN]);
    world.new_instance("O-1", "b-1").await;
    world.gateway.run_due().await;
    let upgrade =
        json!({ "activity": "upgradeInstance", "instanceId": "b-1", "orderId": "U-1", "orderLineId": "U-1-000001" });
    assert_eq!(world.call(&upgrade).await.code(), "000000");
    world.gateway.run_due().await;
    assert_eq!(summary(&world, "b-1").await.linear_value, Some(50));
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(summary(&world, "b-1").await.linear_value, Some(80));
    let event = world.events().pop().unwrap();
    assert_eq!(
        (event["data"]["linearValue"].as_i64(), event["data"]["previous"]["linearValue"].as_i64()),
        (Some(80), Some(50))
    );
}

#[tokio::test]
async fn a_trial_turns_formal() {
    let world = World::with_app().await;
    world.order("T-1", |order| order.order_type = mercer_protocol::order_query::OrderType::Trial);
    world.order("F-1", |_| {});
    world.app_answers(&[OPENED, TAKEN]);
    world.new_instance("T-1", "b-1").await;
    world.gateway.run_due().await;
    assert!(summary(&world, "b-1").await.trial);
    world
        .call(&json!({ "activity": "refreshInstance", "scene": "TRIAL_TO_FORMAL", "orderId": "F-1",
            "orderLineId": "F-1-000001", "instanceId": "b-1", "expireTime": "20270101000000" }))
        .await;
    world.gateway.run_due().await;
    let stored = summary(&world, "b-1").await;
    assert!(!stored.trial);
    assert_eq!(stored.expire_time.unwrap().to_string(), "2027-01-01T00:00:00Z");
    assert_eq!(world.events().pop().unwrap()["data"]["expireTime"], "2027-01-01T00:00:00Z");
}

#[tokio::test]
async fn a_change_is_allowed_or_refused_by_the_app_while_the_store_waits() {
    let world = World::with_app().await;
    world.order("O-1", |_| {});
    world.app_answers(&[OPENED]);
    world.new_instance("O-1", "b-1").await;
    world.gateway.run_due().await;
    let check = json!({ "activity": "changeInstanceCheck", "instanceId": "b-1",
        "productInfo": { "productId": "P-2", "skuCode": "S-2", "linearValue": 5 } });
    world.app_answers(&[Ok((200, "{}"))]);
    assert_eq!(world.call(&check).await.code(), "000000");
    world.app_answers(&[Ok((422, r#"{"error":{"message":"12 seats are in use"}}"#))]);
    let refused = world.call(&check).await;
    assert_eq!((refused.code(), refused.json["resultMsg"].as_str()), ("000005", Some("12 seats are in use")));
    world.app_answers(&[DOWN]);
    assert_eq!(world.call(&check).await.code(), "000005");
}

#[tokio::test]
async fn a_pool_gives_each_instance_one_account_and_waits_when_it_is_empty() {
    let world = World::bare().await;
    let connector_id = world.connector(ConnectorSettings::Pool { low_mark: 2 }).await;
    let csv = b"frontEndUrl,userName,password\nhttps://a.example.com,u1,p1\nhttps://a.example.com,u2,p2\n";
    let import = world.gateway.import_pool(MERCHANT, &connector_id, csv, BadLines::Refuse).await.unwrap();
    assert_eq!((import.imported, import.stock.low), (2, false));
    for number in 1..=3 {
        world.order(&format!("O-{number}"), |_| {});
        world.new_instance(&format!("O-{number}"), &format!("b-{number}")).await;
    }
    world.gateway.run_due().await;
    let mut names = Vec::new();
    for number in 1..=3 {
        let detail = world.gateway.instance(MERCHANT, &format!("b-{number}"), true).await.unwrap();
        names.extend(detail.app_info.and_then(|info| info.user_name));
    }
    names.sort();
    assert_eq!(names, ["u1", "u2"]);
    let stock = world.gateway.pool_stock(MERCHANT, &connector_id).await.unwrap();
    assert_eq!((stock.free, stock.low), (0, true));
    world
        .gateway
        .import_pool(MERCHANT, &connector_id, b"frontEndUrl,userName\nhttps://a.example.com,u3\n", BadLines::Refuse)
        .await
        .unwrap();
    world.pass(Duration::from_secs(30)).await;
    assert_eq!(world.gateway.instance_counts(MERCHANT).await.unwrap(), [(State::Active, 3)]);
}

#[tokio::test]
async fn without_a_connector_the_event_waits_and_says_what_is_missing() {
    let world = World::bare().await;
    world.order("O-1", |_| {});
    world.new_instance("O-1", "b-1").await;
    world.gateway.run_due().await;
    let jobs = world.gateway.deliveries(MERCHANT, &DeliveryFilter::default(), PageRequest::default()).await.unwrap();
    let job = jobs.items.iter().find(|job| job.subject == "b-1").unwrap();
    assert_eq!(job.reason.as_deref(), Some("not_configured"));
    world.connector(ConnectorSettings::Manual {}).await;
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(world.gateway.delivery(MERCHANT, &job.id).await.unwrap().delivery.state, JobState::Done);
    assert_eq!(summary(&world, "b-1").await.state, State::Provisioning);
}

#[tokio::test]
async fn the_timeline_joins_calls_events_and_attempts_in_order() {
    let world = World::with_app().await;
    world.order("O-1", |_| {});
    world.app_answers(&[OPENED]);
    world.new_instance("O-1", "b-1").await;
    world.gateway.run_due().await;
    let detail = world.gateway.instance(MERCHANT, "b-1", false).await.unwrap();
    let told: Vec<String> = detail
        .timeline
        .iter()
        .map(|entry| serde_json::to_value(entry).unwrap()["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told, ["callback", "event", "attempt"]);
    let text = serde_json::to_string(&detail).unwrap();
    assert!(!text.contains("Secret-Passw0rd") && !text.contains("13000000000"), "{text}");
}
