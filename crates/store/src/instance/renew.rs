//! Renewal and turning a trial formal.

use mercer_kernel::db::Batch;
use serde::Deserialize;

use super::context::{self, Context};
use super::{Instance, life, repo, rules, terms};
use crate::Core;
use crate::callback::{self, Refresh, Scene};
use crate::catalog::Offer;
use crate::error::{Answer, StoreError};
use crate::order::rules::Wish;
use crate::order::{self, Order, OrderKind, OrderState, Quote};

/// A renewal (续费) as it is; with `product_id` for another period type of the same specification.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Renew {
    /// Price of another period type; the present one when absent.
    #[serde(default)]
    pub(crate) product_id: Option<String>,
    /// For how many periods; one when absent.
    #[serde(default)]
    pub(crate) period_number: Option<i64>,
    /// Whether to pay at once.
    #[serde(default)]
    pub(crate) pay: bool,
}

/// Turning a trial formal (试用转正).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToFormal {
    /// The formal price.
    pub(crate) product_id: String,
    /// Value of the quantity attribute; the trial's when absent.
    #[serde(default)]
    pub(crate) quantity: Option<i64>,
    /// For how many periods; one when absent.
    #[serde(default)]
    pub(crate) period_number: Option<i64>,
    /// Whether to pay at once.
    #[serde(default)]
    pub(crate) pay: bool,
}

/// What moves the expiry of an instance: the kind of order and what it is for.
pub(super) struct Renewal<'a> {
    pub(super) kind: OrderKind,
    pub(super) target: &'a Offer,
    pub(super) quantity: Option<i64>,
    pub(super) periods: Option<i64>,
}

/// Renews an instance. The new period begins at the original expiry.
pub(crate) async fn renew(core: &Core, id: &str, wanted: &Renew) -> Answer<Order> {
    core.foundation
        .db
        .transact(|| async {
            let planned = plan_renewal(core, id, wanted).await?;
            let mut batch = Batch::new();
            let order = order::submit(core, &mut batch, planned, wanted.pay).await?;
            Ok::<_, StoreError>((batch, order))
        })
        .await
}

/// What a renewal would cost, and the expiry it would bring.
pub(crate) async fn quote_renewal(core: &Core, id: &str, wanted: &Renew) -> Answer<Quote> {
    plan_renewal(core, id, wanted).await.map(|order| Quote::of(&order))
}

/// Turns a trial formal. The formal period begins at the end of the trial.
pub(crate) async fn trial_to_formal(core: &Core, id: &str, wanted: &ToFormal) -> Answer<Order> {
    core.foundation
        .db
        .transact(|| async {
            let context = context::load(core, id).await?;
            rules::check_trial(&context.instance)?;
            terms::check_not_busy(&context.orders, &[OrderKind::TrialToFormal])?;
            let target = order::offer(core, &wanted.product_id).await?;
            terms::check_target(&context.present, &target)?;
            let quantity = wanted.quantity.or(context.instance.quantity).filter(|_| target.sku.linear.is_some());
            let renewal = Renewal {
                kind: OrderKind::TrialToFormal,
                target: &target,
                quantity: quantity.or(wanted.quantity),
                periods: wanted.period_number,
            };
            let planned = plan(core, &context.instance, &renewal)?;
            let mut batch = Batch::new();
            let order = order::submit(core, &mut batch, planned, wanted.pay).await?;
            Ok::<_, StoreError>((batch, order))
        })
        .await
}

/// The order of a renewal, not yet placed, with the expiry it would bring.
pub(super) fn plan(core: &Core, instance: &Instance, renewal: &Renewal<'_>) -> Answer<Order> {
    let now = core.foundation.clock.now();
    let wish = Wish {
        kind: renewal.kind,
        buyer_id: &instance.buyer_id,
        offer: renewal.target,
        quantity: renewal.quantity,
        periods: renewal.periods,
        extend_params: Vec::new(),
    };
    let mut order = order::rules::order(wish, order::new_id(core, now), now)?;
    order.resource_id = Some(instance.resource_id.clone());
    let period = order.period_type.ok_or_else(|| StoreError::Broken("a renewal without a period".to_owned()))?;
    let (before, after) = rules::renewed_expiry(instance, period, order.period_number.unwrap_or(1), now)?;
    order.expire_before = Some(before);
    order.expire_after = Some(after);
    Ok(order)
}

