//! Production addresses: saved, checked against the site's transport rules, and certified.

use mercer_kernel::db::Batch;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::http::{Method, Request};
use serde::Deserialize;

use super::{AddressState, ProductionAddress, repo, rules};
use crate::callback::Policies;
use crate::error::{Answer, StoreError};
use crate::refusal::Refusal;

/// Longest wait for the file that proves control over an address.
const PROOF_TIMEOUT_MS: u64 = 10_000;

/// A production address to save.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewAddress {
    /// A chosen id; generated when absent.
    #[serde(default)]
    pub(crate) address_id: Option<String>,
    /// The URL.
    pub(crate) url: String,
}

/// Saves a production address. The sandbox certifies it at once. Decision D24.
///
/// # Errors
/// When the merchant is unknown, the URL breaks the site's rules, or it is saved already.
pub(crate) async fn add_address(
    foundation: &Foundation,
    merchant_id: &str,
    wanted: &NewAddress,
    policies: &Policies,
) -> Answer<ProductionAddress> {
    let url = rules::check_address(&wanted.url, policies.transport())?;
    let address_id = match &wanted.address_id {
        Some(given) => {
            rules::check_id("addressId", given)?;
            given.clone()
        }
        None => foundation.entropy.id("addr", foundation.wall.now()),
    };
    let address = fresh(foundation, (merchant_id, address_id), url, policies);
    let new = &address;
    foundation
        .db
        .transact(|| async move {
            let merchant =
                rules::expect_merchant(repo::find_merchant(&foundation.db, merchant_id).await?, merchant_id)?;
            let known = repo::list_addresses(&foundation.db, merchant_id).await?;
            refuse_repetition(&known, new)?;
            let mut batch = Batch::new();
            repo::touch_merchant(&mut batch, &merchant);
            repo::insert_address(&mut batch, new);
            Ok::<_, StoreError>((batch, ()))
        })
        .await?;
    Ok(address)
}

/// Sends the calls of an address to another URL. Outside the sandbox it has to be proved again.
///
/// # Errors
/// When the address is unknown, the URL breaks the site's rules, or it is saved already.
pub(crate) async fn move_address(
    foundation: &Foundation,
    merchant_id: &str,
    wanted: (&str, &str),
    policies: &Policies,
) -> Answer<ProductionAddress> {
    let (address_id, url) = wanted;
    let url = rules::check_address(url, policies.transport())?;
    let key = (merchant_id, address_id.to_owned());
    let moved = &fresh(foundation, key, url, policies);
    foundation
        .db
        .transact(|| async move {
            let current = known_address(foundation, merchant_id, address_id).await?;
            let known = repo::list_addresses(&foundation.db, merchant_id).await?;
            let elsewhere = known.into_iter().filter(|other| other.address_id != address_id);
            refuse_repetition(&elsewhere.collect::<Vec<_>>(), moved)?;
            let mut batch = Batch::new();
            repo::move_address(&mut batch, moved, current.version);
            Ok::<_, StoreError>((batch, ()))
        })
        .await?;
    known_address(foundation, merchant_id, address_id).await
}

/// Fetches the proof file of an address and certifies the address when it holds the token.
///
/// # Errors
/// When the address is unknown, the file cannot be fetched, or it holds something else.
pub(crate) async fn certify_address(
    foundation: &Foundation,
    merchant_id: &str,
    address_id: &str,
) -> Answer<ProductionAddress> {
    let known = known_address(foundation, merchant_id, address_id).await?;
    if known.state == AddressState::Certified {
        return Ok(known);
    }
    let place = rules::verification_url(&known.url).unwrap_or_else(|| known.url.clone());
    let request = Request {
        method: Method::GET,
        url: place.clone(),
        headers: Vec::new(),
        body: bytes::Bytes::new(),
        timeout_ms: PROOF_TIMEOUT_MS,
    };
    let answer = foundation.outbound.send(request).await.map_err(|failure| proof_missing(&place, &failure.detail))?;
    let text = String::from_utf8_lossy(&answer.body);
    if answer.status != 200 || text.trim() != known.verification_token {
        let found = format!("HTTP {}, {} bytes", answer.status, answer.body.len());
        return Err(proof_missing(&place, &found).into());
    }
    foundation
        .db
        .transact(|| async {
            let current = known_address(foundation, merchant_id, address_id).await?;
            let mut batch = Batch::new();
            repo::certify_address(&mut batch, &current, foundation.clock.now());
            Ok::<_, StoreError>((batch, ()))
        })
        .await?;
    known_address(foundation, merchant_id, address_id).await
}

