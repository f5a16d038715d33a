//! `x-sign`, the signature of a V2.0 kit call. Source: kit §2.1.
//!
//! Two forms are in use: the documentation's text hashes the body first, the vendor's sample project
//! does not (D1). The merchant accepts both, and for each the bytes as received or their canonical form.
//! Which nonces were seen is remembered by the caller, as for the base interfaces
//! ([`crate::saas_v2::signature::NONCE_MEMORY_SECONDS`]).

use std::fmt;

use crate::digest::{equal_ignoring_case, hmac_sha256, lower_hex, upper_hex};
use crate::result_code::ResultCode;
use crate::saas_v2::signature::{
    self as base, KEY_MASK, MAX_NONCE_CHARACTERS, Matched, VerifySettings, canonical_body,
};
use crate::wording::Wording;

/// Header with the signature.
pub const HEADER_SIGN: &str = "x-sign";

/// Header with the time in Unix milliseconds.
pub const HEADER_TIMESTAMP: &str = "x-timestamp";

/// Header with the nonce.
pub const HEADER_NONCE: &str = "x-nonce";

/// How the body enters the text to sign. Source: D1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// As it is, the way the vendor's sample project does.
    #[default]
    Direct,
    /// As the digest of itself, the way the documentation says.
    Prehash,
}

/// A computed signature and its intermediate values.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// `lowercase_hex(HMAC(key, body))`, of the two-step form only.
    pub body_digest: Option<String>,
    /// Access key, nonce, timestamp, then body or digest. Holds the key: show [`Signed::masked_canonical`].
    pub canonical: String,
    /// Upper-case hexadecimal signature.
    pub signature: String,
    access_key_length: usize,
}

/// The three headers; none = absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presented<'a> {
    /// `x-sign`
    pub sign: Option<&'a str>,
    /// `x-timestamp`
    pub timestamp: Option<&'a str>,
    /// `x-nonce`
    pub nonce: Option<&'a str>,
}

/// A received call, as far as its signature is concerned.
#[derive(Clone, Copy, Debug)]
pub struct VerifyInput<'a> {
    /// The body exactly as received.
    pub body: &'a [u8],
    /// The headers.
    pub presented: Presented<'a>,
    /// The receiver's clock, Unix milliseconds.
    pub now_ms: i64,
    /// How strictly to check, as for the base interfaces (D3).
    pub settings: VerifySettings,
}

/// Which of several keys fitted, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyMatch {
    /// Position of the key in the list.
    pub key_index: usize,
    /// Form of the signature.
    pub form: Form,
    /// Form of the body that was signed.
    pub matched: Matched,
}

/// Why a call is refused, in the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub enum Refusal {
    /// No `x-timestamp`.
    MissingTimestamp,
    /// `x-timestamp` is no decimal integer.
    MalformedTimestamp,
    /// No `x-nonce`.
    MissingNonce,
    /// `x-nonce` longer than 128 characters.
    OversizedNonce,
    /// Too old or too far ahead.
    StaleTimestamp {
        /// Now minus timestamp; positive = old.
        age_ms: i64,
        /// The window that was left.
        window_seconds: u32,
    },
    /// No `x-sign`.
    MissingSign,
    /// None of the four forms fits, with any key.
    WrongSign,
    /// Decided by the caller: the nonce was accepted before.
    ReplayedNonce,
}

impl Form {
    /// Both, in the order in which they are tried.
    pub const ALL: [Self; 2] = [Self::Direct, Self::Prehash];

    /// The word of the setting `store.kit.sign_form`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Prehash => "prehash",
        }
    }

    /// Reads the word of the setting.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == text)
    }
}

impl Signed {
    /// The text to sign with the access key hidden.
    pub fn masked_canonical(&self) -> String {
        format!("{KEY_MASK}{}", &self.canonical[self.access_key_length..])
    }
}

/// The access key must not reach a log by way of `{:?}`; the body neither, it may hold personal data.
impl fmt::Debug for Signed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Signed")
            .field("body_digest", &self.body_digest)
            .field("signature", &self.signature)
            .finish_non_exhaustive()
    }
}

impl Refusal {
    /// The code of the answer. Source: D3.
    pub fn result_code(&self) -> ResultCode {
        match self {
            Self::MissingTimestamp
            | Self::MalformedTimestamp
            | Self::StaleTimestamp { .. }
            | Self::MissingNonce
            | Self::OversizedNonce => ResultCode::InvalidParameter,
            Self::MissingSign | Self::WrongSign | Self::ReplayedNonce => ResultCode::AuthenticationFailed,
        }
    }

    /// The `resultMsg` of the answer.
    pub fn result_message(&self) -> String {
        self.result_code().message_with(&self.wording())
    }

