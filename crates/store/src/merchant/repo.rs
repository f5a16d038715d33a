//! The SQL of merchants, their secrets and addresses, and buyers.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::{Buyer, CustomerType, InterfaceType, Merchant, ProductionAddress};
use crate::window::Window;

mercer_kernel::statements! {
    /// One merchant.
    pub(crate) FIND_MERCHANT =
        "SELECT merchant_id, name, name_en, created_at, version FROM st_merchant WHERE merchant_id = $1";
    /// A page of merchants.
    pub(crate) LIST_MERCHANTS =
        "SELECT merchant_id, name, name_en, created_at, version FROM st_merchant
         ORDER BY created_at, merchant_id LIMIT $1 OFFSET $2";
    /// Takes nothing from an existing merchant: no row means that the id is taken.
    pub(crate) INSERT_MERCHANT =
        "INSERT INTO st_merchant (merchant_id, name, name_en, created_at, version)
         VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING";
    /// Makes concurrent changes below one merchant see each other.
    pub(crate) TOUCH_MERCHANT =
        "UPDATE st_merchant SET version = version + 1 WHERE merchant_id = $1 AND version = $2";

    /// All keys of a merchant, newest first.
    pub(crate) LIST_KEYS =
        "SELECT key_id, interface_type, sealed, created_at, expires_at FROM st_access_key
         WHERE merchant_id = $1 ORDER BY created_at DESC, key_id DESC";
    /// A new key.
    pub(crate) INSERT_KEY =
        "INSERT INTO st_access_key (merchant_id, key_id, interface_type, sealed, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, NULL)";
    /// A rotation sets the end of an older key.
    pub(crate) RETIRE_KEY =
        "UPDATE st_access_key SET expires_at = $3 WHERE merchant_id = $1 AND key_id = $2";

    /// All addresses of a merchant.
    pub(crate) LIST_ADDRESSES =
        "SELECT address_id, merchant_id, url, state, token, created_at, certified_at, version
         FROM st_production_address WHERE merchant_id = $1 ORDER BY created_at, address_id";
    /// One address.
    pub(crate) FIND_ADDRESS =
        "SELECT address_id, merchant_id, url, state, token, created_at, certified_at, version
         FROM st_production_address WHERE merchant_id = $1 AND address_id = $2";
    /// A new address.
    pub(crate) INSERT_ADDRESS =
        "INSERT INTO st_production_address
         (merchant_id, address_id, url, state, token, created_at, certified_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1)";
    /// Control over the address was proved.
    pub(crate) CERTIFY_ADDRESS =
        "UPDATE st_production_address SET state = 'certified', certified_at = $4, version = version + 1
         WHERE merchant_id = $1 AND address_id = $2 AND version = $3";
    /// Another URL; the proof of the old one says nothing about it.
    pub(crate) MOVE_ADDRESS =
        "UPDATE st_production_address
         SET url = $4, state = $5, token = $6, certified_at = $7, version = version + 1
         WHERE merchant_id = $1 AND address_id = $2 AND version = $3";

    /// All AK of a merchant.
    pub(crate) LIST_CREDENTIALS =
        "SELECT ak, created_at FROM st_credential WHERE merchant_id = $1 ORDER BY created_at, ak";
    /// Who calls with this AK.
    pub(crate) FIND_CREDENTIAL =
        "SELECT merchant_id, sealed_sk FROM st_credential WHERE ak = $1 AND state = 'active'";
    /// A new pair; no row means that the AK is taken.
    pub(crate) INSERT_CREDENTIAL =
        "INSERT INTO st_credential (merchant_id, ak, sealed_sk, state, created_at)
         VALUES ($1, $2, $3, 'active', $4) ON CONFLICT DO NOTHING";
    /// Another secret for an AK.
    pub(crate) REPLACE_SECRET =
        "UPDATE st_credential SET sealed_sk = $3, state = 'active' WHERE merchant_id = $1 AND ak = $2";
    /// Whose AK it is, whatever its state.
    pub(crate) OWNER_OF_AK = "SELECT merchant_id FROM st_credential WHERE ak = $1";

    /// One buyer.
    pub(crate) FIND_BUYER =
        "SELECT customer_id, customer_name, customer_real_name, customer_type, mobile_phone, email,
                user_id, user_name, created_at FROM st_buyer WHERE customer_id = $1";
    /// A buyer by account name.
    pub(crate) FIND_BUYER_BY_NAME =
        "SELECT customer_id, customer_name, customer_real_name, customer_type, mobile_phone, email,
                user_id, user_name, created_at FROM st_buyer WHERE customer_name = $1";
    /// A page of buyers.
    pub(crate) LIST_BUYERS =
        "SELECT customer_id, customer_name, customer_real_name, customer_type, mobile_phone, email,
                user_id, user_name, created_at FROM st_buyer ORDER BY created_at, customer_id LIMIT $1 OFFSET $2";
    /// A new buyer; no row means that id or name is taken.
    pub(crate) INSERT_BUYER =
        "INSERT INTO st_buyer (customer_id, customer_name, customer_real_name, customer_type, mobile_phone,
                email, user_id, user_name, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) ON CONFLICT DO NOTHING";
}

