//! The SQL of the sample app.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Migration, Row};

use super::rules::Account;

/// The schema of the sample app.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "sample app", sql: include_str!("../../migrations/0001_sample_app.sql") },
    Migration { version: 2, name: "enterprises", sql: include_str!("../../migrations/0002_tenants.sql") },
];

macro_rules! account_columns {
    () => {
        "instance_id, user_name, password_salt, password_hash, buyer_name, order_id, product_id, sku_code, seats, \
         trial, expires_at, state, created_at, updated_at, version"
    };
}

mercer_kernel::statements! {
    /// The account of an instance.
    FIND_ACCOUNT = concat!("SELECT ", account_columns!(), " FROM app_account WHERE instance_id = $1");
    /// The account with a user name.
    FIND_BY_NAME = concat!("SELECT ", account_columns!(), " FROM app_account WHERE user_name = $1");
    /// Newest accounts.
    LIST_ACCOUNTS = concat!("SELECT ", account_columns!(), " FROM app_account ORDER BY created_at DESC LIMIT 50");
    /// A new account.
    INSERT_ACCOUNT = concat!("INSERT INTO app_account (", account_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)");
    /// A changed account.
    UPDATE_ACCOUNT = "UPDATE app_account SET product_id = $3, sku_code = $4, seats = $5, trial = $6, expires_at = $7, state = $8, updated_at = $9, version = version + 1 WHERE instance_id = $1 AND version = $2";
    /// The answer to an event that came before.
    FIND_EVENT = "SELECT answer_sealed FROM app_event WHERE event_id = $1";
    /// An event with its answer.
    INSERT_EVENT = "INSERT INTO app_event (event_id, instance_id, kind, received_at, answer_sealed) VALUES ($1, $2, $3, $4, $5)";
    /// What an account was told, newest first.
    LIST_EVENTS = "SELECT kind, received_at FROM app_event WHERE instance_id = $1 ORDER BY received_at DESC LIMIT 20";
    /// An answer that is to be given later.
    INSERT_PENDING = "INSERT INTO app_pending (instance_id, merchant_id, answer_sealed, received_at) VALUES ($1, $2, $3, $4)";
    /// Answers still to give.
    LIST_PENDING = "SELECT instance_id, merchant_id, answer_sealed FROM app_pending ORDER BY received_at LIMIT 50";
    /// An answer that was given.
    DELETE_PENDING = "DELETE FROM app_pending WHERE instance_id = $1";
    /// A session.
    INSERT_SESSION = "INSERT INTO app_session (token_hash, instance_id, expires_at) VALUES ($1, $2, $3)";
    /// Sessions that are over.
    PRUNE_SESSIONS = "DELETE FROM app_session WHERE expires_at < $1";
    /// Whose session it is.
    FIND_SESSION = "SELECT instance_id FROM app_session WHERE token_hash = $1 AND expires_at >= $2";
    /// The end of a session.
    DELETE_SESSION = "DELETE FROM app_session WHERE token_hash = $1";
    /// A note.
    INSERT_NOTE = "INSERT INTO app_note (note_id, instance_id, body, created_at) VALUES ($1, $2, $3, $4)";
    /// Newest notes.
    LIST_NOTES = "SELECT body, created_at FROM app_note WHERE instance_id = $1 ORDER BY note_id DESC LIMIT 50";
    /// A switch.
    FIND_SWITCH = "SELECT value FROM app_switch WHERE name = $1";
    /// Sets a switch.
    SET_SWITCH = "INSERT INTO app_switch (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
}

/// The account of an instance.
pub(crate) async fn account(db: &Db, instance_id: &str) -> Result<Option<Account>, DbError> {
    db.query_one(FIND_ACCOUNT, args![instance_id]).await?.as_ref().map(account_of).transpose()
}

/// The account with a user name.
pub(crate) async fn account_by_name(db: &Db, user_name: &str) -> Result<Option<Account>, DbError> {
    db.query_one(FIND_BY_NAME, args![user_name]).await?.as_ref().map(account_of).transpose()
}

/// Newest accounts, at most 50.
pub(crate) async fn accounts(db: &Db) -> Result<Vec<Account>, DbError> {
    db.query(LIST_ACCOUNTS, Vec::new()).await?.iter().map(account_of).collect()
}

/// Adds a new account.
pub(crate) fn insert_account(batch: &mut Batch, account: &Account) {
    batch.one(
        INSERT_ACCOUNT,
        args![
            &account.instance_id,
            &account.user_name,
            &account.password_salt,
            &account.password_hash,
            &account.buyer_name,
            &account.order_id,
            &account.product_id,
            &account.sku_code,
            account.seats,
            account.trial,
            account.expires_at,
            account.state.as_str(),
            account.created_at,
            account.updated_at,
        ],
    );
}