/// Adds what the payment of a renewal sets in motion: the new expiry, and the merchant told.
pub(crate) async fn pay_renewal(core: &Core, batch: &mut Batch, order: &mut Order) -> Answer<()> {
    let mut instance = context::of_order(core, order).await?;
    check_payable(core, &instance, order).await?;
    let now = core.foundation.clock.now();
    let period = order.period_type.ok_or_else(|| StoreError::Broken("a renewal without a period".to_owned()))?;
    // Another renewal may have been paid since this one was placed; the period begins at today's expiry.
    let (before, after) = rules::renewed_expiry(&instance, period, order.period_number.unwrap_or(1), now)?;
    order.expire_before = Some(before);
    order.expire_after = Some(after);
    let changes_product = instance.product_id != order.product_id;
    instance.expire_at = Some(after);
    instance.product_id.clone_from(&order.product_id);
    instance.period_type = order.period_type;
    let scene = match order.kind {
        OrderKind::TrialToFormal => Scene::TrialToFormal,
        OrderKind::RenewChange => Scene::RenewalChange,
        _ => Scene::Renewal,
    };
    if order.kind != OrderKind::Renew {
        instance.sku_code.clone_from(&order.sku_code);
        instance.names.clone_from(&order.names);
        instance.quantity = order.quantity;
    }
    if order.kind == OrderKind::TrialToFormal {
        instance.trial = false;
        instance.formal_at = Some(now);
    }
    if instance.frozen_by_expiry {
        instance.release_at = Some(core.settings.lifecycle.release_at(after));
    }
    repo::update(batch, &instance);
    life::schedule(core, batch, &instance);
    // D14: a change always names its product; otherwise only a change of the period type does.
    let names_product = changes_product || order.kind == OrderKind::RenewChange;
    let refresh = Refresh { scene, expire_at: after, product_id: names_product.then(|| order.product_id.clone()) };
    callback::refresh_instance(core, batch, (&instance, order), refresh).await
}

/// Checks that a renewal placed earlier still fits its instance.
async fn check_payable(core: &Core, instance: &Instance, order: &Order) -> Answer<()> {
    if order.kind == OrderKind::TrialToFormal {
        return Ok(rules::check_trial(instance)?);
    }
    rules::check_renewable(instance)?;
    let orders = order::repo::of_instance(&core.foundation.db, &instance.resource_id).await?;
    let upgrading = orders.iter().any(|other| other.kind == OrderKind::Change && other.state == OrderState::Processing);
    let same = order.sku_code == instance.sku_code && order.quantity == instance.quantity;
    if upgrading || (order.kind == OrderKind::Renew && !same) {
        return Err(terms::outdated().into());
    }
    Ok(())
}

async fn plan_renewal(core: &Core, id: &str, wanted: &Renew) -> Answer<Order> {
    let Context { instance, orders, present } = context::load(core, id).await?;
    rules::check_renewable(&instance)?;
    terms::check_not_busy(&orders, &[OrderKind::Change])?;
    let target = match &wanted.product_id {
        Some(product_id) => order::offer(core, product_id).await?,
        None => present,
    };
    if target.sku.sku_code != instance.sku_code || target.price.is_trial() || target.price.period_type.is_none() {
        return Err(crate::refusal::Refusal::invalid(
            "renew.product",
            "productId",
            "续费只能选择同一规格的包周期价格；变更规格请使用续费变更",
            "a renewal keeps the specification; use a change on renewal for another one",
        )
        .into());
    }
    let renewal =
        Renewal { kind: OrderKind::Renew, target: &target, quantity: instance.quantity, periods: wanted.period_number };
    plan(core, &instance, &renewal)
}
