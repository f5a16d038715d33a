//! Paying and cancelling. Payment is simulated: it always succeeds, and what it sets in motion is the point.

use mercer_kernel::db::Batch;

use super::{Order, OrderKind, repo, rules};
use crate::Core;
use crate::callback;
use crate::catalog::{self, Access};
use crate::error::{Answer, StoreError};
use crate::instance;
use crate::notification;
use crate::refusal::Refusal;

/// Pays an order (支付).
pub(crate) async fn pay(core: &Core, order_id: &str) -> Answer<Order> {
    let db = &core.foundation.db;
    db.transact(|| async {
        let order = repo::find(db, order_id).await?.ok_or_else(unknown)?;
        let mut batch = Batch::new();
        let order = plan(core, &mut batch, order).await?;
        Ok::<_, StoreError>((batch, order))
    })
    .await
}

/// Cancels an order that is not paid (取消).
pub(crate) async fn cancel(core: &Core, order_id: &str) -> Answer<Order> {
    let db = &core.foundation.db;
    db.transact(|| async {
        let order = repo::find(db, order_id).await?.ok_or_else(unknown)?;
        let mut order = rules::cancelled(order, core.foundation.clock.now())?;
        let mut batch = Batch::new();
        repo::update(&mut batch, &order);
        order.version += 1;
        Ok::<_, StoreError>((batch, order))
    })
    .await
}

/// Adds the payment of an order, and what the merchant is asked for it, to a batch.
pub(super) async fn plan(core: &Core, batch: &mut Batch, order: Order) -> Answer<Order> {
    let now = core.foundation.clock.now();
    let mut order = rules::paid(order, now)?;
    match order.kind {
        OrderKind::New | OrderKind::Trial => open(core, batch, &mut order).await?,
        OrderKind::Renew | OrderKind::RenewChange | OrderKind::TrialToFormal => {
            instance::pay_renewal(core, batch, &mut order).await?;
        }
        OrderKind::Change => instance::pay_upgrade(core, batch, &order).await?,
        OrderKind::Unsubscribe | OrderKind::UnsubscribeRenewal => {
            return Err(Refusal::conflict("order.state", "退订订单无需支付", "an unsubscription is not paid").into());
        }
    }
    notification::queue(core, batch, &order).await?;
    repo::update(batch, &order);
    order.version += 1;
    Ok(order)
}

/// A new instance, and the merchant asked to open it.
async fn open(core: &Core, batch: &mut Batch, order: &mut Order) -> Answer<()> {
    let offer = super::place::offer(core, &order.product_id).await?;
    catalog::rules::check_on_sale(&offer)?;
    if offer.product.integration.access == Access::None {
        // Nothing to open: the order notification is all the merchant gets.
        *order = rules::completed(order.clone(), core.foundation.clock.now());
        return Ok(());
    }
    let opened = instance::opened_by(core, order, offer.product.integration.acceptance);
    order.resource_id = Some(opened.resource_id.clone());
    instance::insert(core, batch, &opened);
    callback::new_instance(core, batch, &opened, order).await
}

fn unknown() -> Refusal {
    Refusal::not_found("order.unknown", "没有这个订单", "there is no such order")
}