/// Changes an account that was read as it stands.
pub(crate) fn update_account(batch: &mut Batch, account: &Account) {
    batch.one(
        UPDATE_ACCOUNT,
        args![
            &account.instance_id,
            account.version,
            &account.product_id,
            &account.sku_code,
            account.seats,
            account.trial,
            account.expires_at,
            account.state.as_str(),
            account.updated_at,
        ],
    );
}

/// The sealed answer to an event that came before; the inner none is an answer without content.
pub(crate) async fn event(db: &Db, event_id: &str) -> Result<Option<Option<String>>, DbError> {
    db.query_one(FIND_EVENT, args![event_id]).await?.map(|row| row.optional_text(0)).transpose()
}

/// Remembers an event with its answer; the same event again is a conflict.
pub(crate) fn insert_event(
    batch: &mut Batch,
    (event_id, instance_id, kind): (&str, &str, &str),
    now: Instant,
    answer_sealed: Option<String>,
) {
    batch.one(INSERT_EVENT, args![event_id, instance_id, kind, now, answer_sealed]);
}

/// What an account was told: kind and time, newest first.
pub(crate) async fn events(db: &Db, instance_id: &str) -> Result<Vec<(String, Instant)>, DbError> {
    let rows = db.query(LIST_EVENTS, args![instance_id]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.instant(1)?))).collect()
}

/// Remembers an answer that is to be given later.
pub(crate) fn insert_pending(
    batch: &mut Batch,
    (instance_id, merchant_id): (&str, &str),
    now: Instant,
    answer_sealed: String,
) {
    batch.one(INSERT_PENDING, args![instance_id, merchant_id, answer_sealed, now]);
}

/// Answers still to give: instance, merchant, sealed answer.
pub(crate) async fn pending(db: &Db) -> Result<Vec<(String, String, String)>, DbError> {
    let rows = db.query(LIST_PENDING, Vec::new()).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.text(2)?))).collect()
}

/// Forgets an answer that was given.
pub(crate) async fn delete_pending(db: &Db, instance_id: &str) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.any(DELETE_PENDING, args![instance_id]);
    db.apply(batch).await.map(drop)
}

/// Opens a session.
pub(crate) async fn insert_session(
    db: &Db,
    (token_hash, instance_id): (&str, &str),
    now: Instant,
    expires_at: Instant,
) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.any(PRUNE_SESSIONS, args![now]);
    batch.one(INSERT_SESSION, args![token_hash, instance_id, expires_at]);
    db.apply(batch).await.map(drop)
}

/// Whose session it is.
pub(crate) async fn session(db: &Db, token_hash: &str, now: Instant) -> Result<Option<String>, DbError> {
    db.query_one(FIND_SESSION, args![token_hash, now]).await?.map(|row| row.text(0)).transpose()
}

/// Ends a session.
pub(crate) async fn delete_session(db: &Db, token_hash: &str) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.any(DELETE_SESSION, args![token_hash]);
    db.apply(batch).await.map(drop)
}

/// Adds a note.
pub(crate) async fn insert_note(
    db: &Db,
    note_id: &str,
    (instance_id, body): (&str, &str),
    now: Instant,
) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.one(INSERT_NOTE, args![note_id, instance_id, body, now]);
    db.apply(batch).await.map(drop)
}

/// Newest notes: text and time.
pub(crate) async fn notes(db: &Db, instance_id: &str) -> Result<Vec<(String, Instant)>, DbError> {
    let rows = db.query(LIST_NOTES, args![instance_id]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.instant(1)?))).collect()
}

/// How a switch stands; none while nobody touched it.
pub(crate) async fn switch(db: &Db, name: &str) -> Result<Option<String>, DbError> {
    db.query_one(FIND_SWITCH, args![name]).await?.map(|row| row.text(0)).transpose()
}

/// Sets a switch.
pub(crate) async fn set_switch(db: &Db, name: &str, value: &str) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.one(SET_SWITCH, args![name, value]);
    db.apply(batch).await.map(drop)
}

fn account_of(row: &Row) -> Result<Account, DbError> {
    Ok(Account {
        instance_id: row.text(0)?,
        user_name: row.text(1)?,
        password_salt: row.text(2)?,
        password_hash: row.text(3)?,
        buyer_name: row.text(4)?,
        order_id: row.text(5)?,
        product_id: row.text(6)?,
        sku_code: row.text(7)?,
        seats: row.optional_int(8)?,
        trial: row.flag(9)?,
        expires_at: row.optional_instant(10)?,
        state: row.parse(11)?,
        created_at: row.instant(12)?,
        updated_at: row.instant(13)?,
        version: row.int(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_statement_is_valid() {
        let db = Db::open("sqlite::memory:").await.unwrap();
        db.migrate("sample_app", MIGRATIONS).await.unwrap();
        for (name, sql) in STATEMENTS {
            db.check_statement(sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}
