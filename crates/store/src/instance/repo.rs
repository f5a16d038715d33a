//! SQL of instances.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::{Instance, InstanceFilter, InstanceState};
use crate::Core;
use crate::catalog::{Names, optional_code};
use crate::window::Window;

macro_rules! columns {
    () => {
        "merchant_id, resource_id, instance_id, buyer_id, order_id, product_code, sku_code, product_id, name_zh, name_en, \
         charging_mode, period_type, quantity, trial, state, frozen_by_expiry, frozen_by_violation, activated_at, \
         formal_at, expire_at, frozen_at, release_at, released_at, created_at, version, acceptance, accepted_at"
    };
}

mercer_kernel::statements! {
    INSERT = concat!("INSERT INTO st_instance (", columns!(), ", position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
        $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, 1, $25, $26, $27)");
    UPDATE = "UPDATE st_instance SET instance_id = $3, sku_code = $4, product_id = $5, name_zh = $6, name_en = $7, \
        period_type = $8, quantity = $9, trial = $10, state = $11, frozen_by_expiry = $12, frozen_by_violation = $13, \
        activated_at = $14, formal_at = $15, expire_at = $16, frozen_at = $17, release_at = $18, released_at = $19, \
        accepted_at = $20, \
        version = version + 1 WHERE resource_id = $1 AND version = $2";
    FIND_RESOURCE = concat!("SELECT ", columns!(), " FROM st_instance WHERE resource_id = $1");
    FIND = concat!("SELECT ", columns!(), " FROM st_instance WHERE resource_id = $1 OR instance_id = $1 OR order_id = $1 \
        ORDER BY created_at DESC, position DESC LIMIT 1");
    LIST = concat!("SELECT ", columns!(), " FROM st_instance WHERE ($1 = '' OR merchant_id = $1) \
        AND ($2 = '' OR buyer_id = $2) AND ($3 = '' OR product_code = $3) AND ($4 = '' OR state = $4) \
        AND ($5 = '' OR lower(resource_id) LIKE lower($5) OR lower(instance_id) LIKE lower($5) \
        OR lower(order_id) LIKE lower($5) OR lower(name_zh) LIKE lower($5) OR lower(name_en) LIKE lower($5)) \
        ORDER BY created_at DESC, position DESC LIMIT $6 OFFSET $7");
}

/// Adds the statement that inserts an instance.
pub(crate) fn insert(core: &Core, batch: &mut Batch, instance: &Instance) {
    batch.one(
        INSERT,
        args![
            &instance.merchant_id,
            &instance.resource_id,
            instance.instance_id.as_ref(),
            &instance.buyer_id,
            &instance.order_id,
            &instance.product_code,
            &instance.sku_code,
            &instance.product_id,
            &instance.names.zh,
            &instance.names.en,
            instance.charging_mode,
            instance.period_type,
            instance.quantity,
            instance.trial,
            instance.state,
            instance.frozen_by_expiry,
            instance.frozen_by_violation,
            instance.activated_at,
            instance.formal_at,
            instance.expire_at,
            instance.frozen_at,
            instance.release_at,
            instance.released_at,
            instance.created_at,
            instance.acceptance,
            instance.accepted_at,
            core.next_position(),
        ],
    );
}

/// Adds the statement that writes what may change of an instance; a conflict when somebody else was faster.
pub(crate) fn update(batch: &mut Batch, instance: &Instance) {
    batch.one(
        UPDATE,
        args![
            &instance.resource_id,
            instance.version,
            instance.instance_id.as_ref(),
            &instance.sku_code,
            &instance.product_id,
            &instance.names.zh,
            &instance.names.en,
            instance.period_type,
            instance.quantity,
            instance.trial,
            instance.state,
            instance.frozen_by_expiry,
            instance.frozen_by_violation,
            instance.activated_at,
            instance.formal_at,
            instance.expire_at,
            instance.frozen_at,
            instance.release_at,
            instance.released_at,
            instance.accepted_at,
        ],
    );
}

/// The instance with this id of the store.
pub(crate) async fn find_resource(db: &Db, resource_id: &str) -> Result<Option<Instance>, DbError> {
    db.query_one(FIND_RESOURCE, args![resource_id]).await?.map(|row| read(&row)).transpose()
}

/// The instance with this id of the store or the merchant, or opened by this order.
pub(super) async fn find(db: &Db, id: &str) -> Result<Option<Instance>, DbError> {
    db.query_one(FIND, args![id]).await?.map(|row| read(&row)).transpose()
}

/// Lists instances, newest first.
pub(super) async fn list(db: &Db, filter: &InstanceFilter, window: Window) -> Result<Vec<Instance>, DbError> {
    let state = filter.state.map_or("", InstanceState::code);
    let text = if filter.text.is_empty() { String::new() } else { format!("%{}%", filter.text) };
    let rows = db
        .query(
            LIST,
            args![
                &filter.merchant_id,
                &filter.buyer_id,
                &filter.product_code,
                state,
                text,
                window.limit(),
                window.offset(),
            ],
        )
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Instance, DbError> {
    Ok(Instance {
        merchant_id: row.text(0)?,
        resource_id: row.text(1)?,
        instance_id: row.optional_text(2)?,
        buyer_id: row.text(3)?,
        order_id: row.text(4)?,
        product_code: row.text(5)?,
        sku_code: row.text(6)?,
        product_id: row.text(7)?,
        names: Names::new(row.text(8)?, row.text(9)?),
        charging_mode: row.parse(10)?,
        period_type: optional_code(row, 11)?,
        quantity: row.optional_int(12)?,
        trial: row.flag(13)?,
        state: row.parse(14)?,
        frozen_by_expiry: row.flag(15)?,
        frozen_by_violation: row.flag(16)?,
        activated_at: row.optional_instant(17)?,
        formal_at: row.optional_instant(18)?,
        expire_at: row.optional_instant(19)?,
        frozen_at: row.optional_instant(20)?,
        release_at: row.optional_instant(21)?,
        released_at: row.optional_instant(22)?,
        created_at: row.instant(23)?,
        version: row.int(24)?,
        acceptance: row.flag(25)?,
        accepted_at: row.optional_instant(26)?,
    })
}
