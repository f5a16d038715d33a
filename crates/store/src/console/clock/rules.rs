//! What the clock's buttons and its date field mean. Pure.

use mercer_kernel::clock::Instant;

use crate::clock::Advance;
use crate::refusal::Refusal;

/// Hours of the buttons: an hour, a day, the retention period, a month.
const STEPS_HOURS: [u64; 4] = [1, 24, 360, 720];

/// How far a form asks to advance: `by` a number of hours, `to` a time in Beijing, or `until=idle`.
///
/// # Errors
/// When it says none of them, or a time that is none or is past.
pub(super) fn advance(by: &str, to: &str, until: &str, now: Instant) -> Result<Advance, Refusal> {
    if until == "idle" {
        return Ok(Advance::UntilIdle);
    }
    if let Some(hours) = STEPS_HOURS.into_iter().find(|hours| by == hours.to_string()) {
        return Ok(Advance::To(now.plus(std::time::Duration::from_secs(hours * 3_600))));
    }
    let at = beijing(to).ok_or_else(|| {
        Refusal::invalid(
            "clock.to",
            "to",
            "请填写目标时间，例如 2027-01-01 08:00",
            "give the time to advance to, such as 2027-01-01 08:00",
        )
    })?;
    if at <= now {
        return Err(Refusal::invalid("clock.past", "to", "时钟只能向前推进", "the clock only moves forward"));
    }
    Ok(Advance::To(at))
}

/// Reads what a `datetime-local` field sends, with or without seconds, as Beijing time.
fn beijing(text: &str) -> Option<Instant> {
    let local: jiff::civil::DateTime = text.replace(' ', "T").parse().ok()?;
    jiff::tz::Offset::constant(8).to_timestamp(local).ok().map(Instant::from_jiff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(by: &str, to: &str, until: &str) -> Result<String, &'static str> {
        match advance(by, to, until, "2026-11-25T08:00:00Z".parse().unwrap()) {
            Ok(Advance::To(at)) => Ok(at.to_string()),
            Ok(Advance::UntilIdle) => Ok("idle".to_owned()),
            Err(refusal) => Err(refusal.code),
        }
    }

    #[test]
    fn buttons_and_dates_become_targets() {
        assert_eq!(target("360", "", ""), Ok("2026-12-10T08:00:00Z".to_owned()));
        assert_eq!(target("", "2027-01-01T08:00", ""), Ok("2027-01-01T00:00:00Z".to_owned()));
        assert_eq!(target("", "2027-01-01 08:00:30", ""), Ok("2027-01-01T00:00:30Z".to_owned()));
        assert_eq!(target("", "", "idle"), Ok("idle".to_owned()));
    }

    #[test]
    fn nonsense_and_the_past_are_refused() {
        assert_eq!(target("", "", ""), Err("clock.to"));
        assert_eq!(target("7", "soon", ""), Err("clock.to"));
        assert_eq!(target("", "2020-01-01T00:00", ""), Err("clock.past"));
    }
}
