//! Reading the merchant's answer: accepted, not ready, or failed, and why. Pure.
//!
//! The conditions are checked in the order of the retry table's reference: connection, time-out, HTTP
//! status, content-type, JSON with a result code, mandatory fields, result code, and the signature where a
//! family demands one. What stands in the body is read by the family. Source: SaaS V2.0 §3.8.

use mercer_kernel::http::{Answer, Failure, FailureReason};
use mercer_protocol::ResultCode;
use mercer_protocol::saas_v2::{BaseResponse, MAX_INSTANCE_ID_CHARACTERS, ResponseFailure};

use super::{Interface, Policy, families};

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// newInstance was accepted under this id of the merchant.
    Opened {
        /// The merchant's instance id.
        instance_id: String,
    },
    /// The merchant did it.
    Done,
    /// Not ready yet; no failure.
    Pending,
    /// Failed.
    Failed(FailureReason),
}

/// An answer, read.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// What it means.
    pub(crate) verdict: Verdict,
    /// HTTP status, when there was an answer.
    pub(crate) http_status: Option<u16>,
    /// Result code, when there was one.
    pub(crate) result_code: Option<String>,
    /// The merchant's own words, or what is wrong with the answer.
    pub(crate) detail: String,
    /// Remarks that do not make it fail.
    pub(crate) warning: String,
}

impl Judged {
    /// A failure before or instead of an answer.
    pub(crate) fn failed(reason: FailureReason, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..Self::plain(Verdict::Failed(reason)) }
    }

    /// Nothing but a verdict.
    pub(crate) fn plain(verdict: Verdict) -> Self {
        Self { verdict, http_status: None, result_code: None, detail: String::new(), warning: String::new() }
    }

    /// What the code and the instance id of a newInstance answer come to.
    pub(crate) fn opened(by_code: Verdict, instance_id: Option<String>) -> Self {
        match (by_code, instance_id) {
            (Verdict::Done, Some(instance_id)) => {
                let too_long = instance_id.chars().count() > MAX_INSTANCE_ID_CHARACTERS;
                let mut judged = Self::plain(Verdict::Opened { instance_id });
                if too_long {
                    remark(&mut judged.warning, "instanceId is longer than 64 characters");
                }
                judged
            }
            (Verdict::Done, None) => Self::failed(FailureReason::MissingField, "the answer lacks instanceId"),
            (other, _) => Self::plain(other),
        }
    }

    /// Why an answer's body cannot be used.
    pub(crate) fn unreadable(failure: &ResponseFailure) -> Self {
        let reason = match failure {
            ResponseFailure::UnreadableBody | ResponseFailure::MissingResultCode => FailureReason::UnreadableBody,
            ResponseFailure::MissingField { .. } | ResponseFailure::MalformedField { .. } => {
                FailureReason::MissingField
            }
        };
        Self::failed(reason, failure.to_string())
    }
}

/// What was called, and what is needed to judge the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    /// The interface.
    pub(crate) interface: Interface,
    /// Its row of the table.
    pub(crate) policy: &'a Policy,
    /// The instance that was asked for; empty when none was.
    pub(crate) instance_id: &'a str,
    /// The key that signed the call.
    pub(crate) access_key: &'a str,
}

/// Reads what came back from a call.
pub(super) fn judge(question: Question<'_>, result: &Result<Answer, Failure>) -> Judged {
    let answer = match result {
        Ok(answer) => answer,
        Err(failure) => return Judged::failed(failure.reason, &failure.detail),
    };
    let mut judged = transport_fault(answer).unwrap_or_else(|| families::judge(question, answer));
    judged.http_status = Some(answer.status);
    judged
}

fn transport_fault(answer: &Answer) -> Option<Judged> {
    if answer.status != 200 {
        return Some(Judged::failed(FailureReason::HttpStatus, format!("HTTP status {}", answer.status)));
    }
    let content_type = answer.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let json = media_type.eq_ignore_ascii_case("application/json");
    (!json).then(|| Judged::failed(FailureReason::ContentType, format!("content-type '{content_type}'")))
}

/// Reads a JSON answer with a result code: `content` reads the rest of it and says what it means.
pub(super) fn with_code(answer: &Answer, content: impl Fn(&ResultCode) -> Judged) -> Judged {
    let head = match BaseResponse::parse(&answer.body) {
        Ok(head) => head,
        Err(failure) => return Judged::unreadable(&failure),
    };
    let code = head.result_code.as_str().to_owned();
    let mut judged = content(&head.result_code);
    if judged.verdict == Verdict::Failed(FailureReason::ResultCode) || judged.verdict == Verdict::Pending {
        let message = head.result_msg.unwrap_or_else(|| head.result_code.default_message().to_owned());
        judged.detail = format!("resultCode {code}: {message}");
    }
    judged.result_code = Some(code);
    judged
}

/// What a result code means by the retry table.
pub(super) fn by_code(policy: &Policy, code: &ResultCode) -> Verdict {
    let is_in = |codes: &[String]| codes.iter().any(|known| known == code.as_str());
    if is_in(&policy.success) {
        Verdict::Done
    } else if is_in(&policy.pending) {
        Verdict::Pending
    } else {
        Verdict::Failed(FailureReason::ResultCode)
    }
}

/// Adds a remark to those there are.
pub(super) fn remark(remarks: &mut String, text: &str) {
    if !remarks.is_empty() {
        remarks.push_str("; ");
    }
    remarks.push_str(text);
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
