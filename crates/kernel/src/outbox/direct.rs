//! A job whose first attempt its own writer makes at once, because somebody waits for what it brings.
//!
//! The commit that writes the job also leases it, so no worker can be faster and nothing has to be claimed.
//! When the process ends before the attempt does, the lease runs out and a worker takes the job over.

use std::sync::Arc;
use std::time::Duration;

use super::repo::PUT_TAKEN;
use super::{Job, JobState, NewJob, Outbox, Work};
use crate::db::Batch;

/// A job this caller holds, to be tried after the commit.
#[derive(Debug)]
pub struct TakenJob {
    job: Job,
    token: String,
}

impl Outbox {
    /// Adds a job to a batch, leased to this caller, who must call [`Outbox::attempt_taken`] after the commit. None
    /// when its endpoint may not be called just now: then it is an ordinary job, and a worker does it later.
    ///
    /// The job must be the first of its lane: no order is kept with earlier ones.
    pub fn put_taken(&self, batch: &mut Batch, job: NewJob) -> Option<TakenJob> {
        let wall = self.0.wall.now();
        if self.0.endpoints.closed(wall).0.contains(&job.endpoint) {
            self.put(batch, job);
            return None;
        }
        let now = self.0.clock.now();
        let token = self.0.entropy.alphanumeric(16);
        let lane = if job.lane.is_empty() { job.id.clone() } else { job.lane };
        let taken = Job {
            id: job.id,
            lane,
            kind: job.kind,
            endpoint: job.endpoint,
            merchant_id: job.merchant_id,
            subject: job.subject,
            payload: job.payload,
            state: JobState::Running,
            due: job.due,
            attempt: 1,
            automatic_attempts: 1,
            manual: false,
            is_last: false,
            first_attempt_at: Some(now),
            last_attempt_at: Some(now),
            reason: None,
            detail: None,
            created_at: now,
            finished_at: None,
        };
        batch.any(
            PUT_TAKEN,
            crate::args![
                self.0.owner,
                &taken.id,
                self.next_position(),
                &taken.lane,
                &taken.kind,
                &taken.endpoint,
                &taken.merchant_id,
                &taken.subject,
                taken.payload.to_string(),
                taken.due,
                now,
                &token,
                wall.plus(Duration::from_millis(self.0.settings.lease_ms))
            ],
        );
        Some(TakenJob { job: taken, token })
    }

    /// Makes the first attempt of a job that [`Outbox::put_taken`] wrote. It goes on by itself when the caller stops
    /// waiting for it.
    pub async fn attempt_taken<W: Work>(&self, work: &Arc<W>, taken: TakenJob) {
        let (outbox, work) = (self.clone(), Arc::clone(work));
        self.0.endpoints.started(&taken.job.endpoint);
        let attempt = tokio::spawn(async move { outbox.attempt(&work, taken.job, taken.token).await });
        if let Err(error) = attempt.await {
            tracing::error!(owner = self.0.owner, %error, "an attempt ended without a result");
        }
    }
}
