//! The one real HTTP client.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::{AddressGuard, Answer, BoxFuture, Failure, FailureReason, Outbound, Request};

/// Limits of the client.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// Time to establish a connection.
    pub connect_timeout_ms: u64,
    /// Largest answer that is read.
    pub body_limit_bytes: usize,
    /// Which addresses may be called.
    pub guard: AddressGuard,
}

/// Calls others through vetted addresses only. Clones share the connections.
#[derive(Clone)]
pub struct GuardedClient {
    client: reqwest::Client,
    settings: Arc<ClientSettings>,
}

impl GuardedClient {
    /// Builds the client.
    ///
    /// # Errors
    /// [`FailureReason::TlsFailed`] when the machine's certificates cannot be loaded.
    pub fn new(settings: ClientSettings) -> Result<Self, Failure> {
        let settings = Arc::new(settings);
        let client = reqwest::Client::builder()
            .user_agent(concat!("Mercer/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
            .pool_max_idle_per_host(16)
            .tcp_nodelay(true)
            .dns_resolver(Arc::new(VettingResolver(settings.guard.clone())))
            .build()
            .map_err(|error| Failure::new(FailureReason::TlsFailed, describe(&error)))?;
        Ok(Self { client, settings })
    }

    async fn call(&self, request: Request) -> Result<Answer, Failure> {
        self.vet(&request.url)?;
        let mut builder = self
            .client
            .request(request.method, &request.url)
            .timeout(Duration::from_millis(request.timeout_ms))
            .body(request.body);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let mut response = builder.send().await.map_err(|error| classify(&error))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
            if body.len() + chunk.len() > self.settings.body_limit_bytes {
                let limit = self.settings.body_limit_bytes;
                return Err(Failure::new(FailureReason::BodyTooLarge, format!("the limit is {limit} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body: body.freeze() })
    }

    /// A literal address never reaches the resolver, so it is checked here.
    fn vet(&self, address: &str) -> Result<(), Failure> {
        let url = Url::parse(address)
            .map_err(|error| Failure::new(FailureReason::BadAddress, format!("{address}: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::new(FailureReason::BadAddress, format!("{address}: only http and https are allowed")));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => None,
            None => return Err(Failure::new(FailureReason::BadAddress, format!("{address}: the host is missing"))),
        };
        match literal {
            Some(ip) if !self.settings.guard.allows(ip) => Err(refused(&ip.to_string())),
            _ => Ok(()),
        }
    }
}

impl Outbound for GuardedClient {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Answer, Failure>> {
        Box::pin(self.call(request))
    }
}

/// Resolves a name and keeps the allowed addresses; the connection is made to one of exactly those.
struct VettingResolver(AddressGuard);

impl Resolve for VettingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|found| guard.allows(found.ip())).collect();
            if allowed.is_empty() {
                return Err(Box::new(AllRefused(host)) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("every address of {0} is private or denied")]
struct AllRefused(String);

fn refused(address: &str) -> Failure {
    Failure::new(
        FailureReason::AddressRefused,
        format!("{address} is private or denied; outbound.allow_private can allow it"),
    )
}

fn classify(error: &reqwest::Error) -> Failure {
    let detail = describe(error);
    let causes = || std::iter::successors(Some(error as &dyn std::error::Error), |cause| cause.source());
    if let Some(host) = causes().find_map(|cause| cause.downcast_ref::<AllRefused>()) {
        return refused(&host.0);
    }
    let reason = if error.is_timeout() {
        FailureReason::Timeout
    } else if causes().any(|cause| cause.downcast_ref::<rustls::Error>().is_some()) {
        FailureReason::TlsFailed
    } else if error.is_connect() {
        // reqwest gives name errors no type of their own; the resolver's are the only ones without an OS code.
        let io = causes().find_map(|cause| cause.downcast_ref::<std::io::Error>());
        match io {
            Some(io) if io.raw_os_error().is_none() => FailureReason::DnsFailed,
            _ => FailureReason::ConnectFailed,
        }
    } else if error.is_builder() {
        FailureReason::BadAddress
    } else {
        FailureReason::ConnectionLost
    };
    Failure::new(reason, detail)
}

/// The error with its causes and without its address, which may carry a signature.
fn describe(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    if text.is_empty() { "the call could not be made".to_owned() } else { text }
}
