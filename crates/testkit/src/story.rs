//! The network's log as a person would tell it.

use std::fmt::Write as _;

use mercer_kernel::clock::Instant;
use serde_json::Value;

use crate::network::Exchange;

/// One line per call: time since the start, who asked whom, what for, and the answer.
#[must_use]
pub(crate) fn tell(log: &[Exchange], start: Instant) -> String {
    let mut story = String::new();
    for exchange in log {
        let (who, what) = name(exchange);
        let answer = match &exchange.answer {
            Ok((status, body)) => outcome(*status, body),
            Err(reason) => reason.code().to_owned(),
        };
        let since = span(exchange.at.since(start).as_secs());
        // Writing into a String cannot fail.
        let _ = writeln!(story, "{since:>9}  {who:<16}  {what}  → {answer}");
    }
    story
}

fn name(exchange: &Exchange) -> (&'static str, String) {
    let body: Value = serde_json::from_str(&exchange.request).unwrap_or_default();
    let member = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match exchange.host.as_str() {
        "gateway.test" => {
            let detail = [member("scene"), member("status")].concat();
            let activity = member("activity");
            ("store → gateway", if detail.is_empty() { activity } else { format!("{activity} {detail}") })
        }
        "store.test" => (
            "gateway → store",
            exchange.path.split('?').next().unwrap_or_default().replace("/api/mkp-openapi-public/global/v1/", ""),
        ),
        _ => ("gateway → app", member("type").replace("mercer.instance.", "")),
    }
}

fn outcome(status: u16, body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    match body["resultCode"].as_str() {
        Some(code) if status == 200 => code.to_owned(),
        _ => status.to_string(),
    }
}

fn span(seconds: u64) -> String {
    let (days, hours, minutes, rest) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let mut text = String::from("+");
    for (amount, unit) in [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")] {
        if amount > 0 {
            let _ = write!(text, "{amount}{unit}");
        }
    }
    if text.len() == 1 { "start".to_owned() } else { text }
}
