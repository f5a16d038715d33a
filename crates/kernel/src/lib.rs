//! What both faces of Mercer stand on: time, chance, money, secrets at rest, the database, the
//! outbox (everything that must happen later), the guarded HTTP client, and the web shell.
//!
//! Nothing here knows the seller protocol or the business. A thing lives here only when the store
//! and the gateway both need it.

pub mod clock;
pub mod config;
pub mod db;
pub mod digest;
pub mod entropy;
pub mod foundation;
pub mod http;
pub mod lines;
pub mod money;
pub mod outbox;
pub mod server;
pub mod telemetry;
pub mod vault;
pub mod web;
