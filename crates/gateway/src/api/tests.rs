use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::connector::ConnectorSettings;
use crate::testing::{APP_INFO, MERCHANT, World};
use crate::testing_kit::{TENANT, application, departments, members, tenant, tree, user};

const TOKEN: &str = "mk_test";

async fn api(world: &World, method: &str, path: &str, body: &str) -> (StatusCode, Json) {
    world.gateway.accounts().ensure_token("ci", TOKEN).await.unwrap();
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = world.gateway.router().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Json::Null))
}

async fn get(world: &World, path: &str) -> (StatusCode, Json) {
    api(world, "GET", path, "").await
}

#[tokio::test]
async fn no_route_answers_without_a_token() {
    let world = World::bare().await;
    for route in super::routes() {
        let path = format!("/api/v1{}", route.path.replace("{id}", "x"));
        let request = Request::builder().method(route.method.clone()).uri(&path).body(Body::empty()).unwrap();
        let response = world.gateway.router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{} {path}", route.method);
    }
    let request = Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap();
    assert_eq!(world.gateway.router().oneshot(request).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn unknown_ids_and_bad_fields_are_problem_documents() {
    let world = World::bare().await;
    for path in [
        "/instances/none",
        "/tenants/none",
        "/tenants/none/members",
        "/callbacks/none",
        "/deliveries/none",
        "/connectors/none",
        "/instances?merchantId=none",
    ] {
        let (status, problem) = get(&world, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(problem["code"].as_str().unwrap().ends_with(".unknown"));
    }
    for (path, field) in [
        ("/instances?state=sleeping", "state"),
        ("/instances?stat=active", "stat"),
        ("/tenants?standing=lying", "standing"),
        ("/callbacks?from=yesterday", "from"),
        ("/keys?reveal=perhaps", "reveal"),
    ] {
        let (status, problem) = get(&world, path).await;
        assert_eq!(
            (status, problem["errors"][0]["field"].as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some(field)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn app_information_is_checked_taken_and_masked_until_revealed() {
    let world = World::bare().await;
    world.connector(ConnectorSettings::Manual {}).await;
    world.new_instance("O-1", "b-1").await;
    let (status, problem) = api(&world, "PUT", "/instances/b-1/app-info", r#"{"frontEndUrl":"nowhere"}"#).await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("frontEndUrl"))
    );
    let (status, detail) = api(&world, "PUT", "/instances/b-1/app-info", APP_INFO).await;
    assert_eq!((status, detail["state"].as_str()), (StatusCode::OK, Some("active")));
    assert_ne!(detail["appInfo"]["password"], "Secret-Passw0rd");
    let (_, revealed) = get(&world, "/instances/b-1?reveal=true").await;
    assert_eq!(revealed["appInfo"]["password"], "Secret-Passw0rd");
    let actions = revealed["timeline"].as_array().unwrap().iter().filter(|entry| entry["type"] == "action").count();
    assert_eq!(actions, 2);
    assert_eq!(world.gateway.check_audit().await.unwrap(), None);
}

#[tokio::test]
async fn an_open_instance_cannot_be_failed() {
    let world = World::bare().await;
    world.new_instance("O-1", "b-1").await;
    let (status, problem) = api(&world, "POST", "/instances/b-1/fail", "{}").await;
    assert_eq!((status, problem["errors"][0]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("reason")));
    let (status, detail) = api(&world, "POST", "/instances/b-1/fail", r#"{"reason":"no seats"}"#).await;
    assert_eq!((status, detail["failure"].as_str()), (StatusCode::OK, Some("no seats")));
    api(&world, "PUT", "/instances/b-1/app-info", APP_INFO).await;
    let (status, problem) = api(&world, "POST", "/instances/b-1/fail", r#"{"reason":"no seats"}"#).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::CONFLICT, Some("instance_already_open")));
}

#[tokio::test]
async fn connectors_are_made_changed_and_removed() {
    let world = World::bare().await;
    let webhook = json!({ "name": "app", "settings": { "kind": "webhook", "url": "https://app.example.com" } });
    let (status, added) = api(&world, "POST", "/connectors", &webhook.to_string()).await;
    assert_eq!(status, StatusCode::CREATED);
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"));
    let path = format!("/connectors/{}", added["connectorId"].as_str().unwrap());
    let second = json!({ "name": "second", "settings": { "kind": "manual" } });
    let (status, problem) = api(&world, "POST", "/connectors", &second.to_string()).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::CONFLICT, Some("connector.default_taken")));
    let bad = json!({ "name": "app", "settings": { "kind": "webhook", "url": "ftp://app" } });
    let (status, problem) = api(&world, "PUT", &path, &bad.to_string()).await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("settings.url"))
    );
    let pool = json!({ "name": "accounts", "settings": { "kind": "pool" }, "products": ["P-1"] });
    assert_eq!(api(&world, "PUT", &path, &pool.to_string()).await.0, StatusCode::OK);
    let csv = "frontEndUrl,userName\nhttps://a.example.com,u1\nbad,u2\nhttps://a.example.com,u1\n";
    let (status, problem) = api(&world, "POST", &format!("{path}/pool"), csv).await;
    assert_eq!((status, problem["errors"].as_array().unwrap().len()), (StatusCode::UNPROCESSABLE_ENTITY, 2));
    let (status, import) = api(&world, "POST", &format!("{path}/pool"), "frontEndUrl\nhttps://a.example.com\n").await;
    assert_eq!((status, import["stock"]["low"].as_bool()), (StatusCode::OK, Some(true)));
    assert_eq!(api(&world, "DELETE", &path, "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(get(&world, &path).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn keys_and_store_links_are_entered_and_kept_secret() {
    let world = World::bare().await;
    let (status, added) = api(&world, "POST", "/keys", r#"{"interfaceType":"kit"}"#).await;
    assert_eq!((status, added["text"].as_str().unwrap().len()), (StatusCode::CREATED, 32));
    let (_, keys) = get(&world, "/keys").await;
    assert_eq!(keys["pasteValues"]["productionAddress"], format!("https://gateway.example.com/produce/{MERCHANT}"));
    assert!(!keys.to_string().contains(added["text"].as_str().unwrap()));
    let (_, revealed) = get(&world, "/keys?reveal=true").await;
    assert!(revealed.to_string().contains(added["text"].as_str().unwrap()));
    let path = format!("/keys/{}", added["keyId"].as_str().unwrap());
    assert_eq!(api(&world, "DELETE", &path, "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(api(&world, "DELETE", &path, "").await.0, StatusCode::NOT_FOUND);
    let link = r#"{"site":"cn","accessKeyId":"AK2","secretAccessKey":"SK2"}"#;
    let (status, stored) = api(&world, "POST", "/stores", link).await;
    assert_eq!((status, stored["baseUrl"].as_str()), (StatusCode::OK, Some("https://mkt.myhuaweicloud.com")));
    assert!(!get(&world, "/stores").await.1.to_string().contains("SK2"));
}

#[tokio::test]
async fn a_window_of_failed_deliveries_is_sent_again() {
    let world = World::with_app().await;
    for number in 1..=3 {
        world.order(&format!("O-{number}"), |_| {});
        world.new_instance(&format!("O-{number}"), &format!("b-{number}")).await;
    }
    world.app_answers(&[Ok((410, ""))]);
    world.gateway.run_due().await;
    let (_, failed) = get(&world, "/deliveries?state=failed").await;
    assert_eq!(failed["total"], 3);
    world.app_answers(&[Ok((200, APP_INFO))]);
    let window = r#"{"from":"2024-12-31T00:00:00Z","to":"2025-01-02T00:00:00Z"}"#;
    let (status, resent) = api(&world, "POST", "/deliveries/resend", window).await;
    assert_eq!((status, resent["resent"].as_i64()), (StatusCode::OK, Some(3)));
    world.gateway.run_due().await;
    assert_eq!(get(&world, "/instances?state=active").await.1["total"], 3);
}

#[tokio::test]
async fn accounts_are_listed_searched_and_revealed_on_record() {
    let world = World::bare().await.and_kit().await;
    world.kit("tenantSync", &tenant(1, "Acme", 1)).await;
    world.kit("applicationSync", &application(1, "client-1", "Secret-One-0001", 1)).await;
    world.kit("allOrgSync", &departments(1, &tree(30))).await;
    world.kit("authSync", &members(2, &[user("liwei", "D1")], 1)).await;
    let (_, listed) = get(&world, "/tenants?text=acme").await;
    assert_eq!((listed["total"].as_i64(), listed["items"][0]["tenantId"].as_str()), (Some(1), Some(TENANT)));
    let (_, detail) = get(&world, &format!("/tenants/{TENANT}")).await;
    assert_eq!((detail["departments"].as_i64(), detail["members"].as_i64()), (Some(30), Some(1)));
    let (_, top) = get(&world, &format!("/tenants/{TENANT}/departments")).await;
    assert_eq!((top["total"].as_i64(), top["items"][0]["children"].as_i64()), (Some(1), Some(10)));
    let (_, below) = get(&world, &format!("/tenants/{TENANT}/departments?parent=D0&pageSize=4&page=3")).await;
    assert_eq!((below["total"].as_i64(), below["items"].as_array().unwrap().len()), (Some(10), 2));
    let (_, found) = get(&world, &format!("/tenants/{TENANT}/departments?text=dept%202")).await;
    assert_eq!(found["total"], 11);
    let path = format!("/tenants/{TENANT}/members?department=D1");
    assert_ne!(get(&world, &path).await.1["items"][0]["mobile"], "13800001234");
    assert_eq!(get(&world, &format!("{path}&reveal=true")).await.1["items"][0]["mobile"], "13800001234");
    let path = format!("/tenants/{TENANT}/applications");
    assert!(!get(&world, &path).await.1.to_string().contains("Secret-One-0001"));
    assert!(get(&world, &format!("{path}?reveal=true")).await.1.to_string().contains("Secret-One-0001"));
    let entries = crate::audit::of_subject(world.gateway.db(), MERCHANT, TENANT).await.unwrap();
    assert_eq!(entries.len(), 2, "who looked is recorded");
}
