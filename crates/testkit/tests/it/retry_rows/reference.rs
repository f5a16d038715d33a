//! What is documented about each row, as data of its own: `tests/data/retry-reference.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// One row: how often an interface is called, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Row {
    pub(super) activity: String,
    pub(super) method: String,
    pub(super) kind: Kind,
    pub(super) max_attempts: u64,
    pub(super) interval_seconds: Option<u64>,
    pub(super) success: Vec<String>,
    pub(super) pending: Vec<String>,
    pub(super) at_the_end: End,
    pub(super) restart_by_hand: bool,
    pub(super) notices: Notices,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    Async,
    Poll,
    Sync,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum End {
    OrderFailedAndRefunded,
    AwaitsManualRestart,
    ReportedToCaller,
    ChangeRefused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Notices {
    EachFailure,
    OnExhaustion,
    None,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    rows: BTreeMap<String, Row>,
    profiles: BTreeMap<String, Profile>,
}

#[derive(Debug, Default, Deserialize)]
struct Profile {
    without: BTreeSet<String>,
    differs: BTreeMap<String, Row>,
}

impl Row {
    /// Seconds from the first call to each call.
    pub(super) fn times(&self) -> Vec<u64> {
        (0..self.max_attempts).map(|number| number * self.interval_seconds.unwrap_or_default()).collect()
    }

    /// Notices of failed calls when all fail.
    pub(super) fn failure_notices(&self) -> i64 {
        match self.notices {
            Notices::EachFailure => i64::try_from(self.max_attempts).unwrap(),
            Notices::OnExhaustion => 1,
            Notices::None => 0,
        }
    }
}

/// The rows of a site.
pub(super) fn rows(profile: &str) -> BTreeMap<String, Row> {
    let reference: Reference = serde_json::from_value(json("tests/data/retry-reference.json")).unwrap();
    let mut rows = reference.rows;
    if let Some(site) = reference.profiles.get(profile) {
        rows.retain(|key, _| !site.without.contains(key));
        rows.extend(site.differs.iter().map(|(key, row)| (key.clone(), row.clone())));
    }
    rows
}

/// The rows of a site as the store's own table has them.
pub(super) fn rows_of_the_store(profile: &str) -> BTreeMap<String, Row> {
    let table = json("../store/data/retry-policies.json");
    let site = &table["profiles"][profile];
    let without: Vec<&Value> = site["without"].as_array().into_iter().flatten().collect();
    let interfaces = table["interfaces"].as_object().unwrap();
    let here = interfaces.iter().filter(|(key, _)| !without.iter().any(|one| *one == key.as_str()));
    here.map(|(key, row)| {
        let row = site["differs"].get(key).unwrap_or(row);
        let series = &table["series"][row["like"].as_str().unwrap()];
        (key.clone(), read(key, row, series))
    })
    .collect()
}

fn read(key: &str, row: &Value, series: &Value) -> Row {
    let codes = |value: &Value| -> Option<Vec<String>> { serde_json::from_value(value.clone()).ok() };
    let end = match series["after"].as_str().unwrap() {
        "failOrder" => End::OrderFailedAndRefunded,
        "awaitRestart" => End::AwaitsManualRestart,
        "reportToCaller" => End::ReportedToCaller,
        "refuseChange" => End::ChangeRefused,
        other => panic!("{key}: {other}"),
    };
    Row {
        activity: row["activity"].as_str().unwrap().to_owned(),
        method: if key.starts_with("saas_v1.") { "GET" } else { "POST" }.to_owned(),
        kind: serde_json::from_value(series["kind"].clone()).unwrap(),
        max_attempts: series["maxAttempts"].as_u64().unwrap(),
        interval_seconds: series["intervalSeconds"].as_u64(),
        success: codes(&row["success"]).unwrap_or_else(|| vec!["000000".to_owned()]),
        pending: codes(&series["pending"]).unwrap_or_default(),
        at_the_end: end,
        restart_by_hand: series["manualRestart"].as_bool().unwrap(),
        notices: serde_json::from_value(series["notify"].clone()).unwrap(),
    }
}

fn json(path: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    serde_json::from_str(&text).unwrap()
}
