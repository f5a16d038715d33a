//! The signature of a call. Source: SaaS V2.0 §2.4.
//!
//! The store signs the bytes it sends. The merchant first tries the bytes it received, then their
//! canonical form, because frameworks in between may have written the same JSON differently. What has
//! to be remembered between calls, the nonces, belongs to the caller: after [`verify`] succeeded, look
//! the nonce up for [`NONCE_MEMORY_SECONDS`] and answer [`Refusal::ReplayedNonce`] when it is there.

use std::fmt;

use serde_json::Value;

use crate::digest::{equal_ignoring_case, hmac_sha256, lower_hex, upper_hex};
use crate::json;
use crate::result_code::ResultCode;
use crate::wording::Wording;

/// How long an accepted nonce is remembered per access key. Source: decision D4.
pub const NONCE_MEMORY_SECONDS: u32 = 600;

/// Longest nonce a merchant accepts. Source: SaaS V2.0 §2.3.
pub const MAX_NONCE_CHARACTERS: usize = 128;

/// How far a timestamp may differ from now, both sides. Source: decision D3.
pub const DEFAULT_WINDOW_SECONDS: u32 = 60;

/// A timestamp of at most this many digits is in seconds. Source: decision D3.
const MAX_DIGITS_OF_SECONDS: usize = 10;

/// What stands for the access key where the canonical string is shown.
pub(crate) const KEY_MASK: &str = "********";

/// A computed signature and its intermediate values.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// `lowercase_hex(HMAC(key, body))`.
    pub body_digest: String,
    /// Access key + nonce + timestamp + body digest. Holds the key: show [`Signed::masked_canonical`].
    pub canonical: String,
    /// Upper-case hexadecimal signature.
    pub signature: String,
    access_key_length: usize,
}

/// The three query parameters after URL decoding; none = absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presented<'a> {
    /// `timestamp`
    pub timestamp: Option<&'a str>,
    /// `nonce`
    pub nonce: Option<&'a str>,
    /// `signature`
    pub signature: Option<&'a str>,
}

/// How strictly a merchant checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifySettings {
    /// `gateway.signature.window_seconds`
    pub window_seconds: u32,
    /// `gateway.signature.accept_seconds`
    pub accept_seconds: bool,
    /// `gateway.signature.canonical_fallback`
    pub canonical_fallback: bool,
}

/// A received call, as far as its signature is concerned.
#[derive(Clone, Copy, Debug)]
pub struct VerifyInput<'a> {
    /// The body exactly as received.
    pub body: &'a [u8],
    /// The query parameters.
    pub presented: Presented<'a>,
    /// The receiver's clock, Unix milliseconds.
    pub now_ms: i64,
    /// How strictly to check.
    pub settings: VerifySettings,
}

/// Which form of the body the caller signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    /// The bytes as received.
    Raw,
    /// Their canonical form.
    Canonical,
}

/// Which of several keys fitted, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyMatch {
    /// Index into the keys that were given.
    pub key_index: usize,
    /// Which form of the body was signed.
    pub matched: Matched,
}

/// Why a call is refused; the first step of SaaS V2.0 §2.4 that fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub enum Refusal {
    /// Step 1: no `timestamp`.
    MissingTimestamp,
    /// Step 1: `timestamp` is no decimal integer.
    MalformedTimestamp,
    /// Step 2: too old or too far ahead.
    StaleTimestamp {
        /// Now minus timestamp; positive = old.
        age_ms: i64,
        /// The window that was left.
        window_seconds: u32,
    },
    /// Step 3: no `nonce`.
    MissingNonce,
    /// Step 3: `nonce` longer than [`MAX_NONCE_CHARACTERS`].
    OversizedNonce,
    /// Step 4: no `signature`.
    MissingSignature,
    /// Step 6: neither form of the body fits, with any key.
    WrongSignature,
    /// Step 7, decided by the caller: the nonce was accepted before.
    ReplayedNonce,
}

impl Signed {
    /// The canonical string with the access key hidden.
    pub fn masked_canonical(&self) -> String {
        format!("{KEY_MASK}{}", &self.canonical[self.access_key_length..])
    }
}

/// The access key must not reach a log by way of `{:?}`.
impl fmt::Debug for Signed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Signed")
            .field("body_digest", &self.body_digest)
            .field("canonical", &self.masked_canonical())
            .field("signature", &self.signature)
            .finish_non_exhaustive()
    }
}

impl Default for VerifySettings {
    fn default() -> Self {
        Self { window_seconds: DEFAULT_WINDOW_SECONDS, accept_seconds: true, canonical_fallback: true }
    }
}

impl Refusal {
    /// The code of the answer. Source: decision D4.
    pub fn result_code(&self) -> ResultCode {
        match self {
            Self::MissingTimestamp
            | Self::MalformedTimestamp
            | Self::StaleTimestamp { .. }
            | Self::MissingNonce
            | Self::OversizedNonce => ResultCode::InvalidParameter,
            Self::MissingSignature | Self::WrongSignature | Self::ReplayedNonce => ResultCode::AuthenticationFailed,
        }
    }

