//! Query order (查询订单): the open API a merchant asks for what was bought.
//!
//! Source: open APIs §3.1. The store writes answers with [`Response::to_json`], the merchant reads them
//! with [`Answer::read`], which also understands the errors of the API gateway in front.

mod answer;
mod codes;
pub mod fields;
mod mock;
mod order;
mod query;
mod words;

pub use answer::{Answer, Recovery, Response};
pub use codes::{CodePrefix, MktCode};
pub use mock::{MOCK_ORDER_IDS, mock_order, mock_orders, period_expiry};
pub use order::{BuyerInfo, ExtendParam, OrderError, OrderInfo, OrderLine, ProductInfo};
pub use query::{Query, QueryRefusal, Surplus};
pub use words::{ChargingMode, OrderType, PeriodType};

/// Path of the interface. Source: open APIs §3.1.
pub const PATH: &str = "/api/mkp-openapi-public/global/v1/order/query";
