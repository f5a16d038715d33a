//! The store's clock on pages: in the head line of each, and as a page of its own.

mod actions;
mod line;
mod page;
mod rules;

pub(super) use line::ClockLine;

use axum::Router;
use axum::routing::{get, post};

use super::Console;

/// The clock's routes.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/clock", get(page::public))
        .route("/operator/clock", get(page::operator))
        .route("/operator/clock/advance", post(actions::advance))
        .route("/operator/clock/freeze", post(actions::freeze))
        .route("/operator/clock/resume", post(actions::resume))
}
