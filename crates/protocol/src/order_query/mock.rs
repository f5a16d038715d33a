//! The nine mock orders: fixed ids for debugging, answered to every authenticated merchant.
//!
//! Source: open APIs §3.1. All content is made up; only the ids and the JSON types are the store's.

use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use serde_json::Map;

use super::order::{BuyerInfo, ExtendParam, OrderInfo, OrderLine, ProductInfo};
use super::words::{ChargingMode, OrderType, PeriodType};
use crate::time::CompactTime;

/// Ids of the mock orders. "MONTY" is the vendor's spelling.
pub const MOCK_ORDER_IDS: [&str; 9] = [
    "MOCKPERIODYEARNEW",
    "MOCKONETIMENEW",
    "MOCKONDEMAND",
    "MOCKONDEMANDPKG",
    "MOCKPERIODDAYTRIAL",
    "MOCKMONTYTRIALTOFORMAL",
    "MOCKMONTYUNSUBSCRIBE",
    "MOCKMONTYRENEW",
    "MOCKMONTYCHANGE",
];

/// The store's days are Beijing days, which have no daylight saving time.
const BEIJING_HOURS: i8 = 8;

/// All nine, placed now.
pub fn mock_orders(now: Timestamp) -> Vec<OrderInfo> {
    MOCK_ORDER_IDS.iter().filter_map(|id| mock_order(id, now)).collect()
}

/// One mock order, placed now; none when the id is no mock id.
pub fn mock_order(order_id: &str, now: Timestamp) -> Option<OrderInfo> {
    let yearly = Some((PeriodType::Year, 1));
    let monthly = Some((PeriodType::Month, 1));
    let (order_type, charging_mode, period) = match order_id {
        "MOCKPERIODYEARNEW" => (OrderType::New, ChargingMode::Period, yearly),
        "MOCKONETIMENEW" => (OrderType::New, ChargingMode::OneTime, None),
        "MOCKONDEMAND" => (OrderType::New, ChargingMode::OnDemand, None),
        "MOCKONDEMANDPKG" => (OrderType::New, ChargingMode::OnDemandPackage, None),
        "MOCKPERIODDAYTRIAL" => (OrderType::Trial, ChargingMode::Period, Some((PeriodType::Day, 7))),
        "MOCKMONTYTRIALTOFORMAL" => (OrderType::TrialToFormal, ChargingMode::Period, monthly),
        "MOCKMONTYUNSUBSCRIBE" => (OrderType::Unsubscribe, ChargingMode::Period, monthly),
        "MOCKMONTYRENEW" => (OrderType::Renew, ChargingMode::Period, monthly),
        "MOCKMONTYCHANGE" => (OrderType::Change, ChargingMode::Period, monthly),
        _ => return None,
    };
    Some(OrderInfo {
        order_id: order_id.to_owned(),
        order_type,
        create_time: Some(CompactTime::seconds(now)),
        order_line: vec![line(order_id, charging_mode, period, now)],
        buyer_info: Some(buyer()),
        extend_params: Vec::new(),
        unknown: Map::new(),
    })
}

/// Computed expiry of a period: 23:59:59 Beijing time of its last day (decision D5). None when the
/// period type is unknown or the calendar ends before the period.
pub fn period_expiry(start: Timestamp, period_type: &PeriodType, periods: i64) -> Option<Timestamp> {
    let beijing = Offset::constant(BEIJING_HOURS);
    let span = match period_type {
        PeriodType::Year => Span::new().try_years(periods),
        PeriodType::Month => Span::new().try_months(periods),
        PeriodType::Day => Span::new().try_days(periods),
        PeriodType::Other(_) => return None,
    };
    let last_day = beijing.to_datetime(start).date().checked_add(span.ok()?).ok()?;
    beijing.to_timestamp(last_day.at(23, 59, 59, 0)).ok()
}

fn line(order_id: &str, charging_mode: ChargingMode, period: Option<(PeriodType, i64)>, now: Timestamp) -> OrderLine {
    let expires = period.as_ref().and_then(|(period_type, periods)| period_expiry(now, period_type, *periods));
    let (period_type, period_number) = period.unzip();
    let param = |name: &str, value: &str| ExtendParam { name: name.to_owned(), value: value.to_owned() };
    OrderLine {
        order_line_id: format!("{order_id}-000001"),
        product_info: vec![ProductInfo {
            product_id: "OFFI000000000000000001".to_owned(),
            sku_code: "0c0b7c1e-0000-4000-8000-000000000001".to_owned(),
            linear_value: Some(50),
            product_name: Some(format!("Demo,Spec,Basic,{}", charging_word(&charging_mode))),
            unknown: Map::new(),
        }],
        charging_mode,
        expire_time: expires.map(CompactTime::seconds),
        period_type,
        period_number,
        extend_params: vec![param("emailDomainName", "demo.example"), param("ip", "192.0.2.10")],
        currency: Some("100".to_owned()),
        currency_after_discount: Some("100".to_owned()),
        unknown: Map::new(),
    }
}

fn charging_word(mode: &ChargingMode) -> &str {
    match mode {
        ChargingMode::OnDemand => "On demand",
        ChargingMode::OneTime => "One time",
        ChargingMode::Period => "Period",
        ChargingMode::OnDemandPackage => "Package",
        ChargingMode::Other(text) => text,
    }
}

fn buyer() -> BuyerInfo {
    BuyerInfo {
        mobile_phone: Some("13000000000".to_owned()),
        customer_id: Some("00000000000000000000000000000001".to_owned()),
        customer_name: Some("mock_buyer".to_owned()),
        customer_real_name: Some("Mock Buyer".to_owned()),
        customer_type: Some(0),
        ..BuyerInfo::default()
    }
}
