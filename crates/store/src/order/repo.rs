//! SQL of orders.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row};
use mercer_kernel::money::{Currency, Money};

use super::{Order, OrderFilter, OrderKind, OrderState};
use crate::Core;
use crate::catalog::{Names, optional_code};
use crate::window::Window;

/// Most orders read for one instance: two renewals a week for the longest life.
const ORDERS_OF_INSTANCE: i64 = 1_000;

macro_rules! columns {
    () => {
        "merchant_id, order_id, buyer_id, kind, state, product_code, sku_code, product_id, product_name, name_zh, name_en, \
         charging_mode, period_type, period_number, quantity, currency, amount, payable, refunded, resource_id, \
         related_order_id, expire_before, expire_after, reference_expire_at, extend_params, failure, quota_slot, \
         created_at, paid_at, finished_at, version"
    };
}

mercer_kernel::statements! {
    INSERT = concat!("INSERT INTO st_order (", columns!(), ", position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
        $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, 1, $31)");
    UPDATE = "UPDATE st_order SET state = $3, refunded = $4, resource_id = $5, expire_before = $6, expire_after = $7, \
        failure = $8, paid_at = $9, finished_at = $10, version = version + 1 WHERE order_id = $1 AND version = $2";
    FIND = concat!("SELECT ", columns!(), " FROM st_order WHERE order_id = $1");
    OF_INSTANCE = concat!("SELECT ", columns!(), " FROM st_order WHERE resource_id = $1 \
        ORDER BY created_at DESC, position DESC LIMIT $2");
    LIST = concat!("SELECT ", columns!(), " FROM st_order WHERE ($1 = '' OR merchant_id = $1) AND ($2 = '' OR buyer_id = $2) \
        AND ($3 = '' OR product_code = $3) AND ($4 = '' OR resource_id = $4) AND ($5 = '' OR kind = $5) \
        AND ($6 = '' OR state = $6) AND ($7 = '' OR lower(order_id) LIKE lower($7) OR lower(name_zh) LIKE lower($7) \
        OR lower(name_en) LIKE lower($7)) AND created_at >= $8 AND created_at < $9 \
        ORDER BY created_at DESC, position DESC LIMIT $10 OFFSET $11");
    COUNT_QUOTA = "SELECT COUNT(*) FROM st_order WHERE buyer_id = $1 AND quota_slot IS NOT NULL \
        AND created_at >= $2 AND created_at < $3";
}

/// Adds the statement that inserts an order.
pub(crate) fn insert(core: &Core, batch: &mut Batch, order: &Order) {
    let extend_params = serde_json::json!(order.extend_params).to_string();
    batch.one(
        INSERT,
        args![
            &order.merchant_id,
            &order.order_id,
            &order.buyer_id,
            order.kind,
            order.state,
            &order.product_code,
            &order.sku_code,
            &order.product_id,
            &order.product_name,
            &order.names.zh,
            &order.names.en,
            order.charging_mode,
            order.period_type,
            order.period_number,
            order.quantity,
            order.currency.code(),
            order.amount.minor(),
            order.payable.minor(),
            order.refunded.minor(),
            order.resource_id.as_ref(),
            order.related_order_id.as_ref(),
            order.expire_before,
            order.expire_after,
            order.reference_expire_at,
            extend_params,
            &order.failure,
            order.quota_slot.as_ref(),
            order.created_at,
            order.paid_at,
            order.finished_at,
            core.next_position(),
        ],
    );
}

/// Adds the statement that writes what may change of an order; a conflict when somebody else was faster.
pub(crate) fn update(batch: &mut Batch, order: &Order) {
    batch.one(
        UPDATE,
        args![
            &order.order_id,
            order.version,
            order.state,
            order.refunded.minor(),
            order.resource_id.as_ref(),
            order.expire_before,
            order.expire_after,
            &order.failure,
            order.paid_at,
            order.finished_at,
        ],
    );
}

/// The order with this id.
pub(crate) async fn find(db: &Db, order_id: &str) -> Result<Option<Order>, DbError> {
    db.query_one(FIND, args![order_id]).await?.map(|row| read(&row)).transpose()
}

/// The orders of an instance, newest first.
pub(crate) async fn of_instance(db: &Db, resource_id: &str) -> Result<Vec<Order>, DbError> {
    db.query(OF_INSTANCE, args![resource_id, ORDERS_OF_INSTANCE]).await?.iter().map(read).collect()
}

/// How many places of a buyer's quota of no-reason refunds are taken between two instants.
pub(crate) async fn count_quota(db: &Db, buyer_id: &str, (from, to): (Instant, Instant)) -> Result<i64, DbError> {
    db.query_one(COUNT_QUOTA, args![buyer_id, from, to]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Lists orders, newest first.
pub(super) async fn list(db: &Db, filter: &OrderFilter, window: Window) -> Result<Vec<Order>, DbError> {
    let text = if filter.text.is_empty() { String::new() } else { format!("%{}%", filter.text) };
    let rows = db
        .query(
            LIST,
            args![
                &filter.merchant_id,
                &filter.buyer_id,
                &filter.product_code,
                &filter.resource_id,
                filter.kind.map_or("", OrderKind::code),
                filter.state.map_or("", OrderState::code),
                text,
                filter.created_from.unwrap_or(Instant::from_micros(i64::MIN)),
                filter.created_to.unwrap_or(Instant::from_micros(i64::MAX)),
                window.limit(),
                window.offset(),
            ],
        )
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Order, DbError> {
    let currency: Currency = row.parse(15)?;
    let money = |column: usize| {
        Money::from_minor(row.int(column)?, currency)
            .map_err(|error| DbError::Decode(format!("column {column}: {error}")))
    };
    Ok(Order {
        merchant_id: row.text(0)?,
        order_id: row.text(1)?,
        buyer_id: row.text(2)?,
        kind: row.parse(3)?,
        state: row.parse(4)?,
        product_code: row.text(5)?,
        sku_code: row.text(6)?,
        product_id: row.text(7)?,
        product_name: row.text(8)?,
        names: Names::new(row.text(9)?, row.text(10)?),
        charging_mode: row.parse(11)?,
        period_type: optional_code(row, 12)?,
        period_number: row.optional_int(13)?,
        quantity: row.optional_int(14)?,
        currency,
        amount: money(16)?,
        payable: money(17)?,
        refunded: money(18)?,
        resource_id: row.optional_text(19)?,
        related_order_id: row.optional_text(20)?,
        expire_before: row.optional_instant(21)?,
        expire_after: row.optional_instant(22)?,
        reference_expire_at: row.optional_instant(23)?,
        extend_params: row.json(24)?,
        failure: row.text(25)?,
        quota_slot: row.optional_text(26)?,
        created_at: row.instant(27)?,
        paid_at: row.optional_instant(28)?,
        finished_at: row.optional_instant(29)?,
        version: row.int(30)?,
    })
}
