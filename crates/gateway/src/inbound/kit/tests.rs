//! The door of the kit: which call is the store's, which path, which answer.

use axum::http::StatusCode;
use mercer_kernel::web::page::PageRequest;
use mercer_protocol::body_sign;
use mercer_protocol::kit::x_sign::Form;
use mercer_protocol::kit::{auth_token, x_sign};
use serde_json::json;

use crate::inbound::{CallbackDetail, CallbackFilter, CallbackSummary};
use crate::testing::{KEY, MERCHANT, V1_KEY, World};
use crate::testing_kit::{KIT_KEY, RSA_KEY, TENANT, application, department, departments, members, tenant, tree, user};

async fn world() -> World {
    World::bare().await.and_kit().await
}

async fn calls(world: &World) -> Vec<CallbackSummary> {
    let filter = CallbackFilter::default();
    let mut items = world.gateway.callbacks(MERCHANT, &filter, PageRequest::default()).await.unwrap().items;
    items.sort_by(|one, two| one.callback_id.cmp(&two.callback_id));
    items
}

async fn last(world: &World) -> CallbackDetail {
    let newest = world.gateway.callbacks(MERCHANT, &CallbackFilter::default(), PageRequest::default()).await.unwrap();
    world.gateway.callback(MERCHANT, &newest.items[0].callback_id).await.unwrap()
}

fn path(version: &str, interface: &str) -> String {
    format!("/produce/{MERCHANT}/produceAPI/{version}{interface}")
}

#[tokio::test]
async fn all_five_interfaces_are_answered_in_both_versions_and_both_forms() {
    let world = world().await;
    for (interface, body) in [
        ("tenantSync", tenant(1, "Acme", 1)),
        ("applicationSync", application(1, "client-1", "Secret-One-0001", 1)),
        ("authSync", members(1, &[user("liwei", "D1")], 1)),
        ("singleOrgSync", department(1, ("D1", "One", ""), 1)),
        ("allOrgSync", departments(1, &tree(3))),
    ] {
        for form in [Form::Direct, Form::Prehash] {
            let answer = world.kit_as(interface, form, &body.to_string()).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::OK, "000000"), "{interface}: {}", answer.body);
            let verdict = body_sign::verify(KIT_KEY, answer.body.as_bytes(), answer.body_sign.as_deref());
            assert_eq!(verdict, body_sign::Verdict::Valid);
        }
        let mut v1 = body.clone();
        // Lists are texts in V1.0, and the departments' one has other names.
        if let Some(list) = v1.get("userList").cloned() {
            v1["userList"] = list.to_string().into();
        }
        if v1.as_object_mut().unwrap().remove("orgInfoList").is_some() {
            v1["orgInfo"] = json!([{ "orgCode": "D0", "name": "Head office" }]).to_string().into();
        }
        let answer = world.kit_v1(interface, &v1).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::OK, "000000"), "{interface}: {}", answer.body);
        let verdict = body_sign::verify(V1_KEY, answer.body.as_bytes(), answer.body_sign.as_deref());
        assert_eq!(verdict, body_sign::Verdict::Valid, "V1.0 signs every answer with its own key");
    }
    let protocols: Vec<String> = calls(&world).await.iter().map(|call| call.protocol.as_str().to_owned()).collect();
    assert_eq!(protocols.iter().filter(|code| *code == "kit_v2").count(), 10);
    assert_eq!(protocols.iter().filter(|code| *code == "kit_v1").count(), 5);
}

