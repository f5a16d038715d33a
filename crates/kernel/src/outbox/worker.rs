//! The engine: claims what is due, calls, settles, and waits for the clock, a nudge or another process.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::repo::Finish;
use super::{AttemptRecord, FailureReason, Job, JobState, Next, Outbox, Outcome, Settlement, Work};
use crate::clock::Instant;
use crate::db::{Batch, DbError};

/// How often a settlement is decided afresh when its batch meets a conflict.
const SETTLE_TRIES: u32 = 10;
/// How often jobs of ended processes are looked for.
const TAKE_BACK_EVERY: Duration = Duration::from_secs(10);
/// How long the loop waits after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

impl Outbox {
    /// Works until `shutdown`; then lets the attempts under way end.
    pub async fn run<W: Work>(&self, work: Arc<W>, shutdown: CancellationToken) {
        let mut running = JoinSet::new();
        let mut nudges = self.0.db.nudges();
        let mut take_back_at = self.0.wall.now();
        while !shutdown.is_cancelled() {
            nudges.mark_unchanged();
            if self.0.wall.now() >= take_back_at {
                take_back_at = self.0.wall.now().plus(TAKE_BACK_EVERY);
                self.take_back_expired().await;
            }
            let free = self.0.settings.workers.saturating_sub(running.len());
            let wake_at = match self.start_due(&work, free, &mut running).await {
                Ok(next_due) => next_due,
                Err(error) => {
                    tracing::error!(owner = self.0.owner, %error, "the outbox cannot read its jobs");
                    None
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.wait(wake_at, running.len() < self.0.settings.workers) => {}
                _ = nudges.changed() => {}
                Some(_) = running.join_next(), if !running.is_empty() => {}
            }
            while running.try_join_next().is_some() {}
        }
        while running.join_next().await.is_some() {}
    }

    /// Does everything that is due now and everything that becomes due by it, `parallel` attempts at once;
    /// returns how many attempts were made. For tests and for a clock that is being advanced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_due<W: Work>(&self, work: &Arc<W>, parallel: usize) -> Result<usize, DbError> {
        let mut attempts = 0;
        loop {
            let claimed = self.claim_open(parallel.max(1)).await?;
            if claimed.is_empty() {
                return Ok(attempts);
            }
            attempts += claimed.len();
            // Each in a task of its own: a caller that goes away must not leave attempts half made.
            let attempts_made = claimed.into_iter().map(|(job, token)| {
                let (outbox, work) = (self.clone(), Arc::clone(work));
                tokio::spawn(async move { outbox.attempt(&work, job, token).await })
            });
            join_all(attempts_made).await;
        }
    }

