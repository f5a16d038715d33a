//! Client of the store's open APIs: what the merchant asks the store, signed with AK/SK.
//! Source: open APIs §1, §2, §3.1.
//!
//! There are no retries here: a call belongs to an outbox job, which knows when to try again.

use mercer_kernel::http::{Answer as HttpAnswer, Failure, FailureReason, Request};
use mercer_protocol::aksk::{Credentials, RequestToSign, sign};
use mercer_protocol::order_query::{Answer, CodePrefix, OrderInfo, PATH, Query, Recovery};
use url::Url;

use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::{Site, StoreLink, repo};

/// First host of the Chinese site. When it is not available the same path is repeated on the fallback
/// host (open APIs §1.1, `gateway.openapi.fallback_host`).
const CN_HOST: &str = "mkt.myhuaweicloud.com";

/// An order that could not be fetched.
#[derive(Debug, Clone)]
pub(crate) struct OrderFailure {
    pub(crate) reason: FailureReason,
    /// What exactly, for people.
    pub(crate) detail: String,
    /// The call as sent, without its signature.
    pub(crate) request: String,
    /// HTTP status, when there was an answer.
    pub(crate) http_status: Option<u16>,
    /// The store's code, when there was one.
    pub(crate) result_code: Option<String>,
}

impl OrderFailure {
    fn before_call(reason: FailureReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), request: String::new(), http_status: None, result_code: None }
    }
}

/// Asks the store for an order (查询订单).
pub(crate) async fn query_order(
    gateway: &Gateway,
    merchant_id: &str,
    query: &Query,
) -> Result<OrderInfo, OrderFailure> {
    let (link, credentials) = match link(gateway, merchant_id).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let detail = "the merchant's link to the store is not configured: enter its base URL, AK and SK under Keys";
            return Err(OrderFailure::before_call(FailureReason::NotConfigured, detail));
        }
        Err(error) => return Err(OrderFailure::before_call(FailureReason::Other, error.to_string())),
    };
    let first = send(gateway, &link.base_url, &credentials, query).await;
    let (address, answer) = match first {
        Err(failure) if is_unavailable(failure.reason) => match fallback_of(gateway, &link) {
            Some(second) => (second.clone(), send(gateway, &second, &credentials, query).await),
            None => (link.base_url.clone(), Err(failure)),
        },
        other => (link.base_url.clone(), other),
    };
    let request = format!("GET {address}{PATH}?{}", query.to_query_string());
    match answer {
        Ok(answer) => read(gateway, &answer).map_err(|failure| OrderFailure { request, ..failure }),
        Err(failure) => Err(OrderFailure { request, ..OrderFailure::before_call(failure.reason, failure.detail) }),
    }
}

async fn link(gateway: &Gateway, merchant_id: &str) -> Result<Option<(StoreLink, Credentials)>, GatewayError> {
    let Some((link, sealed)) = repo::find_store_link(gateway.db(), merchant_id).await? else { return Ok(None) };
    let secret_access_key = gateway.vault().open_at(repo::link_place(merchant_id), &sealed)?;
    let credentials = Credentials { access_key_id: link.access_key_id.clone(), secret_access_key };
    Ok(Some((link, credentials)))
}

async fn send(
    gateway: &Gateway,
    base_url: &str,
    credentials: &Credentials,
    query: &Query,
) -> Result<HttpAnswer, Failure> {
    let base = Url::parse(base_url)
        .map_err(|error| Failure::new(FailureReason::BadAddress, format!("{base_url}: {error}")))?;
    let host = match (base.host_str(), base.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return Err(Failure::new(FailureReason::BadAddress, format!("{base_url} names no host"))),
    };
    let raw_query = query.to_query_string();
    // A local store may live under a path; the signature covers the whole of it.
    let path = format!("{}{PATH}", base.path().trim_end_matches('/'));
    let signed = sign(
        credentials,
        &RequestToSign {
            method: "GET",
            host: &host,
            path: &path,
            raw_query: &raw_query,
            content_type: None,
            body: &[],
            at: gateway.foundation().wall.now().to_jiff(),
        },
    );
    let timeout_ms = u64::try_from(gateway.settings().open_api_timeout.as_millis()).unwrap_or(u64::MAX);
    let url = format!("{}{path}?{raw_query}", base.origin().ascii_serialization());
    let mut request =
        Request::get(url, timeout_ms).header("Content-Type", "application/json").header("Accept", "application/json");
    for (name, value) in signed.headers() {
        request = request.header(name, value);
    }
    gateway.foundation().outbound.send(request).await
}

fn read(gateway: &Gateway, answer: &HttpAnswer) -> Result<OrderInfo, OrderFailure> {
    let failure = |reason: FailureReason, detail: String, result_code: Option<String>| OrderFailure {
        reason,
        detail,
        request: String::new(),
        http_status: Some(answer.status),
        result_code,
    };
    let parsed = Answer::read(answer.status, &answer.body);
    let finality = match parsed.recovery() {
        Recovery::Final => " (the store will not answer otherwise by itself)",
        Recovery::Repeat => "",
    };
    match parsed {
        Answer::Found(order) => Ok(*order),
        Answer::Refused(response) => {
            let code = response.code.to_text(CodePrefix::Mkt);
            let detail = format!("query order: {code} {}{finality}", response.message);
            Err(failure(FailureReason::ResultCode, detail, Some(code)))
        }
        Answer::Gateway { http_status, error } => {
            let clock = clock_hint(gateway, answer);
            let detail =
                format!("query order: HTTP {http_status} {} {}{clock}{finality}", error.error_code, error.error_msg);
            Err(failure(FailureReason::HttpStatus, detail, Some(error.error_code)))
        }
        Answer::Unreadable { http_status, detail } => {
            Err(failure(FailureReason::UnreadableBody, format!("query order: HTTP {http_status}: {detail}"), None))
        }
    }
}

/// With a refused signature the usual cause is a wrong clock: says how far the two are apart.
fn clock_hint(gateway: &Gateway, answer: &HttpAnswer) -> String {
    if answer.status != 401 {
        return String::new();
    }
    let theirs = answer.header("date").and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
    let Some(theirs) = theirs else { return String::new() };
    let seconds = gateway.foundation().wall.now().as_millis() / 1_000 - theirs.timestamp().as_second();
    format!("; our clock is {} s {} the store's", seconds.abs(), if seconds < 0 { "behind" } else { "ahead of" })
}

fn is_unavailable(reason: FailureReason) -> bool {
    matches!(
        reason,
        FailureReason::ConnectFailed
            | FailureReason::DnsFailed
            | FailureReason::TlsFailed
            | FailureReason::Timeout
            | FailureReason::ConnectionLost
    )
}

fn fallback_of(gateway: &Gateway, link: &StoreLink) -> Option<String> {
    let second = &gateway.settings().fallback_host;
    let host = Url::parse(&link.base_url).ok()?.host_str()?.to_owned();
    let applies = link.site == Site::Cn && host == CN_HOST && !second.is_empty();
    applies.then(|| link.base_url.replacen(CN_HOST, second, 1))
}
