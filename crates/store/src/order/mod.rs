//! What buyers ordered, and where each order stands.
//!
//! An order (订单) has one order line, `<orderId>-000001`. New orders open an instance; renewals, changes
//! and unsubscriptions act on one. An unsubscription is an order of its own; the order it undoes keeps
//! its state and remembers what was refunded. Source: seller centre §3.1, decision D35; open APIs §3.1.

mod describe;
mod pay;
mod place;
pub(crate) mod repo;
pub(crate) mod rules;

pub(crate) use describe::describe;
pub(crate) use pay::{cancel, pay};
pub(crate) use place::{PlaceOrder, Quote, offer, place_order, submit};
pub(crate) use repo::STATEMENTS as ORDER_STATEMENTS;

use mercer_kernel::clock::Instant;
use mercer_kernel::money::{Currency, Money};
use serde::{Deserialize, Serialize, Serializer};

use crate::Core;
use crate::catalog::{ChargingMode, Names, PeriodType};
use crate::codes::codes;
use crate::error::Answer;
use crate::window::Window;

codes! {
    /// What an order is for (订单类型).
    OrderKind {
        /// New purchase (新购).
        New = "NEW",
        /// Trial (试用).
        Trial = "TRIAL",
        /// A trial turned formal (试用转正).
        TrialToFormal = "TRIAL_TO_FORMAL",
        /// Renewal (续费).
        Renew = "RENEW",
        /// Renewal with another size or specification (续费变更).
        RenewChange = "RENEW_CHANGE",
        /// Upgrade or expansion (变更).
        Change = "CHANGE",
        /// Unsubscription (退订).
        Unsubscribe = "UNSUBSCRIBE",
        /// Unsubscription of renewals that have not begun (退续费).
        UnsubscribeRenewal = "UNSUBSCRIBE_RENEWAL",
    }
}

impl OrderKind {
    /// The `orderType` of the open API, which has no words of its own for the two variants.
    pub(crate) const fn order_type(self) -> &'static str {
        match self {
            Self::RenewChange => "RENEW",
            Self::UnsubscribeRenewal => "UNSUBSCRIBE",
            Self::New | Self::Trial | Self::TrialToFormal | Self::Renew | Self::Change | Self::Unsubscribe => {
                self.code()
            }
        }
    }

    /// Whether it gives money back instead of asking for it.
    pub(crate) const fn is_refund(self) -> bool {
        match self {
            Self::Unsubscribe | Self::UnsubscribeRenewal => true,
            Self::New | Self::Trial | Self::TrialToFormal | Self::Renew | Self::RenewChange | Self::Change => false,
        }
    }

    /// Whether it moves the expiry of an instance.
    pub(crate) const fn is_renewal(self) -> bool {
        match self {
            Self::Renew | Self::RenewChange | Self::TrialToFormal => true,
            Self::New | Self::Trial | Self::Change | Self::Unsubscribe | Self::UnsubscribeRenewal => false,
        }
    }
}

codes! {
    /// Where an order stands (订单状态). Source: seller centre §3.1.
    OrderState {
        /// Submitted, not paid (待支付).
        PendingPayment = "pendingPayment",
        /// Paid, the merchant has not answered yet (处理中).
        Processing = "processing",
        /// Cancelled before payment (已取消).
        Cancelled = "cancelled",
        /// The whole process is over (已完成).
        Completed = "completed",
        /// The interface failed; unsubscribed automatically and refunded (开通失败).
        Failed = "failed",
    }
}

/// A parameter the buyer filled in (扩展参数).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExtendParam {
    /// Its name, for example `emailDomainName`.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: String,
}

