//! SQL of who is authorised in which binding, and by what.
//!
//! A row stays when both reasons are gone: the merchant still knows this member, and hears of his deletion.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row};
use serde::Serialize;

use super::Binding;
use crate::window::Window;

mercer_kernel::statements! {
    UPSERT = "INSERT INTO st_authorisation (tenant_id, binding_id, user_name, manual, automatic, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, binding_id, user_name) \
        DO UPDATE SET manual = excluded.manual, automatic = excluded.automatic, created_at = excluded.created_at";
    FORGET_MEMBER = "DELETE FROM st_authorisation WHERE tenant_id = $1 AND user_name = $2";
    FORGET_BINDING = "DELETE FROM st_authorisation WHERE tenant_id = $1 AND binding_id = $2";
    OF_BINDING = "SELECT user_name, manual, automatic, created_at FROM st_authorisation \
        WHERE tenant_id = $1 AND binding_id = $2 ORDER BY user_name";
    OF_MEMBER = "SELECT binding_id, manual, automatic, created_at FROM st_authorisation \
        WHERE tenant_id = $1 AND user_name = $2";
    LIST = "SELECT a.user_name, a.manual, a.automatic, a.created_at, m.name, m.org_code, m.state FROM st_authorisation a \
        JOIN st_member m ON m.tenant_id = a.tenant_id AND m.user_name = a.user_name \
        WHERE a.tenant_id = $1 AND a.binding_id = $2 AND a.manual + a.automatic > 0 \
        ORDER BY a.user_name LIMIT $3 OFFSET $4";
    COUNT = "SELECT COUNT(*) FROM st_authorisation WHERE tenant_id = $1 AND binding_id = $2 AND manual + automatic > 0";
    DEPARTMENTS = "SELECT org_code FROM st_binding_department WHERE tenant_id = $1 AND binding_id = $2 ORDER BY org_code";
    ADD_DEPARTMENT = "INSERT INTO st_binding_department (tenant_id, binding_id, org_code) VALUES ($1, $2, $3) \
        ON CONFLICT DO NOTHING";
    DROP_DEPARTMENT = "DELETE FROM st_binding_department WHERE tenant_id = $1 AND binding_id = $2 AND org_code = $3";
    DROP_DEPARTMENTS = "DELETE FROM st_binding_department WHERE tenant_id = $1 AND binding_id = $2";
    FORGET_DEPARTMENT = "DELETE FROM st_binding_department WHERE tenant_id = $1 AND org_code = $2";
}

/// Why somebody is authorised in a binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authorisation {
    /// Who.
    pub(crate) user_name: String,
    /// Because an admin said so (手动授权).
    pub(crate) manual: bool,
    /// Because of his department (自动授权).
    pub(crate) automatic: bool,
    /// Since when.
    pub(crate) created_at: Instant,
}

impl Authorisation {
    /// Whether he may use the application.
    pub(crate) fn is_valid(&self) -> bool {
        self.manual || self.automatic
    }
}

/// An authorisation as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authorised {
    /// Who and why.
    #[serde(flatten)]
    pub(crate) authorisation: Authorisation,
    /// His display name.
    pub(crate) name: String,
    /// His department.
    pub(crate) org_code: String,
    /// Whether he is enabled.
    pub(crate) state: crate::identity::member::MemberState,
}

/// Adds the statement that writes an authorisation.
pub(super) fn upsert(batch: &mut Batch, binding: &Binding, row: &Authorisation) {
    batch.one(
        UPSERT,
        args![&binding.tenant_id, &binding.binding_id, &row.user_name, row.manual, row.automatic, row.created_at],
    );
}

/// Adds the statement that forgets a member in all bindings.
pub(crate) fn forget_member(batch: &mut Batch, tenant_id: &str, user_name: &str) {
    batch.any(FORGET_MEMBER, args![tenant_id, user_name]);
}

/// Adds the statements that forget everybody in a binding.
pub(super) fn forget_binding(batch: &mut Batch, binding: &Binding) {
    batch.any(FORGET_BINDING, args![&binding.tenant_id, &binding.binding_id]);
    batch.any(DROP_DEPARTMENTS, args![&binding.tenant_id, &binding.binding_id]);
}

/// Everybody the merchant was ever told of in a binding, by account name.
pub(crate) async fn of_binding(db: &Db, binding: &Binding) -> Result<Vec<Authorisation>, DbError> {
    db.query(OF_BINDING, args![&binding.tenant_id, &binding.binding_id]).await?.iter().map(read).collect()
}

/// Binding ids and authorisations of a member.
pub(crate) async fn of_member(
    db: &Db,
    tenant_id: &str,
    user_name: &str,
) -> Result<Vec<(String, Authorisation)>, DbError> {
    let rows = db.query(OF_MEMBER, args![tenant_id, user_name]).await?;
    let named = |row: &Row| {
        let binding_id = row.text(0)?;
        Ok((binding_id, Authorisation { user_name: user_name.to_owned(), ..read(row)? }))
    };
    rows.iter().map(named).collect()
}

/// Who is authorised in a binding, by account name.
pub(crate) async fn list(db: &Db, binding: &Binding, window: Window) -> Result<Vec<Authorised>, DbError> {
    let arguments = args![&binding.tenant_id, &binding.binding_id, window.limit(), window.offset()];
    let rows = db.query(LIST, arguments).await?;
    let shown = |row: &Row| {
        Ok(Authorised { authorisation: read(row)?, name: row.text(4)?, org_code: row.text(5)?, state: row.parse(6)? })
    };
    rows.iter().map(shown).collect()
}

/// How many are authorised in a binding.
pub(crate) async fn count(db: &Db, binding: &Binding) -> Result<i64, DbError> {
    let row = db.query_one(COUNT, args![&binding.tenant_id, &binding.binding_id]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// The departments whose members are authorised automatically.
pub(crate) async fn departments(db: &Db, binding: &Binding) -> Result<Vec<String>, DbError> {
    let rows = db.query(DEPARTMENTS, args![&binding.tenant_id, &binding.binding_id]).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Adds the statement that authorises a department; it affects no row when it is already.
pub(super) fn add_department(batch: &mut Batch, binding: &Binding, org_code: &str) {
    batch.any(ADD_DEPARTMENT, args![&binding.tenant_id, &binding.binding_id, org_code]);
}

/// Adds the statement that withdraws the authorisation of a department.
pub(super) fn drop_department(batch: &mut Batch, binding: &Binding, org_code: &str) {
    batch.any(DROP_DEPARTMENT, args![&binding.tenant_id, &binding.binding_id, org_code]);
}

/// Adds the statement that forgets a deleted department in all bindings.
pub(crate) fn forget_department(batch: &mut Batch, tenant_id: &str, org_code: &str) {
    batch.any(FORGET_DEPARTMENT, args![tenant_id, org_code]);
}

fn read(row: &Row) -> Result<Authorisation, DbError> {
    Ok(Authorisation {
        user_name: row.text(0)?,
        manual: row.flag(1)?,
        automatic: row.flag(2)?,
        created_at: row.instant(3)?,
    })
}
