//! The open APIs (云商店开放接口): what merchants call on the store, behind the gateway that checks them.
//!
//! A call goes through the same stations in the same order as at the real store: sizes, routing, AK/SK,
//! rate, then the API itself. Signatures are checked against the wall clock: the store's own clock may be
//! frozen or far ahead, the merchant's is right. Source: open APIs chapters 1, 2 and 3.1.

mod gateway_error;
mod limits;
mod query_order;
mod rate;
mod settings;

#[cfg(test)]
mod tests;

pub(crate) use settings::OpenApiSettings;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, header};
use mercer_protocol::aksk::{self, Received};
use mercer_protocol::order_query::{self, CodePrefix, MktCode};

use gateway_error::{Stopped, json_answer};
use rate::RateLimit;

use crate::{Core, merchant};

/// The paths that belong to the open APIs, whether an API lies there or not.
const PREFIXES: [&str; 2] = ["/api/mkp-openapi-public/{*rest}", "/rest/marketplace/{*rest}"];

/// What every call needs.
struct OpenApi {
    core: Arc<Core>,
    settings: OpenApiSettings,
    rate: RateLimit,
}

/// The open APIs that exist here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Api {
    QueryOrder,
}

impl Api {
    /// The API at a path, whatever is behind a `/` at its end.
    fn at(method: &Method, path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        (method == Method::GET && path == order_query::PATH).then_some(Self::QueryOrder)
    }

    fn name(self) -> &'static str {
        match self {
            Self::QueryOrder => "query_order",
        }
    }
}

/// The routes of the open APIs.
pub(crate) fn router(core: Arc<Core>, settings: OpenApiSettings) -> Router {
    let rate = RateLimit::new(settings.rate_per_second);
    let open_api = Arc::new(OpenApi { core, settings, rate });
    PREFIXES.iter().fold(Router::new(), |router, path| router.route(path, any(entry))).with_state(open_api)
}

/// Every call comes in here and leaves with the common headers. Source: open APIs §1.4, decision D31.
async fn entry(State(open_api): State<Arc<OpenApi>>, request: Request) -> Response {
    let foundation = &open_api.core.foundation;
    let request_id = foundation.entropy.hex_upper(32).to_ascii_lowercase();
    let path = request.uri().path().to_owned();
    let mut answer = match open_api.handle(request).await {
        Ok(answer) => answer,
        Err(stopped) => {
            let (status, code) = (stopped.status(), stopped.code());
            tracing::info!(%request_id, path, status, code, "an open API call was stopped at the gateway");
            stopped.into_answer(&request_id)
        }
    };
    let now = foundation.wall.now().to_jiff();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let headers = answer.headers_mut();
    if let Ok(date) = HeaderValue::from_str(&date) {
        headers.insert(header::DATE, date);
    }
    headers.insert(header::SERVER, HeaderValue::from_static("Mercer"));
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert("X-Request-Id", id);
    }
    answer
}

impl OpenApi {
    async fn handle(&self, request: Request) -> Result<Response, Stopped> {
        let (head, body) = request.into_parts();
        let uri_length = head.uri.path_and_query().map_or(0, |uri| uri.as_str().len());
        let header_lengths = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        limits::check_head(uri_length, header_lengths)?;
        let api = self.route(&head)?;
        let body = axum::body::to_bytes(body, limits::MAX_BODY_BYTES).await.map_err(|_| Stopped::body_too_large())?;
        let merchant_id = self.authenticate(&head, &body).await?;
        if !self.rate.admit(api.name(), &merchant_id, self.core.foundation.wall.now()) {
            return Err(Stopped::flow_control(self.rate.per_second()));
        }
        Ok(self.call(api, &merchant_id, &head).await)
    }

    /// Host, stage, method and path come before anything else. Source: open APIs §2.2, decision D32.
    fn route(&self, head: &Parts) -> Result<Api, Stopped> {
        let text = |name: &str| head.headers.get(name).map(HeaderValue::as_bytes);
        let host_is_ours = text("host").is_none_or(|host| self.settings.answers_to(host));
        let is_released = text("x-stage").is_none_or(|stage| stage == b"RELEASE");
        match Api::at(&head.method, head.uri.path()) {
            Some(api) if host_is_ours && is_released => Ok(api),
            Some(_) | None => Err(Stopped::no_such_api()),
        }
    }

    /// Who calls, by AK/SK. Source: open APIs §2.2.
    async fn authenticate(&self, head: &Parts, body: &Bytes) -> Result<String, Stopped> {
        let foundation = &self.core.foundation;
        let headers: Vec<(&str, &str)> = head
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?)))
            .collect();
        let received = Received {
            method: head.method.as_str(),
            path: head.uri.path(),
            raw_query: head.uri.query().unwrap_or_default(),
            headers: &headers,
            body,
            now: foundation.wall.now().to_jiff(),
        };
        let refuse = |refusal: aksk::Refusal| {
            tracing::warn!(
                step = refusal.step.name(),
                detail = %refusal.detail,
                canonical_request = refusal.canonical_request.as_deref().unwrap_or_default(),
                "an AK/SK signature was refused"
            );
            Stopped::unauthenticated(&refusal, self.settings.explain)
        };
        let presented = aksk::read(&received, &self.settings.aksk).map_err(refuse)?;
        let caller = merchant::caller_by_ak(foundation, presented.access_key_id()).await.map_err(|error| {
            tracing::error!(%error, "an AK could not be looked up");
            Stopped::backend_unavailable()
        })?;
        presented.check(caller.as_ref().map(|caller| caller.sk.as_str())).map_err(refuse)?;
        Ok(caller.expect("a call without known AK never passes the check").merchant_id)
    }

    async fn call(&self, api: Api, merchant_id: &str, head: &Parts) -> Response {
        let raw_query = head.uri.query().unwrap_or_default();
        let answered = match api {
            Api::QueryOrder => query_order::query_order(self, merchant_id, raw_query, self.settings.surplus).await,
        };
        let answer = answered.unwrap_or_else(|error| {
            tracing::error!(%error, api = api.name(), merchant_id, "an open API could not answer");
            order_query::Response::refused(MktCode::InternalError, "")
        });
        json_answer(answer.http_status(), answer.to_json(CodePrefix::default()))
    }
}
