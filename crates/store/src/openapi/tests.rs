//! The open APIs through the router, as a merchant meets them.

use axum::body::Body;
use http::{Request, StatusCode};
use mercer_kernel::db::Batch;
use mercer_protocol::aksk::{Credentials, RequestToSign, sign};
use serde_json::Value;

use crate::control::test_world::{AK, NOW, SK, World};
use crate::merchant::{self, NewCredential, NewMerchant};
use crate::order::{self, PlaceOrder};

const PATH: &str = "/api/mkp-openapi-public/global/v1/order/query";
const HOST: &str = "127.0.0.1:7001";

/// A query for an order, signed by the seeded merchant.
fn signed(query: &str, secret: &str, at: &str) -> Request<Body> {
    signed_by(AK, query, secret, at)
}

fn signed_by(ak: &str, query: &str, secret: &str, at: &str) -> Request<Body> {
    let credentials = Credentials { access_key_id: ak.to_owned(), secret_access_key: secret.to_owned() };
    let signed = sign(
        &credentials,
        &RequestToSign {
            method: "GET",
            host: HOST,
            path: PATH,
            raw_query: query,
            content_type: None,
            body: b"",
            at: at.parse().unwrap(),
        },
    );
    let mut request = Request::get(format!("{PATH}?{query}")).header("Host", HOST);
    for (name, value) in signed.headers() {
        request = request.header(name, value);
    }
    request.body(Body::empty()).unwrap()
}

async fn ask(world: &World, query: &str) -> (StatusCode, Value) {
    world.send(signed(query, SK, NOW)).await
}

#[tokio::test]
async fn every_mock_order_is_answered_to_an_authenticated_merchant() {
    let world = World::open().await;
    for id in mercer_protocol::order_query::MOCK_ORDER_IDS {
        let (status, body) = ask(&world, &format!("orderId={id}&orderLineId={id}-000001")).await;
        assert_eq!((status.as_u16(), body["resultCode"].as_str()), (200, Some("MKT.0000")), "{id}");
        assert_eq!(body["orderInfo"]["orderId"], id);
        assert_eq!(body["orderInfo"]["orderLine"][0]["orderLineId"], format!("{id}-000001"));
    }
}

#[tokio::test]
async fn answers_carry_the_common_headers() {
    let world = World::open().await;
    let (status, headers, _) = world.exchange(signed("orderId=MOCKONETIMENEW", SK, NOW)).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "application/json;charset=UTF-8");
    assert_eq!(headers["date"], "Wed, 25 Nov 2026 08:00:00 GMT");
    assert_eq!(headers["x-request-id"].len(), 32);
    assert!(headers.contains_key("server") && headers.contains_key("content-length"));
}

#[tokio::test]
async fn bad_questions_get_the_codes_of_the_table() {
    let world = World::open().await;
    let cases = [
        ("orderLineId=x", 400, "MKT.0101"),
        ("orderId=MOCKONETIMENEW&page=1", 400, "MKT.0101"),
        ("orderId=NOSUCHORDER", 500, "MKT.0100"),
        ("orderId=MOCKONETIMENEW&orderLineId=other", 500, "MKT.0100"),
    ];
    for (query, status, code) in cases {
        let (found, body) = ask(&world, query).await;
        assert_eq!((found.as_u16(), body["resultCode"].as_str()), (status, Some(code)), "{query}");
    }
    let (_, body) = ask(&world, "orderId=NOSUCHORDER").await;
    assert_eq!(body["extra_info"], "NOSUCHORDER");
    assert_eq!(body["resultMsg"], "Failure of input parameter: order not found");
}