#[tokio::test]
async fn calls_with_a_wrong_key_path_or_header_are_refused_and_named() {
    let world = world().await;
    let body = tenant(1, "Acme", 1).to_string();
    // The base key and the V1 key sign nothing of the kit V2.0.
    for key in [KEY, V1_KEY] {
        let headers = world.kit_headers(key, Form::Direct, &body);
        assert_eq!(world.post(&path("v2/", "tenantSync"), &headers, &body).await.code(), "000001");
    }
    // A V1 header on a V2 path and the other way: no fall-back between them.
    let token = auth_token::sign(V1_KEY, body.as_bytes()).unwrap().auth_token;
    let token = vec![(auth_token::HEADER_NAME, token)];
    assert_eq!(world.post(&path("v2/", "tenantSync"), &token, &body).await.code(), "000002", "no x-timestamp");
    let headers = world.kit_headers(KIT_KEY, Form::Direct, &body);
    let mixed = world.post(&path("", "tenantSync"), &headers, &body).await;
    assert_eq!(mixed.code(), "000001", "no authToken");
    let signed = body_sign::verify(V1_KEY, mixed.body.as_bytes(), mixed.body_sign.as_deref());
    assert_eq!(signed, body_sign::Verdict::Valid, "also a refusal is signed");
    let wrong = auth_token::sign("another-key", body.as_bytes()).unwrap().auth_token;
    let wrong = world.post(&path("", "tenantSync"), &[(auth_token::HEADER_NAME, wrong)], &body).await;
    assert_eq!(wrong.code(), "000001");
    let unknown = world.post(&path("v2/", "somethingSync"), &headers, &body).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(world.gateway.tenant(MERCHANT, TENANT, "").await.is_err(), "nothing was kept");
    assert!(calls(&world).await.iter().all(|call| call.refusal.contains('.')), "each refusal has its name");
}

#[tokio::test]
async fn replayed_and_stale_calls_are_refused() {
    let world = world().await;
    let body = tenant(1, "Acme", 1).to_string();
    let headers = world.kit_headers(KIT_KEY, Form::Direct, &body);
    assert_eq!(world.post(&path("v2/", "tenantSync"), &headers, &body).await.code(), "000000");
    assert_eq!(world.post(&path("v2/", "tenantSync"), &headers, &body).await.code(), "000001");
    let headers = world.kit_headers(KIT_KEY, Form::Direct, &body);
    world.clock.advance(std::time::Duration::from_secs(61));
    assert_eq!(world.post(&path("v2/", "tenantSync"), &headers, &body).await.code(), "000002");
    let without = world.kit_headers(KIT_KEY, Form::Direct, &body);
    let without: Vec<_> = without.into_iter().filter(|(name, _)| *name != x_sign::HEADER_NONCE).collect();
    assert_eq!(world.post(&path("v2/", "tenantSync"), &without, &body).await.code(), "000002");
}

#[tokio::test]
async fn a_v1_call_stays_good_unless_freshness_is_asked_for() {
    for (seconds, expected) in [(0, "000000"), (600, "000002")] {
        let world = World::set(|config| config.gateway.kit.v1_freshness_seconds = seconds).await.and_kit().await;
        world.clock.advance(std::time::Duration::from_secs(3_600));
        assert_eq!(world.kit_v1("tenantSync", &tenant(1, "Acme", 1)).await.code(), expected);
    }
}

#[tokio::test]
async fn lenient_forms_are_taken_and_bad_fields_named() {
    let world = world().await;
    let mut lenient = members(1, &[user("liwei", "D1")], 1);
    lenient["flag"] = "1".into();
    lenient["testFlag"] = "0".into();
    lenient["userList"] = json!([{ "userName": "liwei", "name": "Li", "orgCode": "D1", "role": "admin", "enable": true,
        "employeeType": 1, "unknown": "kept" }])
    .to_string()
    .into();
    assert_eq!(world.kit("authSync", &lenient).await.code(), "000000");
    let mut bad = tenant(1, "Acme", 7);
    assert!(world.kit("tenantSync", &bad).await.json["resultMsg"].as_str().unwrap().contains("flag"));
    bad["flag"] = 1.into();
    bad.as_object_mut().unwrap().remove("tenantId");
    let answer = world.kit("tenantSync", &bad).await;
    assert_eq!(answer.code(), "000002");
    assert!(answer.json["resultMsg"].as_str().unwrap().contains("tenantId"));
    let mut without = tenant(1, "Acme", 1);
    without["instanceId"] = "".into();
    let answer = world.kit("tenantSync", &without).await;
    assert_eq!(answer.code(), "000002", "testFlag 0 needs an instance");
    assert!(answer.json["resultMsg"].as_str().unwrap().contains("instanceId"));
    let mut loose = departments(1, &[]);
    loose["orgInfoList"] = "[{orgCode:D1}]".into();
    assert_eq!(world.kit("allOrgSync", &loose).await.code(), "000002", "unquoted keys are no JSON");
}

