//! The merchant's side: signing a call. It signs host, x-sdk-date, and content-type when there is a
//! body (decision D20).

use std::fmt;

use jiff::Timestamp;

use super::canonical::{Computation, Parts, compute};
use super::{EMPTY_BODY_SHA256, SCHEME};
use crate::digest::{lower_hex, sha256};
use crate::time::format_basic_iso;

/// Access key id and secret (AK/SK).
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// AK, a look-up key; not part of the signed text.
    pub access_key_id: String,
    /// SK, used as its UTF-8 bytes.
    pub secret_access_key: String,
}

/// The secret must not reach a log by way of `{:?}`.
impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// A call about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct RequestToSign<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Value of the `Host` header, with the port if the header will carry one.
    pub host: &'a str,
    /// Path, percent-encoded where needed.
    pub path: &'a str,
    /// Query without `?`, percent-encoded where needed.
    pub raw_query: &'a str,
    /// Value of the `Content-Type` header; signed only together with a body.
    pub content_type: Option<&'a str>,
    /// The bytes that will be sent.
    pub body: &'a [u8],
    /// Time of the request.
    pub at: Timestamp,
}

/// What the signed call carries besides its own headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// Value of `X-Sdk-Date`.
    pub x_sdk_date: String,
    /// Value of `Authorization`.
    pub authorization: String,
    /// The `SignedHeaders` list.
    pub signed_headers: String,
    /// The intermediate values.
    pub computation: Computation,
}

impl SignedRequest {
    /// The two headers to add.
    pub fn headers(&self) -> [(&'static str, &str); 2] {
        [(super::DATE_HEADER, &self.x_sdk_date), ("Authorization", &self.authorization)]
    }
}

/// Signs a call.
pub fn sign(credentials: &Credentials, request: &RequestToSign<'_>) -> SignedRequest {
    let x_sdk_date = format_basic_iso(request.at);
    let mut headers = Vec::with_capacity(3);
    if let Some(content_type) = request.content_type.filter(|_| !request.body.is_empty()) {
        headers.push(("content-type", content_type));
    }
    headers.push(("host", request.host));
    headers.push(("x-sdk-date", x_sdk_date.as_str()));
    let payload_hash =
        if request.body.is_empty() { EMPTY_BODY_SHA256.to_owned() } else { lower_hex(&sha256(request.body)) };
    let parts = Parts {
        method: request.method,
        path: request.path,
        raw_query: request.raw_query,
        headers: &headers,
        payload_hash: &payload_hash,
        date: &x_sdk_date,
    };
    let computation = compute(&parts, &credentials.secret_access_key);
    let signed_headers = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let authorization = format!(
        "{SCHEME} Access={}, SignedHeaders={signed_headers}, Signature={}",
        credentials.access_key_id, computation.signature
    );
    SignedRequest { x_sdk_date, authorization, signed_headers, computation }
}
