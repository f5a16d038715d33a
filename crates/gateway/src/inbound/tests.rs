use serde_json::{Value as Json, json};

use super::*;
use crate::inbound::Verdict;
use crate::merchant::InterfaceType;
use crate::testing::{APP_INFO, KEY, MERCHANT, World, new_instance};
use mercer_kernel::web::page::PageRequest;

async fn callbacks(world: &World) -> Vec<CallbackSummary> {
    let mut items =
        world.gateway.callbacks(MERCHANT, &CallbackFilter::default(), PageRequest::default()).await.unwrap().items;
    items.sort_by(|one, two| (one.received_at, &one.callback_id).cmp(&(two.received_at, &two.callback_id)));
    items
}

fn refresh(order_id: &str, expire_time: &str) -> Json {
    json!({
        "activity": "refreshInstance", "scene": "RENEWAL", "orderId": order_id,
        "orderLineId": format!("{order_id}-000001"), "instanceId": "b-1", "expireTime": expire_time,
    })
}

#[tokio::test]
async fn a_first_call_is_answered_at_once_and_a_resend_gets_the_same_id() {
    let world = World::with_app().await;
    let first = world.new_instance("O-1", "b-1").await;
    assert_eq!((first.status, first.code()), (StatusCode::OK, "000004"));
    assert_eq!(first.json["instanceId"], "b-1");
    assert_eq!(first.json["resultMsg"], "request is processing");
    let again = world.new_instance("O-1", "b-2").await;
    assert_eq!((again.code(), again.json["instanceId"].as_str()), ("000004", Some("b-1")));
    let verdicts: Vec<Verdict> = callbacks(&world).await.iter().map(|callback| callback.verdict).collect();
    assert!(verdicts.contains(&Verdict::Accepted) && verdicts.contains(&Verdict::Repeated));
}

#[tokio::test]
async fn the_body_sign_covers_the_exact_body() {
    let world = World::bare().await;
    let answer = world.new_instance("O-1", "b-1").await;
    let verdict = body_sign::verify(KEY, answer.body.as_bytes(), answer.body_sign.as_deref());
    assert_eq!(verdict, body_sign::Verdict::Valid);
}

/// The cost of a call over its whole life at the production address.
#[tokio::test]
async fn a_call_costs_one_read_and_four_writes_in_one_commit() {
    let world = World::with_app().await;
    world.new_instance("O-0", "b-0").await;
    for body in [
        new_instance("O-1", "b-1"),
        refresh("R-1", "20270101000000"),
        json!({ "activity": "updateInstanceStatus", "instanceId": "b-1", "status": "FREEZE" }),
        json!({ "activity": "upgradeInstance", "instanceId": "b-1", "orderId": "U-1", "orderLineId": "U-1-000001" }),
        json!({ "activity": "releaseInstance", "instanceId": "b-1" }),
    ] {
        let statistics = world.gateway.foundation().db.statistics();
        let before = (statistics.reads(), statistics.statements(), statistics.batches());
        world.call(&body).await;
        let after = (statistics.reads(), statistics.statements(), statistics.batches());
        assert_eq!((after.0 - before.0, after.1 - before.1, after.2 - before.2), (1, 4, 1), "{body}");
    }
}

