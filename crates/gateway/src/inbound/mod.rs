//! What the store calls: one adapter per protocol version, each turning a request into the same
//! [`crate::instance::Command`].
//!
//! Cost of a call, the whole of it: one read (the instance, and with it an earlier command of the same
//! order) and one commit of at most four statements (nonce, callback, instance, event for the app).
//! Access keys come from memory. A test counts (`statement_count` in `tests.rs`).

mod answer;
pub(crate) mod callback;
mod command;
mod debugging;
pub(crate) mod inbox;
mod saas_v2;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;
use mercer_protocol::body_sign;

pub use callback::Verdict;
pub use inbox::{CallbackDetail, CallbackFilter, CallbackSummary};
pub use saas_v2::SignatureCheck;

use crate::gateway::Gateway;

/// Largest request body (decision D31).
pub(crate) const BODY_LIMIT_BYTES: usize = 1_024 * 1_024;

/// The routes of the production address, for the router and for the test that lists them.
pub(crate) const ROUTES: &[(&str, &str)] = &[("POST", "/produce/{merchant}")];

/// A received call, before anything is known about it.
pub(crate) struct Call {
    /// From the path.
    pub(crate) merchant_id: String,
    /// The raw query.
    pub(crate) query: String,
    /// The raw body.
    pub(crate) body: Bytes,
}

/// What goes back.
pub(crate) struct Reply {
    /// 200, except when nothing could be written.
    pub(crate) status: StatusCode,
    /// JSON.
    pub(crate) body: String,
    /// Value of the `Body-Sign` header.
    pub(crate) body_sign: Option<String>,
}

/// The production address.
pub(crate) fn router(gateway: Gateway) -> Router {
    Router::new().route("/produce/{merchant}", post(produce)).with_state(gateway)
}

async fn produce(
    State(gateway): State<Gateway>,
    Path(merchant_id): Path<String>,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Response {
    let body = match axum::body::to_bytes(request.into_body(), BODY_LIMIT_BYTES).await {
        Ok(body) => body,
        Err(error) => {
            tracing::warn!(merchant_id, %error, "a call was refused: its body is over 1 MiB or broke off");
            return (StatusCode::PAYLOAD_TOO_LARGE, "the body may have 1 MiB at most").into_response();
        }
    };
    let call = Call { merchant_id, query: query.unwrap_or_default(), body };
    let reply = saas_v2::answer(&gateway, &call).await;
    let mut response = (reply.status, [(header::CONTENT_TYPE, "application/json")], reply.body).into_response();
    if let Some(value) = reply.body_sign.and_then(|value| value.parse().ok()) {
        response.headers_mut().insert(header::HeaderName::from_static(BODY_SIGN), value);
    }
    response
}

/// [`body_sign::HEADER_NAME`] in the form the HTTP library wants; the server writes it in title case.
const BODY_SIGN: &str = "body-sign";

const _: () = assert!(body_sign::HEADER_NAME.eq_ignore_ascii_case(BODY_SIGN));
