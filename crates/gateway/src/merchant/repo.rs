//! The SQL of merchants, their access keys and their links to the store.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row};
use mercer_kernel::vault::Place;
use serde::Serialize;

use super::{AddedKey, InterfaceType, NewMerchant, Site};

mercer_kernel::statements! {
    /// A new merchant, unless it is there.
    pub(crate) INSERT_MERCHANT = "INSERT INTO gw_merchant (merchant_id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    /// One merchant.
    pub(crate) FIND_MERCHANT = "SELECT merchant_id, name, created_at FROM gw_merchant WHERE merchant_id = $1";
    /// All merchants.
    pub(crate) LIST_MERCHANTS = "SELECT merchant_id, name, created_at FROM gw_merchant ORDER BY merchant_id LIMIT 1000";
    /// A new access key.
    pub(crate) INSERT_KEY = "INSERT INTO gw_access_key (merchant_id, key_id, interface_type, key_sealed, created_at) VALUES ($1, $2, $3, $4, $5)";
    /// Keys of a merchant, newest first.
    pub(crate) LIST_KEYS = "SELECT key_id, interface_type, created_at, last_used_at, revoked_at, key_sealed FROM gw_access_key WHERE merchant_id = $1 ORDER BY key_id DESC LIMIT 200";
    /// Valid keys of a merchant, newest first, with the merchant itself even when it has none.
    pub(crate) VALID_KEYS = "SELECT k.key_id, k.interface_type, k.key_sealed, k.last_used_at FROM gw_merchant m LEFT JOIN gw_access_key k ON k.merchant_id = m.merchant_id AND k.revoked_at IS NULL WHERE m.merchant_id = $1 ORDER BY k.key_id DESC";
    /// Ends a key.
    pub(crate) REVOKE_KEY = "UPDATE gw_access_key SET revoked_at = $3 WHERE merchant_id = $1 AND key_id = $2 AND revoked_at IS NULL";
    /// Remembers that a key was used.
    pub(crate) TOUCH_KEY = "UPDATE gw_access_key SET last_used_at = $3 WHERE merchant_id = $1 AND key_id = $2";
    /// The link of a merchant to the store.
    pub(crate) PUT_LINK = "INSERT INTO gw_store_link (merchant_id, site, base_url, access_key_id, secret_sealed, updated_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (merchant_id) DO UPDATE SET site = excluded.site, base_url = excluded.base_url, access_key_id = excluded.access_key_id, secret_sealed = excluded.secret_sealed, updated_at = excluded.updated_at, version = gw_store_link.version + 1";
    /// One link.
    pub(crate) FIND_LINK = "SELECT merchant_id, site, base_url, access_key_id, updated_at, secret_sealed FROM gw_store_link WHERE merchant_id = $1";
    /// All links.
    pub(crate) LIST_LINKS = "SELECT merchant_id, site, base_url, access_key_id, updated_at, secret_sealed FROM gw_store_link ORDER BY merchant_id LIMIT 1000";
}

/// A merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Merchant {
    /// Part of its production address.
    pub merchant_id: String,
    /// For people.
    pub name: String,
    /// When it was entered.
    pub created_at: Instant,
}

/// An access key without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// Our id for it.
    pub key_id: String,
    /// What it is bound to.
    pub interface_type: InterfaceType,
    /// Its first and last characters; for an RSA key its length and the fingerprint of its public key.
    pub masked: String,
    /// PEM of the public key to paste into the store; RSA keys only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// When it was added.
    pub created_at: Instant,
    /// When a call was last signed with it, or a secret opened by it, to the minute.
    pub last_used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// How a merchant reaches the store's open APIs, without the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreLink {
    /// Whose it is.
    pub merchant_id: String,
    /// Which site.
    pub site: Site,
    /// Scheme and host.
    pub base_url: String,
    /// AK.
    pub access_key_id: String,
    /// When it was entered.
    pub updated_at: Instant,
}

/// A valid key as stored.
pub(crate) struct ValidKey {
    pub(crate) key_id: String,
    pub(crate) interface_type: InterfaceType,
    pub(crate) sealed: String,
    pub(crate) last_used_at: Option<Instant>,
}

/// Where a key's text is bound to.
pub(crate) fn key_place(row: &str) -> Place<'_> {
    Place { table: "gw_access_key", row, column: "key_sealed" }
}

