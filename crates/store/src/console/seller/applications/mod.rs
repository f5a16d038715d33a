//! Application credentials (应用凭证管理): made, tested, changed, and the login address of each customer.

mod detail;
mod form;
mod list;

use axum::Router;
use axum::routing::{get, post};

use crate::Core;
use crate::console::Console;
use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::identity::application::{self, Application};

/// Where the pages begin.
const PATH: &str = "/seller/applications";

/// The routes of credentials.
pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route(PATH, get(list::show))
        .route("/seller/applications/new", get(form::new).post(form::create))
        .route("/seller/applications/{app_id}", get(detail::show).post(detail::change))
        .route("/seller/applications/{app_id}/test-account", post(detail::open_test_account))
        .route("/seller/applications/{app_id}/test", post(detail::test_again))
        .route("/seller/applications/{app_id}/push", post(detail::push))
        .route("/seller/applications/{app_id}/calls/{message_id}", post(detail::retry_call))
        .route("/seller/applications/{app_id}/customers/{tenant_id}", post(detail::set_login_address))
}

/// A credential of this merchant.
async fn own(core: &Core, staff: &Staff, app_id: &str) -> Result<Application, Fault> {
    let found = application::find(core, app_id).await?;
    found.filter(|one| one.merchant_id == staff.merchant_id()).ok_or_else(Fault::missing)
}

/// The address of a page of a credential.
fn path(app_id: &str, rest: &str) -> String {
    format!("{PATH}/{app_id}{rest}")
}
