//! What every command on an instance reads first.

use mercer_kernel::db::Batch;

use super::{Instance, repo};
use crate::Core;
use crate::catalog::{self, Offer};
use crate::error::{Answer, StoreError};
use crate::order::{self, Order, OrderState};
use crate::refusal::Refusal;

/// An instance with its orders and its present price.
#[derive(Debug, Clone)]
pub(super) struct Context {
    /// The instance.
    pub(super) instance: Instance,
    /// Its orders, newest first.
    pub(super) orders: Vec<Order>,
    /// Its present price.
    pub(super) present: Offer,
}

/// Reads an instance by any of its ids.
///
/// # Errors
/// When there is none.
pub(super) async fn instance(core: &Core, id: &str) -> Answer<Instance> {
    repo::find(&core.foundation.db, id)
        .await?
        .ok_or_else(|| Refusal::not_found("instance.unknown", "没有这个实例", "there is no such instance").into())
}

/// Reads an instance with its orders and price.
///
/// # Errors
/// When there is no such instance.
pub(super) async fn load(core: &Core, id: &str) -> Answer<Context> {
    let instance = instance(core, id).await?;
    let orders = order::repo::of_instance(&core.foundation.db, &instance.resource_id).await?;
    let present = catalog::offer(core, &instance.product_id)
        .await?
        .ok_or_else(|| StoreError::Broken(format!("instance {} has no price", instance.resource_id)))?;
    Ok(Context { instance, orders, present })
}

/// The instance an order acts on.
///
/// # Errors
/// When the order names none.
pub(super) async fn of_order(core: &Core, order: &Order) -> Answer<Instance> {
    let resource_id = order.resource_id.as_deref().unwrap_or_default();
    repo::find_resource(&core.foundation.db, resource_id)
        .await?
        .ok_or_else(|| StoreError::Broken(format!("order {} has no instance", order.order_id)))
}

/// Adds the cancellation of every order of an instance that still waits for payment.
pub(super) fn cancel_unpaid(core: &Core, batch: &mut Batch, orders: &[Order]) {
    let now = core.foundation.clock.now();
    for order in orders.iter().filter(|order| order.state == OrderState::PendingPayment) {
        if let Ok(cancelled) = order::rules::cancelled(order.clone(), now) {
            order::repo::update(batch, &cancelled);
        }
    }
}
