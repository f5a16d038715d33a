//! HTTP as the tests speak it: one connection per call, nothing retried, nothing followed.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Advancing the store's clock answers when it has arrived, which may take a minute.
const TIMEOUT: Duration = Duration::from_secs(150);

/// An API with its bearer token.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    /// Address up to and with `/api/v1`.
    pub(crate) base: String,
    /// Token.
    pub(crate) token: String,
}

impl Api {
    /// The API of a face at `url`.
    pub(crate) fn at(url: &str, token: &str) -> Self {
        Self { base: format!("{url}/api/v1"), token: token.to_owned() }
    }

    /// Reads.
    ///
    /// # Panics
    /// When it cannot be read.
    pub(crate) async fn get(&self, path: &str) -> Value {
        match self.try_call("GET", path, &Value::Null).await {
            Ok((200, body)) => body,
            other => panic!("GET {path}: {other:?}"),
        }
    }

    /// Does something that must succeed.
    ///
    /// # Panics
    /// When it does not.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        match self.try_call("POST", path, &body).await {
            Ok((200..300, body)) => body,
            other => panic!("POST {path}: {other:?}"),
        }
    }

    /// Calls; the answer is its status and JSON body.
    ///
    /// # Errors
    /// When there is no answer.
    pub(crate) async fn try_call(&self, method: &str, path: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
        let address = format!("{}{path}", self.base);
        let request = Request::builder()
            .method(method)
            .uri(&address)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json");
        let content = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let answer = call(request.body(Full::new(content))?).await?;
        let value = serde_json::from_slice(answer.body())
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(answer.body()).into_owned()));
        Ok((answer.status().as_u16(), value))
    }
}

/// Sends a request to the host of its address.
///
/// # Errors
/// When there is no whole answer.
pub(crate) async fn call(request: Request<Full<Bytes>>) -> anyhow::Result<Response<Bytes>> {
    let target = request.uri().authority().context("the address names a host")?.to_string();
    call_at(&target, request).await
}

/// Sends a request to `target`, whatever host its address and header name.
///
/// # Errors
/// When there is no whole answer.
pub(crate) async fn call_at(target: &str, mut request: Request<Full<Bytes>>) -> anyhow::Result<Response<Bytes>> {
    if !request.headers().contains_key(header::HOST) {
        let host = request.uri().authority().context("the address names a host")?.as_str().parse()?;
        request.headers_mut().insert(header::HOST, host);
    }
    let path = request.uri().path_and_query().context("the address has a path")?.as_str().parse()?;
    *request.uri_mut() = path;
    let exchange = async {
        let stream = TcpStream::connect(target).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the answer, or with the error that the sender reports as well.
        tokio::spawn(connection);
        let (parts, body) = sender.send_request(request).await?.into_parts();
        anyhow::Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    };
    tokio::time::timeout(TIMEOUT, exchange).await.context("no answer in time")?
}
