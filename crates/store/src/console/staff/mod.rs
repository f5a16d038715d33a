//! Pages that sellers and operators share: orders, and production-interface messages (生产接口消息).
//! A seller sees those of one merchant, an operator those of all.

pub(super) mod list;
pub(super) mod message;
mod messages;
mod order;
mod orders;

pub(super) use messages::table as messages_table;

use axum::Router;
use axum::routing::{get, post};

use super::Console;
use super::desk::Side;

/// The shared pages below the path of one side.
pub(super) fn routes(side: Side) -> Router<Console> {
    let path = |rest: &str| format!("{}{rest}", side.base());
    Router::new()
        .route(&path("/orders"), get(orders::show))
        .route(&path("/orders/{order_id}"), get(order::show))
        .route(&path("/messages"), get(messages::show))
        .route(&path("/messages/{message_id}"), get(message::show))
        .route(&path("/messages/{message_id}/restart"), post(message::restart))
}
