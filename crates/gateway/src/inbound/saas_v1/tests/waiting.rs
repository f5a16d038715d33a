//! An app that is not ready while the store waits.

use super::*;
use crate::inbound::Verdict;

#[tokio::test]
async fn an_app_that_is_down_costs_no_order_the_buyer_gets_a_page_and_later_the_app() {
    let world = World::with_app().await;
    world.app_answers(&[DOWN]);
    let answer = world.call_v1(&purchase("O-1", "b-1", &[])).await;
    assert_eq!((answer.code(), answer.json["instanceId"].as_str()), ("000000", Some("b-1")));
    let page = front_end_url(&answer).to_owned();
    assert!(page.starts_with("https://gateway.example.com/instance/demo/b-1/"), "{page}");
    assert_eq!(answer.json["appInfo"]["userName"], serde_json::Value::Null);
    let query = world.call_v1(&change("queryInstance", &[])).await;
    assert_eq!(query.json["info"][0]["appInfo"]["frontEndUrl"], page.as_str());
    world.pass(std::time::Duration::from_secs(4 * 3_600)).await;
    world.app_answers(&[OPENED]);
    world.pass(std::time::Duration::from_secs(600)).await;
    let look = world.call_v1(&purchase("O-1", "b-2", &[])).await;
    assert_eq!((look.code(), front_end_url(&look)), ("000000", "https://app.example.com/t/1"));
}

#[tokio::test]
async fn with_retry_the_store_is_told_000004_and_picks_the_instance_up_an_hour_later() {
    let world = World::set(|config| config.gateway.saas_v1.pending = "retry".to_owned()).await.and_app().await;
    world.app_answers(&[Ok((202, ""))]);
    let answer = world.call_v1(&purchase("O-1", "b-1", &[])).await;
    assert_eq!((answer.code(), answer.json["appInfo"].is_null()), ("000004", true));
    assert_eq!(world.call_v1(&change("queryInstance", &[])).await.code(), "000004");
    let info = serde_json::from_str(APP_INFO).unwrap();
    world.gateway.put_app_info(MERCHANT, "b-1", &info).await.unwrap();
    let again = world.call_v1(&purchase("O-1", "b-2", &[])).await;
    assert_eq!((again.code(), front_end_url(&again)), ("000000", "https://app.example.com/t/1"));
    assert_eq!(again.json["instanceId"], "b-1");
}

#[tokio::test]
async fn the_answer_that_went_out_is_the_one_that_is_kept() {
    let world = opened_world().await;
    let callback = newest(&world).await;
    assert!(callback.answer.contains("https://app.example.com/t/1"), "{}", callback.answer);
    assert_eq!((callback.summary.result_code.as_str(), callback.summary.state_after.as_str()), ("000000", "active"));
    assert_eq!(callback.summary.verdict, Verdict::Accepted);
}

#[tokio::test]
async fn an_account_that_would_not_fit_once_encrypted_is_refused_where_it_is_entered() {
    let world = World::with_app().await;
    world.app_answers(&[Ok((202, ""))]);
    world.call_v1(&purchase("O-1", "b-1", &[])).await;
    let info = |length: usize| mercer_protocol::saas_v2::AppInfo {
        front_end_url: Some("https://app.example.com".to_owned()),
        password: Some("x".repeat(length)),
        ..Default::default()
    };
    assert!(world.gateway.put_app_info(MERCHANT, "b-1", &info(80)).await.is_err());
    world.gateway.put_app_info(MERCHANT, "b-1", &info(79)).await.unwrap();
    let look = world.call_v1(&purchase("O-1", "b-2", &[])).await;
    assert_eq!(clear(&look, "password", KeySize::Bits256).len(), 79);
}

#[tokio::test]
async fn a_refusal_of_the_app_is_told_at_once_with_its_reason() {
    let world = World::with_app().await;
    world.app_answers(&[Ok((422, r#"{"error":{"message":"no seats left"}}"#))]);
    let answer = world.call_v1(&purchase("O-1", "b-1", &[])).await;
    assert_eq!((answer.code(), answer.json["resultMsg"].as_str()), ("000005", Some("no seats left")));
    assert_eq!(state(&world).await, State::Failed);
}

#[tokio::test]
async fn a_call_waits_for_an_app_that_hands_its_information_in_later() {
    let world = World::set(|config| config.gateway.saas_v1.wait_seconds = 12).await.and_app().await;
    world.app_answers(&[Ok((202, ""))]);
    let parameters = purchase("O-1", "b-1", &[]);
    let call = world.call_v1(&parameters);
    let later = async {
        // The call is on disk and waits; the app is ready three seconds later.
        while world.gateway.instance_counts(MERCHANT).await.unwrap().is_empty() || world.events().is_empty() {
            tokio::task::yield_now().await;
        }
        let info = serde_json::from_str(APP_INFO).unwrap();
        world.gateway.put_app_info(MERCHANT, "b-1", &info).await.unwrap();
        for _ in 0..40 {
            world.clock.advance(std::time::Duration::from_millis(320));
            tokio::task::yield_now().await;
        }
    };
    let (answer, ()) = tokio::join!(call, later);
    assert_eq!((answer.code(), front_end_url(&answer)), ("000000", "https://app.example.com/t/1"));
}

#[tokio::test]
async fn calls_for_one_order_at_the_same_time_open_one_instance() {
    let world = World::with_app().await;
    world.app_answers(&[OPENED]);
    let (one, two) = (purchase("O-1", "b-1", &[]), purchase("O-1", "b-2", &[]));
    let (first, second) = tokio::join!(world.call_v1(&one), world.call_v1(&two));
    assert_eq!(first.json["instanceId"], second.json["instanceId"]);
    assert_eq!(world.event_types(), ["created"]);
}
