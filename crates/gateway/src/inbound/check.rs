//! The check of a stored call's signature, computed afresh for the console.

use mercer_kernel::clock::Instant;
use mercer_protocol::kit::Version;
use serde::Serialize;

use super::{Family, kit, saas_v1, saas_v2};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::OpenedKey;

/// How a signature looks when it is computed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignatureCheck {
    /// The key it was computed with.
    pub key_id: String,
    /// The reading that fitted; empty when none did. SaaS V2.0 and order notification: `raw` or `canonical` form
    /// of the body; SaaS V1.0: `form_decoded` or `plus_kept` values of the query.
    pub matched: &'static str,
    /// What is signed, the key masked.
    pub canonical_string: String,
    /// The signature that string gives.
    pub expected_signature: String,
    /// The signature that came.
    pub presented_signature: String,
    /// The usual mistake that explains a wrong signature, in Chinese; empty when unknown.
    pub mistake_zh: String,
    /// The same in English.
    pub mistake_en: String,
}

/// A stored call, as it was received.
pub(crate) struct StoredCall<'a> {
    /// Which family took it.
    pub(crate) family: Family,
    /// The raw query.
    pub(crate) query: &'a str,
    /// The raw body.
    pub(crate) body: &'a [u8],
    /// Headers the adapter kept, `name: value` a line.
    pub(crate) headers: &'a str,
    /// When it came.
    pub(crate) received_at: Instant,
}

/// Checks a stored call with the key that fitted or else the newest one; none when no key is left.
pub(crate) async fn check_again(
    gateway: &Gateway,
    (merchant_id, key_id): (&str, &str),
    call: &StoredCall<'_>,
) -> Result<Option<SignatureCheck>, GatewayError> {
    let Some(keys) = gateway.keyring().keys(gateway, merchant_id).await? else { return Ok(None) };
    let mut fitting = keys.iter().filter(|key| key.interface_type == call.family.interface_type());
    let Some(key) = fitting.clone().find(|key| key.key_id == key_id).or_else(|| fitting.next()) else {
        return Ok(None);
    };
    Ok(of_family(gateway, key, call))
}

fn of_family(gateway: &Gateway, key: &OpenedKey, call: &StoredCall<'_>) -> Option<SignatureCheck> {
    match call.family {
        // An order notification is signed like a call of SaaS V2.0 (Source: open APIs ch. 4).
        Family::SaasV2 | Family::OrderNotification => Some(saas_v2::check(gateway, key, call)),
        Family::KitV2 => kit::check(gateway, key, (Version::V2, call)),
        Family::KitV1 => kit::check(gateway, key, (Version::V1, call)),
        Family::SaasV1 => saas_v1::check(gateway, key, call),
    }
}
