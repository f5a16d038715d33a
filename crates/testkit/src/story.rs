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
    let (path, query) = exchange.path.split_once('?').unwrap_or((&exchange.path, ""));
    match exchange.host.as_str() {
        "gateway.test" => ("store → gateway", activity(path, query, &body)),
        "store.test" => ("gateway → store", path.replace("/api/mkp-openapi-public/global/v1/", "")),
        _ => ("gateway → app", member("type").replace("mercer.instance.", "").replace("mercer.", "")),
    }
}

/// What the store calls for, in any of the families: by body, by query, by path.
fn activity(path: &str, query: &str, body: &Value) -> String {
    let words: Vec<String> = if query.contains("activity=") {
        let parameter = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        // A renewal that is taken back is a refresh too.
        let amount = parameter("orderAmount").filter(|amount| amount.starts_with('-')).map(|_| "back");
        [parameter("activity"), parameter("status"), parameter("acceptanceTime").map(|_| "accepted"), amount]
            .into_iter()
            .flatten()
            .map(ToOwned::to_owned)
            .collect()
    } else if let Some((_, interface)) = path.split_once("/produceAPI/") {
        let flag = body["flag"].as_i64().map(|flag| format!("flag {flag}"));
        std::iter::once(interface.to_owned()).chain(flag).collect()
    } else {
        let member = |name: &str| body[name].as_str().map(ToOwned::to_owned);
        ["activity", "scene", "status"].into_iter().filter_map(member).collect()
    };
    words.join(" ")
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