/// An access key as its row holds it.
pub(super) struct KeyRow {
    pub(super) key_id: String,
    pub(super) interface_type: InterfaceType,
    pub(super) sealed: String,
    pub(super) created_at: Instant,
    pub(super) expires_at: Option<Instant>,
}

pub(super) async fn find_merchant(db: &Db, merchant_id: &str) -> Result<Option<Merchant>, DbError> {
    let row = db.query_one(FIND_MERCHANT, args![merchant_id]).await?;
    row.as_ref().map(merchant).transpose()
}

pub(super) async fn list_merchants(db: &Db, window: Window) -> Result<Vec<Merchant>, DbError> {
    let rows = db.query(LIST_MERCHANTS, args![window.limit(), window.offset()]).await?;
    rows.iter().map(merchant).collect()
}

pub(super) fn insert_merchant(batch: &mut Batch, merchant: &Merchant) {
    batch.one(INSERT_MERCHANT, args![&merchant.merchant_id, &merchant.name, &merchant.name_en, merchant.created_at]);
}

pub(super) fn touch_merchant(batch: &mut Batch, merchant: &Merchant) {
    batch.one(TOUCH_MERCHANT, args![&merchant.merchant_id, merchant.version]);
}

pub(super) async fn list_keys(db: &Db, merchant_id: &str) -> Result<Vec<KeyRow>, DbError> {
    let rows = db.query(LIST_KEYS, args![merchant_id]).await?;
    rows.iter().map(key).collect()
}

pub(super) fn insert_key(batch: &mut Batch, merchant_id: &str, key: &KeyRow) {
    batch.one(INSERT_KEY, args![merchant_id, &key.key_id, key.interface_type, &key.sealed, key.created_at]);
}

pub(super) fn retire_key(batch: &mut Batch, merchant_id: &str, key_id: &str, at: Instant) {
    batch.one(RETIRE_KEY, args![merchant_id, key_id, at]);
}

pub(super) async fn list_addresses(db: &Db, merchant_id: &str) -> Result<Vec<ProductionAddress>, DbError> {
    let rows = db.query(LIST_ADDRESSES, args![merchant_id]).await?;
    rows.iter().map(production_address).collect()
}

pub(super) async fn find_address(
    db: &Db,
    merchant_id: &str,
    address_id: &str,
) -> Result<Option<ProductionAddress>, DbError> {
    let row = db.query_one(FIND_ADDRESS, args![merchant_id, address_id]).await?;
    row.as_ref().map(production_address).transpose()
}

pub(super) fn insert_address(batch: &mut Batch, address: &ProductionAddress) {
    batch.one(
        INSERT_ADDRESS,
        args![
            &address.merchant_id,
            &address.address_id,
            &address.url,
            address.state,
            &address.verification_token,
            address.created_at,
            address.certified_at
        ],
    );
}

pub(super) fn certify_address(batch: &mut Batch, address: &ProductionAddress, at: Instant) {
    batch.one(CERTIFY_ADDRESS, args![&address.merchant_id, &address.address_id, address.version, at]);
}

pub(super) fn move_address(batch: &mut Batch, moved: &ProductionAddress, version: i64) {
    batch.one(
        MOVE_ADDRESS,
        args![
            &moved.merchant_id,
            &moved.address_id,
            version,
            &moved.url,
            moved.state,
            &moved.verification_token,
            moved.certified_at
        ],
    );
}

