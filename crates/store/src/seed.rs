//! A store that can be used at once: one merchant with its secrets and address, two buyers, products of every
//! kind, and console accounts.
//!
//! Seeding is idempotent and runs at every start of `mercer up`: what exists stays, what is missing is
//! added, and what store and gateway must agree on (access key, AK/SK, production address) is brought
//! to what the caller says.

mod credential;

pub use credential::{APP_ID, seed_credential};

use mercer_kernel::foundation::Foundation;
use mercer_kernel::web::account::{Account, Role};
use mercer_kernel::web::login::DemoAccount;
use serde::Deserialize;

use crate::catalog::{self, Names, NewProduct, NewSku};
use crate::error::{Answer, StoreError};
use crate::merchant::{self, CustomerType, InterfaceType, NewAddress, NewBuyer, NewCredential, NewKey, NewMerchant};
use crate::notification::{self, AccessType, NewConfiguration};
use crate::{Core, Store};

/// The products of a fresh store.
const PRODUCTS: &str = include_str!("../seed/products.json");
/// The seeded merchant.
pub const MERCHANT_ID: &str = "m_demo";
/// The site profile of stores for trying things out.
const SANDBOX: &str = "sandbox";
/// Its production address.
const ADDRESS_ID: &str = "addr_demo";
/// The buyers: customer id, account name, real-name name, kind.
const BUYERS: [(&str, &str, &str, CustomerType); 2] = [
    ("0b1e55ed000000000000000000000001", "linlan", "林岚 Lin Lan", CustomerType::Individual),
    ("0b1e55ed000000000000000000000002", "northwind", "北风贸易 Northwind Trading", CustomerType::Enterprise),
];

/// What store and gateway must agree on; the caller has told the gateway the same.
#[derive(Clone)]
pub struct SeedInput {
    /// Where the gateway answers for the merchant.
    pub production_address: String,
    /// The access key of the base interfaces.
    pub base_access_key: String,
    /// The V1.0 Key: SaaS V1.0 base interfaces and kit.
    pub v1_key: String,
    /// The access key of the kit of V2.0.
    pub kit_access_key: String,
    /// The access key of order notification.
    pub general_access_key: String,
    /// AK of the open APIs.
    pub ak: String,
    /// SK of the open APIs.
    pub sk: String,
}

/// What a seeded store holds, for the binary to print and for tests to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// The merchant.
    pub merchant_id: String,
    /// Its production address.
    pub address_id: String,
    /// The buyers, as `(customer id, account name)`.
    pub buyers: Vec<(String, String)>,
    /// Every `productId` that can be ordered.
    pub product_ids: Vec<String>,
}

/// How people and scripts get into a seeded store.
#[derive(Clone)]
pub struct DoorKeys {
    /// Password of the console accounts; accounts that exist keep theirs.
    pub console_password: String,
    /// Token of the control API.
    pub api_token: String,
}

/// Brings a store to the seeded state.
///
/// # Errors
/// When something of the seed breaks a rule or the database cannot answer.
pub async fn seed(store: &Store, input: &SeedInput) -> Result<Seeded, StoreError> {
    let core = store.core();
    seed_merchant(core, input).await?;
    let buyers = seed_buyers(&core.foundation).await?;
    let product_ids = seed_products(core, Share::Plain).await?;
    Ok(Seeded { merchant_id: MERCHANT_ID.to_owned(), address_id: ADDRESS_ID.to_owned(), buyers, product_ids })
}

/// Makes the console accounts of operator, seller and buyers, and the token of the control API.
///
/// # Errors
/// When the database cannot answer.
pub async fn seed_doors(store: &Store, keys: &DoorKeys) -> Result<Vec<Account>, StoreError> {
    let mut wanted = vec![
        account("operator", Role::Operator, "", "运营 Operator"),
        account("seller", Role::Seller, MERCHANT_ID, "轻舟软件 Skiff Software"),
    ];
    wanted.extend(BUYERS.map(|(id, name, real_name, _)| account(name, Role::Buyer, id, real_name)));
    let accounts = &store.core().accounts;
    for account in &wanted {
        accounts.ensure(account, &keys.console_password).await?;
    }
    accounts.ensure_token("seed", &keys.api_token).await?;
    show_demo_accounts(store.core(), &wanted, &keys.console_password);
    Ok(wanted)
}

/// Lets the sign-in page offer the seeded accounts: in the sandbox only, on any other site nobody sees them.
fn show_demo_accounts(core: &Core, accounts: &[Account], password: &str) {
    if core.policies.profile() != SANDBOX {
        return;
    }
    let demo = accounts.iter().map(|account| {
        let (en, zh) = match account.role {
            Role::Operator | Role::Admin => ("Operator", "运营"),
            Role::Seller => ("Seller", "商家"),
            Role::Buyer | Role::Viewer => ("Buyer", "买家"),
        };
        DemoAccount {
            name: account.name.clone(),
            password: password.to_owned(),
            en: format!("{en}: {}", account.display_name),
            zh: format!("{zh}：{}", account.display_name),
        }
    });
    // Seeding again in one process changes nothing: the accounts keep their passwords too.
    let _ = core.demo_accounts.set(demo.collect());
}

