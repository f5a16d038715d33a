//! Times as pages show them.

use std::fmt;

use askama::filters::HtmlSafe;
use jiff::tz::{Offset, TimeZone};

use crate::clock::Instant;

/// Beijing time, in which the store counts its days. It has had no summer time since 1991.
const PAGE_OFFSET_HOURS: i8 = 8;

/// A time on a page: Beijing time to the second, machine-readable for the script's "3 minutes ago".
///
/// Templates write it as it is: `{{ Moment::of(order.created_at) }}` or a field of this type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Instant);

impl Moment {
    /// The time as a page shows it.
    #[must_use]
    pub fn of(at: Instant) -> Self {
        Self(at)
    }

    /// Only the text: `2026-11-25 16:00:05`.
    #[must_use]
    pub fn text(self) -> String {
        let zone = TimeZone::fixed(Offset::constant(PAGE_OFFSET_HOURS));
        self.0.to_jiff().to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<time datetime=\"{}\" title=\"UTC+8\" data-zone=\"UTC+8\">{}</time>",
            Instant::from_millis(self.0.as_millis()),
            self.text()
        )
    }
}

/// It writes only digits and fixed markup.
impl HtmlSafe for Moment {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_in_beijing_time_and_kept_in_utc() {
        let moment = Moment::of("2026-11-25T08:00:05.123Z".parse().unwrap());
        assert_eq!(moment.text(), "2026-11-25 16:00:05");
        assert!(moment.to_string().contains("datetime=\"2026-11-25T08:00:05.123Z\""));
    }
}
