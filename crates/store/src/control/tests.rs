//! The control API through the router: every route, happy paths, bad input.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::operation::BASE;
use super::test_world::World;
use super::{SCHEMAS, operations, schema};

impl World {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{BASE}{path}"))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .unwrap();
        self.send(request).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let (status, body) = self.call(Method::POST, path, Some(body)).await;
        (status.as_u16(), body)
    }
}

fn schemas() -> Value {
    serde_json::from_str(SCHEMAS).unwrap()
}

fn fits(name: &str, value: &Value) {
    if let Err(refusal) = schema::check(&schemas(), name, value) {
        panic!("an answer does not fit {name}: {}\n{value:#}", refusal.en);
    }
}

#[test]
fn every_schema_that_a_route_names_exists_and_uses_known_keywords() {
    let schemas = schemas();
    for operation in operations() {
        for name in operation.schema_names() {
            assert!(schemas.get(name).is_some(), "{name} has no schema");
        }
    }
    for (name, schema) in schemas.as_object().unwrap() {
        assert_eq!(schema::unknown_keywords(schema), Vec::<String>::new(), "{name}");
    }
    let references = SCHEMAS.matches("#/components/schemas/").count();
    let resolved = SCHEMAS.split("#/components/schemas/").skip(1).filter(|rest| {
        let name: String = rest.chars().take_while(|one| *one != '"').collect();
        schemas.get(&name).is_some()
    });
    assert_eq!(resolved.count(), references);
}

#[tokio::test]
async fn every_documented_operation_has_a_route_texts_and_schemas() {
    let world = World::open().await;
    let document = world.get("/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut count = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            count += 1;
            for text in ["operationId", "summary", "description"] {
                assert!(!operation[text].as_str().unwrap().is_empty(), "{method} {path} has no {text}");
            }
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.values().all(|answer| answer["content"].is_object()), "{method} {path}");
            let method: Method = method.to_ascii_uppercase().parse().unwrap();
            let plain = path.strip_prefix(BASE).unwrap().replace(['{', '}'], "");
            let (status, body) = world.call(method.clone(), &plain, Some(json!({"no": 1}))).await;
            let code = body["code"].as_str().unwrap_or_default();
            assert!(!code.starts_with("route."), "{method} {path}: {status} {body}");
        }
    }
    assert_eq!(count, operations().len());
}

#[tokio::test]
async fn without_a_token_nothing_is_done() {
    let world = World::open().await;
    for token in ["", "Bearer wrong", "Basic x"] {
        let request = Request::get(format!("{BASE}/orders")).header("Authorization", token);
        let (status, body) = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, 401, "{token}");
        assert_eq!(body["status"], 401);
    }
}

#[tokio::test]
async fn a_merchant_is_registered_with_everything_it_needs_to_sell() {
    let world = World::open().await;
    let (status, merchant) = world.post("/merchants", json!({"name": "测试商家", "nameEn": "Test Seller"})).await;
    assert_eq!(status, 201);
    fits("Merchant", &merchant);
    let path = format!("/merchants/{}", merchant["merchantId"].as_str().unwrap());
    fits("Merchant", &world.get(&path).await);

    let (status, key) = world.post(&format!("{path}/keys"), json!({"interfaceType": "base"})).await;
    assert_eq!((status, key["accessKey"].as_str().map(str::len)), (201, Some(32)));
    fits("AddedKey", &key);
    let given = json!({"interfaceType": "kit", "accessKey": "given"});
    assert_eq!(world.post(&format!("{path}/keys"), given).await.0, 201);
    let again = json!({"interfaceType": "general", "accessKey": "given"});
    let (status, problem) = world.post(&format!("{path}/keys"), again).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("key.bound")));
    let rotation = json!({"interfaceType": "base", "overlapHours": 1});
    assert_eq!(world.post(&format!("{path}/keys"), rotation).await.0, 201);
    let keys = world.get(&format!("{path}/keys")).await;
    fits("KeyList", &keys);
    let ends: Vec<bool> = keys["items"].as_array().unwrap().iter().map(|key| key["expiresAt"].is_null()).collect();
    assert_eq!(ends.iter().filter(|open| !**open).count(), 1, "the rotated key ends in an hour");

    let url = json!({"url": "http://seller.test/produce"});
    let (status, address) = world.post(&format!("{path}/production-addresses"), url.clone()).await;
    assert_eq!((status, address["state"].as_str()), (201, Some("certified")));
    fits("Address", &address);
    let (status, problem) = world.post(&format!("{path}/production-addresses"), url).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("address.exists")));
    let ftp = json!({"url": "ftp://seller.test/"});
    let (status, problem) = world.post(&format!("{path}/production-addresses"), ftp).await;
    assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("url")));
    fits("AddressList", &world.get(&format!("{path}/production-addresses")).await);

    let (status, pair) = world.post(&format!("{path}/credentials"), json!({})).await;
    assert_eq!(status, 201);
    fits("AddedCredential", &pair);
    let list = world.get(&format!("{path}/credentials")).await;
    fits("CredentialList", &list);
    assert!(list["items"][0].get("sk").is_none(), "the SK is shown once only");
    fits("MerchantPage", &world.get("/merchants").await);
}

