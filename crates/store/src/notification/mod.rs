//! Order notification (订单通知): telling the merchant that an order was made, for products of every kind.
//!
//! A merchant ties a production address to an access type (按接入类型) or to a single product (按商品). Whoever
//! buys, renews, changes or unsubscribes something that matches causes one call per order, however many
//! configurations match. The call says no more than the order's id; the merchant queries the order itself.
//! It is queued in the commit that decides, after the interfaces of the product, and does not wait for them.
//! Source: open APIs chapter 4, decision D24.

mod announce;
mod configuration;
mod exhausted;
mod repo;
pub(crate) mod rules;
mod test_call;

pub(crate) use announce::queue;
pub(crate) use configuration::{NewConfiguration, add, configurations, remove};
pub(crate) use exhausted::fail_order;
pub(crate) use repo::STATEMENTS as NOTIFICATION_STATEMENTS;
pub(crate) use test_call::test_call;

use mercer_kernel::clock::Instant;
use serde::Serialize;

use crate::codes::codes;

codes! {
    /// How a product is connected to the store (接入类型), as the seller centre lists it. Images have no order
    /// notification. Source: open APIs §4.1.
    AccessType {
        /// Software as a service (SaaS类).
        Saas = "saas",
        /// Software under a licence (License类).
        License = "license",
        /// Interfaces (API类).
        Api = "api",
        /// Hardware (硬件类).
        Hardware = "hardware",
        /// Work by people (人工服务类).
        Service = "service",
        /// Everything else (其他).
        Other = "other",
    }
}

codes! {
    /// At which event of an order the merchant is told (订单通知节点). Source: open APIs §4.1.
    Node {
        /// New purchase (新购).
        New = "new",
        /// Renewal (续费).
        Renewal = "renewal",
        /// Change (变更).
        Change = "change",
        /// Unsubscription (退订).
        Unsubscription = "unsubscription",
    }
}

codes! {
    /// What a configuration is for. Source: open APIs §4.7.
    Scope {
        /// Every product of an access type (按接入类型).
        AccessType = "accessType",
        /// One product (按商品).
        Product = "product",
    }
}

/// What a configuration covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// Every product of this access type.
    AccessType(AccessType),
    /// The product with this code.
    Product(String),
}

impl Coverage {
    /// By access type or by product.
    pub(crate) fn scope(&self) -> Scope {
        match self {
            Self::AccessType(_) => Scope::AccessType,
            Self::Product(_) => Scope::Product,
        }
    }

    /// The access type's code or the product's.
    pub(crate) fn subject(&self) -> &str {
        match self {
            Self::AccessType(access_type) => access_type.code(),
            Self::Product(product_code) => product_code,
        }
    }
}

/// A production address that is told about orders (订单通知配置).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Configuration {
    /// Its id.
    pub(crate) notification_id: String,
    /// The merchant it belongs to.
    pub(crate) merchant_id: String,
    /// By access type or by product.
    pub(crate) scope: Scope,
    /// The access type, when it is by access type.
    pub(crate) access_type: Option<AccessType>,
    /// The product, when it is by product.
    pub(crate) product_code: Option<String>,
    /// Which production address is called.
    pub(crate) address_id: String,
    /// When it was made.
    pub(crate) created_at: Instant,
}

impl Configuration {
    /// What it covers is `coverage`.
    fn new(
        (notification_id, merchant_id): (String, String),
        coverage: Coverage,
        address_id: String,
        now: Instant,
    ) -> Self {
        let scope = coverage.scope();
        let (access_type, product_code) = match coverage {
            Coverage::AccessType(access_type) => (Some(access_type), None),
            Coverage::Product(product_code) => (None, Some(product_code)),
        };
        Self { notification_id, merchant_id, scope, access_type, product_code, address_id, created_at: now }
    }
}
