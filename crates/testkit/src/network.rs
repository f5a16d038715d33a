//! A network inside the test: hosts are routers, and every kind of trouble can be switched on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::http::{Answer, BoxFuture, Failure, FailureReason, Outbound, Request};
use tower::ServiceExt as _;

/// What goes wrong on the way to a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nobody answers.
    Down,
    /// The host does its work, and the answer gets lost.
    AnswerLost,
    /// No answer in time, and the host never saw the call.
    Timeout,
    /// Some box in between answers with this status.
    Status(u16),
    /// The answer arrives cut in half.
    CutBody,
    /// The call arrives twice; the second answer is the one seen.
    Twice,
    /// The call is answered as another media type.
    ContentType(&'static str),
}

/// One call as the network saw it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// When, on the network's clock.
    pub at: Instant,
    /// Host called.
    pub host: String,
    /// Path and query.
    pub path: String,
    /// Body sent.
    pub request: String,
    /// Status and body, or the failure.
    pub answer: Result<(u16, String), FailureReason>,
}

/// A cheap handle on the network. Clones share it.
#[derive(Clone)]
pub struct Network {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    hosts: HashMap<String, Router>,
    faults: HashMap<String, Fault>,
    /// Faults used up by one call each, before the lasting one counts.
    next: HashMap<String, Vec<Fault>>,
    /// A fault that meets the call with this number, counted over all hosts.
    at_call: Option<(usize, Fault)>,
    calls: usize,
    log: Vec<Exchange>,
}

impl Network {
    /// An empty network that dates its log by `clock`.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        Self { clock: clock.clone(), state: Arc::default() }
    }

    /// Puts a router on the network under `host` (as in the URL, with its port if it has one).
    pub fn host(&self, host: &str, router: Router) {
        self.lock().hosts.insert(host.to_owned(), router);
    }

    /// Breaks the way to a host until [`Network::heal`].
    pub fn break_host(&self, host: &str, fault: Fault) {
        self.lock().faults.insert(host.to_owned(), fault);
    }

    /// Breaks the next call to a host only.
    pub fn break_next(&self, host: &str, fault: Fault) {
        self.lock().next.entry(host.to_owned()).or_default().push(fault);
    }

    /// Breaks the call with this number, counted from 0 over all hosts since the world began.
    pub fn break_call(&self, number: usize, fault: Fault) {
        self.lock().at_call = Some((number, fault));
    }

    /// How many calls there were so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.lock().calls
    }

    /// Mends the way to a host.
    pub fn heal(&self, host: &str) {
        let mut state = self.lock();
        state.faults.remove(host);
        state.next.remove(host);
    }

    /// Every call so far, in order.
    #[must_use]
    pub fn log(&self) -> Vec<Exchange> {
        self.lock().log.clone()
    }

    async fn deliver(&self, request: Request) -> Result<Answer, Failure> {
        let uri: http::Uri =
            request.url.parse().map_err(|_| Failure::new(FailureReason::BadAddress, request.url.clone()))?;
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        let (router, fault) = self.route(&host);
        let unreachable = || Failure::new(FailureReason::ConnectFailed, format!("nobody at {host}"));
        let answer = match (fault, router) {
            (Some(Fault::Down), _) | (_, None) => Err(unreachable()),
            (Some(Fault::Timeout), _) => Err(Failure::new(FailureReason::Timeout, "no answer in time")),
            (Some(Fault::Status(status)), _) => {
                Ok(Answer { status, headers: http::HeaderMap::new(), body: Bytes::from_static(b"broken") })
            }
            (fault, Some(router)) => {
                if fault == Some(Fault::Twice) {
                    call(router.clone(), &request).await?;
                }
                let answer = call(router, &request).await?;
                distort(answer, fault.as_ref())
            }
        };
        self.remember(&host, &uri, &request, &answer);
        answer
    }

    fn route(&self, host: &str) -> (Option<Router>, Option<Fault>) {
        let mut state = self.lock();
        let number = state.calls;
        state.calls += 1;
        if let Some((_, fault)) = state.at_call.take_if(|(at, _)| *at == number) {
            return (state.hosts.get(host).cloned(), Some(fault));
        }
        let once = state.next.get_mut(host).filter(|faults| !faults.is_empty()).map(|faults| faults.remove(0));
        let fault = once.or_else(|| state.faults.get(host).cloned());
        (state.hosts.get(host).cloned(), fault)
    }

    fn remember(&self, host: &str, uri: &http::Uri, request: &Request, answer: &Result<Answer, Failure>) {
        let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        let at = self.clock.now();
        self.lock().log.push(Exchange {
            at,
            host: host.to_owned(),
            path: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            request: text(&request.body),
            answer: answer.as_ref().map(|answer| (answer.status, text(&answer.body))).map_err(|failure| failure.reason),
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbound for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Answer, Failure>> {
        Box::pin(self.deliver(request))
    }
}

fn distort(mut answer: Answer, fault: Option<&Fault>) -> Result<Answer, Failure> {
    match fault {
        Some(Fault::AnswerLost) => {
            return Err(Failure::new(FailureReason::ConnectionLost, "the answer got lost"));
        }
        Some(Fault::CutBody) => answer.body = answer.body.slice(..answer.body.len() / 2),
        Some(Fault::ContentType(media_type)) => {
            answer.headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(media_type));
        }
        _ => {}
    }
    Ok(answer)
}

async fn call(router: Router, request: &Request) -> Result<Answer, Failure> {
    let mut builder = http::Request::builder().method(request.method.clone()).uri(&request.url);
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"))
        && let Some(authority) = request.url.split('/').nth(2)
    {
        builder = builder.header("host", authority);
    }
    let broken = |error: &dyn std::fmt::Display| Failure::new(FailureReason::Other, error.to_string());
    let call = builder.body(Body::from(request.body.clone())).map_err(|error| broken(&error))?;
    let response = router.oneshot(call).await.map_err(|error| broken(&error))?;
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.map_err(|error| broken(&error))?;
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
}
