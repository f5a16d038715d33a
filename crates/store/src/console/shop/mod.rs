//! The shop: everybody may look, buyers may order.

mod confirm;
mod grid;
mod product;
pub(super) mod wish;

use axum::Router;
use axum::routing::{get, post};

use super::Console;

/// The shop's routes.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(grid::show))
        .route("/products/{product_code}", get(product::show))
        .route("/order", get(confirm::show))
        .route("/orders", post(confirm::place))
}
