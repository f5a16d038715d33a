//! An order as the open API "query order" gives it to the merchant. Pure. Source: open APIs §3.1.

use mercer_kernel::money::Money;
use mercer_protocol::order_query::{
    BuyerInfo, ChargingMode, ExtendParam, OrderInfo, OrderLine, OrderType, PeriodType, ProductInfo,
};
use mercer_protocol::time::CompactTime;
use serde_json::Map;

use super::Order;
use crate::merchant::Buyer;

/// The content of an order: every member, amounts as plain decimals, times in UTC (D5, D6, D7).
pub(crate) fn describe(order: &Order, buyer: &Buyer) -> OrderInfo {
    let product = ProductInfo {
        product_id: order.product_id.clone(),
        sku_code: order.sku_code.clone(),
        linear_value: order.quantity,
        product_name: Some(order.product_name.clone()),
        unknown: Map::new(),
    };
    let line = OrderLine {
        order_line_id: order.order_line_id(),
        charging_mode: ChargingMode::parse(order.charging_mode.code()),
        expire_time: order.reference_expire_at.map(|at| CompactTime::seconds(at.to_jiff())),
        period_type: order.period_type.map(|period| PeriodType::parse(period.code())),
        period_number: order.period_number,
        product_info: vec![product],
        extend_params: order
            .extend_params
            .iter()
            .map(|param| ExtendParam { name: param.name.clone(), value: param.value.clone() })
            .collect(),
        currency: Some(plain(order.amount)),
        currency_after_discount: Some(plain(order.payable)),
        unknown: Map::new(),
    };
    OrderInfo {
        order_id: order.order_id.clone(),
        order_type: OrderType::parse(order.kind.order_type()),
        create_time: Some(CompactTime::seconds(order.created_at.to_jiff())),
        order_line: vec![line],
        buyer_info: Some(buyer_info(buyer)),
        extend_params: Vec::new(),
        unknown: Map::new(),
    }
}

fn buyer_info(buyer: &Buyer) -> BuyerInfo {
    BuyerInfo {
        mobile_phone: buyer.mobile_phone.clone(),
        email: buyer.email.clone(),
        customer_id: Some(buyer.customer_id.clone()),
        customer_name: Some(buyer.customer_name.clone()),
        customer_real_name: buyer.customer_real_name.clone(),
        customer_type: Some(buyer.customer_type.number()),
        user_id: buyer.user_id.clone(),
        user_name: buyer.user_name.clone(),
        unknown: Map::new(),
    }
}

/// `100` for 100.00, `99.9` for 99.90.
fn plain(money: Money) -> String {
    money.decimal().normalize().to_string()
}