#[tokio::test]
async fn buyers_are_added_once() {
    let world = World::open().await;
    let (status, buyer) = world.post("/buyers", json!({"customerName": "anna", "email": "anna@example.com"})).await;
    assert_eq!((status, buyer["customerId"].as_str().map(str::len)), (201, Some(32)));
    fits("Buyer", &buyer);
    assert_eq!(world.post("/buyers", json!({"customerName": "anna"})).await.0, 409);
    let (status, problem) = world.post("/buyers", json!({"customerName": "ben", "email": "ben"})).await;
    assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("email")));
    let page = world.get("/buyers?pageSize=2").await;
    fits("BuyerPage", &page);
    assert_eq!(page["hasMore"], true);
    assert_eq!(world.get("/buyers?pageSize=2&page=2").await["hasMore"], false);
}

#[tokio::test]
async fn products_are_published_and_found() {
    let world = World::open().await;
    let page = world.get("/products?pageSize=200").await;
    fits("ProductPage", &page);
    assert_eq!(page["items"].as_array().unwrap().len(), 10, "the seeded products");
    let new = json!({
        "merchantId": "m_demo", "addressId": "addr_demo", "name": {"zh": "新品", "en": "New"},
        "skus": [{"name": {"zh": "标准", "en": "Standard"}, "prices": [
            {"chargingMode": "PERIOD", "periodType": "month", "brackets": [{"unitPrice": "9.90"}]}
        ]}]
    });
    let (status, product) = world.post("/products", new).await;
    assert_eq!(status, 201, "{product}");
    fits("Product", &product);
    let path = format!("/products/{}", product["productCode"].as_str().unwrap());
    fits("Product", &world.get(&path).await);
    assert_eq!((&product["access"], &product["encryptionBits"]), (&json!("saasV2"), &json!(256)));
    let (status, product) = world.post(&format!("{path}/state"), json!({"state": "hidden"})).await;
    assert_eq!((status, product["state"].as_str()), (200, Some("hidden")));
    let (status, problem) = world.post("/products", json!({"merchantId": "m_demo"})).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("body.missing")));
}

