//! The SQL by which pages and APIs read accounts.

use mercer_kernel::args;
use mercer_kernel::db::{DbError, Row};
use mercer_kernel::vault::mask;

use super::view::{ApplicationRow, DepartmentRow, MemberRow, SyncRow, TenantRow};
use super::{Scope, repo, seal};
use crate::error::GatewayError;
use crate::gateway::Gateway;

macro_rules! tenant_columns {
    () => {
        "SELECT t.instance_id, i.state, t.tenant_id, t.tenant_code, t.name, t.domain_name, t.order_id, t.standing, \
         t.created_at, t.updated_at FROM gw_tenant t LEFT JOIN gw_instance i ON i.merchant_id = t.merchant_id \
         AND i.instance_id = t.instance_id "
    };
}

macro_rules! tenant_filter {
    () => {
        "WHERE t.merchant_id = $1 AND t.is_known = 1 AND ($2 = '' OR t.standing = $2) AND ($3 = '' OR t.instance_id = $3) \
         AND ($4 = '' OR lower(t.name) LIKE lower($4) OR lower(t.tenant_code) LIKE lower($4) \
         OR lower(t.tenant_id) LIKE lower($4) OR lower(t.instance_id) LIKE lower($4))"
    };
}

macro_rules! department_columns {
    () => {
        "SELECT d.org_code, d.org_name, d.parent_code, d.standing, \
         (SELECT COUNT(*) FROM gw_department c WHERE c.merchant_id = $1 AND c.instance_id = $2 AND c.tenant_id = $3 \
         AND c.parent_code = d.org_code AND c.is_known = 1), \
         (SELECT COUNT(*) FROM gw_member m WHERE m.merchant_id = $1 AND m.instance_id = $2 AND m.tenant_id = $3 \
         AND m.org_code = d.org_code AND m.is_known = 1), d.updated_at"
    };
}

macro_rules! below {
    () => {
        " FROM gw_department d WHERE d.merchant_id = $1 AND d.instance_id = $2 AND d.tenant_id = $3 \
         AND d.parent_code = $4 AND d.is_known = 1"
    };
}

macro_rules! orphans {
    () => {
        " FROM gw_department d WHERE d.merchant_id = $1 AND d.instance_id = $2 AND d.tenant_id = $3 AND d.is_known = 1 \
         AND d.parent_code <> $4 AND NOT EXISTS (SELECT 1 FROM gw_department p WHERE p.merchant_id = $1 \
         AND p.instance_id = $2 AND p.tenant_id = $3 AND p.org_code = d.parent_code AND p.is_known = 1)"
    };
}

macro_rules! with_text {
    () => {
        " FROM gw_department d WHERE d.merchant_id = $1 AND d.instance_id = $2 AND d.tenant_id = $3 AND d.is_known = 1 \
         AND (lower(d.org_name) LIKE lower($4) OR lower(d.org_code) LIKE lower($4))"
    };
}

macro_rules! department_page {
    () => {
        " ORDER BY d.org_name, d.org_code LIMIT $5 OFFSET $6"
    };
}

macro_rules! member_columns {
    () => {
        "SELECT app_id, user_name, standing, name, org_code, role, enabled, position, employee_code, employee_type, \
         work_place, entry_date, private_sealed, updated_at"
    };
}

macro_rules! member_filter {
    () => {
        " FROM gw_member WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND is_known = 1 \
         AND ($4 = '' OR app_id = $4) AND ($5 = '' OR standing = $5) AND ($6 = '' OR lower(user_name) LIKE lower($6) \
         OR lower(name) LIKE lower($6) OR lower(employee_code) LIKE lower($6))"
    };
}

mercer_kernel::statements! {
    /// A page of enterprises, newest first.
    pub(crate) LIST_TENANTS = concat!(tenant_columns!(), tenant_filter!(), " ORDER BY t.created_at DESC, t.tenant_id, t.instance_id LIMIT $5 OFFSET $6");
    /// How many there are.
    pub(crate) COUNT_TENANTS = concat!("SELECT COUNT(*) FROM gw_tenant t ", tenant_filter!());
    /// One enterprise at each of its instances, newest first.
    pub(crate) FIND_TENANTS = concat!(tenant_columns!(), "WHERE t.merchant_id = $1 AND t.tenant_id = $2 AND t.is_known = 1 ORDER BY t.created_at DESC, t.instance_id LIMIT 100");
    /// Its bindings.
    pub(crate) LIST_APPLICATIONS = "SELECT app_id, standing, client_id, secret_sealed, updated_at FROM gw_application WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND (is_known = 1 OR standing = 'deleted') ORDER BY app_id LIMIT 100";
    /// Departments that are not deleted.
    pub(crate) COUNT_DEPARTMENTS = "SELECT COUNT(*) FROM gw_department WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND is_known = 1 AND standing = 'present'";
    /// Members with access.
    pub(crate) COUNT_PRESENT_MEMBERS = "SELECT COUNT(*) FROM gw_member WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND is_known = 1 AND standing = 'present'";
    /// Long lists, newest first.
    pub(crate) LIST_SYNCS = "SELECT sync_id, kind, entries, slices, applied_slices, changed, state, created_at, finished_at FROM gw_account_sync WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 ORDER BY created_at DESC, sync_id DESC LIMIT 20";
    /// One department.
    pub(crate) FIND_DEPARTMENT = concat!(department_columns!(), " FROM gw_department d WHERE d.merchant_id = $1 AND d.instance_id = $2 AND d.tenant_id = $3 AND d.org_code = $4 AND d.is_known = 1");
    /// A page of a level.
    pub(crate) LIST_BELOW = concat!(department_columns!(), below!(), department_page!());
    /// How many there are.
    pub(crate) COUNT_BELOW = concat!("SELECT COUNT(*)", below!());
    /// A page of departments whose parent is not known.
    pub(crate) LIST_ORPHANS = concat!(department_columns!(), orphans!(), department_page!());
    /// How many there are.
    pub(crate) COUNT_ORPHANS = concat!("SELECT COUNT(*)", orphans!());
    /// A page of departments with a text in name or code.
    pub(crate) LIST_WITH_TEXT = concat!(department_columns!(), with_text!(), department_page!());
    /// How many there are.
    pub(crate) COUNT_WITH_TEXT = concat!("SELECT COUNT(*)", with_text!());
    /// A page of members.
    pub(crate) LIST_MEMBERS = concat!(member_columns!(), member_filter!(), " ORDER BY user_name, app_id LIMIT $7 OFFSET $8");
    /// How many there are.
    pub(crate) COUNT_MEMBERS = concat!("SELECT COUNT(*)", member_filter!());
    /// A page of the members of a department.
    pub(crate) LIST_MEMBERS_IN = concat!(member_columns!(), member_filter!(), " AND org_code = $7 ORDER BY user_name, app_id LIMIT $8 OFFSET $9");
    /// How many there are.
    pub(crate) COUNT_MEMBERS_IN = concat!("SELECT COUNT(*)", member_filter!(), " AND org_code = $7");
}