async fn seed_merchant(core: &Core, input: &SeedInput) -> Answer<()> {
    let foundation = &core.foundation;
    if merchant::find(foundation, MERCHANT_ID).await?.is_none() {
        let wanted = NewMerchant {
            merchant_id: Some(MERCHANT_ID.to_owned()),
            name: "轻舟软件".to_owned(),
            name_en: Some("Skiff Software".to_owned()),
        };
        merchant::add_merchant(foundation, &wanted).await?;
    }
    for (interface_type, text) in [
        (InterfaceType::Base, &input.base_access_key),
        (InterfaceType::SaasV1, &input.v1_key),
        (InterfaceType::Kit, &input.kit_access_key),
        (InterfaceType::General, &input.general_access_key),
    ] {
        // A key that was rotated away since is known too: the rotation was somebody's decision and stays.
        if !merchant::knows_key(foundation, MERCHANT_ID, text).await? {
            let wanted = NewKey { interface_type, access_key: Some(text.clone()), overlap_hours: Some(0) };
            merchant::add_key(foundation, MERCHANT_ID, &wanted, 0).await?;
        }
    }
    match merchant::caller_by_ak(foundation, &input.ak).await? {
        Some(caller) if caller.sk == input.sk => {}
        Some(_) => {
            merchant::replace_secret(foundation, MERCHANT_ID, &input.ak, &input.sk).await?;
        }
        None => {
            let wanted = NewCredential { ak: Some(input.ak.clone()), sk: Some(input.sk.clone()) };
            merchant::add_credential(foundation, MERCHANT_ID, &wanted).await?;
        }
    }
    seed_address(core, &input.production_address).await
}

async fn seed_address(core: &Core, url: &str) -> Answer<()> {
    let (foundation, policies) = (&core.foundation, &core.policies);
    match merchant::address(foundation, MERCHANT_ID, ADDRESS_ID).await? {
        Some(known) if known.url == url => {}
        Some(_) => {
            merchant::move_address(foundation, MERCHANT_ID, (ADDRESS_ID, url), policies).await?;
        }
        None => {
            let wanted = NewAddress { address_id: Some(ADDRESS_ID.to_owned()), url: url.to_owned() };
            merchant::add_address(foundation, MERCHANT_ID, &wanted, policies).await?;
            // With the address and not at every start: whoever deletes it later means it.
            notification::add(core, MERCHANT_ID, &announced()).await?;
        }
    }
    Ok(())
}

/// Products without interfaces: all that the merchant hears of their orders is a notification.
fn announced() -> NewConfiguration {
    let access_type = Some(AccessType::Other);
    NewConfiguration { access_type, product_code: None, address_id: ADDRESS_ID.to_owned() }
}

async fn seed_buyers(foundation: &Foundation) -> Answer<Vec<(String, String)>> {
    let mut seeded = Vec::new();
    for (id, name, real_name, kind) in BUYERS {
        let new = buyer(id, name, real_name, kind);
        let id = new.customer_id.clone().unwrap_or_default();
        if merchant::buyer(foundation, &id).await?.is_none() {
            merchant::add_buyer(foundation, &new).await?;
        }
        seeded.push((id, new.customer_name));
    }
    Ok(seeded)
}

fn buyer(id: &str, name: &str, real_name: &str, kind: CustomerType) -> NewBuyer {
    NewBuyer {
        customer_id: Some(id.to_owned()),
        customer_name: name.to_owned(),
        customer_real_name: Some(real_name.to_owned()),
        customer_type: Some(kind),
        mobile_phone: Some("13000000000".to_owned()),
        email: Some(format!("{name}@buyers.example")),
        user_id: None,
        user_name: Some(name.to_owned()),
    }
}

fn account(name: &str, role: Role, subject: &str, display_name: &str) -> Account {
    Account { name: name.to_owned(), role, subject: subject.to_owned(), display_name: display_name.to_owned() }
}

/// A product of the seed: what a seller would post, without merchant and address.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SeedProduct {
    product_code: String,
    name: Names,
    description: Names,
    currency: mercer_kernel::money::Currency,
    #[serde(flatten)]
    integration: catalog::Integration,
    skus: Vec<NewSku>,
}

/// Which of the seeded products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// Those that need nothing but an address and keys.
    Plain,
    /// Joint products, once their application credential is there.
    Joint,
}

