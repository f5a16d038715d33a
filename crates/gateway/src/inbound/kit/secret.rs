//! The client secret of an application binding, encrypted for the merchant's RSA key. Source: kit V2.0 §2.4.1.

use mercer_kernel::db::DbError;
use mercer_protocol::kit::client_secret::{LabelledKey, decrypt_any};

use super::super::desk::{Desk, Objection};
use super::invalid;
use crate::error::GatewayError;

/// A secret in the clear.
pub(super) struct Opened {
    pub(super) plain: String,
    /// The key that opened it.
    pub(super) key_id: String,
}

/// Decrypts a secret with the merchant's RSA keys, newest first. Aside: it takes milliseconds for each key
/// and padding.
pub(super) async fn decrypt(desk: &Desk<'_>, text: &str) -> Result<Result<Opened, Objection>, GatewayError> {
    let (all, text, entropy) = (desk.all_keys(), text.to_owned(), desk.gateway.entropy().clone());
    let aside = tokio::task::spawn_blocking(move || {
        let keys: Vec<LabelledKey<'_>> =
            all.iter().filter_map(|key| Some(LabelledKey { label: &key.key_id, key: key.rsa()? })).collect();
        match decrypt_any(&keys, &text, &mut |target| entropy.fill(target)) {
            Ok(found) => Ok(Opened { plain: found.plain, key_id: keys[found.key_index].label.to_owned() }),
            Err(failure) => Err(invalid(failure.code(), failure.result_message(), failure.wording())),
        }
    });
    aside.await.map_err(|error| DbError::Unavailable(format!("a client secret could not be opened: {error}")).into())
}
