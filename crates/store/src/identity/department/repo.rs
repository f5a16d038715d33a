//! SQL of departments.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::Department;
use crate::Core;

mercer_kernel::statements! {
    INSERT = "INSERT INTO st_department (tenant_id, org_code, org_name, parent_code, created_at, position) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    UPDATE = "UPDATE st_department SET org_name = $3, parent_code = $4 WHERE tenant_id = $1 AND org_code = $2";
    DELETE = "DELETE FROM st_department WHERE tenant_id = $1 AND org_code = $2";
    FIND = "SELECT org_code, org_name, parent_code, created_at FROM st_department WHERE tenant_id = $1 AND org_code = $2";
    ALL = "SELECT org_code, org_name, parent_code, created_at FROM st_department WHERE tenant_id = $1 \
        ORDER BY created_at, position";
    COUNT = "SELECT COUNT(*) FROM st_department WHERE tenant_id = $1";
    MEMBERS = "SELECT org_code, COUNT(*) FROM st_member WHERE tenant_id = $1 GROUP BY org_code";
}

/// Adds the statement that inserts a department.
pub(crate) fn insert(core: &Core, batch: &mut Batch, tenant_id: &str, department: &Department) {
    batch.one(
        INSERT,
        args![
            tenant_id,
            &department.org_code,
            &department.org_name,
            &department.parent_code,
            department.created_at,
            core.next_position(),
        ],
    );
}

/// Adds the statement that writes name and parent of a department.
pub(super) fn update(batch: &mut Batch, tenant_id: &str, department: &Department) {
    batch.one(UPDATE, args![tenant_id, &department.org_code, &department.org_name, &department.parent_code]);
}

/// Adds the statement that removes a department.
pub(super) fn delete(batch: &mut Batch, tenant_id: &str, org_code: &str) {
    batch.one(DELETE, args![tenant_id, org_code]);
}

/// The department with this code.
pub(crate) async fn find(db: &Db, tenant_id: &str, org_code: &str) -> Result<Option<Department>, DbError> {
    db.query_one(FIND, args![tenant_id, org_code]).await?.map(|row| read(&row)).transpose()
}

/// All departments of an enterprise, oldest first; a rule bounds how many there are.
pub(crate) async fn all(db: &Db, tenant_id: &str) -> Result<Vec<Department>, DbError> {
    db.query(ALL, args![tenant_id]).await?.iter().map(read).collect()
}

/// How many departments an enterprise has.
pub(crate) async fn count(db: &Db, tenant_id: &str) -> Result<i64, DbError> {
    db.query_one(COUNT, args![tenant_id]).await?.map_or(Ok(0), |row| row.int(0))
}

/// How many members each department has, by code.
pub(crate) async fn members(db: &Db, tenant_id: &str) -> Result<Vec<(String, i64)>, DbError> {
    db.query(MEMBERS, args![tenant_id]).await?.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}

fn read(row: &Row) -> Result<Department, DbError> {
    Ok(Department {
        org_code: row.text(0)?,
        org_name: row.text(1)?,
        parent_code: row.text(2)?,
        created_at: row.instant(3)?,
    })
}
