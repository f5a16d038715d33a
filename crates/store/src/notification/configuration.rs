//! Adding and taking away which address is told about which orders (订单通知配置).

use mercer_kernel::db::Batch;
use serde::Deserialize;

use super::{AccessType, Configuration, Coverage, repo, rules};
use crate::Core;
use crate::catalog;
use crate::error::{Answer, StoreError};
use crate::merchant;
use crate::refusal::Refusal;

/// A configuration to add: by access type or by product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewConfiguration {
    /// Every product of this access type.
    #[serde(default)]
    pub(crate) access_type: Option<AccessType>,
    /// This product only.
    #[serde(default)]
    pub(crate) product_code: Option<String>,
    /// Which production address is called.
    pub(crate) address_id: String,
}

/// Adds a configuration. What is tied to an address already is refused; it has to be deleted first.
pub(crate) async fn add(core: &Core, merchant_id: &str, wanted: &NewConfiguration) -> Answer<Configuration> {
    let foundation = &core.foundation;
    let coverage = rules::coverage(wanted.access_type, wanted.product_code.as_deref())?;
    check_exists(core, merchant_id, &coverage).await?;
    if merchant::address(foundation, merchant_id, &wanted.address_id).await?.is_none() {
        return Err(Refusal::invalid(
            "notification.address",
            "addressId",
            "该商家没有这个生产地址，请先添加",
            "the merchant has no such production address; add it first",
        )
        .into());
    }
    let now = foundation.clock.now();
    let id = foundation.entropy.id("ntf", foundation.wall.now());
    let new = Configuration::new((id, merchant_id.to_owned()), coverage.clone(), wanted.address_id.clone(), now);
    let (new, coverage) = (&new, &coverage);
    foundation
        .db
        .transact(|| async move {
            rules::check_new(&repo::list(&foundation.db, merchant_id).await?, coverage)?;
            let mut batch = Batch::new();
            repo::insert(&mut batch, new);
            Ok::<_, StoreError>((batch, ()))
        })
        .await?;
    Ok(new.clone())
}

/// Takes a configuration away; messages it has caused go on.
pub(crate) async fn remove(core: &Core, merchant_id: &str, notification_id: &str) -> Answer<Configuration> {
    let db = &core.foundation.db;
    db.transact(|| async {
        let gone = find(core, merchant_id, notification_id).await?;
        let mut batch = Batch::new();
        repo::delete(&mut batch, &gone);
        Ok::<_, StoreError>((batch, gone))
    })
    .await
}

/// Every configuration of a merchant, oldest first; at most [`rules::MAX_CONFIGURATIONS`].
pub(crate) async fn configurations(core: &Core, merchant_id: &str) -> Answer<Vec<Configuration>> {
    Ok(repo::list(&core.foundation.db, merchant_id).await?)
}

/// The configuration with this id.
///
/// # Errors
/// When the merchant has none such.
pub(crate) async fn find(core: &Core, merchant_id: &str, notification_id: &str) -> Answer<Configuration> {
    let known = configurations(core, merchant_id).await?;
    known.into_iter().find(|one| one.notification_id == notification_id).ok_or_else(|| {
        Refusal::not_found("notification.unknown", "没有这条订单通知配置", "there is no such order notification").into()
    })
}

async fn check_exists(core: &Core, merchant_id: &str, coverage: &Coverage) -> Answer<()> {
    let Coverage::Product(product_code) = coverage else { return Ok(()) };
    let product = catalog::product(core, product_code).await?;
    if product.is_some_and(|product| product.merchant_id == merchant_id) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "notification.product",
        "productCode",
        "该商家没有这个商品",
        "the merchant has no such product",
    )
    .into())
}
