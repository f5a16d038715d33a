//! The application credential of the seeded merchant, and the joint products that need one. Its key pair is made
//! after the first start, so this comes later than the rest of the seed.

use super::{ADDRESS_ID, MERCHANT_ID, Share, seed_products};
use crate::Store;
use crate::error::StoreError;
use crate::identity::application::{self, ApplicationChange, NewApplication};

/// The seeded credential.
pub const APP_ID: &str = "app_demo";
/// Where its users come back after signing in; the sample app has no single sign-on, so nobody is sent there.
const LOGIN_ADDRESS: &str = "https://app.example.com/login/callback";

/// Brings the application credential to the given public key (PEM), and publishes the joint products.
/// Doing it again with the same key changes nothing.
///
/// # Errors
/// When the key is refused, the site has no kit, or the database cannot answer.
pub async fn seed_credential(store: &Store, public_key_pem: &str) -> Result<(), StoreError> {
    let core = store.core();
    match application::find(core, APP_ID).await? {
        None => {
            let wanted: NewApplication = serde_json::from_value(serde_json::json!({
                "appId": APP_ID,
                "merchantId": MERCHANT_ID,
                "name": "轻舟企业应用",
                "addressId": ADDRESS_ID,
                "loginAddress": LOGIN_ADDRESS,
                "multiInstance": true,
                "publicKey": public_key_pem,
                "personalFields": true,
            }))
            .map_err(|reason| StoreError::Broken(format!("the seeded credential: {reason}")))?;
            application::create(core, wanted).await?;
        }
        Some(known) if known.public_key.trim() == public_key_pem.trim() => {}
        Some(_) => {
            let key = ApplicationChange { public_key: Some(public_key_pem.to_owned()), ..ApplicationChange::default() };
            application::change(core, APP_ID, &key).await?;
        }
    }
    seed_products(core, Share::Joint).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use mercer_protocol::kit::client_secret::PrivateKey;

    use super::*;
    use crate::catalog::{self, Access};
    use crate::control::test_world::World;

    fn key(seed: u64) -> String {
        let entropy = mercer_kernel::entropy::Entropy::seeded(seed);
        PrivateKey::generate(3_072, &mut |target| entropy.fill(target)).unwrap().public_key().to_pem()
    }

    #[tokio::test]
    async fn joint_products_of_both_versions_come_with_the_credential() {
        let world = World::open().await;
        let core = world.store.core();
        let (one, two) = (key(1), key(2));
        for pem in [&one, &one, &two] {
            seed_credential(&world.store, pem).await.unwrap();
            let known = application::find(core, APP_ID).await.unwrap().unwrap();
            assert_eq!(known.public_key.trim(), pem.trim());
        }
        for (code, access) in [("campus", Access::SaasV2), ("harbor", Access::SaasV1)] {
            let product = catalog::product(core, code).await.unwrap().unwrap();
            assert_eq!((product.integration.access, product.integration.app_id.as_deref()), (access, Some(APP_ID)));
        }
    }
}
