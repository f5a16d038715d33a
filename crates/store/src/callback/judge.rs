//! Reading the merchant's answer: accepted, not ready, or failed, and why. Pure.
//!
//! The conditions are checked in the order of the retry table's reference: connection, time-out, HTTP
//! status, content-type, JSON with a result code, mandatory fields, result code. Source: SaaS V2.0 §3.8.

use mercer_kernel::http::{Answer, Failure, FailureReason};
use mercer_protocol::saas_v2::{
    BaseResponse, MAX_INSTANCE_ID_CHARACTERS, NewInstanceResponse, QueryInstanceResponse, ResponseFailure,
};
use mercer_protocol::{ResultCode, body_sign};

use super::{Interface, Policy};

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
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
pub(super) struct Judged {
    /// What it means.
    pub(super) verdict: Verdict,
    /// HTTP status, when there was an answer.
    pub(super) http_status: Option<u16>,
    /// Result code, when there was one.
    pub(super) result_code: Option<String>,
    /// The merchant's own words, or what is wrong with the answer.
    pub(super) detail: String,
    /// Remarks that do not make it fail.
    pub(super) warning: String,
}

impl Judged {
    /// A failure before or instead of an answer.
    pub(super) fn failed(reason: FailureReason, detail: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Failed(reason),
            http_status: None,
            result_code: None,
            detail: detail.into(),
            warning: String::new(),
        }
    }
}

/// What was called, and what is needed to judge the answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The interface.
    pub(super) interface: Interface,
    /// Its row of the table.
    pub(super) policy: &'a Policy,
    /// The instance that was asked for.
    pub(super) instance_id: &'a str,
    /// The key that signed the call.
    pub(super) access_key: &'a str,
}

/// Reads what came back from a call.
pub(super) fn judge(asked: Asked<'_>, result: &Result<Answer, Failure>) -> Judged {
    let answer = match result {
        Ok(answer) => answer,
        Err(failure) => return Judged::failed(failure.reason, &failure.detail),
    };
    let mut judged = judge_answer(asked, answer);
    judged.http_status = Some(answer.status);
    let sign = body_sign::verify(asked.access_key, &answer.body, answer.header(body_sign::HEADER_NAME));
    if matches!(sign, body_sign::Verdict::Malformed | body_sign::Verdict::Wrong) {
        remark(&mut judged.warning, &sign.wording().en);
    }
    judged
}

fn judge_answer(asked: Asked<'_>, answer: &Answer) -> Judged {
    if answer.status != 200 {
        return Judged::failed(FailureReason::HttpStatus, format!("HTTP status {}", answer.status));
    }
    let content_type = answer.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Judged::failed(FailureReason::ContentType, format!("content-type '{content_type}'"));
    }
    let head = match BaseResponse::parse(&answer.body) {
        Ok(head) => head,
        Err(failure) => return unreadable(&failure),
    };
    let code = head.result_code.as_str().to_owned();
    let mut judged = match asked.interface {
        Interface::NewInstance => opened(asked, answer),
        Interface::QueryPoll | Interface::QueryView => queried(asked, answer),
        Interface::Refresh
        | Interface::UpdateStatus
        | Interface::Release
        | Interface::Upgrade
        | Interface::ChangeCheck => plain(by_code(asked.policy, &head.result_code)),
    };
    if judged.verdict == Verdict::Failed(FailureReason::ResultCode) || judged.verdict == Verdict::Pending {
        let message = head.result_msg.unwrap_or_else(|| head.result_code.default_message().to_owned());
        judged.detail = format!("resultCode {code}: {message}");
    }
    judged.result_code = Some(code);
    judged
}

fn opened(asked: Asked<'_>, answer: &Answer) -> Judged {
    let response = match NewInstanceResponse::parse(&answer.body) {
        Ok(response) => response,
        Err(failure) => return unreadable(&failure),
    };
    match (by_code(asked.policy, &response.result_code), response.instance_id) {
        (Verdict::Done, Some(instance_id)) => {
            let too_long = instance_id.chars().count() > MAX_INSTANCE_ID_CHARACTERS;
            let mut judged = plain(Verdict::Opened { instance_id });
            if too_long {
                remark(&mut judged.warning, "instanceId is longer than 64 characters");
            }
            judged
        }
        (Verdict::Done, None) => Judged::failed(FailureReason::MissingField, "the answer lacks instanceId"),
        (other, _) => plain(other),
    }
}

/// A poll is done with `000000` and an entry for the instance; without the entry it is not ready (D17).
fn queried(asked: Asked<'_>, answer: &Answer) -> Judged {
    let response = match QueryInstanceResponse::parse(&answer.body) {
        Ok(response) => response,
        Err(failure) => return unreadable(&failure),
    };
    let ready = response.entry(asked.instance_id).is_some();
    match by_code(asked.policy, &response.result_code) {
        Verdict::Done if !ready => plain(Verdict::Pending),
        other => plain(other),
    }
}

fn by_code(policy: &Policy, code: &ResultCode) -> Verdict {
    let is_in = |codes: &[String]| codes.iter().any(|known| known == code.as_str());
    if is_in(&policy.success) {
        Verdict::Done
    } else if is_in(&policy.pending) {
        Verdict::Pending
    } else {
        Verdict::Failed(FailureReason::ResultCode)
    }
}

fn unreadable(failure: &ResponseFailure) -> Judged {
    let reason = match failure {
        ResponseFailure::UnreadableBody | ResponseFailure::MissingResultCode => FailureReason::UnreadableBody,
        ResponseFailure::MissingField { .. } | ResponseFailure::MalformedField { .. } => FailureReason::MissingField,
    };
    Judged::failed(reason, failure.to_string())
}

fn plain(verdict: Verdict) -> Judged {
    Judged { verdict, http_status: None, result_code: None, detail: String::new(), warning: String::new() }
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
