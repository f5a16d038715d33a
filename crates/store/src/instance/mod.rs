//! What an order opened at the merchant, and its life.
//!
//! ```text
//! paid ─ newInstance ─► opening ─ queryInstance 000000 ─► active ─ expiry, violation ─► frozen ─ renewal, cleared ─► active
//!                          │ exhausted                      │ unsubscription              │ retention over
//!                          ▼                                ▼                             ▼
//!                        failed                          releasing ─ releaseInstance ─► released
//! ```
//!
//! The store decides; the merchant is told by callbacks. One timer per instance (`life_<resource id>` in
//! the outbox) stands at the next time something happens by itself. Source: SaaS V2.0 §1.4.

mod accept;
mod allowed;
pub(crate) mod calendar;
mod cancel_renewal;
mod change;
mod context;
#[cfg(test)]
pub(crate) mod fixtures;
mod life;
mod renew;
mod repo;
pub(crate) mod rules;
mod status;
pub(crate) mod terms;
mod unsubscribe;
mod upgrade;
mod usage;
mod view;

pub(crate) use accept::accept;
pub(crate) use cancel_renewal::cancel_renewal;
pub(crate) use change::{Change, change};
pub(crate) use life::{JOB_KIND as LIFE_JOB_KIND, opened_by, schedule, settle_life, tell};
pub(crate) use renew::{Renew, ToFormal, pay_renewal, quote_renewal, renew, trial_to_formal};
pub(crate) use repo::STATEMENTS as INSTANCE_STATEMENTS;
pub(crate) use repo::{find_resource, insert, update};
pub(crate) use status::{freeze, unfreeze};
pub(crate) use unsubscribe::unsubscribe;
pub(crate) use upgrade::{Upgrade, pay_upgrade, quote_upgrade, upgrade};
pub(crate) use usage::{collect_usage, view_usage};
pub(crate) use view::view_instance;

use mercer_kernel::clock::Instant;
use serde::Serialize;

use crate::Core;
use crate::catalog::{ChargingMode, Names, PeriodType};
use crate::codes::codes;
use crate::error::Answer;
use crate::window::Window;

codes! {
    /// Where an instance stands (实例状态).
    InstanceState {
        /// Paid; the merchant is opening it (开通中).
        Opening = "opening",
        /// Opened; its period begins when the buyer accepts it (待验收).
        AwaitingAcceptance = "awaitingAcceptance",
        /// Usable (使用中).
        Active = "active",
        /// Unusable, its data kept (已冻结).
        Frozen = "frozen",
        /// The merchant is told to release it (释放中).
        Releasing = "releasing",
        /// Gone (已释放).
        Released = "released",
        /// Never opened; the order was refunded (开通失败).
        Failed = "failed",
    }
}

/// What an order line opened at the merchant (实例).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Instance {
    /// The store's id of it.
    pub(crate) resource_id: String,
    /// The merchant's id of it, once newInstance was accepted.
    pub(crate) instance_id: Option<String>,
    /// Who sells.
    pub(crate) merchant_id: String,
    /// Who bought.
    pub(crate) buyer_id: String,
    /// The order that opened it.
    pub(crate) order_id: String,
    /// The product.
    pub(crate) product_code: String,
    /// The specification at present.
    pub(crate) sku_code: String,
    /// The price at present.
    pub(crate) product_id: String,
    /// Product and specification, for people.
    pub(crate) names: Names,
    /// For a period, or once.
    pub(crate) charging_mode: ChargingMode,
    /// Unit of the period.
    pub(crate) period_type: Option<PeriodType>,
    /// Value of the quantity attribute.
    pub(crate) quantity: Option<i64>,
    /// Whether it is still on trial.
    pub(crate) trial: bool,
    /// Where it stands.
    pub(crate) state: InstanceState,
    /// Whether it is frozen because it expired.
    pub(crate) frozen_by_expiry: bool,
    /// Whether it is frozen because of a violation.
    pub(crate) frozen_by_violation: bool,
    /// Whether its period begins only when the buyer accepts it.
    pub(crate) acceptance: bool,
    /// When the buyer accepted it.
    pub(crate) accepted_at: Option<Instant>,
    /// When the merchant had it ready.
    pub(crate) activated_at: Option<Instant>,
    /// When a trial was turned formal.
    pub(crate) formal_at: Option<Instant>,
    /// When it expires; none for one-time products.
    pub(crate) expire_at: Option<Instant>,
    /// When it was frozen.
    pub(crate) frozen_at: Option<Instant>,
    /// When it will be released if nobody renews it; set while frozen by expiry.
    pub(crate) release_at: Option<Instant>,
    /// When the merchant had released it.
    pub(crate) released_at: Option<Instant>,
    /// When the order was paid.
    pub(crate) created_at: Instant,
    /// Grows with every change.
    #[serde(skip)]
    pub(crate) version: i64,
}

impl Instance {
    /// The lane of its callbacks: one at a time, in order. Source: SaaS V2.0 D30.
    pub(crate) fn lane(&self) -> String {
        format!("inst_{}", self.resource_id)
    }
}

/// Which instances to list; empty and none mean any.
#[derive(Debug, Clone, Default)]
pub(crate) struct InstanceFilter {
    /// Of this merchant.
    pub(crate) merchant_id: String,
    /// Of this buyer.
    pub(crate) buyer_id: String,
    /// Of this product.
    pub(crate) product_code: String,
    /// In this state.
    pub(crate) state: Option<InstanceState>,
    /// Whose ids or names hold this text.
    pub(crate) text: String,
}

/// The instance with this id: the store's, the merchant's, or the order that opened it.
pub(crate) async fn find(core: &Core, id: &str) -> Answer<Option<Instance>> {
    Ok(repo::find(&core.foundation.db, id).await?)
}

/// Instances, newest first.
pub(crate) async fn list(core: &Core, filter: &InstanceFilter, window: Window) -> Answer<Vec<Instance>> {
    Ok(repo::list(&core.foundation.db, filter, window).await?)
}
