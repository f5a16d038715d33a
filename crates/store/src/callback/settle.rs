//! From a judged answer to what is written: the message, what follows in the business, the attempt's record.

use mercer_kernel::db::Batch;
use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::{AttemptRecord, Job, Next, Outcome, Settlement};

use super::call::Called;
use super::judge::{Judged, Verdict, remark};
use super::policy::After;
use super::{Policy, families};
use crate::Core;
use crate::error::Answer;
use crate::message::{self, FailedCall, Message, MessageState};

/// What one attempt came to, once the retry table has spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The series has succeeded.
    Succeeded,
    /// Not ready; the next attempt follows.
    NotReady,
    /// Failed; the next attempt follows.
    Again(FailureReason),
    /// Failed, and no automatic attempt follows.
    Exhausted(FailureReason),
}

/// Settles an attempt of a message.
pub(super) async fn settle(core: &Core, job: &Job, called: &Called) -> Answer<Settlement> {
    let mut effects = Batch::new();
    let record = Some(record(called));
    let found = message::repo::find(&core.foundation.db, &job.id).await?;
    let Some(message) = found.filter(|message| is_open(message.state)) else {
        // A newer message counts now; whatever this call brought changes nothing.
        return Ok(Settlement { outcome: Outcome::Done, effects, record });
    };
    let policy = core.policies.of(message.interface);
    let step = step(core, job, &called.judged);
    let mut message = after_attempt(core, job, message, (policy, step), &called.judged);
    let outcome = match step {
        Step::Succeeded => {
            families::succeeded(core, &mut effects, &mut message, &called.judged.verdict).await?;
            Outcome::Done
        }
        Step::NotReady => Outcome::Pending,
        Step::Again(reason) => {
            notify(core, &mut effects, &message, policy, (reason, false));
            Outcome::Retry(reason)
        }
        Step::Exhausted(reason) => {
            notify(core, &mut effects, &message, policy, (reason, true));
            families::exhausted(core, &mut effects, &message, policy).await?;
            Outcome::Final(reason)
        }
    };
    message::repo::update(&mut effects, &message);
    Ok(Settlement { outcome, effects, record })
}

fn is_open(state: MessageState) -> bool {
    match state {
        MessageState::Waiting | MessageState::Running | MessageState::Retrying | MessageState::AwaitingRestart => true,
        MessageState::Succeeded | MessageState::Failed | MessageState::Superseded | MessageState::Cancelled => false,
    }
}

fn step(core: &Core, job: &Job, judged: &Judged) -> Step {
    match judged.verdict {
        Verdict::Opened { .. } | Verdict::Done => Step::Succeeded,
        Verdict::Pending if job.is_last => Step::Exhausted(FailureReason::Timeout),
        Verdict::Pending => Step::NotReady,
        Verdict::Failed(reason) => {
            let permanent = judged.result_code.as_deref().is_some_and(|code| core.policies.is_permanent(code));
            if job.is_last || permanent { Step::Exhausted(reason) } else { Step::Again(reason) }
        }
    }
}

/// The message with what this attempt adds to it.
fn after_attempt(
    core: &Core,
    job: &Job,
    mut message: Message,
    (policy, step): (&Policy, Step),
    judged: &Judged,
) -> Message {
    let now = core.foundation.clock.now();
    let first = job.first_attempt_at.unwrap_or(now);
    message.attempts = i64::from(job.attempt);
    message.first_call_at = message.first_call_at.or(Some(first));
    message.last_call_at = job.last_attempt_at.or(Some(now));
    message.http_status = judged.http_status.map(i64::from);
    message.result_code.clone_from(&judged.result_code);
    if !judged.warning.is_empty() {
        message.warning.clear();
        remark(&mut message.warning, &judged.warning);
    }
    let next = match policy.schedule().next(job.automatic_attempts, first, now) {
        Next::At(at) => Some(at),
        Next::Exhausted => None,
    };
    let (state, next, reason) = match step {
        Step::Succeeded => (MessageState::Succeeded, None, None),
        Step::NotReady => (MessageState::Retrying, next, None),
        Step::Again(reason) => (MessageState::Retrying, next, Some(reason)),
        Step::Exhausted(reason) => (state_after(policy.after), None, Some(reason)),
    };
    message.state = state;
    message.next_attempt_at = next;
    message.reason = reason.map(|reason| reason.code().to_owned());
    message.exception = match step {
        Step::Succeeded => String::new(),
        Step::NotReady | Step::Again(_) | Step::Exhausted(_) => judged.detail.clone(),
    };
    message
}

fn state_after(after: After) -> MessageState {
    match after {
        After::AwaitRestart => MessageState::AwaitingRestart,
        After::FailOrder | After::ReportToCaller | After::RefuseChange => MessageState::Failed,
    }
}

fn notify(
    core: &Core,
    batch: &mut Batch,
    message: &Message,
    policy: &Policy,
    (reason, exhausted): (FailureReason, bool),
) {
    if message::rules::is_notified(policy.notify, exhausted) {
        let failed = FailedCall { reason, detail: &message.exception, exhausted };
        message::note_failure(core, batch, message, policy, failed);
    }
}

fn record(called: &Called) -> AttemptRecord {
    AttemptRecord {
        request: called.request.clone(),
        answer: called.answer.clone(),
        http_status: called.judged.http_status,
        result_code: called.judged.result_code.clone(),
        detail: called.judged.detail.clone(),
    }
}
