//! Why a call or a job did not succeed: a closed list, so that people can filter by it.

use serde::{Deserialize, Serialize};

/// The typed reason of a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The address cannot be read or has a scheme that is not allowed.
    BadAddress,
    /// The address is private or denied; see the allow-list.
    AddressRefused,
    /// The name has no address.
    DnsFailed,
    /// Nobody accepts connections there.
    ConnectFailed,
    /// The certificate or handshake is not acceptable.
    TlsFailed,
    /// No complete answer in time.
    Timeout,
    /// The connection broke before the answer was complete.
    ConnectionLost,
    /// The answer is larger than the limit.
    BodyTooLarge,
    /// The HTTP status is not the one that means success.
    HttpStatus,
    /// The answer has another media type than the contract wants.
    ContentType,
    /// The answer cannot be parsed.
    UnreadableBody,
    /// A mandatory member is missing in the answer.
    MissingField,
    /// The answer is well formed and says no.
    ResultCode,
    /// The other side refused for good.
    Refused,
    /// Too many failures in a row; calls to this endpoint pause.
    BreakerOpen,
    /// The process ended, or the code failed, in the middle of the attempt.
    Crashed,
    /// Something on our side is missing, for example a key or a setting.
    NotConfigured,
    /// Anything else; the detail says what.
    Other,
}

impl FailureReason {
    /// Every reason, for filters and documentation.
    pub const ALL: [Self; 18] = [
        Self::BadAddress,
        Self::AddressRefused,
        Self::DnsFailed,
        Self::ConnectFailed,
        Self::TlsFailed,
        Self::Timeout,
        Self::ConnectionLost,
        Self::BodyTooLarge,
        Self::HttpStatus,
        Self::ContentType,
        Self::UnreadableBody,
        Self::MissingField,
        Self::ResultCode,
        Self::Refused,
        Self::BreakerOpen,
        Self::Crashed,
        Self::NotConfigured,
        Self::Other,
    ];

    /// The stable code, as stored and shown.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadAddress => "bad_address",
            Self::AddressRefused => "address_refused",
            Self::DnsFailed => "dns_failed",
            Self::ConnectFailed => "connect_failed",
            Self::TlsFailed => "tls_failed",
            Self::Timeout => "timeout",
            Self::ConnectionLost => "connection_lost",
            Self::BodyTooLarge => "body_too_large",
            Self::HttpStatus => "http_status",
            Self::ContentType => "content_type",
            Self::UnreadableBody => "unreadable_body",
            Self::MissingField => "missing_field",
            Self::ResultCode => "result_code",
            Self::Refused => "refused",
            Self::BreakerOpen => "breaker_open",
            Self::Crashed => "crashed",
            Self::NotConfigured => "not_configured",
            Self::Other => "other",
        }
    }

    /// One sentence for people: English and Chinese.
    #[must_use]
    pub const fn explanation(self) -> (&'static str, &'static str) {
        match self {
            Self::BadAddress => ("The address cannot be used.", "地址无法使用。"),
            Self::AddressRefused => (
                "The address is private or denied. Allow it in outbound.allow_private if it is yours.",
                "该地址是内网地址或被禁止。若属于您，请在 outbound.allow_private 中放行。",
            ),
            Self::DnsFailed => ("The host name was not found.", "域名无法解析。"),
            Self::ConnectFailed => ("Nobody answers at this address.", "地址不可达，连接被拒绝。"),
            Self::TlsFailed => ("The TLS certificate or handshake is not acceptable.", "TLS 证书或握手不被接受。"),
            Self::Timeout => ("No complete answer in time.", "未在时限内收到完整响应。"),
            Self::ConnectionLost => ("The connection broke before the answer was complete.", "响应完成前连接中断。"),
            Self::BodyTooLarge => ("The answer is larger than allowed.", "响应超过允许的大小。"),
            Self::HttpStatus => ("The HTTP status does not mean success.", "HTTP 状态码不表示成功。"),
            Self::ContentType => ("The answer is not application/json.", "响应 content-type 不是 application/json。"),
            Self::UnreadableBody => ("The answer cannot be parsed.", "响应体解析失败。"),
            Self::MissingField => ("A mandatory field is missing in the answer.", "响应缺少必填字段。"),
            Self::ResultCode => {
                ("The answer is well formed and reports a failure.", "响应格式正确，但返回了失败结果码。")
            }
            Self::Refused => ("The other side refused for good.", "对方明确拒绝。"),
            Self::BreakerOpen => {
                ("Too many failures in a row; calls pause for a moment.", "连续失败过多，暂停调用片刻。")
            }
            Self::Crashed => ("The process ended in the middle of the attempt.", "尝试进行中进程中断。"),
            Self::NotConfigured => ("Something is not configured yet; the detail says what.", "缺少配置，详情见说明。"),
            Self::Other => ("See the detail.", "详情见说明。"),
        }
    }
}

impl std::fmt::Display for FailureReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::str::FromStr for FailureReason {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.code() == text)
            .ok_or_else(|| format!("'{text}' is no failure reason"))
    }
}

/// A call that brought no complete answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Failure {
    /// The typed reason.
    pub reason: FailureReason,
    /// What exactly, for people; no secrets.
    pub detail: String,
}

impl Failure {
    /// A failure with its detail.
    #[must_use]
    pub fn new(reason: FailureReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::FailureReason;

    #[test]
    fn every_reason_is_read_back_from_its_code() {
        for reason in FailureReason::ALL {
            assert_eq!(reason.code().parse::<FailureReason>().unwrap(), reason);
        }
    }
}
