//! The application credential of the seeded merchant, the joint products that need one, and an enterprise to use
//! them in. The key pair is made after the first start, so this comes later than the rest of the seed.

use super::{ADDRESS_ID, BUYERS, MERCHANT_ID, Share, seed_products};
use crate::error::{Answer, StoreError};
use crate::identity::application::{self, ApplicationChange, NewApplication};
use crate::identity::enterprise::NewEnterprise;
use crate::identity::{OnBadRows, department, enterprise, member};
use crate::window::Window;
use crate::{Core, Store};

/// The seeded credential.
pub const APP_ID: &str = "app_demo";
/// Where its users come back after signing in; the sample app has no single sign-on, so nobody is sent there.
const LOGIN_ADDRESS: &str = "https://app.example.com/login/callback";
/// Departments of the seeded enterprise, as somebody would import them.
const DEPARTMENTS: &str = include_str!("../../seed/departments.csv");
/// Its members.
const MEMBERS: &str = include_str!("../../seed/members.csv");

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
    seed_enterprise(core).await
}

/// An enterprise of the second buyer with three departments below the top one and five members. One that exists
/// stays as it is.
async fn seed_enterprise(core: &Core) -> Answer<()> {
    let (buyer_id, tenant_code, ..) = BUYERS[1];
    if !enterprise::list(core, buyer_id, Window::first(1)).await?.is_empty() {
        return Ok(());
    }
    let wanted = NewEnterprise {
        buyer_id: buyer_id.to_owned(),
        name: "北风贸易 Northwind Trading".to_owned(),
        tenant_code: tenant_code.to_owned(),
        first_member: None,
    };
    let tenant = match enterprise::create(core, &wanted).await {
        Ok(tenant) => tenant,
        // Somebody else has the code by now; then he has an enterprise to try things with.
        Err(StoreError::Refused(refusal)) if refusal.code == "enterprise.code_taken" => return Ok(()),
        Err(error) => return Err(error),
    };
    for (file, is_people) in [(DEPARTMENTS, false), (MEMBERS, true)] {
        let imported = if is_people {
            member::import(core, &tenant.tenant_id, file.as_bytes(), OnBadRows::Refuse).await?
        } else {
            department::import(core, &tenant.tenant_id, file.as_bytes(), OnBadRows::Refuse).await?
        };
        if let Some(bad) = imported.bad_rows.first() {
            return Err(StoreError::Broken(format!("the seeded enterprise, line {}: {}", bad.line, bad.reason.en)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{self, Access};
    use crate::control::test_world::{World, key_pair};

    fn key(seed: u64) -> String {
        key_pair(seed).public_key().to_pem()
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
        let enterprises = enterprise::list(core, "", Window::first(9)).await.unwrap();
        assert_eq!(enterprises.len(), 1, "seeded once");
        let tenant_id = &enterprises[0].tenant_id;
        assert_eq!(department::tree(core, tenant_id).await.unwrap().len(), 4);
        let members = member::MemberFilter::default();
        assert_eq!(member::list(core, tenant_id, &members, Window::first(9)).await.unwrap().len(), 5);
    }
}
