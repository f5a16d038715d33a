//! Application credentials: their test, their test account, and what may change.

use serde_json::json;

use super::{VERSIONS, credential, secret, told};
use crate::control::test_world::application_key;
use crate::identity::application::{self, ApplicationChange, DomainKind};
use crate::identity::binding::{self, BindingState, Grant};
use crate::identity::enterprise;
use crate::tests::{World, refusal};

#[tokio::test]
async fn a_new_credential_is_tested_in_order_with_empty_ids() {
    for (_, version) in VERSIONS {
        let world = World::open().await;
        credential(&world, version).await;
        world.idle().await;
        let calls = world.merchant.all();
        let story: Vec<String> = calls.iter().map(told).collect();
        assert_eq!(story, ["tenantSync 1", "applicationSync 1", "allOrgSync: HQ"], "{version}");
        for call in &calls {
            assert_eq!((&call.body["instanceId"], &call.body["testFlag"]), (&json!(""), &json!(1)));
            assert_eq!(call.path.contains("/v2/"), version == "kit_v2");
        }
        assert_eq!(calls[0].body["orderId"], "");
        let test = binding::test_of(world.core(), version).await.unwrap().unwrap();
        assert_eq!(test.state, BindingState::Bound);
        assert_eq!(secret(&calls[1]).len(), 48, "the application decrypts it");
    }
}

#[tokio::test]
async fn a_credential_has_one_test_account_which_the_merchant_hears_of() {
    let world = World::open().await;
    credential(&world, "kit_v2").await;
    // Applied for before the test is through: told after it.
    let account = application::open_test_account(world.core(), "kit_v2").await.unwrap();
    world.idle().await;
    let last = world.merchant.all().pop().unwrap();
    assert_eq!(told(&last), "authSync 1: tester");
    assert_eq!((last.body["testFlag"].as_i64(), last.body["instanceId"].as_str()), (Some(1), Some("")));
    assert_eq!(last.body["tenantId"], account.tenant_id);
    let again = application::open_test_account(world.core(), "kit_v2").await;
    assert_eq!(refusal(again.map(|_| ())), "application.test_account");
    let shown = application::test_account(world.core(), "kit_v2").await.unwrap().unwrap();
    assert_eq!((shown.user_name.as_str(), shown.password == account.password), ("tester", true));
}

#[tokio::test]
async fn a_changed_key_or_version_is_tested_again_and_a_changed_name_is_not() {
    let world = World::open().await;
    credential(&world, "kit_v2").await;
    world.idle().await;
    let change = |change: ApplicationChange| {
        let world = &world;
        async move {
            application::change(world.core(), "kit_v2", &change).await.unwrap();
            world.idle().await;
            world.merchant.all().len()
        }
    };
    let renamed = ApplicationChange { name: Some("Other".to_owned()), ..ApplicationChange::default() };
    assert_eq!(change(renamed).await, 3);
    let other_version: ApplicationChange = serde_json::from_value(json!({"protocol": "kit_v1"})).unwrap();
    assert_eq!(change(other_version).await, 6);
    assert!(world.merchant.all()[3..].iter().all(|call| !call.path.contains("/v2/")));
}

#[tokio::test]
async fn keys_are_refused_by_what_is_wrong_with_them() {
    let world = World::open().await;
    credential(&world, "kit_v2").await;
    let private = application_key().to_pem();
    for bad in ["", "nonsense", private.as_str()] {
        let change = ApplicationChange { public_key: Some(bad.to_owned()), ..ApplicationChange::default() };
        assert_eq!(refusal(application::change(world.core(), "kit_v2", &change).await), "application.public_key");
    }
}

#[tokio::test]
async fn nobody_is_authorised_before_the_seller_has_set_the_customers_own_address() {
    let campus = super::Campus::found().await;
    let core = campus.world.core();
    let independent = ApplicationChange { domain_kind: Some(DomainKind::Independent), ..ApplicationChange::default() };
    application::change(core, "kit_v2", &independent).await.unwrap();
    let bound = campus.bound().await;
    campus.member("ann", "HQ").await;
    let ann = Grant { users: vec!["ann".to_owned()], departments: Vec::new() };
    assert_eq!(refusal(binding::grant(core, &bound[0].binding_id, &ann).await), "binding.login_address");
    let tenant_id = &campus.tenant.tenant_id;
    application::set_login_address(core, "kit_v2", tenant_id, "https://acme.example.com/sso").await.unwrap();
    binding::grant(core, &bound[0].binding_id, &ann).await.unwrap();
}

#[tokio::test]
async fn other_sites_have_no_kit_and_say_so() {
    let world = World::open_with(|config| config.store.profile = "intl".to_owned()).await;
    let wanted = enterprise::NewEnterprise {
        buyer_id: world.buyer.clone(),
        name: "Acme".to_owned(),
        tenant_code: "acme".to_owned(),
        first_member: None,
    };
    assert_eq!(refusal(enterprise::create(world.core(), &wanted).await), "identity.site");
}

#[tokio::test]
async fn a_pushed_key_is_told_as_changed_and_in_v1_as_new() {
    let campus = super::Campus::found().await;
    let bound = campus.bound().await;
    for (one, flag) in bound.iter().zip(["applicationSync 2", "applicationSync 1"]) {
        assert_eq!(application::push(campus.world.core(), &one.app_id).await.unwrap(), 1);
        campus.world.idle().await;
        assert_eq!(campus.story(one).last().unwrap(), flag);
    }
}
