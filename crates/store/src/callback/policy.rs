//! The retry table: how often and how long the store calls each interface, and what follows when it gives up.
//!
//! The numbers are data (`data/retry-policies.json`, compiled in): named series, one row per interface,
//! and what a site profile does differently. The file is checked as a whole when the store opens.
//! Source: SaaS V2.0 §3.8, decisions D2, D7, D16, D17.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::tz::Offset;
use mercer_kernel::outbox::RetryPolicy;
use serde::Deserialize;

use super::Interface;
use super::transport::Transport;
use crate::catalog::Names;

/// The table as compiled in.
const TABLE: &str = include_str!("../../data/retry-policies.json");

/// How a series runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    /// Queued and repeated until it succeeds or is exhausted.
    Async,
    /// Repeated until the answer is there; "not ready" is no failure.
    Poll,
    /// One call while somebody waits.
    Sync,
}

/// What follows an exhausted series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum After {
    /// The order fails, is unsubscribed automatically and refunded in full.
    FailOrder,
    /// The message waits for a manual restart.
    AwaitRestart,
    /// The error is shown to whoever waits.
    ReportToCaller,
    /// The buyer is told that the change is not possible.
    RefuseChange,
}

/// When the merchant is told about failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Notify {
    /// At each failed call.
    EachFailure,
    /// When the series is exhausted.
    OnExhaustion,
    /// Never.
    None,
}

/// One row of the table, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    /// The `activity` of the protocol.
    pub(crate) activity: String,
    /// What people call it.
    pub(crate) names: Names,
    /// How the series runs.
    pub(crate) kind: Kind,
    /// Calls in all, the first included.
    pub(crate) max_attempts: u32,
    /// Distance of two attempts on the store's clock; 0 with a single attempt.
    pub(crate) interval_seconds: u64,
    /// Result codes that end the series as succeeded.
    pub(crate) success: Vec<String>,
    /// Result codes that are no failure.
    pub(crate) pending: Vec<String>,
    /// What follows when it is exhausted.
    pub(crate) after: After,
    /// Whether it can be restarted by hand (重新启动).
    pub(crate) manual_restart: bool,
    /// When the merchant is told.
    pub(crate) notify: Notify,
}

impl Policy {
    /// The schedule in the outbox's terms.
    pub(crate) fn schedule(&self) -> RetryPolicy {
        if self.max_attempts == 1 {
            RetryPolicy::Once
        } else {
            RetryPolicy::Fixed {
                max_attempts: self.max_attempts,
                interval_ms: self.interval_seconds.saturating_mul(1_000),
            }
        }
    }
}

/// The checked table for one site.
#[derive(Debug, Clone)]
pub(crate) struct Policies {
    profile: String,
    rows: BTreeMap<&'static str, Policy>,
    without: BTreeSet<String>,
    v1_expire_zone: Offset,
    transport: Transport,
    permanent_codes: Vec<String>,
    failed_orders_limit: i64,
}

/// Why a table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the retry table is not usable: {0}")]
pub struct TableFault(String);

impl Policies {
    /// The compiled-in table for `profile`; empty means the default one.
    ///
    /// # Errors
    /// When there is no such profile.
    pub(crate) fn load(profile: &str) -> Result<Self, TableFault> {
        Self::parse(TABLE, profile)
    }

    /// The row of an interface.
    pub(crate) fn of(&self, interface: Interface) -> &Policy {
        self.rows.get(interface.code()).expect("parse refuses a table without a row for every interface")
    }

    /// Whether merchants of this site have the interface.
    pub(crate) fn offers(&self, interface: Interface) -> bool {
        !self.without.contains(interface.code())
    }

    /// The interfaces of this site, in the order of the table.
    pub(crate) fn interfaces(&self) -> impl Iterator<Item = Interface> {
        Interface::ALL.iter().copied().filter(|interface| self.offers(*interface))
    }

    /// The zone of `expireTime` in SaaS V1.0. Source: SaaS V1.0 D12.
    pub(crate) fn v1_expire_zone(&self) -> Offset {
        self.v1_expire_zone
    }

    /// The site's name in the table.
    pub(crate) fn profile(&self) -> &str {
        &self.profile
    }

    /// What production addresses of this site may look like.
    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Whether a result code ends a series at once.
    pub(crate) fn is_permanent(&self, result_code: &str) -> bool {
        self.permanent_codes.iter().any(|code| code == result_code)
    }

    /// More failed orders of a product than this in one calendar month delist it.
    pub(crate) fn failed_orders_limit(&self) -> i64 {
        self.failed_orders_limit
    }

    /// The longest time between two attempts of any series.
    pub(crate) fn longest_interval(&self) -> Duration {
        Duration::from_secs(self.rows.values().map(|policy| policy.interval_seconds).max().unwrap_or_default())
    }

