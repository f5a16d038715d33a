//! After the run: is every answered call in the database, and exactly once?

use std::collections::HashMap;

use mercer_kernel::args;
use mercer_kernel::db::{Db, DbError, Value};

use super::broken;
use super::call::Caller;
use super::load::Measured;
use super::server::Face;
use crate::failure::Failure;

mercer_kernel::statements! {
    /// Callbacks that took effect, by their primary key.
    CALLBACKS = "SELECT callback_id, order_id FROM gw_callback WHERE merchant_id = $1 AND callback_id > $2 AND verdict = 'accepted' ORDER BY callback_id LIMIT 5000";
    /// Rows of the bare handler.
    BARE_ROWS = "SELECT row_id, order_id FROM bench_row WHERE row_id > $1 ORDER BY row_id LIMIT 5000";
    /// Orders that opened more than one instance.
    DOUBLE_INSTANCES = "SELECT COUNT(*) FROM (SELECT order_id FROM gw_instance WHERE merchant_id = $1 GROUP BY order_id, order_line_id HAVING COUNT(*) > 1) AS doubled";
}

/// What the check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checked {
    /// Calls answered with success.
    pub(super) answered: u64,
    /// Of those, not in the database.
    pub(super) missing: u64,
    /// Calls with more than one row.
    pub(super) doubled: u64,
    /// Rows of calls whose answer never arrived; allowed.
    pub(super) unanswered_rows: u64,
}

impl Checked {
    /// Whether every answered call is there exactly once.
    pub(super) const fn is_sound(self) -> bool {
        self.missing == 0 && self.doubled == 0
    }
}

/// Compares what was answered with what is on disk.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn exactly_once(
    database_url: &str,
    face: Face,
    measured: &Measured,
    caller: &Caller,
) -> Result<Checked, Failure> {
    let failed = |error: DbError| broken("核对数据库失败", "the database could not be checked", error);
    let db = Db::open(database_url).await.map_err(failed)?;
    let mut rows: HashMap<u64, u32> = HashMap::new();
    let mut after = String::new();
    loop {
        let (sql, arguments): (&'static str, Vec<Value>) = match face {
            Face::Gateway => (CALLBACKS, args![caller.merchant_id(), &after]),
            Face::Bare => (BARE_ROWS, args![&after]),
        };
        let page = db.query(sql, arguments).await.map_err(failed)?;
        let Some(last) = page.last() else { break };
        after = last.text(0).map_err(failed)?;
        for row in &page {
            if let Some(number) = caller.number_of(&row.text(1).map_err(failed)?) {
                *rows.entry(number).or_default() += 1;
            }
        }
    }
    let mut checked = compare(&measured.answered, &rows);
    if face == Face::Gateway {
        let doubled = db.query_one(DOUBLE_INSTANCES, args![caller.merchant_id()]).await.map_err(failed)?;
        let doubled = doubled.map(|row| row.int(0)).transpose().map_err(failed)?.unwrap_or(0);
        checked.doubled += u64::try_from(doubled).unwrap_or(0);
    }
    Ok(checked)
}

fn compare(answered: &[u64], rows: &HashMap<u64, u32>) -> Checked {
    let missing = answered.iter().filter(|number| !rows.contains_key(number)).count() as u64;
    let doubled = rows.values().filter(|count| **count > 1).count() as u64;
    let found = answered.len() as u64 - missing;
    Checked { answered: answered.len() as u64, missing, doubled, unanswered_rows: rows.len() as u64 - found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_and_a_doubled_row_are_both_seen() {
        let rows = HashMap::from([(1, 1), (2, 2), (4, 1)]);
        let checked = compare(&[1, 2, 3], &rows);
        assert_eq!(checked, Checked { answered: 3, missing: 1, doubled: 1, unanswered_rows: 1 });
        assert!(!checked.is_sound());
        assert!(compare(&[1, 4], &HashMap::from([(1, 1), (4, 1)])).is_sound());
    }
}
