//! What changes of members and departments are told as.

use serde_json::json;

use super::Campus;
use crate::identity::application::{self, ApplicationChange};
use crate::identity::binding::{self, Grant};
use crate::identity::department::{self, DepartmentChange};
use crate::identity::member::{self, MemberState, Profile};
use crate::identity::{OnBadRows, enterprise};
use crate::tests::merchant_side::Reply;
use crate::tests::refusal;

fn users(names: &[&str]) -> Grant {
    Grant { users: names.iter().map(|&name| name.to_owned()).collect(), departments: Vec::new() }
}

fn departments(codes: &[&str]) -> Grant {
    Grant { departments: codes.iter().map(|&code| code.to_owned()).collect(), users: Vec::new() }
}

#[tokio::test]
async fn members_are_granted_changed_disabled_withdrawn_and_deleted() {
    let campus = Campus::found().await;
    let core = campus.world.core();
    let tenant_id = &campus.tenant.tenant_id;
    campus.member("ann", "HQ").await;
    campus.member("bob", "HQ").await;
    let bound = campus.bound().await;
    for one in &bound {
        binding::grant(core, &one.binding_id, &users(&["bob", "ann", "bob"])).await.unwrap();
        assert_eq!(refusal(binding::grant(core, &one.binding_id, &users(&["nobody"])).await), "member.unknown");
    }
    let mut profile: Profile =
        serde_json::from_value(json!({"name": "Ann Li", "orgCode": "HQ", "role": "admin", "entryDate": "2026-03-01"}))
            .unwrap();
    member::change(core, tenant_id, "ann", &profile).await.unwrap();
    member::set_state(core, tenant_id, "ann", MemberState::Disabled).await.unwrap();
    // The same again is no change and no call.
    member::set_state(core, tenant_id, "ann", MemberState::Disabled).await.unwrap();
    for one in &bound {
        assert_eq!(refusal(binding::grant(core, &one.binding_id, &users(&["ann"])).await), "grant.disabled");
        binding::withdraw(core, &one.binding_id, &users(&["bob"])).await.unwrap();
    }
    profile.name = "Ann".to_owned();
    member::change(core, tenant_id, "bob", &profile).await.unwrap();
    member::remove(core, tenant_id, "ann").await.unwrap();
    member::remove(core, tenant_id, "bob").await.unwrap();
    campus.world.idle().await;
    for (one, withdrawn) in bound.iter().zip(["authSync 3: bob", "authSync 0: bob"]) {
        let expected = [
            "authSync 1: ann, bob",
            "authSync 2: ann",
            "authSync 2: ann",
            withdrawn,
            "authSync 0: ann",
            // He is known to the merchant, so his deletion is told.
            "authSync 0: bob",
        ];
        assert_eq!(campus.story(one)[3..], expected);
    }
}

#[tokio::test]
async fn a_disabled_member_is_told_with_enable_false_and_v1_keeps_dates_in_the_extension() {
    let campus = Campus::found().await;
    let core = campus.world.core();
    let tenant_id = &campus.tenant.tenant_id;
    campus.member("ann", "HQ").await;
    let bound = campus.bound().await;
    for one in &bound {
        binding::grant(core, &one.binding_id, &users(&["ann"])).await.unwrap();
    }
    let profile: Profile = serde_json::from_value(
        json!({"name": "Ann", "orgCode": "HQ", "entryDate": "2026-03-01", "employeeType": 2, "mobile": "13000000000"}),
    )
    .unwrap();
    member::change(core, tenant_id, "ann", &profile).await.unwrap();
    member::set_state(core, tenant_id, "ann", MemberState::Disabled).await.unwrap();
    campus.world.idle().await;
    let calls = campus.world.merchant.calls("authSync");
    let last = |one: &binding::Binding| {
        calls.iter().rev().find(|call| call.body["instanceId"] == one.instance_id).unwrap().body["userList"].clone()
    };
    let v2 = last(&bound[0])[0].clone();
    assert_eq!((&v2["enable"], &v2["entryDate"]), (&json!("false"), &json!("2026-03-01")), "{v2}");
    let text = last(&bound[1]);
    let v1: serde_json::Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
    assert_eq!((&v1[0]["enable"], &v1[0]["extension"]["entryDate"]), (&json!("false"), &json!("2026-03-01")), "{v1}");
    assert!(!v2.to_string().contains("13000000000") && !v1.to_string().contains("13000000000"), "not released");
}

