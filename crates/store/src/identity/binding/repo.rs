//! SQL of bindings and of the clients of applications.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::{Binding, Client};
use crate::Core;
use crate::window::Window;

macro_rules! columns {
    () => {
        "b.merchant_id, b.binding_id, b.tenant_id, b.app_id, b.resource_id, b.instance_id, b.order_id, b.product_code, \
         b.protocol, b.state, b.release_personal, b.tenant_call, b.application_call, b.departments_call, b.bound_at, \
         b.ended_at, b.created_at, b.version"
    };
}

mercer_kernel::statements! {
    INSERT = "INSERT INTO st_binding (merchant_id, binding_id, tenant_id, app_id, resource_id, instance_id, order_id, \
        product_code, protocol, state, release_personal, tenant_call, application_call, departments_call, bound_at, ended_at, \
        created_at, position, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)";
    UPDATE = "UPDATE st_binding SET protocol = $3, state = $4, release_personal = $5, tenant_call = $6, \
        application_call = $7, departments_call = $8, bound_at = $9, ended_at = $10, version = version + 1 \
        WHERE binding_id = $1 AND version = $2";
    FIND = concat!("SELECT ", columns!(), " FROM st_binding b WHERE b.binding_id = $1");
    OF_RESOURCE = concat!("SELECT ", columns!(), " FROM st_binding b WHERE b.resource_id = $1 AND b.state <> 'unbound'");
    OF_TENANT = concat!("SELECT ", columns!(), " FROM st_binding b WHERE b.tenant_id = $1 \
        ORDER BY b.created_at DESC, b.position DESC LIMIT 1000");
    /// Bindings whose merchant is told news: not ended, and of an instance that can still be used.
    LIVE = concat!("SELECT ", columns!(), " FROM st_binding b WHERE b.tenant_id = $1 AND b.state <> 'unbound' \
        AND (b.resource_id IS NULL OR EXISTS (SELECT 1 FROM st_instance i WHERE i.resource_id = b.resource_id \
        AND i.state IN ('active', 'frozen'))) ORDER BY b.created_at, b.position LIMIT 1000");
    OF_APPLICATION = concat!("SELECT ", columns!(), " FROM st_binding b WHERE b.app_id = $1 AND b.resource_id IS NOT NULL \
        AND b.state <> 'unbound' ORDER BY b.created_at DESC, b.position DESC LIMIT $2 OFFSET $3");
    TEST_OF = concat!("SELECT ", columns!(), " FROM st_binding b WHERE b.app_id = $1 AND b.resource_id IS NULL");
    INSERT_CLIENT = "INSERT INTO st_oauth_client (tenant_id, app_id, client_id, sealed_secret, login_address, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    SET_LOGIN_ADDRESS = "UPDATE st_oauth_client SET login_address = $3 WHERE tenant_id = $1 AND app_id = $2";
    FIND_CLIENT = "SELECT tenant_id, app_id, client_id, sealed_secret, login_address, created_at FROM st_oauth_client \
        WHERE tenant_id = $1 AND app_id = $2";
    CLIENTS_OF_APPLICATION = "SELECT c.tenant_id, c.app_id, c.client_id, c.sealed_secret, c.login_address, c.created_at \
        FROM st_oauth_client c JOIN st_tenant t ON t.tenant_id = c.tenant_id WHERE c.app_id = $1 \
        AND t.kind = 'enterprise' AND t.state = 'active' ORDER BY c.created_at, c.tenant_id LIMIT $2 OFFSET $3";
}

/// Adds the statement that inserts a binding.
pub(super) fn insert(core: &Core, batch: &mut Batch, binding: &Binding) {
    batch.one(
        INSERT,
        args![
            &binding.merchant_id,
            &binding.binding_id,
            &binding.tenant_id,
            &binding.app_id,
            binding.resource_id.as_ref(),
            &binding.instance_id,
            &binding.order_id,
            &binding.product_code,
            binding.protocol,
            binding.state,
            binding.release_personal,
            binding.tenant_call.as_ref(),
            binding.application_call.as_ref(),
            binding.departments_call.as_ref(),
            binding.bound_at,
            binding.ended_at,
            binding.created_at,
            core.next_position(),
        ],
    );
}

