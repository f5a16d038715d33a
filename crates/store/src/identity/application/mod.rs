//! Application credentials (应用凭证): what a merchant's application is known by when buyers' enterprises use it.
//!
//! A credential names the production address whose kit interfaces are called, where users come back after
//! signing in, and the public key that client secrets are encrypted for. Making one calls the merchant with
//! test data at once. Source: kit chapter 4.

mod change;
mod create;
pub(crate) mod repo;
pub(crate) mod rules;
mod test_account;

pub(crate) use change::{change, push, set_login_address};
pub(crate) use create::create;
pub(crate) use test_account::{open_test_account, test_account};

use mercer_kernel::clock::Instant;
use serde::{Deserialize, Serialize};

use super::KitVersion;
use crate::Core;
use crate::codes::codes;
use crate::error::Answer;
use crate::refusal::Refusal;
use crate::window::Window;

codes! {
    /// How users sign in at the application (鉴权方式). Source: kit §4.1, decision D31.
    AuthMode {
        /// OAuth2.0 with a callback.
        OAuth2 = "oauth2",
        /// SDK集成: behaves as OAuth2.0 with the H5 page.
        Sdk = "sdk",
    }
}

codes! {
    /// Whose login address counts (应用登录地址类型). Source: kit §4.1.
    DomainKind {
        /// One address for all customers (共享域名).
        Shared = "shared",
        /// One address per customer, set by the seller (独立域名).
        Independent = "independent",
    }
}

codes! {
    /// Other platforms that may offer the application (支持使用平台). Source: kit §1.8.
    Platform {
        /// WeLink开放平台.
        WeLink = "weLink",
        /// 工业软件云.
        Industry = "industrialSoftware",
    }
}

/// An application credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Application {
    /// Its id (应用ID).
    pub(crate) app_id: String,
    /// Whose application.
    pub(crate) merchant_id: String,
    /// Its name (应用名称).
    pub(crate) name: String,
    /// How users sign in.
    pub(crate) auth_mode: AuthMode,
    /// The kit version that the production address serves; the credential's test goes by it.
    pub(crate) protocol: KitVersion,
    /// The production address of the test (生产地址).
    pub(crate) address_id: String,
    /// Whether each customer has a login address of its own.
    pub(crate) domain_kind: DomainKind,
    /// Where users come back after signing in (应用登录地址).
    pub(crate) login_address: String,
    /// Whether several instances may be bound to one enterprise (支持多实例绑定).
    pub(crate) multi_instance: bool,
    /// The public key in PEM (公钥).
    pub(crate) public_key: String,
    /// Other platforms.
    pub(crate) platforms: Vec<Platform>,
    /// Whether the seller may receive mobile numbers and mail addresses that buyers release. D34.
    pub(crate) personal_fields: bool,
    /// The enterprise of the test.
    pub(crate) test_tenant_id: String,
    /// Account name of the test account, once there is one.
    pub(crate) test_account: Option<String>,
    /// When it was made.
    pub(crate) created_at: Instant,
    /// Grows with every change.
    #[serde(skip)]
    pub(crate) version: i64,
}

/// A credential to make.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewApplication {
    /// Its id, made by the store when absent.
    #[serde(default)]
    pub(crate) app_id: Option<String>,
    /// Whose application.
    pub(crate) merchant_id: String,
    /// Its name.
    pub(crate) name: String,
    /// How users sign in.
    #[serde(default = "default_auth_mode")]
    pub(crate) auth_mode: AuthMode,
    /// The kit version.
    #[serde(default = "default_protocol")]
    pub(crate) protocol: KitVersion,
    /// The production address.
    pub(crate) address_id: String,
    /// Whose login address counts.
    #[serde(default = "default_domain_kind")]
    pub(crate) domain_kind: DomainKind,
    /// Where users come back.
    pub(crate) login_address: String,
    /// Whether several instances may be bound to one enterprise.
    #[serde(default)]
    pub(crate) multi_instance: bool,
    /// The public key, PEM with or without its BEGIN and END lines.
    pub(crate) public_key: String,
    /// Other platforms.
    #[serde(default)]
    pub(crate) platforms: Vec<Platform>,
    /// Whether personal fields may be received.
    #[serde(default)]
    pub(crate) personal_fields: bool,
}

/// What may change of a credential; absent members stay. Source: kit §4.2.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ApplicationChange {
    /// Its name.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// The kit version.
    #[serde(default)]
    pub(crate) protocol: Option<KitVersion>,
    /// The production address.
    #[serde(default)]
    pub(crate) address_id: Option<String>,
    /// Whose login address counts.
    #[serde(default)]
    pub(crate) domain_kind: Option<DomainKind>,
    /// Where users come back.
    #[serde(default)]
    pub(crate) login_address: Option<String>,
    /// Whether several instances may be bound; never back to no.
    #[serde(default)]
    pub(crate) multi_instance: Option<bool>,
    /// The public key.
    #[serde(default)]
    pub(crate) public_key: Option<String>,
    /// Other platforms.
    #[serde(default)]
    pub(crate) platforms: Option<Vec<Platform>>,
    /// Whether personal fields may be received.
    #[serde(default)]
    pub(crate) personal_fields: Option<bool>,
}

fn default_auth_mode() -> AuthMode {
    AuthMode::OAuth2
}

fn default_protocol() -> KitVersion {
    KitVersion::V2
}

fn default_domain_kind() -> DomainKind {
    DomainKind::Shared
}

/// The credential with this id.
pub(crate) async fn find(core: &Core, app_id: &str) -> Answer<Option<Application>> {
    Ok(repo::find(&core.foundation.db, app_id).await?)
}

/// The credential with this id, or the refusal that there is none.
pub(crate) async fn known(core: &Core, app_id: &str) -> Answer<Application> {
    Ok(find(core, app_id).await?.ok_or_else(|| {
        Refusal::not_found("application.unknown", "没有这个应用凭证", "there is no such application credential")
    })?)
}

/// Credentials of a merchant, or of all when `merchant_id` is empty; newest first.
pub(crate) async fn list(core: &Core, merchant_id: &str, window: Window) -> Answer<Vec<Application>> {
    Ok(repo::list(&core.foundation.db, merchant_id, window).await?)
}

/// Checks that a product of this merchant can be linked to the credential (关联应用).
///
/// # Errors
/// When the site has no kit, or the merchant has no such credential.
pub(crate) async fn check_linkable(core: &Core, merchant_id: &str, app_id: &str) -> Answer<()> {
    super::check_site(core)?;
    let found = find(core, app_id).await?;
    if found.is_some_and(|found| found.merchant_id == merchant_id) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "product.application",
        "appId",
        "联营商品须关联本商家的应用凭证，请先在「应用凭证管理」中创建",
        "a joint product needs an application credential of its merchant; make one under \"Application credentials\" first",
    )
    .into())
}
