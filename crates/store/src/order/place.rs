//! Placing an order for something new.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::money::Money;
use serde::{Deserialize, Serialize};

use super::rules::{self, Wish};
use super::{ExtendParam, Order, OrderKind, pay, repo};
use crate::Core;
use crate::callback;
use crate::catalog::{self, Access, Offer};
use crate::error::{Answer, StoreError};
use crate::merchant;
use crate::refusal::Refusal;

/// What a buyer wants to order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlaceOrder {
    /// Who: the customer id.
    pub(crate) buyer_id: String,
    /// Which price.
    pub(crate) product_id: String,
    /// Value of the quantity attribute; its smallest when absent.
    #[serde(default)]
    pub(crate) quantity: Option<i64>,
    /// Number of periods; one when absent.
    #[serde(default)]
    pub(crate) period_number: Option<i64>,
    /// What the buyer filled in.
    #[serde(default)]
    pub(crate) extend_params: Vec<ExtendParam>,
    /// Whether to pay at once.
    #[serde(default)]
    pub(crate) pay: bool,
}

/// What an order would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Quote {
    /// Before discount.
    #[serde(serialize_with = "super::as_text")]
    pub(crate) amount: Money,
    /// To be paid.
    #[serde(serialize_with = "super::as_text")]
    pub(crate) payable: Money,
    /// Currency of both.
    pub(crate) currency: mercer_kernel::money::Currency,
    /// The quantity it is for.
    pub(crate) quantity: Option<i64>,
    /// The number of periods it is for.
    pub(crate) period_number: Option<i64>,
    /// When it would expire, counted from now or from the present expiry.
    pub(crate) expire_at: Option<Instant>,
}

impl Quote {
    /// The figures of an order that is not placed.
    pub(crate) fn of(order: &Order) -> Self {
        Self {
            amount: order.amount,
            payable: order.payable,
            currency: order.currency,
            quantity: order.quantity,
            period_number: order.period_number,
            expire_at: order.expire_after.or(order.reference_expire_at),
        }
    }
}

/// What else happens in the commit that places an order, for example remembering the answer.
pub(crate) type Also<'a> = &'a (dyn Fn(&Order) -> Batch + Send + Sync);

/// Places an order, and pays it when asked to; `also` happens in the same commit.
pub(crate) async fn place_order(core: &Core, wanted: &PlaceOrder, also: Also<'_>) -> Answer<Order> {
    core.foundation
        .db
        .transact(|| async {
            let order = plan(core, wanted).await?;
            let mut batch = Batch::new();
            let order = submit(core, &mut batch, order, wanted.pay).await?;
            batch.extend(also(&order));
            Ok::<_, StoreError>((batch, order))
        })
        .await
}

/// Adds a planned order to a batch, and its payment when asked to.
pub(crate) async fn submit(core: &Core, batch: &mut Batch, order: Order, pays: bool) -> Answer<Order> {
    repo::insert(core, batch, &order);
    if pays { pay::plan(core, batch, order).await } else { Ok(order) }
}

/// The price with this id.
///
/// # Errors
/// When there is none.
pub(crate) async fn offer(core: &Core, product_id: &str) -> Answer<Offer> {
    catalog::offer(core, product_id).await?.ok_or_else(|| {
        Refusal::invalid("order.product", "productId", "没有这个商品价格", "there is no such product id").into()
    })
}

async fn plan(core: &Core, wanted: &PlaceOrder) -> Answer<Order> {
    let offer = offer(core, &wanted.product_id).await?;
    catalog::rules::check_on_sale(&offer)?;
    if merchant::buyer(&core.foundation, &wanted.buyer_id).await?.is_none() {
        return Err(Refusal::invalid("order.buyer", "buyerId", "没有这个买家", "there is no such buyer").into());
    }
    if offer.product.integration.access == Access::SaasV1 {
        callback::check_extend_params(&wanted.extend_params)?;
    }
    let now = core.foundation.clock.now();
    let wish = Wish {
        kind: if offer.price.is_trial() { OrderKind::Trial } else { OrderKind::New },
        buyer_id: &wanted.buyer_id,
        offer: &offer,
        quantity: wanted.quantity,
        periods: wanted.period_number,
        extend_params: wanted.extend_params.clone(),
    };
    rules::order(wish, super::new_id(core, now), now)
}
