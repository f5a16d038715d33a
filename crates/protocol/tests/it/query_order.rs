//! Query order: the question, the answers, and what a merchant makes of them.

use mercer_protocol::order_query::{Answer, CodePrefix, MktCode, Query, QueryRefusal, Recovery, Response, Surplus};

#[test]
fn a_question_is_written_and_read_back() {
    for line in [None, Some("CS 1/一-000001".to_owned())] {
        let query = Query { order_id: "CS 1/一".to_owned(), order_line_id: line };
        assert_eq!(Query::parse(&query.to_query_string(), Surplus::Refuse), Ok(query));
    }
}

#[test]
fn surplus_missing_repeated_and_overlong_parameters_are_refused() {
    let parse = |raw: &str| Query::parse(raw, Surplus::Refuse).unwrap_err();
    assert_eq!(parse("").code(), MktCode::InvalidParameter);
    assert_eq!(parse("orderId="), QueryRefusal::MissingOrderId);
    assert_eq!(parse("orderId=1&x=2"), QueryRefusal::SurplusParameter { name: "x".to_owned() });
    assert_eq!(parse("orderId=1&orderId=2"), QueryRefusal::RepeatedParameter { name: "orderId" });
    assert!(Query::parse(&format!("orderId={}", "x".repeat(64)), Surplus::Refuse).is_ok());
    assert_eq!(parse(&format!("orderId={}", "x".repeat(65))).code(), MktCode::BadInput);
    assert!(Query::parse("orderId=1&x=2", Surplus::Ignore).is_ok());
}

#[test]
fn refusals_carry_their_status_text_and_detail() {
    let refused = Response::refused(MktCode::BadInput, "order not found");
    assert_eq!(refused.http_status(), 500);
    assert_eq!(
        refused.to_json(CodePrefix::Mkt),
        r#"{"resultCode":"MKT.0100","resultMsg":"Failure of input parameter: order not found","extra_info":"order not found"}"#
    );
    let body = refused.to_json(CodePrefix::Cbc);
    assert_eq!(Answer::read(500, body.as_bytes()), Answer::Refused(refused));
}

#[test]
fn only_what_a_merchant_cannot_do_without_is_required() {
    let body = br#"{"resultCode":"CBC.0000","resultMsg":"Success","orderInfo":{"orderId":1,"later":true,"orderLine":[
        {"orderLineId":"1-000001","chargingMode":"PERIOD","periodNumber":"2","currency":100.50,"expireTime":"soon",
         "productInfo":[{"productId":"P","skuCode":"S","linearValue":"50.0"}],"extendParams":null}]}}"#;
    let Answer::Found(order) = Answer::read(200, body) else { panic!("not found") };
    let line = &order.order_line[0];
    assert_eq!((line.period_number, line.product_info[0].linear_value), (Some(2), Some(50)));
    assert_eq!((line.currency.as_deref(), line.expire_time), (Some("100.50"), None));
    assert_eq!(order.unknown["later"], true);
    // What SaaS V1.0 does not say: its orders are kept in the same form.
    let bare =
        br#"{"resultCode":"MKT.0000","orderInfo":{"orderId":"1","orderLine":[{"productInfo":[{"productId":"P"}]}]}}"#;
    let Answer::Found(order) = Answer::read(200, bare) else { panic!("not found") };
    assert_eq!((order.order_line[0].order_line_id.as_str(), order.order_line[0].charging_mode.as_str()), ("", ""));
    let missing =
        br#"{"resultCode":"MKT.0000","orderInfo":{"orderId":"1","orderLine":[{"productInfo":[{"skuCode":"S"}]}]}}"#;
    let Answer::Unreadable { detail, .. } = Answer::read(200, missing) else { panic!("readable") };
    assert_eq!(detail, "productId is missing");
}

#[test]
fn a_merchant_knows_when_asking_again_can_help() {
    let recovery = |status, body: &str| Answer::read(status, body.as_bytes()).recovery();
    let apigw = |code: &str| format!(r#"{{"error_msg":"x","error_code":"{code}","request_id":"y"}}"#);
    assert_eq!(recovery(401, &apigw("APIGW.0301")), Recovery::Final);
    assert_eq!(recovery(429, &apigw("APIGW.0308")), Recovery::Repeat);
    assert_eq!(recovery(504, &apigw("APIGW.0201")), Recovery::Repeat);
    assert_eq!(recovery(500, r#"{"resultCode":"MKT.0100"}"#), Recovery::Final);
    assert_eq!(recovery(500, r#"{"resultCode":"MKT.0999"}"#), Recovery::Repeat);
    assert_eq!(recovery(406, r#"{"resultCode":"MKT. 0250"}"#), Recovery::Repeat);
    assert_eq!(recovery(502, "<html>"), Recovery::Repeat);
    assert_eq!(recovery(404, "<html>"), Recovery::Final);
}