/// Publishes seeded products that are not there yet; returns every `productId` of them.
pub(crate) async fn seed_products(core: &Core, share: Share) -> Answer<Vec<String>> {
    let products: Vec<SeedProduct> = serde_json::from_str(PRODUCTS)
        .map_err(|reason| StoreError::Broken(format!("the seeded products: {reason}")))?;
    let mut product_ids = Vec::new();
    for product in products.into_iter().filter(|product| product.integration.joint == (share == Share::Joint)) {
        let prices = product.skus.iter().flat_map(|sku| &sku.prices);
        product_ids.extend(prices.filter_map(|price| price.product_id.clone()));
        if catalog::product(core, &product.product_code).await?.is_some() {
            continue;
        }
        let new = NewProduct {
            product_code: Some(product.product_code),
            merchant_id: MERCHANT_ID.to_owned(),
            address_id: ADDRESS_ID.to_owned(),
            name: product.name,
            description: product.description,
            currency: product.currency,
            integration: product.integration,
            state: catalog::ProductState::OnSale,
            skus: product.skus,
        };
        catalog::create(core, new).await?;
    }
    Ok(product_ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Access;
    use crate::control::test_world::{AK, SK, World};
    use crate::window::Window;

    fn input(port: u16, key: &str, sk: &str) -> SeedInput {
        SeedInput {
            production_address: format!("http://127.0.0.1:{port}/produce/m_demo"),
            base_access_key: key.to_owned(),
            v1_key: "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44".to_owned(),
            kit_access_key: "demo-kit-access-key".to_owned(),
            general_access_key: "demo-general-access-key".to_owned(),
            ak: AK.to_owned(),
            sk: sk.to_owned(),
        }
    }

    #[tokio::test]
    async fn seeding_again_changes_nothing() {
        let world = World::open().await;
        let again = seed(&world.store, &input(7002, "demo-base-access-key", SK)).await.unwrap();
        assert_eq!(again, world.seeded);
        let foundation = &world.store.core().foundation;
        assert_eq!(merchant::list(foundation, Window::first(9)).await.unwrap().len(), 1);
        assert_eq!(merchant::keys(foundation, MERCHANT_ID).await.unwrap().len(), 4);
        assert_eq!(merchant::addresses(foundation, MERCHANT_ID).await.unwrap().len(), 1);
        assert_eq!(merchant::credentials(foundation, MERCHANT_ID).await.unwrap().len(), 1);
        assert_eq!(merchant::buyers(foundation, Window::first(9)).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn everybody_gets_an_account_and_keeps_the_password() {
        let world = World::open().await;
        let keys = |password: &str| DoorKeys { console_password: password.to_owned(), api_token: "t".to_owned() };
        let made = seed_doors(&world.store, &keys("first")).await.unwrap();
        assert_eq!(seed_doors(&world.store, &keys("second")).await.unwrap(), made);
        let accounts = &world.store.core().accounts;
        assert_eq!(accounts.list().await.unwrap().len(), 4);
        let seller = accounts.check("seller", "first").await.unwrap().unwrap();
        assert_eq!(seller.subject, MERCHANT_ID);
        let buyer = accounts.check("linlan", "first").await.unwrap().unwrap();
        assert_eq!(buyer.subject, world.seeded.buyers[0].0);
    }

    #[tokio::test]
    async fn what_store_and_gateway_share_follows_the_caller() {
        let world = World::open().await;
        seed(&world.store, &input(9999, "another-key", "another-secret")).await.unwrap();
        let foundation = &world.store.core().foundation;
        let key = merchant::signing_key(foundation, MERCHANT_ID, InterfaceType::Base).await.unwrap();
        assert_eq!(key.unwrap().text, "another-key");
        let address = merchant::address(foundation, MERCHANT_ID, ADDRESS_ID).await.unwrap();
        assert!(address.unwrap().url.contains(":9999/"));
        let caller = merchant::caller_by_ak(foundation, AK).await.unwrap();
        assert_eq!(caller.unwrap().sk, "another-secret");
    }

    #[tokio::test]
    async fn the_seeded_products_cover_every_way_to_sell() {
        let world = World::open().await;
        let all = catalog::ProductFilter::default();
        let products = catalog::products(world.store.core(), &all, Window::first(50)).await.unwrap();
        let prices = || products.iter().flat_map(|product| &product.skus).flat_map(|sku| &sku.prices);
        for mode in catalog::PriceMode::ALL {
            assert!(prices().any(|price| price.mode == *mode), "{mode:?}");
        }
        for mode in catalog::ChargingMode::ALL {
            assert!(prices().any(|price| price.charging_mode == *mode), "{mode:?}");
        }
        assert!(prices().any(catalog::Price::is_trial));
        let integrations = || products.iter().map(|product| &product.integration);
        for access in Access::ALL {
            assert!(integrations().any(|one| one.access == *access), "{access:?}");
        }
        assert!(integrations().any(|one| one.acceptance));
        assert!(products.iter().any(|product| product.skus.len() == 2));
        for product in &products {
            assert!(!product.name.zh.is_empty() && !product.name.en.is_empty());
            assert!(!product.description.zh.is_empty() && !product.description.en.is_empty());
        }
    }
}
