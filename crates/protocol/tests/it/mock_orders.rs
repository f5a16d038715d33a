//! The nine mock orders.

use mercer_protocol::field::violations;
use mercer_protocol::order_query::{
    Answer, ChargingMode, CodePrefix, MOCK_ORDER_IDS, OrderType, PeriodType, Response, fields, mock_order, mock_orders,
    period_expiry,
};
use mercer_protocol::time::CompactTime;
use serde_json::{Value, json};

#[test]
fn all_nine_obey_the_tables_and_read_back() {
    let now = "2026-11-25T02:03:04Z".parse().unwrap();
    let orders = mock_orders(now);
    assert_eq!(orders.len(), MOCK_ORDER_IDS.len());
    for (order, id) in orders.into_iter().zip(MOCK_ORDER_IDS) {
        assert_eq!((order.order_id.as_str(), order.order_line[0].order_line_id.clone()), (id, format!("{id}-000001")));
        let body = Response::found(order.clone()).to_json(CodePrefix::Mkt);
        let value: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(violations(fields::RESPONSE, value.as_object().unwrap()), []);
        assert_eq!(Answer::read(200, body.as_bytes()), Answer::Found(Box::new(order)));
    }
    assert_eq!(mock_order("MOCKSOMETHING", now), None);
}

#[test]
fn the_documented_example_is_reproduced() {
    let order = mock_order("MOCKPERIODYEARNEW", "2026-03-01T02:03:04Z".parse().unwrap()).unwrap();
    let expected = json!({"orderId":"MOCKPERIODYEARNEW","orderType":"NEW","createTime":"20260301020304",
        "orderLine":[{"orderLineId":"MOCKPERIODYEARNEW-000001","chargingMode":"PERIOD","periodType":"year","periodNumber":1,
        "expireTime":"20270301155959",
        "productInfo":[{"productId":"OFFI000000000000000001","skuCode":"0c0b7c1e-0000-4000-8000-000000000001","linearValue":50,"productName":"Demo,Spec,Basic,Period"}],
        "extendParams":[{"name":"emailDomainName","value":"demo.example"},{"name":"ip","value":"192.0.2.10"}],
        "currency":"100","currencyAfterDiscount":"100"}],
        "buyerInfo":{"mobilePhone":"13000000000","email":null,"customerId":"00000000000000000000000000000001","customerName":"mock_buyer",
        "customerRealName":"Mock Buyer","customerType":0,"userId":null,"userName":null},
        "extendParams":[]});
    assert_eq!(Value::from(order), expected);
}

#[test]
fn scenes_have_their_order_type_and_charging_mode() {
    let now = "2026-11-25T02:03:04Z".parse().unwrap();
    let scene =
        |id| mock_order(id, now).map(|order| (order.order_type, order.order_line[0].charging_mode.clone())).unwrap();
    assert_eq!(scene("MOCKONETIMENEW"), (OrderType::New, ChargingMode::OneTime));
    assert_eq!(scene("MOCKONDEMANDPKG"), (OrderType::New, ChargingMode::OnDemandPackage));
    assert_eq!(scene("MOCKPERIODDAYTRIAL"), (OrderType::Trial, ChargingMode::Period));
    assert_eq!(scene("MOCKMONTYUNSUBSCRIBE"), (OrderType::Unsubscribe, ChargingMode::Period));
}

#[test]
fn a_period_ends_with_a_beijing_day() {
    let expiry = |start: &str, period_type, periods| {
        period_expiry(start.parse().unwrap(), &period_type, periods).map(|at| CompactTime::seconds(at).to_string())
    };
    assert_eq!(expiry("2026-01-31T00:00:00Z", PeriodType::Month, 1).as_deref(), Some("20260228155959"));
    // 20:00 UTC is already the next day in Beijing.
    assert_eq!(expiry("2026-01-31T20:00:00Z", PeriodType::Day, 7).as_deref(), Some("20260208155959"));
    assert_eq!(expiry("2024-02-29T00:00:00Z", PeriodType::Year, 1).as_deref(), Some("20250228155959"));
    assert_eq!(expiry("2026-01-31T00:00:00Z", PeriodType::Other("week".into()), 1), None);
    assert_eq!(expiry("2026-01-31T00:00:00Z", PeriodType::Year, i64::MAX), None);
}