#[tokio::test]
async fn calls_that_fail_the_check_change_nothing_and_are_named() {
    let world = World::bare().await;
    let body = new_instance("O-1", "b-1").to_string();
    let wrong_key = world.query("another-key", body.as_bytes(), "nonce-1");
    assert_eq!(world.send(MERCHANT, &wrong_key, body.clone()).await.code(), "000001");
    let stale = world.query(KEY, body.as_bytes(), "nonce-2");
    world.clock.advance(std::time::Duration::from_secs(61));
    assert_eq!(world.send(MERCHANT, &stale, body.clone()).await.code(), "000002");
    assert_eq!(world.send(MERCHANT, "", body.clone()).await.code(), "000002");
    assert_eq!(world.send("nobody", &wrong_key, body).await.code(), "000001");
    let mut refusals: Vec<String> = callbacks(&world).await.into_iter().map(|callback| callback.refusal).collect();
    refusals.sort();
    assert_eq!(refusals, ["signature.timestamp_missing", "signature.timestamp_stale", "signature.wrong"]);
    assert!(world.gateway.instance_counts(MERCHANT).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_replayed_call_is_refused_until_its_nonce_is_forgotten() {
    let world = World::bare().await;
    let body = new_instance("O-1", "b-1").to_string();
    let query = world.query(KEY, body.as_bytes(), "nonce-1");
    assert_eq!(world.send(MERCHANT, &query, body.clone()).await.code(), "000004");
    assert_eq!(world.send(MERCHANT, &query, body.clone()).await.code(), "000001");
    world.clock.advance(std::time::Duration::from_secs(601));
    let later = world.query(KEY, body.as_bytes(), "nonce-1");
    assert_eq!(world.send(MERCHANT, &later, body).await.code(), "000004");
    let replays =
        callbacks(&world).await.iter().filter(|callback| callback.refusal == "signature.nonce_replayed").count();
    assert_eq!(replays, 1);
}

#[tokio::test]
async fn malformed_bodies_name_the_field() {
    let world = World::bare().await;
    for (body, field) in [
        (json!({ "activity": "newInstance", "orderId": "O-1", "orderLineId": "L-1" }), "businessId"),
        (json!({ "activity": "doSomething" }), "activity"),
        (json!([1]), "JSON object"),
    ] {
        let answer = world.call(&body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::OK, "000002"));
        assert!(answer.json["resultMsg"].as_str().unwrap().contains(field), "{}", answer.body);
    }
    assert_eq!(callbacks(&world).await.len(), 3);
}

#[tokio::test]
async fn a_body_of_one_mebibyte_is_taken_and_one_byte_more_is_not() {
    let world = World::bare().await;
    let at_limit = vec![b' '; BODY_LIMIT_BYTES];
    assert_eq!(world.send(MERCHANT, "", at_limit.clone()).await.status, StatusCode::OK);
    let over = [at_limit, vec![b' ']].concat();
    assert_eq!(world.send(MERCHANT, "", over).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn unknown_instances_are_000003() {
    let world = World::bare().await;
    let mut release = json!({ "activity": "releaseInstance", "instanceId": "none" });
    assert_eq!(world.call(&release).await.code(), "000003");
    release["activity"] = "queryInstance".into();
    assert_eq!(world.call(&release).await.code(), "000003");
    assert_eq!(world.call(&refresh("R-1", "20270101000000")).await.code(), "000003");
}

#[tokio::test]
async fn the_same_renewal_again_is_a_success_and_with_another_expiry_a_visible_conflict() {
    let world = World::bare().await;
    world.new_instance("O-1", "b-1").await;
    for expected in ["000000", "000000"] {
        assert_eq!(world.call(&refresh("R-1", "20270101000000")).await.code(), expected);
    }
    assert_eq!(world.call(&refresh("R-1", "20280101000000")).await.code(), "000002");
    let conflicts = CallbackFilter { verdict: Some(Verdict::Conflict), ..CallbackFilter::default() };
    let page = world.gateway.callbacks(MERCHANT, &conflicts, PageRequest::default()).await.unwrap();
    assert_eq!(page.total, 1);
    let detail = world.gateway.instance(MERCHANT, "b-1", false).await.unwrap();
    assert_eq!(detail.summary.expire_time.unwrap().to_string(), "2027-01-01T00:00:00Z");
}

#[tokio::test]
async fn calls_for_one_order_at_the_same_time_open_one_instance() {
    let world = World::bare().await;
    let business_ids: Vec<String> = (0..8).map(|number| format!("b-{number}")).collect();
    let calls = business_ids.iter().map(|business_id| world.new_instance("O-1", business_id));
    let mut ids: Vec<String> = Vec::new();
    for answer in futures_join(calls).await {
        ids.push(answer.json["instanceId"].as_str().unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn a_business_id_that_another_order_has_does_not_mix_the_two() {
    let world = World::bare().await;
    world.new_instance("O-1", "b-1").await;
    let second = world.new_instance("O-2", "b-1").await;
    assert_eq!(second.code(), "000004");
    assert_ne!(second.json["instanceId"], "b-1");
}

#[tokio::test]
async fn debug_requests_are_answered_as_if_and_leave_no_instance() {
    let world = World::with_app().await;
    let mut body = new_instance("O-1", "b-1");
    body["testFlag"] = "1".into();
    assert_eq!(world.call(&body).await.code(), "000000");
    body["businessId"] = "b-2".into();
    assert_eq!(world.call(&body).await.json["instanceId"], "b-1");
    let query = json!({ "activity": "queryInstance", "instanceId": "x-1", "testFlag": "1" });
    assert_eq!(world.call(&query).await.json["info"][0]["instanceId"], "x-1");
    let check = json!({ "activity": "changeInstanceCheck", "instanceId": "x-1", "testFlag": 1,
        "productInfo": { "productId": "P", "skuCode": "S" } });
    assert_eq!(world.call(&check).await.code(), "000000");
    world.pass(std::time::Duration::from_secs(60)).await;
    assert!(world.events().is_empty());
    assert!(world.gateway.instance_counts(MERCHANT).await.unwrap().is_empty());
    assert!(callbacks(&world).await.iter().all(|callback| callback.test));
}

#[tokio::test]
async fn several_instances_are_answered_with_the_ready_ones() {
    let world = World::with_app().await;
    world.order("O-1", |_| {});
    world.app_answers(&[Ok((200, APP_INFO)), Ok((202, ""))]);
    world.new_instance("O-1", "b-1").await;
    world.gateway.run_due().await;
    world.order("O-2", |_| {});
    world.new_instance("O-2", "b-2").await;
    world.gateway.run_due().await;
    let answer = world.call(&json!({ "activity": "queryInstance", "instanceId": "b-2,b-1,none" })).await;
    assert_eq!(answer.code(), "000000");
    assert_eq!(answer.json["info"].as_array().unwrap().len(), 1);
    assert_eq!(answer.json["info"][0]["appInfo"]["password"], "Secret-Passw0rd");
    let stored = world.gateway.callback(MERCHANT, &callbacks(&world).await.last().unwrap().callback_id).await.unwrap();
    assert!(!stored.answer.contains("Secret-Passw0rd"));
}

#[tokio::test]
async fn a_stored_call_shows_its_canonical_string_without_the_key() {
    let world = World::bare().await;
    world.new_instance("O-1", "b-1").await;
    let callback_id = callbacks(&world).await[0].callback_id.clone();
    let detail = world.gateway.callback(MERCHANT, &callback_id).await.unwrap();
    let check = detail.signature.unwrap();
    assert_eq!((check.matched, check.expected_signature), ("raw", check.presented_signature));
    assert!(!check.canonical_string.contains(KEY));
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_and_a_second_one_works() {
    let world = World::bare().await;
    let second = world.gateway.add_key(MERCHANT, InterfaceType::Base, None).await.unwrap();
    let first = world
        .gateway
        .keys(MERCHANT)
        .await
        .unwrap()
        .into_iter()
        .find(|key| key.key_id != second.key_id && key.interface_type == InterfaceType::Base)
        .unwrap();
    world.gateway.revoke_key(MERCHANT, &first.key_id).await.unwrap();
    assert_eq!(world.new_instance("O-1", "b-1").await.code(), "000001");
    let body = new_instance("O-1", "b-1").to_string();
    let query = world.query(&second.text, body.as_bytes(), "nonce-1");
    assert_eq!(world.send(MERCHANT, &query, body).await.code(), "000004");
    let used = world.gateway.keys(MERCHANT).await.unwrap().into_iter().find(|key| key.key_id == second.key_id).unwrap();
    assert!(used.last_used_at.is_some());
}

#[tokio::test]
async fn refused_calls_are_forgotten_after_thirty_days() {
    let world = World::bare().await;
    world.send(MERCHANT, "", "{}".to_owned()).await;
    world.new_instance("O-1", "b-1").await;
    let later = world.clock.now().plus(std::time::Duration::from_secs(31 * 86_400));
    let memory = std::time::Duration::from_secs(600);
    let db = &world.gateway.foundation().db;
    assert_eq!(callback::prune(db, later, memory).await.unwrap(), 2, "one refusal and one nonce");
    let left = callbacks(&world).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].activity, "newInstance");
}

#[tokio::test]
async fn what_cannot_be_written_is_not_answered_with_success() {
    let world = World::bare().await;
    let mut batch = mercer_kernel::db::Batch::new();
    batch.any("ALTER TABLE gw_nonce RENAME TO gw_nonce_away", Vec::new());
    world.gateway.foundation().db.apply(batch).await.unwrap();
    let answer = world.new_instance("O-1", "b-1").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "000005"));
    let mut batch = mercer_kernel::db::Batch::new();
    batch.any("ALTER TABLE gw_nonce_away RENAME TO gw_nonce", Vec::new());
    world.gateway.foundation().db.apply(batch).await.unwrap();
    assert_eq!(world.new_instance("O-1", "b-1").await.code(), "000004");
}

#[tokio::test]
async fn every_statement_is_valid() {
    let world = World::bare().await;
    for (name, sql) in crate::Gateway::statements() {
        world.gateway.foundation().db.check_statement(sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Runs futures together without another dependency.
async fn futures_join<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pinned: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<T>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, place) in pinned.iter_mut().zip(&mut done) {
            if place.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *place = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}
