//! "Values to paste into the store": what a merchant enters in the seller centre (卖家中心).

use serde::Serialize;

use super::{InterfaceType, KeyRow};

/// What to enter where, for one merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasteValues {
    /// 生产地址管理: scheme and host only (Source: SaaS V2.0 §5.1 step 1).
    pub certified_address: String,
    /// The production address (生产系统接口地址) for publishing and debugging.
    pub production_address: String,
    /// Whether the real store would take the address: https, a domain name, the default port (decision D7).
    pub fits_real_store: bool,
    /// Newest valid key of each interface type; its text is fetched separately.
    pub keys: Vec<KeyRow>,
}

/// Builds the values for a merchant from the gateway's public address.
#[must_use]
pub fn paste_values(public_url: &str, merchant_id: &str, keys: &[KeyRow]) -> PasteValues {
    let parsed = url::Url::parse(public_url).ok();
    let certified_address =
        parsed.as_ref().map_or_else(|| public_url.to_owned(), |url| url.origin().ascii_serialization());
    let fits_real_store = parsed.is_some_and(|url| {
        url.scheme() == "https" && url.port_or_known_default() == Some(443) && url.domain().is_some()
    });
    let newest =
        |kind: InterfaceType| keys.iter().find(|key| key.interface_type == kind && key.revoked_at.is_none()).cloned();
    PasteValues {
        certified_address,
        production_address: format!("{}/produce/{merchant_id}", public_url.trim_end_matches('/')),
        fits_real_store,
        keys: InterfaceType::ALL.into_iter().filter_map(newest).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_port_or_without_tls_does_not_fit_the_real_store() {
        let fits = |url: &str| paste_values(url, "demo", &[]).fits_real_store;
        assert!(fits("https://gateway.example.com"));
        assert!(!fits("http://gateway.example.com"));
        assert!(!fits("https://gateway.example.com:8443"));
        assert!(!fits("https://192.0.2.1"));
    }

    #[test]
    fn the_certified_address_is_the_origin_only() {
        let values = paste_values("https://gateway.example.com/mercer/", "demo", &[]);
        assert_eq!(values.certified_address, "https://gateway.example.com");
        assert_eq!(values.production_address, "https://gateway.example.com/mercer/produce/demo");
    }
}
