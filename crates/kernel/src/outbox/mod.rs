//! Everything that must happen later is an outbox row, written in the batch that decided it.
//!
//! One engine delivers them all: store callbacks, events to the app, timers, mails. It knows
//! - *lanes*: jobs of one lane run strictly in order, lanes do not wait for each other;
//! - *due times* on the owner's clock, which may be virtual;
//! - *retry policies* as data ([`RetryPolicy`]);
//! - *endpoints*: how many calls may run at once, and a breaker that pauses a dead one;
//! - *leases* on wall time: a process that dies loses its jobs to the others, never the job itself;
//! - *attempts* with a typed reason, dead letters ([`JobState::Failed`]) and restart.
//!
//! The owner implements [`Work`]: `call` is the network and nothing else, `settle` turns the answer into
//! a batch that commits together with the job's new state and the attempt's record.

mod direct;
mod endpoint;
mod policy;
mod repo;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use self::direct::TakenJob;
pub use self::policy::{Next, RetryPolicy};
pub use self::repo::{Attempt, JobFilter, MIGRATIONS, STATEMENTS};
pub use crate::http::FailureReason;

use self::endpoint::Endpoints;
use crate::clock::{Clock, Instant};
use crate::db::{Batch, Db, DbError};
use crate::entropy::Entropy;

/// A job to be done later.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Unique within the owner. Putting the same id again does nothing.
    pub id: String,
    /// Jobs of one lane run in order; empty for a lane of its own.
    pub lane: String,
    /// What the owner's [`Work`] tells apart by.
    pub kind: String,
    /// What concurrency limit and breaker go by, for example a host or a connector.
    pub endpoint: String,
    /// Whose it is; empty where it belongs to no merchant.
    pub merchant_id: String,
    /// What it is about, for lists: an instance id, an order id.
    pub subject: String,
    /// What the owner needs to do it. No secrets.
    pub payload: Json,
    /// When it may start, on the owner's clock.
    pub due: Instant,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Its lane.
    pub lane: String,
    /// Its kind.
    pub kind: String,
    /// Its endpoint.
    pub endpoint: String,
    /// Whose it is.
    pub merchant_id: String,
    /// What it is about.
    pub subject: String,
    /// What to do.
    pub payload: Json,
    /// How it stands.
    pub state: JobState,
    /// When the next attempt may start.
    pub due: Instant,
    /// Attempts made, the running one included.
    pub attempt: u32,
    /// Attempts that count towards the policy's limit.
    pub automatic_attempts: u32,
    /// Whether the running attempt was asked for by a person.
    pub manual: bool,
    /// Whether a failure of the running attempt ends the job. Set for [`Work`] only.
    pub is_last: bool,
    /// When the first counted attempt started.
    pub first_attempt_at: Option<Instant>,
    /// When the latest attempt started.
    pub last_attempt_at: Option<Instant>,
    /// Why the latest attempt failed, or why the job was cancelled.
    pub reason: Option<String>,
    /// The same for people, in more words.
    pub detail: Option<String>,
    /// When it was written.
    pub created_at: Instant,
    /// When it reached a final state.
    pub finished_at: Option<Instant>,
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JobState {
    /// No attempt yet.
    Waiting,
    /// An attempt is under way.
    Running,
    /// An attempt failed or was too early; another follows.
    Retrying,
    /// Done.
    Done,
    /// Given up; a person can restart it.
    Failed,
    /// Not needed any more.
    Cancelled,
}

impl JobState {
    /// Every state, for filters.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Running, Self::Retrying, Self::Done, Self::Failed, Self::Cancelled];

    /// The text it is stored as.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Retrying => "retrying",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether something may still happen by itself.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Waiting | Self::Running | Self::Retrying => true,
            Self::Done | Self::Failed | Self::Cancelled => false,
        }
    }
}

impl std::str::FromStr for JobState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.code() == text).ok_or_else(|| format!("'{text}' is no job state"))
    }
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The job is done.
    Done,
    /// Too early: the other side is still at it. The next attempt follows by the policy.
    Pending,
    /// Failed; the next attempt follows by the policy, until it is exhausted.
    Retry(FailureReason),
    /// Failed for good.
    Final(FailureReason),
    /// Not an attempt at all: look again at this time. For timers.
    Again(Instant),
}

/// What an attempt looked like, for people. Redacted by the owner.
#[derive(Debug, Clone, Default)]
pub struct AttemptRecord {
    /// The request as sent.
    pub request: String,
    /// The answer as received.
    pub answer: String,
    /// HTTP status, when there was an answer.
    pub http_status: Option<u16>,
    /// The protocol's result code, when there was one.
    pub result_code: Option<String>,
    /// One sentence on what went wrong, or an extra remark.
    pub detail: String,
}

/// What [`Work::settle`] decides.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// What the attempt came to.
    pub outcome: Outcome,
    /// What else happens, in the same commit.
    pub effects: Batch,
    /// The attempt for the record; none for timers.
    pub record: Option<AttemptRecord>,
}

