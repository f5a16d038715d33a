//! Time texts of the protocol. Every interface has its own form, and two of them their own zone.
//!
//! Source: SaaS V2.0 §3 (`yyyyMMddHHmmss`, printed also with milliseconds, UTC), open APIs §1.2
//! (`yyyyMMdd'T'HHmmss'Z'`), SaaS V1.0 §2.2 and kit §2.1 (17 digits, some of them UTC+8).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The zone of the kit's times and, by default, of `expireTime` in V1.0. Source: kit §2.1, SaaS V1.0 D12.
pub const UTC_PLUS_8: Offset = Offset::constant(8);

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
        Self::parse_at(text, Offset::UTC)
    }

    /// Reads 14 or 17 digits as the local time of `zone`.
    pub fn parse_at(text: &str, zone: Offset) -> Result<Self, TimeError> {
        let refusal = || TimeError { text: crate::json::shortened(text, 40), expected: "yyyyMMddHHmmss[SSS]" };
        let form = match text.len() {
            14 => CompactForm::Seconds,
            17 => CompactForm::Milliseconds,
            _ => return Err(refusal()),
        };
        let at = instant_of_digits(text, zone).ok_or_else(refusal)?;
        Ok(Self { at, form })
    }

    /// The digits of the local time of `zone`.
    pub fn format_at(&self, zone: Offset) -> String {
        let civil = zone.to_datetime(self.at);
        let (year, month, day) = (civil.year(), civil.month(), civil.day());
        let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
        let digits = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}");
        match self.form {
            CompactForm::Seconds => digits,
            CompactForm::Milliseconds => format!("{digits}{:03}", civil.millisecond()),
        }
    }
}

impl fmt::Display for CompactTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.format_at(Offset::UTC))
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
    instant_of_digits(&format!("{}{}", &text[..8], &text[9..15]), Offset::UTC).ok_or_else(refusal)
}

/// Reads an offset such as `+08:00` or `-05:30`, the form of the setting `expire_time_zone`.
pub fn parse_offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two_digits = |part: &str| (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(());
    two_digits(hours)?;
    two_digits(minutes)?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()
}

fn instant_of_digits(digits: &str, zone: Offset) -> Option<Timestamp> {
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
    zone.to_timestamp(civil).ok()
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
    fn a_local_time_of_another_zone_is_the_right_instant() {
        let time = CompactTime::parse_at("20240311093015120", UTC_PLUS_8).unwrap();
        assert_eq!(time.to_string(), "20240311013015120");
        assert_eq!(time.format_at(UTC_PLUS_8), "20240311093015120");
        assert!(CompactTime::parse_at("99991231235959", Offset::constant(-23)).is_err());
    }

    #[test]
    fn offsets_have_one_form() {
        assert_eq!(parse_offset("+08:00"), Some(UTC_PLUS_8));
        assert_eq!(parse_offset("-05:30").map(Offset::seconds), Some(-19_800));
        for text in ["", "8", "+8:00", "+08:60", "+0800", "Z", "+99:00", "＋08:00"] {
            assert_eq!(parse_offset(text), None, "{text}");
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
