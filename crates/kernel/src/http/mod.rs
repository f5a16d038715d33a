//! Outgoing HTTP behind one port.
//!
//! [`GuardedClient`] is the only real client of the project: it resolves a name, vets every address,
//! connects only to vetted ones, follows no redirects, and bounds time and body. A test world puts a
//! network of its own behind [`Outbound`].

mod failure;
mod guard;
mod guarded_client;

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
pub use http::{HeaderMap, Method, StatusCode};

pub use self::failure::{Failure, FailureReason};
pub use self::guard::AddressGuard;
pub use self::guarded_client::{ClientSettings, GuardedClient};

/// A call to make.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET, POST …
    pub method: Method,
    /// Absolute `http` or `https` address with its query.
    pub url: String,
    /// Headers in the order in which they are sent.
    pub headers: Vec<(String, String)>,
    /// The exact bytes sent.
    pub body: Bytes,
    /// From the first byte of connecting to the last byte of the answer.
    pub timeout_ms: u64,
}

impl Request {
    /// A POST of JSON text.
    #[must_use]
    pub fn post_json(url: String, body: impl Into<Bytes>, timeout_ms: u64) -> Self {
        let headers = vec![
            ("Accept".to_owned(), "application/json".to_owned()),
            ("Content-Type".to_owned(), "application/json;charset=utf-8".to_owned()),
        ];
        Self { method: Method::POST, url, headers, body: body.into(), timeout_ms }
    }

    /// A GET without body.
    #[must_use]
    pub fn get(url: String, timeout_ms: u64) -> Self {
        Self { method: Method::GET, url, headers: Vec::new(), body: Bytes::new(), timeout_ms }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// A complete answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// A header's text, when it is there and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A boxed future, so that [`Outbound`] can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The way out. Never panics, never hangs longer than the request's time-out.
pub trait Outbound: Send + Sync {
    /// Makes a call and reads the whole answer.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Answer, Failure>>;
}
