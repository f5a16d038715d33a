//! Configuration: commented defaults compiled in → `mercer.toml` → `MERCER_*` → flags.
//!
//! The annotated example *is* the default, so the two cannot drift apart. Unknown keys, wrong types and
//! values out of range end in one message that names key, value and what is allowed.

mod merge;
mod ranges;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Deserialize;

/// The annotated example with every key and its default.
pub const EXAMPLE: &str = include_str!("mercer.example.toml");

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {key} = {value}: {allowed}")]
pub struct ConfigError {
    /// File, environment variable or flag.
    pub origin: String,
    /// Full name of the setting.
    pub key: String,
    /// What was given.
    pub value: String,
    /// What is allowed, and what to do.
    pub allowed: String,
    /// The same in Chinese.
    pub allowed_zh: String,
}

/// All settings. See [`EXAMPLE`] for what each of them means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in the annotated example, which a test compares")]
pub struct Config {
    pub data: PathBuf,
    pub database_url: String,
    pub master_key: String,
    pub log: Log,
    pub server: Server,
    pub outbound: Outbound,
    pub outbox: OutboxConfig,
    pub gateway: Gateway,
    pub store: Store,
}

macro_rules! section {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(missing_docs, reason = "each key is documented in the annotated example, which a test compares")]
        pub struct $name { $(pub $field: $type,)+ }
    };
}

section!(/// `[log]`
    Log { level: String, format: String, });
section!(/// `[server]`
    Server { max_connections: usize, header_timeout_seconds: u64, drain_seconds: u64, body_limit_bytes: usize, });
section!(/// `[outbound]`
    Outbound { allow_private: Vec<IpNet>, connect_timeout_seconds: u64, body_limit_bytes: usize, });
section!(/// `[outbox]`
OutboxConfig {
    workers: usize,
    workers_per_endpoint: usize,
    lease_seconds: u64,
    poll_ms: u64,
    retention_days: u64,
});
section!(/// `[gateway]`
Gateway {
    listen: String,
    public_url: String,
    tls_certificate: String,
    tls_key: String,
    signature: Signature,
    saas_v2: GatewaySaasV2,
    saas_v1: GatewaySaasV1,
    kit: GatewayKit,
    response: Response,
    openapi: GatewayOpenApi,
    delivery: Delivery,
});
section!(/// `[gateway.signature]`
Signature {
    window_seconds: u64,
    accept_seconds: bool,
    nonce_memory_seconds: u64,
    canonical_fallback: bool,
});
section!(/// `[gateway.saas_v2]`
    GatewaySaasV2 { body_sign: bool, change_refusal_code: String, });
section!(/// `[gateway.saas_v1]`
GatewaySaasV1 {
    freshness_seconds: u64,
    plus_fallback: bool,
    expire_time_zone: String,
    wait_seconds: u64,
    pending: String,
});
section!(/// `[gateway.kit]`
    GatewayKit { body_limit_bytes: usize, drop_older: bool, v1_freshness_seconds: u64, v2_body_sign: bool, });
section!(/// `[gateway.response]`
    Response { ascii_only: bool, });
section!(/// `[gateway.openapi]`
    GatewayOpenApi { timeout_seconds: u64, fallback_host: String, });
section!(/// `[gateway.delivery]`
Delivery {
    timeout_seconds: u64,
    first_retry_seconds: u64,
    cap_seconds: u64,
    max_attempts: u32,
    breaker_failures: u32,
    breaker_pause_seconds: u64,
});
section!(/// `[store]`
Store {
    listen: String,
    public_url: String,
    tls_certificate: String,
    tls_key: String,
    profile: String,
    saas_v2: StoreSaasV2,
    saas_v1: StoreSaasV1,
    kit: StoreKit,
    order_notify: OrderNotify,
    lifecycle: Lifecycle,
    pricing: Pricing,
    openapi: StoreOpenApi,
    aksk: Aksk,
    keys: Keys,
    messages: Messages,
});
section!(/// `[store.saas_v2]`
    StoreSaasV2 { expire_time_digits: u8, product_info_as_string: bool, });
section!(/// `[store.saas_v1]`
    StoreSaasV1 { provision_type_values: Vec<String>, });
section!(/// `[store.kit]`
    StoreKit { auth_batch: usize, sign_form: String, oaep: String, });
section!(/// `[store.order_notify]`
    OrderNotify { fail_order: bool, });
section!(/// `[store.lifecycle]`
    Lifecycle { grace_days: u64, retention_days: u64, });
section!(/// `[store.pricing]`
    Pricing { days_per_month: u32, days_per_year: u32, });
section!(/// `[store.openapi]`
    StoreOpenApi { rate_per_second: u32, surplus: String, });
section!(/// `[store.aksk]`
    Aksk { hosts: Vec<String>, unsigned_payload: String, skew_code: String, });
section!(/// `[store.keys]`
    Keys { overlap_hours: u64, });
section!(/// `[store.messages]`
    Messages { retention_days: u64, });

impl Config {
    /// The defaults.
    ///
    /// # Panics
    /// Never: a test parses the compiled-in example.
    #[must_use]
    pub fn defaults() -> Self {
        toml::from_str(EXAMPLE).expect("the compiled-in example is valid")
    }

    /// Defaults, then the file, then the environment, then flags (`("gateway.listen", "127.0.0.1:0")`).
    /// `file` None reads `mercer.toml` in the working folder when there is one.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn load(file: Option<&Path>, flags: &[(&str, String)]) -> Result<Self, ConfigError> {
        let file_text = read_file(file)?;
        Self::assemble(file_text.as_ref().map(|(path, text)| (path.as_path(), text.as_str())), environment(), flags)
    }

    fn assemble(
        file: Option<(&Path, &str)>,
        environment: impl Iterator<Item = (String, String)>,
        flags: &[(&str, String)],
    ) -> Result<Self, ConfigError> {
        let mut settings = merge::Settings::new(EXAMPLE);
        if let Some((path, text)) = file {
            settings.file(path, text)?;
        }
        for (variable, value) in environment {
            settings.environment(&variable, &value)?;
        }
        for (key, value) in flags {
            settings.text(&format!("the flag for {key}"), key, value)?;
        }
        let config = settings.finish()?;
        ranges::check(&config).map_err(|error| ConfigError { origin: settings.origin_of(&error.key), ..error })?;
        Ok(config)
    }

    /// The database URL of one face: its own SQLite file in the data folder, or the common server.
    #[must_use]
    pub fn database_url_of(&self, face: &str) -> String {
        if self.database_url.is_empty() {
            format!("sqlite:{}", self.data.join(format!("{face}.db")).display())
        } else {
            self.database_url.clone()
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::defaults()
    }
}

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "mercer.toml";

fn read_file(file: Option<&Path>) -> Result<Option<(PathBuf, String)>, ConfigError> {
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some((path.to_owned(), text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && file.is_none() => Ok(None),
        Err(error) => Err(ConfigError {
            origin: path.display().to_string(),
            key: "--config".to_owned(),
            value: path.display().to_string(),
            allowed: format!("the file cannot be read: {error}"),
            allowed_zh: format!("文件无法读取：{error}"),
        }),
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn environment() -> impl Iterator<Item = (String, String)> {
    let mut variables: Vec<_> = std::env::vars().filter(|(name, _)| name.starts_with(merge::PREFIX)).collect();
    variables.sort();
    variables.into_iter()
}
