//! The SQL of the sample app about enterprises, members, departments and order notifications.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError};

mercer_kernel::statements! {
    /// An enterprise; its OAuth client comes with another event.
    PUT_TENANT = "INSERT INTO app_tenant (instance_id, tenant_id, tenant_code, name, domain_name, client_id, updated_at) VALUES ($1, $2, $3, $4, $5, '', $6) ON CONFLICT (instance_id, tenant_id) DO UPDATE SET tenant_code = excluded.tenant_code, name = excluded.name, domain_name = excluded.domain_name, updated_at = excluded.updated_at";
    /// Its OAuth client.
    PUT_CLIENT = "INSERT INTO app_tenant (instance_id, tenant_id, tenant_code, name, domain_name, client_id, client_secret_sealed, updated_at) VALUES ($1, $2, '', '', '', $3, $4, $5) ON CONFLICT (instance_id, tenant_id) DO UPDATE SET client_id = excluded.client_id, client_secret_sealed = excluded.client_secret_sealed, updated_at = excluded.updated_at";
    /// A member.
    PUT_MEMBER = "INSERT INTO app_member (instance_id, tenant_id, user_name, name, org_code, role, may_enter, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (instance_id, tenant_id, user_name) DO UPDATE SET name = excluded.name, org_code = excluded.org_code, role = excluded.role, may_enter = excluded.may_enter, updated_at = excluded.updated_at";
    /// A member that may not enter any more.
    BAR_MEMBER = "UPDATE app_member SET may_enter = 0, updated_at = $4 WHERE instance_id = $1 AND tenant_id = $2 AND user_name = $3";
    /// A member that is gone.
    DELETE_MEMBER = "DELETE FROM app_member WHERE instance_id = $1 AND tenant_id = $2 AND user_name = $3";
    /// A department.
    PUT_DEPARTMENT = "INSERT INTO app_department (instance_id, tenant_id, org_code, name, parent_code) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (instance_id, tenant_id, org_code) DO UPDATE SET name = excluded.name, parent_code = excluded.parent_code";
    /// A department that is gone.
    DELETE_DEPARTMENT = "DELETE FROM app_department WHERE instance_id = $1 AND tenant_id = $2 AND org_code = $3";
    /// An enterprise that is gone, or every one of an instance.
    DELETE_TENANTS = "DELETE FROM app_tenant WHERE instance_id = $1 AND ($2 = '' OR tenant_id = $2)";
    /// Its members.
    DELETE_MEMBERS = "DELETE FROM app_member WHERE instance_id = $1 AND ($2 = '' OR tenant_id = $2)";
    /// Its departments.
    DELETE_DEPARTMENTS = "DELETE FROM app_department WHERE instance_id = $1 AND ($2 = '' OR tenant_id = $2)";
    /// The enterprises of an instance, with how many departments each has.
    LIST_TENANTS = "SELECT tenant_id, tenant_code, name, domain_name, client_id, (SELECT COUNT(*) FROM app_department AS department WHERE department.instance_id = app_tenant.instance_id AND department.tenant_id = app_tenant.tenant_id) FROM app_tenant WHERE instance_id = $1 ORDER BY tenant_code, tenant_id LIMIT 20";
    /// Members of an enterprise, with the name of their department.
    LIST_MEMBERS = "SELECT member.user_name, member.name, COALESCE(department.name, member.org_code), member.role, member.may_enter FROM app_member AS member LEFT JOIN app_department AS department ON department.instance_id = member.instance_id AND department.tenant_id = member.tenant_id AND department.org_code = member.org_code WHERE member.instance_id = $1 AND member.tenant_id = $2 ORDER BY member.user_name LIMIT 200";
    /// An order the store told of; the first notification counts.
    PUT_ORDER = "INSERT INTO app_order (order_id, order_type, told_at) VALUES ($1, $2, $3) ON CONFLICT (order_id) DO NOTHING";
    /// Newest of them.
    LIST_ORDERS = "SELECT order_id, order_type, told_at FROM app_order ORDER BY told_at DESC LIMIT 20";
}

/// An enterprise at an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TenantRow {
    pub(crate) tenant_id: String,
    pub(crate) tenant_code: String,
    pub(crate) name: String,
    pub(crate) domain_name: String,
    pub(crate) client_id: String,
    pub(crate) departments: i64,
}

/// A member of an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberRow {
    pub(crate) user_name: String,
    pub(crate) name: String,
    /// Code of the department in what is written, its name in what is read.
    pub(crate) org_code: String,
    pub(crate) role: String,
    pub(crate) may_enter: bool,
}

