//! What of accounts is sealed at rest: client secrets, phone, mail and extension fields of members, what
//! waits to be applied, and what the app is told.

use mercer_kernel::vault::{Place, Vault, VaultError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::member::Private;
use super::{Member, Scope};
use crate::instance::seal::unreadable;

/// Seals the client secret of an application.
pub(crate) fn secret(vault: &Vault, scope: &Scope, app_id: &str, text: &str) -> Result<String, VaultError> {
    vault.seal(secret_place(&row(scope, &[app_id])), text)
}

/// Opens the client secret of an application.
pub(crate) fn open_secret(vault: &Vault, scope: &Scope, app_id: &str, sealed: &str) -> Result<String, VaultError> {
    vault.open_at(secret_place(&row(scope, &[app_id])), sealed)
}

/// Seals what is private of a member; none when there is nothing.
pub(crate) fn private(
    vault: &Vault,
    scope: &Scope,
    (app_id, user_name): (&str, &str),
    member: &Member,
) -> Result<Option<String>, VaultError> {
    let seal = |private: Private| json(vault, private_place(&row(scope, &[app_id, user_name])), &private);
    member.private().map(seal).transpose()
}

/// Opens what is private of a member.
pub(crate) fn open_private(
    vault: &Vault,
    scope: &Scope,
    (app_id, user_name): (&str, &str),
    sealed: &str,
) -> Result<Private, VaultError> {
    open_json(vault, private_place(&row(scope, &[app_id, user_name])), sealed)
}

/// Seals a slice of a long list.
pub(crate) fn slice<T: Serialize>(vault: &Vault, sync_id: &str, slice: i64, entries: &T) -> Result<String, VaultError> {
    json(vault, slice_place(&format!("{sync_id}/{slice}")), entries)
}

/// Opens a slice of a long list.
pub(crate) fn open_slice<T: DeserializeOwned>(
    vault: &Vault,
    sync_id: &str,
    slice: i64,
    sealed: &str,
) -> Result<T, VaultError> {
    open_json(vault, slice_place(&format!("{sync_id}/{slice}")), sealed)
}

/// Seals what an event tells.
pub(crate) fn event(vault: &Vault, event_id: &str, data: &serde_json::Value) -> Result<String, VaultError> {
    json(vault, event_place(event_id), data)
}

/// Opens what an event tells.
pub(crate) fn open_event(vault: &Vault, event_id: &str, sealed: &str) -> Result<serde_json::Value, VaultError> {
    open_json(vault, event_place(event_id), sealed)
}

fn json<T: Serialize>(vault: &Vault, place: Place<'_>, value: &T) -> Result<String, VaultError> {
    vault.seal(place, &serde_json::to_string(value).expect("account data is plain data"))
}

fn open_json<T: DeserializeOwned>(vault: &Vault, place: Place<'_>, sealed: &str) -> Result<T, VaultError> {
    serde_json::from_str(&vault.open_at(place, sealed)?).map_err(|error| unreadable("account data", &error))
}

/// The row's key as one text; ids may hold a slash, so each is led by its length.
fn row(scope: &Scope, ids: &[&str]) -> String {
    let mut text = String::new();
    for id in [scope.merchant_id.as_str(), &scope.instance_id, &scope.tenant_id].iter().chain(ids) {
        text.push_str(&format!("{}:{id}/", id.len()));
    }
    text
}

fn secret_place(row: &str) -> Place<'_> {
    Place { table: "gw_application", row, column: "secret_sealed" }
}

fn private_place(row: &str) -> Place<'_> {
    Place { table: "gw_member", row, column: "private_sealed" }
}

fn slice_place(row: &str) -> Place<'_> {
    Place { table: "gw_account_slice", row, column: "entries_sealed" }
}

fn event_place(event_id: &str) -> Place<'_> {
    Place { table: "gw_account_event", row: event_id, column: "data_sealed" }
}
