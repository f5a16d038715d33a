//! Upgrade and expansion of an active instance (升配、扩容). Source: SaaS V2.0 §3.6.

use mercer_kernel::db::Batch;
use serde::Deserialize;

use super::context::{self, Context};
use super::{rules, terms};
use crate::Core;
use crate::callback;
use crate::catalog;
use crate::error::{Answer, StoreError};
use crate::order::rules::Wish;
use crate::order::{self, Order, OrderKind, Quote};

/// What the instance is to become.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Upgrade {
    /// The target price; the present one when only the quantity grows.
    #[serde(default)]
    pub(crate) product_id: Option<String>,
    /// Target value of the quantity attribute; the present one when absent.
    #[serde(default)]
    pub(crate) quantity: Option<i64>,
    /// Whether to pay at once.
    #[serde(default)]
    pub(crate) pay: bool,
}

/// Places an upgrade order.
pub(crate) async fn upgrade(core: &Core, id: &str, wanted: &Upgrade) -> Answer<Order> {
    core.foundation
        .db
        .transact(|| async {
            let planned = plan(core, id, wanted).await?;
            let mut batch = Batch::new();
            let order = order::submit(core, &mut batch, planned, wanted.pay).await?;
            Ok::<_, StoreError>((batch, order))
        })
        .await
}

/// What an upgrade would cost now.
pub(crate) async fn quote_upgrade(core: &Core, id: &str, wanted: &Upgrade) -> Answer<Quote> {
    plan(core, id, wanted).await.map(|order| Quote::of(&order))
}

/// Adds what the payment of an upgrade sets in motion: the merchant is asked; the instance changes when it agrees.
pub(crate) async fn pay_upgrade(core: &Core, batch: &mut Batch, order: &Order) -> Answer<()> {
    let instance = context::of_order(core, order).await?;
    rules::check_upgradable(&instance)?;
    if order.expire_before != instance.expire_at {
        return Err(terms::outdated().into());
    }
    callback::upgrade_instance(core, batch, &instance, order).await
}

async fn plan(core: &Core, id: &str, wanted: &Upgrade) -> Answer<Order> {
    let now = core.foundation.clock.now();
    let Context { instance, orders, present } = context::load(core, id).await?;
    rules::check_upgradable(&instance)?;
    terms::check_not_busy(&orders, &[OrderKind::Change, OrderKind::RenewChange])?;
    let target = match &wanted.product_id {
        Some(product_id) => order::offer(core, product_id).await?,
        None => present.clone(),
    };
    let kept = instance.quantity.filter(|_| target.sku.linear.is_some());
    let quantity = catalog::rules::quantity(target.sku.linear.as_ref(), wanted.quantity.or(kept))?;
    let wish = terms::Target { present: &present, target: &target, quantity };
    let fee = terms::upgrade_terms(&instance, wish, core.settings.pricing_days, now)?;
    let wish = Wish {
        kind: OrderKind::Change,
        buyer_id: &instance.buyer_id,
        offer: &target,
        quantity,
        periods: None,
        extend_params: Vec::new(),
    };
    let order = order::rules::order(wish, order::new_id(core, now), now)?;
    Ok(Order {
        amount: fee,
        payable: fee,
        resource_id: Some(instance.resource_id),
        expire_before: instance.expire_at,
        expire_after: instance.expire_at,
        reference_expire_at: instance.expire_at,
        ..order
    })
}
