//! The seller centre (卖家中心): products, connection data, and what became of every call.

mod addresses;
mod applications;
mod credentials;
mod integration;
mod keys;
mod new_product;
mod notices;
mod notifications;
mod overview;
mod product;
mod product_form;
mod products;

use axum::Router;
use axum::routing::{get, post};

use super::desk::Side;
use super::{Console, staff};

/// The seller's routes.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/seller", get(overview::show))
        .route("/seller/products", get(products::show))
        .route("/seller/products/new", get(new_product::show).post(new_product::create))
        .route("/seller/products/{product_code}", get(product::show).post(product::save))
        .route("/seller/products/{product_code}/state/{state}", post(product::set_state))
        .route("/seller/notices", get(notices::show))
        .route("/seller/notifications", get(notifications::show).post(notifications::add))
        .route("/seller/notifications/{notification_id}/test", post(notifications::test))
        .route("/seller/notifications/{notification_id}/delete", post(notifications::remove))
        .route("/seller/keys", get(keys::show).post(keys::add))
        .route("/seller/addresses", get(addresses::show).post(addresses::add))
        .route("/seller/addresses/{address_id}/certify", post(addresses::certify))
        .route("/seller/addresses/{address_id}/move", post(addresses::relocate))
        .route("/seller/credentials", get(credentials::show).post(credentials::add))
        .merge(applications::routes())
        .merge(staff::routes(Side::Seller))
}
