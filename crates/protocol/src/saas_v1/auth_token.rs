//! `authToken`, the signature of a V1.0 call. Source: SaaS V1.0 §2.2.
//!
//! The documentation says the key is "the Key"; its own sample proves Key followed by the timeStamp
//! (decision D1). Every parameter takes part, the unknown ones too.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::parameters::{DecodeFailure, Parameters, Reading};
use super::redact::is_sensitive;
use crate::digest::{equal, hmac_sha256};
use crate::redact::MASK;
use crate::result_code::ResultCode;
use crate::saas_v2::signature::KEY_MASK;
use crate::time::{CompactForm, CompactTime};
use crate::wording::Wording;

/// Name of the parameter.
pub const PARAMETER: &str = "authToken";

/// Freshness window where one is wanted; off by default (decision D4).
pub const SUGGESTED_FRESHNESS_SECONDS: u32 = 600;

const TIME_STAMP: &str = "timeStamp";

/// A computed token and the text it was made over.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// `name=value` joined by `&`, ascending. It holds no key but personal data: show
    /// [`Signed::masked_canonical`].
    pub canonical: String,
    /// The token, Base64.
    pub auth_token: String,
    masked: String,
}

/// How strictly a merchant checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifySettings {
    /// `gateway.saas_v1.freshness_seconds`; 0 = no check.
    pub freshness_seconds: u32,
    /// `gateway.saas_v1.plus_fallback`
    pub plus_fallback: bool,
}

/// A received call, as far as its token is concerned.
#[derive(Clone, Copy, Debug)]
pub struct VerifyInput<'a> {
    /// The query exactly as received, without `?`.
    pub raw_query: &'a str,
    /// The receiver's clock.
    pub now: Timestamp,
    /// How strictly to check.
    pub settings: VerifySettings,
}

/// A call whose token fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The parameters in the reading that was signed; go on with these.
    pub parameters: Parameters,
    /// Position of the fitting key in the list.
    pub key_index: usize,
    /// The reading.
    pub reading: Reading,
}

/// Why a call is refused, in the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub enum Refusal {
    /// Step 1: the query cannot be decoded.
    UndecodableQuery(DecodeFailure),
    /// Step 2: no `authToken`.
    MissingToken,
    /// Step 3: no `timeStamp`.
    MissingTimestamp,
    /// Step 4: `timeStamp` is no time of 17 digits.
    MalformedTimestamp,
    /// Step 4: too old or too far ahead.
    StaleTimestamp {
        /// Now minus timeStamp; positive = old.
        age_ms: i64,
        /// The window that was left.
        window_seconds: u32,
    },
    /// Step 6: neither reading fits, with any key.
    WrongToken,
}

impl Signed {
    /// The text with personal data hidden.
    pub fn masked_canonical(&self) -> &str {
        &self.masked
    }
}

/// A token is as good as the call, and the text holds personal data, so `{:?}` shows neither.
impl fmt::Debug for Signed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signed").field("canonical", &self.masked).finish_non_exhaustive()
    }
}

impl Default for VerifySettings {
    fn default() -> Self {
        Self { freshness_seconds: 0, plus_fallback: true }
    }
}

impl Refusal {
    /// The code of the answer. Source: decision D7.
    pub fn result_code(&self) -> ResultCode {
        match self {
            Self::UndecodableQuery(_)
            | Self::MissingTimestamp
            | Self::MalformedTimestamp
            | Self::StaleTimestamp { .. } => ResultCode::InvalidParameter,
            Self::MissingToken | Self::WrongToken => ResultCode::AuthenticationFailed,
        }
    }

    /// The `resultMsg` of the answer.
    pub fn result_message(&self) -> String {
        self.result_code().message_with(&self.wording())
    }

    /// Stable text of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UndecodableQuery(failure) => failure.code(),
            Self::MissingToken => "auth_token.missing",
            Self::MissingTimestamp => "auth_token.timestamp_missing",
            Self::MalformedTimestamp => "auth_token.timestamp_malformed",
            Self::StaleTimestamp { .. } => "auth_token.timestamp_stale",
            Self::WrongToken => "auth_token.wrong",
        }
    }

    /// The refusal as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::UndecodableQuery(failure) => failure.wording(),
            Self::MissingToken => Wording::fixed("缺少 authToken 参数", "the parameter authToken is missing"),
            Self::MissingTimestamp => Wording::fixed("缺少 timeStamp 参数", "the parameter timeStamp is missing"),
            Self::MalformedTimestamp => {
                Wording::fixed("timeStamp 不是 17 位数字的时间", "timeStamp is not a time of 17 digits")
            }
            Self::StaleTimestamp { age_ms, window_seconds } => Wording::of(
                format!("timeStamp 与当前时间相差 {age_ms} 毫秒，允许 ±{window_seconds} 秒"),
                format!("timeStamp differs from now by {age_ms} ms, ±{window_seconds} s are allowed"),
            ),
            Self::WrongToken => Wording::fixed("authToken 与请求参数不符", "authToken does not fit the parameters"),
        }
    }
}

