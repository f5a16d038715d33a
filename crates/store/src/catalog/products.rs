//! Publishing and changing products.

use mercer_kernel::db::{Batch, DbError};

use super::{Names, NewProduct, Offer, Price, Product, ProductFilter, ProductState, Sku, repo, rules};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity;
use crate::merchant;
use crate::refusal::Refusal;
use crate::window::Window;

/// Publishes a product.
pub(crate) async fn create(core: &Core, new: NewProduct) -> Answer<Product> {
    rules::check_product(&new)?;
    if merchant::find(&core.foundation, &new.merchant_id).await?.is_none() {
        return Err(
            Refusal::invalid("product.merchant", "merchantId", "没有这个商家", "there is no such merchant").into()
        );
    }
    check_address(core, &new.merchant_id, &new.address_id).await?;
    if let Some(app_id) = new.integration.app_id.as_deref() {
        identity::check_linkable(core, &new.merchant_id, app_id).await?;
    }
    let product = with_ids(core, new);
    let mut batch = Batch::new();
    repo::insert(&mut batch, &product);
    match core.foundation.db.apply(batch).await {
        Ok(_) => Ok(product),
        Err(DbError::Conflict { .. }) => Err(Refusal::conflict(
            "product.id_taken",
            "商品、规格或价格编号已被使用",
            "the code of the product, a specification or a price is taken",
        )
        .into()),
        Err(error) => Err(error.into()),
    }
}

/// The product with this code.
pub(crate) async fn product(core: &Core, product_code: &str) -> Answer<Option<Product>> {
    Ok(repo::find(&core.foundation.db, product_code).await?)
}

/// Products, newest first.
pub(crate) async fn products(core: &Core, filter: &ProductFilter, window: Window) -> Answer<Vec<Product>> {
    Ok(repo::list(&core.foundation.db, filter, window).await?)
}

/// The price with this `productId` and what it belongs to.
pub(crate) async fn offer(core: &Core, product_id: &str) -> Answer<Option<Offer>> {
    let db = &core.foundation.db;
    let Some(product_code) = repo::product_of_price(db, product_id).await? else { return Ok(None) };
    let Some(product) = repo::find(db, &product_code).await? else { return Ok(None) };
    let found = product.skus.iter().find_map(|sku| {
        let price = sku.prices.iter().find(|price| price.product_id == product_id)?;
        Some((sku.clone(), price.clone()))
    });
    Ok(found.map(|(sku, price)| Offer { product, sku, price }))
}

/// Puts a product on sale, hides it, stops its sale or delists it.
pub(crate) async fn set_state(core: &Core, product_code: &str, to: ProductState) -> Answer<Product> {
    change(core, product_code, |product| {
        rules::check_state_change(product, to)?;
        product.state = to;
        Ok(())
    })
    .await
}

/// Sends the calls of a product to another production address of its merchant.
pub(crate) async fn set_address(core: &Core, product_code: &str, address_id: &str) -> Answer<Product> {
    let found = product(core, product_code).await?.ok_or_else(unknown)?;
    check_address(core, &found.merchant_id, address_id).await?;
    change(core, product_code, |product| {
        address_id.clone_into(&mut product.address_id);
        Ok(())
    })
    .await
}

/// Changes the name and description of a product.
pub(crate) async fn set_texts(core: &Core, product_code: &str, name: &Names, description: &Names) -> Answer<Product> {
    rules::check_texts(name, description)?;
    change(core, product_code, |product| {
        product.name = name.clone();
        product.description = description.clone();
        Ok(())
    })
    .await
}

async fn change(
    core: &Core,
    product_code: &str,
    edit: impl Fn(&mut Product) -> Result<(), Refusal>,
) -> Answer<Product> {
    let db = &core.foundation.db;
    db.transact(|| async {
        let mut product = repo::find(db, product_code).await?.ok_or_else(unknown)?;
        edit(&mut product)?;
        let mut batch = Batch::new();
        repo::update(&mut batch, &product);
        product.version += 1;
        Ok::<_, StoreError>((batch, product))
    })
    .await
}

async fn check_address(core: &Core, merchant_id: &str, address_id: &str) -> Answer<()> {
    match merchant::address(&core.foundation, merchant_id, address_id).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::invalid(
            "product.address",
            "addressId",
            "商家没有这个生产地址，请先添加",
            "the merchant has no such production address; add it first",
        )
        .into()),
    }
}

fn unknown() -> Refusal {
    Refusal::not_found("product.unknown", "没有这个商品", "there is no such product")
}

fn with_ids(core: &Core, new: NewProduct) -> Product {
    let foundation = &core.foundation;
    let now = foundation.clock.now();
    let skus = new.skus.into_iter().map(|sku| Sku {
        sku_code: sku.sku_code.unwrap_or_else(|| foundation.entropy.uuid(now)),
        name: sku.name,
        linear: sku.linear,
        prices: sku
            .prices
            .into_iter()
            .map(|price| Price {
                product_id: price.product_id.unwrap_or_else(|| product_id(core)),
                charging_mode: price.charging_mode,
                period_type: price.period_type,
                mode: price.mode,
                brackets: price.brackets,
                trial_days: price.trial_days,
                on_sale: true,
            })
            .collect(),
    });
    let skus = skus.collect();
    Product {
        product_code: new.product_code.unwrap_or_else(|| foundation.entropy.id("prd", now)),
        merchant_id: new.merchant_id,
        address_id: new.address_id,
        state: new.state,
        name: new.name,
        description: new.description,
        currency: new.currency,
        integration: new.integration,
        created_at: now,
        version: 1,
        skus,
    }
}

/// Looks like the ids sellers know: `OFFI` and 18 digits.
fn product_id(core: &Core) -> String {
    format!("OFFI{:018}", core.foundation.entropy.below(1_000_000_000_000_000_000))
}