/// Where a link's secret is bound to.
pub(crate) fn link_place(merchant_id: &str) -> Place<'_> {
    Place { table: "gw_store_link", row: merchant_id, column: "secret_sealed" }
}

pub(crate) async fn insert_merchant(db: &Db, new: &NewMerchant, now: Instant) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.any(INSERT_MERCHANT, args![&new.merchant_id, &new.name, now]);
    db.apply(batch).await.map(drop)
}

pub(crate) async fn find_merchant(db: &Db, merchant_id: &str) -> Result<Option<Merchant>, DbError> {
    db.query_one(FIND_MERCHANT, args![merchant_id]).await?.map(|row| merchant(&row)).transpose()
}

pub(crate) async fn list_merchants(db: &Db) -> Result<Vec<Merchant>, DbError> {
    db.query(LIST_MERCHANTS, Vec::new()).await?.iter().map(merchant).collect()
}

pub(crate) async fn insert_key(
    db: &Db,
    merchant_id: &str,
    key: &AddedKey,
    sealed: &str,
    now: Instant,
) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.one(INSERT_KEY, args![merchant_id, &key.key_id, key.interface_type.as_str(), sealed, now]);
    db.apply(batch).await.map(drop)
}

/// Keys with their sealed texts; `masked` is still empty.
pub(crate) async fn list_keys(db: &Db, merchant_id: &str) -> Result<Vec<(KeyRow, String)>, DbError> {
    let rows = db.query(LIST_KEYS, args![merchant_id]).await?;
    rows.iter().map(key).collect()
}

/// None when there is no such merchant.
pub(crate) async fn valid_keys(db: &Db, merchant_id: &str) -> Result<Option<Vec<ValidKey>>, DbError> {
    let rows = db.query(VALID_KEYS, args![merchant_id]).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(key_id) = row.optional_text(0)? {
            keys.push(ValidKey {
                key_id,
                interface_type: row.parse(1)?,
                sealed: row.text(2)?,
                last_used_at: row.optional_instant(3)?,
            });
        }
    }
    Ok(Some(keys))
}

pub(crate) async fn revoke_key(db: &Db, merchant_id: &str, key_id: &str, now: Instant) -> Result<bool, DbError> {
    let mut batch = Batch::new();
    batch.any(REVOKE_KEY, args![merchant_id, key_id, now]);
    let results = db.apply(batch).await?;
    Ok(results.first().is_some_and(|result| result.rows_affected == 1))
}

/// Adds the remark that a key was used.
pub(crate) fn touch_key(batch: &mut Batch, merchant_id: &str, key_id: &str, now: Instant) {
    batch.any(TOUCH_KEY, args![merchant_id, key_id, now]);
}

pub(crate) async fn put_store_link(db: &Db, link: &StoreLink, sealed: &str) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.one(
        PUT_LINK,
        args![&link.merchant_id, link.site.as_str(), &link.base_url, &link.access_key_id, sealed, link.updated_at],
    );
    db.apply(batch).await.map(drop)
}

pub(crate) async fn find_store_link(db: &Db, merchant_id: &str) -> Result<Option<(StoreLink, String)>, DbError> {
    db.query_one(FIND_LINK, args![merchant_id]).await?.map(|row| Ok((link(&row)?, row.text(5)?))).transpose()
}

pub(crate) async fn list_store_links(db: &Db) -> Result<Vec<StoreLink>, DbError> {
    db.query(LIST_LINKS, Vec::new()).await?.iter().map(link).collect()
}

fn merchant(row: &Row) -> Result<Merchant, DbError> {
    Ok(Merchant { merchant_id: row.text(0)?, name: row.text(1)?, created_at: row.instant(2)? })
}

fn key(row: &Row) -> Result<(KeyRow, String), DbError> {
    let key = KeyRow {
        key_id: row.text(0)?,
        interface_type: row.parse(1)?,
        masked: String::new(),
        public_key: None,
        created_at: row.instant(2)?,
        last_used_at: row.optional_instant(3)?,
        revoked_at: row.optional_instant(4)?,
    };
    Ok((key, row.text(5)?))
}

fn link(row: &Row) -> Result<StoreLink, DbError> {
    Ok(StoreLink {
        merchant_id: row.text(0)?,
        site: row.parse(1)?,
        base_url: row.text(2)?,
        access_key_id: row.text(3)?,
        updated_at: row.instant(4)?,
    })
}
