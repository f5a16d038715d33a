//! What changing or ending an instance costs or gives back. Pure.
//! Source: seller centre §3.3 (5-day rule, renewal refunds), chapter 8 (upgrade, expansion).

use mercer_kernel::clock::Instant;
use mercer_kernel::money::{Currency, Money};
use rust_decimal::Decimal;

use super::calendar::remaining_days;
use super::{Instance, InstanceState, rules};
use crate::catalog::pricing::{PricingDays, Remainder, Tariff, expansion_fee, upgrade_fee};
use crate::catalog::{self, ChargingMode, Offer, Price, ProductState};
use crate::error::Answer;
use crate::order::{Order, OrderKind, OrderState};
use crate::refusal::Refusal;

/// Seconds after provisioning within which everything is refunded without a reason: 5 × 24 h.
pub(crate) const REFUND_SECONDS: u64 = 432_000;
/// Such refunds per account and calendar year.
pub(crate) const REFUNDS_PER_YEAR: i64 = 10;

/// One order and what is given back of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refund {
    /// The order.
    pub(crate) order_id: String,
    /// How much of it.
    pub(crate) money: Money,
}

/// What an unsubscription gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsubscription {
    /// Per order.
    pub(crate) refunds: Vec<Refund>,
    /// Whether it takes a place in the yearly quota.
    pub(crate) uses_quota: bool,
}

/// Whether the 5-day rule still applies.
pub(crate) fn is_within_refund_time(provisioned_at: Instant, now: Instant) -> bool {
    now.since(provisioned_at) <= std::time::Duration::from_secs(REFUND_SECONDS)
}

/// What unsubscribing (退订) gives back: everything that was paid, within 5 × 24 h and 10 times a year. Trials
/// and what is charged by use end at any time.
///
/// # Errors
/// When the state, the time or the quota does not allow it.
pub(crate) fn unsubscription(
    instance: &Instance,
    orders: &[Order],
    refunds_this_year: i64,
    now: Instant,
) -> Result<Unsubscription, Refusal> {
    rules::check_there(instance)?;
    if instance.trial || instance.charging_mode == ChargingMode::OnDemand {
        return Ok(Unsubscription { refunds: Vec::new(), uses_quota: false });
    }
    let provisioned_at = match instance.state {
        // Its period has not begun, so no time of it can be used up.
        InstanceState::AwaitingAcceptance => now,
        _ => instance.formal_at.or(instance.accepted_at).or(instance.activated_at).unwrap_or(instance.created_at),
    };
    if !is_within_refund_time(provisioned_at, now) {
        return Err(Refusal::conflict(
            "instance.refund_time",
            "开通已超过 5 天（5×24 小时），不能无理由退订；未生效的续费可以退续费",
            "more than 5 × 24 hours have passed since provisioning; only renewals that have not begun can be given back",
        ));
    }
    if refunds_this_year >= REFUNDS_PER_YEAR {
        return Err(Refusal::conflict(
            "instance.refund_quota",
            format!("本账号今年已无理由退订 {REFUNDS_PER_YEAR} 个实例，达到上限"),
            format!("this account has used its {REFUNDS_PER_YEAR} no-reason refunds of the year"),
        ));
    }
    Ok(Unsubscription { refunds: refunds(orders.iter()), uses_quota: true })
}

/// Renewals that are given back, and where the instance stands afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RenewalRefund {
    /// Per order.
    pub(crate) refunds: Vec<Refund>,
    /// The expiry the instance goes back to.
    pub(crate) expire_at: Instant,
    /// The price the instance goes back to.
    pub(crate) product_id: String,
}

/// What giving back renewals (退续费) means: all that have not begun yet, back to the expiry before them.
///
/// # Errors
/// When there is none, or something was built on them since.
pub(crate) fn renewal_refund(instance: &Instance, orders: &[Order], now: Instant) -> Result<RenewalRefund, Refusal> {
    rules::check_usable(instance)?;
    let mut paid: Vec<&Order> =
        orders.iter().filter(|order| order.paid_at.is_some() && !order.kind.is_refund()).collect();
    paid.sort_by_key(|order| (order.paid_at, order.expire_after));
    let is_ahead = |order: &&Order| {
        order.kind.is_renewal()
            && order.refunded == Money::zero(order.currency)
            && matches!(order.state, OrderState::Processing | OrderState::Completed)
            && order.failure.is_empty()
            && order.related_order_id.is_none()
            && order.expire_before.is_some_and(|begins_at| begins_at > now)
    };
    let first = paid.iter().position(|order| order.kind == OrderKind::Renew && is_ahead(order));
    let Some(first) = first else {
        return Err(Refusal::conflict(
            "instance.no_renewal",
            "没有未生效的续费可退",
            "there is no renewal that has not begun yet",
        ));
    };
    let since = &paid[first..];
    if since.iter().any(|order| order.kind != OrderKind::Renew && order.state != OrderState::Failed) {
        return Err(Refusal::conflict(
            "instance.renewal_built_on",
            "续费之后又变更过规格，不能退续费",
            "the instance was changed after the renewal; the renewal cannot be given back",
        ));
    }
    let begin = paid[first].expire_before.unwrap_or(now);
    let earlier = paid[..first].iter().rev().find(|order| order.state != OrderState::Failed);
    Ok(RenewalRefund {
        refunds: refunds(since.iter().copied().filter(|order| is_ahead(order))),
        expire_at: begin,
        product_id: earlier.map_or_else(|| instance.product_id.clone(), |order| order.product_id.clone()),
    })
}

