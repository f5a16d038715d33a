//! The SQL of connectors and of the products they serve.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError, Row};
use mercer_kernel::vault::Place;

use super::Connector;
use crate::error::GatewayError;
use crate::instance::Specification;

macro_rules! columns {
    () => {
        "c.merchant_id, c.connector_id, c.name, c.config, c.secret_sealed, c.version, c.created_at, c.updated_at"
    };
}

mercer_kernel::statements! {
    /// Connectors of a merchant.
    pub(crate) LIST = concat!("SELECT ", columns!(), " FROM gw_connector c WHERE c.merchant_id = $1 ORDER BY c.name, c.connector_id LIMIT 1000");
    /// One connector.
    pub(crate) FIND = concat!("SELECT ", columns!(), " FROM gw_connector c WHERE c.merchant_id = $1 AND c.connector_id = $2");
    /// The connectors that name the product, the SKU, or nothing; the caller picks the most exact.
    pub(crate) SERVING = concat!("SELECT ", columns!(), ", p.product FROM gw_connector_product p JOIN gw_connector c \
        ON c.merchant_id = p.merchant_id AND c.connector_id = p.connector_id \
        WHERE p.merchant_id = $1 AND p.product IN ($2, $3, '')");
    /// What the connectors of a merchant serve.
    pub(crate) PRODUCTS = "SELECT connector_id, product FROM gw_connector_product WHERE merchant_id = $1 ORDER BY product";
    /// A new connector.
    pub(crate) INSERT = "INSERT INTO gw_connector (merchant_id, connector_id, name, kind, config, secret_sealed, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    /// A changed connector.
    pub(crate) UPDATE = "UPDATE gw_connector SET name = $4, kind = $5, config = $6, secret_sealed = $7, updated_at = $8, version = version + 1 WHERE merchant_id = $1 AND connector_id = $2 AND version = $3";
    /// Forgets what a connector serves.
    pub(crate) CLEAR_PRODUCTS = "DELETE FROM gw_connector_product WHERE merchant_id = $1 AND connector_id = $2";
    /// One product a connector serves; taken by another one is a conflict.
    pub(crate) INSERT_PRODUCT = "INSERT INTO gw_connector_product (merchant_id, product, connector_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    /// Removes a connector.
    pub(crate) DELETE = "DELETE FROM gw_connector WHERE merchant_id = $1 AND connector_id = $2";
}

/// A connector as stored.
pub(crate) struct Stored {
    pub(crate) connector: Connector,
    pub(crate) secret_sealed: Option<String>,
}

/// Where a connector's secret is bound to.
pub(crate) fn secret_place(row: &str) -> Place<'_> {
    Place { table: "gw_connector", row, column: "secret_sealed" }
}

pub(crate) async fn list(db: &Db, merchant_id: &str) -> Result<Vec<Stored>, DbError> {
    let mut connectors = db.query(LIST, args![merchant_id]).await?.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
    add_products(db, merchant_id, &mut connectors).await?;
    Ok(connectors)
}

pub(crate) async fn find(db: &Db, merchant_id: &str, connector_id: &str) -> Result<Option<Stored>, DbError> {
    let Some(row) = db.query_one(FIND, args![merchant_id, connector_id]).await? else {
        return Ok(None);
    };
    let mut connectors = vec![stored(&row)?];
    add_products(db, merchant_id, &mut connectors).await?;
    Ok(connectors.pop())
}

/// The connector for a specification: one that names the product before one that names the SKU
/// before the default. Its `products` stay empty.
pub(crate) async fn serving(
    db: &Db,
    merchant_id: &str,
    specification: &Specification,
) -> Result<Option<Stored>, DbError> {
    let rows = db.query(SERVING, args![merchant_id, &specification.product_id, &specification.sku_code]).await?;
    let mut best: Option<(u8, &Row)> = None;
    for row in &rows {
        let product = row.text(8)?;
        let rank = match product.as_str() {
            "" => 2,
            product if product == specification.product_id => 0,
            _ => 1,
        };
        if best.is_none_or(|(present, _)| rank < present) {
            best = Some((rank, row));
        }
    }
    best.map(|(_, row)| stored(row)).transpose()
}

/// Writes a connector with its products; `read_version` is none for a new one.
pub(crate) async fn write(
    db: &Db,
    connector: &Connector,
    secret_sealed: Option<String>,
    read_version: Option<i64>,
) -> Result<(), GatewayError> {
    let config = serde_json::to_string(&connector.settings).expect("settings are plain data");
    let mut batch = Batch::new();
    let (merchant_id, connector_id, kind) =
        (&connector.merchant_id, &connector.connector_id, connector.settings.kind());
    match read_version {
        None => batch.one(
            INSERT,
            args![merchant_id, connector_id, &connector.name, kind, config, secret_sealed, connector.updated_at],
        ),
        Some(version) => batch.one(
            UPDATE,
            args![
                merchant_id,
                connector_id,
                version,
                &connector.name,
                kind,
                config,
                secret_sealed,
                connector.updated_at
            ],
        ),
    };
    batch.any(CLEAR_PRODUCTS, args![merchant_id, connector_id]);
    let first_product = batch.len();
    if connector.products.is_empty() {
        batch.one(INSERT_PRODUCT, args![merchant_id, "", connector_id]);
    }
    for product in &connector.products {
        batch.one(INSERT_PRODUCT, args![merchant_id, product, connector_id]);
    }
    match db.apply(batch).await {
        Ok(_) => Ok(()),
        Err(DbError::Conflict { statement }) if statement >= first_product => {
            let taken = connector.products.get(statement - first_product);
            Err(match taken {
                Some(product) => GatewayError::Conflict {
                    code: "connector.product_taken",
                    zh: format!("商品或规格 {product} 已由另一个连接器负责"),
                    en: format!("another connector already serves '{product}'"),
                },
                None => GatewayError::Conflict {
                    code: "connector.default_taken",
                    zh: "该商家已有默认连接器，请为新的连接器指定商品".to_owned(),
                    en: "the merchant already has a default connector; name the products of the new one".to_owned(),
                },
            })
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn delete(db: &Db, merchant_id: &str, connector_id: &str) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.any(CLEAR_PRODUCTS, args![merchant_id, connector_id]);
    super::forget_accounts(&mut batch, merchant_id, connector_id);
    batch.one(DELETE, args![merchant_id, connector_id]);
    db.apply(batch).await.map(drop)
}

async fn add_products(db: &Db, merchant_id: &str, connectors: &mut [Stored]) -> Result<(), DbError> {
    for row in db.query(PRODUCTS, args![merchant_id]).await? {
        let (connector_id, product) = (row.text(0)?, row.text(1)?);
        let owner = connectors.iter_mut().find(|stored| stored.connector.connector_id == connector_id);
        if let Some(stored) = owner.filter(|_| !product.is_empty()) {
            stored.connector.products.push(product);
        }
    }
    Ok(())
}

fn stored(row: &Row) -> Result<Stored, DbError> {
    Ok(Stored {
        connector: Connector {
            merchant_id: row.text(0)?,
            connector_id: row.text(1)?,
            name: row.text(2)?,
            settings: row.json(3)?,
            products: Vec::new(),
            version: row.int(5)?,
            created_at: row.instant(6)?,
            updated_at: row.instant(7)?,
        },
        secret_sealed: row.optional_text(4)?,
    })
}
