//! Making an application credential: its secret, its test enterprise, and the first test call. Source: kit §4.1.

use mercer_kernel::db::{Batch, DbError};
use mercer_kernel::foundation::Foundation;
use mercer_kernel::vault::Place;
use mercer_protocol::kit::client_secret::PublicKey;

use super::{Application, NewApplication, repo, rules};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::{binding, check_site, enterprise};
use crate::merchant;
use crate::refusal::Refusal;

/// Length of the secret (密钥).
const SECRET_LENGTH: usize = 48;

/// Makes a credential and returns it with its secret, which is shown this once. Source: kit D24.
pub(crate) async fn create(core: &Core, wanted: NewApplication) -> Answer<(Application, String)> {
    check_site(core)?;
    let foundation = &core.foundation;
    if merchant::find(foundation, &wanted.merchant_id).await?.is_none() {
        let (zh, en) = ("没有这个商家", "there is no such merchant");
        return Err(Refusal::invalid("application.merchant", "merchantId", zh, en).into());
    }
    check_address(foundation, &wanted.merchant_id, &wanted.address_id).await?;
    let secret = foundation.entropy.alphanumeric(SECRET_LENGTH);
    let mut application = application(core, wanted)?;
    rules::check(&application)?;
    let sealed = foundation.vault.seal(secret_place(&application.app_id), &secret)?;
    if repo::count(&foundation.db, &application.merchant_id).await? >= rules::MAX_APPLICATIONS {
        return Err(rules::too_many().into());
    }
    if repo::login_taken(&foundation.db, &application).await? {
        return Err(rules::login_address_taken().into());
    }
    let mut batch = Batch::new();
    let tenant = enterprise::test_tenant(core, &mut batch, &application.name);
    application.test_tenant_id.clone_from(&tenant.tenant_id);
    repo::insert(core, &mut batch, &application, &sealed);
    binding::bind_test(core, &mut batch, &application, &tenant)?;
    match foundation.db.apply(batch).await {
        Ok(_) => Ok((application, secret)),
        Err(DbError::Conflict { .. }) => Err(Refusal::conflict(
            "application.exists",
            "应用 ID 或登录地址已被使用",
            "the application id or the login address is taken",
        )
        .into()),
        Err(error) => Err(error.into()),
    }
}

/// Where the vault seals the secret of a credential.
pub(crate) fn secret_place(app_id: &str) -> Place<'_> {
    Place { table: "st_application", row: app_id, column: "sealed_secret" }
}

/// Checks that a production address is one of the merchant's.
pub(super) async fn check_address(foundation: &Foundation, merchant_id: &str, address_id: &str) -> Answer<()> {
    match merchant::address(foundation, merchant_id, address_id).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::invalid(
            "application.address",
            "addressId",
            "商家没有这个生产地址，请先添加",
            "the merchant has no such production address; add it first",
        )
        .into()),
    }
}

/// A public key as it is kept: PEM with its BEGIN and END lines. Source: kit D17.
///
/// # Errors
/// When it is no RSA public key of at least 3072 bits; the refusal says what it is instead.
pub(super) fn public_key(text: &str) -> Result<String, Refusal> {
    PublicKey::parse(text).map(|key| key.to_pem()).map_err(|refusal| {
        let wording = refusal.wording();
        Refusal::invalid("application.public_key", "publicKey", wording.zh, wording.en)
    })
}

fn application(core: &Core, wanted: NewApplication) -> Result<Application, StoreError> {
    let foundation = &core.foundation;
    Ok(Application {
        app_id: wanted.app_id.unwrap_or_else(|| foundation.entropy.hex_upper(32).to_ascii_lowercase()),
        merchant_id: wanted.merchant_id,
        name: wanted.name.trim().to_owned(),
        auth_mode: wanted.auth_mode,
        protocol: wanted.protocol,
        address_id: wanted.address_id,
        domain_kind: wanted.domain_kind,
        login_address: wanted.login_address.trim().to_owned(),
        multi_instance: wanted.multi_instance,
        public_key: public_key(&wanted.public_key)?,
        platforms: wanted.platforms,
        personal_fields: wanted.personal_fields,
        test_tenant_id: String::new(),
        test_account: None,
        created_at: foundation.clock.now(),
        version: 1,
    })
}
