//! The management API under `/api/v1`: bearer tokens, JSON in camelCase, problem documents.
//!
//! The table in [`routes`] is what the router is built from and what the OpenAPI document is compared
//! with, so no route can be forgotten in it.

mod accounts;
mod calls;
mod connectors;
mod input;
mod instances;
mod merchants;
mod openapi;
mod openapi_accounts;
mod problem;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodRouter, delete, get, post, put};
use mercer_kernel::web::api_token::require_token;
use mercer_kernel::web::wrap;

pub(crate) use problem::problem as problem_of;

use crate::gateway::Gateway;

/// Where the API lives.
pub(crate) const PREFIX: &str = "/api/v1";

/// One route of the API.
struct Route {
    method: Method,
    /// Below [`PREFIX`].
    path: &'static str,
    handler: MethodRouter<Gateway>,
}

/// Every route that needs a token.
fn routes() -> Vec<Route> {
    let route = |method: Method, path: &'static str, handler: MethodRouter<Gateway>| Route { method, path, handler };
    vec![
        route(Method::GET, "/merchants", get(merchants::list)),
        route(Method::POST, "/merchants", post(merchants::add)),
        route(Method::GET, "/stores", get(merchants::list_stores)),
        route(Method::POST, "/stores", post(merchants::put_store)),
        route(Method::GET, "/keys", get(merchants::list_keys)),
        route(Method::POST, "/keys", post(merchants::add_key)),
        route(Method::GET, "/encryption", get(merchants::show_encryption)),
        route(Method::PUT, "/encryption", put(merchants::put_encryption)),
        route(Method::DELETE, "/keys/{id}", delete(merchants::revoke_key)),
        route(Method::GET, "/instances", get(instances::list)),
        route(Method::GET, "/instances/{id}", get(instances::show)),
        route(Method::PUT, "/instances/{id}/app-info", put(instances::put_app_info)),
        route(Method::POST, "/instances/{id}/fail", post(instances::fail)),
        route(Method::GET, "/tenants", get(accounts::list)),
        route(Method::GET, "/tenants/{id}", get(accounts::show)),
        route(Method::GET, "/tenants/{id}/applications", get(accounts::applications)),
        route(Method::GET, "/tenants/{id}/departments", get(accounts::departments)),
        route(Method::GET, "/tenants/{id}/members", get(accounts::members)),
        route(Method::GET, "/callbacks", get(calls::list_callbacks)),
        route(Method::GET, "/callbacks/{id}", get(calls::show_callback)),
        route(Method::GET, "/deliveries", get(calls::list_deliveries)),
        route(Method::POST, "/deliveries/resend", post(calls::resend_window)),
        route(Method::GET, "/deliveries/{id}", get(calls::show_delivery)),
        route(Method::POST, "/deliveries/{id}/resend", post(calls::resend)),
        route(Method::GET, "/connectors", get(connectors::list)),
        route(Method::POST, "/connectors", post(connectors::add)),
        route(Method::GET, "/connectors/{id}", get(connectors::show)),
        route(Method::PUT, "/connectors/{id}", put(connectors::change)),
        route(Method::DELETE, "/connectors/{id}", delete(connectors::remove)),
        route(Method::GET, "/connectors/{id}/pool", get(connectors::show_pool)),
        route(Method::POST, "/connectors/{id}/pool", post(connectors::import_pool)),
    ]
}

/// Method and path of every route, the open one included.
pub(crate) fn route_list() -> impl Iterator<Item = (String, String)> {
    let open = ("GET".to_owned(), format!("{PREFIX}/openapi.json"));
    let protected = routes().into_iter().map(|route| (route.method.to_string(), format!("{PREFIX}{}", route.path)));
    std::iter::once(open).chain(protected)
}

/// The API.
pub(crate) fn router(gateway: Gateway) -> Router {
    let protected = routes()
        .into_iter()
        .fold(Router::new(), |router, route| router.route(&format!("{PREFIX}{}", route.path), route.handler))
        .layer(middleware::from_fn_with_state(gateway.clone(), require_token::<Gateway>));
    // The document describes the API and holds nothing of anybody.
    let open = Router::new().route(&format!("{PREFIX}/openapi.json"), get(openapi::show));
    let limit = gateway.foundation().config.server.body_limit_bytes;
    wrap::api(protected.merge(open).with_state(gateway), limit)
}
