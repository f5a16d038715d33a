//! Connectors: how the gateway reaches the seller's own software, the app.
//!
//! A connector serves the products it names; one without products serves whatever no other connector
//! of the merchant names. What it brings back is a [`Reaction`]; what that means for the instance is
//! decided where the delivery is settled.

mod admin;
mod command;
mod pool;
mod pool_csv;
pub(crate) mod repo;
mod webhook;

use std::time::Duration;

use mercer_kernel::clock::Instant;
use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::AttemptRecord;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use pool::{BadLines, PoolImport, PoolStock};
pub(crate) use pool::{STATEMENTS as POOL_STATEMENTS, claim as claim_account, forget as forget_accounts};
pub use webhook::sign as sign_webhook;

use crate::error::FieldFault;
use crate::gateway::Gateway;
use mercer_protocol::saas_v2::AppInfo;

/// How a connector works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ConnectorSettings {
    /// Posts each event, signed as Standard Webhooks.
    Webhook {
        /// Where to.
        url: String,
        /// How long the app may take; the configured time when none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout_ms: Option<u64>,
        /// Who answers `changeInstanceCheck`.
        #[serde(default)]
        change_check: ChangeCheck,
    },
    /// Hands out accounts that were made beforehand.
    Pool {
        /// Free accounts below which the stock counts as low.
        #[serde(default = "low_mark")]
        low_mark: u32,
    },
    /// Runs a local program: the event on its standard input, the app information on its standard output.
    Command {
        /// Absolute path of the program.
        program: String,
        /// Its arguments.
        #[serde(default)]
        arguments: Vec<String>,
        /// How long it may take.
        #[serde(default = "command_timeout_ms")]
        timeout_ms: u64,
    },
    /// A person fills the information in.
    Manual {},
}

/// Who answers `changeInstanceCheck` (续费变更校验) for a webhook connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeCheck {
    /// The app is asked while the store waits; no answer in time is a refusal.
    #[default]
    Ask,
    /// Every change is allowed.
    Allow,
    /// Every change is refused.
    Refuse,
}

const fn low_mark() -> u32 {
    5
}

const fn command_timeout_ms() -> u64 {
    30_000
}

/// How long an app or program may take.
const TIMEOUT_MS: std::ops::RangeInclusive<u64> = 100..=60_000;
/// How long the app may take to allow a change: the store waits 20 s in all (decision D2).
const CHECK_TIMEOUT: Duration = Duration::from_secs(4);

impl ConnectorSettings {
    /// The kind's name, as in the JSON form.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Pool { .. } => "pool",
            Self::Command { .. } => "command",
            Self::Manual {} => "manual",
        }
    }

    fn check(&self) -> Result<(), FieldFault> {
        let timeout = |value: u64| {
            if TIMEOUT_MS.contains(&value) {
                return Ok(());
            }
            Err(FieldFault::new("settings.timeoutMs", "100 to 60000", "100 到 60000"))
        };
        match self {
            Self::Webhook { url, timeout_ms, .. } => {
                let fits =
                    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
                if !fits || url.len() > 2_048 {
                    return Err(FieldFault::new(
                        "settings.url",
                        "an absolute http or https address, at most 2048 characters",
                        "完整的 http 或 https 地址，最多 2048 字符",
                    ));
                }
                timeout_ms.map_or(Ok(()), timeout)
            }
            Self::Pool { low_mark } if *low_mark <= 1_000_000 => Ok(()),
            Self::Pool { .. } => Err(FieldFault::new("settings.lowMark", "0 to 1000000", "0 到 1000000")),
            Self::Command { program, arguments, timeout_ms } => {
                if !std::path::Path::new(program).is_absolute() {
                    return Err(FieldFault::new("settings.program", "an absolute path", "绝对路径"));
                }
                if arguments.len() > 100 {
                    return Err(FieldFault::new("settings.arguments", "at most 100", "最多 100 个"));
                }
                timeout(*timeout_ms)
            }
            Self::Manual {} => Ok(()),
        }
    }
}