fn refunds<'a>(orders: impl Iterator<Item = &'a Order>) -> Vec<Refund> {
    orders
        .filter(|order| order.kept_minor() > 0 || (order.kind == OrderKind::Renew && order.paid_at.is_some()))
        .filter_map(|order| {
            let money = Money::from_minor(order.kept_minor(), order.currency).ok()?;
            Some(Refund { order_id: order.order_id.clone(), money })
        })
        .collect()
}

/// Sum of refunds.
///
/// # Errors
/// When it is out of range.
pub(crate) fn total(refunds: &[Refund], currency: Currency) -> Answer<Money> {
    Ok(refunds.iter().try_fold(Money::zero(currency), |sum, refund| sum.plus(refund.money))?)
}

/// Refuses when an order of one of `kinds` waits for payment or for the merchant.
///
/// # Errors
/// When there is one.
pub(crate) fn check_not_busy(orders: &[Order], kinds: &[OrderKind]) -> Result<(), Refusal> {
    let open = orders.iter().find(|order| {
        kinds.contains(&order.kind) && matches!(order.state, OrderState::PendingPayment | OrderState::Processing)
    });
    let Some(order) = open else { return Ok(()) };
    let id = &order.order_id;
    Err(Refusal::conflict(
        "instance.busy",
        format!("订单 {id} 尚未结束，请先支付、取消或等待其完成"),
        format!("order {id} is not finished; pay it, cancel it or wait for it"),
    ))
}

/// What an instance is to become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// The price it has.
    pub(crate) present: &'a Offer,
    /// The price it gets.
    pub(crate) target: &'a Offer,
    /// The quantity it gets.
    pub(crate) quantity: Option<i64>,
}

/// The fee of an upgrade or expansion (升配、扩容) of an active instance.
///
/// # Errors
/// When the target is not an upgrade of what there is.
pub(crate) fn upgrade_terms(instance: &Instance, wish: Target<'_>, days: PricingDays, now: Instant) -> Answer<Money> {
    let Target { present, target, quantity } = wish;
    rules::check_upgradable(instance)?;
    check_target(present, target)?;
    if present.price.period_type != target.price.period_type {
        return Err(Refusal::invalid(
            "upgrade.period_type",
            "productId",
            "升级只能选择相同周期类型的价格",
            "an upgrade keeps the period type",
        )
        .into());
    }
    let same = present.price.product_id == target.price.product_id;
    let (old, new) = (instance.quantity.unwrap_or(1), quantity.unwrap_or(1));
    if same && new <= old {
        return Err(not_larger().into());
    }
    let period = target.price.period_type.ok_or_else(not_larger)?;
    let expire_at = instance.expire_at.unwrap_or(now);
    let left = Remainder {
        days_per_period: days.of(period),
        remaining_days: remaining_days(now, expire_at),
        discount: Decimal::ONE,
    };
    let (old, new) = (Decimal::from(old), Decimal::from(new));
    let fee = if same {
        expansion_fee(tariff(&target.price), old, new, left)
    } else {
        let old_price = tariff(&present.price).exact(old).ok_or_else(catalog::rules::amount_out_of_range)?;
        let new_price = tariff(&target.price).exact(new).ok_or_else(catalog::rules::amount_out_of_range)?;
        upgrade_fee(old_price, new_price, left)
    };
    Ok(Money::round(fee.ok_or_else(not_larger)?, target.product.currency)?)
}

/// Checks that `target` is a formal period price of the same product that is still sold.
///
/// # Errors
/// When it is not.
pub(crate) fn check_target(present: &Offer, target: &Offer) -> Result<(), Refusal> {
    if target.product.product_code != present.product.product_code {
        return Err(Refusal::invalid(
            "order.other_product",
            "productId",
            "只能变更为同一商品的规格",
            "an instance changes only within its product",
        ));
    }
    if target.product.state == ProductState::Delisted || !target.price.on_sale {
        return Err(Refusal::conflict("product.not_on_sale", "该商品已下架", "this product is delisted"));
    }
    if target.price.is_trial() || target.price.period_type.is_none() {
        return Err(Refusal::invalid(
            "order.not_period",
            "productId",
            "目标价格须为正式的包周期价格",
            "the target is a formal yearly or monthly price",
        ));
    }
    Ok(())
}

/// The tariff of a price.
pub(crate) fn tariff(price: &Price) -> Tariff<'_> {
    Tariff { mode: price.mode, brackets: &price.brackets }
}

/// The refusal of an order that no longer fits its instance.
pub(crate) fn outdated() -> Refusal {
    Refusal::conflict(
        "order.outdated",
        "下单后实例已变更，请取消并重新下单",
        "the instance changed since the order was placed; cancel it and order again",
    )
}

fn not_larger() -> Refusal {
    Refusal::invalid(
        "upgrade.not_larger",
        "quantity",
        "升级的目标必须大于现有规格；缩容请在续费时变更",
        "an upgrade goes to something larger; reduce on renewal instead",
    )
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
