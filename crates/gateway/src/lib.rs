//! The merchant's side (商家侧): a seller's production-interface server.
//!
//! The store calls it, signed; it verifies, remembers, answers in milliseconds, has the seller's own
//! application (the app) provision the customer, and never loses an order, even while that
//! application is down. A call is followed from top to bottom in [`inbound`], [`instance`], [`event`]
//! and [`connector`].

pub mod account;
pub mod api;
pub mod audit;
pub mod connector;
mod console;
pub mod delivery;
pub mod error;
pub mod event;
mod gateway;
pub mod inbound;
pub mod instance;
pub mod merchant;
mod secret;
pub mod settings;
mod storefront;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod testing_kit;
mod work;

pub use error::GatewayError;
pub use gateway::Gateway;