#[tokio::test]
async fn phone_and_mail_need_the_sellers_permission_and_the_buyers_release() {
    let campus = Campus::found().await;
    let core = campus.world.core();
    let wanted = json!({"userName": "ann", "name": "Ann", "orgCode": "HQ", "mobile": "13000000000"});
    let wanted: member::NewMember = serde_json::from_value(wanted).unwrap();
    member::add(core, &campus.tenant.tenant_id, &wanted).await.unwrap();
    let bound = campus.bound().await;
    let sent = || {
        let last = campus.world.merchant.calls("authSync").pop().unwrap();
        last.raw.contains("13000000000")
    };
    let binding_id = &bound[0].binding_id;
    binding::grant(core, binding_id, &users(&["ann"])).await.unwrap();
    binding::release_personal(core, binding_id, true).await.unwrap();
    campus.world.idle().await;
    assert!(!sent(), "the seller may not have it");
    let permit = ApplicationChange { personal_fields: Some(true), ..ApplicationChange::default() };
    application::change(core, "kit_v2", &permit).await.unwrap();
    binding::release_personal(core, binding_id, false).await.unwrap();
    campus.world.idle().await;
    assert!(!sent(), "the buyer does not release it");
    binding::release_personal(core, binding_id, true).await.unwrap();
    campus.world.idle().await;
    assert!(sent());
}

#[tokio::test]
async fn departments_are_told_one_by_one_and_children_are_deleted_first() {
    let campus = Campus::found().await;
    let core = campus.world.core();
    let tenant_id = &campus.tenant.tenant_id;
    let bound = campus.bound().await;
    campus.department("D1", "Sales", "HQ").await;
    campus.department("D2", "North", "D1").await;
    let renamed = DepartmentChange { org_name: Some("Selling".to_owned()), parent_code: None };
    department::change(core, tenant_id, "D1", &renamed).await.unwrap();
    department::change(core, tenant_id, "D1", &renamed).await.unwrap();
    let member = campus.member("ann", "D2").await;
    assert_eq!(refusal(department::remove(core, tenant_id, "D1").await), "department.members");
    member::remove(core, tenant_id, &member.user_name).await.unwrap();
    assert_eq!(department::remove(core, tenant_id, "D1").await.unwrap(), 2);
    campus.world.idle().await;
    for one in &bound {
        let expected = [
            "singleOrgSync 1: D1",
            "singleOrgSync 1: D2",
            "singleOrgSync 2: D1",
            "singleOrgSync 0: D2",
            "singleOrgSync 0: D1",
        ];
        assert_eq!(campus.story(one)[3..], expected);
    }
}

#[tokio::test]
async fn a_department_authorises_whoever_is_in_it_or_below_it() {
    let campus = Campus::found().await;
    let core = campus.world.core();
    let tenant_id = &campus.tenant.tenant_id;
    campus.department("D1", "Sales", "HQ").await;
    campus.department("D2", "North", "D1").await;
    campus.department("D3", "Law", "HQ").await;
    campus.member("ann", "D2").await;
    campus.member("bob", "D3").await;
    let bound = campus.bound().await;
    let one = &bound[0];
    binding::grant(core, &one.binding_id, &departments(&["D1"])).await.unwrap();
    campus.member("cid", "D1").await;
    assert_eq!(refusal(binding::withdraw(core, &one.binding_id, &users(&["cid"])).await), "grant.automatic");
    // Moving a member in and out, moving a whole department, and by hand what was by department.
    let moved: Profile = serde_json::from_value(json!({"name": "bob", "orgCode": "D1"})).unwrap();
    member::change(core, tenant_id, "bob", &moved).await.unwrap();
    let below = DepartmentChange { org_name: None, parent_code: Some("D3".to_owned()) };
    department::change(core, tenant_id, "D2", &below).await.unwrap();
    binding::grant(core, &one.binding_id, &users(&["bob"])).await.unwrap();
    binding::withdraw(core, &one.binding_id, &departments(&["D1"])).await.unwrap();
    campus.world.idle().await;
    let expected = [
        "authSync 1: ann",
        "authSync 1: cid",
        "authSync 1: bob",
        "singleOrgSync 2: D2",
        "authSync 3: ann",
        "authSync 3: cid",
    ];
    assert_eq!(campus.story(one)[3..], expected);
}

