//! The wire contract between store (云商店) and merchant, both directions.
//!
//! Everything here is pure: bytes in, types out, and back. There is no network, no clock, no
//! randomness, no database; whoever calls brings the time and the keys. A seller who writes Rust can
//! use this crate alone.
//!
//! - [`saas_v2`]: the base interfaces of SaaS V2.0, their signature and their answers
//! - [`saas_v1`]: the base interfaces of SaaS V1.0, with [`cipher`], its encrypted fields
//! - [`kit`]: the five calls that carry enterprises, members and departments, V2.0 and V1.0
//! - [`order_notify`]: the notice after a payment
//! - [`aksk`]: SDK-HMAC-SHA256, the signature of the store's open APIs
//! - [`order_query`]: the open API a merchant asks for an order's content
//! - [`result_code`], [`time`], [`field`], [`body_sign`], [`wording`]: what they share
//!
//! The rule for both directions: liberal in what is accepted, strict in what is sent. Unknown members
//! are accepted, kept, and survive a round trip.

pub mod aksk;
pub mod body_sign;
pub mod cipher;
pub mod field;
pub mod kit;
pub mod order_notify;
pub mod order_query;
pub mod result_code;
pub mod saas_v1;
pub mod saas_v2;
pub mod time;
pub mod wording;

mod digest;
mod json;
mod parse_refusal;
mod redact;

pub use parse_refusal::{ParseReason, ParseRefusal};
pub use result_code::ResultCode;
pub use wording::Wording;
