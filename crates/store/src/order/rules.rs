//! What an order may contain and what it costs. Pure.

use mercer_kernel::clock::Instant;
use mercer_kernel::money::Money;
use rust_decimal::Decimal;

use super::{ExtendParam, Order, OrderKind, OrderState};
use crate::catalog::pricing::{self, Tariff};
use crate::catalog::rules as catalog_rules;
use crate::catalog::{ChargingMode, Names, Offer, PeriodType};
use crate::error::Answer;
use crate::instance::calendar::period_end;
use crate::refusal::Refusal;

/// Extension parameters of an order. Source: seller centre chapter 8.
pub(crate) const EXTEND_PARAM_LIMIT: usize = 3;
/// Longest name of one.
pub(crate) const EXTEND_NAME_CHARACTERS: usize = 64;
/// Longest value of one.
pub(crate) const EXTEND_VALUE_CHARACTERS: usize = 255;

/// What somebody wants to order.
#[derive(Debug, Clone)]
pub(crate) struct Wish<'a> {
    /// For what purpose.
    pub(crate) kind: OrderKind,
    /// Who.
    pub(crate) buyer_id: &'a str,
    /// Which price.
    pub(crate) offer: &'a Offer,
    /// How many, when the specification is counted.
    pub(crate) quantity: Option<i64>,
    /// For how many periods.
    pub(crate) periods: Option<i64>,
    /// What the buyer filled in.
    pub(crate) extend_params: Vec<ExtendParam>,
}

/// The order for a wish, not yet paid: the full price of its periods.
///
/// # Errors
/// When something is out of range.
pub(crate) fn order(wish: Wish<'_>, order_id: String, now: Instant) -> Answer<Order> {
    let Wish { kind, buyer_id, offer, quantity, periods, extend_params } = wish;
    let quantity = catalog_rules::quantity(offer.sku.linear.as_ref(), quantity)?;
    let periods = catalog_rules::periods(offer, periods)?;
    check_extend_params(&extend_params)?;
    let tariff = Tariff { mode: offer.price.mode, brackets: &offer.price.brackets };
    let counted = if offer.price.is_trial() { 1 } else { periods.unwrap_or(1) };
    let amount = match offer.price.charging_mode {
        ChargingMode::Period | ChargingMode::OneTime => {
            pricing::amount(tariff, Decimal::from(quantity.unwrap_or(1)), counted, offer.product.currency)?
        }
        // Paid for as it is used, not when it is opened.
        ChargingMode::OnDemand => Money::zero(offer.product.currency),
    };
    let reference_expire_at = match (offer.price.period_type, periods) {
        (Some(period), Some(number)) => Some(period_end(now, period, number).ok_or_else(too_far)?),
        (None, _) | (_, None) => None,
    };
    Ok(Order {
        order_id,
        merchant_id: offer.product.merchant_id.clone(),
        buyer_id: buyer_id.to_owned(),
        kind,
        state: OrderState::PendingPayment,
        product_code: offer.product.product_code.clone(),
        sku_code: offer.sku.sku_code.clone(),
        product_id: offer.price.product_id.clone(),
        product_name: product_name(offer),
        names: names(offer),
        charging_mode: offer.price.charging_mode,
        period_type: offer.price.period_type,
        period_number: periods,
        quantity,
        currency: offer.product.currency,
        amount,
        payable: amount,
        refunded: Money::zero(offer.product.currency),
        resource_id: None,
        related_order_id: None,
        expire_before: None,
        expire_after: None,
        reference_expire_at,
        extend_params,
        failure: String::new(),
        quota_slot: None,
        created_at: now,
        paid_at: None,
        finished_at: None,
        version: 1,
    })
}

/// The order that gives `money` back for `undone` (退订), already completed.
pub(crate) fn refund_order(kind: OrderKind, undone: &Order, money: Money, order_id: String, now: Instant) -> Order {
    Order {
        order_id,
        kind,
        state: OrderState::Completed,
        amount: money,
        payable: money,
        refunded: Money::zero(undone.currency),
        related_order_id: Some(undone.order_id.clone()),
        expire_before: None,
        expire_after: None,
        failure: String::new(),
        quota_slot: None,
        created_at: now,
        paid_at: Some(now),
        finished_at: Some(now),
        version: 1,
        ..undone.clone()
    }
}

