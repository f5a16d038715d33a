//! `authToken`, the signature of a V1.0 kit call: the algorithm of the V1.0 base interfaces over the
//! top-level members of a JSON body, in a header. Source: kit §3.1, D18.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Map, Value};

use crate::aksk::canonical::percent_decoded;
use crate::digest::equal;
use crate::result_code::ResultCode;
use crate::saas_v1::auth_token::{joined, token};
use crate::time::{CompactForm, CompactTime, UTC_PLUS_8};
use crate::wording::Wording;

/// Name of the header.
pub const HEADER_NAME: &str = "authToken";

/// How the values stand in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// As they were signed.
    AsSent,
    /// Percent-encoded; the decoded values were signed. `+` is a plus sign.
    PercentDecoded,
}

/// A computed token and the text it was made over.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// `name=value` joined by `&`, ascending. It holds no key but personal data.
    pub canonical: String,
    /// The body's `timeStamp`, which follows the key in the key of the MAC.
    pub timestamp: String,
    /// The token, Base64.
    pub auth_token: String,
}

/// How strictly a merchant checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifySettings {
    /// `gateway.kit.v1_freshness_seconds`; 0 = no check.
    pub freshness_seconds: u32,
}

/// A received call, as far as its token is concerned.
#[derive(Clone, Copy, Debug)]
pub struct VerifyInput<'a> {
    /// The body exactly as received.
    pub body: &'a [u8],
    /// The header; none = absent.
    pub presented: Option<&'a str>,
    /// The receiver's clock.
    pub now: Timestamp,
    /// How strictly to check.
    pub settings: VerifySettings,
}

/// A call whose token fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<'a> {
    /// Position of the fitting key in the list.
    pub key_index: usize,
    /// How the values stood in the body.
    pub reading: Reading,
    /// The body with the values that were signed; go on with this one.
    pub body: Cow<'a, [u8]>,
}

/// Why a call is refused, in the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub enum Refusal {
    /// The body is not one JSON object.
    UnreadableBody,
    /// No header `authToken`.
    MissingToken,
    /// No `timeStamp` in the body.
    MissingTimestamp,
    /// `timeStamp` is no time of 17 digits.
    MalformedTimestamp,
    /// Too old or too far ahead.
    StaleTimestamp {
        /// Now minus timeStamp; positive = old.
        age_ms: i64,
        /// The window that was left.
        window_seconds: u32,
    },
    /// Neither reading fits, with any key.
    WrongToken,
}

/// A token is as good as the call, and the text holds personal data, so `{:?}` shows neither.
impl fmt::Debug for Signed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signed").field("timestamp", &self.timestamp).finish_non_exhaustive()
    }
}

impl Refusal {
    /// The code of the answer. Source: D18, D20.
    pub fn result_code(&self) -> ResultCode {
        match self {
            Self::UnreadableBody | Self::MissingTimestamp | Self::MalformedTimestamp | Self::StaleTimestamp { .. } => {
                ResultCode::InvalidParameter
            }
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
            Self::UnreadableBody => "kit_token.unreadable_body",
            Self::MissingToken => "kit_token.missing",
            Self::MissingTimestamp => "kit_token.timestamp_missing",
            Self::MalformedTimestamp => "kit_token.timestamp_malformed",
            Self::StaleTimestamp { .. } => "kit_token.timestamp_stale",
            Self::WrongToken => "kit_token.wrong",
        }
    }

    /// The refusal as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::UnreadableBody => Wording::fixed("请求体不是 JSON 对象", "the body is not a JSON object"),
            Self::MissingToken => Wording::fixed("缺少请求头 authToken", "the header authToken is missing"),
            Self::MissingTimestamp => Wording::fixed("请求体缺少 timeStamp", "timeStamp is missing in the body"),
            Self::MalformedTimestamp => {
                Wording::fixed("timeStamp 不是 17 位数字的时间", "timeStamp is not a time of 17 digits")
            }
            Self::StaleTimestamp { age_ms, window_seconds } => Wording::of(
                format!("timeStamp 与当前时间相差 {age_ms} 毫秒，允许 ±{window_seconds} 秒"),
                format!("timeStamp differs from now by {age_ms} ms, ±{window_seconds} s are allowed"),
            ),
            Self::WrongToken => Wording::fixed("authToken 与请求体不符", "authToken does not fit the body"),
        }
    }
}

/// Signs a body that the store is about to send.
pub fn sign(key: &str, body: &[u8]) -> Result<Signed, Refusal> {
    Ok(SignedMembers::of_body(body)?.sign(key))
}