/// What the owner of an outbox does with its jobs.
pub trait Work: Send + Sync + 'static {
    /// What a call brings.
    type Answer: Send + Sync + 'static;
    /// What can go wrong while settling.
    type Error: std::fmt::Display + Send;

    /// How often and when the job is tried.
    fn policy(&self, job: &Job) -> RetryPolicy;

    /// Talks to the network and to nothing else.
    fn call(&self, job: &Job) -> impl Future<Output = Self::Answer> + Send;

    /// Reads, decides, and says what to write. Runs again when the batch meets a conflict.
    fn settle(&self, job: &Job, answer: &Self::Answer) -> impl Future<Output = Result<Settlement, Self::Error>> + Send;
}

/// How the engine works.
#[derive(Debug, Clone)]
pub struct OutboxSettings {
    /// Attempts under way at once, in this process.
    pub workers: usize,
    /// Attempts under way at once towards one endpoint.
    pub workers_per_endpoint: usize,
    /// How long a process may hold a job before others take it over. Longer than any call.
    pub lease_ms: u64,
    /// How often to look for jobs that another process put, without a nudge.
    pub poll_ms: u64,
    /// Failures in a row after which calls to an endpoint pause; 0 switches the breaker off.
    pub breaker_failures: u32,
    /// How long they pause.
    pub breaker_pause_ms: u64,
}

impl Default for OutboxSettings {
    fn default() -> Self {
        Self {
            workers: 64,
            workers_per_endpoint: 16,
            lease_ms: 120_000,
            poll_ms: 1_000,
            breaker_failures: 0,
            breaker_pause_ms: 15_000,
        }
    }
}

/// How a person restarts a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restart {
    /// One extra attempt now, which does not use up an automatic one. A failed job fails again at once.
    Once,
    /// From the beginning, with all attempts of the policy.
    Afresh,
}

/// The jobs of one owner. Clones share it.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    db: Db,
    owner: &'static str,
    clock: Clock,
    wall: Clock,
    entropy: Entropy,
    settings: OutboxSettings,
    endpoints: Endpoints,
    /// The largest position given so far; positions order the jobs of a lane.
    position: AtomicI64,
}

impl Outbox {
    /// Opens the outbox of `owner`, and on an embedded database takes back what an ended process held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(
        db: &Db,
        owner: &'static str,
        (clock, wall): (&Clock, &Clock),
        entropy: &Entropy,
        settings: OutboxSettings,
    ) -> Result<Self, DbError> {
        db.migrate("outbox", MIGRATIONS).await?;
        let outbox = Self(Arc::new(Inner {
            db: db.clone(),
            owner,
            clock: clock.clone(),
            wall: wall.clone(),
            entropy: entropy.clone(),
            endpoints: Endpoints::new(&settings),
            settings,
            position: AtomicI64::new(0),
        }));
        if db.engine() == crate::db::EngineKind::Sqlite {
            outbox.take_back(Instant::from_micros(i64::MAX)).await?;
        }
        Ok(outbox)
    }

    /// Adds a job to a batch. A job with that id that is already there stays as it is.
    pub fn put(&self, batch: &mut Batch, job: NewJob) {
        self.insert(batch, job, repo::PUT);
    }

    /// Adds a job to a batch, or moves the one with that id to the new time, whatever its state: a timer.
    pub fn put_or_move(&self, batch: &mut Batch, job: NewJob) {
        self.insert(batch, job, repo::PUT_OR_MOVE);
    }

    /// Cancels a job that is not running and not finished; others are left alone.
    pub fn cancel(&self, batch: &mut Batch, id: &str, reason: &str, now: Instant) {
        batch.any(repo::CANCEL, crate::args![self.0.owner, id, reason, now]);
    }

    /// Cancels every job of a lane that is neither running nor finished.
    pub fn cancel_lane(&self, batch: &mut Batch, lane: &str, reason: &str, now: Instant) {
        batch.any(repo::CANCEL_LANE, crate::args![self.0.owner, lane, reason, now]);
    }

    /// Restarts a job that is not running. Fails as a conflict when it runs at this moment or is done.
    pub fn restart(&self, batch: &mut Batch, id: &str, how: Restart, now: Instant) {
        let sql = match how {
            Restart::Once => repo::RESTART_ONCE,
            Restart::Afresh => repo::RESTART_AFRESH,
        };
        batch.one(sql, crate::args![self.0.owner, id, now]).nudge();
    }

    fn insert(&self, batch: &mut Batch, job: NewJob, sql: &'static str) {
        let lane = if job.lane.is_empty() { job.id.clone() } else { job.lane };
        batch
            .any(
                sql,
                crate::args![
                    self.0.owner,
                    job.id,
                    self.next_position(),
                    lane,
                    job.kind,
                    job.endpoint,
                    job.merchant_id,
                    job.subject,
                    job.payload.to_string(),
                    job.due,
                    self.0.clock.now()
                ],
            )
            .nudge();
    }

    fn next_position(&self) -> i64 {
        let now = self.0.wall.now().as_micros();
        let step = |last: i64| Some(now.max(last + 1));
        let last = self.0.position.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        now.max(last.unwrap_or_default() + 1)
    }
}
