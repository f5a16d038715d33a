//! `--background full-sync`: while the load runs, another merchant's enterprise sends all of its
//! departments at once, again and again. What that costs the measured merchant is the question.

use std::time::Duration;

use mercer_kernel::args;
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::db::{Db, DbError};
use mercer_kernel::entropy::Entropy;
use mercer_kernel::http::{Outbound as _, Request as HttpRequest};
use mercer_protocol::kit::{AllOrgSync, Interface, OrgInfo, Request, TestFlag, Version, x_sign};
use mercer_protocol::time::CompactTime;
use serde_json::{Map, Value, json};

use super::broken;
use super::process::{Target, counters};
use crate::failure::Failure;
use crate::remote::anywhere;

/// Departments of one enterprise. Source: the largest the product promises to take.
pub(super) const DEPARTMENTS: usize = 100_000;
/// Departments below one other.
const CHILDREN: usize = 10;
/// Time for the answer to the call itself.
const ANSWER_TIMEOUT_MS: u64 = 20_000;
/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(250);
/// Longest wait for the last list after the load.
const PATIENCE: Duration = Duration::from_secs(300);

mercer_kernel::statements! {
    /// Lists that are being applied.
    RUNNING = "SELECT COUNT(*) FROM gw_account_sync WHERE state = 'running'";
    /// Departments that are there.
    KEPT = "SELECT COUNT(*) FROM gw_department WHERE merchant_id = $1 AND standing = 'present'";
}

/// What became of the lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Synced {
    /// Lists that were applied to the end.
    pub(super) lists: u64,
    /// Longest time until a call was answered.
    pub(super) answer_ms: u64,
    /// Time all lists took together.
    pub(super) total_ms: u64,
    /// Departments that are not in the database though their list was answered.
    pub(super) missing: i64,
}

impl Synced {
    /// For machines.
    pub(super) fn json(self) -> Value {
        json!({
            "lists": self.lists,
            "departmentsPerList": DEPARTMENTS,
            "answerMs": self.answer_ms,
            "secondsPerList": self.total_ms.checked_div(self.lists).map(|ms| ms as f64 / 1_000.0),
            "missingDepartments": self.missing,
        })
    }
}

/// How many lists are being applied; asked by the measured process.
///
/// # Errors
/// The database.
pub(super) async fn running(db: &Db) -> Result<i64, DbError> {
    db.query_one(RUNNING, Vec::new()).await?.map(|row| row.int(0)).transpose().map(Option::unwrap_or_default)
}

/// Sends lists one after the other until `until`, and waits for the last one.
///
/// # Errors
/// When a call is refused, or a list is not applied in minutes.
pub(super) async fn keep_syncing(
    target: &Target,
    statistics_url: &str,
    (clock, until): (&Clock, Instant),
) -> Result<Synced, Failure> {
    let entropy = Entropy::system();
    let mut synced = Synced::default();
    while synced.lists == 0 || clock.now() < until {
        let started = clock.now();
        let body = body_of(&entropy.alphanumeric(16), started);
        let answered = send(target, body, (clock, &entropy)).await?;
        synced.answer_ms = synced.answer_ms.max(answered);
        let give_up = clock.now().plus(PATIENCE);
        loop {
            clock.wake_at(clock.now().plus(LOOK)).await;
            let counters = counters(statistics_url).await.unwrap_or_default();
            if counters["runningSyncs"] == 0 {
                break;
            }
            if clock.now() > give_up {
                return Err(broken("部门同步没有完成", "a list of departments was not applied", counters));
            }
        }
        synced.lists += 1;
        synced.total_ms += u64::try_from(clock.now().since(started).as_millis()).unwrap_or(u64::MAX);
    }
    Ok(synced)
}

/// Counts what is missing, after the process was killed.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn check(database_url: &str, target: &Target, synced: Synced) -> Result<Synced, Failure> {
    let failed = |error: DbError| broken("核对数据库失败", "the database could not be checked", error);
    let merchant_id = target.url.rsplit('/').next().unwrap_or_default();
    let db = Db::open(database_url).await.map_err(failed)?;
    let row = db.query_one(KEPT, args![merchant_id]).await.map_err(failed)?;
    let kept = row.map(|row| row.int(0)).transpose().map_err(failed)?.unwrap_or(0);
    let expected = i64::try_from(synced.lists * DEPARTMENTS as u64).unwrap_or(i64::MAX);
    Ok(Synced { missing: expected - kept, ..synced })
}

async fn send(target: &Target, body: String, (clock, entropy): (&Clock, &Entropy)) -> Result<u64, Failure> {
    let now = clock.now();
    let timestamp = now.as_millis().to_string();
    let nonce = entropy.alphanumeric(32);
    let signed = x_sign::sign(&target.key, x_sign::Form::Direct, body.as_bytes(), &timestamp, &nonce);
    let url = format!("{}{}", target.url, Interface::AllOrgSync.path(Version::V2));
    let request = HttpRequest::post_json(url, body, ANSWER_TIMEOUT_MS)
        .header(x_sign::HEADER_SIGN, signed.signature)
        .header(x_sign::HEADER_TIMESTAMP, timestamp)
        .header(x_sign::HEADER_NONCE, nonce);
    let refused = |detail: String| broken("部门全量同步被拒绝", "the list of departments was refused", detail);
    let answer = anywhere()?.send(request).await.map_err(|failure| refused(failure.detail))?;
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if told["resultCode"] != "000000" {
        return Err(refused(format!("HTTP {} {told}", answer.status)));
    }
    Ok(u64::try_from(clock.now().since(now).as_millis()).unwrap_or(u64::MAX))
}

/// A tree of departments of one enterprise, flat as the protocol has it.
fn body_of(tenant_id: &str, now: Instant) -> String {
    let departments = (0..DEPARTMENTS)
        .map(|number| OrgInfo {
            org_code: format!("D{number}"),
            name: format!("Dept {number}"),
            parent_code: (number > 0).then(|| format!("D{}", (number - 1) / CHILDREN)),
            unknown: Map::new(),
        })
        .collect();
    let request = Request::AllOrgSync(AllOrgSync {
        instance_id: Some(format!("in-{tenant_id}")),
        tenant_id: tenant_id.to_owned(),
        departments,
        test_flag: TestFlag::Off,
        time_stamp: CompactTime::milliseconds(now.to_jiff()),
        unknown: Map::new(),
    });
    request.to_body(Version::V2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_list_fits_into_one_call() {
        let body = body_of("t", Instant::from_millis(1_800_000_000_000));
        assert!(body.len() < 8 * 1024 * 1024, "{} bytes", body.len());
        let Ok(Request::AllOrgSync(read)) = Request::parse(Interface::AllOrgSync, body.as_bytes()) else {
            panic!("it is what was written")
        };
        assert_eq!(read.departments.len(), DEPARTMENTS);
        assert_eq!(read.departments[11].parent_code.as_deref(), Some("D1"));
    }
}