    /// Stable text of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingTimestamp => "signature.timestamp_missing",
            Self::MalformedTimestamp => "signature.timestamp_malformed",
            Self::StaleTimestamp { .. } => "signature.timestamp_stale",
            Self::MissingNonce => "signature.nonce_missing",
            Self::OversizedNonce => "signature.nonce_oversized",
            Self::MissingSignature => "signature.missing",
            Self::WrongSignature => "signature.wrong",
            Self::ReplayedNonce => "signature.nonce_replayed",
        }
    }

    /// The refusal as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::MissingTimestamp => Wording::fixed("缺少 timestamp 参数", "the parameter timestamp is missing"),
            Self::MalformedTimestamp => {
                Wording::fixed("timestamp 不是十进制整数", "timestamp is not a decimal integer")
            }
            Self::StaleTimestamp { age_ms, window_seconds } => Wording::of(
                format!("timestamp 与当前时间相差 {age_ms} 毫秒，允许 ±{window_seconds} 秒"),
                format!("timestamp differs from now by {age_ms} ms, ±{window_seconds} s are allowed"),
            ),
            Self::MissingNonce => Wording::fixed("缺少 nonce 参数", "the parameter nonce is missing"),
            Self::OversizedNonce => Wording::fixed("nonce 超过 128 个字符", "nonce is longer than 128 characters"),
            Self::MissingSignature => Wording::fixed("缺少 signature 参数", "the parameter signature is missing"),
            Self::WrongSignature => Wording::fixed("签名与请求体不符", "the signature does not fit the request"),
            Self::ReplayedNonce => Wording::fixed("nonce 已被使用（重放）", "the nonce was used before (replay)"),
        }
    }
}

/// Signs `body`. `timestamp` and `nonce` are used as the very text that goes into the URL.
pub fn sign(access_key: &str, body: &[u8], timestamp: &str, nonce: &str) -> Signed {
    let key = access_key.as_bytes();
    let body_digest = lower_hex(&hmac_sha256(key, &[body]));
    let canonical = [access_key, nonce, timestamp, &body_digest].concat();
    let signature = upper_hex(&hmac_sha256(key, &[canonical.as_bytes()]));
    Signed { body_digest, canonical, signature, access_key_length: access_key.len() }
}

/// The canonical form of a body: top-level nulls dropped, top-level members sorted, compact, everything
/// else as received. None when the body is not a JSON object; an empty body is its own form.
pub fn canonical_body(body: &[u8]) -> Option<String> {
    if body.is_empty() {
        return Some(String::new());
    }
    let Value::Object(members) = serde_json::from_slice(body).ok()? else { return None };
    let present = members.into_iter().filter(|(_, value)| !value.is_null()).collect();
    Some(json::compact(&json::sorted(present)))
}

/// Checks a call against one access key: steps 1 to 6.
pub fn verify(access_key: &str, input: &VerifyInput<'_>) -> Result<Matched, Refusal> {
    verify_any(&[access_key], input).map(|found| found.matched)
}

/// Checks a call against several access keys, of which any may fit (rotation).
pub fn verify_any(access_keys: &[&str], input: &VerifyInput<'_>) -> Result<KeyMatch, Refusal> {
    let timestamp = input.check_timestamp()?;
    let nonce = input.check_nonce()?;
    let signature = input.presented.signature.filter(|text| !text.is_empty()).ok_or(Refusal::MissingSignature)?;
    let fitting = |body: &[u8]| {
        access_keys.iter().position(|key| equal_ignoring_case(&sign(key, body, timestamp, nonce).signature, signature))
    };
    if let Some(key_index) = fitting(input.body) {
        return Ok(KeyMatch { key_index, matched: Matched::Raw });
    }
    let canonical = if input.settings.canonical_fallback { canonical_body(input.body) } else { None };
    canonical
        .and_then(|body| fitting(body.as_bytes()))
        .map(|key_index| KeyMatch { key_index, matched: Matched::Canonical })
        .ok_or(Refusal::WrongSignature)
}

impl<'a> VerifyInput<'a> {
    pub(crate) fn check_timestamp(&self) -> Result<&'a str, Refusal> {
        let text = self.presented.timestamp.filter(|text| !text.is_empty()).ok_or(Refusal::MissingTimestamp)?;
        let settings = self.settings;
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refusal::MalformedTimestamp);
        }
        let number: i64 = text.parse().map_err(|_| Refusal::MalformedTimestamp)?;
        let in_seconds = settings.accept_seconds && text.len() <= MAX_DIGITS_OF_SECONDS;
        let timestamp_ms = if in_seconds { number.saturating_mul(1_000) } else { number };
        if self.now_ms.abs_diff(timestamp_ms) > u64::from(settings.window_seconds) * 1_000 {
            let age_ms = self.now_ms.saturating_sub(timestamp_ms);
            return Err(Refusal::StaleTimestamp { age_ms, window_seconds: settings.window_seconds });
        }
        Ok(text)
    }

    pub(crate) fn check_nonce(&self) -> Result<&'a str, Refusal> {
        let nonce = self.presented.nonce.filter(|text| !text.is_empty()).ok_or(Refusal::MissingNonce)?;
        if nonce.chars().count() > MAX_NONCE_CHARACTERS { Err(Refusal::OversizedNonce) } else { Ok(nonce) }
    }
}
