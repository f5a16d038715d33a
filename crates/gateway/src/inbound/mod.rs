//! What the store calls: one adapter per family of the protocol, each turning a request into the same
//! [`crate::instance::Command`]. What they have in common is done at the [`desk`].
//!
//! The families are told apart by method, path and `activity`, never by guessing: GET is SaaS V1.0; POST
//! below `/produceAPI/v2/` is the kit V2.0, below `/produceAPI/` the kit V1.0; any other POST is an order
//! notification when its `activity` says so, else SaaS V2.0.
//!
//! Cost of a call, the whole of it: one read (the instance, and with it an earlier command of the same
//! order) and one commit of at most four statements (nonce, callback, instance, event for the app).
//! Access keys come from memory. A test counts (`statement_count` in `tests.rs`).

pub(crate) mod answer;
pub(crate) mod callback;
mod check;
mod command;
mod debugging;
pub(crate) mod desk;
mod family;
pub(crate) mod inbox;
pub(crate) mod kept;
mod kit;
mod order_notify;
mod record;
mod saas_v1;
mod saas_v2;
pub(crate) mod step;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use mercer_protocol::body_sign;
use mercer_protocol::kit::{Interface, Version};
use mercer_protocol::order_notify::is_order_notify;

pub use callback::Verdict;
pub use check::SignatureCheck;
pub use family::Family;
pub use inbox::{CallbackDetail, CallbackFilter, CallbackSummary};

use crate::error::GatewayError;
use crate::gateway::Gateway;

/// Largest request body (decision D31).
pub(crate) const BODY_LIMIT_BYTES: usize = 1_024 * 1_024;

/// The routes of the production address, for the router and for the test that lists them.
pub(crate) const ROUTES: &[(&str, &str)] = &[
    ("GET", "/produce/{merchant}"),
    ("POST", "/produce/{merchant}"),
    ("POST", "/produce/{merchant}/produceAPI/{interface}"),
    ("POST", "/produce/{merchant}/produceAPI/v2/{interface}"),
];

/// A received call, before anything is known about it.
pub(crate) struct Call {
    /// From the path.
    pub(crate) merchant_id: String,
    /// The raw query.
    pub(crate) query: String,
    /// As received.
    pub(crate) headers: HeaderMap,
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
    Router::new()
        .route("/produce/{merchant}", get(produce_v1).post(produce))
        .route("/produce/{merchant}/produceAPI/{interface}", post(kit_v1))
        .route("/produce/{merchant}/produceAPI/v2/{interface}", post(kit_v2))
        .with_state(gateway)
}

/// GET on the address itself: a base interface of SaaS V1.0.
async fn produce_v1(
    State(gateway): State<Gateway>,
    Path(merchant_id): Path<String>,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Response {
    let call = match receive(merchant_id, query, request, BODY_LIMIT_BYTES).await {
        Ok(call) => call,
        Err(refused) => return refused,
    };
    let answered = saas_v1::answer(&gateway, &call).await;
    respond(&gateway, &call, Family::SaasV1, answered).await
}

/// POST on the address itself: a base interface of SaaS V2.0, or an order notification.
async fn produce(
    State(gateway): State<Gateway>,
    Path(merchant_id): Path<String>,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Response {
    let call = match receive(merchant_id, query, request, BODY_LIMIT_BYTES).await {
        Ok(call) => call,
        Err(refused) => return refused,
    };
    // Only the keys are chosen by this look; a body that cannot be read goes the way of SaaS V2.0.
    if is_order_notify(&call.body) {
        let answered = order_notify::answer(&gateway, &call).await;
        return respond(&gateway, &call, Family::OrderNotification, answered).await;
    }
    let answered = saas_v2::answer(&gateway, &call).await;
    respond(&gateway, &call, Family::SaasV2, answered).await
}

/// POST below the address without `/v2`: the kit V1.0.
async fn kit_v1(
    State(gateway): State<Gateway>,
    Path(place): Path<(String, String)>,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Response {
    kit(&gateway, (Version::V1, place), query, request).await
}

/// POST below `/v2`: the kit V2.0.
async fn kit_v2(
    State(gateway): State<Gateway>,
    Path(place): Path<(String, String)>,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Response {
    kit(&gateway, (Version::V2, place), query, request).await
}

/// A synchronisation of the kit, by its path.
async fn kit(
    gateway: &Gateway,
    (version, (merchant_id, interface)): (Version, (String, String)),
    query: Option<String>,
    request: Request<Body>,
) -> Response {
    let Some(interface) = Interface::parse(&interface) else {
        return (StatusCode::NOT_FOUND, "the kit has no such interface").into_response();
    };
    match receive(merchant_id, query, request, gateway.settings().kit_body_limit_bytes).await {
        Ok(call) => {
            let answered = kit::answer(gateway, &call, (version, interface)).await;
            respond(gateway, &call, kit::family(version), answered).await
        }
        Err(refused) => refused,
    }
}

/// Takes a request in; one whose body is over the limit or breaks off is refused.
async fn receive(
    merchant_id: String,
    query: Option<String>,
    request: Request<Body>,
    limit_bytes: usize,
) -> Result<Call, Response> {
    let (head, body) = request.into_parts();
    match axum::body::to_bytes(body, limit_bytes).await {
        Ok(body) => Ok(Call { merchant_id, query: query.unwrap_or_default(), headers: head.headers, body }),
        Err(error) => {
            tracing::warn!(merchant_id, %error, "a call was refused: its body is too large or broke off");
            Err((StatusCode::PAYLOAD_TOO_LARGE, format!("the body may have {limit_bytes} bytes at most"))
                .into_response())
        }
    }
}

/// Sends the answer. Whatever could not be written is not answered with success.
async fn respond(gateway: &Gateway, call: &Call, family: Family, answered: Result<Reply, GatewayError>) -> Response {
    let reply = match answered {
        Ok(reply) => reply,
        Err(error) => desk::unavailable(gateway, call, family, &error).await,
    };
    let mut response = (reply.status, [(header::CONTENT_TYPE, "application/json")], reply.body).into_response();
    if let Some(value) = reply.body_sign.and_then(|value| value.parse().ok()) {
        response.headers_mut().insert(header::HeaderName::from_static(BODY_SIGN), value);
    }
    response
}

/// [`body_sign::HEADER_NAME`] in the form the HTTP library wants; the server writes it in title case.
const BODY_SIGN: &str = "body-sign";

const _: () = assert!(body_sign::HEADER_NAME.eq_ignore_ascii_case(BODY_SIGN));