/// A page of departments: how to count it and how to read it.
pub(super) const fn department_statements(filter: &super::DepartmentFilter) -> (&'static str, &'static str) {
    match filter {
        super::DepartmentFilter::Below(_) => (COUNT_BELOW, LIST_BELOW),
        super::DepartmentFilter::Orphans => (COUNT_ORPHANS, LIST_ORPHANS),
        super::DepartmentFilter::Text(_) => (COUNT_WITH_TEXT, LIST_WITH_TEXT),
    }
}

/// A row of the enterprises.
pub(super) fn tenant(merchant_id: &str, row: &Row) -> Result<TenantRow, DbError> {
    let state = row.optional_text(1)?;
    Ok(TenantRow {
        merchant_id: merchant_id.to_owned(),
        instance_id: row.text(0)?,
        instance_state: state.and_then(|state| state.parse().ok()),
        tenant_id: row.text(2)?,
        tenant_code: row.text(3)?,
        name: row.text(4)?,
        domain_name: row.text(5)?,
        order_id: row.text(6)?,
        standing: row.parse(7)?,
        created_at: row.instant(8)?,
        updated_at: row.instant(9)?,
    })
}

/// A row of the bindings.
pub(super) fn application(
    gateway: &Gateway,
    scope: &Scope,
    row: &Row,
    reveal: bool,
) -> Result<ApplicationRow, GatewayError> {
    let app_id = row.text(0)?;
    let secret = match row.optional_text(3)? {
        Some(sealed) => shown(seal::open_secret(gateway.vault(), scope, &app_id, &sealed)?, reveal),
        None => String::new(),
    };
    Ok(ApplicationRow {
        standing: row.parse(1)?,
        client_id: row.text(2)?,
        client_secret: secret,
        updated_at: row.instant(4)?,
        app_id,
    })
}

/// A row of the departments.
pub(super) fn department(row: &Row) -> Result<DepartmentRow, DbError> {
    Ok(DepartmentRow {
        org_code: row.text(0)?,
        org_name: row.text(1)?,
        parent_code: row.text(2)?,
        standing: row.parse(3)?,
        children: row.int(4)?,
        members: row.int(5)?,
        updated_at: row.instant(6)?,
    })
}

/// A row of the members.
pub(super) fn member(gateway: &Gateway, scope: &Scope, row: &Row, reveal: bool) -> Result<MemberRow, GatewayError> {
    let (app_id, user_name) = (row.text(0)?, row.text(1)?);
    let member = repo::member(row, 3)?;
    let member = match row.optional_text(12)? {
        Some(sealed) => {
            member.with_private(seal::open_private(gateway.vault(), scope, (&app_id, &user_name), &sealed)?)
        }
        None => member,
    };
    Ok(MemberRow {
        standing: row.parse(2)?,
        name: member.name,
        org_code: member.org_code,
        role: member.role,
        enable: member.enable,
        position: member.position,
        employee_code: member.employee_code,
        employee_type: member.employee_type,
        work_place: member.work_place,
        entry_date: member.entry_date,
        mobile: shown(member.mobile, reveal),
        email: shown(member.email, reveal),
        extension: if reveal { member.extension } else { serde_json::Map::new() },
        updated_at: row.instant(13)?,
        app_id,
        user_name,
    })
}

/// Long lists of an enterprise.
pub(super) async fn syncs(gateway: &Gateway, scope: &Scope) -> Result<Vec<SyncRow>, DbError> {
    let arguments = args![&scope.merchant_id, &scope.instance_id, &scope.tenant_id];
    let rows = gateway.db().query(LIST_SYNCS, arguments).await?;
    rows.iter()
        .map(|row| {
            let (slices, applied) = (row.int(3)?, row.int(4)?);
            Ok(SyncRow {
                sync_id: row.text(0)?,
                kind: row.text(1)?,
                entries: row.int(2)?,
                percent: if slices == 0 { 100 } else { applied * 100 / slices },
                changed: row.int(5)?,
                state: row.parse(6)?,
                created_at: row.instant(7)?,
                finished_at: row.optional_instant(8)?,
            })
        })
        .collect()
}

fn shown(text: String, reveal: bool) -> String {
    if reveal || text.is_empty() { text } else { mask(&text) }
}
