//! How pages and APIs see an instance.

use mercer_kernel::clock::Instant;
use mercer_kernel::outbox::{Attempt, Job};
use mercer_kernel::vault::mask;
use mercer_protocol::order_query::{BuyerInfo, OrderInfo};
use mercer_protocol::saas_v2::AppInfo;
use serde::Serialize;

use super::{Instance, State};
use crate::inbound::{CallbackSummary, Family};

/// Which instances to list. Empty texts do not filter.
#[derive(Debug, Clone, Default)]
pub struct InstanceFilter {
    /// In one state.
    pub state: Option<State>,
    /// Of one product or SKU.
    pub product: String,
    /// Opened by one order.
    pub order_id: String,
    /// Part of an instance id, order id, product id or SKU.
    pub text: String,
}

/// An instance in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceSummary {
    /// Whose it is.
    pub merchant_id: String,
    /// Our id for it.
    pub instance_id: String,
    /// The protocol it was opened by.
    pub protocol: Family,
    /// Where it stands.
    pub state: State,
    /// Whether the store froze it.
    pub frozen: bool,
    /// The order that opened it.
    pub order_id: String,
    /// Its line.
    pub order_line_id: String,
    /// Product; empty until the order is known.
    pub product_id: String,
    /// SKU; empty until the order is known.
    pub sku_code: String,
    /// Total of the linear attribute.
    pub linear_value: Option<i64>,
    /// Charging mode; empty until the order is known.
    pub charging_mode: String,
    /// `year`, `month`, `day`; empty for other modes.
    pub period_type: String,
    /// How many periods.
    pub period_number: Option<i64>,
    /// When it expires.
    pub expire_time: Option<Instant>,
    /// Whether it is a trial.
    pub trial: bool,
    /// When the buyer accepted it and billing started; none while or where there is no acceptance.
    pub billing_start: Option<Instant>,
    /// Why it failed; empty otherwise.
    pub failure: String,
    /// When its first call came.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// Personal data of the buyer (用户), in the clear or masked.
pub type Buyer = BuyerInfo;

/// An instance with everything.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: InstanceSummary,
    /// What the app handed out; account and password masked unless revealed.
    pub app_info: Option<AppInfo>,
    /// The buyer; masked unless revealed.
    pub buyer: Option<Buyer>,
    /// The order as the store described it; buyer left out.
    pub order: Option<OrderInfo>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// When.
    pub at: Instant,
    /// What.
    #[serde(flatten)]
    pub kind: TimelineKind,
}

/// What a timeline entry shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum TimelineKind {
    /// The store called; with its verdict and the state change.
    Callback {
        /// The callback.
        callback: Box<CallbackSummary>,
    },
    /// An event for the app was written.
    Event {
        /// Its delivery as it stands.
        delivery: Box<Job>,
    },
    /// The event was offered to the app.
    Attempt {
        /// Which delivery.
        #[serde(rename = "deliveryId")]
        delivery_id: String,
        /// The attempt.
        attempt: Box<Attempt>,
    },
    /// A person or the app acted by the management API.
    Action {
        /// The record of it.
        action: Box<crate::audit::Entry>,
    },
}

/// Account and password hidden.
pub(super) fn masked_app_info(info: AppInfo) -> AppInfo {
    let hide = |value: Option<String>| value.map(|text| mask(&text));
    AppInfo { user_name: hide(info.user_name), password: hide(info.password), ..info }
}

/// Personal data hidden.
pub(super) fn masked_buyer(buyer: BuyerInfo) -> BuyerInfo {
    let hide = |value: Option<String>| value.map(|text| mask(&text));
    BuyerInfo {
        mobile_phone: hide(buyer.mobile_phone),
        email: hide(buyer.email),
        customer_real_name: hide(buyer.customer_real_name),
        user_name: hide(buyer.user_name),
        ..buyer
    }
}

/// What a list shows of an instance.
pub(super) fn summary(instance: Instance) -> InstanceSummary {
    InstanceSummary {
        merchant_id: instance.merchant_id,
        instance_id: instance.instance_id,
        protocol: instance.family,
        state: instance.state,
        frozen: instance.frozen,
        order_id: instance.order_id,
        order_line_id: instance.order_line_id,
        product_id: instance.specification.product_id,
        sku_code: instance.specification.sku_code,
        linear_value: instance.specification.linear_value,
        charging_mode: instance.charging_mode,
        period_type: instance.period_type,
        period_number: instance.period_number,
        expire_time: instance.expire_time,
        trial: instance.trial,
        billing_start: instance.billing_start,
        failure: instance.failure,
        created_at: instance.created_at,
        updated_at: instance.updated_at,
    }
}
