//! The kit: what the app hears of an enterprise is what the enterprise is, in both versions, whatever happens on
//! the way.

mod campus;
mod replay;

use std::time::Duration;

use http::{Method, StatusCode};
use mercer_gateway::merchant::InterfaceType;
use mercer_kernel::db::EngineKind;
use mercer_testkit::copy::Enterprise;
use mercer_testkit::network::Fault;
use mercer_testkit::world::{MERCHANT, World, text};
use serde_json::{Value, json};

use self::campus::{Campus, NEXT_KEY, profile, public};
use crate::on_every_world;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// Everything that changes at an enterprise in use, once; it stays bound.
async fn live(world: &World, campus: &mut Campus) {
    campus.bind(world).await;
    world.run_for(MINUTE * 20).await;
    campus.each(world, "grants", json!({ "users": ["ann", "bob"] })).await;
    world.run_for(MINUTE * 20).await;
    campus.add_department(world, "D2", "Research").await;
    campus.add_member(world, "cho", "D2").await;
    campus.each(world, "grants", json!({ "departments": ["D2"] })).await;
    world.run_for(MINUTE * 20).await;
    change(world, &campus.path("departments/D2"), json!({ "orgName": "R&D", "parentCode": "D1" })).await;
    change(world, &campus.path("members/ann"), profile(None, "Ann 安", "D1")).await;
    world.post(&campus.path("members/bob/disable"), Value::Null).await;
    world.run_for(MINUTE * 20).await;
    campus.each(world, "withdrawals", json!({ "users": ["ann"] })).await;
    world.post(&campus.path("members/bob/enable"), Value::Null).await;
    remove(world, &campus.path("members/cho")).await;
    campus.add_department(world, "D3", "Gone").await;
    world.run_for(MINUTE * 20).await;
    remove(world, &campus.path("departments/D3")).await;
    world.run_for(MINUTE * 20).await;
}

async fn change(world: &World, path: &str, body: Value) {
    let reply = world.store_api(Method::PUT, path, body).await;
    assert!(reply.status.is_success(), "{path}: {reply:?}");
}

async fn remove(world: &World, path: &str) {
    let reply = world.store_api(Method::DELETE, path, Value::Null).await;
    assert!(reply.status.is_success(), "{path}: {reply:?}");
}

