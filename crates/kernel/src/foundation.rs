//! The ground a face is opened on: everything it needs from outside, in one value.

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entropy::Entropy;
use crate::http::Outbound;
use crate::vault::Vault;

/// What the binary, or a test world, hands to a face.
#[derive(Clone)]
pub struct Foundation {
    /// The face's database.
    pub db: Db,
    /// Business time: orders, expiry, retries. The store's may be frozen and advanced.
    pub clock: Clock,
    /// Transport time: signatures, nonces, leases, sessions. Never virtual outside tests.
    pub wall: Clock,
    /// Ids, nonces and generated secrets.
    pub entropy: Entropy,
    /// Secrets at rest.
    pub vault: Vault,
    /// The only way to call somebody else.
    pub outbound: Arc<dyn Outbound>,
    /// Settings.
    pub config: Arc<Config>,
    /// The address under which others reach this face, without a slash at the end.
    pub public_url: String,
}
