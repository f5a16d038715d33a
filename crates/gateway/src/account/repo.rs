//! The SQL by which records are decided and written.

use std::collections::HashMap;

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row, Value};
use mercer_kernel::vault::Vault;

use super::rules::Record;
use super::{Application, Department, Member, Scope, Tenant, seal};
use crate::error::GatewayError;
use crate::instance::State;

/// Records one read brings.
const READ_AT_ONCE: usize = 100;

mercer_kernel::statements! {
    /// Where the instance stands; no row for one the gateway does not know.
    pub(crate) FIND_INSTANCE_STATE = "SELECT state FROM gw_instance WHERE merchant_id = $1 AND instance_id = $2";
    /// One enterprise.
    pub(crate) FIND_TENANT = "SELECT standing, set_by, version, is_known, tenant_code, name, domain_name, order_id FROM gw_tenant WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3";
    /// One binding.
    pub(crate) FIND_APPLICATION = "SELECT standing, set_by, version, is_known, client_id, secret_sealed FROM gw_application WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND app_id = $4";
    /// Up to 100 departments; unused places hold the first code again.
    pub(crate) FIND_DEPARTMENTS = "SELECT org_code, standing, set_by, version, is_known, org_name, parent_code FROM gw_department \
         WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND org_code IN (\
         $4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,\
         $29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50,$51,$52,$53,\
         $54,$55,$56,$57,$58,$59,$60,$61,$62,$63,$64,$65,$66,$67,$68,$69,$70,$71,$72,$73,$74,$75,$76,$77,$78,\
         $79,$80,$81,$82,$83,$84,$85,$86,$87,$88,$89,$90,$91,$92,$93,$94,$95,$96,$97,$98,$99,$100,$101,$102,$103)";
    /// Up to 100 members; unused places hold the first name again.
    pub(crate) FIND_MEMBERS = "SELECT user_name, standing, set_by, version, is_known, name, org_code, role, enabled, position, \
         employee_code, employee_type, work_place, entry_date, private_sealed FROM gw_member \
         WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND app_id = $4 AND user_name IN (\
         $5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,\
         $30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50,$51,$52,$53,$54,\
         $55,$56,$57,$58,$59,$60,$61,$62,$63,$64,$65,$66,$67,$68,$69,$70,$71,$72,$73,$74,$75,$76,$77,$78,$79,\
         $80,$81,$82,$83,$84,$85,$86,$87,$88,$89,$90,$91,$92,$93,$94,$95,$96,$97,$98,$99,$100,$101,$102,$103,$104)";
    INSERT_TENANT = "INSERT INTO gw_tenant (merchant_id, instance_id, tenant_id, standing, set_by, is_known, tenant_code, name, domain_name, order_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) ON CONFLICT DO NOTHING";
    UPDATE_TENANT = "UPDATE gw_tenant SET standing = $4, set_by = $5, is_known = $6, tenant_code = $7, name = $8, domain_name = $9, order_id = $10, updated_at = $11, version = version + 1 WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND version = $12";
    INSERT_APPLICATION = "INSERT INTO gw_application (merchant_id, instance_id, tenant_id, app_id, standing, set_by, is_known, client_id, secret_sealed, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    UPDATE_APPLICATION = "UPDATE gw_application SET standing = $5, set_by = $6, is_known = $7, client_id = $8, secret_sealed = $9, updated_at = $10, version = version + 1 WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND app_id = $4 AND version = $11";
    INSERT_DEPARTMENT = "INSERT INTO gw_department (merchant_id, instance_id, tenant_id, org_code, standing, set_by, is_known, org_name, parent_code, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    UPDATE_DEPARTMENT = "UPDATE gw_department SET standing = $5, set_by = $6, is_known = $7, org_name = $8, parent_code = $9, updated_at = $10, version = version + 1 WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND org_code = $4 AND version = $11";
    INSERT_MEMBER = "INSERT INTO gw_member (merchant_id, instance_id, tenant_id, app_id, user_name, standing, set_by, is_known, name, org_code, role, enabled, position, employee_code, employee_type, work_place, entry_date, private_sealed, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT DO NOTHING";
    UPDATE_MEMBER = "UPDATE gw_member SET standing = $6, set_by = $7, is_known = $8, name = $9, org_code = $10, role = $11, enabled = $12, position = $13, employee_code = $14, employee_type = $15, work_place = $16, entry_date = $17, private_sealed = $18, updated_at = $19, version = version + 1 WHERE merchant_id = $1 AND instance_id = $2 AND tenant_id = $3 AND app_id = $4 AND user_name = $5 AND version = $20";
}

