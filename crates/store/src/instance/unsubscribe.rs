//! Unsubscription by the buyer, and refunds the store makes by itself.

use mercer_kernel::db::Batch;

use super::terms::{self, Refund};
use super::{calendar, context, life, repo, rules};
use crate::Core;
use crate::callback;
use crate::error::{Answer, StoreError};
use crate::notification;
use crate::order::{self, Order, OrderKind, OrderState};

/// Unsubscribes an instance (退订): everything is refunded, the merchant is told to release it.
pub(crate) async fn unsubscribe(core: &Core, id: &str) -> Answer<Order> {
    core.foundation
        .db
        .transact(|| async {
            let mut batch = Batch::new();
            let order = plan(core, &mut batch, id).await?;
            Ok::<_, StoreError>((batch, order))
        })
        .await
}

async fn plan(core: &Core, batch: &mut Batch, id: &str) -> Answer<Order> {
    let now = core.foundation.clock.now();
    let context::Context { instance, orders, .. } = context::load(core, id).await?;
    let year = calendar::year(now);
    let used = order::repo::count_quota(&core.foundation.db, &instance.buyer_id, calendar::year_bounds(year)).await?;
    let terms = terms::unsubscription(&instance, &orders, used, now)?;
    give_back(batch, &orders, &terms.refunds)?;
    context::cancel_unpaid(core, batch, &orders);

    let opening = orders.iter().find(|order| order.order_id == instance.order_id);
    let opening =
        opening.ok_or_else(|| StoreError::Broken(format!("instance {} has no opening order", instance.resource_id)))?;
    let money = terms::total(&terms.refunds, opening.currency)?;
    let mut refund = order::rules::refund_order(OrderKind::Unsubscribe, opening, money, order::new_id(core, now), now);
    refund.sku_code.clone_from(&instance.sku_code);
    refund.product_id.clone_from(&instance.product_id);
    refund.quantity = instance.quantity;
    // The slot is unique, so two unsubscriptions at once cannot both take the last place of the year.
    refund.quota_slot = terms.uses_quota.then(|| format!("{}/{year}/{used}", instance.buyer_id));
    order::repo::insert(core, batch, &refund);

    let released = rules::release(instance);
    repo::update(batch, &released);
    life::schedule(core, batch, &released);
    callback::release_instance(core, batch, &released, Some(&refund)).await?;
    notification::queue(core, batch, &refund).await?;
    Ok(refund)
}

/// Adds the refund of orders to a batch; returns the newest order it gives back.
pub(super) fn give_back(batch: &mut Batch, orders: &[Order], refunds: &[Refund]) -> Answer<Order> {
    let mut newest = orders.first().cloned();
    let mut found = false;
    for refund in refunds {
        let Some(order) = orders.iter().find(|order| order.order_id == refund.order_id) else { continue };
        let mut undone = order.clone();
        undone.refunded = undone.refunded.plus(refund.money)?;
        if undone.state == OrderState::Processing {
            undone.state = OrderState::Completed;
            undone.finished_at = undone.paid_at;
        }
        order::repo::update(batch, &undone);
        if !found {
            newest = Some(order.clone());
            found = true;
        }
    }
    newest.ok_or_else(|| StoreError::Broken("a refund without orders".to_owned()))
}

/// Adds the refund of upgrades the merchant never answered, because their instance is being released.
pub(super) async fn refund_unfinished(core: &Core, batch: &mut Batch, orders: &[Order]) -> Answer<()> {
    let now = core.foundation.clock.now();
    let unfinished =
        orders.iter().filter(|order| order.kind == OrderKind::Change && order.state == OrderState::Processing);
    for order in unfinished {
        let failed = order::rules::failed(order.clone(), "the instance was released", now);
        order::repo::update(batch, &failed);
        let kind = OrderKind::Unsubscribe;
        let refund = order::rules::refund_order(kind, &failed, failed.payable, order::new_id(core, now), now);
        order::repo::insert(core, batch, &refund);
        notification::queue(core, batch, &refund).await?;
    }
    Ok(())
}
