//! SQLite: one writer thread with group commit, one that syncs, and a pool of read-only connections.
//!
//! The writer commits a group into the write-ahead log and goes on to the next; the syncer brings the log to
//! the disk, for all groups that wait at once, and only then answers their callers. So the disk and the
//! writer work at the same time, and still nobody is answered before his batch is durable. SQLite itself
//! syncs the log before it moves pages into the database (`synchronous = NORMAL`).

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::batch::{Batch, Statement, StatementResult};
use super::statistics::Statistics;
use super::{DbError, Row, Value};

/// Batches that share one commit at most. Larger groups gain nothing and delay the first.
const LARGEST_GROUP: usize = 256;
/// Batches that may wait before callers are held back.
const WAITING_BATCHES: usize = 1024;
/// Connections that read at the same time.
const READERS: usize = 4;

/// Groups that may wait for the disk. More would only let callers wait longer after a failure.
const UNSYNCED_GROUPS: usize = 4;
/// Size of a page of a new database. A call touches one row in each of many indexes, and every page touched is
/// written whole: smaller ones mean less to write.
const PAGE_BYTES: u32 = 2_048;
/// Pages of the log after which they are moved into the database: 32 MB.
const CHECKPOINT_PAGES: u32 = 16_000;
/// The writer's cache. Four times as much made no call cheaper: the operating system keeps the pages too.
const CACHE_KIB: u32 = 8_192;

type Reply<T> = oneshot::Sender<Result<T, DbError>>;
/// What a batch came to.
type Outcome = Result<Vec<StatementResult>, DbError>;
/// Batches that share a commit.
type Group = Vec<(Batch, Reply<Vec<StatementResult>>)>;
/// The answers of a committed group.
type Answers = Vec<(Reply<Vec<StatementResult>>, Outcome)>;

enum Task {
    Apply(Batch, Reply<Vec<StatementResult>>),
    /// A read by key, and every read of an in-memory database, which only the writer's connection can see.
    Query(&'static str, Vec<Value>, Reply<Vec<Row>>),
    Check(&'static str, Reply<()>),
}

pub(super) struct Sqlite {
    writer: mpsc::Sender<Task>,
    /// None for an in-memory database.
    readers: Option<Arc<Readers>>,
}

struct Readers {
    connections: Mutex<Vec<Prepared>>,
    free: Semaphore,
}

impl Sqlite {
    pub(super) fn open(path: &str, statistics: &Statistics) -> Result<Self, DbError> {
        let in_memory = path == ":memory:";
        if !in_memory && let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| DbError::Unavailable(format!("cannot create folder {}: {error}", folder.display())))?;
        }
        let writer_connection = Connection::open(path).map_err(|error| cannot_open(path, &error))?;
        configure(&writer_connection).map_err(|error| cannot_open(path, &error))?;
        let readers = if in_memory { None } else { Some(Arc::new(Readers::open(path)?)) };
        let (writer, tasks) = mpsc::channel(WAITING_BATCHES);
        let (committed, groups) = std::sync::mpsc::sync_channel(UNSYNCED_GROUPS);
        let log = if in_memory { None } else { Some(open_log(path)?) };
        let syncing = statistics.clone();
        start("sqlite-syncer", move || sync_until_closed(log.as_ref(), &groups, &syncing))?;
        start("sqlite-writer", move || write_until_closed(Prepared::new(writer_connection), tasks, &committed))?;
        Ok(Self { writer, readers })
    }

    pub(super) async fn apply(&self, batch: Batch) -> Result<Vec<StatementResult>, DbError> {
        self.ask(|reply| Task::Apply(batch, reply)).await
    }

    pub(super) async fn query(&self, sql: &'static str, arguments: Vec<Value>) -> Result<Vec<Row>, DbError> {
        match &self.readers {
            Some(readers) => readers.query(sql, arguments).await,
            None => self.query_in_turn(sql, arguments).await,
        }
    }

    /// Reads on the writer's connection, between two commits. Its pages are in memory, while a reader's are
    /// thrown away with every commit, and no other thread has to be woken.
    pub(super) async fn query_in_turn(&self, sql: &'static str, arguments: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.ask(|reply| Task::Query(sql, arguments, reply)).await
    }

    pub(super) async fn check(&self, sql: &'static str) -> Result<(), DbError> {
        self.ask(|reply| Task::Check(sql, reply)).await
    }

    async fn ask<T>(&self, task: impl FnOnce(Reply<T>) -> Task) -> Result<T, DbError> {
        let (reply, answer) = oneshot::channel();
        self.writer.send(task(reply)).await.map_err(|_| writer_gone())?;
        answer.await.map_err(|_| writer_gone())?
    }
}