#[tokio::test]
async fn an_order_is_placed_once_per_idempotency_key() {
    let world = World::open().await;
    let buyer = &world.seeded.buyers[0].0;
    let body = json!({"buyerId": buyer, "productId": "teamboard-standard-month", "quantity": 5, "periods": 2});
    let send = |body: Value| {
        let request = Request::post(format!("{BASE}/orders"))
            .header("Authorization", format!("Bearer {}", world.token))
            .header("Idempotency-Key", "key-1");
        world.send(request.body(Body::from(body.to_string())).unwrap())
    };
    let (status, order) = send(body.clone()).await;
    assert_eq!(status, 201, "{order}");
    fits("Order", &order);
    assert_eq!((order["state"].as_str(), order["payable"].as_str()), (Some("pendingPayment"), Some("190.00")));
    assert_eq!(order["orderLineId"], format!("{}-000001", order["orderId"].as_str().unwrap()));
    let (status, again) = send(body.clone()).await;
    assert_eq!((status.as_u16(), &again), (201, &order));
    let mut other = body;
    other["quantity"] = json!(6);
    let (status, problem) = send(other).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("idempotency.conflict")));
    let page = world.get(&format!("/orders?buyerId={buyer}")).await;
    fits("OrderPage", &page);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_key_at_the_same_moment_places_one_order() {
    let world = World::open().await;
    let body =
        json!({"buyerId": world.seeded.buyers[0].0, "productId": "monitor-basic-month", "pay": true}).to_string();
    let send = || {
        let request = Request::post(format!("{BASE}/orders"))
            .header("Authorization", format!("Bearer {}", world.token))
            .header("Idempotency-Key", "same-moment");
        world.send(request.body(Body::from(body.clone())).unwrap())
    };
    let (one, two, three) = tokio::join!(send(), send(), send());
    assert_eq!(one.0, 201, "{}", one.1);
    assert_eq!((&one, &one), (&two, &three));
    assert_eq!(world.get("/orders").await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_order_is_paid_and_its_instance_and_message_are_found() {
    let world = World::open().await;
    let buyer = &world.seeded.buyers[0].0;
    let body = json!({"buyerId": buyer, "productId": "migration-single-once", "pay": true});
    let (status, order) = world.post("/orders", body).await;
    assert_eq!((status, order["state"].as_str()), (201, Some("processing")));
    let order_id = order["orderId"].as_str().unwrap();
    fits("Order", &world.get(&format!("/orders/{order_id}")).await);
    let (status, problem) = world.post(&format!("/orders/{order_id}/cancel"), json!({})).await;
    assert_eq!(status, 409, "{problem}");
    fits("Instance", &world.get(&format!("/instances/{order_id}")).await);
    fits("InstancePage", &world.get("/instances?state=opening").await);
    let messages = world.get(&format!("/messages?orderId={order_id}")).await;
    fits("MessagePage", &messages);
    let id = messages["items"][0]["messageId"].as_str().unwrap();
    fits("MessageDetail", &world.get(&format!("/messages/{id}")).await);
}

#[tokio::test]
async fn an_instance_lives_its_whole_life_over_the_api() {
    let world = World::open().await;
    let buyer = &world.seeded.buyers[0].0;
    let body = json!({"buyerId": buyer, "productId": "helpdesk-team-trial", "quantity": 3, "pay": true});
    let (_, order) = world.post("/orders", body).await;
    world.store.run_due().await.unwrap();
    let path = format!("/instances/{}", order["orderId"].as_str().unwrap());
    assert_eq!(world.get(&path).await["state"], "active");
    let view = world.get(&format!("{path}/view")).await;
    fits("InstanceView", &view);
    assert_eq!(view["appInfo"]["frontEndUrl"], "https://app.example.com");

    let verbs = [
        ("trial-to-formal", json!({"productId": "helpdesk-team-month"}), 201),
        ("upgrade", json!({"quantity": 8}), 201),
        ("renew", json!({"periods": 2}), 201),
        ("cancel-renewal", json!({}), 201),
        ("change", json!({"productId": "helpdesk-team-year", "quantity": 4}), 201),
        ("freeze", json!({}), 200),
        ("unfreeze", json!({}), 200),
        ("unsubscribe", json!({}), 201),
    ];
    for (verb, body, expected) in verbs {
        let (status, answer) = world.post(&format!("{path}/{verb}"), body).await;
        assert_eq!(status, expected, "{verb}: {answer}");
        fits(if expected == 201 { "Order" } else { "Instance" }, &answer);
        world.store.run_due().await.unwrap();
    }
    assert_eq!(world.get(&path).await["state"], "released");

    let messages = world.get("/messages?state=succeeded&pageSize=200").await;
    fits("MessagePage", &messages);
    let activities = messages["items"].as_array().unwrap().iter().map(|message| message["activity"].as_str().unwrap());
    assert!(activities.clone().any(|activity| activity == "refreshInstance"));
    let id = messages["items"][0]["messageId"].as_str().unwrap();
    fits("MessageDetail", &world.get(&format!("/messages/{id}")).await);
    let (status, problem) = world.post(&format!("/messages/{id}/restart"), json!({})).await;
    assert_eq!(status, 409, "{problem}");
}

#[tokio::test]
async fn a_pending_order_is_cancelled_or_paid() {
    let world = World::open().await;
    let body = json!({"buyerId": world.seeded.buyers[1].0, "productId": "monitor-basic-year"});
    let (_, order) = world.post("/orders", body.clone()).await;
    let path = format!("/orders/{}", order["orderId"].as_str().unwrap());
    let (status, cancelled) = world.post(&format!("{path}/cancel"), json!({})).await;
    assert_eq!((status, cancelled["state"].as_str()), (200, Some("cancelled")));
    let (_, order) = world.post("/orders", body).await;
    let path = format!("/orders/{}/pay", order["orderId"].as_str().unwrap());
    let (status, paid) = world.post(&path, json!({})).await;
    assert_eq!((status, paid["state"].as_str()), (200, Some("processing")));
}

#[tokio::test]
async fn the_clock_is_frozen_advanced_and_resumed() {
    let world = World::open().await;
    fits("Clock", &world.get("/clock").await);
    let (status, clock) = world.post("/clock/freeze", json!({})).await;
    assert_eq!((status, clock["mode"].as_str()), (200, Some("frozen")));
    let (status, advanced) = world.post("/clock/advance", json!({"by": "P15D"})).await;
    assert_eq!(status, 200, "{advanced}");
    fits("Advanced", &advanced);
    assert!(advanced["now"].as_str().unwrap().starts_with("2026-12-10T08:00:00"));
    let (status, problem) = world.post("/clock/advance", json!({"by": "-P1D"})).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("clock.past")));
    assert_eq!(world.post("/clock/resume", json!({})).await.0, 200);
}

