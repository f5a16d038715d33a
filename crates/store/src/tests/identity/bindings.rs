//! Binding, unbinding, stopping: the order of the calls, what they say to the byte, and what a failure holds back.

use std::time::Duration;

use super::{Campus, secret};
use crate::identity::binding::{self, BindingState, Grant, NewBinding};
use crate::identity::{KitVersion, enterprise};
use crate::instance;
use crate::message;
use crate::tests::merchant_side::Reply;
use crate::tests::refusal;

#[tokio::test]
async fn the_three_steps_follow_each_other_and_members_come_after_them() {
    let campus = Campus::found().await;
    campus.department("D1", "Sales", "HQ").await;
    campus.member("ann", "D1").await;
    for order_id in campus.orders.clone() {
        let bound = campus.bind(&order_id).await;
        let ann = Grant { users: vec!["ann".to_owned()], departments: Vec::new() };
        binding::grant(campus.world.core(), &bound.binding_id, &ann).await.unwrap();
        campus.world.idle().await;
        let expected = ["tenantSync 1", "applicationSync 1", "allOrgSync: HQ, D1", "authSync 1: ann"];
        assert_eq!(campus.story(&bound), expected, "{}", bound.protocol.code());
        assert_eq!(campus.binding(&bound.binding_id).await.state, BindingState::Bound);
    }
}

#[tokio::test]
async fn the_calls_say_what_is_documented_to_the_byte() {
    let campus = Campus::found().await;
    campus.member("ann", "HQ").await;
    let bound = campus.bound().await;
    let ann = Grant { users: vec!["ann".to_owned()], departments: Vec::new() };
    for one in &bound {
        binding::grant(campus.world.core(), &one.binding_id, &ann).await.unwrap();
    }
    campus.world.idle().await;
    for one in &bound {
        let calls = campus.world.merchant.all();
        let raw = |activity: &str| {
            let is_meant =
                |call: &&super::Seen| call.body["activity"] == activity && call.body["instanceId"] == one.instance_id;
            calls.iter().rev().find(is_meant).unwrap().raw.clone()
        };
        let (tenant, instance, order) = (&campus.tenant.tenant_id, &one.instance_id, &one.order_id);
        let expected = format!(
            "{{\"domainName\":\"http://127.0.0.1:7001/tenants/acme\",\"flag\":1,\"instanceId\":\"{instance}\",\"name\":\"Acme\",\
             \"orderId\":\"{order}\",\"tenantCode\":\"acme\",\"tenantId\":\"{tenant}\",\"testFlag\":0,\
             \"timeStamp\":\"20260301120000000\"}}"
        );
        assert_eq!(raw("tenantSync"), expected);
        let version = one.protocol.code();
        let (departments, users) = match one.protocol {
            KitVersion::V2 => (
                r#""orgInfoList":[{"orgCode":"HQ","orgName":"Acme"}]"#,
                r#"[{"userName":"ann","name":"ann","orgCode":"HQ","role":"user","enable":"true"}]"#,
            ),
            KitVersion::V1 => (
                r#""orgInfo":"[{\"orgCode\":\"HQ\",\"name\":\"Acme\"}]""#,
                r#""[{\"userName\":\"ann\",\"name\":\"ann\",\"orgCode\":\"HQ\",\"role\":\"user\",\"enable\":\"true\"}]""#,
            ),
        };
        let tail = format!("\"tenantId\":\"{tenant}\",\"testFlag\":0,\"timeStamp\":\"20260301120000000\"");
        assert_eq!(raw("allOrgSync"), format!("{{\"instanceId\":\"{instance}\",{departments},{tail}}}"));
        let head = format!("\"appId\":\"{version}\",\"currentSyncTime\":\"20260301120000000\",\"flag\":1");
        let expected = format!("{{{head},\"instanceId\":\"{instance}\",{tail},\"userList\":{users}}}");
        assert_eq!(raw("authSync"), expected);
    }
}

