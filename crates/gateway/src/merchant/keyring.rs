//! Opened access keys in memory, so that a call of the store costs no read for them.
//!
//! A change in this process is seen at once, a change in another process within [`FRESH_FOR`].

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use mercer_kernel::clock::Instant;
use mercer_protocol::kit::client_secret::PrivateKey;
use tokio::sync::Mutex;

use super::encryption::{self, Encryption};
use super::{InterfaceType, repo, row_of};
use crate::error::GatewayError;
use crate::gateway::Gateway;

/// How old an entry may be: the longest time a revoked key still works in another process.
const FRESH_FOR: Duration = Duration::from_secs(2);
/// How exact "last used" is; every call would otherwise write the key's row.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
/// Merchants remembered, unknown ones included, so that guessing names cannot fill the memory.
const ENTRIES: usize = 4_096;

/// One valid key.
pub(crate) struct OpenedKey {
    pub(crate) key_id: String,
    pub(crate) interface_type: InterfaceType,
    pub(crate) text: String,
    rsa: Option<PrivateKey>,
    last_used_micros: AtomicI64,
}

impl OpenedKey {
    /// The private key, when it is one that can be used.
    pub(crate) const fn rsa(&self) -> Option<&PrivateKey> {
        self.rsa.as_ref()
    }

    /// Whether the use at `now` is worth a write; true for one caller per minute.
    pub(crate) fn claim_touch(&self, now: Instant) -> bool {
        let last = self.last_used_micros.load(Ordering::Relaxed);
        now.since(Instant::from_micros(last)) >= TOUCH_EVERY
            && self
                .last_used_micros
                .compare_exchange(last, now.as_micros(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

/// Reads a private key once, not at every call.
fn rsa_of(interface_type: InterfaceType, text: &str) -> Option<PrivateKey> {
    match interface_type {
        InterfaceType::Rsa => PrivateKey::parse(text).ok(),
        InterfaceType::Base
        | InterfaceType::Kit
        | InterfaceType::LicenseCode
        | InterfaceType::General
        | InterfaceType::SaasV1 => None,
    }
}

/// The keys of a merchant; none when there is no such merchant.
pub(crate) type Keys = Option<Arc<Vec<OpenedKey>>>;

struct Entry {
    keys: Keys,
    encryption: encryption::Shared,
    loaded_at: Instant,
}

/// The cache.
#[derive(Default)]
pub(crate) struct Keyring {
    entries: RwLock<HashMap<String, Entry>>,
    loading: Mutex<()>,
}

impl Keyring {
    /// The valid keys of a merchant, newest first.
    pub(crate) async fn keys(&self, gateway: &Gateway, merchant_id: &str) -> Result<Keys, GatewayError> {
        let wall = &gateway.foundation().wall;
        if let Some(keys) = self.fresh(merchant_id, wall.now()) {
            return Ok(keys);
        }
        // One reader fetches, the others wait for it.
        let _loading = self.loading.lock().await;
        let now = wall.now();
        if let Some(keys) = self.fresh(merchant_id, now) {
            return Ok(keys);
        }
        let keys = match repo::valid_keys(gateway.db(), merchant_id).await? {
            None => None,
            Some(stored) => {
                let mut opened = Vec::with_capacity(stored.len());
                for key in stored {
                    let row = row_of(merchant_id, &key.key_id);
                    let text = gateway.vault().open_at(repo::key_place(&row), &key.sealed)?;
                    opened.push(OpenedKey {
                        rsa: rsa_of(key.interface_type, &text),
                        text,
                        key_id: key.key_id,
                        interface_type: key.interface_type,
                        last_used_micros: AtomicI64::new(key.last_used_at.map_or(0, Instant::as_micros)),
                    });
                }
                Some(Arc::new(opened))
            }
        };
        let speaks_v1 = keys.iter().flat_map(|keys| keys.iter()).any(|key| key.interface_type == InterfaceType::SaasV1);
        let encryption =
            if speaks_v1 { encryption::read(gateway.db(), merchant_id).await? } else { Encryption::default() };
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= ENTRIES {
            entries.clear();
        }
        entries.insert(
            merchant_id.to_owned(),
            Entry { keys: keys.clone(), encryption: Arc::new(encryption), loaded_at: now },
        );
        Ok(keys)
    }

    /// Bit lengths of a merchant's products, as loaded with its keys.
    pub(crate) fn encryption(&self, merchant_id: &str) -> encryption::Shared {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.get(merchant_id).map(|entry| Arc::clone(&entry.encryption)).unwrap_or_default()
    }

    /// Forgets what was loaded for a merchant; the next call reads again.
    pub(crate) fn forget(&self, merchant_id: &str) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(merchant_id);
    }

    fn fresh(&self, merchant_id: &str, now: Instant) -> Option<Keys> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(merchant_id)?;
        (now.since(entry.loaded_at) < FRESH_FOR).then(|| entry.keys.clone())
    }
}