/// Instance and enterprise.
pub(crate) type Scope<'a> = (&'a str, &'a str);

/// Keeps an enterprise: short name, name, domain.
pub(crate) fn put_tenant(batch: &mut Batch, scope: Scope<'_>, (code, name, domain): (&str, &str, &str), now: Instant) {
    batch.any(PUT_TENANT, args![scope.0, scope.1, code, name, domain, now]);
}

/// Keeps the OAuth client of an enterprise: id and sealed secret.
pub(crate) fn put_client(
    batch: &mut Batch,
    scope: Scope<'_>,
    (client_id, secret_sealed): (&str, Option<String>),
    now: Instant,
) {
    batch.any(PUT_CLIENT, args![scope.0, scope.1, client_id, secret_sealed, now]);
}

/// Keeps a member.
pub(crate) fn put_member(batch: &mut Batch, scope: Scope<'_>, member: &MemberRow, now: Instant) {
    let MemberRow { user_name, name, org_code, role, may_enter } = member;
    batch.any(PUT_MEMBER, args![scope.0, scope.1, user_name, name, org_code, role, *may_enter, now]);
}

/// Keeps a member out.
pub(crate) fn bar_member(batch: &mut Batch, scope: Scope<'_>, user_name: &str, now: Instant) {
    batch.any(BAR_MEMBER, args![scope.0, scope.1, user_name, now]);
}

/// Forgets a member.
pub(crate) fn delete_member(batch: &mut Batch, scope: Scope<'_>, user_name: &str) {
    batch.any(DELETE_MEMBER, args![scope.0, scope.1, user_name]);
}

/// Keeps a department: code, name, code of the one above.
pub(crate) fn put_department(batch: &mut Batch, scope: Scope<'_>, (code, name, parent): (&str, &str, &str)) {
    batch.any(PUT_DEPARTMENT, args![scope.0, scope.1, code, name, parent]);
}

/// Forgets a department.
pub(crate) fn delete_department(batch: &mut Batch, scope: Scope<'_>, org_code: &str) {
    batch.any(DELETE_DEPARTMENT, args![scope.0, scope.1, org_code]);
}

/// Forgets an enterprise with everything below it; all of the instance's when its id is empty.
pub(crate) fn delete_tenant(batch: &mut Batch, scope: Scope<'_>) {
    for sql in [DELETE_MEMBERS, DELETE_DEPARTMENTS, DELETE_TENANTS] {
        batch.any(sql, args![scope.0, scope.1]);
    }
}

/// The enterprises of an instance, at most 20.
pub(crate) async fn tenants(db: &Db, instance_id: &str) -> Result<Vec<TenantRow>, DbError> {
    let rows = db.query(LIST_TENANTS, args![instance_id]).await?;
    let of = |row: &mercer_kernel::db::Row| {
        Ok(TenantRow {
            tenant_id: row.text(0)?,
            tenant_code: row.text(1)?,
            name: row.text(2)?,
            domain_name: row.text(3)?,
            client_id: row.text(4)?,
            departments: row.int(5)?,
        })
    };
    rows.iter().map(of).collect()
}

/// Members of an enterprise, at most 200.
pub(crate) async fn members(db: &Db, scope: Scope<'_>) -> Result<Vec<MemberRow>, DbError> {
    let rows = db.query(LIST_MEMBERS, args![scope.0, scope.1]).await?;
    let of = |row: &mercer_kernel::db::Row| {
        Ok(MemberRow {
            user_name: row.text(0)?,
            name: row.text(1)?,
            org_code: row.text(2)?,
            role: row.text(3)?,
            may_enter: row.flag(4)?,
        })
    };
    rows.iter().map(of).collect()
}

/// Keeps an order the store told of.
pub(crate) fn put_order(batch: &mut Batch, (order_id, order_type): (&str, &str), now: Instant) {
    batch.any(PUT_ORDER, args![order_id, order_type, now]);
}

/// Orders the store told of, newest first: id, type, time.
pub(crate) async fn orders(db: &Db) -> Result<Vec<(String, String, Instant)>, DbError> {
    let rows = db.query(LIST_ORDERS, Vec::new()).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.instant(2)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_statement_is_valid() {
        let db = Db::open("sqlite::memory:").await.unwrap();
        db.migrate("sample_app", super::super::repo::MIGRATIONS).await.unwrap();
        for (name, sql) in STATEMENTS {
            db.check_statement(sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}
