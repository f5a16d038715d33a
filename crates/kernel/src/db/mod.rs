//! The database: writes as data, one SQL text for two engines.
//!
//! A use case reads, decides purely, and returns a [`Batch`]. [`Db::apply`] makes the batch durable as
//! a whole and answers only then. On SQLite one writer thread gathers every waiting batch into one
//! transaction (group commit: many callers share one fsync); on PostgreSQL a batch is one pipeline and
//! batches run in parallel. There is no open transaction to hold, so no network call can happen in one.
//!
//! Statements are written for PostgreSQL (`$1…$n`) within the subset both engines share: BIGINT for
//! every integer and flag, TEXT, BYTEA, `ON CONFLICT`, `RETURNING`, partial indexes.

mod batch;
mod migrate;
mod postgres;
mod sqlite;
mod statistics;
mod value;

use std::sync::Arc;

use tokio::sync::watch;

pub use self::batch::{Batch, Expect, StatementResult};
pub use self::migrate::Migration;
pub use self::statistics::Statistics;
pub use self::value::{Row, Value};

/// Why the database did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// A statement of the batch did not affect the rows it had to: somebody else was faster. Nothing happened.
    #[error("statement {statement} of the batch met a conflict")]
    Conflict {
        /// Position of the statement in the batch, from 0.
        statement: usize,
    },
    /// The database cannot be reached or cannot write. Trying again later may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A statement is wrong. Trying again does not help.
    #[error("the database refused a statement: {0}")]
    Sql(String),
    /// A stored value is not what the program expects.
    #[error("a stored value cannot be read: {0}")]
    Decode(String),
    /// The schema does not fit this version of the program.
    #[error("{0}")]
    Migration(String),
}

/// How often a use case is run again when its batch meets a conflict. Each run reads afresh, so only a
/// hot row can use them up.
const CONFLICT_RETRIES: u32 = 8;

/// A cheap handle on one database. Clones share it.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Engine,
    statistics: Statistics,
    nudges: watch::Sender<u64>,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// Which engine is behind a [`Db`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// Embedded, one process.
    Sqlite,
    /// A server, several processes.
    Postgres,
}

impl Db {
    /// Opens `sqlite:PATH`, `sqlite::memory:` or `postgres://…`.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when the file or server cannot be opened, [`DbError::Sql`] for another URL.
    pub async fn open(url: &str) -> Result<Self, DbError> {
        let statistics = Statistics::default();
        let engine = if let Some(path) = url.strip_prefix("sqlite:") {
            Engine::Sqlite(sqlite::Sqlite::open(path, &statistics)?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(postgres::Postgres::open(url, statistics.clone()).await?)
        } else {
            return Err(DbError::Sql(format!(
                "'{url}' names no database: write sqlite:PATH or postgres://USER@HOST/NAME"
            )));
        };
        Ok(Self(Arc::new(Inner { engine, statistics, nudges: watch::Sender::new(0) })))
    }

    /// Which engine this is, for the few statements that differ.
    #[must_use]
    pub fn engine(&self) -> EngineKind {
        match &self.0.engine {
            Engine::Sqlite(_) => EngineKind::Sqlite,
            Engine::Postgres(_) => EngineKind::Postgres,
        }
    }

    /// Reads rows outside any batch.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] or [`DbError::Sql`].
    pub async fn query(&self, sql: &'static str, arguments: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.0.statistics.count_read();
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.query(sql, arguments).await,
            Engine::Postgres(postgres) => postgres.query(sql, &arguments).await,
        }
    }

    /// Reads the first row, if there is one.
    ///
    /// # Errors
    /// As [`Db::query`].
    pub async fn query_one(&self, sql: &'static str, arguments: Vec<Value>) -> Result<Option<Row>, DbError> {
        Ok(self.query(sql, arguments).await?.into_iter().next())
    }

    /// Reads one row by its key, as cheaply as the engine can. On SQLite the writer answers in its turn, so this
    /// is only for statements that an index answers at once; whoever counts or searches takes [`Db::query`].
    ///
    /// # Errors
    /// As [`Db::query`].
    pub async fn find(&self, sql: &'static str, arguments: Vec<Value>) -> Result<Option<Row>, DbError> {
        self.0.statistics.count_read();
        let rows = match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.query_in_turn(sql, arguments).await?,
            Engine::Postgres(postgres) => postgres.query(sql, &arguments).await?,
        };
        Ok(rows.into_iter().next())
    }

    /// Applies a batch as a whole; it is on disk when this returns.
    ///
    /// # Errors
    /// [`DbError::Conflict`] when a statement did not meet its expectation or a unique key was taken, and
    /// as [`Db::query`]. Nothing of the batch happened then.
    pub async fn apply(&self, batch: Batch) -> Result<Vec<StatementResult>, DbError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let nudges = batch.nudges;
        self.0.statistics.count_batch(batch.len());
        let results = match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.apply(batch).await?,
            Engine::Postgres(postgres) => postgres.apply(batch).await?,
        };
        if nudges {
            self.nudge();
        }
        Ok(results)
    }

    /// Runs a use case: `decide` reads and returns the batch to write and the answer to give. When the
    /// batch meets a conflict, `decide` runs again on fresh data.
    ///
    /// # Errors
    /// What `decide` returns, or the error of the batch; the conflict itself after 8 tries.
    pub async fn transact<T, E, F, D>(&self, decide: F) -> Result<T, E>
    where
        F: Fn() -> D,
        D: Future<Output = Result<(Batch, T), E>>,
        E: From<DbError>,
    {
        let mut tries = 0;
        loop {
            let (batch, answer) = decide().await?;
            tries += 1;
            match self.apply(batch).await {
                Ok(_) => return Ok(answer),
                Err(DbError::Conflict { .. }) if tries < CONFLICT_RETRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Brings the tables of `component` up to date.
    ///
    /// # Errors
    /// [`DbError::Migration`] when an applied migration was changed since or the database is newer than
    /// the program.
    pub async fn migrate(&self, component: &'static str, migrations: &[Migration]) -> Result<(), DbError> {
        match &self.0.engine {
            Engine::Sqlite(_) => migrate::migrate_sqlite(self, component, migrations).await,
            Engine::Postgres(postgres) => postgres.migrate(component, migrations).await,
        }
    }

    /// Checks that the database answers. For readiness.
    ///
    /// # Errors
    /// [`DbError::Unavailable`].
    pub async fn ping(&self) -> Result<(), DbError> {
        self.query("SELECT 1", Vec::new()).await.map(drop)
    }

    /// Checks that a statement is valid on this engine, without running it. For tests.
    ///
    /// # Errors
    /// [`DbError::Sql`] with the engine's words.
    pub async fn check_statement(&self, sql: &'static str) -> Result<(), DbError> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.check(sql).await,
            Engine::Postgres(postgres) => postgres.check(sql).await,
        }
    }

    /// Wakes whoever waits for work in this process.
    pub fn nudge(&self) {
        self.0.nudges.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Changes whenever a batch with new work became durable in this process.
    #[must_use]
    pub fn nudges(&self) -> watch::Receiver<u64> {
        self.0.nudges.subscribe()
    }

    /// Counters of what the database has been asked.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.0.statistics.clone()
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.engine())
    }
}
