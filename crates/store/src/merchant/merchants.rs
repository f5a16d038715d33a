//! Merchants join and are found.

use mercer_kernel::db::Batch;
use mercer_kernel::foundation::Foundation;
use serde::Deserialize;

use super::{Merchant, repo, rules};
use crate::error::StoreError;
use crate::refusal::Refusal;
use crate::window::Window;

/// What a merchant is made from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewMerchant {
    /// A chosen id; generated when absent.
    #[serde(default)]
    pub(crate) merchant_id: Option<String>,
    /// Name in Chinese.
    pub(crate) name: String,
    /// Name in English; the Chinese one when absent.
    #[serde(default)]
    pub(crate) name_en: Option<String>,
}

/// Adds a merchant.
///
/// # Errors
/// When a name breaks a rule or the id is taken.
pub(crate) async fn add_merchant(foundation: &Foundation, wanted: &NewMerchant) -> Result<Merchant, StoreError> {
    let name = rules::check_name("name", &wanted.name)?;
    let name_en = match wanted.name_en.as_deref() {
        Some(text) => rules::check_name("nameEn", text)?,
        None => name.clone(),
    };
    let created_at = foundation.clock.now();
    let merchant_id = match &wanted.merchant_id {
        Some(given) => {
            rules::check_id("merchantId", given)?;
            given.clone()
        }
        None => foundation.entropy.id("m", foundation.wall.now()),
    };
    let merchant = Merchant { merchant_id, name, name_en, created_at, version: 1 };
    let (db, new) = (&foundation.db, &merchant);
    db.transact(|| async move {
        if repo::find_merchant(db, &new.merchant_id).await?.is_some() {
            return Err(StoreError::from(Refusal::conflict(
                "merchant.exists",
                format!("商家 {} 已存在", new.merchant_id),
                format!("merchant {} exists already", new.merchant_id),
            )));
        }
        let mut batch = Batch::new();
        repo::insert_merchant(&mut batch, new);
        Ok((batch, ()))
    })
    .await?;
    Ok(merchant)
}

/// The merchant with this id.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn find(foundation: &Foundation, merchant_id: &str) -> Result<Option<Merchant>, StoreError> {
    Ok(repo::find_merchant(&foundation.db, merchant_id).await?)
}

/// A page of merchants, oldest first.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn list(foundation: &Foundation, window: Window) -> Result<Vec<Merchant>, StoreError> {
    Ok(repo::list_merchants(&foundation.db, window).await?)
}
