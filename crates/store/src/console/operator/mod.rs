//! The operator's pages: who sells and buys, every order and instance, the clock, the site's rules.

mod buyers;
mod instance;
mod instances;
mod merchants;
mod overview;
mod settings;

use axum::Router;
use axum::routing::{get, post};

use super::desk::Side;
use super::{Console, staff};

/// The operator's routes.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/operator", get(overview::show))
        .route("/operator/merchants", get(merchants::show).post(merchants::add))
        .route("/operator/buyers", get(buyers::show).post(buyers::add))
        .route("/operator/instances", get(instances::show))
        .route("/operator/instances/{resource_id}", get(instance::show))
        .route("/operator/instances/{resource_id}/freeze", post(instance::freeze))
        .route("/operator/instances/{resource_id}/unfreeze", post(instance::unfreeze))
        .route("/operator/settings", get(settings::show))
        .merge(staff::routes(Side::Operator))
}
