//! SQL of members.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::{Member, MemberFilter, MemberState, Profile};
use crate::Core;
use crate::window::Window;

/// So many members are read one by one; more of them with everybody else.
const FEW: usize = 50;

macro_rules! columns {
    () => {
        "m.user_name, m.name, m.org_code, m.job, m.employee_code, m.employee_type, m.role, m.state, m.mobile, m.email, \
         m.work_place, m.entry_date, m.extension, m.created_at"
    };
}

mercer_kernel::statements! {
    INSERT = "INSERT INTO st_member (tenant_id, user_name, name, org_code, job, employee_code, employee_type, role, state, \
        mobile, email, work_place, entry_date, extension, created_at, position) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    UPDATE = "UPDATE st_member SET name = $3, org_code = $4, job = $5, employee_code = $6, employee_type = $7, role = $8, \
        state = $9, mobile = $10, email = $11, work_place = $12, entry_date = $13, extension = $14 \
        WHERE tenant_id = $1 AND user_name = $2";
    DELETE = "DELETE FROM st_member WHERE tenant_id = $1 AND user_name = $2";
    FIND = concat!("SELECT ", columns!(), " FROM st_member m WHERE m.tenant_id = $1 AND m.user_name = $2");
    LIST = concat!("SELECT ", columns!(), " FROM st_member m WHERE m.tenant_id = $1 AND ($2 = '' OR m.state = $2) \
        AND ($3 = '' OR m.org_code = $3) AND ($4 = '' OR lower(m.user_name) LIKE lower($4) OR lower(m.name) LIKE lower($4)) \
        ORDER BY m.user_name LIMIT $5 OFFSET $6");
    ALL = concat!("SELECT ", columns!(), " FROM st_member m WHERE m.tenant_id = $1 ORDER BY m.user_name");
    PLACES = "SELECT user_name, org_code FROM st_member WHERE tenant_id = $1 ORDER BY user_name";
    /// Members authorised in a binding, in the order they are sent.
    AUTHORISED = concat!("SELECT ", columns!(), " FROM st_authorisation a JOIN st_member m ON m.tenant_id = a.tenant_id \
        AND m.user_name = a.user_name WHERE a.tenant_id = $1 AND a.binding_id = $2 AND a.manual + a.automatic > 0 \
        ORDER BY m.user_name");
    COUNT = "SELECT state, COUNT(*) FROM st_member WHERE tenant_id = $1 GROUP BY state";
    COUNT_DEPARTMENT = "SELECT COUNT(*) FROM st_member WHERE tenant_id = $1 AND org_code = $2";
}

/// Adds the statement that inserts a member.
pub(crate) fn insert(core: &Core, batch: &mut Batch, tenant_id: &str, member: &Member) {
    let profile = &member.profile;
    batch.one(
        INSERT,
        args![
            tenant_id,
            &member.user_name,
            &profile.name,
            &profile.org_code,
            &profile.position,
            &profile.employee_code,
            profile.employee_type,
            profile.role,
            member.state,
            &profile.mobile,
            &profile.email,
            &profile.work_place,
            &profile.entry_date,
            extension(profile),
            member.created_at,
            core.next_position(),
        ],
    );
}

/// Adds the statement that writes what is known about a member.
pub(super) fn update(batch: &mut Batch, tenant_id: &str, member: &Member) {
    let profile = &member.profile;
    batch.one(
        UPDATE,
        args![
            tenant_id,
            &member.user_name,
            &profile.name,
            &profile.org_code,
            &profile.position,
            &profile.employee_code,
            profile.employee_type,
            profile.role,
            member.state,
            &profile.mobile,
            &profile.email,
            &profile.work_place,
            &profile.entry_date,
            extension(profile),
        ],
    );
}

/// Adds the statement that removes a member.
pub(super) fn delete(batch: &mut Batch, tenant_id: &str, user_name: &str) {
    batch.one(DELETE, args![tenant_id, user_name]);
}

