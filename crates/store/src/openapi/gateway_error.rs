//! What the API gateway in front of the open APIs answers when a call does not get through to them.
//!
//! Source: open APIs §2.4 (APIGW网关错误码) and §1.6.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use mercer_protocol::aksk::{GatewayError, Refusal};

/// A call that was stopped at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stopped {
    status: u16,
    code: &'static str,
    message: String,
}

impl Stopped {
    /// Unknown host, path, method or stage.
    pub(crate) fn no_such_api() -> Self {
        Self::new(404, "APIGW.0101", "The API does not exist or has not been published in the environment.")
    }

    /// Body over 12 MB.
    pub(crate) fn body_too_large() -> Self {
        Self::new(413, "APIGW.0201", "Request entity too large.")
    }

    /// Request URI over 32 KB.
    pub(crate) fn uri_too_long() -> Self {
        Self::new(414, "APIGW.0201", "Request URI too large.")
    }

    /// A header over 32 KB, or all of them over 128 KB.
    pub(crate) fn headers_too_large() -> Self {
        Self::new(494, "APIGW.0201", "Request headers too large.")
    }

    /// More calls in a second than an API allows one merchant.
    pub(crate) fn flow_control(per_second: u32) -> Self {
        let message = format!("flow control exceeded: {per_second} requests per second and API");
        Self::new(429, "APIGW.0308", message)
    }

    /// The store itself could not answer.
    pub(crate) fn backend_unavailable() -> Self {
        Self::new(502, "APIGW.0201", "Backend unavailable.")
    }

    /// The signature is refused. `explained` adds the canonical request the store computed, which only
    /// the sandbox may do.
    pub(crate) fn unauthenticated(refusal: &Refusal, explained: bool) -> Self {
        let mut message = refusal.full_message();
        if explained {
            let wording = refusal.step.wording();
            message.push_str(&format!(". Step: {}. {} / {}", refusal.step.name(), wording.en, wording.zh));
            if let Some(canonical) = &refusal.canonical_request {
                message.push_str(&format!(". The store computed this canonical request:\n{canonical}"));
            }
        }
        Self::new(refusal.http_status, refusal.error_code, message)
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// The answer with the gateway's body.
    pub(crate) fn into_answer(self, request_id: &str) -> Response {
        let body = GatewayError {
            error_msg: self.message,
            error_code: self.code.to_owned(),
            request_id: request_id.to_owned(),
        };
        json_answer(self.status, body.to_json())
    }

    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

/// An answer in the open APIs' own media type. Source: open APIs §1.4.
pub(crate) fn json_answer(status: u16, body: String) -> Response {
    let length = HeaderValue::from(body.len());
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = StatusCode::from_u16(status).expect("the statuses of this piece lie between 200 and 599");
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    headers.insert(header::CONTENT_LENGTH, length);
    answer
}

#[cfg(test)]
mod tests {
    use mercer_protocol::aksk::ApigwFault;

    use super::*;

    #[test]
    fn every_refusal_stands_in_the_published_table() {
        let all = [
            Stopped::no_such_api(),
            Stopped::body_too_large(),
            Stopped::uri_too_long(),
            Stopped::headers_too_large(),
            Stopped::flow_control(200),
            Stopped::backend_unavailable(),
            Stopped::unauthenticated(&Refusal::replayed(), true),
        ];
        for stopped in all {
            let (code, status) = (stopped.code(), stopped.status());
            assert!(ApigwFault::find(code, status).is_some(), "{code} {status}");
            assert_eq!(stopped.into_answer("r").status(), status);
        }
    }
}
