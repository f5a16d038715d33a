//! Events that only tell: about an enterprise or an order. Whatever the app answers changes nothing here.

use mercer_kernel::db::Batch;
use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::{Job, Outcome, Settlement};

use super::{EventType, account, order};
use crate::connector::{Delivered, Reaction};
use crate::gateway::Gateway;

/// Offers an event to the app; none when the job is no such event.
pub(crate) async fn deliver_message(gateway: &Gateway, job: &Job) -> Option<Delivered> {
    let delivered = match job.kind.parse().ok()? {
        EventType::Instance(_) => return None,
        EventType::Account(kind) => account::deliver(gateway, job, kind).await,
        EventType::OrderNotified => order::deliver(gateway, job).await,
    };
    Some(delivered.unwrap_or_else(|error| Delivered::failed(FailureReason::Other, error.to_string())))
}

/// What an attempt means for the job.
pub(crate) fn settle_message(delivered: &Delivered) -> Settlement {
    let mut record = delivered.record.clone();
    let outcome = match &delivered.reaction {
        Reaction::Opened(_) | Reaction::Later | Reaction::Done | Reaction::TakeAccount { .. } => Outcome::Done,
        Reaction::Retry(reason) => Outcome::Retry(*reason),
        Reaction::Refused(reason) => {
            record.detail.clone_from(reason);
            Outcome::Final(FailureReason::Refused)
        }
    };
    Settlement { outcome, effects: Batch::new(), record: Some(record) }
}