    fn parse(text: &str, profile: &str) -> Result<Self, TableFault> {
        let table: Table = serde_json::from_str(text).map_err(|error| TableFault(error.to_string()))?;
        let profile = if profile.is_empty() { table.default_profile.as_str() } else { profile };
        let Some(site) = table.profiles.get(profile) else {
            let known: Vec<&str> = table.profiles.keys().map(String::as_str).collect();
            return Err(TableFault(format!("there is no profile '{profile}'; known are {}", known.join(", "))));
        };
        let mut named = site.differs.keys().chain(&site.without);
        if let Some(unknown) = named.find(|key| !table.interfaces.contains_key(*key)) {
            return Err(TableFault(format!("profile '{profile}' names the unknown interface '{unknown}'")));
        }
        let mut rows = BTreeMap::new();
        for interface in Interface::ALL {
            let code = interface.code();
            let row = site.differs.get(code).or_else(|| table.interfaces.get(code));
            let row = row.ok_or_else(|| TableFault(format!("there is no row for '{code}'")))?;
            rows.insert(code, complete(code, row, &table.series)?);
        }
        Ok(Self {
            profile: profile.to_owned(),
            rows,
            without: site.without.clone(),
            v1_expire_zone: zone(site.v1_expire_time_zone.as_ref().unwrap_or(&table.v1_expire_time_zone))?,
            transport: site.transport.clone().unwrap_or_else(|| table.transport.clone()),
            permanent_codes: table.permanent_codes,
            failed_orders_limit: table.failed_orders_per_month_before_delisting,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Table {
    default_profile: String,
    permanent_codes: Vec<String>,
    failed_orders_per_month_before_delisting: i64,
    series: BTreeMap<String, Series>,
    interfaces: BTreeMap<String, InterfaceRow>,
    transport: Transport,
    v1_expire_time_zone: String,
    profiles: BTreeMap<String, Profile>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Series {
    kind: Kind,
    max_attempts: u32,
    #[serde(default)]
    interval_seconds: u64,
    #[serde(default)]
    pending: Vec<String>,
    after: After,
    manual_restart: bool,
    notify: Notify,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InterfaceRow {
    like: String,
    activity: String,
    zh: String,
    en: String,
    #[serde(default = "only_success")]
    success: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Profile {
    #[expect(dead_code, reason = "the title is for people who read the file")]
    zh: String,
    #[expect(dead_code, reason = "the title is for people who read the file")]
    en: String,
    #[serde(default)]
    transport: Option<Transport>,
    #[serde(default)]
    v1_expire_time_zone: Option<String>,
    /// Interfaces that merchants of this site do not have.
    #[serde(default)]
    without: BTreeSet<String>,
    #[serde(default)]
    differs: BTreeMap<String, InterfaceRow>,
}

fn only_success() -> Vec<String> {
    vec!["000000".to_owned()]
}

/// A fixed distance from UTC, `+08:00`.
fn zone(text: &str) -> Result<Offset, TableFault> {
    let fault = || TableFault(format!("'{text}' is no zone of expireTime; write +hh:mm"));
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(fault()),
    };
    let (hours, minutes) = rest.split_once(':').ok_or_else(fault)?;
    let number = |digits: &str| digits.parse::<i32>().ok().filter(|_| digits.len() == 2).ok_or_else(fault);
    let seconds = sign * (number(hours)? * 3_600 + number(minutes)? * 60);
    Offset::from_seconds(seconds).map_err(|_| fault())
}

fn complete(code: &str, row: &InterfaceRow, all: &BTreeMap<String, Series>) -> Result<Policy, TableFault> {
    let series =
        all.get(&row.like).ok_or_else(|| TableFault(format!("'{code}' is like the unknown series '{}'", row.like)))?;
    let repeated = series.max_attempts > 1;
    let kind_fits = match series.kind {
        Kind::Sync => !repeated,
        Kind::Poll => repeated,
        Kind::Async => true,
    };
    if series.max_attempts == 0 || repeated != (series.interval_seconds > 0) || !kind_fits {
        return Err(TableFault(format!("series '{}': attempts, interval and kind do not fit each other", row.like)));
    }
    if row.success.is_empty() || row.success.iter().any(|success| series.pending.contains(success)) {
        return Err(TableFault(format!("'{code}': success codes are missing or also pending")));
    }
    Ok(Policy {
        activity: row.activity.clone(),
        names: Names::new(&row.zh, &row.en),
        kind: series.kind,
        max_attempts: series.max_attempts,
        interval_seconds: series.interval_seconds,
        success: row.success.clone(),
        pending: series.pending.clone(),
        after: series.after,
        manual_restart: series.manual_restart,
        notify: series.notify,
    })
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
