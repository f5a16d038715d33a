//! The gateway's background work: events for the app, long lists of accounts, and pruning as a timer.

use std::time::Duration;

use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, DbError};
use mercer_kernel::outbox::{FailureReason, Job, NewJob, Outcome, RetryPolicy, Settlement, Work};
use serde_json::Value as Json;

use crate::account::{bulk, wipe};
use crate::connector::Delivered;
use crate::error::GatewayError;
use crate::event::{self, Delivery};
use crate::gateway::Gateway;
use crate::inbound::callback;

/// Kind and id of the pruning timer.
const PRUNE: &str = "prune";
/// How long an idle gateway goes without pruning: a timer that rang every minute would be most of its work.
const PRUNE_IDLE: Duration = Duration::from_secs(3_600);
/// How soon a busy one prunes again.
const PRUNE_BUSY: Duration = Duration::from_secs(60);
/// Rows removed at once that tell a busy gateway.
const BUSY_ROWS: u64 = 1_000;

/// What the outbox calls.
pub(crate) struct GatewayWork {
    gateway: Gateway,
}

/// What an attempt brought.
pub(crate) enum Answer {
    /// An event was offered to the app.
    Delivery(Box<Delivery>),
    /// An event that only tells was offered to the app.
    Message(Box<Delivered>),
    /// A long list of accounts was applied, or a part of it.
    Sync(bulk::Progress),
    /// The accounts of a released instance were removed.
    Wiped(Result<(), DbError>),
    /// A timer rang.
    Timer,
    /// A job this version does not know.
    Unknown,
}

impl GatewayWork {
    pub(crate) fn new(gateway: Gateway) -> Self {
        Self { gateway }
    }

    /// Forgets old nonces and refusals; returns how many rows that were.
    async fn prune(&self, now: Instant) -> Result<u64, GatewayError> {
        let mut forgotten = 0;
        loop {
            let rows = callback::prune(self.gateway.db(), now, self.gateway.settings().nonce_memory).await?;
            forgotten += rows;
            if rows < callback::PRUNED_AT_ONCE {
                return Ok(forgotten);
            }
        }
    }
}

impl Work for GatewayWork {
    type Answer = Answer;
    type Error = GatewayError;

    fn policy(&self, job: &Job) -> RetryPolicy {
        if job.kind == PRUNE {
            let interval_ms = u64::try_from(PRUNE_IDLE.as_millis()).unwrap_or(u64::MAX);
            return RetryPolicy::Fixed { max_attempts: u32::MAX, interval_ms };
        }
        self.gateway.settings().delivery
    }

    async fn call(&self, job: &Job) -> Answer {
        match job.kind.as_str() {
            PRUNE => return Answer::Timer,
            bulk::KIND => return Answer::Sync(bulk::run(&self.gateway, job).await),
            wipe::KIND => return Answer::Wiped(wipe::run(self.gateway.db(), job).await),
            _ => {}
        }
        if let Some(delivered) = event::deliver_message(&self.gateway, job).await {
            return Answer::Message(Box::new(delivered));
        }
        match event::deliver(&self.gateway, job).await {
            Some(delivery) => Answer::Delivery(Box::new(delivery)),
            None => Answer::Unknown,
        }
    }

    async fn settle(&self, job: &Job, answer: &Answer) -> Result<Settlement, GatewayError> {
        match answer {
            Answer::Delivery(delivery) => event::settle(&self.gateway, job, delivery).await,
            Answer::Message(delivered) => Ok(event::settle_message(delivered)),
            Answer::Sync(progress) => Ok(bulk::settle(&self.gateway, job, progress)),
            Answer::Wiped(removed) => Ok(wipe::settle(removed)),
            Answer::Timer => {
                let now = self.gateway.now();
                let retention =
                    Duration::from_secs(self.gateway.foundation().config.outbox.retention_days.saturating_mul(86_400));
                self.gateway.outbox().prune(now.minus(retention)).await?;
                wipe::prune_events(self.gateway.db(), now.minus(retention)).await?;
                bulk::prune(self.gateway.db(), now.minus(bulk::STRAY_SLICES)).await?;
                self.gateway.refusals().restart();
                let due = now.plus(if self.prune(now).await? > BUSY_ROWS { PRUNE_BUSY } else { PRUNE_IDLE });
                Ok(Settlement { outcome: Outcome::Again(due), effects: Batch::new(), record: None })
            }
            Answer::Unknown => {
                tracing::error!(job_id = job.id, kind = job.kind, "a job of an unknown kind was given up");
                Ok(Settlement { outcome: Outcome::Final(FailureReason::Other), effects: Batch::new(), record: None })
            }
        }
    }
}

/// Makes sure that the timers exist.
pub(crate) async fn start_timers(gateway: &Gateway) -> Result<(), DbError> {
    let mut batch = Batch::new();
    let job = NewJob {
        id: PRUNE.to_owned(),
        lane: String::new(),
        kind: PRUNE.to_owned(),
        endpoint: String::new(),
        merchant_id: String::new(),
        subject: String::new(),
        payload: Json::Null,
        due: gateway.now().plus(PRUNE_BUSY),
    };
    gateway.outbox().put(&mut batch, job);
    gateway.db().apply(batch).await.map(drop)
}
