//! SQL of application credentials.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::Application;
use crate::Core;
use crate::window::Window;

macro_rules! columns {
    () => {
        "merchant_id, app_id, name, auth_mode, protocol, address_id, domain_kind, login_address, multi_instance, \
         public_key, platforms, personal_fields, test_tenant_id, test_account, created_at, version"
    };
}

mercer_kernel::statements! {
    INSERT = "INSERT INTO st_application (merchant_id, app_id, name, auth_mode, protocol, address_id, domain_kind, \
        login_address, multi_instance, public_key, platforms, personal_fields, sealed_secret, test_tenant_id, created_at, \
        position, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)";
    UPDATE = "UPDATE st_application SET name = $3, protocol = $4, address_id = $5, domain_kind = $6, login_address = $7, \
        multi_instance = $8, public_key = $9, platforms = $10, personal_fields = $11, test_account = $12, \
        version = version + 1 WHERE app_id = $1 AND version = $2";
    FIND = concat!("SELECT ", columns!(), " FROM st_application WHERE app_id = $1");
    LIST = concat!("SELECT ", columns!(), " FROM st_application WHERE ($1 = '' OR merchant_id = $1) \
        ORDER BY created_at DESC, position DESC LIMIT $2 OFFSET $3");
    LOGIN_TAKEN = "SELECT COUNT(*) FROM st_application WHERE merchant_id = $1 AND login_address = $2 AND app_id <> $3";
    COUNT = "SELECT COUNT(*) FROM st_application WHERE merchant_id = $1";
    SET_PASSWORD = "UPDATE st_application SET sealed_password = $2 WHERE app_id = $1";
    PASSWORD = "SELECT sealed_password FROM st_application WHERE app_id = $1";
}

/// Adds the statement that inserts a credential with its sealed secret.
pub(super) fn insert(core: &Core, batch: &mut Batch, application: &Application, sealed_secret: &str) {
    batch.one(
        INSERT,
        args![
            &application.merchant_id,
            &application.app_id,
            &application.name,
            application.auth_mode,
            application.protocol,
            &application.address_id,
            application.domain_kind,
            &application.login_address,
            application.multi_instance,
            &application.public_key,
            platforms(application),
            application.personal_fields,
            sealed_secret,
            &application.test_tenant_id,
            application.created_at,
            core.next_position(),
        ],
    );
}

/// Adds the statement that writes what may change of a credential.
pub(super) fn update(batch: &mut Batch, application: &Application) {
    batch.one(
        UPDATE,
        args![
            &application.app_id,
            application.version,
            &application.name,
            application.protocol,
            &application.address_id,
            application.domain_kind,
            &application.login_address,
            application.multi_instance,
            &application.public_key,
            platforms(application),
            application.personal_fields,
            application.test_account.as_ref(),
        ],
    );
}

/// The credential with this id.
pub(super) async fn find(db: &Db, app_id: &str) -> Result<Option<Application>, DbError> {
    db.query_one(FIND, args![app_id]).await?.map(|row| read(&row)).transpose()
}

/// Credentials, newest first.
pub(super) async fn list(db: &Db, merchant_id: &str, window: Window) -> Result<Vec<Application>, DbError> {
    db.query(LIST, args![merchant_id, window.limit(), window.offset()]).await?.iter().map(read).collect()
}

/// Whether another credential of the merchant has this login address.
pub(super) async fn login_taken(db: &Db, application: &Application) -> Result<bool, DbError> {
    let arguments = args![&application.merchant_id, &application.login_address, &application.app_id];
    Ok(db.query_one(LOGIN_TAKEN, arguments).await?.map_or(Ok(0), |row| row.int(0))? > 0)
}

/// How many credentials a merchant has.
pub(super) async fn count(db: &Db, merchant_id: &str) -> Result<i64, DbError> {
    db.query_one(COUNT, args![merchant_id]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Adds the statement that keeps the sealed password of the test account.
pub(super) fn set_password(batch: &mut Batch, app_id: &str, sealed: &str) {
    batch.one(SET_PASSWORD, args![app_id, sealed]);
}

/// The sealed password of the test account.
pub(super) async fn password(db: &Db, app_id: &str) -> Result<Option<String>, DbError> {
    db.query_one(PASSWORD, args![app_id]).await?.map_or(Ok(None), |row| row.optional_text(0))
}

fn platforms(application: &Application) -> String {
    application.platforms.iter().map(|platform| platform.code()).collect::<Vec<_>>().join(",")
}

fn read(row: &Row) -> Result<Application, DbError> {
    Ok(Application {
        merchant_id: row.text(0)?,
        app_id: row.text(1)?,
        name: row.text(2)?,
        auth_mode: row.parse(3)?,
        protocol: row.parse(4)?,
        address_id: row.text(5)?,
        domain_kind: row.parse(6)?,
        login_address: row.text(7)?,
        multi_instance: row.flag(8)?,
        public_key: row.text(9)?,
        platforms: row.text(10)?.split(',').filter_map(|code| code.parse().ok()).collect(),
        personal_fields: row.flag(11)?,
        test_tenant_id: row.text(12)?,
        test_account: row.optional_text(13)?,
        created_at: row.instant(14)?,
        version: row.int(15)?,
    })
}