#[tokio::test]
async fn bad_input_is_named_in_the_callers_language() {
    let world = World::open().await;
    let request = |language: &str, body: &str| {
        Request::post(format!("{BASE}/orders"))
            .header("Authorization", format!("Bearer {}", world.token))
            .header("Accept-Language", language)
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    let body = r#"{"buyerId":"x","productId":"y","quantity":0}"#;
    let (status, problem) = world.send(request("zh-CN,zh;q=0.9", body)).await;
    assert_eq!(status, 422);
    assert_eq!(problem["detail"], "quantity 的允许范围为 1 到 1000000");
    let (_, problem) = world.send(request("en", body)).await;
    assert_eq!(problem["detail"], "the range of quantity is 1 to 1000000");
    fits("Problem", &problem);
    let (status, problem) = world.send(request("en", "{")).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (400, Some("body.json")));
    let large = format!("{{\"buyerId\":\"{}\"}}", "x".repeat(super::rim::MAX_BODY_BYTES));
    assert_eq!(world.send(request("en", &large)).await.0, 413);

    let (status, problem) = world.call(Method::GET, "/orders?stat=x", None).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (422, Some("query.unknown")));
    let (status, problem) = world.call(Method::GET, "/nothing", None).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (404, Some("route.unknown")));
    let (status, problem) = world.call(Method::DELETE, "/orders", None).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (405, Some("route.method")));
    for path in ["/orders/none", "/instances/none", "/messages/none", "/merchants/none", "/products/none"] {
        let (status, problem) = world.call(Method::GET, path, None).await;
        assert_eq!(status, 404, "{path}: {problem}");
    }
}

#[tokio::test]
async fn how_a_product_is_delivered_is_chosen_and_checked_when_it_is_published() {
    let world = World::open().await;
    let new = |more: Value| {
        let mut new = json!({
            "merchantId": "m_demo", "addressId": "addr_demo", "name": {"zh": "新品", "en": "New"},
            "skus": [{"name": {"zh": "标准", "en": "Standard"},
                "linear": {"name": {"zh": "空间", "en": "Space"}, "kind": "diskSize", "min": 1, "max": 9, "step": 1},
                "prices": [{"chargingMode": "PERIOD", "periodType": "month", "brackets": [{"unitPrice": "9.90"}]}]}]
        });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        new
    };
    let v1 = json!({"access": "saasV1", "acceptance": true, "encryptionBits": 128, "authorization": "mobile"});
    let (status, product) = world.post("/products", new(v1)).await;
    assert_eq!(status, 201, "{product}");
    fits("Product", &product);
    assert_eq!((&product["acceptance"], &product["authorization"]), (&json!(true), &json!("mobile")));
    assert_eq!(product["skus"][0]["linear"]["kind"], "diskSize");
    for (more, field) in [
        (json!({"acceptance": true}), "acceptance"),
        (json!({"encryptionBits": 128}), "encryptionBits"),
        (json!({"authorization": "email"}), "authorization"),
        (json!({"joint": true}), "appId"),
        (json!({"appId": "app_demo"}), "appId"),
        (json!({"access": "none"}), "skus.prices.chargingMode"),
    ] {
        let (status, problem) = world.post("/products", new(more.clone())).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{more}");
        assert!(problem["detail"].as_str() != problem["detailZh"].as_str());
    }
    let (status, problem) = world.post("/products", new(json!({"access": "saasV3"}))).await;
    assert_eq!(status, 422, "{problem}");
}