impl Readers {
    fn open(path: &str) -> Result<Self, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let mut connections = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            let connection = Connection::open_with_flags(path, flags).map_err(|error| cannot_open(path, &error))?;
            connection
                .execute_batch("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -4096;")
                .map_err(|error| cannot_open(path, &error))?;
            connections.push(Prepared::new(connection));
        }
        Ok(Self { connections: Mutex::new(connections), free: Semaphore::new(READERS) })
    }

    async fn query(self: &Arc<Self>, sql: &'static str, arguments: Vec<Value>) -> Result<Vec<Row>, DbError> {
        let readers = Arc::clone(self);
        let _permit = self.free.acquire().await.map_err(|_| writer_gone())?;
        tokio::task::spawn_blocking(move || {
            let taken = readers.lock().pop();
            let mut connection = taken.expect("a permit stands for a connection in the pool");
            let rows = connection.query(sql, &arguments);
            readers.lock().push(connection);
            rows
        })
        .await
        .map_err(|error| DbError::Unavailable(error.to_string()))?
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Prepared>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    // NORMAL: the syncer brings the log to the disk before anybody is answered.
    connection.execute_batch(&format!(
        "PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;
         PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; PRAGMA cache_size = -{CACHE_KIB}; PRAGMA temp_store = MEMORY;
         PRAGMA user_version = 1;",
    ))
}

/// The log of an open database. It is there since the first write, and stays as long as the database is open.
fn open_log(path: &str) -> Result<File, DbError> {
    let log = format!("{path}-wal");
    let opened = File::options().append(true).open(&log);
    let file = opened.map_err(|error| DbError::Unavailable(format!("cannot open {log}: {error}")))?;
    sync_folder(Path::new(path)).map_err(|error| DbError::Unavailable(format!("cannot sync {log}: {error}")))?;
    Ok(file)
}

/// Makes the names of new files durable; only Unix has such a thing.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), DbError> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map(drop).map_err(|error| DbError::Unavailable(format!("cannot start the thread {name}: {error}")))
}

/// Brings committed groups to the disk and answers their callers.
fn sync_until_closed(log: Option<&File>, groups: &Receiver<Answers>, statistics: &Statistics) {
    while let Ok(first) = groups.recv() {
        let waiting = std::iter::once(first).chain(groups.try_iter()).flatten().collect::<Vec<_>>();
        let synced = log.map_or(Ok(()), File::sync_data);
        statistics.count_commit();
        if let Err(error) = &synced {
            tracing::error!(%error, batches = waiting.len(), "the log cannot be brought to the disk");
        }
        for (reply, outcome) in waiting {
            let outcome = match &synced {
                Ok(()) => outcome,
                Err(error) => Err(DbError::Unavailable(format!("not brought to the disk: {error}"))),
            };
            // A caller that went away does not need its answer.
            let _ = reply.send(outcome);
        }
    }
}

fn write_until_closed(mut connection: Prepared, mut tasks: mpsc::Receiver<Task>, committed: &SyncSender<Answers>) {
    let mut group = Vec::with_capacity(LARGEST_GROUP);
    while let Some(task) = tasks.blocking_recv() {
        let mut next = Some(task);
        while let Some(task) = next.take() {
            match task {
                Task::Apply(batch, reply) => group.push((batch, reply)),
                // Sees what is committed: nobody was told yet that the gathered batches are.
                Task::Query(sql, arguments, reply) => drop(reply.send(connection.query(sql, &arguments))),
                Task::Check(sql, reply) => {
                    let checked = connection.prepare(sql).map(drop).map_err(|error| translate(&error, 0));
                    let _ = reply.send(checked);
                }
            }
            if group.len() < LARGEST_GROUP {
                next = tasks.try_recv().ok();
            }
        }
        connection.commit_group(&mut group, committed);
    }
}

/// A connection with its statements in SQLite's own spelling.
struct Prepared {
    connection: Connection,
    spelled: HashMap<&'static str, String>,
}

impl Prepared {
    fn new(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(512);
        Self { connection, spelled: HashMap::new() }
    }

