//! The order out of the request, in the shape a queried order has, so that the app gets the same event
//! whichever protocol the store speaks. Pure.

use jiff::Timestamp;
use mercer_protocol::order_query::{
    BuyerInfo, ChargingMode, ExtendParam, OrderInfo, OrderLine, OrderType, PeriodType, ProductInfo,
};
use mercer_protocol::saas_v1::{ExtendParams, LinearValues, NewInstance, RefreshInstance, Upgrade};
use mercer_protocol::time::CompactTime;
use serde_json::{Map, Value as Json};

use super::personal::Personal;
use crate::instance::{Instance, Specification};

/// Name under which extended parameters that cannot be read reach the app as they came.
const RAW_PARAMETERS: &str = "saasExtendParams";

/// The line of the order of a first call: the product id where one order opens several instances (§3.1), else
/// nothing.
pub(super) fn line_of(new: &NewInstance) -> String {
    match new.charging_mode {
        Some(ChargingMode::OnDemand) => new.product_id.clone(),
        _ => String::new(),
    }
}

/// What was bought.
pub(super) fn specification(product_id: &str, sku_code: &str, linear: &LinearValues) -> Specification {
    Specification {
        product_id: product_id.to_owned(),
        sku_code: sku_code.to_owned(),
        linear_value: linear.amount.or(linear.disk_size).or(linear.band_width),
    }
}

/// The order of a purchase.
pub(super) fn of_purchase(new: &NewInstance, personal: &Personal, at: Timestamp) -> OrderInfo {
    let sku_code = new.sku_code.as_deref().unwrap_or_default();
    let charging_mode = new.charging_mode.clone().unwrap_or_else(|| ChargingMode::Other(String::new()));
    let line = OrderLine {
        expire_time: new.expire_time,
        period_type: new.period_type.clone(),
        period_number: new.period_number,
        currency_after_discount: new.order_amount.as_ref().map(ToString::to_string),
        product_info: vec![product(&specification(&new.product_id, sku_code, &new.linear), &new.linear)],
        ..line(line_of(new), charging_mode)
    };
    let order_type = if new.trial_flag.is_trial() { OrderType::Trial } else { OrderType::New };
    OrderInfo {
        buyer_info: Some(BuyerInfo {
            mobile_phone: personal.mobile_phone.clone(),
            email: personal.email.clone(),
            customer_id: Some(new.customer_id.clone()),
            customer_name: new.customer_name.clone(),
            user_id: new.user_id.clone(),
            user_name: new.user_name.clone(),
            ..BuyerInfo::default()
        }),
        ..order(&new.order_id, order_type, at, (line, new.extend_params.as_ref()))
    }
}

/// The order of a renewal, a conversion or a cancelled renewal. What the request leaves out stays as it is.
pub(super) fn of_refresh(refresh: &RefreshInstance, instance: &Instance, at: Timestamp) -> OrderInfo {
    let mut kept = instance.specification.clone();
    if let Some(product_id) = &refresh.product_id {
        kept.product_id.clone_from(product_id);
    }
    let is_refund = is_negative(refresh);
    let order_type = match (is_refund, refresh.is_conversion()) {
        (true, _) => OrderType::Unsubscribe,
        (false, true) => OrderType::TrialToFormal,
        (false, false) => OrderType::Renew,
    };
    let period_type = refresh.period_type.clone().or_else(|| period_type(instance));
    let line = OrderLine {
        expire_time: Some(refresh.expire_time),
        period_type,
        period_number: refresh.period_number.or(instance.period_number),
        currency_after_discount: refresh.order_amount.as_ref().map(ToString::to_string),
        product_info: vec![product(&kept, &LinearValues::default())],
        ..line(String::new(), ChargingMode::parse(&instance.charging_mode))
    };
    order(&refresh.order_id, order_type, at, (line, None))
}

/// The order of an upgrade.
pub(super) fn of_upgrade(upgrade: &Upgrade, instance: &Instance, at: Timestamp) -> OrderInfo {
    let bought = specification(&upgrade.product_id, &upgrade.sku_code, &upgrade.linear);
    let line = OrderLine {
        period_type: period_type(instance),
        period_number: instance.period_number,
        product_info: vec![product(&bought, &upgrade.linear)],
        ..line(String::new(), ChargingMode::parse(&instance.charging_mode))
    };
    order(&upgrade.order_id, OrderType::Change, at, (line, upgrade.extend_params.as_ref()))
}

/// Whether a refresh takes a renewal back: its amount is negative (§3.2, decision D26).
pub(super) fn is_negative(refresh: &RefreshInstance) -> bool {
    refresh.order_amount.as_ref().and_then(serde_json::Number::as_f64).is_some_and(|amount| amount < 0.0)
}

fn order(
    order_id: &str,
    order_type: OrderType,
    at: Timestamp,
    (line, extend_params): (OrderLine, Option<&ExtendParams>),
) -> OrderInfo {
    OrderInfo {
        order_id: order_id.to_owned(),
        order_type,
        create_time: Some(CompactTime::seconds(at)),
        order_line: vec![line],
        buyer_info: None,
        extend_params: extend_params.map(named).unwrap_or_default(),
        unknown: Map::new(),
    }
}

fn line(order_line_id: String, charging_mode: ChargingMode) -> OrderLine {
    OrderLine {
        order_line_id,
        charging_mode,
        expire_time: None,
        period_type: None,
        period_number: None,
        product_info: Vec::new(),
        extend_params: Vec::new(),
        currency: None,
        currency_after_discount: None,
        unknown: Map::new(),
    }
}

/// The product; all three linear attributes keep their own names beside the one value the app knows.
fn product(bought: &Specification, linear: &LinearValues) -> ProductInfo {
    let named = [("amount", linear.amount), ("diskSize", linear.disk_size), ("bandWidth", linear.band_width)];
    let unknown = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Json::from(value?))));
    ProductInfo {
        product_id: bought.product_id.clone(),
        sku_code: bought.sku_code.clone(),
        linear_value: bought.linear_value,
        product_name: None,
        unknown: unknown.collect(),
    }
}

fn named(parameters: &ExtendParams) -> Vec<ExtendParam> {
    match parameters.entries() {
        Some(entries) => entries.to_vec(),
        None => vec![ExtendParam { name: RAW_PARAMETERS.to_owned(), value: parameters.raw().to_owned() }],
    }
}

fn period_type(instance: &Instance) -> Option<PeriodType> {
    Some(instance.period_type.as_str()).filter(|text| !text.is_empty()).map(PeriodType::parse)
}
