//! Production-interface messages (生产接口消息): every callback as the seller centre shows it.
//!
//! A message is one series: one reason to call, with all its attempts. The attempts of queued series are
//! the outbox's records of the job with the message's id; a call that somebody waited for keeps its one
//! attempt in the message. Source: SaaS V2.0 chapter 7, decision D25.

mod hurry;
mod notices;
mod prune;
pub(crate) mod repo;
mod restart;
pub(crate) mod rules;

pub(crate) use hurry::hurry;
pub(crate) use notices::STATEMENTS as NOTICE_STATEMENTS;
pub(crate) use notices::{FailedCall, note_failure, note_order_failed, notices};
pub(crate) use prune::{JOB_KIND as PRUNE_JOB_KIND, schedule_pruning, settle_pruning};
pub(crate) use repo::STATEMENTS as MESSAGE_STATEMENTS;
pub(crate) use restart::restart;

use mercer_kernel::clock::Instant;
use mercer_kernel::outbox::{Attempt, JobFilter, JobState};
use serde::{Deserialize, Serialize};

use crate::Core;
use crate::callback::{Family, Interface};
use crate::codes::codes;
use crate::error::Answer;
use crate::window::Window;

/// Kind of the outbox jobs that are messages.
pub(crate) const JOB_KIND: &str = "callback";

codes! {
    /// Where a message stands (消息状态). Source: SaaS V2.0 D25.
    MessageState {
        /// No attempt yet (待调用).
        Waiting = "waiting",
        /// An attempt is under way (调用中).
        Running = "running",
        /// The merchant did it (成功).
        Succeeded = "succeeded",
        /// An attempt failed or came too early; another follows (重试中).
        Retrying = "retrying",
        /// Given up; a person can restart it (失败，待手工重启).
        AwaitingRestart = "failedAwaitingManualRestart",
        /// Given up for good (失败).
        Failed = "failed",
        /// A newer message says what counts now (已被取代).
        Superseded = "superseded",
        /// Not needed any more (已取消).
        Cancelled = "cancelled",
    }
}

/// One series of calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    /// Its id, also of its outbox job.
    pub(crate) message_id: String,
    /// Who is called.
    pub(crate) merchant_id: String,
    /// The order that is the reason, if one is.
    pub(crate) order_id: Option<String>,
    /// Its line.
    pub(crate) order_line_id: Option<String>,
    /// The store's id of the instance.
    pub(crate) resource_id: Option<String>,
    /// The merchant's id of the instance.
    pub(crate) instance_id: Option<String>,
    /// The product; empty when it concerns none.
    pub(crate) product_code: String,
    /// The production address that is called; none for that of the product.
    pub(crate) address_id: Option<String>,
    /// What else it is about, by the id of whoever queued it: a binding, a credential.
    pub(crate) subject: Option<String>,
    /// The interface, by the purpose of the call.
    pub(crate) interface: Interface,
    /// Scene of a refresh or wanted status; empty for others.
    pub(crate) scene: String,
    /// The body, apart from what is new on each attempt.
    #[serde(skip)]
    pub(crate) body: String,
    /// Where it stands.
    pub(crate) state: MessageState,
    /// Calls made.
    pub(crate) attempts: i64,
    /// When the first call was made.
    pub(crate) first_call_at: Option<Instant>,
    /// When the latest call was made.
    pub(crate) last_call_at: Option<Instant>,
    /// When the next call follows.
    pub(crate) next_attempt_at: Option<Instant>,
    /// HTTP status of the latest answer.
    pub(crate) http_status: Option<i64>,
    /// Result code of the latest answer.
    pub(crate) result_code: Option<String>,
    /// Typed reason of the latest failure.
    pub(crate) reason: Option<String>,
    /// What went wrong at the latest call (异常信息); empty when nothing did.
    pub(crate) exception: String,
    /// Remarks on a successful answer; empty when there are none.
    pub(crate) warning: String,
    /// The one attempt of a call that somebody waited for.
    #[serde(skip)]
    pub(crate) single_attempt: Option<String>,
    /// When the store decided to call.
    pub(crate) created_at: Instant,
    /// Grows with every change.
    #[serde(skip)]
    pub(crate) version: i64,
}