/// Where the instance stands; none when the gateway does not know it.
pub(crate) async fn instance_state(db: &Db, scope: &Scope) -> Result<Option<State>, DbError> {
    let arguments = args![&scope.merchant_id, &scope.instance_id];
    db.query_one(FIND_INSTANCE_STATE, arguments).await?.map(|row| row.parse(0)).transpose()
}

/// One enterprise.
pub(crate) async fn tenant(db: &Db, scope: &Scope) -> Result<Option<Record<Tenant>>, DbError> {
    let Some(row) = db.query_one(FIND_TENANT, key(scope)).await? else { return Ok(None) };
    let content =
        Tenant { tenant_code: row.text(4)?, name: row.text(5)?, domain_name: row.text(6)?, order_id: row.text(7)? };
    record(&row, 0, content).map(Some)
}

/// One binding with its secret.
pub(crate) async fn application(
    (db, vault): (&Db, &Vault),
    scope: &Scope,
    app_id: &str,
) -> Result<Option<Record<Application>>, GatewayError> {
    let Some(row) = db.query_one(FIND_APPLICATION, key_and(scope, [app_id])).await? else { return Ok(None) };
    let secret = row.optional_text(5)?.map(|sealed| seal::open_secret(vault, scope, app_id, &sealed)).transpose()?;
    let content = Application { client_id: row.text(4)?, client_secret: secret.unwrap_or_default() };
    Ok(Some(record(&row, 0, content)?))
}

/// Those of the named departments that are there.
pub(crate) async fn departments(
    db: &Db,
    scope: &Scope,
    codes: &[&str],
) -> Result<HashMap<String, Record<Department>>, DbError> {
    let mut found = HashMap::with_capacity(codes.len());
    for some in codes.chunks(READ_AT_ONCE) {
        for row in db.query(FIND_DEPARTMENTS, filled(key(scope), some)).await? {
            let content = Department { org_name: row.text(5)?, parent_code: row.text(6)? };
            found.insert(row.text(0)?, record(&row, 1, content)?);
        }
    }
    Ok(found)
}

/// Those of the named members that are there.
pub(crate) async fn members(
    (db, vault): (&Db, &Vault),
    (scope, app_id): (&Scope, &str),
    user_names: &[&str],
) -> Result<HashMap<String, Record<Member>>, GatewayError> {
    let mut found = HashMap::with_capacity(user_names.len());
    for some in user_names.chunks(READ_AT_ONCE) {
        for row in db.query(FIND_MEMBERS, filled(key_and(scope, [app_id]), some)).await? {
            let user_name = row.text(0)?;
            let content = member(&row, 5)?;
            let content = match row.optional_text(14)? {
                Some(sealed) => content.with_private(seal::open_private(vault, scope, (app_id, &user_name), &sealed)?),
                None => content,
            };
            found.insert(user_name, record(&row, 1, content)?);
        }
    }
    Ok(found)
}

/// Adds an enterprise as it becomes; somebody else's change in between is a conflict.
pub(crate) fn put_tenant(batch: &mut Batch, scope: &Scope, record: &Record<Tenant>, now: Instant) {
    let content = record.content.clone().unwrap_or_default();
    let mut arguments = key(scope);
    arguments.extend(standing(record));
    arguments.extend(args![content.tenant_code, content.name, content.domain_name, content.order_id, now]);
    put(batch, (INSERT_TENANT, UPDATE_TENANT), arguments, record.version);
}