#[tokio::test]
async fn the_app_knows_the_enterprise_in_both_versions() {
    on_every_world(async |world| {
        let mut campus = Campus::found(&world).await;
        live(&world, &mut campus).await;
        campus.assert_same(&world, "").await;
        assert_eq!(world.app.distinct().len(), world.app.received().len(), "each event once");
        for bound in &campus.bound {
            let story = world.app.story_of(&bound.instance_id);
            assert_eq!(story[..4], ["created", "tenant.changed", "application.changed", "departments.synced"]);
            let withdrawn = if bound.version == "kit_v2" { "member.withdrawn" } else { "member.deleted" };
            assert!(story.iter().any(|kind| kind == withdrawn), "{story:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn stopping_starting_unbinding_and_dissolving_reach_the_app() {
    on_every_world(async |world| {
        let mut campus = Campus::found(&world).await;
        live(&world, &mut campus).await;
        let known = |number: usize| Enterprise::heard(&world.app.received(), &campus.bound[number].instance_id);
        campus.each(&world, "stop", Value::Null).await;
        world.run_for(MINUTE * 5).await;
        assert!(known(0).members.is_empty() && known(1).members.is_empty(), "{}", world.story());
        campus.each(&world, "start", Value::Null).await;
        world.run_for(MINUTE * 5).await;
        campus.assert_same(&world, "started again").await;
        world.post(&format!("/bindings/{}/unbind", campus.bound[0].binding_id), Value::Null).await;
        world.run_for(MINUTE * 5).await;
        assert_eq!((known(0).tenant, known(0).applications.len(), known(0).members.len()), (None, 0, 0));
        assert!(known(1).tenant.is_some(), "the other one is still in use");
        world.post(&campus.path("dissolve"), Value::Null).await;
        world.run_for(MINUTE * 5).await;
        assert_eq!((known(1).tenant, known(1).applications.len(), known(1).members.len()), (None, 0, 0));
        for bound in &campus.bound {
            assert_eq!(world.instance(&bound.order_id).await["state"], "active", "the order's life goes on");
        }
    })
    .await;
}

#[tokio::test]
async fn every_fault_at_every_call_ends_in_the_same_enterprise() {
    let (from, to) = {
        let world = World::create(EngineKind::Sqlite).await.unwrap();
        let mut campus = Campus::found(&world).await;
        let before = world.network.calls();
        live(&world, &mut campus).await;
        (before, world.network.calls())
    };
    assert!(to - from > 40, "calls of the store and of the gateway: {}", to - from);
    let faults = [Fault::Down, Fault::AnswerLost, Fault::Twice, Fault::Timeout, Fault::CutBody, Fault::Status(502)];
    for (number, fault) in (from..to).zip(faults.iter().cycle()) {
        let world = World::create(EngineKind::Sqlite).await.unwrap();
        let mut campus = Campus::found(&world).await;
        world.network.break_call(number, fault.clone());
        live(&world, &mut campus).await;
        campus.assert_same(&world, &format!("{fault:?} at call {number}")).await;
    }
}

#[tokio::test]
async fn calls_that_come_again_and_late_change_nothing() {
    on_every_world(async |world| {
        let mut campus = Campus::found(&world).await;
        live(&world, &mut campus).await;
        let heard = world.app.received().len();
        let mut again = replay::kit_calls(&world);
        assert!(again.len() > 20, "{}", again.len());
        for reversed in [false, true] {
            if reversed {
                again.reverse();
            }
            for call in &again {
                assert_eq!(replay::send(&world, call).await, "000000", "{}", call.request);
            }
            world.run_for(MINUTE * 5).await;
            campus.assert_same(&world, "after every call came again").await;
        }
        assert_eq!(world.app.received().len(), heard, "nothing is told twice\n{}", world.story());
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_down_is_called_five_times_and_then_when_somebody_asks_for_it() {
    on_every_world(async |world| {
        let mut campus = Campus::found(&world).await;
        world.run_for(MINUTE * 10).await;
        world.network.break_host("gateway.test", Fault::Down);
        let before = world.network.log().len();
        campus.bind(&world).await;
        world.run_for(HOUR).await;
        let tried: Vec<_> = world.network.log().split_off(before);
        for interface in ["/v2/tenantSync", "/produceAPI/tenantSync"] {
            let calls: Vec<_> = tried.iter().filter(|exchange| exchange.path.ends_with(interface)).collect();
            let minutes: Vec<_> = calls.iter().map(|call| call.at.since(calls[0].at).as_secs()).collect();
            assert_eq!(minutes, [0, 60, 120, 180, 240], "{interface}");
        }
        assert_eq!(tried.len(), 10, "applicationSync waits for tenantSync");
        for bound in &campus.bound {
            let binding = world.get(&format!("/bindings/{}", bound.binding_id)).await;
            assert_eq!(binding["state"], "failed", "{binding}");
        }
        world.network.heal("gateway.test");
        campus.each(&world, "retry", Value::Null).await;
        world.run_for(MINUTE).await;
        campus.each(&world, "grants", json!({ "users": ["ann"] })).await;
        world.run_for(MINUTE).await;
        campus.assert_same(&world, "tried again by hand").await;
    })
    .await;
}

#[tokio::test]
async fn a_secret_for_another_key_is_refused_with_what_was_tried_and_rotation_loses_nothing() {
    on_every_world(async |world| {
        let mut campus = Campus::found(&world).await;
        for (_, version) in campus::VERSIONS {
            let rotated = json!({ "publicKey": public(NEXT_KEY) });
            change(&world, &format!("/application-credentials/app_{version}"), rotated).await;
        }
        campus.bind(&world).await;
        world.run_for(MINUTE * 10).await;
        for bound in &campus.bound {
            let binding = world.get(&format!("/bindings/{}", bound.binding_id)).await;
            assert_eq!(binding["state"], "failed", "{binding}");
            let refused = binding["steps"][1]["message"].to_string();
            assert!(refused.contains("000002"), "{refused}");
        }
        let log = world.network.log();
        let refusals: Vec<_> = log.iter().filter(|call| call.path.ends_with("applicationSync")).collect();
        let (_, answer) = refusals.last().unwrap().answer.as_ref().unwrap();
        for word in ["clientSecret", "key_", "SHA-256/MGF1-SHA-256", "SHA-256/MGF1-SHA-1,", "SHA-1/MGF1-SHA-1"] {
            assert!(answer.contains(word), "{word}: {answer}");
        }
        world.gateway.add_key(MERCHANT, InterfaceType::Rsa, Some(NEXT_KEY)).await.unwrap();
        campus.each(&world, "retry", Value::Null).await;
        world.run_for(MINUTE * 2).await;
        campus.assert_same(&world, "both keys are valid").await;
    })
    .await;
}

#[tokio::test]
async fn an_app_that_is_down_hears_everything_later_in_order_and_a_release_wipes_it_at_the_gateway() {
    on_every_world(async |world| {
        let mut campus = Campus::found(&world).await;
        world.network.break_host("app.test", Fault::Down);
        live(&world, &mut campus).await;
        assert_eq!(world.app.received().len(), 2, "the two instances, before");
        world.network.heal("app.test");
        world.run_for(HOUR).await;
        campus.assert_same(&world, "heard later").await;
        assert_eq!(world.app.distinct().len(), world.app.received().len(), "each event once");
        let tenants = async || world.gateway_api(Method::GET, "/tenants", Value::Null).await;
        assert_eq!(tenants().await.body["total"], 2);
        let texts = crate::database_texts::all(world.gateway_db()).await;
        assert!(!texts.iter().any(|text| text.contains("13955556666")), "mobile numbers lie encrypted");
        for bound in &campus.bound {
            world.post(&format!("/instances/{}/unsubscribe", bound.order_id), json!({})).await;
        }
        world.run_for(HOUR).await;
        for bound in &campus.bound {
            assert_eq!(world.app.story_of(&bound.instance_id).last().map(String::as_str), Some("released"));
            let path = format!("/tenants/{}?instance={}", campus.tenant_id, bound.instance_id);
            assert_eq!(world.gateway_api(Method::GET, &path, Value::Null).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(text(&tenants().await.body["total"].to_string().into()), "0");
    })
    .await;
}