/// The member with this account name.
pub(crate) async fn find(db: &Db, tenant_id: &str, user_name: &str) -> Result<Option<Member>, DbError> {
    db.query_one(FIND, args![tenant_id, user_name]).await?.map(|row| read(&row)).transpose()
}

/// Members by account name.
pub(super) async fn list(
    db: &Db,
    tenant_id: &str,
    filter: &MemberFilter,
    window: Window,
) -> Result<Vec<Member>, DbError> {
    let text = if filter.text.is_empty() { String::new() } else { format!("%{}%", filter.text) };
    let state = filter.state.map_or("", MemberState::code);
    let arguments = args![tenant_id, state, &filter.org_code, text, window.limit(), window.offset()];
    db.query(LIST, arguments).await?.iter().map(read).collect()
}

/// All members by account name; a rule bounds how many there are.
pub(super) async fn all(db: &Db, tenant_id: &str) -> Result<Vec<Member>, DbError> {
    db.query(ALL, args![tenant_id]).await?.iter().map(read).collect()
}

/// Account name and department of every member.
pub(crate) async fn places(db: &Db, tenant_id: &str) -> Result<Vec<(String, String)>, DbError> {
    db.query(PLACES, args![tenant_id]).await?.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
}

/// The members that are authorised in a binding.
pub(crate) async fn authorised(db: &Db, tenant_id: &str, binding_id: &str) -> Result<Vec<Member>, DbError> {
    db.query(AUTHORISED, args![tenant_id, binding_id]).await?.iter().map(read).collect()
}

/// The members with these account names; for many of them in one go.
pub(crate) async fn named(db: &Db, tenant_id: &str, names: &[String]) -> Result<Vec<Member>, DbError> {
    if names.len() > FEW {
        let wanted: std::collections::HashSet<&str> = names.iter().map(String::as_str).collect();
        let members = all(db, tenant_id).await?;
        return Ok(members.into_iter().filter(|member| wanted.contains(member.user_name.as_str())).collect());
    }
    let mut members = Vec::new();
    for name in names {
        members.extend(find(db, tenant_id, name).await?);
    }
    Ok(members)
}

/// How many members are enabled, and how many are disabled.
pub(crate) async fn count(db: &Db, tenant_id: &str) -> Result<(i64, i64), DbError> {
    let (mut enabled, mut disabled) = (0, 0);
    for row in db.query(COUNT, args![tenant_id]).await? {
        match row.parse::<MemberState>(0)? {
            MemberState::Enabled => enabled = row.int(1)?,
            MemberState::Disabled => disabled = row.int(1)?,
        }
    }
    Ok((enabled, disabled))
}

/// How many members a department has itself.
pub(crate) async fn count_of_department(db: &Db, tenant_id: &str, org_code: &str) -> Result<i64, DbError> {
    db.query_one(COUNT_DEPARTMENT, args![tenant_id, org_code]).await?.map_or(Ok(0), |row| row.int(0))
}

fn extension(profile: &Profile) -> String {
    if profile.extension.is_empty() { String::new() } else { serde_json::json!(profile.extension).to_string() }
}

fn read(row: &Row) -> Result<Member, DbError> {
    let extension = row.text(12)?;
    Ok(Member {
        user_name: row.text(0)?,
        state: row.parse(7)?,
        profile: Profile {
            name: row.text(1)?,
            org_code: row.text(2)?,
            position: row.text(3)?,
            employee_code: row.text(4)?,
            employee_type: row.optional_int(5)?,
            role: row.parse(6)?,
            mobile: row.text(8)?,
            email: row.text(9)?,
            work_place: row.text(10)?,
            entry_date: row.text(11)?,
            extension: if extension.is_empty() { serde_json::Map::new() } else { row.json(12)? },
        },
        created_at: row.instant(13)?,
    })
}
