//! Accounts from the store's calls to the app's events, pages and the wipe.

use std::time::Duration;

use mercer_kernel::web::page::PageRequest;
use serde_json::{Value as Json, json};

use super::*;
use crate::delivery::DeliveryFilter;
use crate::inbound::{CallbackFilter, Verdict};
use crate::testing::{APP_INFO, MERCHANT, World};
use crate::testing_kit::{TENANT, application, department, departments, members, tenant, time, tree, user};

/// With an app, the kit's keys and an instance in use.
async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for world in crate::testing_kit::worlds().await {
        let world = world.and_app().await.and_kit().await;
        world.order("O-1", |_| {});
        world.app_answers(&[Ok((200, APP_INFO))]);
        world.new_instance("O-1", "b-1").await;
        world.gateway.run_due().await;
        worlds.push(world);
    }
    worlds
}

fn scope() -> Scope {
    Scope { merchant_id: MERCHANT.to_owned(), instance_id: "b-1".to_owned(), tenant_id: TENANT.to_owned() }
}

/// What the app heard since the instance was created: type and data.
async fn heard(world: &World) -> Vec<(String, Json)> {
    world.gateway.run_due().await;
    let told = |event: &Json| (event["type"].as_str().unwrap().to_owned(), event["data"].clone());
    world.events().iter().skip(1).map(told).collect()
}

async fn verdicts(world: &World) -> Vec<Verdict> {
    let filter = CallbackFilter { instance_id: "b-1".to_owned(), ..CallbackFilter::default() };
    let page = world.gateway.callbacks(MERCHANT, &filter, PageRequest::default()).await.unwrap();
    let mut items: Vec<_> = page.items.into_iter().filter(|call| call.activity.ends_with("Sync")).collect();
    items.sort_by_key(|call| call.received_at);
    items.iter().map(|call| call.verdict).collect()
}

async fn member_rows(world: &World, reveal: bool) -> Vec<MemberRow> {
    let page = (PageRequest::default(), reveal);
    world.gateway.members(&scope(), &MemberFilter::default(), page).await.unwrap().items
}

#[tokio::test]
async fn an_enterprise_is_kept_and_the_app_hears_old_and_new() {
    for world in worlds().await {
        assert_eq!(world.kit("tenantSync", &tenant(1, "Acme", 1)).await.code(), "000000");
        assert_eq!(world.kit("tenantSync", &tenant(2, "Acme Tools", 2)).await.code(), "000000");
        let heard = heard(&world).await;
        assert_eq!(heard.len(), 2);
        assert_eq!(heard[0].0, "mercer.tenant.changed");
        assert_eq!(heard[0].1["domainName"], "https://acme.login.example.net");
        assert!(heard[0].1.get("previous").is_none());
        assert_eq!(heard[1].1["previous"], json!({ "name": "Acme" }));
        let found = world.gateway.tenant(MERCHANT, TENANT, "").await.unwrap();
        assert_eq!((found.tenant.name.as_str(), found.tenant.standing), ("Acme Tools", Standing::Present));
    }
}

#[tokio::test]
async fn repeated_and_late_calls_change_nothing_and_tell_nothing() {
    for world in worlds().await {
        for (second, name, flag) in [(2, "Acme", 1), (2, "Acme", 1), (1, "Older", 1), (3, "Acme", 1), (2, "Acme", 0)] {
            assert_eq!(world.kit("tenantSync", &tenant(second, name, flag)).await.code(), "000000");
        }
        assert_eq!(heard(&world).await.len(), 1);
        let expected = [Verdict::Accepted, Verdict::Repeated, Verdict::Repeated, Verdict::Repeated, Verdict::Repeated];
        let found = verdicts(&world).await;
        assert_eq!(found.len(), expected.len());
        assert_eq!(found.iter().filter(|verdict| **verdict == Verdict::Accepted).count(), 1);
        assert_eq!(world.gateway.tenant(MERCHANT, TENANT, "").await.unwrap().tenant.name, "Acme");
    }
}

#[tokio::test]
async fn deletes_of_what_nobody_knows_succeed() {
    for world in crate::testing_kit::worlds().await {
        let world = world.and_kit().await;
        let mut unknown = tenant(1, "Acme", 0);
        unknown["instanceId"] = "nobody-knows".into();
        assert_eq!(world.kit("tenantSync", &unknown).await.code(), "000000");
        unknown["instanceId"] = "".into();
        assert_eq!(world.kit("tenantSync", &unknown).await.code(), "000000", "no instance at all");
        assert_eq!(world.kit("authSync", &members(1, &[user("liwei", "D1")], 0)).await.code(), "000000");
        assert_eq!(world.kit("authSync", &members(1, &[user("liwei", "D1")], 3)).await.code(), "000000");
        assert_eq!(world.kit("singleOrgSync", &department(1, ("D1", "One", ""), 0)).await.code(), "000000");
        assert_eq!(world.kit("applicationSync", &application(1, "c", "s", 0)).await.code(), "000000");
        assert_eq!(world.gateway.run_due().await, 0, "nothing to tell");
    }
}

