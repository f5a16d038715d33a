//! Calls that somebody waits for: made at once, once, and kept as a finished message with its one attempt.

use mercer_kernel::db::Batch;
use mercer_kernel::http::FailureReason;

use super::call::{Called, call};
use super::judge::Verdict;
use super::policy::Kind;
use super::queue::{NewCall, message};
use crate::Core;
use crate::error::Answer;
use crate::message::{self, AttemptView, FailedCall, Message, MessageState};

/// A call that was made while somebody waited.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The message as it is kept.
    pub(crate) message: Message,
    /// The call, with what is not kept.
    pub(super) called: Called,
}

impl Asked {
    /// Whether the merchant did what it was asked for.
    pub(crate) fn succeeded(&self) -> bool {
        self.message.state == MessageState::Succeeded
    }
}

/// Makes a call and keeps it as a finished message with its one attempt.
pub(crate) async fn ask(core: &Core, new: NewCall) -> Answer<Asked> {
    let mut message = message(core, new);
    let stopwatch = core.foundation.wall.stopwatch();
    let called = call(core, &message).await;
    let judged = &called.judged;
    let failure = match &judged.verdict {
        Verdict::Done | Verdict::Opened { .. } => None,
        Verdict::Failed(reason) => Some(*reason),
        Verdict::Pending => Some(FailureReason::MissingField),
    };
    message.state = if failure.is_none() { MessageState::Succeeded } else { MessageState::Failed };
    message.attempts = 1;
    message.first_call_at = Some(message.created_at);
    message.last_call_at = Some(message.created_at);
    message.next_attempt_at = None;
    message.http_status = judged.http_status.map(i64::from);
    message.result_code.clone_from(&judged.result_code);
    message.reason = failure.map(|reason| reason.code().to_owned());
    message.exception = if failure.is_some() { judged.detail.clone() } else { String::new() };
    message.warning.clone_from(&judged.warning);
    let attempt = AttemptView {
        number: 1,
        started_at: message.created_at,
        duration_ms: stopwatch.elapsed_ms(),
        outcome: if failure.is_none() { "done" } else { "final" }.to_owned(),
        http_status: judged.http_status,
        result_code: judged.result_code.clone(),
        reason: message.reason.clone(),
        detail: judged.detail.clone(),
        request: called.request.clone(),
        answer: called.answer.clone(),
    };
    message.single_attempt = Some(serde_json::json!(attempt).to_string());
    let mut batch = Batch::new();
    message::repo::insert(core, &mut batch, &message);
    let policy = core.policies.of(message.interface);
    // Whoever tries a queued interface by hand sees the result; only rows that are waited for tell others.
    let told = policy.kind == Kind::Sync && message::rules::is_notified(policy.notify, true);
    if let Some(reason) = failure.filter(|_| told) {
        let failed = FailedCall { reason, detail: &judged.detail, exhausted: true };
        message::note_failure(core, &mut batch, &message, policy, failed);
    }
    core.foundation.db.apply(batch).await?;
    Ok(Asked { message, called })
}
