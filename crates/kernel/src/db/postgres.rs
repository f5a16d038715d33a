//! PostgreSQL: a pool of connections; a batch leaves as one pipeline.

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use futures_util::future::join_all;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{NoTls, Statement as PreparedStatement};

use super::batch::{Batch, Statement, StatementResult};
use super::migrate::{self, Migration};
use super::statistics::Statistics;
use super::{DbError, Row, Value};
use crate::digest::sha256_hex;

/// Connections held at most. Each is a process of the server; more of them than it has cores wait on each other.
const CONNECTIONS: usize = 24;
/// Waiting longer for a connection means that the server is gone or drowning.
const WAIT_FOR_CONNECTION: std::time::Duration = std::time::Duration::from_secs(5);
/// How often a batch that lost a deadlock or a serialisation race is sent again.
const RACE_RETRIES: u32 = 8;
/// The advisory lock that lets one process migrate at a time ("mercer" in ASCII).
const MIGRATION_LOCK: i64 = 0x6d65_7263_6572;

pub(super) struct Postgres {
    pool: Pool,
    statistics: Statistics,
}

/// A batch's failure: another try may win a race, a refusal stays one.
enum Failure {
    Race(String),
    Refused(DbError),
}

impl Postgres {
    pub(super) async fn open(url: &str, statistics: Statistics) -> Result<Self, DbError> {
        let config: tokio_postgres::Config =
            url.parse().map_err(|error| DbError::Sql(format!("the database URL cannot be read: {error}")))?;
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .wait_timeout(Some(WAIT_FOR_CONNECTION))
            .create_timeout(Some(WAIT_FOR_CONNECTION))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        let postgres = Self { pool, statistics };
        postgres.query("SELECT 1", &[]).await?;
        Ok(postgres)
    }

    pub(super) async fn query(&self, sql: &'static str, arguments: &[Value]) -> Result<Vec<Row>, DbError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(sql).await.map_err(|error| translate(&error, 0))?;
        let rows = client.query(&statement, &as_parameters(arguments)).await.map_err(|error| translate(&error, 0))?;
        rows.iter().map(decode).collect()
    }

    pub(super) async fn check(&self, sql: &'static str) -> Result<(), DbError> {
        let client = self.client().await?;
        client.prepare(sql).await.map(drop).map_err(|error| translate(&error, 0))
    }

    pub(super) async fn apply(&self, batch: Batch) -> Result<Vec<StatementResult>, DbError> {
        let client = self.client().await?;
        let statistics = self.statistics.clone();
        // In a task of its own: a caller that goes away must not leave a connection inside a transaction.
        tokio::spawn(async move {
            let mut tries = 0;
            loop {
                tries += 1;
                statistics.count_commit();
                match run(&client, &batch.statements).await {
                    Ok(results) => return Ok(results),
                    Err(Failure::Race(_)) if tries < RACE_RETRIES => {}
                    Err(Failure::Race(reason)) => return Err(DbError::Unavailable(reason)),
                    Err(Failure::Refused(error)) => return Err(error),
                }
            }
        })
        .await
        .map_err(|error| DbError::Unavailable(error.to_string()))?
    }

    pub(super) async fn migrate(&self, component: &'static str, migrations: &[Migration]) -> Result<(), DbError> {
        let client = self.client().await?;
        let failed = |error: tokio_postgres::Error| translate(&error, 0);
        client.execute("SELECT pg_advisory_lock($1)", &[&MIGRATION_LOCK]).await.map_err(failed)?;
        let migrated = migrate_locked(&client, component, migrations).await;
        client.execute("SELECT pg_advisory_unlock($1)", &[&MIGRATION_LOCK]).await.map_err(failed)?;
        migrated
    }

    async fn client(&self) -> Result<Client, DbError> {
        self.pool.get().await.map_err(|error| DbError::Unavailable(describe(&error)))
    }
}

async fn migrate_locked(client: &Client, component: &str, migrations: &[Migration]) -> Result<(), DbError> {
    let failed = |error: tokio_postgres::Error| translate(&error, 0);
    client.batch_execute(migrate::CREATE_TABLE).await.map_err(failed)?;
    let rows = client.query(migrate::APPLIED, &[&component]).await.map_err(failed)?;
    let applied = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    for migration in migrate::pending(component, migrations, &applied)? {
        let script = format!("BEGIN; {}", migration.sql);
        let run = async {
            client.batch_execute(&script).await?;
            let (version, checksum) = (migration.version, sha256_hex(migration.sql));
            client.execute(migrate::RECORD, &[&component, &version, &migration.name, &checksum]).await?;
            client.batch_execute("COMMIT").await
        };
        if let Err(error) = run.await {
            client.batch_execute("ROLLBACK").await.map_err(failed)?;
            return Err(migrate::failed(component, migration, &describe(&error)));
        }
    }
    Ok(())
}

