//! What somebody wants to publish. Codes and ids are optional so that a seeded store can fix them.

use mercer_kernel::money::Currency;
use serde::Deserialize;

use super::{Bracket, ChargingMode, Integration, LinearAttribute, Names, PeriodType, PriceMode, ProductState};

/// A product to publish. Codes are optional so that a seeded store can fix them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewProduct {
    /// Its code, made by the store when absent.
    #[serde(default)]
    pub(crate) product_code: Option<String>,
    /// Who sells it.
    pub(crate) merchant_id: String,
    /// Which production address its calls go to.
    pub(crate) address_id: String,
    /// Its name.
    pub(crate) name: Names,
    /// What it is.
    #[serde(default)]
    pub(crate) description: Names,
    /// The currency of all its prices.
    #[serde(default = "default_currency")]
    pub(crate) currency: Currency,
    /// How the store reaches the merchant's software.
    #[serde(flatten)]
    pub(crate) integration: Integration,
    /// Whether it can be bought at once.
    #[serde(default = "default_state")]
    pub(crate) state: ProductState,
    /// Its specifications.
    pub(crate) skus: Vec<NewSku>,
}

/// A specification to publish.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewSku {
    /// Its code, made by the store when absent.
    #[serde(default)]
    pub(crate) sku_code: Option<String>,
    /// Its name.
    pub(crate) name: Names,
    /// Its quantity attribute.
    #[serde(default)]
    pub(crate) linear: Option<LinearAttribute>,
    /// What it costs.
    pub(crate) prices: Vec<NewPrice>,
}

/// A price to publish.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewPrice {
    /// Its id, made by the store when absent.
    #[serde(default)]
    pub(crate) product_id: Option<String>,
    /// For a period, or once.
    pub(crate) charging_mode: ChargingMode,
    /// The unit of the period.
    #[serde(default)]
    pub(crate) period_type: Option<PeriodType>,
    /// How the quantity counts.
    #[serde(default = "default_mode")]
    pub(crate) mode: PriceMode,
    /// The unit prices.
    pub(crate) brackets: Vec<Bracket>,
    /// Length of the trial, when this is one.
    #[serde(default)]
    pub(crate) trial_days: Option<i64>,
}

fn default_currency() -> Currency {
    Currency::Cny
}

fn default_state() -> ProductState {
    ProductState::OnSale
}

fn default_mode() -> PriceMode {
    PriceMode::Linear
}
