//! Deliveries: events on their way to the app, as pages and APIs see them.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::outbox::{Attempt, Job, JobFilter, JobState, Restart};
use mercer_kernel::web::page::{PageRequest, Paged};
use serde::Serialize;

use crate::error::{FieldFault, GatewayError};
use crate::event::EventType;
use crate::gateway::Gateway;

/// Deliveries one call sends again at most; the rest needs another call.
const RESENT_AT_ONCE: usize = 1_000;
/// Deliveries per page while sending a window again.
const WINDOW_PAGE: u32 = 100;

/// Which deliveries to list. Empty texts do not filter.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// In one state.
    pub state: Option<JobState>,
    /// Of one event type.
    pub kind: String,
    /// About one instance, or one order for a notification.
    pub instance_id: String,
    /// Written at or after.
    pub from: Option<Instant>,
    /// Written before.
    pub to: Option<Instant>,
}

/// A delivery with its attempts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryDetail {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Job,
    /// Its attempts, newest first, redacted.
    pub attempts: Vec<Attempt>,
}

impl Gateway {
    /// A page of a merchant's deliveries, newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn deliveries(
        &self,
        merchant_id: &str,
        filter: &DeliveryFilter,
        page: PageRequest,
    ) -> Result<Paged<Job>, GatewayError> {
        Ok(self.outbox().list(&job_filter(merchant_id, filter), page).await?)
    }

    /// One delivery with its attempts.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn delivery(&self, merchant_id: &str, delivery_id: &str) -> Result<DeliveryDetail, GatewayError> {
        let delivery = self.event_job(merchant_id, delivery_id).await?;
        let attempts = self.outbox().attempts(delivery_id).await?;
        Ok(DeliveryDetail { delivery, attempts })
    }

    /// Sends one delivery again now, also one that was done; the app recognises it by its `webhook-id`.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], an attempt that is under way, or the database.
    pub async fn resend(&self, merchant_id: &str, delivery_id: &str) -> Result<(), GatewayError> {
        let job = self.event_job(merchant_id, delivery_id).await?;
        if self.restart(&job).await? {
            return Ok(());
        }
        Err(GatewayError::Conflict {
            code: "delivery.running",
            zh: "该投递正在进行中，请稍后再试".to_owned(),
            en: "an attempt of this delivery is under way; try again in a moment".to_owned(),
        })
    }

    /// Sends every delivery of a time window again that is in `state` (failed ones when none is
    /// named), oldest first; returns how many.
    ///
    /// # Errors
    /// A window that ends before it starts, or the database.
    pub async fn resend_window(&self, merchant_id: &str, filter: &DeliveryFilter) -> Result<usize, GatewayError> {
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && from >= to
        {
            return Err(FieldFault::new("to", "a time after 'from'", "晚于 from 的时间").into());
        }
        let filter = DeliveryFilter { state: filter.state.or(Some(JobState::Failed)), ..filter.clone() };
        let jobs = job_filter(merchant_id, &filter);
        // Collected first: sending again changes the state that the pages filter by.
        let mut found = Vec::new();
        for number in 1.. {
            let page = self.outbox().list(&jobs, PageRequest::new(number, WINDOW_PAGE)).await?;
            let is_last = page.items.len() < WINDOW_PAGE as usize;
            found.extend(page.items.into_iter().filter(is_event));
            if is_last || found.len() >= RESENT_AT_ONCE {
                break;
            }
        }
        let mut resent = 0;
        for job in found.iter().rev().take(RESENT_AT_ONCE) {
            resent += usize::from(self.restart(job).await?);
        }
        Ok(resent)
    }

    /// How many deliveries stand in each state, all merchants together.
    ///
    /// # Errors
    /// The database.
    pub async fn delivery_counts(&self) -> Result<Vec<(JobState, i64)>, GatewayError> {
        let mut counts: Vec<(JobState, i64)> = JobState::ALL.into_iter().map(|state| (state, 0)).collect();
        for kind in EventType::all() {
            for (state, count) in self.outbox().count_by_state(kind.as_str()).await? {
                if let Some(entry) = counts.iter_mut().find(|(known, _)| *known == state) {
                    entry.1 += count;
                }
            }
        }
        Ok(counts)
    }

    async fn restart(&self, job: &Job) -> Result<bool, GatewayError> {
        let mut batch = Batch::new();
        self.outbox().restart(&mut batch, &job.id, Restart::Afresh, self.now());
        match self.db().apply(batch).await {
            Ok(_) => Ok(true),
            Err(mercer_kernel::db::DbError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn event_job(&self, merchant_id: &str, delivery_id: &str) -> Result<Job, GatewayError> {
        let job = self.outbox().job(delivery_id).await?;
        job.filter(|job| job.merchant_id == merchant_id && is_event(job))
            .ok_or_else(|| GatewayError::UnknownId { kind: "delivery", id: delivery_id.to_owned() })
    }
}

fn is_event(job: &Job) -> bool {
    job.kind.parse::<EventType>().is_ok()
}

fn job_filter(merchant_id: &str, filter: &DeliveryFilter) -> JobFilter {
    JobFilter {
        merchant_id: merchant_id.to_owned(),
        kind: filter.kind.clone(),
        state: filter.state,
        subject: filter.instance_id.clone(),
        endpoint: String::new(),
        created_from: filter.from,
        created_to: filter.to,
    }
}