#[tokio::test]
async fn an_order_is_told_to_its_merchant_and_to_no_other() {
    let world = World::open().await;
    let core = world.store.core();
    let wanted = PlaceOrder {
        buyer_id: world.seeded.buyers[0].0.clone(),
        product_id: "teamboard-standard-year".to_owned(),
        quantity: Some(7),
        period_number: None,
        extend_params: Vec::new(),
        pay: true,
    };
    let order = order::place_order(core, &wanted, &|_| Batch::new()).await.unwrap();
    let query = format!("orderId={}", order.order_id);
    let (status, body) = ask(&world, &query).await;
    assert_eq!(status, 200, "{body}");
    let info = &body["orderInfo"];
    assert_eq!((info["orderType"].as_str(), info["createTime"].as_str()), (Some("NEW"), Some("20261125080000")));
    let line = &info["orderLine"][0];
    assert_eq!(line["orderLineId"], order.order_line_id());
    assert_eq!(line["productInfo"][0]["linearValue"], 7);
    assert_eq!(line["productInfo"][0]["skuCode"], "teamboard-standard");
    assert_eq!(info["buyerInfo"]["customerName"], "linlan");

    let (_, narrowed) = ask(&world, &format!("{query}&orderLineId={}", order.order_line_id())).await;
    assert_eq!(narrowed["orderInfo"]["orderLine"].as_array().unwrap().len(), 1);
    let (status, body) = ask(&world, &format!("{query}&orderLineId=no")).await;
    assert_eq!((status.as_u16(), body["resultCode"].as_str()), (500, Some("MKT.0100")));

    let other = NewMerchant { merchant_id: Some("m_other".to_owned()), name: "别家".to_owned(), name_en: None };
    merchant::add_merchant(&core.foundation, &other).await.unwrap();
    let pair = NewCredential { ak: Some("OTHERAK".to_owned()), sk: Some("other".to_owned()) };
    merchant::add_credential(&core.foundation, "m_other", &pair).await.unwrap();
    let (status, body) = world.send(signed_by("OTHERAK", &query, "other", NOW)).await;
    assert_eq!((status.as_u16(), body["resultCode"].as_str()), (401, Some("MKT.0150")));
    let (status, _) = world.send(signed_by("OTHERAK", "orderId=MOCKONETIMENEW", "other", NOW)).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_wrong_signature_is_explained_in_the_sandbox() {
    let world = World::open().await;
    let (status, headers, body) = world.exchange(signed("orderId=MOCKONETIMENEW", "wrong", NOW)).await;
    assert_eq!(status, 401);
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["error_code"], "APIGW.0301");
    assert_eq!(body["request_id"].as_str().unwrap(), headers["x-request-id"]);
    let message = body["error_msg"].as_str().unwrap();
    assert!(message.starts_with("Incorrect IAM authentication information: verify aksk signature fail"));
    assert!(message.contains(&format!("GET\n{PATH}/\norderId=MOCKONETIMENEW\nhost:{HOST}\n")), "{message}");
}

#[tokio::test]
async fn a_stale_date_an_unknown_key_and_no_authorization_are_refused() {
    let world = World::open().await;
    let stale = signed("orderId=MOCKONETIMENEW", SK, "2026-11-25T07:44:59Z");
    let (status, body) = world.send(stale).await;
    assert_eq!((status.as_u16(), body["error_code"].as_str()), (401, Some("APIGW.0303")));
    let at_the_limit = signed("orderId=MOCKONETIMENEW", SK, "2026-11-25T07:45:00Z");
    assert_eq!(world.send(at_the_limit).await.0, 200);

    let bare = Request::get(format!("{PATH}?orderId=MOCKONETIMENEW")).header("Host", HOST);
    let (status, body) = world.send(bare.body(Body::empty()).unwrap()).await;
    assert_eq!((status.as_u16(), body["error_code"].as_str()), (401, Some("APIGW.0301")));

    let mut unknown = signed("orderId=MOCKONETIMENEW", SK, NOW);
    let text = unknown.headers()["authorization"].to_str().unwrap().replace(AK, "NOBODY");
    unknown.headers_mut().insert("authorization", text.parse().unwrap());
    let (status, body) = world.send(unknown).await;
    assert_eq!((status.as_u16(), body["error_code"].as_str()), (401, Some("APIGW.0301")));
}

#[tokio::test]
async fn routing_comes_before_the_signature() {
    let world = World::open().await;
    let wrong = [
        Request::post(format!("{PATH}?orderId=x")),
        Request::get("/api/mkp-openapi-public/global/v1/order/other"),
        Request::get("/rest/marketplace/v1/isv/usage-data"),
        Request::get(format!("{PATH}?orderId=x")).header("X-Stage", "TEST"),
    ];
    for request in wrong {
        let (status, body) = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((status.as_u16(), body["error_code"].as_str()), (404, Some("APIGW.0101")));
    }
}

#[tokio::test]
async fn calls_that_are_too_large_are_refused_before_anything_else() {
    let world = World::open().await;
    let long = format!("{PATH}?orderId={}", "x".repeat(32 * 1024));
    let (status, body) = world.send(Request::get(long).body(Body::empty()).unwrap()).await;
    assert_eq!((status.as_u16(), body["error_code"].as_str()), (414, Some("APIGW.0201")));

    let wide = Request::get(PATH).header("X-Wide", "x".repeat(32 * 1024));
    let (status, _) = world.send(wide.body(Body::empty()).unwrap()).await;
    assert_eq!(status.as_u16(), 494);

    let heavy = Request::get(PATH).body(Body::from(vec![b'x'; 12 * 1024 * 1024 + 1])).unwrap();
    assert_eq!(world.send(heavy).await.0.as_u16(), 413);
}

#[tokio::test]
async fn the_201st_call_of_a_second_is_one_too_many() {
    let world = World::open().await;
    for _ in 0..200 {
        assert_eq!(ask(&world, "orderId=MOCKONETIMENEW").await.0, 200);
    }
    let (status, body) = ask(&world, "orderId=MOCKONETIMENEW").await;
    assert_eq!((status.as_u16(), body["error_code"].as_str()), (429, Some("APIGW.0308")));
}
