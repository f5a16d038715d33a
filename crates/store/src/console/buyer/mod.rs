//! What a buyer has: orders and purchased services (已购服务), and what can be done with them.

mod deal;
mod ending;
pub(in crate::console) mod enterprise;
mod offers;
mod order;
mod orders;
mod pay;
mod service;
mod services;

use axum::Router;
use axum::routing::{get, post};

use super::Console;
use super::desk::Buyer;
use super::fault::Fault;
use crate::Core;
use crate::instance::{self, Instance};
use crate::order::Order;

/// The buyer's routes.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/orders", get(orders::show))
        .route("/orders/{order_id}", get(order::show))
        .route("/orders/{order_id}/pay", get(pay::show).post(pay::pay))
        .route("/orders/{order_id}/cancel", post(pay::cancel))
        .route("/services", get(services::show))
        .route("/services/{resource_id}", get(service::show))
        .route("/services/{resource_id}/unsubscribe", get(ending::ask_unsubscribe).post(ending::unsubscribe))
        .route("/services/{resource_id}/accept", post(service::accept))
        .route("/services/{resource_id}/cancel-renewal", get(ending::ask_cancel_renewal).post(ending::cancel_renewal))
        .route("/services/{resource_id}/{deal}", get(deal::show).post(deal::place))
        .merge(enterprise::routes())
}

/// An order of this buyer.
async fn own_order(core: &Core, buyer: &Buyer, order_id: &str) -> Result<Order, Fault> {
    let order = crate::order::by_id(core, order_id).await?;
    order.filter(|order| order.buyer_id == buyer.id()).ok_or_else(Fault::missing)
}

/// An instance of this buyer.
async fn own_instance(core: &Core, buyer: &Buyer, resource_id: &str) -> Result<Instance, Fault> {
    let found = instance::find(core, resource_id).await?;
    found.filter(|found| found.buyer_id == buyer.id()).ok_or_else(Fault::missing)
}
