//! Lists that are too long for one commit: a department tree of 100,000 entries, thousands of members.
//!
//! The list is laid down in slices, each in a commit of its own, and counts only when the call's own commit
//! holds the entry that names them; so the call is answered at once and nobody waits behind one large
//! write. A job then applies slice after slice and rests in between, so that the calls of other merchants
//! lose at most a tenth. Where it stands is on disk after every slice.

use std::time::Duration;

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError};
use mercer_kernel::outbox::{AttemptRecord, FailureReason, Job, NewJob, Outcome, Settlement};
use serde_json::json;

use super::apply::{self, Call, Page, Sync};
use super::{Department, Member, Scope, seal};
use crate::error::GatewayError;
use crate::gateway::Gateway;

/// Kind of the job.
pub(crate) const KIND: &str = "account.sync";
/// Entries a call applies in its own commit; what the store sends in one call of members (Source: kit V2.0 §2.5).
pub(crate) const ENTRIES_AT_ONCE: usize = 500;
/// Entries of a slice: how long others wait behind one commit.
const SLICE: usize = 200;
/// After each slice the job rests this many times as long as the slice took.
const REST: u32 = 9;
/// Longest rest. On a busy database a slice takes long because it waits for its turn, not because it
/// works; so long a rest still leaves others nine tenths.
const LONGEST_REST: Duration = Duration::from_millis(250);
/// How long one attempt works before it hands back its lease.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How long slices without an entry are kept: their call broke off.
pub(crate) const STRAY_SLICES: Duration = Duration::from_secs(86_400);

mercer_kernel::statements! {
    INSERT_SLICE = "INSERT INTO gw_account_slice (merchant_id, sync_id, slice, entries_sealed, staged_at) VALUES ($1, $2, $3, $4, $5)";
    INSERT_SYNC = "INSERT INTO gw_account_sync (merchant_id, sync_id, instance_id, tenant_id, app_id, kind, flag, set_by, entries, slices, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'running', $11)";
    FIND_SYNC = "SELECT instance_id, tenant_id, app_id, kind, flag, set_by, entries, slices, applied_slices, state FROM gw_account_sync WHERE merchant_id = $1 AND sync_id = $2";
    FIND_SLICE = "SELECT entries_sealed FROM gw_account_slice WHERE merchant_id = $1 AND sync_id = $2 AND slice = $3";
    ADVANCE = "UPDATE gw_account_sync SET applied_slices = applied_slices + 1, changed = changed + $4 WHERE merchant_id = $1 AND sync_id = $2 AND applied_slices = $3 AND state = 'running'";
    DELETE_SLICE = "DELETE FROM gw_account_slice WHERE merchant_id = $1 AND sync_id = $2 AND slice = $3";
    FINISH = "UPDATE gw_account_sync SET state = $3, finished_at = $4 WHERE merchant_id = $1 AND sync_id = $2 AND state = 'running'";
    PRUNE_STRAYS = "DELETE FROM gw_account_slice WHERE (merchant_id, sync_id, slice) IN (SELECT s.merchant_id, s.sync_id, s.slice FROM gw_account_slice s WHERE s.staged_at < $1 AND NOT EXISTS (SELECT 1 FROM gw_account_sync y WHERE y.merchant_id = s.merchant_id AND y.sync_id = s.sync_id AND y.state = 'running') LIMIT 500)";
}

/// A list that was laid down.
#[derive(Debug)]
pub(crate) struct Staged {
    sync_id: String,
    slices: i64,
}

/// How far an attempt came.
#[derive(Debug)]
pub(crate) enum Progress {
    /// Everything is applied, or the list is gone.
    Finished,
    /// There is more.
    Paused,
    /// It cannot go on now.
    Failed(String),
}

/// Whether a call's list is too long for the call's own commit.
pub(crate) fn is_bulk(sync: &Sync) -> bool {
    match sync {
        Sync::Members { members, .. } => members.len() > ENTRIES_AT_ONCE,
        Sync::Departments { departments, .. } => departments.len() > ENTRIES_AT_ONCE,
        Sync::Tenant(_) | Sync::Application { .. } | Sync::Department { .. } => false,
    }
}

/// Lays the list of a call down. It has no effect until [`put`] is committed.
pub(crate) async fn stage(gateway: &Gateway, call: &Call) -> Result<Staged, GatewayError> {
    let sync_id = gateway.entropy().id("sync", gateway.now());
    let slices = match &call.sync {
        Sync::Members { members, .. } => stage_all(gateway, call, &sync_id, members).await?,
        Sync::Departments { departments, .. } => stage_all(gateway, call, &sync_id, departments).await?,
        Sync::Tenant(_) | Sync::Application { .. } | Sync::Department { .. } => 0,
    };
    Ok(Staged { sync_id, slices })
}

/// Adds the entry that makes a staged list count, and its job.
pub(crate) fn put(gateway: &Gateway, batch: &mut Batch, call: &Call, staged: &Staged) {
    let Call { scope, at, sync } = call;
    let (kind, app_id, flag, entries) = match sync {
        Sync::Members { app_id, flag, members } => ("members", app_id.as_str(), flag.as_str(), members.len()),
        Sync::Departments { departments, .. } => ("departments", "", "", departments.len()),
        Sync::Tenant(_) | Sync::Application { .. } | Sync::Department { .. } => return,
    };
    let now = gateway.now();
    batch.one(
        INSERT_SYNC,
        args![
            &scope.merchant_id,
            &staged.sync_id,
            &scope.instance_id,
            &scope.tenant_id,
            app_id,
            kind,
            flag,
            at,
            as_integer(entries),
            staged.slices,
            now,
        ],
    );
    let job = NewJob {
        id: staged.sync_id.clone(),
        // Lists of one enterprise in order, and not behind events that wait for the app.
        lane: format!("sync/{}/{}/{}", scope.merchant_id, scope.instance_id, scope.tenant_id),
        kind: KIND.to_owned(),
        endpoint: String::new(),
        // No delivery to the app: lists of a merchant's deliveries leave it out.
        merchant_id: String::new(),
        subject: String::new(),
        payload: json!({ "merchantId": scope.merchant_id }),
        due: now,
    };
    gateway.outbox().put(batch, job);
}

