//! Migrations: an ordered list per component, each applied once, never changed afterwards.

use super::{Batch, Db, DbError, Row};
use crate::args;
use crate::digest::sha256_hex;

/// One step of a component's schema. Only ever adds; queued work of an older version must still run.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Position, from 1, without gaps.
    pub version: i64,
    /// What it does, in a few words.
    pub name: &'static str,
    /// Statements, each ended by a semicolon; the subset both engines share.
    pub sql: &'static str,
}

pub(super) const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS kernel_migration (
    component TEXT NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
    PRIMARY KEY (component, version))";
pub(super) const APPLIED: &str = "SELECT version, checksum FROM kernel_migration WHERE component = $1 ORDER BY version";
pub(super) const RECORD: &str =
    "INSERT INTO kernel_migration (component, version, name, checksum) VALUES ($1, $2, $3, $4)";

pub(super) async fn migrate_sqlite(db: &Db, component: &'static str, migrations: &[Migration]) -> Result<(), DbError> {
    let mut create = Batch::new();
    create.any(CREATE_TABLE, Vec::new());
    db.apply(create).await?;
    let applied = db.query(APPLIED, args![component]).await?;
    for migration in pending(component, migrations, &applied)? {
        let mut batch = Batch::new();
        for statement in statements(migration.sql) {
            batch.any(statement, Vec::new());
        }
        batch.one(RECORD, args![component, migration.version, migration.name, sha256_hex(migration.sql)]);
        db.apply(batch).await.map_err(|error| failed(component, migration, &error.to_string()))?;
    }
    Ok(())
}

/// The migrations still to run, after checking that those already applied are the ones we know.
pub(super) fn pending<'a>(
    component: &str,
    migrations: &'a [Migration],
    applied: &[Row],
) -> Result<&'a [Migration], DbError> {
    for (position, row) in applied.iter().enumerate() {
        let (version, recorded) = (row.int(0)?, row.text(1)?);
        let Some(known) = migrations.get(position) else {
            return Err(DbError::Migration(format!(
                "the database is newer than this program: {component} has migration {version}, the program ends at \
                 {}; start the newer program",
                migrations.len()
            )));
        };
        if known.version != version || sha256_hex(known.sql) != recorded {
            return Err(DbError::Migration(format!(
                "migration {version} of {component} was changed after it was applied; restore its text or the backup"
            )));
        }
    }
    Ok(&migrations[applied.len()..])
}

pub(super) fn failed(component: &str, migration: &Migration, reason: &str) -> DbError {
    DbError::Migration(format!("migration {} of {component} ({}) failed: {reason}", migration.version, migration.name))
}

fn statements(sql: &'static str) -> impl Iterator<Item = &'static str> {
    sql.split(';').map(str::trim).filter(|statement| !statement.is_empty())
}