#[tokio::test]
async fn a_failing_step_is_called_five_times_a_minute_apart_and_holds_back_the_others() {
    let campus = Campus::found().await;
    campus.world.merchant.answer("applicationSync", Reply::Down);
    let bound = campus.bound().await;
    for one in &bound {
        let calls: Vec<_> = campus
            .world
            .merchant
            .calls("applicationSync")
            .into_iter()
            .filter(|call| call.body["instanceId"] == one.instance_id)
            .collect();
        assert_eq!(calls.len(), 5);
        for pair in calls.windows(2) {
            assert_eq!(pair[1].at.since(pair[0].at), Duration::from_secs(60));
            assert_eq!(pair[1].body["timeStamp"], pair[0].body["timeStamp"], "a retry says the same");
            assert_ne!(pair[1].body["clientSecret"], pair[0].body["clientSecret"], "encrypted anew");
        }
        assert_eq!(secret(&calls[0]), secret(&calls[4]));
        assert_eq!(campus.binding(&one.binding_id).await.state, BindingState::Failed);
        assert!(!campus.story(one).iter().any(|told| told.starts_with("allOrgSync")));
    }
    let notices = message::notices(campus.world.core(), "", crate::window::Window::first(50)).await.unwrap();
    assert_eq!(notices.iter().filter(|notice| notice.kind == "callFailed").count(), 2, "one per series, at its end");
    campus.member("ann", "HQ").await;
    campus.department("D1", "Sales", "HQ").await;
    campus.world.merchant.answer("applicationSync", Reply::Well);
    for one in &bound {
        let everybody = Grant { users: Vec::new(), departments: vec!["HQ".to_owned()] };
        binding::grant(campus.world.core(), &one.binding_id, &everybody).await.unwrap();
        binding::retry(campus.world.core(), &one.binding_id).await.unwrap();
        campus.world.idle().await;
        let story = campus.story(one);
        assert_eq!(story[story.len() - 3..], ["applicationSync 1", "allOrgSync: HQ, D1", "authSync 1: ann"]);
        assert_eq!(campus.binding(&one.binding_id).await.state, BindingState::Bound);
    }
}

#[tokio::test]
async fn unbinding_takes_everything_back_and_the_service_can_be_bound_again() {
    let campus = Campus::found().await;
    campus.member("ann", "HQ").await;
    campus.member("bob", "HQ").await;
    let bound = campus.bound().await;
    let everybody = Grant { users: Vec::new(), departments: vec!["HQ".to_owned()] };
    for (one, withdrawn) in bound.iter().zip(["authSync 3: ann, bob", "authSync 0: ann, bob"]) {
        let core = campus.world.core();
        binding::grant(core, &one.binding_id, &everybody).await.unwrap();
        binding::unbind(core, &one.binding_id).await.unwrap();
        campus.world.idle().await;
        let story = campus.story(one);
        // The grant was not through when the binding ended: it is told no more.
        assert_eq!(story[story.len() - 3..], [withdrawn, "applicationSync 0", "tenantSync 0"]);
        assert!(campus.world.merchant.calls("releaseInstance").is_empty());
        let again = campus.bind(&one.order_id).await;
        campus.world.idle().await;
        assert_eq!(campus.binding(&again.binding_id).await.state, BindingState::Bound);
        assert_eq!(campus.story(&again).last().unwrap(), "allOrgSync: HQ", "nobody is authorised in the new one");
    }
}

