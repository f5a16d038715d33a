//! Enterprises (企业), which the protocol calls tenants (租户), and who administers them (企业管理员).
//!
//! A buyer makes an enterprise once and binds what he buys to it. Its name and its code never change. The
//! test of an application credential has an enterprise of its own kind, which no buyer sees.
//! Source: kit §1.5, §1.7.

mod admins;
mod create;
mod dissolve;
pub(crate) mod repo;
pub(crate) mod rules;

pub(crate) use admins::{admins, invite, resign};
pub(crate) use create::{NewEnterprise, TOP_DEPARTMENT, create, suggest, test_tenant};
pub(crate) use dissolve::dissolve;

use mercer_kernel::clock::Instant;
use serde::Serialize;

use crate::Core;
use crate::codes::codes;
use crate::error::Answer;
use crate::refusal::Refusal;
use crate::window::Window;

codes! {
    /// Whose enterprise it is.
    TenantKind {
        /// A buyer's.
        Enterprise = "enterprise",
        /// The test of an application credential.
        Test = "test",
    }
}

codes! {
    /// Whether an enterprise exists (企业状态).
    TenantState {
        /// In use.
        Active = "active",
        /// Dissolved by its creator (已解散); its code stays taken.
        Dissolved = "dissolved",
    }
}

/// An enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tenant {
    /// Its id.
    pub(crate) tenant_id: String,
    /// Its short name (企业域名), unique; users sign in as `account@tenantCode`.
    pub(crate) tenant_code: String,
    /// Its name (企业名称).
    pub(crate) name: String,
    /// Base address of its sign-in centre.
    pub(crate) domain_name: String,
    /// Whose it is.
    #[serde(skip)]
    pub(crate) kind: TenantKind,
    /// Whether it exists.
    pub(crate) state: TenantState,
    /// The buyer who made it; empty for a test.
    pub(crate) buyer_id: String,
    /// When it was made.
    pub(crate) created_at: Instant,
    /// Grows with every change of it or its people.
    #[serde(skip)]
    pub(crate) version: i64,
}

/// Somebody who administers an enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Admin {
    /// The buyer account.
    pub(crate) buyer_id: String,
    /// Whether he made the enterprise.
    pub(crate) creator: bool,
    /// Since when.
    pub(crate) created_at: Instant,
}

/// The enterprise with this id.
pub(crate) async fn find(core: &Core, tenant_id: &str) -> Answer<Option<Tenant>> {
    Ok(repo::find(&core.foundation.db, tenant_id).await?)
}

/// The enterprise with this id, as long as it exists.
pub(crate) async fn active(core: &Core, tenant_id: &str) -> Answer<Tenant> {
    let found = find(core, tenant_id).await?.ok_or_else(unknown)?;
    rules::check_active(&found)?;
    Ok(found)
}

/// Enterprises a buyer administers; with an empty id, those of all buyers. Newest first.
pub(crate) async fn list(core: &Core, buyer_id: &str, window: Window) -> Answer<Vec<Tenant>> {
    Ok(repo::list(&core.foundation.db, buyer_id, window).await?)
}

/// Whether a buyer administers an enterprise.
pub(crate) async fn is_admin(core: &Core, tenant_id: &str, buyer_id: &str) -> Answer<bool> {
    Ok(repo::admins(&core.foundation.db, tenant_id).await?.iter().any(|admin| admin.buyer_id == buyer_id))
}

/// The refusal that there is no such enterprise.
pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("enterprise.unknown", "没有这个企业", "there is no such enterprise")
}
