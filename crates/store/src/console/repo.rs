//! What overview pages count. Lists come from the pieces themselves.

use mercer_kernel::args;
use mercer_kernel::db::{Db, DbError};

mercer_kernel::statements! {
    COUNT_ORDERS = "SELECT state, COUNT(*) FROM st_order WHERE ($1 = '' OR merchant_id = $1) GROUP BY state";
    COUNT_MESSAGES = "SELECT state, COUNT(*) FROM st_message WHERE ($1 = '' OR merchant_id = $1) GROUP BY state";
    COUNT_INSTANCES = "SELECT state, COUNT(*) FROM st_instance WHERE ($1 = '' OR merchant_id = $1) GROUP BY state";
    COUNT_PRODUCTS = "SELECT state, COUNT(*) FROM st_product WHERE ($1 = '' OR merchant_id = $1) GROUP BY state";
    NEXT_CALLS = "SELECT message_id FROM st_message WHERE state IN ('waiting', 'retrying') AND next_attempt_at IS NOT NULL \
        ORDER BY next_attempt_at, position LIMIT $1";
    NEXT_EXPIRIES = "SELECT resource_id FROM st_instance WHERE state IN ('active', 'frozen') AND expire_at IS NOT NULL \
        ORDER BY expire_at, position LIMIT $1";
}

/// How many things are in which state.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts(Vec<(String, i64)>);

impl Counts {
    /// How many are in one of these states.
    pub(super) fn of(&self, states: &[&str]) -> i64 {
        self.0.iter().filter(|(state, _)| states.contains(&state.as_str())).map(|(_, count)| count).sum()
    }

    /// How many there are.
    pub(super) fn all(&self) -> i64 {
        self.0.iter().map(|(_, count)| count).sum()
    }
}

/// Numbers of a merchant, or of the whole store.
#[derive(Debug, Clone, Default)]
pub(super) struct Overview {
    pub(super) orders: Counts,
    pub(super) messages: Counts,
    pub(super) instances: Counts,
    pub(super) products: Counts,
}

/// Counts what a merchant has; with an empty id, what all have.
pub(super) async fn overview(db: &Db, merchant_id: &str) -> Result<Overview, DbError> {
    Ok(Overview {
        orders: count(db, COUNT_ORDERS, merchant_id).await?,
        messages: count(db, COUNT_MESSAGES, merchant_id).await?,
        instances: count(db, COUNT_INSTANCES, merchant_id).await?,
        products: count(db, COUNT_PRODUCTS, merchant_id).await?,
    })
}

/// The messages that are called next, soonest first.
pub(super) async fn next_calls(db: &Db, limit: i64) -> Result<Vec<String>, DbError> {
    db.query(NEXT_CALLS, args![limit]).await?.iter().map(|row| row.text(0)).collect()
}

/// The instances that expire next or are kept after it, soonest first.
pub(super) async fn next_expiries(db: &Db, limit: i64) -> Result<Vec<String>, DbError> {
    db.query(NEXT_EXPIRIES, args![limit]).await?.iter().map(|row| row.text(0)).collect()
}

async fn count(db: &Db, sql: &'static str, merchant_id: &str) -> Result<Counts, DbError> {
    let rows = db.query(sql, args![merchant_id]).await?;
    let counts = rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?)));
    counts.collect::<Result<_, DbError>>().map(Counts)
}
