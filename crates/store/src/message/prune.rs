//! Removing messages and notices whose retention is over, once a day. Source: SaaS V2.0 D25.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::outbox::{NewJob, Outcome, Settlement};

use super::{notices, repo};
use crate::Core;
use crate::error::Answer;
use crate::instance::calendar::days_after;

/// Kind of the pruning timer.
pub(crate) const JOB_KIND: &str = "prune";
/// Rows removed at a time, so that pruning never holds the writer for long.
const PRUNED_AT_ONCE: i64 = 1_000;

/// Sets the daily timer up; once it is there this does nothing.
pub(crate) async fn schedule_pruning(core: &Core) -> Answer<()> {
    let mut batch = Batch::new();
    core.outbox.put(
        &mut batch,
        NewJob {
            id: "prune_messages".to_owned(),
            lane: String::new(),
            kind: JOB_KIND.to_owned(),
            endpoint: "timer".to_owned(),
            merchant_id: String::new(),
            subject: String::new(),
            payload: serde_json::Value::Null,
            due: tomorrow(core.foundation.clock.now()),
        },
    );
    core.foundation.db.apply(batch).await?;
    Ok(())
}

/// Removes what is too old and comes back tomorrow. The jobs behind the messages go the same way.
pub(crate) async fn settle_pruning(core: &Core) -> Answer<Settlement> {
    let now = core.foundation.clock.now();
    let before = days_after(now, -core.settings.message_retention_days);
    core.outbox.prune(before).await?;
    let mut effects = Batch::new();
    repo::prune(&mut effects, before, PRUNED_AT_ONCE);
    notices::prune(&mut effects, before, PRUNED_AT_ONCE);
    Ok(Settlement { outcome: Outcome::Again(tomorrow(now)), effects, record: None })
}

fn tomorrow(now: Instant) -> Instant {
    days_after(now, 1)
}