#[tokio::test]
async fn the_client_secret_reaches_the_app_decrypted_and_lies_sealed() {
    for world in worlds().await {
        world.kit("tenantSync", &tenant(1, "Acme", 1)).await;
        assert_eq!(
            world.kit("applicationSync", &application(2, "client-1", "Secret-One-0001", 1)).await.code(),
            "000000"
        );
        assert_eq!(
            world.kit("applicationSync", &application(3, "client-1", "Secret-Two-0002", 2)).await.code(),
            "000000"
        );
        assert_eq!(
            world.kit("applicationSync", &application(4, "client-1", "Secret-Two-0002", 2)).await.code(),
            "000000"
        );
        let heard = heard(&world).await;
        assert_eq!(heard.len(), 3, "the same secret, encrypted anew, is no change");
        assert_eq!(heard[1].1["clientSecret"], "Secret-One-0001");
        assert_eq!(heard[1].1["domainName"], "https://acme.login.example.net");
        assert_eq!(heard[2].1["clientSecret"], "Secret-Two-0002");
        assert!(!heard[2].1.to_string().contains("Secret-One"), "an old secret is told to nobody");
        let masked = world.gateway.applications(&scope(), false).await.unwrap();
        assert!(!masked[0].client_secret.contains("Two-0002"));
        let revealed = world.gateway.applications(&scope(), true).await.unwrap();
        assert_eq!(revealed[0].client_secret, "Secret-Two-0002");
        let all = DeliveryFilter::default();
        for delivery in world.gateway.deliveries(MERCHANT, &all, PageRequest::default()).await.unwrap().items {
            let detail = world.gateway.delivery(MERCHANT, &delivery.id).await.unwrap();
            let kept = format!("{} {:?}", detail.delivery.payload, detail.attempts);
            assert!(!kept.contains("Secret-"), "{kept}");
        }
    }
}

#[tokio::test]
async fn members_are_authorised_changed_withdrawn_and_removed() {
    for world in worlds().await {
        let mut changed = user("liwei", "D2");
        changed["extension"] = json!({ "accountSet": "A1" });
        for (second, user, flag) in
            [(1, user("liwei", "D1"), 1), (2, changed.clone(), 2), (3, changed.clone(), 3), (4, changed, 0)]
        {
            assert_eq!(world.kit("authSync", &members(second, &[user], flag)).await.code(), "000000");
        }
        let heard = heard(&world).await;
        let types: Vec<&str> = heard.iter().map(|(kind, _)| kind.as_str()).collect();
        let expected = ["authorized", "changed", "withdrawn", "deleted"].map(|kind| format!("mercer.member.{kind}"));
        assert_eq!(types, expected);
        assert_eq!(heard[0].1["members"][0]["mobile"], "13800001234");
        assert_eq!(heard[1].1["members"][0]["previous"], json!({ "orgCode": "D1", "extension": null }));
        assert_eq!(heard[3].1["members"][0]["previous"]["name"], "Name liwei");
        assert!(member_rows(&world, true).await.is_empty(), "a removed member is gone");
    }
}

#[tokio::test]
async fn phone_and_mail_are_masked_until_revealed_and_sealed_at_rest() {
    for world in worlds().await {
        let mut extended = user("liwei", "D1");
        extended["extension"] = json!({ "phone": "13900005678", "accountSet": "A1" });
        world.kit("authSync", &members(1, &[extended], 1)).await;
        let masked = &member_rows(&world, false).await[0];
        assert!(
            masked.extension.is_empty() && !masked.mobile.contains("13800001234") && !masked.email.contains("liwei@")
        );
        let revealed = &member_rows(&world, true).await[0];
        assert_eq!((revealed.mobile.as_str(), &revealed.extension["accountSet"]), ("13800001234", &json!("A1")));
        const EVERYTHING: &str = "SELECT name || org_code || COALESCE(private_sealed, '') FROM gw_member";
        let stored = world.gateway.db().query(EVERYTHING, Vec::new()).await.unwrap()[0].text(0).unwrap();
        assert!(!stored.contains("1380000") && !stored.contains("example.com"));
        const BODIES: &str = "SELECT body FROM gw_callback WHERE activity = 'authSync'";
        let kept = String::from_utf8(world.gateway.db().query(BODIES, Vec::new()).await.unwrap()[0].bytes(0).unwrap());
        let kept = kept.unwrap();
        assert!(
            kept.contains("liwei") && !kept.contains("13800001234") && !kept.contains("liwei@example.com"),
            "{kept}"
        );
    }
}