/// Adds the statement that writes what may change of a binding; a conflict when somebody else was faster.
pub(super) fn update(batch: &mut Batch, binding: &Binding) {
    batch.one(
        UPDATE,
        args![
            &binding.binding_id,
            binding.version,
            binding.protocol,
            binding.state,
            binding.release_personal,
            binding.tenant_call.as_ref(),
            binding.application_call.as_ref(),
            binding.departments_call.as_ref(),
            binding.bound_at,
            binding.ended_at,
        ],
    );
}

/// The binding with this id.
pub(super) async fn find(db: &Db, binding_id: &str) -> Result<Option<Binding>, DbError> {
    db.query_one(FIND, args![binding_id]).await?.map(|row| read(&row)).transpose()
}

/// The binding of an instance that has not ended.
pub(super) async fn of_resource(db: &Db, resource_id: &str) -> Result<Option<Binding>, DbError> {
    db.query_one(OF_RESOURCE, args![resource_id]).await?.map(|row| read(&row)).transpose()
}

/// Bindings of an enterprise, newest first.
pub(super) async fn of_tenant(db: &Db, tenant_id: &str) -> Result<Vec<Binding>, DbError> {
    db.query(OF_TENANT, args![tenant_id]).await?.iter().map(read).collect()
}

/// Bindings of an enterprise whose merchants are told news, oldest first.
pub(crate) async fn live(db: &Db, tenant_id: &str) -> Result<Vec<Binding>, DbError> {
    db.query(LIVE, args![tenant_id]).await?.iter().map(read).collect()
}

/// Bindings of instances to an application that have not ended, newest first.
pub(crate) async fn of_application(db: &Db, app_id: &str, window: Window) -> Result<Vec<Binding>, DbError> {
    db.query(OF_APPLICATION, args![app_id, window.limit(), window.offset()]).await?.iter().map(read).collect()
}

/// The test of a credential.
pub(crate) async fn test_of(db: &Db, app_id: &str) -> Result<Option<Binding>, DbError> {
    db.query_one(TEST_OF, args![app_id]).await?.map(|row| read(&row)).transpose()
}

/// Adds the statement that inserts a client; it affects no row when there is one.
pub(super) fn insert_client(batch: &mut Batch, client: &Client) {
    batch.any(
        INSERT_CLIENT,
        args![
            &client.tenant_id,
            &client.app_id,
            &client.client_id,
            &client.sealed_secret,
            &client.login_address,
            client.created_at,
        ],
    );
}

/// Adds the statement that sets a customer's own login address.
pub(super) fn set_login_address(batch: &mut Batch, client: &Client) {
    batch.one(SET_LOGIN_ADDRESS, args![&client.tenant_id, &client.app_id, &client.login_address]);
}

/// The client of an application in an enterprise.
pub(super) async fn find_client(db: &Db, tenant_id: &str, app_id: &str) -> Result<Option<Client>, DbError> {
    db.query_one(FIND_CLIENT, args![tenant_id, app_id]).await?.map(|row| read_client(&row)).transpose()
}

/// The clients of an application in buyers' enterprises, oldest first.
pub(super) async fn clients_of_application(db: &Db, app_id: &str, window: Window) -> Result<Vec<Client>, DbError> {
    let arguments = args![app_id, window.limit(), window.offset()];
    db.query(CLIENTS_OF_APPLICATION, arguments).await?.iter().map(read_client).collect()
}

fn read_client(row: &Row) -> Result<Client, DbError> {
    Ok(Client {
        tenant_id: row.text(0)?,
        app_id: row.text(1)?,
        client_id: row.text(2)?,
        sealed_secret: row.text(3)?,
        login_address: row.text(4)?,
        created_at: row.instant(5)?,
    })
}

fn read(row: &Row) -> Result<Binding, DbError> {
    Ok(Binding {
        merchant_id: row.text(0)?,
        binding_id: row.text(1)?,
        tenant_id: row.text(2)?,
        app_id: row.text(3)?,
        resource_id: row.optional_text(4)?,
        instance_id: row.text(5)?,
        order_id: row.text(6)?,
        product_code: row.text(7)?,
        protocol: row.parse(8)?,
        state: row.parse(9)?,
        release_personal: row.flag(10)?,
        tenant_call: row.optional_text(11)?,
        application_call: row.optional_text(12)?,
        departments_call: row.optional_text(13)?,
        bound_at: row.optional_instant(14)?,
        ended_at: row.optional_instant(15)?,
        created_at: row.instant(16)?,
        version: row.int(17)?,
    })
}