pub(super) async fn list_credentials(db: &Db, merchant_id: &str) -> Result<Vec<(String, Instant)>, DbError> {
    let rows = db.query(LIST_CREDENTIALS, args![merchant_id]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.instant(1)?))).collect()
}

/// Merchant id and sealed SK of an active AK.
pub(super) async fn find_credential(db: &Db, ak: &str) -> Result<Option<(String, String)>, DbError> {
    let row = db.query_one(FIND_CREDENTIAL, args![ak]).await?;
    row.map(|row| Ok((row.text(0)?, row.text(1)?))).transpose()
}

pub(super) async fn owner_of_ak(db: &Db, ak: &str) -> Result<Option<String>, DbError> {
    let row = db.query_one(OWNER_OF_AK, args![ak]).await?;
    row.map(|row| row.text(0)).transpose()
}

pub(super) fn insert_credential(batch: &mut Batch, merchant_id: &str, ak: &str, sealed_sk: &str, at: Instant) {
    batch.one(INSERT_CREDENTIAL, args![merchant_id, ak, sealed_sk, at]);
}

pub(super) fn replace_secret(batch: &mut Batch, merchant_id: &str, ak: &str, sealed_sk: &str) {
    batch.one(REPLACE_SECRET, args![merchant_id, ak, sealed_sk]);
}

pub(super) async fn find_buyer(db: &Db, customer_id: &str) -> Result<Option<Buyer>, DbError> {
    let row = db.query_one(FIND_BUYER, args![customer_id]).await?;
    row.as_ref().map(buyer).transpose()
}

pub(super) async fn find_buyer_by_name(db: &Db, name: &str) -> Result<Option<Buyer>, DbError> {
    let row = db.query_one(FIND_BUYER_BY_NAME, args![name]).await?;
    row.as_ref().map(buyer).transpose()
}

pub(super) async fn list_buyers(db: &Db, window: Window) -> Result<Vec<Buyer>, DbError> {
    let rows = db.query(LIST_BUYERS, args![window.limit(), window.offset()]).await?;
    rows.iter().map(buyer).collect()
}

pub(super) fn insert_buyer(batch: &mut Batch, buyer: &Buyer) {
    batch.one(
        INSERT_BUYER,
        args![
            &buyer.customer_id,
            &buyer.customer_name,
            buyer.customer_real_name.as_deref(),
            buyer.customer_type.number(),
            buyer.mobile_phone.as_deref(),
            buyer.email.as_deref(),
            buyer.user_id.as_deref(),
            buyer.user_name.as_deref(),
            buyer.created_at
        ],
    );
}

fn merchant(row: &Row) -> Result<Merchant, DbError> {
    Ok(Merchant {
        merchant_id: row.text(0)?,
        name: row.text(1)?,
        name_en: row.text(2)?,
        created_at: row.instant(3)?,
        version: row.int(4)?,
    })
}

fn key(row: &Row) -> Result<KeyRow, DbError> {
    Ok(KeyRow {
        key_id: row.text(0)?,
        interface_type: row.parse(1)?,
        sealed: row.text(2)?,
        created_at: row.instant(3)?,
        expires_at: row.optional_instant(4)?,
    })
}

fn production_address(row: &Row) -> Result<ProductionAddress, DbError> {
    Ok(ProductionAddress {
        address_id: row.text(0)?,
        merchant_id: row.text(1)?,
        url: row.text(2)?,
        state: row.parse(3)?,
        verification_token: row.text(4)?,
        created_at: row.instant(5)?,
        certified_at: row.optional_instant(6)?,
        version: row.int(7)?,
    })
}

fn buyer(row: &Row) -> Result<Buyer, DbError> {
    Ok(Buyer {
        customer_id: row.text(0)?,
        customer_name: row.text(1)?,
        customer_real_name: row.optional_text(2)?,
        customer_type: CustomerType::from_number(row.int(3)?),
        mobile_phone: row.optional_text(4)?,
        email: row.optional_text(5)?,
        user_id: row.optional_text(6)?,
        user_name: row.optional_text(7)?,
        created_at: row.instant(8)?,
    })
}