#[tokio::test]
async fn five_hundred_members_come_in_one_commit() {
    for world in worlds().await {
        let users: Vec<Json> = (0..500).map(|number| user(&format!("u{number:03}"), "D1")).collect();
        let statistics = world.gateway.db().statistics();
        let before = (statistics.batches(), statistics.reads());
        assert_eq!(world.kit("authSync", &members(1, &users, 1)).await.code(), "000000");
        assert_eq!(statistics.batches() - before.0, 1);
        assert_eq!(statistics.reads() - before.1, 6, "the instance, and 100 members at a time");
        let heard = heard(&world).await;
        assert_eq!(heard[0].1["members"].as_array().unwrap().len(), 500);
        assert_eq!(world.kit("authSync", &members(1, &users, 1)).await.code(), "000000");
        assert_eq!(verdicts(&world).await.iter().filter(|verdict| **verdict == Verdict::Repeated).count(), 1);
    }
}

#[tokio::test]
async fn a_list_of_more_than_five_hundred_is_answered_at_once_and_applied_by_a_job() {
    for world in worlds().await {
        world.kit("tenantSync", &tenant(1, "Acme", 1)).await;
        let list = tree(501);
        assert_eq!(world.kit("allOrgSync", &departments(2, &list)).await.code(), "000000");
        // Newer than the list, and before it is applied: it must win.
        world.kit("singleOrgSync", &department(3, ("D7", "Renamed", "D0"), 2)).await;
        let running = world.gateway.tenant(MERCHANT, TENANT, "").await.unwrap();
        assert_eq!((running.syncs[0].percent, running.syncs[0].state), (0, SyncState::Running));
        let heard = heard(&world).await;
        let found = world.gateway.tenant(MERCHANT, TENANT, "").await.unwrap();
        assert_eq!((found.departments, found.syncs[0].percent, found.syncs[0].state), (501, 100, SyncState::Done));
        let pages: Vec<&Json> =
            heard.iter().filter(|(kind, _)| kind == "mercer.departments.synced").map(|(_, data)| data).collect();
        let told: usize = pages.iter().map(|data| data["departments"].as_array().unwrap().len()).sum();
        assert_eq!((pages.len(), told), (3, 500));
        assert!(pages.iter().all(|data| data["pages"] == 3 && data["total"] == 501));
        let level = world.gateway.department_level(&scope(), "D0", PageRequest::default()).await.unwrap();
        assert!(level.departments.items.iter().any(|department| department.org_name == "Renamed"));
        const LEFT: &str = "SELECT COUNT(*) FROM gw_account_slice";
        assert_eq!(world.gateway.db().query_one(LEFT, Vec::new()).await.unwrap().unwrap().int(0).unwrap(), 0);
        assert_eq!(world.kit("allOrgSync", &departments(2, &list)).await.code(), "000000");
        world.gateway.run_due().await;
        assert_eq!(world.events().len(), 1 + heard.len(), "the same list again tells nothing");
    }
}

#[tokio::test]
async fn more_members_than_one_call_may_have_are_taken_all_the_same() {
    for world in worlds().await {
        let users: Vec<Json> = (0..1_100).map(|number| user(&format!("u{number:04}"), "D1")).collect();
        assert_eq!(world.kit("authSync", &members(1, &users, 1)).await.code(), "000000");
        let heard = heard(&world).await;
        let told: usize = heard.iter().map(|(_, data)| data["members"].as_array().unwrap().len()).sum();
        assert_eq!(told, 1_100);
        let filter = MemberFilter { text: "u1099".to_owned(), ..MemberFilter::default() };
        let found = world.gateway.members(&scope(), &filter, (PageRequest::default(), true)).await.unwrap();
        assert_eq!((found.total, found.items[0].mobile.as_str()), (1, "13800001234"));
    }
}

