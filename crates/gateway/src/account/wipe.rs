//! After the release of an instance nothing of its accounts is kept (decision D22).
//!
//! The job is written when the app has heard of the release (or will never hear), in the instance's lane:
//! every earlier event has its data until then.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError};
use mercer_kernel::outbox::{AttemptRecord, FailureReason, Job, NewJob, Outcome, Settlement};
use serde_json::json;

use crate::gateway::Gateway;
use crate::instance::Instance;

/// Kind of the job.
pub(crate) const KIND: &str = "account.wipe";
/// Rows removed in one commit: others wait behind it.
const ROWS_AT_ONCE: u64 = 500;

mercer_kernel::statements! {
    IS_KEPT = "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM gw_tenant WHERE merchant_id = $1 AND instance_id = $2 LIMIT 1) t) + (SELECT COUNT(*) FROM (SELECT 1 FROM gw_application WHERE merchant_id = $1 AND instance_id = $2 LIMIT 1) a) + (SELECT COUNT(*) FROM (SELECT 1 FROM gw_department WHERE merchant_id = $1 AND instance_id = $2 LIMIT 1) d) + (SELECT COUNT(*) FROM (SELECT 1 FROM gw_member WHERE merchant_id = $1 AND instance_id = $2 LIMIT 1) m)";
    WIPE_MEMBERS = "DELETE FROM gw_member WHERE (merchant_id, instance_id, tenant_id, app_id, user_name) IN (SELECT merchant_id, instance_id, tenant_id, app_id, user_name FROM gw_member WHERE merchant_id = $1 AND instance_id = $2 LIMIT 500)";
    WIPE_REQUESTS = "UPDATE gw_callback SET request_sealed = NULL, headers = '' WHERE (merchant_id, callback_id) IN (SELECT merchant_id, callback_id FROM gw_callback WHERE merchant_id = $1 AND instance_id = $2 AND instance_id <> '' AND protocol IN ('kit_v2', 'kit_v1') AND request_sealed IS NOT NULL LIMIT 500)";
    WIPE_SLICES = "DELETE FROM gw_account_slice WHERE (merchant_id, sync_id, slice) IN (SELECT s.merchant_id, s.sync_id, s.slice FROM gw_account_slice s WHERE s.merchant_id = $1 AND s.sync_id IN (SELECT y.sync_id FROM gw_account_sync y WHERE y.merchant_id = $1 AND y.instance_id = $2) LIMIT 500)";
    WIPE_EVENTS = "DELETE FROM gw_account_event WHERE (merchant_id, event_id) IN (SELECT merchant_id, event_id FROM gw_account_event WHERE merchant_id = $1 AND instance_id = $2 LIMIT 500)";
    WIPE_DEPARTMENTS = "DELETE FROM gw_department WHERE (merchant_id, instance_id, tenant_id, org_code) IN (SELECT merchant_id, instance_id, tenant_id, org_code FROM gw_department WHERE merchant_id = $1 AND instance_id = $2 LIMIT 500)";
    WIPE_APPLICATIONS = "DELETE FROM gw_application WHERE (merchant_id, instance_id, tenant_id, app_id) IN (SELECT merchant_id, instance_id, tenant_id, app_id FROM gw_application WHERE merchant_id = $1 AND instance_id = $2 LIMIT 500)";
    WIPE_SYNCS = "DELETE FROM gw_account_sync WHERE (merchant_id, sync_id) IN (SELECT merchant_id, sync_id FROM gw_account_sync WHERE merchant_id = $1 AND instance_id = $2 LIMIT 500)";
    WIPE_TENANTS = "DELETE FROM gw_tenant WHERE (merchant_id, instance_id, tenant_id) IN (SELECT merchant_id, instance_id, tenant_id FROM gw_tenant WHERE merchant_id = $1 AND instance_id = $2 LIMIT 500)";
    PRUNE_EVENTS = "DELETE FROM gw_account_event WHERE (merchant_id, event_id) IN (SELECT e.merchant_id, e.event_id FROM gw_account_event e WHERE e.written_at < $1 AND NOT EXISTS (SELECT 1 FROM outbox_job j WHERE j.owner = 'gateway' AND j.id = e.event_id) LIMIT 500)";
}

/// Persons first, the enterprise last: a page that still shows it shows less and less of it.
const WIPES: [&str; 8] = [
    WIPE_MEMBERS,
    WIPE_REQUESTS,
    WIPE_SLICES,
    WIPE_EVENTS,
    WIPE_DEPARTMENTS,
    WIPE_APPLICATIONS,
    WIPE_SYNCS,
    WIPE_TENANTS,
];

/// Adds the job that removes what is kept for a released instance, if anything is.
pub(crate) async fn put(gateway: &Gateway, batch: &mut Batch, instance: &Instance) -> Result<(), DbError> {
    let of_instance = args![&instance.merchant_id, &instance.instance_id];
    if gateway.db().query_one(IS_KEPT, of_instance).await?.map_or(Ok(0), |row| row.int(0))? == 0 {
        return Ok(());
    }
    let job = NewJob {
        id: format!("wipe/{}/{}", instance.merchant_id, instance.instance_id),
        lane: crate::instance::lane(&instance.merchant_id, &instance.instance_id),
        kind: KIND.to_owned(),
        endpoint: String::new(),
        // No delivery to the app: lists of a merchant's deliveries leave it out.
        merchant_id: String::new(),
        subject: String::new(),
        payload: json!({ "merchantId": instance.merchant_id, "instanceId": instance.instance_id }),
        due: gateway.now(),
    };
    gateway.outbox().put(batch, job);
    Ok(())
}

/// Removes everything, a little at a time.
pub(crate) async fn run(db: &Db, job: &Job) -> Result<(), DbError> {
    let text = |name: &str| job.payload.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let (merchant_id, instance_id) = (text("merchantId"), text("instanceId"));
    for wipe in WIPES {
        loop {
            let mut batch = Batch::new();
            batch.any(wipe, args![merchant_id, instance_id]);
            let results = db.apply(batch).await?;
            if results.first().is_none_or(|result| result.rows_affected < ROWS_AT_ONCE) {
                break;
            }
        }
    }
    Ok(())
}

/// What an attempt means for the job.
pub(crate) fn settle(removed: &Result<(), DbError>) -> Settlement {
    let (outcome, record) = match removed {
        Ok(()) => (Outcome::Done, None),
        Err(error) => {
            let record = AttemptRecord { detail: error.to_string(), ..AttemptRecord::default() };
            (Outcome::Retry(FailureReason::Other), Some(record))
        }
    };
    Settlement { outcome, effects: Batch::new(), record }
}

/// Forgets what events told whose jobs were pruned.
pub(crate) async fn prune_events(db: &Db, before: mercer_kernel::clock::Instant) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.any(PRUNE_EVENTS, args![before]);
    db.apply(batch).await.map(drop)
}