/// Applies slices until the list or the time of an attempt is used up.
pub(crate) async fn run(gateway: &Gateway, job: &Job) -> Progress {
    let wall = &gateway.foundation().wall;
    let attempt = wall.stopwatch();
    loop {
        let stopwatch = wall.stopwatch();
        match step(gateway, merchant_of(job), &job.id).await {
            Ok(true) => {}
            Ok(false) => return Progress::Finished,
            Err(error) => return Progress::Failed(error.to_string()),
        }
        let taken = duration(stopwatch.elapsed_micros());
        if duration(attempt.elapsed_micros()) >= ATTEMPT {
            return Progress::Paused;
        }
        if !taken.is_zero() {
            wall.wake_at(wall.now().plus((taken * REST).min(LONGEST_REST))).await;
        }
    }
}

/// What an attempt means for the job.
pub(crate) fn settle(gateway: &Gateway, job: &Job, progress: &Progress) -> Settlement {
    let now = gateway.now();
    let mut effects = Batch::new();
    let finish = |effects: &mut Batch, state: &str| {
        effects.any(FINISH, args![merchant_of(job), &job.id, state, now]);
    };
    let (outcome, record) = match progress {
        Progress::Finished => {
            finish(&mut effects, "done");
            (Outcome::Done, None)
        }
        Progress::Paused => (Outcome::Again(now), None),
        Progress::Failed(detail) => {
            if job.is_last {
                finish(&mut effects, "failed");
            }
            let record = AttemptRecord { detail: detail.clone(), ..AttemptRecord::default() };
            (Outcome::Retry(FailureReason::Other), Some(record))
        }
    };
    Settlement { outcome, effects, record }
}

/// Removes slices whose call broke off.
pub(crate) async fn prune(db: &Db, before: mercer_kernel::clock::Instant) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.any(PRUNE_STRAYS, args![before]);
    db.apply(batch).await.map(drop)
}

async fn stage_all<T: serde::Serialize>(
    gateway: &Gateway,
    call: &Call,
    sync_id: &str,
    entries: &[T],
) -> Result<i64, GatewayError> {
    let now = gateway.now();
    for (number, entries) in (0_i64..).zip(entries.chunks(SLICE)) {
        let sealed = seal::slice(gateway.vault(), sync_id, number, &entries)?;
        let mut batch = Batch::new();
        batch.one(INSERT_SLICE, args![&call.scope.merchant_id, sync_id, number, sealed, now]);
        gateway.db().apply(batch).await?;
    }
    Ok(as_integer(entries.len().div_ceil(SLICE)))
}

/// Applies the next slice; false when there is none.
async fn step(gateway: &Gateway, merchant_id: &str, sync_id: &str) -> Result<bool, GatewayError> {
    gateway
        .db()
        .transact(|| async move {
            let mut batch = Batch::new();
            let Some((call, slice)) = next_slice(gateway, merchant_id, sync_id).await? else {
                return Ok((batch, false));
            };
            batch.one(DELETE_SLICE, args![merchant_id, sync_id, slice]);
            let applied = apply::apply(gateway, &call).await?;
            batch.one(ADVANCE, args![merchant_id, sync_id, slice, applied.changed]);
            batch.extend(applied.effects);
            Ok((batch, true))
        })
        .await
}

/// The next slice as a call of its own.
async fn next_slice(gateway: &Gateway, merchant_id: &str, sync_id: &str) -> Result<Option<(Call, i64)>, GatewayError> {
    let Some(row) = gateway.db().query_one(FIND_SYNC, args![merchant_id, sync_id]).await? else { return Ok(None) };
    let (entries, slices, slice) = (row.int(6)?, row.int(7)?, row.int(8)?);
    if slice >= slices || row.text(9)? != "running" {
        return Ok(None);
    }
    let scope = Scope { merchant_id: merchant_id.to_owned(), instance_id: row.text(0)?, tenant_id: row.text(1)? };
    let found = gateway.db().query_one(FIND_SLICE, args![merchant_id, sync_id, slice]).await?;
    let sealed = found.ok_or_else(|| DbError::Decode(format!("slice {slice} of {sync_id} is gone")))?.text(0)?;
    let sync = if row.text(3)? == "members" {
        let members: Vec<(String, Member)> = seal::open_slice(gateway.vault(), sync_id, slice, &sealed)?;
        Sync::Members { app_id: row.text(2)?, flag: row.parse(4)?, members }
    } else {
        let departments: Vec<(String, Department)> = seal::open_slice(gateway.vault(), sync_id, slice, &sealed)?;
        Sync::Departments { departments, page: Page { number: slice + 1, pages: slices, total: entries } }
    };
    Ok(Some((Call { scope, at: row.text(5)?, sync }, slice)))
}

fn merchant_of(job: &Job) -> &str {
    job.payload.get("merchantId").and_then(serde_json::Value::as_str).unwrap_or_default()
}

fn duration(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

fn as_integer(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
