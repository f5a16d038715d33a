//! Logs, metrics and health.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tracing_subscriber::EnvFilter;

use crate::clock::Clock;
use crate::config::Log;
use crate::db::Db;
use crate::outbox::{JobState, Outbox};

/// Starts logging to standard error. A second call changes nothing.
///
/// # Errors
/// When the level cannot be read; the text says why.
pub fn start_logging(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.level).map_err(|error| format!("log.level = {}: {error}", log.level))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let builder = builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // Already started, by a test or an embedding program: theirs stays.
    let _ = if log.format == "json" { builder.json().try_init() } else { builder.try_init() };
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    state: &'static str,
}

/// Metrics and health of one face. Clones share them.
#[derive(Clone)]
pub struct Telemetry(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<RouteLabels, Counter>,
    durations: Histogram,
    jobs: Family<JobLabels, Gauge>,
    statements: Gauge,
    commits: Gauge,
    db: Db,
    outbox: Outbox,
    wall: Clock,
}

/// Upper bounds in seconds: from one commit to the protocol's time-out.
const DURATION_BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 20.0];

impl Telemetry {
    /// The metrics of `face`.
    #[must_use]
    pub fn new(face: &str, db: &Db, outbox: &Outbox, wall: &Clock) -> Self {
        let mut registry = Registry::with_prefix(format!("mercer_{face}"));
        let inner = Inner {
            requests: Family::default(),
            durations: Histogram::new(DURATION_BOUNDS),
            jobs: Family::default(),
            statements: Gauge::default(),
            commits: Gauge::default(),
            db: db.clone(),
            outbox: outbox.clone(),
            wall: wall.clone(),
            registry: Registry::default(),
        };
        registry.register("http_requests", "Requests by route and status", inner.requests.clone());
        registry.register("http_seconds", "Time to answer", inner.durations.clone());
        registry.register("outbox_jobs", "Jobs by state", inner.jobs.clone());
        registry.register("db_statements", "Statements since the start", inner.statements.clone());
        registry.register("db_commits", "Commits since the start", inner.commits.clone());
        Self(Arc::new(Inner { registry, ..inner }))
    }

    /// Counts the requests of `router` and adds `/healthz`, `/readyz` and `/metrics`.
    pub fn wrap(&self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(self.clone(), count)).merge(
            Router::new()
                .route("/healthz", get(|| async { "ok\n" }))
                .route("/readyz", get(ready))
                .route("/metrics", get(metrics))
                .with_state(self.clone()),
        )
    }
}

async fn count(State(telemetry): State<Telemetry>, request: Request, next: Next) -> Response {
    let stopwatch = telemetry.0.wall.stopwatch();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let labels = RouteLabels { route, status: response.status().as_u16() };
    telemetry.0.requests.get_or_create(&labels).inc();
    telemetry.0.durations.observe(stopwatch.elapsed_micros() as f64 / 1e6);
    response
}

/// Green only when the database answers.
async fn ready(State(telemetry): State<Telemetry>) -> Response {
    match telemetry.0.db.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

async fn metrics(State(telemetry): State<Telemetry>) -> Response {
    let inner = &telemetry.0;
    if let Ok(counts) = inner.outbox.count_by_state("").await {
        for state in JobState::ALL {
            let count = counts.iter().find(|(found, _)| *found == state).map_or(0, |(_, count)| *count);
            inner.jobs.get_or_create(&JobLabels { state: state.code() }).set(count);
        }
    }
    let statistics = inner.db.statistics();
    inner.statements.set(i64::try_from(statistics.reads() + statistics.statements()).unwrap_or(i64::MAX));
    inner.commits.set(i64::try_from(statistics.commits()).unwrap_or(i64::MAX));
    let mut text = String::new();
    if prometheus_client::encoding::text::encode(&mut text, &inner.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}
