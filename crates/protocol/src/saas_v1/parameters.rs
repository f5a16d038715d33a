//! The parameters of a query, decoded, and how they are written.
//!
//! How the real store writes a plus sign is unknown, and old samples print raw ones; so a query has two
//! readings, and the signature decides which of them was meant (decision D5).

use std::fmt;

use serde_json::{Map, Value};

use super::redact::is_sensitive;
use crate::aksk::canonical::percent_encoded;
use crate::redact::MASK;
use crate::wording::Wording;

/// Most parameters of one query. The longest table has 26; the look-up by name is linear, and a query is
/// decoded before anybody has proved anything.
pub const MAX_PARAMETERS: usize = 256;

/// How `+` is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// As a blank, the way forms are written.
    FormDecoded,
    /// As a plus sign.
    PlusKept,
}

/// Why a query cannot be decoded. Source: SaaS V1.0 §2.2 step 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeFailure {
    /// `%` without two hexadecimal digits behind it.
    #[error("a percent sign without two hexadecimal digits, in the parameter at position {position}")]
    BadEscape {
        /// Which parameter, counted from 1.
        position: usize,
    },
    /// More parameters than anybody sends.
    #[error("{count} parameters, at most {MAX_PARAMETERS} are read")]
    TooMany {
        /// Parameters given.
        count: usize,
    },
    /// The decoded bytes are no UTF-8.
    #[error("not UTF-8, in the parameter at position {position}")]
    NotUtf8 {
        /// Which parameter, counted from 1.
        position: usize,
    },
}

/// Decoded parameters; a repeated name counts with its first value, also for the business data (D5).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Reading {
    /// Stable text of the reading.
    pub fn code(self) -> &'static str {
        match self {
            Self::FormDecoded => "form_decoded",
            Self::PlusKept => "plus_kept",
        }
    }

    /// The reading as a sentence.
    pub fn wording(self) -> Wording {
        match self {
            Self::FormDecoded => Wording::fixed("+ 解码为空格", "+ read as a blank"),
            Self::PlusKept => Wording::fixed("+ 保持不变", "+ kept as a plus sign"),
        }
    }
}

impl DecodeFailure {
    /// Stable text of the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadEscape { .. } => "query.bad_escape",
            Self::TooMany { .. } => "query.too_many",
            Self::NotUtf8 { .. } => "query.not_utf8",
        }
    }

    /// The failure as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::BadEscape { position } => Wording::of(
                format!("第 {position} 个参数中的 % 之后不是两位十六进制数"),
                format!("parameter {position} has a percent sign without two hexadecimal digits"),
            ),
            Self::TooMany { count } => Wording::of(
                format!("请求有 {count} 个参数，最多 {MAX_PARAMETERS} 个"),
                format!("the query has {count} parameters, at most {MAX_PARAMETERS} are read"),
            ),
            Self::NotUtf8 { position } => Wording::of(
                format!("第 {position} 个参数解码后不是 UTF-8"),
                format!("parameter {position} is not UTF-8 after decoding"),
            ),
        }
    }
}

impl Parameters {
    /// No parameters yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// These parameters, already decoded.
    pub fn of_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut parameters = Self::new();
        for (name, value) in pairs {
            parameters.add(name.to_owned(), value.to_owned());
        }
        parameters
    }

    /// Decodes a query as received, exactly once. A parameter without `=` has an empty value.
    pub fn decode(raw_query: &str, reading: Reading) -> Result<Self, DecodeFailure> {
        let mut parameters = Self::new();
        let parts = raw_query.split('&').filter(|part| !part.is_empty());
        let count = parts.clone().count();
        if count > MAX_PARAMETERS {
            return Err(DecodeFailure::TooMany { count });
        }
        for (index, part) in parts.enumerate() {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let position = index + 1;
            parameters.add(decoded(name, reading, position)?, decoded(value, reading, position)?);
        }
        Ok(parameters)
    }

    /// The value of a parameter, the empty one included.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Sets a parameter, whether it was there or not.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.pairs.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.pairs.push((name.to_owned(), value)),
        }
    }

    /// Takes a parameter out.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let index = self.pairs.iter().position(|(known, _)| known == name)?;
        Some(self.pairs.remove(index).1)
    }

    /// The parameters in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The parameters as members, for [`crate::field::violations`].
    pub fn to_members(&self) -> Map<String, Value> {
        self.iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
    }

    /// The query in the form in which the store sends it: ascending by name, `authToken` last,
    /// everything encoded that is not `A-Z a-z 0-9 - _ . ~`. Source: SaaS V1.0 §2.2.
    pub fn to_query(&self) -> String {
        let mut pairs = self.sorted();
        pairs.sort_by_key(|(name, _)| *name == "authToken");
        let written: Vec<String> =
            pairs.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        written.join("&")
    }

    /// The parameters ascending by name in UTF-16 code units, as the vendor's Java sorts them.
    pub(super) fn sorted(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<(&str, &str)> = self.iter().collect();
        pairs.sort_by(|left, right| left.0.encode_utf16().cmp(right.0.encode_utf16()));
        pairs
    }

    fn add(&mut self, name: String, value: String) {
        if self.get(&name).is_none() {
            self.pairs.push((name, value));
        }
    }
}

/// Personal data and the token must not reach a log by way of `{:?}`.
impl fmt::Debug for Parameters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(name, value)| (name, if is_sensitive(name) { MASK } else { value }));
        formatter.debug_map().entries(shown).finish()
    }
}

/// A value as the store writes it into a query.
pub fn encoded(text: &str) -> String {
    percent_encoded(text.as_bytes())
}

fn decoded(text: &str, reading: Reading, position: usize) -> Result<String, DecodeFailure> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let high = rest.next().and_then(hex_digit);
                let low = rest.next().and_then(hex_digit);
                high.zip(low).map(|(high, low)| high << 4 | low).ok_or(DecodeFailure::BadEscape { position })?
            }
            b'+' if reading == Reading::FormDecoded => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| DecodeFailure::NotUtf8 { position })
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