/// The address with this id.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn address(
    foundation: &Foundation,
    merchant_id: &str,
    address_id: &str,
) -> Answer<Option<ProductionAddress>> {
    Ok(repo::find_address(&foundation.db, merchant_id, address_id).await?)
}

/// All addresses of a merchant, oldest first.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn addresses(foundation: &Foundation, merchant_id: &str) -> Answer<Vec<ProductionAddress>> {
    Ok(repo::list_addresses(&foundation.db, merchant_id).await?)
}

async fn known_address(foundation: &Foundation, merchant_id: &str, address_id: &str) -> Answer<ProductionAddress> {
    let found = repo::find_address(&foundation.db, merchant_id, address_id).await?;
    Ok(found.ok_or_else(|| {
        Refusal::not_found(
            "address.unknown",
            format!("生产地址 {address_id} 不存在"),
            format!("there is no production address {address_id}"),
        )
    })?)
}

fn fresh(foundation: &Foundation, key: (&str, String), url: String, policies: &Policies) -> ProductionAddress {
    let now = foundation.clock.now();
    let proved = rules::certifies_at_once(policies.profile());
    ProductionAddress {
        address_id: key.1,
        merchant_id: key.0.to_owned(),
        url,
        state: if proved { AddressState::Certified } else { AddressState::Unverified },
        verification_token: foundation.entropy.alphanumeric(32),
        created_at: now,
        certified_at: proved.then_some(now),
        version: 1,
    }
}

fn refuse_repetition(known: &[ProductionAddress], new: &ProductionAddress) -> Result<(), Refusal> {
    let (id, url) = (&new.address_id, &new.url);
    if known.iter().any(|other| other.url == *url || other.address_id == *id) {
        return Err(Refusal::conflict(
            "address.exists",
            format!("生产地址 {url} 或其编号已保存"),
            format!("the production address {url} or its id is saved already"),
        ));
    }
    if known.len() >= rules::MAX_ADDRESSES {
        return Err(Refusal::conflict(
            "address.too_many",
            format!("每个商家最多 {} 个生产地址", rules::MAX_ADDRESSES),
            format!("a merchant has at most {} production addresses", rules::MAX_ADDRESSES),
        ));
    }
    Ok(())
}

fn proof_missing(place: &str, found: &str) -> Refusal {
    Refusal::upstream(
        "address.proof",
        format!("{place} 未返回该地址的 verificationToken（{found}）"),
        format!("{place} does not hold the verificationToken of this address ({found})"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::test_world::World;

    #[tokio::test]
    async fn a_real_site_certifies_an_address_by_its_proof_file() {
        let world = World::open().await;
        let foundation = &world.store.core().foundation;
        let cn = Policies::load("cn").unwrap();
        let wanted = NewAddress { address_id: None, url: "https://app.example.com/produce".to_owned() };
        let added = add_address(foundation, "m_demo", &wanted, &cn).await.unwrap();
        assert_eq!(added.state, AddressState::Unverified);

        let refused = certify_address(foundation, "m_demo", &added.address_id).await.unwrap_err();
        assert!(refused.to_string().contains("https://app.example.com/.well-known/mercer-verify.txt"), "{refused}");
        *world.proof.lock().unwrap() = format!("{}\n", added.verification_token);
        let certified = certify_address(foundation, "m_demo", &added.address_id).await.unwrap();
        assert_eq!(certified.state, AddressState::Certified);

        let moved = move_address(foundation, "m_demo", (&added.address_id, "https://new.example.com/"), &cn);
        assert_eq!(moved.await.unwrap().state, AddressState::Unverified, "the proof was of the old address");
    }
}
