//! Access keys (访问密钥): several valid ones per interface type, sealed at rest.

use mercer_kernel::vault::mask;
use serde::Serialize;

use super::{InterfaceType, KeyRow, repo, row_of, rsa};
use crate::error::{FieldFault, GatewayError};
use crate::gateway::Gateway;

/// A key that was just added; the only time its text is shown unasked.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddedKey {
    /// Our id for it.
    pub key_id: String,
    /// What it is bound to.
    pub interface_type: InterfaceType,
    /// Its text, as the store has it; empty for an RSA key, which stays here.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// PEM of the public key to paste into the store; RSA keys only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// Length of an access key in bytes (decision D22).
const KEY_BYTES: std::ops::RangeInclusive<usize> = 1..=256;
/// Access keys per merchant; bounds what one call must try (decision D22).
const KEYS_PER_MERCHANT: usize = 20;

impl Gateway {
    /// Adds a key, generated when `text` is none: 32 letters and digits (decision D22), or an RSA key of 3072 bits.
    ///
    /// # Errors
    /// A bad length, too many keys, an unknown merchant, or the database.
    pub async fn add_key(
        &self,
        merchant_id: &str,
        interface_type: InterfaceType,
        text: Option<&str>,
    ) -> Result<AddedKey, GatewayError> {
        let merchant = self.merchant(merchant_id).await?;
        let text = match (interface_type, text) {
            (InterfaceType::Rsa, None) => rsa::generate(self.entropy()).await?,
            (InterfaceType::Rsa, Some(pem)) => rsa::read(pem)?,
            (_, None) => self.entropy().alphanumeric(32),
            (_, Some(text)) => text.to_owned(),
        };
        if interface_type != InterfaceType::Rsa && !KEY_BYTES.contains(&text.len()) {
            return Err(FieldFault::new("text", "1 to 256 bytes", "1 到 256 字节").into());
        }
        let valid = self.keys(merchant_id).await?.iter().filter(|key| key.revoked_at.is_none()).count();
        if valid >= KEYS_PER_MERCHANT {
            return Err(GatewayError::Conflict {
                code: "key.too_many",
                zh: format!("每个商家最多 {KEYS_PER_MERCHANT} 个有效密钥，请先吊销不用的密钥"),
                en: format!("a merchant has at most {KEYS_PER_MERCHANT} valid keys; revoke one first"),
            });
        }
        let added = AddedKey { key_id: self.entropy().id("key", self.now()), interface_type, text, public_key: None };
        let sealed = self.vault().seal(repo::key_place(&row_of(&merchant.merchant_id, &added.key_id)), &added.text)?;
        repo::insert_key(self.db(), merchant_id, &added, &sealed, self.now()).await?;
        self.keyring().forget(merchant_id);
        if interface_type == InterfaceType::Rsa {
            let (_, public_key) = rsa::shown(&added.text);
            return Ok(AddedKey { text: String::new(), public_key, ..added });
        }
        Ok(added)
    }

    /// Makes sure that a given key text is valid for an interface type; for seeding.
    ///
    /// # Errors
    /// As [`Gateway::add_key`].
    pub async fn ensure_key(
        &self,
        merchant_id: &str,
        interface_type: InterfaceType,
        text: &str,
    ) -> Result<(), GatewayError> {
        let opened = self.keyring().keys(self, merchant_id).await?;
        let is_there = opened.is_some_and(|keys| {
            keys.iter().any(|key| key.interface_type == interface_type && key.text.trim() == text.trim())
        });
        if !is_there {
            self.add_key(merchant_id, interface_type, Some(text)).await?;
        }
        Ok(())
    }

    /// The keys of a merchant with their masked texts, newest first.
    ///
    /// # Errors
    /// The database, or a key that cannot be opened.
    pub async fn keys(&self, merchant_id: &str) -> Result<Vec<KeyRow>, GatewayError> {
        let mut keys = Vec::new();
        for (mut key, sealed) in repo::list_keys(self.db(), merchant_id).await? {
            let text = self.vault().open_at(repo::key_place(&row_of(merchant_id, &key.key_id)), &sealed)?;
            (key.masked, key.public_key) = match key.interface_type {
                InterfaceType::Rsa => rsa::shown(&text),
                _ => (mask(&text), None),
            };
            keys.push(key);
        }
        Ok(keys)
    }

    /// The text of one key. The caller records who asked.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn reveal_key(&self, merchant_id: &str, key_id: &str) -> Result<String, GatewayError> {
        for (key, sealed) in repo::list_keys(self.db(), merchant_id).await? {
            if key.key_id == key_id {
                return Ok(self.vault().open_at(repo::key_place(&row_of(merchant_id, key_id)), &sealed)?);
            }
        }
        Err(GatewayError::UnknownId { kind: "key", id: key_id.to_owned() })
    }

    /// Ends the validity of a key; calls signed with it are refused from then on.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn revoke_key(&self, merchant_id: &str, key_id: &str) -> Result<(), GatewayError> {
        let revoked = repo::revoke_key(self.db(), merchant_id, key_id, self.now()).await?;
        self.keyring().forget(merchant_id);
        if revoked { Ok(()) } else { Err(GatewayError::UnknownId { kind: "key", id: key_id.to_owned() }) }
    }
}
