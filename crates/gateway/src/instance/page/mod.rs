//! The instance page (实例页面): where a buyer waits for what he bought, and finds out why he cannot use it.
//!
//! SaaS V1.0 has no answer that says "later", so the store gets this page as the address of the instance
//! (decision D19). It sends the buyer on to the app once that is ready, and never shows an account. Its
//! address holds a proof only the gateway can make; nothing is looked up to check it.

mod show;
mod story;
#[cfg(test)]
mod tests;
mod texts;

use hmac::{Hmac, KeyInit as _, Mac as _};
use mercer_kernel::web::session::percent_encode;
use sha2::Sha256;

pub(crate) use show::{PATH, router};

use crate::gateway::Gateway;

/// Bytes of the proof in an address: beyond guessing, short enough for the protocol's 512 characters.
const PROOF_BYTES: usize = 16;

impl Gateway {
    /// The address of an instance's page for its buyer. Whoever knows it sees how the instance stands.
    #[must_use]
    pub fn instance_page(&self, merchant_id: &str, instance_id: &str) -> String {
        let public_url = self.foundation().public_url.trim_end_matches('/');
        let proof = proof(self.page_secret(), merchant_id, instance_id);
        format!("{public_url}/instance/{}/{}/{proof}", percent_encode(merchant_id), percent_encode(instance_id))
    }
}

fn mac(secret: &[u8], merchant_id: &str, instance_id: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(merchant_id.as_bytes());
    mac.update(&[0]);
    mac.update(instance_id.as_bytes());
    mac
}

fn proof(secret: &[u8], merchant_id: &str, instance_id: &str) -> String {
    let digest = mac(secret, merchant_id, instance_id).finalize().into_bytes();
    digest[..PROOF_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a proof is the one of this instance; compared in constant time.
fn fits(secret: &[u8], (merchant_id, instance_id): (&str, &str), presented: &str) -> bool {
    let Some(bytes) = from_hex(presented) else { return false };
    bytes.len() == PROOF_BYTES && mac(secret, merchant_id, instance_id).verify_truncated_left(&bytes).is_ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(pair).collect()
}