/// The order after its payment: the merchant is asked next.
///
/// # Errors
/// When it is not waiting for payment.
pub(crate) fn paid(mut order: Order, now: Instant) -> Result<Order, Refusal> {
    check_pending(&order)?;
    order.state = OrderState::Processing;
    order.paid_at = Some(now);
    Ok(order)
}

/// The order after the buyer or the store cancelled it.
///
/// # Errors
/// When it is not waiting for payment.
pub(crate) fn cancelled(mut order: Order, now: Instant) -> Result<Order, Refusal> {
    check_pending(&order)?;
    order.state = OrderState::Cancelled;
    order.finished_at = Some(now);
    Ok(order)
}

/// The order after the merchant did what it asked for.
pub(crate) fn completed(mut order: Order, now: Instant) -> Order {
    if order.state == OrderState::Processing {
        order.state = OrderState::Completed;
        order.finished_at = Some(now);
    }
    order
}

/// The order after its interface failed for good: everything is given back.
pub(crate) fn failed(mut order: Order, why: &str, now: Instant) -> Order {
    order.state = OrderState::Failed;
    order.refunded = order.payable;
    why.clone_into(&mut order.failure);
    order.finished_at = Some(now);
    order
}

fn check_pending(order: &Order) -> Result<(), Refusal> {
    let (zh, en) = match order.state {
        OrderState::PendingPayment => return Ok(()),
        OrderState::Processing | OrderState::Completed => ("订单已支付", "the order is paid already"),
        OrderState::Cancelled => ("订单已取消", "the order is cancelled"),
        OrderState::Failed => ("订单已失败并退款", "the order failed and was refunded"),
    };
    Err(Refusal::conflict("order.state", zh, en))
}

fn check_extend_params(params: &[ExtendParam]) -> Result<(), Refusal> {
    let fits = |param: &ExtendParam| {
        let name = param.name.chars().count();
        !param.name.trim().is_empty()
            && name <= EXTEND_NAME_CHARACTERS
            && param.value.chars().count() <= EXTEND_VALUE_CHARACTERS
    };
    let unique = params.iter().enumerate().all(|(at, one)| params[..at].iter().all(|other| other.name != one.name));
    if params.len() <= EXTEND_PARAM_LIMIT && params.iter().all(fits) && unique {
        return Ok(());
    }
    Err(Refusal::invalid(
        "order.extend_params",
        "extendParams",
        format!(
            "扩展参数最多 {EXTEND_PARAM_LIMIT} 个，名称不重复且最长 {EXTEND_NAME_CHARACTERS}，值最长 {EXTEND_VALUE_CHARACTERS} 个字符"
        ),
        format!(
            "at most {EXTEND_PARAM_LIMIT} parameters with different names of up to {EXTEND_NAME_CHARACTERS} and values of up to \
             {EXTEND_VALUE_CHARACTERS} characters"
        ),
    ))
}

fn too_far() -> Refusal {
    Refusal::invalid("order.period_number", "periodNumber", "到期时间超出范围", "the expiry is out of range")
}

/// Product and specification, for people.
pub(crate) fn names(offer: &Offer) -> Names {
    let both = |product: &str, sku: &str| format!("{product} · {sku}");
    Names::new(both(&offer.product.name.zh, &offer.sku.name.zh), both(&offer.product.name.en, &offer.sku.name.en))
}

/// `product,spec,edition,charging` as the open API gives it; commas inside the names become blanks.
fn product_name(offer: &Offer) -> String {
    let edition = match offer.price.period_type {
        Some(PeriodType::Year) => "包年",
        Some(PeriodType::Month) => "包月",
        Some(PeriodType::Day) => "试用",
        None if offer.price.charging_mode == ChargingMode::OnDemand => "按需",
        None => "按次",
    };
    let charging = match offer.price.charging_mode {
        ChargingMode::Period => "包周期",
        ChargingMode::OneTime => "按次",
        ChargingMode::OnDemand => "按需",
    };
    let part = |text: &str| text.replace(',', " ");
    format!("{},{},{edition},{charging}", part(&offer.product.name.zh), part(&offer.sku.name.zh))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