#[tokio::test]
async fn a_stopped_application_is_withdrawn_from_everybody_until_it_is_started() {
    let campus = Campus::found().await;
    campus.member("ann", "HQ").await;
    let bound = campus.bound().await;
    let core = campus.world.core();
    for (one, flag) in bound.iter().zip([3, 0]) {
        let ann = Grant { users: vec!["ann".to_owned()], departments: Vec::new() };
        binding::grant(core, &one.binding_id, &ann).await.unwrap();
        binding::stop(core, &one.binding_id).await.unwrap();
        assert_eq!(refusal(binding::stop(core, &one.binding_id).await), "binding.not_in_use");
        binding::start(core, &one.binding_id).await.unwrap();
        campus.world.idle().await;
        let story = campus.story(one);
        let expected = ["authSync 1: ann".to_owned(), format!("authSync {flag}: ann"), "authSync 1: ann".to_owned()];
        assert_eq!(story[story.len() - 3..], expected);
    }
}

#[tokio::test]
async fn dissolving_unbinds_everything_and_allows_nothing_more() {
    let campus = Campus::found().await;
    let bound = campus.bound().await;
    let core = campus.world.core();
    enterprise::dissolve(core, &campus.tenant.tenant_id).await.unwrap();
    campus.world.idle().await;
    for one in &bound {
        assert_eq!(campus.story(one)[3..], ["applicationSync 0", "tenantSync 0"]);
        assert_eq!(campus.binding(&one.binding_id).await.state, BindingState::Unbound);
    }
    let wanted = NewBinding {
        tenant_id: campus.tenant.tenant_id.clone(),
        resource_id: campus.orders[0].clone(),
        release_personal: false,
    };
    assert_eq!(refusal(binding::bind(core, &wanted).await), "enterprise.dissolved");
    assert_eq!(refusal(enterprise::dissolve(core, &campus.tenant.tenant_id).await), "enterprise.dissolved");
}

#[tokio::test]
async fn one_instance_per_enterprise_unless_the_credential_allows_several() {
    let campus = Campus::found().await;
    campus.bound().await;
    let core = campus.world.core();
    let wanted = |order_id: &str| NewBinding {
        tenant_id: campus.tenant.tenant_id.clone(),
        resource_id: order_id.to_owned(),
        release_personal: false,
    };
    assert_eq!(refusal(binding::bind(core, &wanted(&campus.orders[0])).await), "binding.bound");
    let second = campus.world.buy("kit_v2-month", None).await.order_id;
    assert_eq!(refusal(binding::bind(core, &wanted(&second)).await), "binding.single_instance");
    let several = serde_json::from_value(serde_json::json!({"multiInstance": true})).unwrap();
    crate::identity::application::change(core, "kit_v2", &several).await.unwrap();
    let bound = binding::bind(core, &wanted(&second)).await.unwrap();
    campus.world.idle().await;
    let calls = campus.world.merchant.calls("applicationSync");
    let real: Vec<_> = calls
        .iter()
        .filter(|call| call.body["appId"] == "kit_v2" && call.body["testFlag"] == 0)
        .map(|call| (call.body["clientId"].clone(), secret(call)))
        .collect();
    assert_eq!(real.len(), 2);
    assert_eq!(real[0], real[1], "one client for all instances of an application in an enterprise");
    assert_eq!(campus.binding(&bound.binding_id).await.state, BindingState::Bound);
    let plain = campus.world.buy("basic-month", Some(1)).await.order_id;
    assert_eq!(refusal(binding::bind(core, &wanted(&plain)).await), "binding.not_joint");
}

#[tokio::test]
async fn an_instance_that_was_released_hears_nothing_more() {
    let campus = Campus::found().await;
    let bound = campus.bound().await;
    let core = campus.world.core();
    instance::unsubscribe(core, bound[0].resource_id.as_ref().unwrap()).await.unwrap();
    campus.world.idle().await;
    let before = campus.story(&bound[0]).len();
    campus.department("D1", "Sales", "HQ").await;
    binding::unbind(core, &bound[0].binding_id).await.unwrap();
    campus.world.idle().await;
    assert_eq!(campus.story(&bound[0]).len(), before);
    assert_eq!(campus.story(&bound[1]).last().unwrap(), "singleOrgSync 1: D1");
}
