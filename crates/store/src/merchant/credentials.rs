//! AK/SK of the open APIs: added, shown once, looked up by AK.

use mercer_kernel::db::Batch;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::vault::Place;
use serde::Deserialize;

use super::{Credential, repo, rules};
use crate::error::StoreError;
use crate::refusal::Refusal;

/// A pair to add; both parts are generated when absent.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewCredential {
    /// A given AK.
    #[serde(default)]
    pub(crate) ak: Option<String>,
    /// A given SK.
    #[serde(default)]
    pub(crate) sk: Option<String>,
}

/// Who calls: the merchant behind an AK, and the SK to verify with.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) merchant_id: String,
    pub(crate) sk: String,
}

/// Adds a pair and returns it with its SK, which is shown this once.
///
/// # Errors
/// When the merchant is unknown, a part breaks a rule, or the AK is taken.
pub(crate) async fn add_credential(
    foundation: &Foundation,
    merchant_id: &str,
    wanted: &NewCredential,
) -> Result<(Credential, String), StoreError> {
    let ak = wanted.ak.clone().unwrap_or_else(|| {
        let text = foundation.entropy.alphanumeric(rules::GENERATED_AK_LENGTH);
        text.to_ascii_uppercase()
    });
    let sk = match &wanted.sk {
        Some(given) => given.clone(),
        None => foundation.entropy.alphanumeric(rules::GENERATED_SK_LENGTH),
    };
    rules::check_credential(&ak, &sk)?;
    let now = foundation.wall.now();
    let sealed = foundation.vault.seal(place(&ak), &sk)?;
    let (new_ak, new_sealed) = (&ak, &sealed);
    foundation
        .db
        .transact(|| async move {
            let merchant =
                rules::expect_merchant(repo::find_merchant(&foundation.db, merchant_id).await?, merchant_id)?;
            refuse_taken(foundation, merchant_id, new_ak).await?;
            let mut batch = Batch::new();
            repo::touch_merchant(&mut batch, &merchant);
            repo::insert_credential(&mut batch, merchant_id, new_ak, new_sealed, now);
            Ok::<_, StoreError>((batch, ()))
        })
        .await?;
    let credential = Credential { ak, merchant_id: merchant_id.to_owned(), created_at: now };
    Ok((credential, sk))
}

/// Gives an AK of a merchant another SK, for a store and a gateway that must agree.
///
/// # Errors
/// When the merchant has no such AK or the SK breaks a rule.
pub(crate) async fn replace_secret(
    foundation: &Foundation,
    merchant_id: &str,
    ak: &str,
    sk: &str,
) -> Result<(), StoreError> {
    rules::check_credential(ak, sk)?;
    let sealed = foundation.vault.seal(place(ak), sk)?;
    let mut batch = Batch::new();
    repo::replace_secret(&mut batch, merchant_id, ak, &sealed);
    foundation.db.apply(batch).await?;
    Ok(())
}

/// All pairs of a merchant, without their SK.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn credentials(foundation: &Foundation, merchant_id: &str) -> Result<Vec<Credential>, StoreError> {
    let rows = repo::list_credentials(&foundation.db, merchant_id).await?;
    Ok(rows
        .into_iter()
        .map(|(ak, created_at)| Credential { ak, merchant_id: merchant_id.to_owned(), created_at })
        .collect())
}

/// Who calls with this AK.
///
/// # Errors
/// When the database or the vault cannot answer.
pub(crate) async fn caller_by_ak(foundation: &Foundation, ak: &str) -> Result<Option<Caller>, StoreError> {
    let Some((merchant_id, sealed)) = repo::find_credential(&foundation.db, ak).await? else {
        return Ok(None);
    };
    let sk = foundation.vault.open_at(place(ak), &sealed)?;
    Ok(Some(Caller { merchant_id, sk }))
}

async fn refuse_taken(foundation: &Foundation, merchant_id: &str, ak: &str) -> Result<(), StoreError> {
    if repo::owner_of_ak(&foundation.db, ak).await?.is_some() {
        return Err(Refusal::conflict(
            "credential.exists",
            "该 AK 已被使用，请换一个",
            "this AK is in use; choose another",
        )
        .into());
    }
    let known = repo::list_credentials(&foundation.db, merchant_id).await?;
    if known.len() >= rules::MAX_CREDENTIALS {
        return Err(Refusal::conflict(
            "credential.too_many",
            format!("每个商家最多 {} 对 AK/SK", rules::MAX_CREDENTIALS),
            format!("a merchant has at most {} AK/SK pairs", rules::MAX_CREDENTIALS),
        )
        .into());
    }
    Ok(())
}

fn place(ak: &str) -> Place<'_> {
    Place { table: "st_credential", row: ak, column: "sealed_sk" }
}
