//! Every vector of the protocol, and properties that hold for any input.

#![expect(clippy::unwrap_used, reason = "a broken fixture must stop the test")]

mod aksk_vectors;
mod body_sign_vectors;
mod cipher_vectors;
mod client_secret_vectors;
mod fields;
mod fuzz;
mod kit_properties;
mod kit_requests;
mod kit_vectors;
mod mock_orders;
mod order_notify;
mod properties;
mod query_order;
mod requests;
mod responses;
mod saas_v1_properties;
mod saas_v1_requests;
mod saas_v1_vectors;
mod signature_vectors;
mod vectors;