/// Signs parameters; a parameter `authToken` among them takes no part.
pub fn sign(key: &str, parameters: &Parameters) -> Signed {
    let time_stamp = parameters.get(TIME_STAMP).unwrap_or_default();
    let pairs: Vec<(&str, &str)> = parameters.sorted().into_iter().filter(|(name, _)| *name != PARAMETER).collect();
    let canonical = joined(&pairs);
    let masked: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (*name, if is_sensitive(name) { MASK } else { *value })).collect();
    let auth_token = token(&[key, time_stamp].concat(), &canonical);
    Signed { masked: joined(&masked), canonical, auth_token }
}

/// The complete query to send: the parameters, signed, the token last.
pub fn signed_query(key: &str, parameters: &Parameters) -> String {
    let mut parameters = parameters.clone();
    parameters.remove(PARAMETER);
    let signed = sign(key, &parameters);
    parameters.set(PARAMETER, signed.auth_token);
    parameters.to_query()
}

/// The key of the MAC with the merchant's key hidden, for whoever compares his own steps.
pub fn masked_mac_key(time_stamp: &str) -> String {
    format!("{KEY_MASK}{time_stamp}")
}

/// Checks a call against several keys, of which any may fit (rotation). Source: SaaS V1.0 §2.2.
pub fn verify_any(keys: &[&str], input: &VerifyInput<'_>) -> Result<Verified, Refusal> {
    let decode = |reading| Parameters::decode(input.raw_query, reading).map_err(Refusal::UndecodableQuery);
    let form_decoded = decode(Reading::FormDecoded)?;
    let presented = presented(&form_decoded).ok_or(Refusal::MissingToken)?;
    input.check_time_stamp(&form_decoded)?;
    let fitting =
        |parameters: &Parameters| keys.iter().position(|key| equal(&sign(key, parameters).auth_token, &presented));
    if let Some(key_index) = fitting(&form_decoded) {
        return Ok(Verified { parameters: form_decoded, key_index, reading: Reading::FormDecoded });
    }
    if !input.settings.plus_fallback || !input.raw_query.contains('+') {
        return Err(Refusal::WrongToken);
    }
    let plus_kept = decode(Reading::PlusKept)?;
    match fitting(&plus_kept) {
        Some(key_index) => Ok(Verified { parameters: plus_kept, key_index, reading: Reading::PlusKept }),
        None => Err(Refusal::WrongToken),
    }
}

impl VerifyInput<'_> {
    fn check_time_stamp(&self, parameters: &Parameters) -> Result<(), Refusal> {
        let text = parameters.get(TIME_STAMP).filter(|text| !text.is_empty()).ok_or(Refusal::MissingTimestamp)?;
        let window_seconds = self.settings.freshness_seconds;
        if window_seconds == 0 {
            return Ok(());
        }
        let time = CompactTime::parse(text).map_err(|_| Refusal::MalformedTimestamp)?;
        if time.form != CompactForm::Milliseconds {
            return Err(Refusal::MalformedTimestamp);
        }
        let age_ms = self.now.as_millisecond() - time.at.as_millisecond();
        if age_ms.unsigned_abs() > u64::from(window_seconds) * 1_000 {
            return Err(Refusal::StaleTimestamp { age_ms, window_seconds });
        }
        Ok(())
    }
}

/// The presented token with lost plus signs restored.
pub(super) fn presented(form_decoded: &Parameters) -> Option<String> {
    form_decoded.get(PARAMETER).filter(|token| !token.is_empty()).map(|token| token.replace(' ', "+"))
}

/// `name=value` joined by `&`.
pub(crate) fn joined(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Base64 of the MAC.
pub(crate) fn token(mac_key: &str, message: &str) -> String {
    STANDARD.encode(hmac_sha256(mac_key.as_bytes(), &[message.as_bytes()]))
}
