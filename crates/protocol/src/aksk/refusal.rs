//! Why the store refuses a signed call. Source: open APIs §2.2.

use crate::wording::Wording;

const BAD_IAM: &str = "Incorrect IAM authentication information";
const BAD_APP: &str = "Incorrect app authentication information";
const NO_SUCH_API: &str = "The API does not exist or has not been published in the environment.";

/// A verification step, in the order in which the store goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The `Authorization` header.
    Parse,
    /// Lower case, ascending, no repetition.
    SignedHeadersForm,
    /// `x-sdk-date` is in the list.
    DateSigned,
    /// Each listed header occurs exactly once.
    SignedHeaderPresent,
    /// `yyyyMMdd'T'HHmmss'Z'`.
    DateFormat,
    /// The date is near the time of receipt.
    ClockSkew,
    /// A signed host is one of the store's.
    Host,
    /// The announced hash is the body's.
    PayloadHash,
    /// The signature is right; an unknown access key fails here too.
    Compare,
    /// The same signature was seen before; decided by the caller.
    Replay,
}

/// A refused call: which step, and what the store answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.full_message())]
pub struct Refusal {
    /// The step that refuses.
    pub step: Step,
    /// Status of the answer.
    pub http_status: u16,
    /// `error_code` of the answer.
    pub error_code: &'static str,
    /// `error_msg` of the answer, the documented text.
    pub message: &'static str,
    /// What was wrong in particular; never holds a secret.
    pub detail: String,
    /// The canonical request the store computed, when it got that far (shown in the `sandbox` profile).
    pub canonical_request: Option<String>,
}

impl Step {
    /// All steps in order.
    pub const ALL: [Self; 10] = [
        Self::Parse,
        Self::SignedHeadersForm,
        Self::DateSigned,
        Self::SignedHeaderPresent,
        Self::DateFormat,
        Self::ClockSkew,
        Self::Host,
        Self::PayloadHash,
        Self::Compare,
        Self::Replay,
    ];

    /// Stable name of the step.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::SignedHeadersForm => "SignedHeaders form",
            Self::DateSigned => "x-sdk-date signed",
            Self::SignedHeaderPresent => "signed header present",
            Self::DateFormat => "date format",
            Self::ClockSkew => "clock skew",
            Self::Host => "host",
            Self::PayloadHash => "payload hash",
            Self::Compare => "compare",
            Self::Replay => "replay",
        }
    }

    /// What the step checks, as a sentence about its failure.
    pub const fn wording(self) -> Wording {
        match self {
            Self::Parse => {
                Wording::fixed("Authorization 头缺失或格式错误", "the Authorization header is missing or malformed")
            }
            Self::SignedHeadersForm => Wording::fixed(
                "SignedHeaders 必须小写、升序、不重复",
                "SignedHeaders must be lower case, ascending, without repetition",
            ),
            Self::DateSigned => Wording::fixed("x-sdk-date 未参与签名", "x-sdk-date is not signed"),
            Self::SignedHeaderPresent => {
                Wording::fixed("签名的请求头缺失或重复", "a signed header is missing or occurs twice")
            }
            Self::DateFormat => Wording::fixed(
                "x-sdk-date 格式应为 yyyyMMdd'T'HHmmss'Z'",
                "x-sdk-date must have the form yyyyMMdd'T'HHmmss'Z'",
            ),
            Self::ClockSkew => {
                Wording::fixed("x-sdk-date 与服务器时间相差过大", "x-sdk-date is too far from the server's time")
            }
            Self::Host => Wording::fixed("host 不是云商店的域名", "the host is none of the store's"),
            Self::PayloadHash => Wording::fixed(
                "请求体哈希不符或不允许不签名",
                "the announced body hash is wrong or an unsigned body is not allowed",
            ),
            Self::Compare => {
                Wording::fixed("AK 未知或签名不正确", "the access key is unknown or the signature is wrong")
            }
            Self::Replay => {
                Wording::fixed("相同签名的请求已收到过", "a request with the same signature was received before")
            }
        }
    }
}

impl Refusal {
    /// The refusal of a step with its documented answer, 401 `APIGW.0301` unless the step has its own.
    pub(super) fn at(step: Step, detail: impl Into<String>) -> Self {
        let (http_status, error_code, message) = match step {
            Step::ClockSkew => (401, "APIGW.0303", BAD_APP),
            Step::Host => (404, "APIGW.0101", NO_SUCH_API),
            Step::Compare => {
                (401, "APIGW.0301", "Incorrect IAM authentication information: verify aksk signature fail")
            }
            Step::Parse
            | Step::SignedHeadersForm
            | Step::DateSigned
            | Step::SignedHeaderPresent
            | Step::DateFormat
            | Step::PayloadHash
            | Step::Replay => (401, "APIGW.0301", BAD_IAM),
        };
        Self { step, http_status, error_code, message, detail: detail.into(), canonical_request: None }
    }

    /// The refusal of a repeated call, for callers whose replay guard rejects (decision D18).
    pub fn replayed() -> Self {
        Self::at(Step::Replay, "same access key and signature as an earlier request")
    }

    /// The documented message followed by what was wrong in particular.
    pub fn full_message(&self) -> String {
        if self.detail.is_empty() || self.step == Step::Host {
            self.message.to_owned()
        } else {
            format!("{}: {}", self.message, self.detail)
        }
    }

    /// The same refusal under `APIGW.0301` (`store.aksk.skew_code`).
    pub(super) fn under_bad_iam(mut self) -> Self {
        self.error_code = "APIGW.0301";
        self.message = BAD_IAM;
        self
    }
}
