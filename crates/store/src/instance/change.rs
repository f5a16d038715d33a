//! Another size or specification while renewing (续费变更): the merchant is asked first.
//! Source: SaaS V2.0 §3.7, D13, D14.

use mercer_kernel::db::Batch;
use serde::Deserialize;

use super::context::{self, Context};
use super::renew::{Renewal, plan};
use super::{rules, terms};
use crate::Core;
use crate::callback::{self, ChangeTarget};
use crate::error::{Answer, StoreError};
use crate::order::{self, Order, OrderKind};
use crate::refusal::Refusal;

/// What the instance is to become when it is renewed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    /// The target price.
    pub(crate) product_id: String,
    /// Target value of the quantity attribute; the present one when absent.
    #[serde(default)]
    pub(crate) quantity: Option<i64>,
    /// For how many periods; one when absent.
    #[serde(default)]
    pub(crate) period_number: Option<i64>,
    /// Whether to pay at once.
    #[serde(default)]
    pub(crate) pay: bool,
}

/// Asks the merchant whether the change is possible, and places the renewal order when it is.
pub(crate) async fn change(core: &Core, id: &str, wanted: &Change) -> Answer<Order> {
    // First without the network: what our own rules refuse is never asked.
    let (context, planned) = plan_change(core, id, wanted).await?;
    let target =
        ChangeTarget { product_id: &planned.product_id, sku_code: &planned.sku_code, quantity: planned.quantity };
    callback::change_instance_check(core, &context.instance, target).await?;
    core.foundation
        .db
        .transact(|| async {
            let (_, planned) = plan_change(core, id, wanted).await?;
            let mut batch = Batch::new();
            let order = order::submit(core, &mut batch, planned, wanted.pay).await?;
            Ok::<_, StoreError>((batch, order))
        })
        .await
}

async fn plan_change(core: &Core, id: &str, wanted: &Change) -> Answer<(Context, Order)> {
    let context = context::load(core, id).await?;
    let instance = &context.instance;
    rules::check_renewable(instance)?;
    terms::check_not_busy(&context.orders, &[OrderKind::Change, OrderKind::RenewChange])?;
    let target = order::offer(core, &wanted.product_id).await?;
    terms::check_target(&context.present, &target)?;
    let kept = instance.quantity.filter(|_| target.sku.linear.is_some());
    let renewal = Renewal {
        kind: OrderKind::RenewChange,
        target: &target,
        quantity: wanted.quantity.or(kept),
        periods: wanted.period_number,
    };
    let planned = plan(core, instance, &renewal)?;
    if planned.sku_code == instance.sku_code && planned.quantity == instance.quantity {
        return Err(Refusal::invalid(
            "change.nothing",
            "productId",
            "规格和数量都没有变化，请直接续费",
            "neither specification nor quantity changes; renew instead",
        )
        .into());
    }
    Ok((context, planned))
}
