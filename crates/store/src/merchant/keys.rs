//! Access keys: added, rotated, and opened for signing and verifying.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::vault::{Place, mask};
use serde::Deserialize;

use super::repo::{self, KeyRow};
use super::rules::{self, KnownKey};
use super::{AccessKey, InterfaceType, SigningKey};
use crate::error::StoreError;

/// A key to add. One that follows another of its type is a rotation.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewKey {
    /// What it will sign.
    pub(crate) interface_type: InterfaceType,
    /// A given text; generated when absent.
    #[serde(default)]
    pub(crate) access_key: Option<String>,
    /// How long its predecessor stays valid; the setting when absent. Decision D22.
    #[serde(default)]
    pub(crate) overlap_hours: Option<i64>,
}

/// Adds a key and returns it with its text, which is shown this once.
///
/// # Errors
/// When the merchant is unknown or a rule refuses the key.
pub(crate) async fn add_key(
    foundation: &Foundation,
    merchant_id: &str,
    wanted: &NewKey,
    default_overlap_hours: i64,
) -> Result<(AccessKey, String), StoreError> {
    let text = match &wanted.access_key {
        Some(given) => given.clone(),
        // The V1.0 Key looks like a UUID. Source: SaaS V1.0 D29.
        None if wanted.interface_type == InterfaceType::SaasV1 => foundation.entropy.uuid(foundation.wall.now()),
        None => foundation.entropy.alphanumeric(rules::GENERATED_KEY_LENGTH),
    };
    let now = foundation.wall.now();
    let key_id = foundation.entropy.id("key", now);
    let sealed = foundation.vault.seal(place(&key_id), &text)?;
    let row = KeyRow { key_id, interface_type: wanted.interface_type, sealed, created_at: now, expires_at: None };
    let overlap_hours = wanted.overlap_hours.unwrap_or(default_overlap_hours);
    let (new, plain) = (&row, &text);
    foundation
        .db
        .transact(|| async move {
            let merchant =
                rules::expect_merchant(repo::find_merchant(&foundation.db, merchant_id).await?, merchant_id)?;
            let known = known_keys(foundation, merchant_id).await?;
            let plan = rules::plan_key(&known, new.interface_type, plain, overlap_hours, now)?;
            let mut batch = Batch::new();
            repo::touch_merchant(&mut batch, &merchant);
            for old in &plan.retire {
                repo::retire_key(&mut batch, merchant_id, old, plan.retire_at);
            }
            repo::insert_key(&mut batch, merchant_id, new);
            Ok::<_, StoreError>((batch, ()))
        })
        .await?;
    Ok((shown(merchant_id, &row, &text), text))
}

/// All keys of a merchant, newest first, without their texts.
///
/// # Errors
/// When the database or the vault cannot answer.
pub(crate) async fn keys(foundation: &Foundation, merchant_id: &str) -> Result<Vec<AccessKey>, StoreError> {
    let rows = repo::list_keys(&foundation.db, merchant_id).await?;
    rows.iter().map(|row| Ok(shown(merchant_id, row, &open(foundation, row)?))).collect()
}

/// The key the store signs with: the newest one of its type that is valid.
///
/// # Errors
/// When the database or the vault cannot answer.
pub(crate) async fn signing_key(
    foundation: &Foundation,
    merchant_id: &str,
    kind: InterfaceType,
) -> Result<Option<SigningKey>, StoreError> {
    let now = foundation.wall.now();
    let rows = repo::list_keys(&foundation.db, merchant_id).await?;
    let newest = rows.iter().find(|row| row.interface_type == kind && is_valid(row, now));
    newest.map(|row| Ok(SigningKey { key_id: row.key_id.clone(), text: open(foundation, row)? })).transpose()
}

/// Whether a merchant has, or once had, a key with this text.
///
/// # Errors
/// When the database or the vault cannot answer.
pub(crate) async fn knows_key(foundation: &Foundation, merchant_id: &str, text: &str) -> Result<bool, StoreError> {
    Ok(known_keys(foundation, merchant_id).await?.iter().any(|key| key.text == text))
}

async fn known_keys(foundation: &Foundation, merchant_id: &str) -> Result<Vec<KnownKey>, StoreError> {
    let rows = repo::list_keys(&foundation.db, merchant_id).await?;
    rows.iter()
        .map(|row| {
            Ok(KnownKey {
                key_id: row.key_id.clone(),
                interface_type: row.interface_type,
                text: open(foundation, row)?,
                expires_at: row.expires_at,
            })
        })
        .collect()
}

fn shown(merchant_id: &str, row: &KeyRow, text: &str) -> AccessKey {
    AccessKey {
        key_id: row.key_id.clone(),
        merchant_id: merchant_id.to_owned(),
        interface_type: row.interface_type,
        masked: mask(text),
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}

fn is_valid(row: &KeyRow, now: Instant) -> bool {
    row.expires_at.is_none_or(|end| now < end)
}

fn open(foundation: &Foundation, row: &KeyRow) -> Result<String, StoreError> {
    Ok(foundation.vault.open_at(place(&row.key_id), &row.sealed)?)
}

fn place(key_id: &str) -> Place<'_> {
    Place { table: "st_access_key", row: key_id, column: "sealed" }
}