    /// Stable text of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingTimestamp => "x_sign.timestamp_missing",
            Self::MalformedTimestamp => "x_sign.timestamp_malformed",
            Self::StaleTimestamp { .. } => "x_sign.timestamp_stale",
            Self::MissingNonce => "x_sign.nonce_missing",
            Self::OversizedNonce => "x_sign.nonce_oversized",
            Self::MissingSign => "x_sign.missing",
            Self::WrongSign => "x_sign.wrong",
            Self::ReplayedNonce => "x_sign.nonce_replayed",
        }
    }

    /// The refusal as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::MissingTimestamp => Wording::fixed("缺少请求头 x-timestamp", "the header x-timestamp is missing"),
            Self::MalformedTimestamp => {
                Wording::fixed("x-timestamp 不是十进制整数", "x-timestamp is not a decimal integer")
            }
            Self::StaleTimestamp { age_ms, window_seconds } => Wording::of(
                format!("x-timestamp 与当前时间相差 {age_ms} 毫秒，允许 ±{window_seconds} 秒"),
                format!("x-timestamp differs from now by {age_ms} ms, ±{window_seconds} s are allowed"),
            ),
            Self::MissingNonce => Wording::fixed("缺少请求头 x-nonce", "the header x-nonce is missing"),
            Self::OversizedNonce => Wording::of(
                format!("x-nonce 超过 {MAX_NONCE_CHARACTERS} 个字符"),
                format!("x-nonce is longer than {MAX_NONCE_CHARACTERS} characters"),
            ),
            Self::MissingSign => Wording::fixed("缺少请求头 x-sign", "the header x-sign is missing"),
            Self::WrongSign => Wording::fixed("x-sign 与请求体不符", "x-sign does not fit the request"),
            Self::ReplayedNonce => Wording::fixed("x-nonce 已被使用（重放）", "the nonce was used before (replay)"),
        }
    }
}

/// Time and nonce are checked as for the base interfaces.
impl From<base::Refusal> for Refusal {
    fn from(refusal: base::Refusal) -> Self {
        match refusal {
            base::Refusal::MissingTimestamp => Refusal::MissingTimestamp,
            base::Refusal::MalformedTimestamp => Refusal::MalformedTimestamp,
            base::Refusal::StaleTimestamp { age_ms, window_seconds } => {
                Refusal::StaleTimestamp { age_ms, window_seconds }
            }
            base::Refusal::MissingNonce => Refusal::MissingNonce,
            base::Refusal::OversizedNonce => Refusal::OversizedNonce,
            base::Refusal::MissingSignature => Refusal::MissingSign,
            base::Refusal::WrongSignature => Refusal::WrongSign,
            base::Refusal::ReplayedNonce => Refusal::ReplayedNonce,
        }
    }
}

/// Signs `body`. `timestamp` and `nonce` are used as the very text that goes into the headers.
pub fn sign(access_key: &str, form: Form, body: &[u8], timestamp: &str, nonce: &str) -> Signed {
    let key = access_key.as_bytes();
    let body_digest = match form {
        Form::Direct => None,
        Form::Prehash => Some(lower_hex(&hmac_sha256(key, &[body]))),
    };
    let head = [access_key, nonce, timestamp].concat();
    let payload = body_digest.as_deref().map_or(body, str::as_bytes);
    let signature = upper_hex(&hmac_sha256(key, &[head.as_bytes(), payload]));
    // Only for showing; what is signed are the bytes themselves.
    let canonical = format!("{head}{}", String::from_utf8_lossy(payload));
    Signed { body_digest, canonical, signature, access_key_length: access_key.len() }
}

/// Checks a call against several access keys, of which any may fit (rotation). Source: D3.
pub fn verify_any(access_keys: &[&str], input: &VerifyInput<'_>) -> Result<KeyMatch, Refusal> {
    let Presented { sign: presented, timestamp, nonce } = input.presented;
    let timing = base::VerifyInput {
        body: input.body,
        presented: base::Presented { timestamp, nonce, signature: None },
        now_ms: input.now_ms,
        settings: input.settings,
    };
    // Well-formed comes before fresh.
    let fresh = match timing.check_timestamp() {
        Err(stale @ base::Refusal::StaleTimestamp { .. }) => Err(stale),
        other => Ok(other?),
    };
    let nonce = timing.check_nonce()?;
    let timestamp = fresh?;
    let presented = presented.filter(|text| !text.is_empty()).ok_or(Refusal::MissingSign)?;
    let fitting = |body: &[u8], matched: Matched| {
        Form::ALL.into_iter().find_map(|form| {
            let fits = |key: &&str| {
                let right = signature_of(key, form, body, timestamp, nonce);
                equal_ignoring_case(&right, presented)
            };
            access_keys.iter().position(fits).map(|key_index| KeyMatch { key_index, form, matched })
        })
    };
    if let Some(found) = fitting(input.body, Matched::Raw) {
        return Ok(found);
    }
    let canonical = if input.settings.canonical_fallback { canonical_body(input.body) } else { None };
    canonical.and_then(|body| fitting(body.as_bytes(), Matched::Canonical)).ok_or(Refusal::WrongSign)
}

/// The signature alone: bodies can be large, and the text for showing would copy them.
fn signature_of(access_key: &str, form: Form, body: &[u8], timestamp: &str, nonce: &str) -> String {
    let key = access_key.as_bytes();
    let head = [access_key, nonce, timestamp].concat();
    match form {
        Form::Direct => lower_hex(&hmac_sha256(key, &[head.as_bytes(), body])),
        Form::Prehash => {
            let digest = lower_hex(&hmac_sha256(key, &[body]));
            lower_hex(&hmac_sha256(key, &[head.as_bytes(), digest.as_bytes()]))
        }
    }
}
