//! Calls per hour.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Db, DbError};

use crate::inbound::Verdict;

mercer_kernel::statements! {
    /// How many callbacks came per hour and verdict. The ids begin with the time, so the key bounds the search.
    pub(crate) COUNT_BY_HOUR = "SELECT received_at / 3600000000, verdict, COUNT(*) FROM gw_callback WHERE merchant_id = $1 AND callback_id >= $2 GROUP BY received_at / 3600000000, verdict";
    /// Whether a callback ever came.
    pub(crate) ANY_CALLBACK = "SELECT 1 FROM gw_callback WHERE merchant_id = $1 LIMIT 1";
}

/// Calls of one hour with one verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HourCount {
    /// Hours since the epoch.
    pub(super) hour: i64,
    pub(super) verdict: Verdict,
    pub(super) count: i64,
}

/// Calls since `since`, by hour and verdict.
pub(super) async fn hours(db: &Db, merchant_id: &str, since: Instant) -> Result<Vec<HourCount>, DbError> {
    let first_id = format!("cb_{:012x}", since.as_millis().max(0));
    let rows = db.query(COUNT_BY_HOUR, args![merchant_id, first_id]).await?;
    rows.iter().map(|row| Ok(HourCount { hour: row.int(0)?, verdict: row.parse(1)?, count: row.int(2)? })).collect()
}

/// Whether the store ever called.
pub(super) async fn was_called(db: &Db, merchant_id: &str) -> Result<bool, DbError> {
    Ok(db.query_one(ANY_CALLBACK, args![merchant_id]).await?.is_some())
}
