//! Time texts of the protocol. Every interface has its own form; all of them are UTC.
//!
//! Source: SaaS V2.0 §3 (`yyyyMMddHHmmss`, printed also with milliseconds), open APIs §1.2
//! (`yyyyMMdd'T'HHmmss'Z'`).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The text is no time in the form that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a time of the form {expected}")]
pub struct TimeError {
    /// The text that was given, shortened.
    pub text: String,
    /// The form that was expected.
    pub expected: &'static str,
}

/// How many digits a compact time has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompactForm {
    /// `yyyyMMddHHmmss`, 14 digits.
    Seconds,
    /// `yyyyMMddHHmmssSSS`, 17 digits.
    Milliseconds,
}

/// A time in 14 or 17 digits, UTC, that remembers its form. Source: SaaS V2.0 §3.3, decision D8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompactTime {
    /// The instant.
    pub at: Timestamp,
    /// The form in which it was or will be written.
    pub form: CompactForm,
}

impl CompactTime {
    /// A time to be written with 14 digits.
    pub const fn seconds(at: Timestamp) -> Self {
        Self { at, form: CompactForm::Seconds }
    }

    /// A time to be written with 17 digits.
    pub const fn milliseconds(at: Timestamp) -> Self {
        Self { at, form: CompactForm::Milliseconds }
    }

    /// Reads 14 or 17 digits as UTC.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let refusal = || TimeError { text: crate::json::shortened(text, 40), expected: "yyyyMMddHHmmss[SSS]" };
        let form = match text.len() {
            14 => CompactForm::Seconds,
            17 => CompactForm::Milliseconds,
            _ => return Err(refusal()),
        };
        let at = instant_of_digits(text).ok_or_else(refusal)?;
        Ok(Self { at, form })
    }
}

impl fmt::Display for CompactTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = Offset::UTC.to_datetime(self.at);
        let (year, month, day) = (civil.year(), civil.month(), civil.day());
        let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
        write!(formatter, "{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")?;
        match self.form {
            CompactForm::Seconds => Ok(()),
            CompactForm::Milliseconds => write!(formatter, "{:03}", civil.millisecond()),
        }
    }
}

/// Writes `yyyyMMdd'T'HHmmss'Z'`, the form of `x-sdk-date`. Source: open APIs §1.3.
pub fn format_basic_iso(at: Timestamp) -> String {
    let digits = CompactTime::seconds(at).to_string();
    let (date, time) = digits.split_at(digits.len() - 6);
    format!("{date}T{time}Z")
}

/// Reads `yyyyMMdd'T'HHmmss'Z'` and nothing else.
pub fn parse_basic_iso(text: &str) -> Result<Timestamp, TimeError> {
    let refusal = || TimeError { text: crate::json::shortened(text, 40), expected: "yyyyMMdd'T'HHmmss'Z'" };
    let bytes = text.as_bytes();
    if !text.is_ascii() || bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
        return Err(refusal());
    }
    instant_of_digits(&format!("{}{}", &text[..8], &text[9..15])).ok_or_else(refusal)
}

fn instant_of_digits(digits: &str) -> Option<Timestamp> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let small = |from: usize| digits.get(from..from + 2)?.parse::<i8>().ok();
    let milliseconds: i32 = digits.get(14..17).map_or(Some(0), |text| text.parse().ok())?;
    let civil = DateTime::new(
        digits.get(..4)?.parse().ok()?,
        small(4)?,
        small(6)?,
        small(8)?,
        small(10)?,
        small(12)?,
        milliseconds * 1_000_000,
    )
    .ok()?;
    Offset::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lengths_are_read_and_written_back() {
        for text in ["20221124023618", "20221124023618256", "20240229235959"] {
            assert_eq!(CompactTime::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(CompactTime::parse("20221124023618256").unwrap().at.to_string(), "2022-11-24T02:36:18.256Z");
    }

    #[test]
    fn impossible_dates_and_other_lengths_are_refused() {
        for text in [
            "",
            "2022112402361",
            "20230229000000",
            "20221124240000",
            "20221124023660",
            "2022112402361８",
            "+0221124023618",
        ] {
            assert!(CompactTime::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_basic_iso_form_is_strict() {
        assert_eq!(format_basic_iso(parse_basic_iso("20240317T144237Z").unwrap()), "20240317T144237Z");
        for text in
            ["2024-03-17T14:42:37Z", "20240317T144237z", "20240317 144237Z", "20240317T144237", "20240317T14423７Z"]
        {
            assert!(parse_basic_iso(text).is_err(), "{text}");
        }
    }
}
