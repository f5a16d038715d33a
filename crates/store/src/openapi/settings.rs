//! What an operator can set about the open APIs.

use mercer_kernel::config::Config;
use mercer_protocol::aksk::{Hosts, Settings, SkewCode, UnsignedPayload};
use mercer_protocol::order_query::Surplus;

/// The site whose stores do not know their own name and explain their refusals.
const SANDBOX: &str = "sandbox";

/// The settings of the open APIs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenApiSettings {
    /// How strictly signatures are checked (`store.aksk.*`).
    pub(crate) aksk: Settings,
    /// Calls per second, API and merchant (`store.openapi.rate_per_second`); 0 is no limit.
    pub(crate) rate_per_second: u32,
    /// What surplus parameters get (`store.openapi.surplus`).
    pub(crate) surplus: Surplus,
    /// Whether refusals show the canonical request; only the sandbox does.
    pub(crate) explain: bool,
}

impl Default for OpenApiSettings {
    fn default() -> Self {
        Self { aksk: Settings::default(), rate_per_second: 200, surplus: Surplus::default(), explain: true }
    }
}

impl OpenApiSettings {
    /// The settings that stand in the configuration, for a store that others reach under `public_url`.
    pub(crate) fn from_config(config: &Config, public_url: &str) -> Self {
        let store = &config.store;
        Self {
            aksk: Settings {
                hosts: hosts(&store.aksk.hosts, &store.profile, public_url),
                unsigned_payload: match store.aksk.unsigned_payload.as_str() {
                    "any" => UnsignedPayload::Any,
                    "none" => UnsignedPayload::Never,
                    _ => UnsignedPayload::NonJson,
                },
                skew_code: match store.aksk.skew_code.as_str() {
                    "APIGW.0301" => SkewCode::Apigw0301,
                    _ => SkewCode::Apigw0303,
                },
                ..Settings::default()
            },
            rate_per_second: store.openapi.rate_per_second,
            surplus: match store.openapi.surplus.as_str() {
                "ignore" => Surplus::Ignore,
                _ => Surplus::Refuse,
            },
            explain: store.profile == SANDBOX,
        }
    }

    /// Whether a `Host` header names this store.
    pub(crate) fn answers_to(&self, host: &[u8]) -> bool {
        match &self.aksk.hosts {
            Hosts::Any => true,
            Hosts::Only(names) => names.iter().any(|name| {
                host.eq_ignore_ascii_case(name.as_bytes())
                    || host.eq_ignore_ascii_case(format!("{name}:443").as_bytes())
            }),
        }
    }
}

/// The names in the settings and the store's own; a sandbox without such names answers to any.
fn hosts(named: &[String], profile: &str, public_url: &str) -> Hosts {
    if named.is_empty() && profile == SANDBOX {
        return Hosts::Any;
    }
    let own = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let own = own.split('/').next().unwrap_or_default();
    Hosts::Only(named.iter().cloned().chain([own.to_owned()]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configured_defaults_are_the_documented_ones() {
        let settings = OpenApiSettings::from_config(&Config::defaults(), "http://127.0.0.1:7001");
        assert_eq!(settings, OpenApiSettings::default());
    }

    #[test]
    fn named_hosts_and_the_stores_own_are_answered_to_and_no_other() {
        let mut config = Config::defaults();
        config.store.aksk.hosts = vec!["mkt.example.com".to_owned()];
        let settings = OpenApiSettings::from_config(&config, "http://127.0.0.1:7001");
        for host in ["mkt.example.com", "MKT.example.com:443", "127.0.0.1:7001"] {
            assert!(settings.answers_to(host.as_bytes()), "{host}");
        }
        assert!(!settings.answers_to(b"evil.example.com"));
    }
}