    /// As [`Outbox::run_due`], and waits for attempts that other workers have under way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_until_quiet<W: Work>(&self, work: &Arc<W>, parallel: usize) -> Result<usize, DbError> {
        let mut nudges = self.0.db.nudges();
        let mut attempts = 0;
        loop {
            nudges.mark_unchanged();
            let made = self.run_due(work, parallel).await?;
            attempts += made;
            if made == 0 && self.count_running().await? == 0 {
                return Ok(attempts);
            }
            if made == 0 {
                let pause = self.0.wall.now().plus(Duration::from_millis(self.0.settings.poll_ms));
                tokio::select! {
                    _ = nudges.changed() => {}
                    () = self.0.wall.wake_at(pause) => {}
                }
            }
        }
    }

    /// When the next job may start; in the past when one is due. None when nothing waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_due(&self) -> Result<Option<Instant>, DbError> {
        self.find_next_due(&[]).await
    }

    /// Starts what is due and returns when to look again.
    async fn start_due<W: Work>(
        &self,
        work: &Arc<W>,
        free: usize,
        running: &mut JoinSet<()>,
    ) -> Result<Option<Instant>, DbError> {
        let (closed, paused_until) = self.0.endpoints.closed(self.0.wall.now());
        let mut next_due = self.find_next_due(&closed).await?;
        if free > 0 && next_due.is_some_and(|due| due <= self.0.clock.now()) {
            for (job, token) in self.claim_open(free).await? {
                let (outbox, work) = (self.clone(), Arc::clone(work));
                running.spawn(async move { outbox.attempt(&work, job, token).await });
            }
            let (closed, _) = self.0.endpoints.closed(self.0.wall.now());
            next_due = self.find_next_due(&closed).await?;
        }
        // A pause ends on wall time; looking once more then is harmless on any clock.
        let pause_ends = paused_until.map(|until| self.0.clock.now().plus(until.since(self.0.wall.now())));
        Ok(next_due.into_iter().chain(pause_ends).min())
    }

    async fn claim_open(&self, limit: usize) -> Result<Vec<(Job, String)>, DbError> {
        let (closed, _) = self.0.endpoints.closed(self.0.wall.now());
        let token = self.0.entropy.alphanumeric(16);
        let claimed = self.claim(limit, &closed, &token).await?;
        for job in &claimed {
            self.0.endpoints.started(&job.endpoint);
        }
        Ok(claimed.into_iter().map(|job| (job, token.clone())).collect())
    }

    async fn wait(&self, due: Option<Instant>, may_start: bool) {
        // With every worker busy a due job cannot start; the end of an attempt wakes the loop then.
        let due = due.filter(|_| may_start);
        let poll_at = self.0.wall.now().plus(Duration::from_millis(self.0.settings.poll_ms));
        let by_clock = async {
            match due {
                Some(due) if due > self.0.clock.now() => self.0.clock.wake_at(due).await,
                Some(_) => self.0.wall.wake_at(self.0.wall.now().plus(AFTER_FAILURE)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = by_clock => {}
            () = self.0.wall.wake_at(poll_at) => {}
        }
    }

    async fn take_back_expired(&self) {
        match self.take_back(self.0.wall.now()).await {
            Ok(0) => {}
            Ok(jobs) => tracing::warn!(owner = self.0.owner, jobs, "took over jobs of a process that ended"),
            Err(error) => tracing::error!(owner = self.0.owner, %error, "the outbox cannot take over jobs"),
        }
    }

    /// One attempt from call to commit.
    pub(super) async fn attempt<W: Work>(&self, work: &Arc<W>, mut job: Job, token: String) {
        let policy = work.policy(&job);
        job.is_last = job.automatic_attempts >= policy.max_attempts();
        let stopwatch = self.0.wall.stopwatch();
        let called = tokio::spawn({
            let (work, job) = (Arc::clone(work), job.clone());
            async move { work.call(&job).await }
        })
        .await;
        let duration_ms = stopwatch.elapsed_ms();
        let failed = match called {
            Ok(answer) => self.settle(work, &job, &token, &answer, duration_ms).await,
            Err(error) => {
                tracing::error!(job_id = %job.id, kind = %job.kind, %error, "an attempt crashed");
                let crashed = crash("the attempt crashed; the log has the details");
                self.commit(work, &job, &token, crashed, duration_ms).await.is_err()
            }
        };
        self.0.endpoints.ended(&job.endpoint, failed, self.0.wall.now());
    }

    /// Returns whether the attempt counts as a failure of its endpoint.
    async fn settle<W: Work>(
        &self,
        work: &Arc<W>,
        job: &Job,
        token: &str,
        answer: &W::Answer,
        duration_ms: i64,
    ) -> bool {
        for _ in 0..SETTLE_TRIES {
            let settlement = match work.settle(job, answer).await {
                Ok(settlement) => settlement,
                Err(error) => {
                    tracing::error!(job_id = %job.id, kind = %job.kind, %error, "an attempt could not be settled");
                    crash(&error.to_string())
                }
            };
            let failed = matches!(
                settlement.outcome,
                Outcome::Retry(
                    FailureReason::ConnectFailed
                        | FailureReason::Timeout
                        | FailureReason::ConnectionLost
                        | FailureReason::DnsFailed
                        | FailureReason::TlsFailed
                )
            );
            match self.commit(work, job, token, settlement, duration_ms).await {
                Ok(()) => return failed,
                // The job was moved, cancelled or taken over meanwhile; whoever did it decides now.
                Err(DbError::Conflict { statement: 0 }) => return failed,
                Err(DbError::Conflict { .. }) => {}
                Err(error) => {
                    tracing::error!(job_id = %job.id, kind = %job.kind, %error, "an attempt could not be recorded");
                    return failed;
                }
            }
        }
        tracing::error!(job_id = %job.id, kind = %job.kind, "an attempt met conflicts again and again");
        let _ = self.commit(work, job, token, crash("too many conflicts"), duration_ms).await;
        false
    }

    async fn commit<W: Work>(
        &self,
        work: &Arc<W>,
        job: &Job,
        token: &str,
        settlement: Settlement,
        duration_ms: i64,
    ) -> Result<(), DbError> {
        let now = self.0.clock.now();
        let first = job.first_attempt_at.unwrap_or(now);
        let next = work.policy(job).next(job.automatic_attempts, first, now);
        let detail = settlement.record.as_ref().map(|record| record.detail.as_str()).filter(|text| !text.is_empty());
        let (outcome, reason) = describe(&settlement.outcome);
        let mut batch = Batch::new();
        let (state, due) = match (&settlement.outcome, next) {
            (Outcome::Again(due), _) => {
                self.again(&mut batch, job, token, *due);
                batch.extend(settlement.effects).nudge();
                return self.0.db.apply(batch).await.map(drop);
            }
            (Outcome::Done, _) => (JobState::Done, job.due),
            (Outcome::Final(_), _) | (_, Next::Exhausted) => (JobState::Failed, job.due),
            (Outcome::Pending | Outcome::Retry(_), Next::At(due)) => (JobState::Retrying, due),
        };
        self.finish(&mut batch, job, token, &Finish { state, due, reason, detail, now });
        if let Some(record) = &settlement.record {
            self.record(&mut batch, job, record, (outcome, reason), duration_ms);
        }
        batch.extend(settlement.effects).nudge();
        self.0.db.apply(batch).await.map(drop)
    }
}

fn describe(outcome: &Outcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        Outcome::Done => ("done", None),
        Outcome::Pending => ("pending", None),
        Outcome::Retry(reason) => ("retry", Some(reason.code())),
        Outcome::Final(reason) => ("final", Some(reason.code())),
        Outcome::Again(_) => ("again", None),
    }
}

fn crash(detail: &str) -> Settlement {
    Settlement {
        outcome: Outcome::Retry(FailureReason::Crashed),
        effects: Batch::new(),
        record: Some(AttemptRecord { detail: detail.to_owned(), ..AttemptRecord::default() }),
    }
}
