//! SQL of enterprises and their admins.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::{Admin, Tenant};
use crate::Core;
use crate::window::Window;

macro_rules! columns {
    () => {
        "t.tenant_id, t.tenant_code, t.name, t.domain_name, t.kind, t.state, t.buyer_id, t.created_at, t.version"
    };
}

mercer_kernel::statements! {
    INSERT = "INSERT INTO st_tenant (tenant_id, tenant_code, name, domain_name, kind, state, buyer_id, created_at, position, \
        version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";
    TOUCH = "UPDATE st_tenant SET version = version + 1 WHERE tenant_id = $1 AND version = $2";
    SET_STATE = "UPDATE st_tenant SET state = $3, version = version + 1 WHERE tenant_id = $1 AND version = $2";
    FIND = concat!("SELECT ", columns!(), " FROM st_tenant t WHERE t.tenant_id = $1");
    FIND_CODE = concat!("SELECT ", columns!(), " FROM st_tenant t WHERE t.tenant_code = $1");
    LIST_OF_BUYER = concat!("SELECT ", columns!(), " FROM st_tenant t JOIN st_tenant_admin a ON a.tenant_id = t.tenant_id \
        WHERE a.buyer_id = $1 AND t.kind = 'enterprise' ORDER BY t.created_at DESC, t.position DESC LIMIT $2 OFFSET $3");
    LIST_ALL = concat!("SELECT ", columns!(), " FROM st_tenant t WHERE t.kind = 'enterprise' \
        ORDER BY t.created_at DESC, t.position DESC LIMIT $1 OFFSET $2");
    COUNT_OF_BUYER = "SELECT COUNT(*) FROM st_tenant WHERE buyer_id = $1 AND kind = 'enterprise'";
    INSERT_ADMIN = "INSERT INTO st_tenant_admin (tenant_id, buyer_id, creator, created_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT DO NOTHING";
    DELETE_ADMIN = "DELETE FROM st_tenant_admin WHERE tenant_id = $1 AND buyer_id = $2";
    ADMINS = "SELECT buyer_id, creator, created_at FROM st_tenant_admin WHERE tenant_id = $1 \
        ORDER BY creator DESC, created_at, buyer_id";
}

/// Adds the statement that inserts an enterprise.
pub(crate) fn insert(core: &Core, batch: &mut Batch, tenant: &Tenant) {
    batch.one(
        INSERT,
        args![
            &tenant.tenant_id,
            &tenant.tenant_code,
            &tenant.name,
            &tenant.domain_name,
            tenant.kind,
            tenant.state,
            &tenant.buyer_id,
            tenant.created_at,
            core.next_position(),
        ],
    );
}

/// Raises the version of an enterprise: whoever else changes its people at this moment meets a conflict.
pub(crate) fn touch(batch: &mut Batch, tenant: &Tenant) {
    batch.one(TOUCH, args![&tenant.tenant_id, tenant.version]);
}

/// Adds the statement that writes the state of an enterprise.
pub(super) fn set_state(batch: &mut Batch, tenant: &Tenant) {
    batch.one(SET_STATE, args![&tenant.tenant_id, tenant.version, tenant.state]);
}

/// The enterprise with this id.
pub(crate) async fn find(db: &Db, tenant_id: &str) -> Result<Option<Tenant>, DbError> {
    db.query_one(FIND, args![tenant_id]).await?.map(|row| read(&row)).transpose()
}

/// The enterprise with this code.
pub(crate) async fn find_code(db: &Db, tenant_code: &str) -> Result<Option<Tenant>, DbError> {
    db.query_one(FIND_CODE, args![tenant_code]).await?.map(|row| read(&row)).transpose()
}

/// Enterprises of a buyer, or all.
pub(super) async fn list(db: &Db, buyer_id: &str, window: Window) -> Result<Vec<Tenant>, DbError> {
    let (limit, offset) = (window.limit(), window.offset());
    let rows = if buyer_id.is_empty() {
        db.query(LIST_ALL, args![limit, offset]).await?
    } else {
        db.query(LIST_OF_BUYER, args![buyer_id, limit, offset]).await?
    };
    rows.iter().map(read).collect()
}

/// How many enterprises a buyer has made.
pub(super) async fn count_of_buyer(db: &Db, buyer_id: &str) -> Result<i64, DbError> {
    db.query_one(COUNT_OF_BUYER, args![buyer_id]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Adds the statement that makes somebody an admin; it affects no row when he is one already.
pub(super) fn insert_admin(batch: &mut Batch, tenant_id: &str, admin: &Admin) {
    batch.one(INSERT_ADMIN, args![tenant_id, &admin.buyer_id, admin.creator, admin.created_at]);
}

/// Adds the statement that takes the office from an admin.
pub(super) fn delete_admin(batch: &mut Batch, tenant_id: &str, buyer_id: &str) {
    batch.one(DELETE_ADMIN, args![tenant_id, buyer_id]);
}

/// The admins of an enterprise, its creator first.
pub(super) async fn admins(db: &Db, tenant_id: &str) -> Result<Vec<Admin>, DbError> {
    let rows = db.query(ADMINS, args![tenant_id]).await?;
    let read = |row: &Row| Ok(Admin { buyer_id: row.text(0)?, creator: row.flag(1)?, created_at: row.instant(2)? });
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Tenant, DbError> {
    Ok(Tenant {
        tenant_id: row.text(0)?,
        tenant_code: row.text(1)?,
        name: row.text(2)?,
        domain_name: row.text(3)?,
        kind: row.parse(4)?,
        state: row.parse(5)?,
        buyer_id: row.text(6)?,
        created_at: row.instant(7)?,
        version: row.int(8)?,
    })
}
