//! The network between two processes: everything passes through here, so that a test knows each exchange
//! and can do something just before it goes on or just before its answer goes back.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

use super::http::call_at;
use super::snare::{Moment, Snare};

/// A relay on an address of its own. Its targets may change while it runs, as ports do when a process is
/// started again.
#[derive(Debug, Clone)]
pub(crate) struct Relay(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    targets: Mutex<Vec<String>>,
    passed: AtomicUsize,
    snare: Arc<Snare>,
}

impl Relay {
    /// A relay that leads nowhere yet.
    ///
    /// # Panics
    /// When there is no free port.
    pub(crate) async fn open(snare: &Arc<Snare>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let relay = Self(Arc::new(Inner {
            address: listener.local_addr().expect("a listener has an address"),
            targets: Mutex::default(),
            passed: AtomicUsize::new(0),
            snare: Arc::clone(snare),
        }));
        tokio::spawn(relay.clone().listen(listener));
        relay
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// Where to pass on to, in turn; addresses as `http://HOST:PORT`.
    pub(crate) fn lead_to(&self, urls: &[String]) {
        let hosts = urls.iter().map(|url| url.trim_start_matches("http://").to_owned()).collect();
        *self.0.targets.lock().unwrap_or_else(PoisonError::into_inner) = hosts;
    }

    async fn listen(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let relay = self.clone();
            let service = service_fn(move |request| {
                let relay = relay.clone();
                // In a task of its own: a caller that dies does not call back what it has sent.
                let passing = tokio::spawn(async move { relay.pass(request).await });
                async move { passing.await? }
            });
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A caller that died, or a failed pass, which breaks the connection as the network would.
            tokio::spawn(connection);
        }
    }

    /// An error closes the connection without an answer.
    async fn pass(&self, request: Request<Incoming>) -> anyhow::Result<Response<Full<Bytes>>> {
        let (mut parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let name = name(&parts.uri, &body);
        parts.headers.remove(header::CONNECTION);
        self.0.snare.meet(&name, Moment::Before).await;
        let target = self.next_target().ok_or_else(|| anyhow::anyhow!("the relay leads nowhere"))?;
        let answer = call_at(&target, Request::from_parts(parts, Full::new(body))).await?;
        self.0.snare.meet(&name, Moment::After).await;
        let (mut parts, body) = answer.into_parts();
        // The next hop frames the body anew.
        parts.headers.remove(header::TRANSFER_ENCODING);
        parts.headers.remove(header::CONNECTION);
        Ok(Response::from_parts(parts, Full::new(body)))
    }

    fn next_target(&self) -> Option<String> {
        let targets = self.0.targets.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = self.0.passed.fetch_add(1, Ordering::Relaxed);
        targets.get(passed % targets.len().max(1)).cloned()
    }
}

/// What an exchange is about: the activity, the kind of the event, or the last words of the path.
fn name(uri: &http::Uri, body: &[u8]) -> String {
    let path = uri.path();
    let parameters = uri.query().unwrap_or_default().split('&');
    // SaaS V1.0 says it in the query.
    if let Some(activity) = parameters.filter_map(|pair| pair.strip_prefix("activity=")).next() {
        return activity.to_owned();
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let member = |name: &str| body[name].as_str().map(ToOwned::to_owned);
    member("activity")
        .or_else(|| member("type").map(|kind| kind.replace("mercer.instance.", "")))
        .unwrap_or_else(|| path.rsplitn(3, '/').take(2).collect::<Vec<_>>().join(" "))
}
