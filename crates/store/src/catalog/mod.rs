//! What is on sale: products, their specifications, and a price for each period type.
//!
//! A product (商品) belongs to one merchant and has exactly one production address. It has
//! specifications (规格), each with a `skuCode`; pricing a specification monthly and yearly makes two
//! prices, each with its own `productId`. Buyers order a `productId`.
//! Source: SaaS V2.0 §1.2; seller centre chapter 8.

mod integration;
mod new_product;
pub(crate) mod pricing;
mod products;
mod repo;
pub(crate) mod rules;

pub(crate) use integration::{Access, Authorization, Integration};
pub(crate) use new_product::{NewPrice, NewProduct, NewSku};
pub(crate) use products::{create, offer, product, products, set_address, set_state, set_texts};
pub(crate) use repo::STATEMENTS as CATALOG_STATEMENTS;
pub(crate) use repo::{FailedOrder, delist_after_failures, optional_code};

use mercer_kernel::clock::Instant;
use mercer_kernel::money::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::codes::codes;

codes! {
    /// Whether a product can be bought (商品状态). Source: seller centre §7.2.
    ProductState {
        /// In the shop (在售).
        OnSale = "onSale",
        /// Bought by URL only (隐藏).
        Hidden = "hidden",
        /// Not bought any more (停售).
        SaleStopped = "saleStopped",
        /// Withdrawn by the seller or the store (下架).
        Delisted = "delisted",
    }
}

codes! {
    /// How a price is charged (计费模式), as the open APIs name it.
    ChargingMode {
        /// For a period (包周期).
        Period = "PERIOD",
        /// Once (按次).
        OneTime = "ONE_TIME",
        /// By use (按需): nothing is paid for opening it.
        OnDemand = "ON_DEMAND",
    }
}

codes! {
    /// The unit of a period (周期类型), as the open APIs name it.
    PeriodType {
        /// Calendar years.
        Year = "year",
        /// Calendar months.
        Month = "month",
        /// Days, for trials.
        Day = "day",
    }
}

codes! {
    /// How a quantity becomes an amount (价格模式). Source: seller centre chapter 8.
    PriceMode {
        /// Quantity times unit price (线性).
        Linear = "linear",
        /// Each part of the quantity at the price of its bracket (Step阶梯).
        Graduated = "graduated",
        /// The whole quantity at the price of the bracket it falls in (Tier阶梯).
        Volume = "volume",
    }
}

codes! {
    /// What a quantity attribute is sent as. Source: SaaS V1.0 §3.1 rows 19–21.
    LinearKind {
        /// A number of things (数量).
        Amount = "amount",
        /// Disk size in GB (硬盘大小).
        DiskSize = "diskSize",
        /// Bandwidth in Mbps (带宽).
        BandWidth = "bandWidth",
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Names {
    /// Chinese.
    #[serde(default)]
    pub(crate) zh: String,
    /// English.
    #[serde(default)]
    pub(crate) en: String,
}

impl Names {
    /// Both texts.
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// Something a merchant sells (商品).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Product {
    /// Its own code.
    pub(crate) product_code: String,
    /// Who sells it.
    pub(crate) merchant_id: String,
    /// Which production address its calls go to.
    pub(crate) address_id: String,
    /// Whether it can be bought.
    pub(crate) state: ProductState,
    /// Its name.
    pub(crate) name: Names,
    /// What it is.
    pub(crate) description: Names,
    /// The currency of all its prices.
    pub(crate) currency: Currency,
    /// How the store reaches the merchant's software.
    #[serde(flatten)]
    pub(crate) integration: Integration,
    /// When it was published.
    pub(crate) created_at: Instant,
    /// Grows with every change.
    #[serde(skip)]
    pub(crate) version: i64,
    /// Its specifications, in the seller's order.
    pub(crate) skus: Vec<Sku>,
}

/// One specification (规格).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sku {
    /// Its code; unchanged when the period type changes.
    pub(crate) sku_code: String,
    /// Its name, at most 50 characters.
    pub(crate) name: Names,
    /// Its quantity attribute, when it has one.
    pub(crate) linear: Option<LinearAttribute>,
    /// What it costs, one entry per period type.
    pub(crate) prices: Vec<Price>,
}

/// A quantity the buyer chooses (线性属性), for example seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinearAttribute {
    /// What is counted.
    pub(crate) name: Names,
    /// What it is sent as.
    #[serde(default = "default_kind")]
    pub(crate) kind: LinearKind,
    /// Smallest quantity.
    pub(crate) min: i64,
    /// Largest quantity.
    pub(crate) max: i64,
    /// Distance of allowed quantities.
    pub(crate) step: i64,
}

/// What one specification costs for one period type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Price {
    /// The `productId` of the protocol.
    pub(crate) product_id: String,
    /// For a period, or once.
    pub(crate) charging_mode: ChargingMode,
    /// The unit of the period; none for one-time and usage prices.
    pub(crate) period_type: Option<PeriodType>,
    /// How the quantity counts.
    pub(crate) mode: PriceMode,
    /// The unit prices, ascending; linear prices have one bracket without an upper end.
    pub(crate) brackets: Vec<Bracket>,
    /// Length of the trial, when this is one.
    pub(crate) trial_days: Option<i64>,
    /// Whether it is ticked for sale.
    pub(crate) on_sale: bool,
}

impl Price {
    /// Whether this is a trial.
    pub(crate) fn is_trial(&self) -> bool {
        self.trial_days.is_some()
    }
}

/// A unit price up to and including a quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bracket {
    /// Last quantity of the bracket; none for the last one.
    pub(crate) up_to: Option<Decimal>,
    /// Price of one unit.
    pub(crate) unit_price: Decimal,
}

/// A price with what it belongs to: everything an order needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// The product.
    pub(crate) product: Product,
    /// The specification.
    pub(crate) sku: Sku,
    /// The price.
    pub(crate) price: Price,
}

fn default_kind() -> LinearKind {
    LinearKind::Amount
}

/// Which products to list; empty and none mean any.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProductFilter {
    /// Of this merchant.
    pub(crate) merchant_id: String,
    /// In this state.
    pub(crate) state: Option<ProductState>,
    /// Whose name holds this text, without regard to case.
    pub(crate) text: String,
}