    fn prepare(&mut self, sql: &'static str) -> rusqlite::Result<rusqlite::CachedStatement<'_>> {
        let spelled = self.spelled.entry(sql).or_insert_with(|| number_parameters(sql));
        self.connection.prepare_cached(spelled)
    }

    fn query(&mut self, sql: &'static str, arguments: &[Value]) -> Result<Vec<Row>, DbError> {
        let mut statement = self.prepare(sql).map_err(|error| translate(&error, 0))?;
        collect_rows(&mut statement, arguments).map_err(|error| translate(&error, 0))
    }

    /// Applies every batch of the group in one transaction and hands the answers to the syncer. A batch that
    /// fails is undone alone.
    fn commit_group(&mut self, group: &mut Group, syncer: &SyncSender<Answers>) {
        if group.is_empty() {
            return;
        }
        let applied = match self.apply_together(group) {
            Ok(None) => self.apply_apart(group),
            Ok(Some(outcomes)) => Ok(outcomes),
            Err(error) => Err(error),
        };
        if let Err(error) = &applied {
            tracing::error!(%error, batches = group.len(), "a group of batches could not be committed");
            // Fails when the transaction never began or ended by itself; both leave nothing to undo.
            let _ = self.command("ROLLBACK");
        }
        let outcomes: Vec<Outcome> = match applied {
            Ok(outcomes) => outcomes,
            Err(error) => group.iter().map(|_| Err(error.clone())).collect(),
        };
        let replies = group.drain(..).map(|(_, reply)| reply);
        // The syncer ends only after this thread.
        let _ = syncer.send(replies.zip(outcomes).collect());
    }

    /// Nearly every batch succeeds, so the group first runs without savepoints: each of them would copy every
    /// page its batch touches. None when a batch failed and everything was undone.
    fn apply_together(&mut self, group: &Group) -> Result<Option<Vec<Outcome>>, DbError> {
        self.command("BEGIN IMMEDIATE")?;
        let mut outcomes = Vec::with_capacity(group.len());
        for (batch, _) in group {
            match self.run_all(batch) {
                Ok(results) => outcomes.push(Ok(results)),
                Err(failure) => {
                    self.command("ROLLBACK")?;
                    let alone = group.len() == 1;
                    return Ok(alone.then(|| vec![Err(failure)]));
                }
            }
        }
        self.command("COMMIT")?;
        Ok(Some(outcomes))
    }

    /// Runs the group with a savepoint for each batch, so that one that fails is undone alone.
    fn apply_apart(&mut self, group: &Group) -> Result<Vec<Outcome>, DbError> {
        self.command("BEGIN IMMEDIATE")?;
        let mut outcomes = Vec::with_capacity(group.len());
        for (batch, _) in group {
            self.command("SAVEPOINT batch")?;
            let outcome = self.run_all(batch);
            if outcome.is_err() {
                self.command("ROLLBACK TO batch")?;
            }
            self.command("RELEASE batch")?;
            outcomes.push(outcome);
        }
        self.command("COMMIT")?;
        Ok(outcomes)
    }

    fn run_all(&mut self, batch: &Batch) -> Outcome {
        let mut results = Vec::with_capacity(batch.statements.len());
        for (position, statement) in batch.statements.iter().enumerate() {
            let result = self.run(statement).map_err(|error| translate(&error, position))?;
            if !statement.expect.accepts(result.rows_affected) {
                return Err(DbError::Conflict { statement: position });
            }
            results.push(result);
        }
        Ok(results)
    }

    fn run(&mut self, statement: &Statement) -> rusqlite::Result<StatementResult> {
        let mut prepared = self.prepare(statement.sql)?;
        if prepared.column_count() > 0 {
            let rows = collect_rows(&mut prepared, &statement.arguments)?;
            return Ok(StatementResult { rows_affected: rows.len() as u64, rows });
        }
        let affected = prepared.execute(rusqlite::params_from_iter(&statement.arguments))?;
        Ok(StatementResult { rows_affected: affected as u64, rows: Vec::new() })
    }

    fn command(&mut self, sql: &'static str) -> Result<(), DbError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| translate(&error, 0))?;
        statement.execute([]).map(drop).map_err(|error| translate(&error, 0))
    }
}

fn collect_rows(statement: &mut rusqlite::Statement<'_>, arguments: &[Value]) -> rusqlite::Result<Vec<Row>> {
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(arguments))?;
    let mut collected = Vec::new();
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(match row.get_ref(column)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(value) => Value::Int(value),
                // No statement of ours computes with floats; one that does is a mistake to be seen.
                ValueRef::Real(value) => Value::Text(value.to_string()),
                ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
            });
        }
        collected.push(Row(values));
    }
    Ok(collected)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// SQLite would take `$1` for a *name* and bind by order of appearance; `?1` is a number there.
fn number_parameters(sql: &str) -> String {
    let mut spelled = String::with_capacity(sql.len());
    let mut in_text = false;
    let mut characters = sql.chars().peekable();
    while let Some(character) = characters.next() {
        in_text ^= character == '\'';
        let numbered = character == '$' && !in_text && characters.peek().is_some_and(char::is_ascii_digit);
        spelled.push(if numbered { '?' } else { character });
    }
    spelled
}

fn translate(error: &rusqlite::Error, statement: usize) -> DbError {
    use rusqlite::ErrorCode;
    match error.sqlite_error() {
        Some(detail)
            if detail.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                || detail.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY =>
        {
            DbError::Conflict { statement }
        }
        Some(detail) => match detail.code {
            ErrorCode::Unknown
            | ErrorCode::ConstraintViolation
            | ErrorCode::TypeMismatch
            | ErrorCode::ApiMisuse
            | ErrorCode::ParameterOutOfRange => DbError::Sql(error.to_string()),
            _ => DbError::Unavailable(error.to_string()),
        },
        None => DbError::Sql(error.to_string()),
    }
}

fn cannot_open(path: &str, error: &rusqlite::Error) -> DbError {
    DbError::Unavailable(format!("cannot open {path}: {error}"))
}

fn writer_gone() -> DbError {
    DbError::Unavailable("the database was closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::number_parameters;

    #[test]
    fn parameters_are_numbered_and_texts_left_alone() {
        assert_eq!(number_parameters("a = $2 AND b = '$1' AND c = $10"), "a = ?2 AND b = '$1' AND c = ?10");
    }
}
