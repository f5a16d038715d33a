//! When the notification of a purchase was never accepted: the order may fail and be unsubscribed. Off unless the
//! store is set so. Source: open APIs §4.6, decision D24.

use mercer_kernel::db::Batch;

use super::{announce, rules};
use crate::Core;
use crate::callback;
use crate::error::Answer;
use crate::instance::terms::Refund;
use crate::instance::{self, Instance};
use crate::message::Message;
use crate::order::{self, Order};

/// Fails the order of a notification that was given up, refunds it in full and has its instance released.
/// Returns the failed order; none when nothing fails.
pub(crate) async fn fail_order(core: &Core, batch: &mut Batch, message: &Message) -> Answer<Option<Order>> {
    let order_id = message.order_id.as_deref().unwrap_or_default();
    let order = order::by_id(core, order_id).await?.filter(rules::can_fail);
    let Some(order) = order.filter(|_| core.settings.notification_fails_order) else { return Ok(None) };
    let (failed, refund) = callback::give_back(core, batch, order, message);
    if let Some(instance) = live_instance(core, &failed).await? {
        give_up(core, batch, instance, &refund).await?;
    }
    announce::queue(core, batch, &refund).await?;
    Ok(Some(failed))
}

async fn live_instance(core: &Core, order: &Order) -> Answer<Option<Instance>> {
    let resource_id = order.resource_id.as_deref().unwrap_or_default();
    let found = instance::find_resource(&core.foundation.db, resource_id).await?;
    Ok(found.filter(rules::is_live))
}

/// Releases what the merchant opened; what it never opened is not asked for any more.
async fn give_up(core: &Core, batch: &mut Batch, instance: Instance, refund: &Order) -> Answer<()> {
    if instance.instance_id.is_some() {
        let released = instance::rules::release(instance);
        instance::update(batch, &released);
        instance::schedule(core, batch, &released);
        return callback::release_instance(core, batch, &released, Some(refund)).await;
    }
    let undone = Refund { order_id: instance.order_id.clone(), money: refund.payable };
    let dead = instance::rules::fail(instance);
    callback::supersede_orders(core, batch, &dead, &[undone]).await?;
    instance::update(batch, &dead);
    Ok(())
}
