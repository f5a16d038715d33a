//! What the control API reads from bodies that needs deciding. Pure.

use jiff::{Span, SpanRelativeTo, Unit};
use mercer_kernel::clock::Instant;
use serde::Deserialize;

use crate::refusal::Refusal;

/// Furthest a clock may be moved at once: longer lives of instances than ten years are not sold.
pub(super) const MAX_ADVANCE_DAYS: i64 = 3660;

/// The body of `POST /clock/advance`: exactly one of the three.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AdvanceBody {
    /// An ISO 8601 duration.
    #[serde(default)]
    by: Option<String>,
    /// A point in time.
    #[serde(default)]
    to: Option<String>,
    /// `idle`.
    #[serde(default)]
    until: Option<String>,
}

/// How far to move the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// To this moment.
    To(Instant),
    /// Until nothing is waiting.
    Idle,
}

/// Decides where the clock shall go.
///
/// # Errors
/// When none or several of the three are given, the target is not ahead of `now`, or too far.
pub(super) fn advance_target(body: &AdvanceBody, now: Instant) -> Result<Target, Refusal> {
    match (&body.by, &body.to, &body.until) {
        (Some(by), None, None) => within("by", duration_from(by, now)?, now),
        (None, Some(to), None) => within("to", moment(to)?, now),
        (None, None, Some(until)) if until == "idle" => Ok(Target::Idle),
        (None, None, Some(_)) => {
            Err(Refusal::invalid("clock.until", "until", "until 只允许 idle", "until may be idle only"))
        }
        (Some(_) | None, Some(_) | None, Some(_) | None) => Err(Refusal::invalid(
            "clock.target",
            "by",
            "请给出 by、to、until 中的一个，如 {\"by\":\"P15D\"}",
            "give exactly one of by, to, until, such as {\"by\":\"P15D\"}",
        )),
    }
}

fn duration_from(text: &str, now: Instant) -> Result<Instant, Refusal> {
    let refuse = || {
        Refusal::invalid(
            "clock.duration",
            "by",
            format!("by 应为 ISO 8601 时长，如 P15D、PT2H、P1M，现为 {text}"),
            format!("by is an ISO 8601 duration such as P15D, PT2H or P1M, not {text}"),
        )
    };
    let span: Span = text.parse().map_err(|_| refuse())?;
    let start = now.to_jiff().to_zoned_datetime(jiff::tz::TimeZone::UTC);
    // Years and months have no fixed length, so they are counted from now.
    let total = span.total((Unit::Second, SpanRelativeTo::from(&start))).map_err(|_| too_far("by"))?;
    if !total.is_finite() || total.abs() > MAX_ADVANCE_DAYS as f64 * 86_400.0 * 2.0 {
        return Err(too_far("by"));
    }
    let end = start.checked_add(span).map_err(|_| too_far("by"))?;
    Ok(Instant::from_jiff(end.timestamp()))
}

fn moment(text: &str) -> Result<Instant, Refusal> {
    text.parse::<jiff::Timestamp>().map(Instant::from_jiff).map_err(|_| {
        Refusal::invalid(
            "clock.to",
            "to",
            format!("to 应为 RFC 3339 时间，如 2027-01-01T00:00:00Z，现为 {text}"),
            format!("to is an RFC 3339 time such as 2027-01-01T00:00:00Z, not {text}"),
        )
    })
}

fn within(field: &'static str, target: Instant, now: Instant) -> Result<Target, Refusal> {
    if target <= now {
        return Err(Refusal::invalid(
            "clock.past",
            field,
            format!("时钟只能向前，现在是 {now}"),
            format!("the clock moves forward only; it is {now} now"),
        ));
    }
    let days = i64::try_from(target.since(now).as_secs() / 86_400).unwrap_or(i64::MAX);
    if days > MAX_ADVANCE_DAYS {
        return Err(too_far(field));
    }
    Ok(Target::To(target))
}

fn too_far(field: &'static str) -> Refusal {
    Refusal::invalid(
        "clock.too_far",
        field,
        format!("一次最多推进 {MAX_ADVANCE_DAYS} 天"),
        format!("the clock moves at most {MAX_ADVANCE_DAYS} days at once"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        Instant::from_jiff("2026-11-25T00:00:00Z".parse().unwrap())
    }

    fn target(body: &str) -> Result<Target, Refusal> {
        advance_target(&serde_json::from_str(body).unwrap(), now())
    }

    #[test]
    fn durations_count_calendar_months_from_now() {
        let cases = [
            (r#"{"by":"P15D"}"#, "2026-12-10T00:00:00Z"),
            (r#"{"by":"P1M"}"#, "2026-12-25T00:00:00Z"),
            (r#"{"by":"PT90M"}"#, "2026-11-25T01:30:00Z"),
            (r#"{"to":"2027-01-01T00:00:00Z"}"#, "2027-01-01T00:00:00Z"),
        ];
        for (body, expected) in cases {
            let at = Instant::from_jiff(expected.parse().unwrap());
            assert_eq!(target(body).unwrap(), Target::To(at), "{body}");
        }
        assert_eq!(target(r#"{"until":"idle"}"#).unwrap(), Target::Idle);
    }

    #[test]
    fn bad_targets_are_refused_with_their_field() {
        let cases = [
            ("{}", "clock.target"),
            (r#"{"by":"P1D","until":"idle"}"#, "clock.target"),
            (r#"{"until":"tomorrow"}"#, "clock.until"),
            (r#"{"by":"soon"}"#, "clock.duration"),
            (r#"{"by":"-P1D"}"#, "clock.past"),
            (r#"{"by":"PT0S"}"#, "clock.past"),
            (r#"{"by":"P11Y"}"#, "clock.too_far"),
            (r#"{"by":"P9000Y"}"#, "clock.too_far"),
            (r#"{"to":"2026-11-25T00:00:00Z"}"#, "clock.past"),
            (r#"{"to":"x"}"#, "clock.to"),
        ];
        for (body, code) in cases {
            assert_eq!(target(body).unwrap_err().code, code, "{body}");
        }
    }
}