#[tokio::test]
async fn departments_form_a_tree_whatever_their_order() {
    for world in worlds().await {
        world.kit("tenantSync", &tenant(1, "Acme", 1)).await;
        world.kit("singleOrgSync", &department(2, ("D11", "Team", "D10"), 1)).await;
        let orphans = world.gateway.departments(&scope(), &DepartmentFilter::Orphans, PageRequest::default()).await;
        assert_eq!(orphans.unwrap().total, 1, "its parent has not come yet");
        world.kit("singleOrgSync", &department(3, ("D10", "Head office", ""), 1)).await;
        let top = world.gateway.department_level(&scope(), "", PageRequest::default()).await.unwrap();
        assert_eq!((top.departments.items[0].org_code.as_str(), top.departments.items[0].children), ("D10", 1));
        world.kit("authSync", &members(4, &[user("liwei", "D11")], 1)).await;
        let below = world.gateway.department_level(&scope(), "D10", PageRequest::default()).await.unwrap();
        assert_eq!((below.path.len(), below.departments.items[0].members), (1, 1));
        world.kit("singleOrgSync", &department(5, ("D10", "Head office", ""), 0)).await;
        let deleted = world.gateway.department_level(&scope(), "D11", PageRequest::default()).await.unwrap();
        let path: Vec<(&str, Standing)> =
            deleted.path.iter().map(|department| (department.org_code.as_str(), department.standing)).collect();
        assert_eq!(path, [("D10", Standing::Deleted), ("D11", Standing::Present)], "children keep their codes");
    }
}

#[tokio::test]
async fn nothing_of_the_accounts_outlives_the_instance() {
    for world in worlds().await {
        world.kit("tenantSync", &tenant(1, "Acme", 1)).await;
        world.kit("applicationSync", &application(2, "client-1", "Secret-One-0001", 1)).await;
        world.kit("allOrgSync", &departments(2, &tree(30))).await;
        world.kit("authSync", &members(3, &[user("liwei", "D1")], 1)).await;
        world.call(&json!({ "activity": "releaseInstance", "instanceId": "b-1" })).await;
        world.app_answers(&[Ok((503, ""))]);
        world.gateway.run_due().await;
        assert_eq!(member_rows(&world, false).await.len(), 1, "the app has not heard of anything yet");
        world.app_answers(&[Ok((200, ""))]);
        world.pass(Duration::from_secs(60)).await;
        let types = world.event_types();
        assert_eq!(types.last().map(String::as_str), Some("released"));
        assert!(types.contains(&"mercer.member.authorized".to_owned()), "told before the wipe: {types:?}");
        for table in [
            "SELECT COUNT(*) FROM gw_tenant",
            "SELECT COUNT(*) FROM gw_application",
            "SELECT COUNT(*) FROM gw_department",
            "SELECT COUNT(*) FROM gw_member",
            "SELECT COUNT(*) FROM gw_account_event",
            "SELECT COUNT(*) FROM gw_account_sync",
            "SELECT COUNT(*) FROM gw_callback WHERE request_sealed IS NOT NULL",
        ] {
            let left = world.gateway.db().query_one(table, Vec::new()).await.unwrap().unwrap().int(0).unwrap();
            assert_eq!(left, 0, "{table}");
        }
        assert_eq!(world.kit("authSync", &members(5, &[user("late", "D1")], 1)).await.code(), "000000");
        assert!(member_rows(&world, false).await.is_empty(), "a late call for a released instance keeps nothing");
    }
}

#[tokio::test]
async fn a_pool_that_knows_no_accounts_takes_their_events_as_done() {
    for world in crate::testing_kit::worlds().await {
        let world = world.and_kit().await;
        world.connector(crate::connector::ConnectorSettings::Manual {}).await;
        world.kit("authSync", &members(1, &[user("liwei", "D1")], 1)).await;
        world.gateway.run_due().await;
        let counts = world.gateway.delivery_counts().await.unwrap();
        assert!(counts.contains(&(mercer_kernel::outbox::JobState::Done, 1)), "{counts:?}");
    }
}

#[tokio::test]
async fn two_enterprises_with_one_instance_and_one_enterprise_with_two_do_not_mix() {
    for world in worlds().await {
        world.kit("tenantSync", &tenant(1, "Acme", 1)).await;
        let mut second = tenant(2, "Acme elsewhere", 1);
        second["instanceId"] = "b-2".into();
        world.kit("tenantSync", &second).await;
        let found = world.gateway.tenant(MERCHANT, TENANT, "b-1").await.unwrap();
        assert_eq!((found.tenant.name.as_str(), found.instance_ids.len()), ("Acme", 2));
        let filter = TenantFilter { text: "elsewhere".to_owned(), ..TenantFilter::default() };
        let listed = world.gateway.tenants(MERCHANT, &filter, PageRequest::default()).await.unwrap();
        assert_eq!((listed.total, listed.items[0].instance_id.as_str()), (1, "b-2"));
        assert_eq!(time(1).len(), 17);
    }
}