async fn run(client: &Client, statements: &[Statement]) -> Result<Vec<StatementResult>, Failure> {
    let mut prepared = Vec::with_capacity(statements.len());
    for (position, statement) in statements.iter().enumerate() {
        prepared.push(client.prepare_cached(statement.sql).await.map_err(|error| classify(&error, position))?);
    }
    let begin = client.batch_execute("BEGIN");
    let work = join_all(statements.iter().zip(&prepared).map(|(statement, prepared)| one(client, statement, prepared)));
    // Polled in this order, so they leave in this order, without waiting for each other's answers.
    let (begun, outcomes) = futures_util::future::join(begin, work).await;
    let checked = begun.map_err(|error| classify(&error, 0)).and_then(|()| check(statements, outcomes));
    match checked {
        Ok(results) => {
            client.batch_execute("COMMIT").await.map_err(|error| classify(&error, 0))?;
            Ok(results)
        }
        Err(failure) => {
            // A connection that cannot even roll back is broken; the pool drops it when it comes back.
            let _ = client.batch_execute("ROLLBACK").await;
            Err(failure)
        }
    }
}

async fn one(
    client: &Client,
    statement: &Statement,
    prepared: &PreparedStatement,
) -> Result<StatementResult, tokio_postgres::Error> {
    let parameters = as_parameters(&statement.arguments);
    if prepared.columns().is_empty() {
        let rows_affected = client.execute(prepared, &parameters).await?;
        return Ok(StatementResult { rows_affected, rows: Vec::new() });
    }
    let rows = client.query(prepared, &parameters).await?;
    // A row of our own statements always decodes; one that does not is left out and breaks the expectation.
    let rows: Vec<Row> = rows.iter().filter_map(|row| decode(row).ok()).collect();
    Ok(StatementResult { rows_affected: rows.len() as u64, rows })
}

fn check(
    statements: &[Statement],
    outcomes: Vec<Result<StatementResult, tokio_postgres::Error>>,
) -> Result<Vec<StatementResult>, Failure> {
    let mut results = Vec::with_capacity(outcomes.len());
    for (position, (statement, outcome)) in statements.iter().zip(outcomes).enumerate() {
        let result = outcome.map_err(|error| classify(&error, position))?;
        if !statement.expect.accepts(result.rows_affected) {
            return Err(Failure::Refused(DbError::Conflict { statement: position }));
        }
        results.push(result);
    }
    Ok(results)
}

fn as_parameters(arguments: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    arguments.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn decode(row: &tokio_postgres::Row) -> Result<Row, DbError> {
    let mut values = Vec::with_capacity(row.len());
    for (position, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(position).map(Value::from),
            Type::INT4 => row.try_get::<_, Option<i32>>(position).map(Value::from),
            Type::BOOL => row.try_get::<_, Option<bool>>(position).map(Value::from),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(position).map(Value::from),
            _ => row.try_get::<_, Option<String>>(position).map(Value::from),
        };
        values.push(value.map_err(|error| DbError::Decode(describe(&error)))?);
    }
    Ok(Row(values))
}

impl ToSql for Value {
    fn to_sql(
        &self,
        type_: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => match *type_ {
                Type::INT4 => i32::try_from(*value)?.to_sql(type_, out),
                _ => value.to_sql(type_, out),
            },
            Self::Text(text) => text.to_sql(type_, out),
            Self::Bytes(bytes) => bytes.to_sql(type_, out),
        }
    }

    fn accepts(type_: &Type) -> bool {
        matches!(*type_, Type::INT8 | Type::INT4 | Type::TEXT | Type::VARCHAR | Type::BYTEA)
    }

    to_sql_checked!();
}

fn classify(error: &tokio_postgres::Error, statement: usize) -> Failure {
    match error.code() {
        Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED => {
            Failure::Race(describe(error))
        }
        _ => Failure::Refused(translate(error, statement)),
    }
}

fn translate(error: &tokio_postgres::Error, statement: usize) -> DbError {
    match error.code() {
        Some(code) if *code == SqlState::UNIQUE_VIOLATION => DbError::Conflict { statement },
        // Classes 08 connection, 53 resources, 57 operator intervention, 58 system error.
        Some(code) if ["08", "53", "57", "58"].iter().any(|class| code.code().starts_with(class)) => {
            DbError::Unavailable(describe(error))
        }
        Some(_) => DbError::Sql(describe(error)),
        None => DbError::Unavailable(describe(error)),
    }
}

/// The error with its causes: the driver's own text alone says only "db error".
fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
