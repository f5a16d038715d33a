//! SQL of the catalogue.

use std::collections::BTreeMap;

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::{Integration, LinearAttribute, LinearKind, Names, Price, Product, ProductFilter, Sku};
use crate::window::Window;

macro_rules! product_columns {
    () => {
        "merchant_id, product_code, address_id, state, name_zh, name_en, description_zh, description_en, currency, \
         created_at, version, access, joint, app_id, acceptance, encryption_bits, buyer_authorization"
    };
}

mercer_kernel::statements! {
    INSERT_PRODUCT = "INSERT INTO st_product (merchant_id, product_code, address_id, state, name_zh, name_en, \
        description_zh, description_en, currency, created_at, access, joint, app_id, acceptance, encryption_bits, \
        buyer_authorization, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)";
    INSERT_SKU = "INSERT INTO st_sku (merchant_id, product_code, sku_code, position, name_zh, name_en, linear_name_zh, \
        linear_name_en, linear_min, linear_max, linear_step, linear_kind) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    INSERT_PRICE = "INSERT INTO st_price (merchant_id, product_code, sku_code, product_id, position, charging_mode, \
        period_type, price_mode, brackets, trial_days, on_sale) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    UPDATE_PRODUCT = "UPDATE st_product SET address_id = $3, state = $4, name_zh = $5, name_en = $6, description_zh = $7, \
        description_en = $8, version = version + 1 WHERE product_code = $1 AND version = $2";
    FIND_PRODUCT = concat!("SELECT ", product_columns!(), " FROM st_product WHERE product_code = $1");
    LIST_PRODUCTS = concat!("SELECT ", product_columns!(), " FROM st_product \
        WHERE ($1 = '' OR merchant_id = $1) AND ($2 = '' OR state = $2) \
        AND ($3 = '' OR lower(name_zh) LIKE lower($3) OR lower(name_en) LIKE lower($3)) \
        ORDER BY created_at DESC, product_code DESC LIMIT $4 OFFSET $5");
    LIST_SKUS = "SELECT sku_code, name_zh, name_en, linear_name_zh, linear_name_en, linear_min, linear_max, linear_step, \
        linear_kind FROM st_sku WHERE product_code = $1 ORDER BY position";
    LIST_PRICES = "SELECT sku_code, product_id, charging_mode, period_type, price_mode, brackets, trial_days, on_sale \
        FROM st_price WHERE product_code = $1 ORDER BY position";
    PRODUCT_OF_PRICE = "SELECT product_code FROM st_price WHERE product_id = $1";
    COUNT_FAILED_ORDER = "INSERT INTO st_failed_month (merchant_id, product_code, month, failed_orders) \
        VALUES ($1, $2, $3, 1) ON CONFLICT (merchant_id, product_code, month) \
        DO UPDATE SET failed_orders = st_failed_month.failed_orders + 1";
    DELIST_AFTER_FAILURES = "UPDATE st_product SET state = 'delisted', version = version + 1 \
        WHERE product_code = $2 AND state <> 'delisted' AND $4 < (SELECT failed_orders FROM st_failed_month \
        WHERE merchant_id = $1 AND product_code = $2 AND month = $3)";
    NOTE_DELISTED = "INSERT INTO st_notice (merchant_id, notice_id, kind, message_id, order_id, text_zh, text_en, created_at, \
        position) SELECT $1, $5, 'productDelisted', NULL, NULL, $6, $7, CAST($8 AS BIGINT), \
        CAST($9 AS BIGINT) FROM st_failed_month \
        WHERE merchant_id = $1 AND product_code = $2 AND month = $3 AND failed_orders = $4 + 1";
}

/// Adds the statements that insert a product with all it has.
pub(super) fn insert(batch: &mut Batch, product: &Product) {
    batch.one(
        INSERT_PRODUCT,
        args![
            &product.merchant_id,
            &product.product_code,
            &product.address_id,
            product.state,
            &product.name.zh,
            &product.name.en,
            &product.description.zh,
            &product.description.en,
            product.currency.code(),
            product.created_at,
            product.integration.access,
            product.integration.joint,
            product.integration.app_id.as_ref(),
            product.integration.acceptance,
            product.integration.encryption_bits,
            product.integration.authorization,
        ],
    );
    for (sku, position) in product.skus.iter().zip(0_i64..) {
        let linear = sku.linear.as_ref();
        batch.one(
            INSERT_SKU,
            args![
                &product.merchant_id,
                &product.product_code,
                &sku.sku_code,
                position,
                &sku.name.zh,
                &sku.name.en,
                linear.map(|linear| linear.name.zh.clone()),
                linear.map(|linear| linear.name.en.clone()),
                linear.map(|linear| linear.min),
                linear.map(|linear| linear.max),
                linear.map(|linear| linear.step),
                linear.map(|linear| linear.kind),
            ],
        );
        for (price, position) in sku.prices.iter().zip(0_i64..) {
            let brackets = serde_json::json!(price.brackets).to_string();
            batch.one(
                INSERT_PRICE,
                args![
                    &product.merchant_id,
                    &product.product_code,
                    &sku.sku_code,
                    &price.product_id,
                    position,
                    price.charging_mode,
                    price.period_type,
                    price.mode,
                    brackets,
                    price.trial_days,
                    price.on_sale,
                ],
            );
        }
    }
}

