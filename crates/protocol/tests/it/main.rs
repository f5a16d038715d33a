//! Every vector of the protocol, and properties that hold for any input.

#![expect(clippy::unwrap_used, reason = "a broken fixture must stop the test")]

mod aksk_vectors;
mod body_sign_vectors;
mod fields;
mod mock_orders;
mod properties;
mod query_order;
mod requests;
mod responses;
mod signature_vectors;
mod vectors;
