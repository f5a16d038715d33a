//! The four ways to pay for more of a service: renew, renew with a change, upgrade, turn a trial formal.

use mercer_kernel::clock::Instant;

use crate::Core;
use crate::catalog::{Offer, Product};
use crate::console::shop::wish::{Amounts, quote};
use crate::error::Answer;
use crate::instance::{self, Change, Instance, Renew, ToFormal, Upgrade, rules};
use crate::order::{Order, OrderKind, Quote};
use crate::refusal::Refusal;

/// One of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deal {
    /// As it is (续费).
    Renew,
    /// With another size or specification (续费变更).
    Change,
    /// Now, for the remaining time (升级扩容).
    Upgrade,
    /// From trial to formal (试用转正).
    Formal,
}

impl Deal {
    /// From the last part of the path.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "renew" => Some(Self::Renew),
            "change" => Some(Self::Change),
            "upgrade" => Some(Self::Upgrade),
            "formal" => Some(Self::Formal),
            _ => None,
        }
    }

    /// The last part of the path.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Renew => "renew",
            Self::Change => "change",
            Self::Upgrade => "upgrade",
            Self::Formal => "formal",
        }
    }

    /// Whether a quantity can be chosen.
    pub(super) const fn takes_quantity(self) -> bool {
        match self {
            Self::Change | Self::Upgrade | Self::Formal => true,
            Self::Renew => false,
        }
    }

    /// Whether a number of periods can be chosen.
    pub(super) const fn takes_periods(self) -> bool {
        match self {
            Self::Renew | Self::Change | Self::Formal => true,
            Self::Upgrade => false,
        }
    }

    /// Checks that the instance's state allows it at all.
    ///
    /// # Errors
    /// The rule against it.
    pub(super) fn check(self, instance: &Instance) -> Result<(), Refusal> {
        match self {
            Self::Renew | Self::Change => rules::check_renewable(instance),
            Self::Upgrade => rules::check_upgradable(instance),
            Self::Formal => rules::check_trial(instance),
        }
    }

    /// The prices it can go to.
    pub(super) fn offers(self, instance: &Instance, product: &Product) -> Vec<Offer> {
        let all = product.skus.iter().flat_map(|sku| sku.prices.iter().map(move |price| (sku, price)));
        let formal = all.filter(|(_, price)| price.on_sale && !price.is_trial() && price.period_type.is_some());
        let fitting = formal.filter(|(sku, price)| match self {
            Self::Renew => sku.sku_code == instance.sku_code,
            Self::Change | Self::Formal => true,
            Self::Upgrade => price.period_type == instance.period_type,
        });
        fitting.map(|(sku, price)| Offer { product: product.clone(), sku: sku.clone(), price: price.clone() }).collect()
    }

    /// What it would cost, and the expiry it would bring.
    pub(super) async fn quote(
        self,
        core: &Core,
        instance: &Instance,
        offer: &Offer,
        amounts: Amounts,
    ) -> Answer<Quote> {
        let (id, product_id) = (&instance.resource_id, Some(offer.price.product_id.clone()));
        match self {
            Self::Renew => {
                let wanted = Renew { product_id, period_number: amounts.periods, pay: false };
                instance::quote_renewal(core, id, &wanted).await
            }
            Self::Upgrade => {
                let wanted = Upgrade { product_id, quantity: amounts.quantity, pay: false };
                instance::quote_upgrade(core, id, &wanted).await
            }
            Self::Change => estimate(core, instance, offer, (OrderKind::RenewChange, amounts)),
            Self::Formal => estimate(core, instance, offer, (OrderKind::TrialToFormal, amounts)),
        }
    }

    /// Places the order, unpaid.
    pub(super) async fn place(
        self,
        core: &Core,
        instance: &Instance,
        offer: &Offer,
        amounts: Amounts,
    ) -> Answer<Order> {
        let id = &instance.resource_id;
        let product_id = offer.price.product_id.clone();
        let Amounts { quantity, periods: period_number } = amounts;
        match self {
            Self::Renew => {
                instance::renew(core, id, &Renew { product_id: Some(product_id), period_number, pay: false }).await
            }
            Self::Change => {
                instance::change(core, id, &Change { product_id, quantity, period_number, pay: false }).await
            }
            Self::Upgrade => {
                instance::upgrade(core, id, &Upgrade { product_id: Some(product_id), quantity, pay: false }).await
            }
            Self::Formal => {
                instance::trial_to_formal(core, id, &ToFormal { product_id, quantity, period_number, pay: false }).await
            }
        }
    }
}

/// The full price of the target's periods, which is what a change and a trial turned formal cost, without
/// asking the merchant yet.
fn estimate(core: &Core, instance: &Instance, offer: &Offer, (kind, amounts): (OrderKind, Amounts)) -> Answer<Quote> {
    let kept = instance.quantity.filter(|_| offer.sku.linear.is_some());
    let amounts = Amounts { quantity: amounts.quantity.or(kept), ..amounts };
    let mut quote = quote(core, offer, kind, amounts)?;
    if let Some(period) = offer.price.period_type {
        let number = quote.period_number.unwrap_or(1);
        let now: Instant = core.foundation.clock.now();
        let (_, after) = rules::renewed_expiry(instance, period, number, now)?;
        quote.expire_at = Some(after);
    }
    Ok(quote)
}
