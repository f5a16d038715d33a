//! The store's outbox work: callbacks, the timers of instances, and pruning.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mercer_kernel::clock::{Instant, Reading};
use mercer_kernel::db::Batch;
use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::{Job, Outcome, RetryPolicy, Settlement, Work};

use super::call::{Called, call};
use super::judge::Verdict;
use super::{Interface, settle};
use crate::Core;
use crate::error::StoreError;
use crate::{instance, message};

/// While the clock is being advanced, two polls of one instance that were answered "not ready" lie at
/// least this long apart in real time: a merchant working in real time gets a fair chance.
const POLL_SPACING: Duration = Duration::from_millis(250);
/// Beyond this many remembered polls the old ones are forgotten.
const POLLS_REMEMBERED: usize = 4_096;

/// When, on the wall clock, instances were last found not ready.
#[derive(Debug, Default)]
pub(crate) struct PollSpacing(Mutex<HashMap<String, Instant>>);

impl PollSpacing {
    /// When the next poll of an instance is fair.
    fn fair_at(&self, resource_id: &str) -> Option<Instant> {
        self.lock().get(resource_id).map(|last| last.plus(POLL_SPACING))
    }

    fn remember(&self, resource_id: &str, called: &Called, now: Instant) {
        let mut polls = self.lock();
        if polls.len() > POLLS_REMEMBERED {
            polls.retain(|_, last| now.since(*last) < POLL_SPACING);
        }
        if called.judged.verdict == Verdict::Pending {
            polls.insert(resource_id.to_owned(), now);
        } else {
            polls.remove(resource_id);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the store does with its jobs.
pub(crate) struct StoreWork {
    core: Arc<Core>,
}

impl StoreWork {
    /// The work of a store.
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    async fn keep_apart(&self, job: &Job) {
        let wall = &self.core.foundation.wall;
        // A wall clock that stands still is a test's; waiting on it would never end.
        let runs = matches!(wall.reading(), Reading::Running { .. });
        let fair_at = self.core.poll_spacing.fair_at(&job.subject).filter(|_| runs);
        if let Some(fair_at) = fair_at.filter(|_| self.core.clock_desk.is_advancing()) {
            wall.wake_at(fair_at).await;
        }
    }
}

/// What a job brought.
pub(crate) enum Brought {
    /// A call was made or tried.
    Called(Box<Called>),
    /// The time has come; that is all.
    Time,
}

impl Work for StoreWork {
    type Answer = Brought;
    type Error = StoreError;

    fn policy(&self, job: &Job) -> RetryPolicy {
        interface(job).map_or(RetryPolicy::Once, |interface| self.core.policies.of(interface).schedule())
    }

    async fn call(&self, job: &Job) -> Brought {
        if job.kind != message::JOB_KIND {
            return Brought::Time;
        }
        if interface(job) == Some(Interface::QueryPoll) {
            self.keep_apart(job).await;
        }
        let called = match message::repo::find(&self.core.foundation.db, &job.id).await {
            Ok(Some(message)) => call(&self.core, &message).await,
            Ok(None) => lost("the message is gone"),
            Err(error) => lost(&error.to_string()),
        };
        self.core.poll_spacing.remember(&job.subject, &called, self.core.foundation.wall.now());
        Brought::Called(Box::new(called))
    }

    async fn settle(&self, job: &Job, brought: &Brought) -> Result<Settlement, StoreError> {
        match brought {
            Brought::Called(called) => settle::settle(&self.core, job, called).await,
            Brought::Time if job.kind == instance::LIFE_JOB_KIND => instance::settle_life(&self.core, job).await,
            Brought::Time if job.kind == message::PRUNE_JOB_KIND => message::settle_pruning(&self.core).await,
            Brought::Time => {
                tracing::error!(job_id = %job.id, kind = %job.kind, "a job of a kind this store does not know");
                Ok(Settlement { outcome: Outcome::Final(FailureReason::Other), effects: Batch::new(), record: None })
            }
        }
    }
}

fn interface(job: &Job) -> Option<Interface> {
    job.payload.get("interface")?.as_str()?.parse().ok()
}

fn lost(detail: &str) -> Called {
    Called::not_made(FailureReason::Other, detail)
}
