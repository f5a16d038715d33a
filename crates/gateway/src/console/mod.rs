//! The console: pages for the seller's operations staff and engineers, in Chinese and English.
//!
//! Every page works without a script. What changes something is a form that posts; it answers with a
//! redirect and a notice, or, when a field is wrong, with the form again and what is allowed. Secrets are
//! shown in the answer to a post, after who asked was recorded.

mod accounts;
mod callbacks;
mod connectors;
mod deliveries;
mod details;
mod fields;
mod instances;
mod keys;
mod merchants;
mod overview;
mod refusal;
#[cfg(test)]
mod tests;
mod texts;
mod visitor;
mod words;

use axum::Router;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};
use mercer_kernel::web::Face;
use mercer_kernel::web::console::{ConsoleSettings, console};

use crate::gateway::Gateway;

pub(crate) use self::overview::STATEMENTS;

/// The pages of the console, with sign-in and everything that protects them.
pub(crate) fn router(gateway: Gateway) -> Router {
    let foundation = gateway.foundation();
    let settings = ConsoleSettings {
        body_limit_bytes: foundation.config.server.body_limit_bytes,
        ..ConsoleSettings::new(Face::Gateway, &foundation.public_url)
    };
    let accounts = gateway.accounts().clone();
    let pages = routes().into_iter().fold(Router::new(), |router, route| router.route(route.path, route.handler));
    // The page of an instance is for buyers: in the same frame, without an account.
    let pages = pages.merge(crate::instance::page::router());
    console(pages.with_state(gateway), accounts, settings)
}

/// Every route of the console as method and path.
pub(crate) fn route_list() -> impl Iterator<Item = (String, String)> {
    routes().into_iter().map(|route| (route.method.to_string(), route.path.to_owned()))
}

/// One page or form.
struct Route {
    method: Method,
    path: &'static str,
    handler: MethodRouter<Gateway>,
}

/// Every page and form: what the router is built from, and what tests enumerate.
fn routes() -> Vec<Route> {
    let page = |path, handler| Route { method: Method::GET, path, handler };
    let form = |path, handler| Route { method: Method::POST, path, handler };
    vec![
        page("/", get(overview::show)),
        page("/instances", get(instances::list)),
        page("/instances/{id}", get(instances::show)),
        form("/instances/{id}/reveal", post(instances::reveal)),
        form("/instances/{id}/app-info", post(instances::put_app_info)),
        form("/instances/{id}/fail", post(instances::fail)),
        page("/accounts", get(accounts::list)),
        page("/accounts/{id}", get(accounts::show)),
        form("/accounts/{id}/reveal", post(accounts::reveal)),
        page("/accounts/{id}/members", get(accounts::show_members)),
        form("/accounts/{id}/members", post(accounts::reveal_members)),
        page("/callbacks", get(callbacks::list)),
        page("/callbacks/{id}", get(callbacks::show)),
        page("/deliveries", get(deliveries::list)),
        page("/deliveries/resend", get(deliveries::preview_window)),
        form("/deliveries/resend", post(deliveries::resend_window)),
        page("/deliveries/{id}", get(deliveries::show)),
        form("/deliveries/{id}/resend", post(deliveries::resend)),
        page("/connectors", get(connectors::list)),
        form("/connectors", post(connectors::add)),
        page("/connectors/new", get(connectors::new)),
        page("/connectors/{id}", get(connectors::show)),
        form("/connectors/{id}", post(connectors::change)),
        form("/connectors/{id}/remove", post(connectors::remove)),
        form("/connectors/{id}/reveal", post(connectors::reveal)),
        form("/connectors/{id}/test", post(connectors::test)),
        form("/connectors/{id}/pool", post(connectors::import)),
        page("/keys", get(keys::show)),
        form("/keys", post(keys::add)),
        form("/keys/store-link", post(keys::put_link)),
        form("/keys/encryption", post(keys::put_encryption)),
        form("/keys/{id}/reveal", post(keys::reveal)),
        form("/keys/{id}/revoke", post(keys::revoke)),
        page("/merchants", get(merchants::list)),
        form("/merchants", post(merchants::add)),
        form("/merchants/switch", post(merchants::switch)),
    ]
}