/// An order with its one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    /// Its id, `CS…`.
    pub(crate) order_id: String,
    /// Who sells.
    pub(crate) merchant_id: String,
    /// Who buys: the customer id.
    pub(crate) buyer_id: String,
    /// What it is for.
    pub(crate) kind: OrderKind,
    /// Where it stands.
    pub(crate) state: OrderState,
    /// The product.
    pub(crate) product_code: String,
    /// The specification.
    pub(crate) sku_code: String,
    /// The price.
    pub(crate) product_id: String,
    /// `product,spec,edition,charging`, as the open API gives it.
    pub(crate) product_name: String,
    /// Product and specification, for people.
    pub(crate) names: Names,
    /// For a period, or once.
    pub(crate) charging_mode: ChargingMode,
    /// Unit of the period.
    pub(crate) period_type: Option<PeriodType>,
    /// How many periods.
    pub(crate) period_number: Option<i64>,
    /// Value of the quantity attribute.
    pub(crate) quantity: Option<i64>,
    /// Currency of the amounts.
    pub(crate) currency: Currency,
    /// Amount before discount; of an unsubscription: what is refunded.
    #[serde(serialize_with = "as_text")]
    pub(crate) amount: Money,
    /// Amount after discount: what is paid.
    #[serde(serialize_with = "as_text")]
    pub(crate) payable: Money,
    /// What was given back of it.
    #[serde(serialize_with = "as_text")]
    pub(crate) refunded: Money,
    /// The instance it opened or acts on.
    pub(crate) resource_id: Option<String>,
    /// The order an unsubscription undoes.
    pub(crate) related_order_id: Option<String>,
    /// Expiry of the instance before it.
    pub(crate) expire_before: Option<Instant>,
    /// Expiry of the instance after it.
    pub(crate) expire_after: Option<Instant>,
    /// Creation time and period added up, for reference only. Source: open APIs D5.
    pub(crate) reference_expire_at: Option<Instant>,
    /// What the buyer filled in.
    pub(crate) extend_params: Vec<ExtendParam>,
    /// Why it failed; empty when it did not.
    pub(crate) failure: String,
    /// The place it takes in the buyer's yearly quota of no-reason refunds.
    #[serde(skip)]
    pub(crate) quota_slot: Option<String>,
    /// When it was placed.
    pub(crate) created_at: Instant,
    /// When it was paid.
    pub(crate) paid_at: Option<Instant>,
    /// When it was completed, cancelled or failed.
    pub(crate) finished_at: Option<Instant>,
    /// Grows with every change.
    #[serde(skip)]
    pub(crate) version: i64,
}

impl Order {
    /// Id of its one line. Source: open APIs §3.1.
    pub(crate) fn order_line_id(&self) -> String {
        format!("{}-000001", self.order_id)
    }

    /// What the merchant may keep of it.
    pub(crate) fn kept_minor(&self) -> i64 {
        match (self.kind.is_refund(), self.paid_at) {
            (false, Some(_)) => self.payable.minor() - self.refunded.minor(),
            (true, _) | (false, None) => 0,
        }
    }
}

fn as_text<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(money)
}

/// Which orders to list; empty and none mean any.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderFilter {
    /// Of this merchant.
    pub(crate) merchant_id: String,
    /// Of this buyer.
    pub(crate) buyer_id: String,
    /// Of this product.
    pub(crate) product_code: String,
    /// Of this instance.
    pub(crate) resource_id: String,
    /// For this purpose.
    pub(crate) kind: Option<OrderKind>,
    /// In this state.
    pub(crate) state: Option<OrderState>,
    /// Whose order id or name holds this text.
    pub(crate) text: String,
    /// Placed at or after.
    pub(crate) created_from: Option<Instant>,
    /// Placed before.
    pub(crate) created_to: Option<Instant>,
}

/// The order with this id.
pub(crate) async fn by_id(core: &Core, order_id: &str) -> Answer<Option<Order>> {
    Ok(repo::find(&core.foundation.db, order_id).await?)
}

/// Orders, newest first.
pub(crate) async fn list(core: &Core, filter: &OrderFilter, window: Window) -> Answer<Vec<Order>> {
    Ok(repo::list(&core.foundation.db, filter, window).await?)
}

/// A new order id that looks like the store's: `CS`, the minute in store time, five letters and digits.
pub(crate) fn new_id(core: &Core, now: Instant) -> String {
    const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let entropy = &core.foundation.entropy;
    let tail: String =
        (0..5).map(|_| usize::try_from(entropy.below(36)).map_or('0', |index| char::from(ALPHABET[index]))).collect();
    format!("CS{}{tail}", crate::instance::calendar::minute_text(now))
}