/// Adds a binding as it becomes, its secret sealed.
pub(crate) fn put_application(
    batch: &mut Batch,
    (vault, scope, app_id): (&Vault, &Scope, &str),
    record: &Record<Application>,
    now: Instant,
) -> Result<(), GatewayError> {
    let content = record.content.clone().unwrap_or_default();
    let secret = Some(content.client_secret.as_str()).filter(|text| !text.is_empty());
    let sealed = secret.map(|text| seal::secret(vault, scope, app_id, text)).transpose()?;
    let mut arguments = key_and(scope, [app_id]);
    arguments.extend(standing(record));
    arguments.extend(args![content.client_id, sealed, now]);
    put(batch, (INSERT_APPLICATION, UPDATE_APPLICATION), arguments, record.version);
    Ok(())
}

/// Adds a department as it becomes.
pub(crate) fn put_department(
    batch: &mut Batch,
    (scope, org_code): (&Scope, &str),
    record: &Record<Department>,
    now: Instant,
) {
    let content = record.content.clone().unwrap_or_default();
    let mut arguments = key_and(scope, [org_code]);
    arguments.extend(standing(record));
    arguments.extend(args![content.org_name, content.parent_code, now]);
    put(batch, (INSERT_DEPARTMENT, UPDATE_DEPARTMENT), arguments, record.version);
}

/// Adds a member as it becomes, personal data sealed.
pub(crate) fn put_member(
    batch: &mut Batch,
    (vault, scope): (&Vault, &Scope),
    (app_id, user_name): (&str, &str),
    record: &Record<Member>,
    now: Instant,
) -> Result<(), GatewayError> {
    let content = record.content.clone().unwrap_or_default();
    let sealed = seal::private(vault, scope, (app_id, user_name), &content)?;
    let mut arguments = key_and(scope, [app_id, user_name]);
    arguments.extend(standing(record));
    arguments.extend(args![
        content.name,
        content.org_code,
        content.role,
        content.enable,
        content.position,
        content.employee_code,
        content.employee_type,
        content.work_place,
        content.entry_date,
        sealed,
        now,
    ]);
    put(batch, (INSERT_MEMBER, UPDATE_MEMBER), arguments, record.version);
    Ok(())
}

/// The visible columns of a member, the first of them at `first`.
pub(crate) fn member(row: &Row, first: usize) -> Result<Member, DbError> {
    Ok(Member {
        name: row.text(first)?,
        org_code: row.text(first + 1)?,
        role: row.text(first + 2)?,
        enable: row.flag(first + 3)?,
        position: row.text(first + 4)?,
        employee_code: row.text(first + 5)?,
        employee_type: row.text(first + 6)?,
        work_place: row.text(first + 7)?,
        entry_date: row.text(first + 8)?,
        ..Member::default()
    })
}

/// The columns every statement begins with.
pub(crate) fn key(scope: &Scope) -> Vec<Value> {
    args![&scope.merchant_id, &scope.instance_id, &scope.tenant_id]
}

fn key_and<const COUNT: usize>(scope: &Scope, ids: [&str; COUNT]) -> Vec<Value> {
    let mut arguments = key(scope);
    arguments.extend(ids.map(Value::from));
    arguments
}

fn filled(mut arguments: Vec<Value>, names: &[&str]) -> Vec<Value> {
    let first = names.first().copied().unwrap_or_default();
    arguments.extend((0..READ_AT_ONCE).map(|place| names.get(place).copied().unwrap_or(first).into()));
    arguments
}

fn standing<T>(record: &Record<T>) -> Vec<Value> {
    args![record.standing.as_str(), &record.set_by, record.content.is_some()]
}

fn record<T>(row: &Row, first: usize, content: T) -> Result<Record<T>, DbError> {
    Ok(Record {
        standing: row.parse(first)?,
        set_by: row.text(first + 1)?,
        version: row.int(first + 2)?,
        content: row.flag(first + 3)?.then_some(content),
    })
}

fn put(batch: &mut Batch, (insert, update): (&'static str, &'static str), mut arguments: Vec<Value>, version: i64) {
    if version == 0 {
        batch.one(insert, arguments);
    } else {
        arguments.push(version.into());
        batch.one(update, arguments);
    }
}