/// Adds the statement that writes what may change of a product.
pub(super) fn update(batch: &mut Batch, product: &Product) {
    batch.one(
        UPDATE_PRODUCT,
        args![
            &product.product_code,
            product.version,
            &product.address_id,
            product.state,
            &product.name.zh,
            &product.name.en,
            &product.description.zh,
            &product.description.en,
        ],
    );
}

/// One failed order of a product: whose, in which month, and what happens beyond the limit.
#[derive(Debug)]
pub(crate) struct FailedOrder<'a> {
    pub(crate) merchant_id: &'a str,
    pub(crate) product_code: &'a str,
    /// Calendar month in store time, `2026-11`.
    pub(crate) month: &'a str,
    /// More failed orders than this delist the product.
    pub(crate) limit: i64,
    pub(crate) notice_id: &'a str,
    pub(crate) text: &'a Names,
    pub(crate) now: Instant,
    pub(crate) position: i64,
}

/// Counts a failed order and delists the product when the month's limit is exceeded. Counting and
/// comparing are one transaction, so two orders that fail at once cannot both miss the limit.
pub(crate) fn delist_after_failures(batch: &mut Batch, failed: &FailedOrder<'_>) {
    let FailedOrder { merchant_id, product_code, month, limit, notice_id, text, now, position } = failed;
    batch.one(COUNT_FAILED_ORDER, args![*merchant_id, *product_code, *month]);
    batch.any(DELIST_AFTER_FAILURES, args![*merchant_id, *product_code, *month, *limit]);
    batch.any(
        NOTE_DELISTED,
        args![*merchant_id, *product_code, *month, *limit, *notice_id, &text.zh, &text.en, *now, *position,],
    );
}

/// Reads a product with all it has.
pub(super) async fn find(db: &Db, product_code: &str) -> Result<Option<Product>, DbError> {
    match db.query_one(FIND_PRODUCT, args![product_code]).await? {
        Some(row) => with_skus(db, product(&row)?).await.map(Some),
        None => Ok(None),
    }
}

/// Which product a `productId` belongs to.
pub(super) async fn product_of_price(db: &Db, product_id: &str) -> Result<Option<String>, DbError> {
    db.query_one(PRODUCT_OF_PRICE, args![product_id]).await?.map(|row| row.text(0)).transpose()
}

/// Lists products, newest first.
pub(super) async fn list(db: &Db, filter: &ProductFilter, window: Window) -> Result<Vec<Product>, DbError> {
    let state = filter.state.map_or("", super::ProductState::code);
    let text = if filter.text.is_empty() { String::new() } else { format!("%{}%", filter.text) };
    let rows =
        db.query(LIST_PRODUCTS, args![&filter.merchant_id, state, text, window.limit(), window.offset()]).await?;
    let mut products = Vec::with_capacity(rows.len());
    for row in &rows {
        products.push(with_skus(db, product(row)?).await?);
    }
    Ok(products)
}

async fn with_skus(db: &Db, mut product: Product) -> Result<Product, DbError> {
    let mut prices: BTreeMap<String, Vec<Price>> = BTreeMap::new();
    for row in db.query(LIST_PRICES, args![&product.product_code]).await? {
        prices.entry(row.text(0)?).or_default().push(price(&row)?);
    }
    for row in db.query(LIST_SKUS, args![&product.product_code]).await? {
        let mut sku = sku(&row)?;
        sku.prices = prices.remove(&sku.sku_code).unwrap_or_default();
        product.skus.push(sku);
    }
    Ok(product)
}

fn product(row: &Row) -> Result<Product, DbError> {
    Ok(Product {
        merchant_id: row.text(0)?,
        product_code: row.text(1)?,
        address_id: row.text(2)?,
        state: row.parse(3)?,
        name: Names::new(row.text(4)?, row.text(5)?),
        description: Names::new(row.text(6)?, row.text(7)?),
        currency: row.parse(8)?,
        created_at: row.instant(9)?,
        version: row.int(10)?,
        integration: Integration {
            access: row.parse(11)?,
            joint: row.flag(12)?,
            app_id: row.optional_text(13)?,
            acceptance: row.flag(14)?,
            encryption_bits: row.int(15)?,
            authorization: row.parse(16)?,
        },
        skus: Vec::new(),
    })
}

fn sku(row: &Row) -> Result<Sku, DbError> {
    let linear = match (row.optional_int(5)?, row.optional_int(6)?, row.optional_int(7)?) {
        (Some(min), Some(max), Some(step)) => {
            let kind = optional_code(row, 8)?.unwrap_or(LinearKind::Amount);
            Some(LinearAttribute { name: Names::new(row.text(3)?, row.text(4)?), kind, min, max, step })
        }
        _ => None,
    };
    Ok(Sku { sku_code: row.text(0)?, name: Names::new(row.text(1)?, row.text(2)?), linear, prices: Vec::new() })
}

fn price(row: &Row) -> Result<Price, DbError> {
    Ok(Price {
        product_id: row.text(1)?,
        charging_mode: row.parse(2)?,
        period_type: optional_code(row, 3)?,
        mode: row.parse(4)?,
        brackets: row.json(5)?,
        trial_days: row.optional_int(6)?,
        on_sale: row.flag(7)?,
    })
}

/// A TEXT column that holds a code or NULL.
pub(crate) fn optional_code<T: std::str::FromStr>(row: &Row, column: usize) -> Result<Option<T>, DbError> {
    match row.optional_text(column)? {
        Some(_) => row.parse(column).map(Some),
        None => Ok(None),
    }
}