#[tokio::test]
async fn calls_keep_their_order_when_one_of_them_has_to_be_repeated() {
    let campus = Campus::found().await;
    let bound = campus.bound().await;
    campus.world.merchant.answer("singleOrgSync", Reply::Status(503));
    campus.department("D1", "Sales", "HQ").await;
    campus.world.store.run_due().await.unwrap();
    campus.world.merchant.answer("singleOrgSync", Reply::Well);
    campus.member("ann", "D1").await;
    binding::grant(campus.world.core(), &bound[0].binding_id, &users(&["ann"])).await.unwrap();
    campus.world.idle().await;
    let story = campus.story(&bound[0]).split_off(3);
    assert_eq!(story, ["singleOrgSync 1: D1", "singleOrgSync 1: D1", "authSync 1: ann"]);
}

#[tokio::test]
async fn an_imported_file_is_told_in_one_list() {
    let campus = Campus::found().await;
    let core = campus.world.core();
    let tenant_id = &campus.tenant.tenant_id;
    let bound = campus.bound().await;
    binding::grant(core, &bound[0].binding_id, &departments(&["HQ"])).await.unwrap();
    let file = b"orgCode,orgName,parentCode\nB,Below,A\nA,Above,HQ\nC,,HQ\n";
    let refused = department::import(core, tenant_id, file, OnBadRows::Refuse).await.unwrap();
    assert_eq!((refused.added, refused.bad, refused.bad_rows[0].line), (0, 1, 4));
    assert_eq!(department::import(core, tenant_id, file, OnBadRows::Skip).await.unwrap().added, 2);
    let people = b"userName,name,orgCode\nann,Ann,B\nbob,Bob,A\n";
    assert_eq!(member::import(core, tenant_id, people, OnBadRows::Refuse).await.unwrap().added, 2);
    campus.world.idle().await;
    assert_eq!(campus.story(&bound[0])[3..], ["allOrgSync: HQ, A, B", "authSync 1: ann, bob"]);
    let exported = member::export(core, tenant_id).await.unwrap();
    let again = member::import(core, tenant_id, exported.as_bytes(), OnBadRows::Skip).await.unwrap();
    assert_eq!((again.added, again.bad), (0, 2), "both are there already");
}

#[tokio::test]
async fn admins_invite_and_resign() {
    let campus = Campus::found().await;
    let core = campus.world.core();
    let tenant_id = &campus.tenant.tenant_id;
    assert_eq!(enterprise::invite(core, tenant_id, "northwind").await.unwrap().len(), 2);
    assert_eq!(enterprise::invite(core, tenant_id, "northwind").await.unwrap().len(), 2);
    assert_eq!(refusal(enterprise::invite(core, tenant_id, "nobody").await), "enterprise.buyer");
    let creator = enterprise::resign(core, tenant_id, &campus.world.buyer).await;
    assert_eq!(refusal(creator), "enterprise.last_admin");
    let invited = enterprise::admins(core, tenant_id).await.unwrap()[1].buyer_id.clone();
    assert_eq!(enterprise::resign(core, tenant_id, &invited).await.unwrap().len(), 1);
}