/// Checks a call against several keys, of which any may fit (rotation).
pub fn verify_any<'a>(keys: &[&str], input: &VerifyInput<'a>) -> Result<Verified<'a>, Refusal> {
    let members = SignedMembers::of_body(input.body)?;
    let presented = input.presented.filter(|token| !token.is_empty()).ok_or(Refusal::MissingToken)?;
    input.check_time_stamp(&members)?;
    let decoded_token = String::from_utf8(percent_decoded(presented)).ok();
    let fitting = |members: &SignedMembers| {
        keys.iter().position(|key| {
            let right = members.sign(key).auth_token;
            equal(&right, presented) || decoded_token.as_ref().is_some_and(|token| equal(&right, token))
        })
    };
    if let Some(key_index) = fitting(&members) {
        return Ok(Verified { key_index, reading: Reading::AsSent, body: Cow::Borrowed(input.body) });
    }
    let (decoded, body) = decoded_body(input.body).ok_or(Refusal::WrongToken)?;
    match fitting(&decoded) {
        Some(key_index) => Ok(Verified { key_index, reading: Reading::PercentDecoded, body: Cow::Owned(body) }),
        None => Err(Refusal::WrongToken),
    }
}

/// The signed members of the body with every text percent-decoded once, and that body; none when
/// nothing in it is encoded.
pub(super) fn decoded_body(body: &[u8]) -> Option<(SignedMembers, Vec<u8>)> {
    let Value::Object(map) = serde_json::from_slice(body).ok()? else { return None };
    let mut is_changed = false;
    let mut decoded = Map::new();
    for (name, value) in map {
        let value = match value {
            Value::String(text) => {
                let again = String::from_utf8(percent_decoded(&text)).ok()?;
                is_changed |= again != text;
                Value::String(again)
            }
            other => other,
        };
        decoded.insert(name, value);
    }
    let body = is_changed.then(|| crate::json::compact(&decoded).into_bytes())?;
    let members = SignedMembers::of_body(&body).ok()?;
    Some((members, body))
}

impl VerifyInput<'_> {
    fn check_time_stamp(&self, members: &SignedMembers) -> Result<(), Refusal> {
        let text = members.time_stamp().filter(|text| !text.is_empty()).ok_or(Refusal::MissingTimestamp)?;
        let window_seconds = self.settings.freshness_seconds;
        if window_seconds == 0 {
            return Ok(());
        }
        let time = CompactTime::parse_at(text, UTC_PLUS_8).map_err(|_| Refusal::MalformedTimestamp)?;
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

/// Names and values as they enter the text to sign: texts as their content, nulls not at all, everything
/// else as its own text in the body. Ascending by name.
pub(super) struct SignedMembers {
    pairs: Vec<(String, String)>,
}

impl SignedMembers {
    /// The members of a body, in the spelling of the body itself.
    pub(super) fn of_body(body: &[u8]) -> Result<Self, Refusal> {
        // The value tree checks that the body is well formed; only then the spelling is looked up in it.
        let Ok(Value::Object(map)) = serde_json::from_slice(body) else { return Err(Refusal::UnreadableBody) };
        // Of a repeated member the last one counts, as for whoever reads the body.
        let spellings: HashMap<String, &str> = spellings(body).ok_or(Refusal::UnreadableBody)?.into_iter().collect();
        let mut pairs: Vec<(String, String)> = Vec::with_capacity(map.len());
        for (name, value) in map {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text,
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    (*spellings.get(&name).ok_or(Refusal::UnreadableBody)?).to_owned()
                }
            };
            pairs.push((name, text));
        }
        pairs.sort_by(|left, right| left.0.encode_utf16().cmp(right.0.encode_utf16()));
        Ok(Self { pairs })
    }

    /// The token with one key.
    pub(super) fn sign(&self, key: &str) -> Signed {
        let timestamp = self.time_stamp().unwrap_or_default().to_owned();
        let canonical = joined(&self.pairs());
        let auth_token = token(&[key, &timestamp].concat(), &canonical);
        Signed { canonical, timestamp, auth_token }
    }

    /// The pairs, ascending by name.
    pub(super) fn pairs(&self) -> Vec<(&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// The body's `timeStamp`.
    pub(super) fn time_stamp(&self) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name == "timeStamp").map(|(_, value)| value.as_str())
    }
}

/// Each top-level member of a well-formed object with the text of its value.
pub(super) fn spellings(body: &[u8]) -> Option<Vec<(String, &str)>> {
    let body = std::str::from_utf8(body).ok()?;
    let mut rest = body.trim_start_matches(JSON_BLANKS).strip_prefix('{')?.trim_start_matches(JSON_BLANKS);
    let mut found = Vec::new();
    while !rest.starts_with('}') {
        let (name, after_name) = leading::<String>(rest)?;
        rest = after_name.trim_start_matches(JSON_BLANKS).strip_prefix(':')?.trim_start_matches(JSON_BLANKS);
        let (_, after_value) = leading::<IgnoredAny>(rest)?;
        let spelling = &rest[..rest.len() - after_value.len()];
        found.push((name, spelling.trim_end_matches(JSON_BLANKS)));
        rest = after_value.trim_start_matches(JSON_BLANKS);
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(JSON_BLANKS);
    }
    Some(found)
}

const JSON_BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// Reads the value that `text` begins with and hands out what follows it.
fn leading<'a, T: Deserialize<'a>>(text: &'a str) -> Option<(T, &'a str)> {
    let mut stream = Deserializer::from_str(text).into_iter::<T>();
    let value = stream.next()?.ok()?;
    Some((value, text.get(stream.byte_offset()..)?))
}
