//! The control API: everything a script, a test or the command line needs to drive the store.
//!
//! Bearer token, JSON in camelCase, ids as the protocol names them, refusals as problem documents in
//! the caller's language. The routes and the OpenAPI document come from one list.

mod applications;
mod bindings;
mod clock;
mod enterprises;
mod fault;
mod idempotency;
mod instances;
mod merchants;
mod messages;
mod notifications;
mod operation;
mod orders;
mod params;
mod people;
mod products;
mod rim;
mod rules;
mod schema;

#[cfg(test)]
pub(crate) mod test_world;
#[cfg(test)]
mod tests;

pub(crate) use idempotency::STATEMENTS as CONTROL_STATEMENTS;

use std::sync::Arc;

use axum::extract::FromRef;
use axum::routing::get;
use axum::{Json, Router, middleware};
use mercer_kernel::web::account::Accounts;
use mercer_kernel::web::{api_token, wrap};
use serde_json::Value;

use fault::Fault;
use operation::{BASE, Operation};

use crate::Core;

/// The schemas of all bodies and answers, as the OpenAPI document shows them.
const SCHEMAS: &str = include_str!("schemas.json");

/// What the routes of this API share.
#[derive(Clone)]
struct Control {
    core: Arc<Core>,
    schemas: Arc<Value>,
}

impl FromRef<Control> for Arc<Core> {
    fn from_ref(control: &Control) -> Self {
        Arc::clone(&control.core)
    }
}

impl FromRef<Control> for Accounts {
    fn from_ref(control: &Control) -> Self {
        control.core.accounts.clone()
    }
}

/// The routes of this API, complete with authentication.
pub(crate) fn router(core: Arc<Core>) -> Router {
    let schemas: Value = serde_json::from_str(SCHEMAS).expect("a test reads the schemas that are compiled in");
    let document = Arc::new(operation::document(&operations(), &schemas));
    let control = Control { core, schemas: Arc::new(schemas) };
    let router = operation::router(operations())
        .route_layer(middleware::from_fn_with_state(control.clone(), api_token::require_token::<Control>))
        .route(&format!("{BASE}/openapi.json"), get(move || async move { Json(Value::clone(&document)) }))
        .route(&format!("{BASE}/{{*rest}}"), axum::routing::any(no_such_route))
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(fault::in_callers_language))
        .with_state(control);
    wrap::api(router, rim::MAX_BODY_BYTES)
}

fn operations() -> Vec<Operation> {
    [
        orders::operations(),
        instances::operations(),
        messages::operations(),
        clock::operations(),
        merchants::operations(),
        notifications::operations(),
        applications::operations(),
        enterprises::operations(),
        people::operations(),
        bindings::operations(),
        products::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

async fn no_such_route() -> Fault {
    Fault::new(
        404,
        "route.unknown",
        "没有这个接口，全部接口见 /api/v1/openapi.json",
        "there is no such route; /api/v1/openapi.json lists them all",
    )
}

async fn wrong_method() -> Fault {
    Fault::new(
        405,
        "route.method",
        "该接口不支持此方法，见 /api/v1/openapi.json",
        "this route does not know the method; see /api/v1/openapi.json",
    )
}
