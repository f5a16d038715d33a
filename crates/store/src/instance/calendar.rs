//! Calendar arithmetic in the store's time zone, Beijing time.
//!
//! A period ends at 23:59:59 of its last day (15:59:59Z). China has had no summer time since 1991, so the
//! zone is a fixed offset and needs no zone database. Source: open APIs D5.

use jiff::Span;
use jiff::civil::{DateTime, Time, date};
use jiff::tz::Offset;
use mercer_kernel::clock::Instant;

use crate::catalog::PeriodType;

/// No period ends after this year: later dates no longer fit every peer.
pub(crate) const LATEST_YEAR: i16 = 2100;

const DAY_MICROS: i64 = 86_400_000_000;

/// The store's time zone.
const ZONE: Offset = Offset::constant(8);

/// The end of the last of `number` periods that begin at `start`. None beyond the year 2100.
pub(crate) fn period_end(start: Instant, period: PeriodType, number: i64) -> Option<Instant> {
    let span = match period {
        PeriodType::Year => Span::new().try_years(number),
        PeriodType::Month => Span::new().try_months(number),
        PeriodType::Day => Span::new().try_days(number),
    };
    let last_day = local(start).date().checked_add(span.ok()?).ok()?;
    if last_day.year() > LATEST_YEAR {
        return None;
    }
    let end = DateTime::from_parts(last_day, Time::constant(23, 59, 59, 0));
    ZONE.to_timestamp(end).ok().map(Instant::from_jiff)
}

/// Days left until `expire_at`, a started day counted whole; zero when it is over. Source: seller centre D23.
pub(crate) fn remaining_days(now: Instant, expire_at: Instant) -> i64 {
    let micros = expire_at.as_micros().saturating_sub(now.as_micros()).max(0);
    micros / DAY_MICROS + i64::from(micros % DAY_MICROS != 0)
}

/// `days` whole days after `start`.
pub(crate) fn days_after(start: Instant, days: i64) -> Instant {
    Instant::from_micros(start.as_micros().saturating_add(days.saturating_mul(DAY_MICROS)))
}

/// The calendar month, `2026-11`.
pub(crate) fn month(now: Instant) -> String {
    local(now).strftime("%Y-%m").to_string()
}

/// The calendar year, `2026`.
pub(crate) fn year(now: Instant) -> i16 {
    local(now).year()
}

/// First instant of a calendar year and of the next one.
pub(crate) fn year_bounds(year: i16) -> (Instant, Instant) {
    let start = |year: i16| {
        let first_day = DateTime::from_parts(date(year, 1, 1), Time::midnight());
        ZONE.to_timestamp(first_day).map_or(Instant::default(), Instant::from_jiff)
    };
    (start(year), start(year + 1))
}

/// The minute as it stands in order ids, `2611250930`.
pub(crate) fn minute_text(now: Instant) -> String {
    local(now).strftime("%y%m%d%H%M").to_string()
}

fn local(at: Instant) -> DateTime {
    ZONE.to_datetime(at.to_jiff())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn end(start: &str, period: PeriodType, number: i64) -> String {
        period_end(at(start), period, number).unwrap().to_string()
    }

    #[test]
    fn a_period_ends_with_its_last_day_in_beijing() {
        assert_eq!(end("2026-03-01T02:03:04Z", PeriodType::Year, 1), "2027-03-01T15:59:59Z");
        // 17:00Z is already the next day in Beijing
        assert_eq!(end("2026-03-01T17:00:00Z", PeriodType::Month, 1), "2026-04-02T15:59:59Z");
        assert_eq!(end("2026-01-31T00:00:00Z", PeriodType::Month, 1), "2026-02-28T15:59:59Z");
        assert_eq!(end("2024-02-29T00:00:00Z", PeriodType::Year, 1), "2025-02-28T15:59:59Z");
        assert_eq!(end("2026-03-01T00:00:00Z", PeriodType::Day, 7), "2026-03-08T15:59:59Z");
    }

    #[test]
    fn a_renewal_goes_on_from_the_expiry() {
        let first = end("2026-03-01T02:03:04Z", PeriodType::Month, 1);
        assert_eq!(end(&first, PeriodType::Month, 1), "2026-05-01T15:59:59Z");
    }

    #[test]
    fn a_started_day_counts_whole() {
        assert_eq!(remaining_days(at("2026-04-01T12:00:00Z"), at("2026-04-16T15:59:59Z")), 16);
        assert_eq!(remaining_days(at("2026-04-01T15:59:59Z"), at("2026-04-16T15:59:59Z")), 15);
        assert_eq!(remaining_days(at("2026-04-17T15:59:59Z"), at("2026-04-16T15:59:59Z")), 0);
    }

    #[test]
    fn months_and_years_turn_at_midnight_in_beijing() {
        assert_eq!(month(at("2026-11-30T15:59:59Z")), "2026-11");
        assert_eq!(month(at("2026-11-30T16:00:00Z")), "2026-12");
        assert_eq!(year(at("2026-12-31T16:00:00Z")), 2027);
        assert_eq!(year_bounds(2027).0, at("2026-12-31T16:00:00Z"));
        assert_eq!(minute_text(at("2026-11-25T01:30:00Z")), "2611250930");
    }

    proptest! {
        #[test]
        fn a_longer_period_never_ends_earlier(start in 1_600_000_000i64..2_000_000_000, number in 1i64..36) {
            let start = Instant::from_millis(start * 1_000);
            for period in [PeriodType::Day, PeriodType::Month, PeriodType::Year] {
                let (one, more) = (period_end(start, period, number), period_end(start, period, number + 1));
                prop_assert!(more > one);
                prop_assert!(one.unwrap() > start);
            }
        }
    }
}
