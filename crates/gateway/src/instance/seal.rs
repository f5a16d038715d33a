//! What of an instance is sealed at rest: the app's information and the order, which names the buyer.

use mercer_kernel::db::DbError;
use mercer_kernel::vault::{Place, Vault, VaultError};
use mercer_protocol::saas_v2::AppInfo;

use super::Instance;
use crate::merchant::row_of;

/// Seals an app's information for its instance.
pub(crate) fn app_info(vault: &Vault, instance: &Instance, info: &AppInfo) -> Result<String, VaultError> {
    // Liberal in what the app may answer, strict in what the store is told.
    let given = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
    let kept = AppInfo {
        front_end_url: given(&info.front_end_url),
        admin_url: given(&info.admin_url),
        user_name: given(&info.user_name),
        password: given(&info.password),
        memo: given(&info.memo),
        ..AppInfo::default()
    };
    let text = serde_json::to_string(&kept).expect("app information is plain data");
    vault.seal(place(&row(instance), "app_info_sealed"), &text)
}

/// Opens an app's information.
pub(crate) fn open_app_info(vault: &Vault, instance: &Instance, sealed: &str) -> Result<AppInfo, VaultError> {
    let text = vault.open_at(place(&row(instance), "app_info_sealed"), sealed)?;
    serde_json::from_str(&text).map_err(|error| unreadable("app information", &error))
}

/// Seals an order as the store answered it.
pub(crate) fn order(vault: &Vault, instance: &Instance, json: &str) -> Result<String, VaultError> {
    vault.seal(place(&row(instance), "order_sealed"), json)
}

/// Opens an order.
pub(crate) fn open_order(vault: &Vault, instance: &Instance, sealed: &str) -> Result<String, VaultError> {
    vault.open_at(place(&row(instance), "order_sealed"), sealed)
}

fn row(instance: &Instance) -> String {
    row_of(&instance.merchant_id, &instance.instance_id)
}

fn place<'a>(row: &'a str, column: &'static str) -> Place<'a> {
    Place { table: "gw_instance", row, column }
}

/// A sealed value that opens but is not what the program expects.
pub(crate) fn unreadable(what: &str, error: &serde_json::Error) -> VaultError {
    VaultError::Db(DbError::Decode(format!("{what}: {error}")))
}