#[tokio::test]
async fn an_instance_after_acceptance_is_accepted_and_its_usage_is_looked_at() {
    let world = World::open().await;
    let buyer = &world.seeded.buyers[0].0;
    let order = json!({"buyerId": buyer, "productId": "granary-vault-month", "quantity": 100, "pay": true});
    let (status, order) = world.post("/orders", order).await;
    assert_eq!(status, 201, "{order}");
    world.store.run_due().await.unwrap();
    let path = format!("/instances/{}", order["orderId"].as_str().unwrap());
    let instance = world.get(&path).await;
    fits("Instance", &instance);
    assert_eq!((&instance["state"], &instance["expireAt"]), (&json!("awaitingAcceptance"), &json!(null)));
    let view = world.get(&format!("{path}/view")).await;
    fits("InstanceView", &view);
    assert_eq!(view["appInfo"]["unreadable"], json!(["userName"]));

    let (status, accepted) = world.post(&format!("{path}/accept"), json!({})).await;
    assert_eq!(status, 200, "{accepted}");
    fits("Instance", &accepted);
    assert_eq!((&accepted["state"], accepted["acceptedAt"].is_string()), (&json!("active"), true));
    assert_eq!(world.post(&format!("{path}/accept"), json!({})).await.0, 409);
    let usage = world.get(&format!("{path}/usage")).await;
    fits("Usage", &usage);
    assert_eq!(usage["usageInfo"][0]["usageValue"], 12);
    let (status, message) = world.post(&format!("{path}/collect-usage"), json!({})).await;
    assert_eq!((status, message["interface"].as_str()), (202, Some("saas_v1.query_instance")));
    fits("Message", &message);
    world.store.run_due().await.unwrap();
    let done = world.get("/messages?interface=saas_v1.new_instance.acceptance").await;
    assert_eq!(done["items"][0]["state"], "succeeded");
    fits("MessagePage", &done);
}

#[tokio::test]
async fn the_v1_key_looks_like_a_uuid() {
    let world = World::open().await;
    let (status, key) = world.post("/merchants/m_demo/keys", json!({"interfaceType": "saas_v1"})).await;
    assert_eq!((status, key["accessKey"].as_str().map(str::len)), (201, Some(36)), "{key}");
    fits("AddedKey", &key);
}

#[tokio::test]
async fn order_notifications_are_added_tried_and_deleted() {
    let world = World::open().await;
    let path = "/merchants/m_demo/notifications";
    let wanted = json!({"productCode": "teamboard", "addressId": "addr_demo"});
    let (status, added) = world.post(path, wanted.clone()).await;
    assert_eq!((status, &added["scope"]), (201, &json!("product")), "{added}");
    fits("Notification", &added);
    let (status, problem) = world.post(path, wanted).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("notification.taken")));
    assert_eq!(world.post(path, json!({"accessType": "image", "addressId": "addr_demo"})).await.0, 422);
    fits("NotificationList", &world.get(path).await);
    let one = format!("{path}/{}", added["notificationId"].as_str().unwrap());
    let (status, tried) = world.post(&format!("{one}/test"), json!({})).await;
    assert_eq!((status, &tried["state"], &tried["scene"]), (200, &json!("succeeded"), &json!("test")));
    fits("MessageDetail", &tried);
    let listed = world.get("/messages?protocol=order_notification").await;
    assert_eq!(listed["items"][0]["messageId"], tried["messageId"]);
    let (status, gone) = world.call(Method::DELETE, &one, None).await;
    assert_eq!((status.as_u16(), &gone["notificationId"]), (200, &added["notificationId"]));
    assert_eq!(world.call(Method::DELETE, &one, None).await.0, 404);
}

mod identity;
