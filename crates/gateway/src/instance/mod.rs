//! Instances (实例): what an order line of the store opens at this merchant.
//!
//! The whole life of an instance is decided in [`rules`]: every protocol version and the management
//! API turn what they receive into the same [`Command`]. [`repo`] keeps the rows, [`query`] reads them
//! for pages and APIs.

mod command;
mod decision;
pub(crate) mod page;
pub(crate) mod query;
pub(crate) mod repo;
pub(crate) mod rules;
pub(crate) mod seal;
pub(crate) mod snapshot;
mod view;

pub(crate) use command::has_address;
pub use command::{
    AppInfoFault, Bought, Command, Failure, Freezing, NewInstance, Refresh, Specification, StatusChange, check_app_info,
};
pub use view::{Buyer, InstanceDetail, InstanceFilter, InstanceSummary, TimelineEntry, TimelineKind};

use mercer_kernel::clock::Instant;
use serde::Serialize;

use crate::inbound::Family;

/// Where an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// 开通中: the app has not handed out its information yet.
    Provisioning,
    /// 使用中: the buyer can use it.
    Active,
    /// 已冻结: expired or in violation; comes back by renewal.
    Frozen,
    /// 已释放: gone for good.
    Released,
    /// 开通失败: the app or a person said that it cannot be opened.
    Failed,
}

impl State {
    /// Every state, for filters and tests.
    pub const ALL: [Self; 5] = [Self::Provisioning, Self::Active, Self::Frozen, Self::Released, Self::Failed];

    /// The name in the database and in our APIs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Active => "active",
            Self::Frozen => "frozen",
            Self::Released => "released",
            Self::Failed => "failed",
        }
    }
}

impl std::str::FromStr for State {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// One instance without the buyer's personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Whose it is.
    pub merchant_id: String,
    /// The family that opened it; its other calls are of the same one.
    pub family: Family,
    /// Our id for it: the `businessId` of the first call (Source: SaaS V2.0 §3.1).
    pub instance_id: String,
    /// The order that opened it.
    pub order_id: String,
    /// The line of that order.
    pub order_line_id: String,
    /// What was bought; empty until the order is known.
    pub specification: Specification,
    /// `PERIOD`, `ONE_TIME`, `ON_DEMAND`, `ON_DEMAND_PKG`; empty until the order is known.
    pub charging_mode: String,
    /// `year`, `month`, `day`; empty for other modes.
    pub period_type: String,
    /// How many periods.
    pub period_number: Option<i64>,
    /// When it expires; none for one-off sales or while unknown.
    pub expire_time: Option<Instant>,
    /// Whether the store itself named the expiry (a refresh). An order's own expiry is only a
    /// reference value (Source: open APIs §3.1) and never replaces it.
    pub expire_confirmed: bool,
    /// Whether it is a trial (试用).
    pub trial: bool,
    /// When the buyer confirmed the acceptance (验收) and billing started; none while or where there is none.
    pub billing_start: Option<Instant>,
    /// Bit length of the product's encryption, when a call showed it.
    pub encryption_bits: Option<i64>,
    /// Where it stands.
    pub state: State,
    /// Whether the store froze it; outlives `Provisioning`, in which it does not show.
    pub frozen: bool,
    /// Whether the app has handed out its information.
    pub has_app_info: bool,
    /// Why it failed; empty otherwise.
    pub failure: String,
    /// Counts the changes of the row.
    pub version: i64,
    /// When the first call for it came.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The lane of everything that happens to an instance: one after the other, its accounts included.
pub(crate) fn lane(merchant_id: &str, instance_id: &str) -> String {
    format!("{merchant_id}/{instance_id}")
}

/// Which event a state change tells the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// An instance was bought.
    Created,
    /// The buyer confirmed the acceptance; billing starts.
    Accepted,
    /// It runs longer.
    Renewed,
    /// A trial became a paid instance.
    TrialConverted,
    /// A renewal was taken back.
    RenewalCancelled,
    /// It was changed while being renewed.
    Changed,
    /// It was upgraded.
    Upgraded,
    /// It must not be used for now.
    Frozen,
    /// It may be used again.
    Unfrozen,
    /// It is gone.
    Released,
}

impl EventKind {
    /// Every kind, for documentation and tests.
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::Accepted,
        Self::Renewed,
        Self::TrialConverted,
        Self::RenewalCancelled,
        Self::Changed,
        Self::Upgraded,
        Self::Frozen,
        Self::Unfrozen,
        Self::Released,
    ];

    /// The `type` of the CloudEvent and the kind of its outbox job.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "mercer.instance.created",
            Self::Accepted => "mercer.instance.accepted",
            Self::Renewed => "mercer.instance.renewed",
            Self::TrialConverted => "mercer.instance.trial_converted",
            Self::RenewalCancelled => "mercer.instance.renewal_cancelled",
            Self::Changed => "mercer.instance.changed",
            Self::Upgraded => "mercer.instance.upgraded",
            Self::Frozen => "mercer.instance.frozen",
            Self::Unfrozen => "mercer.instance.unfrozen",
            Self::Released => "mercer.instance.released",
        }
    }

    /// Whether the app cannot act without the order's content: the call itself carries ids only.
    #[must_use]
    pub const fn needs_order(self) -> bool {
        match self {
            Self::Created | Self::TrialConverted | Self::Changed | Self::Upgraded => true,
            Self::Accepted
            | Self::Renewed
            | Self::RenewalCancelled
            | Self::Frozen
            | Self::Unfrozen
            | Self::Released => false,
        }
    }
}

impl std::str::FromStr for EventKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// What the app is told about one state change, as decided; the buyer and the order join it when
/// it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The order behind it; empty when there is none.
    pub order_id: String,
    /// The line of that order.
    pub order_line_id: String,
    /// Expiry before the change.
    pub previous_expire_time: Option<Instant>,
    /// Expiry after the change.
    pub expire_time: Option<Instant>,
    /// The product the store named, when the call named one.
    pub product_id: Option<String>,
    /// Product before the change, when `product_id` is set.
    pub previous_product_id: Option<String>,
    /// Whether it is a trial after the change.
    pub trial: bool,
    /// When billing started, where this event tells it.
    pub billing_start: Option<Instant>,
}