#[tokio::test]
async fn a_test_call_is_verified_and_answered_and_leaves_nothing() {
    let world = world().await;
    for instance_id in [json!(""), json!(null), json!("b-1")] {
        let mut body = tenant(1, "Acme", 1);
        body["testFlag"] = 1.into();
        body["instanceId"] = instance_id;
        assert_eq!(world.kit("tenantSync", &body).await.code(), "000000");
    }
    let mut body = application(1, "client-1", "Secret-One-0001", 1);
    body["testFlag"] = 1.into();
    body["instanceId"] = "".into();
    assert_eq!(world.kit("applicationSync", &body).await.code(), "000000");
    body["clientSecret"] = "bm90IGVuY3J5cHRlZA==".into();
    assert_eq!(world.kit("applicationSync", &body).await.code(), "000002", "the secret is really decrypted");
    assert!(calls(&world).await.iter().all(|call| call.test));
    assert!(world.gateway.tenant(MERCHANT, TENANT, "").await.is_err());
    assert_eq!(world.gateway.run_due().await, 0, "the app hears nothing");
}

#[tokio::test]
async fn a_secret_that_does_not_open_names_the_keys_and_paddings_tried() {
    let world = world().await;
    let keys = world.gateway.keys(MERCHANT).await.unwrap();
    let rsa = keys.iter().find(|key| key.interface_type == crate::merchant::InterfaceType::Rsa).unwrap();
    let mut body = application(1, "client-1", "Secret-One-0001", 1);
    world.kit("applicationSync", &body).await;
    body["clientSecret"] = "A".repeat(512).into();
    let answer = world.kit("applicationSync", &body).await;
    let message = answer.json["resultMsg"].as_str().unwrap();
    assert_eq!(answer.code(), "000002");
    assert!(message.contains("clientSecret") && message.contains(&rsa.key_id) && message.contains("SHA"), "{message}");
    world.gateway.revoke_key(MERCHANT, &rsa.key_id).await.unwrap();
    assert_eq!(world.kit("applicationSync", &application(2, "client-1", "x", 1)).await.code(), "000002", "no key left");
    assert!(!message.contains(&RSA_KEY[40..80]));
}

#[tokio::test]
async fn a_stored_call_shows_its_check_without_secrets() {
    let world = world().await;
    world.kit("authSync", &members(1, &[user("liwei", "D1")], 1)).await;
    let detail = last(&world).await;
    let check = detail.signature.unwrap();
    assert_eq!((check.matched, &check.expected_signature), ("direct", &check.presented_signature));
    assert!(!detail.body.contains("13800001234"));
    world.kit_v1("tenantSync", &tenant(2, "Acme", 1)).await;
    let check = last(&world).await.signature.unwrap();
    assert_eq!((check.matched, &check.expected_signature), ("as_sent", &check.presented_signature));
    world.kit("allOrgSync", &departments(3, &tree(3_000))).await;
    let long = last(&world).await;
    assert!(long.body.len() <= 8 * 1_024 && long.signature.is_none(), "of a long call the beginning is kept");
}

#[tokio::test]
async fn the_limit_of_the_body_is_the_kits_own() {
    let world = World::set(|config| config.gateway.kit.body_limit_bytes = 2 * 1_024 * 1_024).await.and_kit().await;
    let padded = |bytes: usize| {
        let body = tenant(1, "Acme", 1).to_string();
        format!("{body}{}", " ".repeat(bytes - body.len()))
    };
    let answer = world.kit_as("tenantSync", Form::Direct, &padded(2 * 1_024 * 1_024)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::OK, "000000"));
    let over = world.kit_as("tenantSync", Form::Direct, &padded(2 * 1_024 * 1_024 + 1)).await;
    assert_eq!(over.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_call_that_cannot_be_written_is_not_answered_with_success() {
    let world = world().await;
    let mut away = mercer_kernel::db::Batch::new();
    away.any("ALTER TABLE gw_tenant RENAME TO gw_tenant_away", Vec::new());
    world.gateway.db().apply(away).await.unwrap();
    let answer = world.kit("tenantSync", &tenant(1, "Acme", 1)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "000005"));
    let mut back = mercer_kernel::db::Batch::new();
    back.any("ALTER TABLE gw_tenant_away RENAME TO gw_tenant", Vec::new());
    world.gateway.db().apply(back).await.unwrap();
    assert_eq!(world.kit("tenantSync", &tenant(1, "Acme", 1)).await.code(), "000000");
}