/// A connector without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connector {
    /// Whose it is.
    pub merchant_id: String,
    /// Its id.
    pub connector_id: String,
    /// For people.
    pub name: String,
    /// How it works.
    pub settings: ConnectorSettings,
    /// Product ids and SKU codes it serves; empty for the merchant's default connector.
    pub products: Vec<String>,
    /// Counts its changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// A connector to make or to change into.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewConnector {
    /// For people.
    pub name: String,
    /// How it works.
    pub settings: ConnectorSettings,
    /// Product ids and SKU codes; empty for the default.
    #[serde(default)]
    pub products: Vec<String>,
    /// `whsec_…` of a webhook; none keeps or generates one.
    #[serde(default)]
    pub secret: Option<String>,
}

/// What a connector brought back for one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// The information for the buyer.
    Opened(AppInfo),
    /// Taken; the information follows by the management API or by a person.
    Later,
    /// Taken; nothing to add.
    Done,
    /// An account is to be taken out of this connector's pool.
    TakeAccount {
        /// The pool.
        connector_id: String,
    },
    /// Not now; the next attempt may succeed.
    Retry(FailureReason),
    /// Never; why, for the buyer and the store.
    Refused(String),
}

/// A reaction with the record of the attempt.
#[derive(Debug, Clone)]
pub(crate) struct Delivered {
    pub(crate) reaction: Reaction,
    pub(crate) record: AttemptRecord,
}

impl Delivered {
    pub(crate) fn failed(reason: FailureReason, detail: impl Into<String>) -> Self {
        let record = AttemptRecord { detail: detail.into(), ..AttemptRecord::default() };
        Self { reaction: Reaction::Retry(reason), record }
    }
}

/// A connector with its opened secret, ready to deliver.
#[derive(Debug, Clone)]
pub(crate) struct OpenConnector {
    pub(crate) connector: Connector,
    pub(crate) secret: Option<String>,
}

/// One event as it leaves.
pub(crate) struct Parcel<'a> {
    /// Event id; the same on every attempt.
    pub(crate) id: &'a str,
    /// Whether the app must answer with its information.
    pub(crate) opens: bool,
    /// The CloudEvent.
    pub(crate) event: &'a Json,
}

impl OpenConnector {
    /// Delivers one event.
    pub(crate) async fn deliver(&self, gateway: &Gateway, parcel: &Parcel<'_>) -> Delivered {
        match &self.connector.settings {
            ConnectorSettings::Webhook { url, timeout_ms, .. } => {
                let timeout_ms = timeout_ms.unwrap_or(gateway.settings().delivery_timeout_ms);
                let target = webhook::Target { url, secret: self.secret.as_deref().unwrap_or_default(), timeout_ms };
                webhook::deliver(gateway, &target, parcel).await
            }
            ConnectorSettings::Command { program, arguments, timeout_ms } => {
                command::deliver(program, arguments, Duration::from_millis(*timeout_ms), parcel).await
            }
            ConnectorSettings::Pool { .. } => {
                let reaction = if parcel.opens {
                    Reaction::TakeAccount { connector_id: self.connector.connector_id.clone() }
                } else {
                    Reaction::Done
                };
                Delivered { reaction, record: AttemptRecord::default() }
            }
            ConnectorSettings::Manual {} => {
                let reaction = if parcel.opens { Reaction::Later } else { Reaction::Done };
                let detail = if parcel.opens { "waits for a person to fill in the information" } else { "" };
                Delivered { reaction, record: AttemptRecord { detail: detail.to_owned(), ..AttemptRecord::default() } }
            }
        }
    }

    /// Whether the instance may be changed to `target`; the reason when not.
    pub(crate) async fn check_change(&self, gateway: &Gateway, parcel: &Parcel<'_>) -> Result<(), String> {
        let ConnectorSettings::Webhook { url, change_check, .. } = &self.connector.settings else {
            return Ok(());
        };
        match change_check {
            ChangeCheck::Allow => Ok(()),
            ChangeCheck::Refuse => Err("changes on renewal are not offered".to_owned()),
            ChangeCheck::Ask => {
                let timeout_ms = u64::try_from(CHECK_TIMEOUT.as_millis()).unwrap_or(u64::MAX);
                let target = webhook::Target { url, secret: self.secret.as_deref().unwrap_or_default(), timeout_ms };
                let delivered = webhook::deliver(gateway, &target, parcel).await;
                match delivered.reaction {
                    Reaction::Opened(_) | Reaction::Later | Reaction::Done | Reaction::TakeAccount { .. } => Ok(()),
                    Reaction::Refused(reason) => Err(reason),
                    Reaction::Retry(reason) => Err(format!("the application could not be asked ({reason})")),
                }
            }
        }
    }
}
