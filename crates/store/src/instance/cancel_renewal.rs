//! Giving renewals back that have not begun (退续费).

use mercer_kernel::db::Batch;

use super::{context, life, repo, terms};
use crate::Core;
use crate::callback::{self, Refresh, Scene};
use crate::error::{Answer, StoreError};
use crate::notification;
use crate::order::{self, Order, OrderKind};

/// Gives back every renewal that has not begun: refunded, and the old expiry again. The wire carries the
/// unsubscription order. Source: SaaS V2.0 §3.3, D11.
pub(crate) async fn cancel_renewal(core: &Core, id: &str) -> Answer<Order> {
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
    let context::Context { mut instance, orders, .. } = context::load(core, id).await?;
    let terms = terms::renewal_refund(&instance, &orders, now)?;
    let undone = super::unsubscribe::give_back(batch, &orders, &terms.refunds)?;
    callback::supersede_orders(core, batch, &instance, &terms.refunds).await?;

    let expire_before = instance.expire_at;
    let changes_product = instance.product_id != terms.product_id;
    instance.product_id.clone_from(&terms.product_id);
    let offer = order::offer(core, &terms.product_id).await?;
    instance.period_type = offer.price.period_type;
    instance.expire_at = Some(terms.expire_at);
    repo::update(batch, &instance);
    life::schedule(core, batch, &instance);

    let money = terms::total(&terms.refunds, undone.currency)?;
    let kind = OrderKind::UnsubscribeRenewal;
    let mut refund = order::rules::refund_order(kind, &undone, money, order::new_id(core, now), now);
    refund.expire_before = expire_before;
    refund.product_id.clone_from(&terms.product_id);
    refund.period_type = instance.period_type;
    refund.expire_after = Some(terms.expire_at);
    order::repo::insert(core, batch, &refund);
    let refresh = Refresh {
        scene: Scene::UnsubscribeRenewalPeriod,
        expire_at: terms.expire_at,
        product_id: changes_product.then(|| terms.product_id.clone()),
    };
    callback::refresh_instance(core, batch, (&instance, &refund), refresh).await?;
    notification::queue(core, batch, &refund).await?;
    Ok(refund)
}