/// One call of a message, redacted, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttemptView {
    /// Its number, from 1.
    pub(crate) number: u32,
    /// When it started, on the store's clock.
    pub(crate) started_at: Instant,
    /// How long it took.
    pub(crate) duration_ms: i64,
    /// `done`, `pending`, `retry` or `final`.
    pub(crate) outcome: String,
    /// HTTP status of the answer.
    pub(crate) http_status: Option<u16>,
    /// Result code of the answer.
    pub(crate) result_code: Option<String>,
    /// Typed reason of a failure.
    pub(crate) reason: Option<String>,
    /// What exactly.
    pub(crate) detail: String,
    /// The request as sent.
    pub(crate) request: String,
    /// The answer as received.
    pub(crate) answer: String,
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.attempt,
            started_at: attempt.started_at,
            duration_ms: attempt.duration_ms,
            outcome: attempt.outcome,
            http_status: attempt.http_status,
            result_code: attempt.result_code,
            reason: attempt.reason,
            detail: attempt.detail,
            request: attempt.request,
            answer: attempt.answer,
        }
    }
}

/// A message with all its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageDetail {
    /// The message.
    #[serde(flatten)]
    pub(crate) message: Message,
    /// Whether it can be restarted by hand now.
    pub(crate) restartable: bool,
    /// Its calls, newest first.
    #[serde(rename = "attemptList")]
    pub(crate) calls: Vec<AttemptView>,
}

/// Which messages to list; empty and none mean any.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageFilter {
    /// Of this merchant.
    pub(crate) merchant_id: String,
    /// In this state.
    pub(crate) state: Option<MessageState>,
    /// Of this interface.
    pub(crate) interface: Option<Interface>,
    /// Of this protocol version.
    pub(crate) family: Option<Family>,
    /// Of this product.
    pub(crate) product_code: String,
    /// Of this order.
    pub(crate) order_id: String,
    /// Of this instance.
    pub(crate) resource_id: String,
    /// About this subject.
    pub(crate) subject: String,
    /// Whose ids hold this text.
    pub(crate) text: String,
    /// Decided at or after.
    pub(crate) created_from: Option<Instant>,
    /// Decided before.
    pub(crate) created_to: Option<Instant>,
}

/// Messages, newest first.
pub(crate) async fn list(core: &Core, filter: &MessageFilter, window: Window) -> Answer<Vec<Message>> {
    let running = running(core).await?;
    if filter.state == Some(MessageState::Running) {
        let mut messages = Vec::new();
        for id in running {
            messages.extend(repo::find(&core.foundation.db, &id).await?);
        }
        messages.iter_mut().for_each(|message| message.state = MessageState::Running);
        return Ok(messages);
    }
    let mut messages = repo::list(&core.foundation.db, filter, window).await?;
    for message in messages.iter_mut().filter(|message| running.contains(&message.message_id)) {
        message.state = MessageState::Running;
    }
    Ok(messages)
}

/// The message with this id and its calls.
pub(crate) async fn find(core: &Core, message_id: &str) -> Answer<Option<MessageDetail>> {
    let Some(mut message) = repo::find(&core.foundation.db, message_id).await? else { return Ok(None) };
    let restartable = restart::obstacle(core, &message).await?.is_none();
    let calls = match &message.single_attempt {
        Some(attempt) => serde_json::from_str(attempt).into_iter().collect(),
        None => core.outbox.attempts(message_id).await?.into_iter().map(AttemptView::from).collect(),
    };
    if core.outbox.job(message_id).await?.is_some_and(|job| job.state == JobState::Running) {
        message.state = MessageState::Running;
    }
    Ok(Some(MessageDetail { message, restartable, calls }))
}

/// Ids of the messages that are being called at this moment; the outbox knows, the message's row does not.
async fn running(core: &Core) -> Answer<Vec<String>> {
    let filter = JobFilter { kind: JOB_KIND.to_owned(), state: Some(JobState::Running), ..JobFilter::default() };
    let page = core.outbox.list(&filter, mercer_kernel::web::page::PageRequest::default()).await?;
    Ok(page.items.into_iter().map(|job| job.id).collect())
}
