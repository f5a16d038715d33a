//! What a buyer is told about an instance. Pure.

use std::time::Duration;

use mercer_kernel::clock::Instant;
use mercer_kernel::outbox::{Job, JobState};

use super::super::{Instance, State};

/// How an instance stands, for its buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Story {
    /// It is being opened.
    Opening(Progress),
    /// It can be used.
    Ready,
    /// It must not be used for now.
    Frozen,
    /// It is gone.
    Released,
    /// It cannot be opened; why.
    Failed(String),
}

/// How far the opening has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// The order is being handed to the seller's software.
    HandingOver,
    /// The seller's software did not answer; the next attempt.
    NotReached {
        /// When.
        next: Instant,
    },
    /// The seller's software has the order and prepares the account, or a person does.
    Preparing,
}

/// Tells how an instance stands; `job` is the event that told the app of the purchase.
pub(super) fn story(instance: &Instance, job: Option<&Job>) -> Story {
    match instance.state {
        State::Active => Story::Ready,
        State::Frozen => Story::Frozen,
        State::Released => Story::Released,
        State::Failed => Story::Failed(instance.failure.clone()),
        State::Provisioning => Story::Opening(match job.map(|job| (job.state, job.attempt, job.due)) {
            Some((JobState::Done | JobState::Failed | JobState::Cancelled, _, _)) => Progress::Preparing,
            Some((JobState::Retrying, _, next)) => Progress::NotReached { next },
            Some((JobState::Running, attempt, next)) if attempt > 1 => Progress::NotReached { next },
            Some((JobState::Waiting | JobState::Running, _, _)) | None => Progress::HandingOver,
        }),
    }
}

/// After how long the page looks again: often while somebody surely waits before it, seldom later.
pub(super) fn look_again_after(story: &Story, age: Duration) -> Option<Duration> {
    match story {
        Story::Opening(_) if age < Duration::from_secs(120) => Some(Duration::from_secs(3)),
        Story::Opening(_) if age < Duration::from_secs(900) => Some(Duration::from_secs(10)),
        Story::Opening(_) | Story::Frozen => Some(Duration::from_secs(30)),
        Story::Ready | Story::Released | Story::Failed(_) => None,
    }
}
