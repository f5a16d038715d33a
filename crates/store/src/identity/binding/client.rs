//! The OAuth client of one application in one enterprise: made once, the same for all its instances, its secret
//! sealed. Source: kit §1.5, decision D33.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::vault::Place;
use serde::Serialize;

use super::repo;
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::window::Window;

/// Length of a client id; as on the wire at most 64.
const CLIENT_ID_LENGTH: usize = 24;
/// Length of a client secret; OAEP with a 3072-bit key carries 318 bytes (kit §2.4.1).
const CLIENT_SECRET_LENGTH: usize = 48;

/// A client.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Client {
    /// Which enterprise.
    pub(crate) tenant_id: String,
    /// Which application.
    pub(crate) app_id: String,
    /// Its id.
    pub(crate) client_id: String,
    /// Its secret, sealed.
    #[serde(skip)]
    pub(crate) sealed_secret: String,
    /// The login address of this customer, when the application has one per customer; empty until it is set.
    pub(crate) login_address: String,
    /// When it was made.
    pub(crate) created_at: Instant,
}

/// A new client with a new secret.
pub(crate) fn fresh_client(core: &Core, tenant_id: &str, app_id: &str) -> Answer<Client> {
    let foundation = &core.foundation;
    let secret = foundation.entropy.alphanumeric(CLIENT_SECRET_LENGTH);
    let row = row(tenant_id, app_id);
    Ok(Client {
        tenant_id: tenant_id.to_owned(),
        app_id: app_id.to_owned(),
        client_id: foundation.entropy.alphanumeric(CLIENT_ID_LENGTH),
        sealed_secret: foundation.vault.seal(place(&row), &secret)?,
        login_address: String::new(),
        created_at: foundation.clock.now(),
    })
}

/// The client of an application in an enterprise, if the application was ever bound there.
pub(crate) async fn client(core: &Core, tenant_id: &str, app_id: &str) -> Answer<Option<Client>> {
    Ok(repo::find_client(&core.foundation.db, tenant_id, app_id).await?)
}

/// The clients of an application in buyers' enterprises, oldest first.
pub(crate) async fn clients_of_application(core: &Core, app_id: &str, window: Window) -> Answer<Vec<Client>> {
    Ok(repo::clients_of_application(&core.foundation.db, app_id, window).await?)
}

/// Adds the statement that keeps a client.
pub(crate) fn insert_client(batch: &mut Batch, client: &Client) {
    repo::insert_client(batch, client);
}

/// Adds the statement that keeps the login address of a customer.
pub(crate) fn set_login_address(batch: &mut Batch, client: &Client) {
    repo::set_login_address(batch, client);
}

/// The secret of a client, to be encrypted for the merchant.
pub(crate) fn open_secret(core: &Core, client: &Client) -> Result<String, StoreError> {
    Ok(core.foundation.vault.open_at(place(&row(&client.tenant_id, &client.app_id)), &client.sealed_secret)?)
}

fn row(tenant_id: &str, app_id: &str) -> String {
    format!("{tenant_id}/{app_id}")
}

fn place(row: &str) -> Place<'_> {
    Place { table: "st_oauth_client", row, column: "sealed_secret" }
}
