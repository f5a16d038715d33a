//! Chance as an argument: ids, nonces and secrets come from one seedable source, so that a seeded
//! store produces the same ids and nonces twice.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, RngExt, SeedableRng};

use crate::clock::Instant;

/// A cheap handle on a source of chance. Clones share it.
#[derive(Clone)]
pub struct Entropy(Arc<Mutex<StdRng>>);

impl Entropy {
    /// Seeded by the operating system; cryptographically strong.
    ///
    /// # Panics
    /// When the operating system has no entropy to give; nothing could be signed safely then.
    #[must_use]
    pub fn system() -> Self {
        let generator = StdRng::try_from_rng(&mut SysRng).expect("the operating system provides entropy");
        Self(Arc::new(Mutex::new(generator)))
    }

    /// The same sequence for the same seed. For tests and repeatable demonstration stores only.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Fills `target` with random bytes.
    pub fn fill(&self, target: &mut [u8]) {
        self.with(|generator| generator.fill_bytes(target));
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A whole number from 0 up to, not including, `below`.
    #[must_use]
    pub fn below(&self, below: u64) -> u64 {
        if below == 0 { 0 } else { self.with(|generator| generator.random_range(0..below)) }
    }

    /// `length` characters from `A–Z a–z 0–9`.
    #[must_use]
    pub fn alphanumeric(&self, length: usize) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        self.with(|generator| {
            (0..length).map(|_| char::from(ALPHABET[generator.random_range(0..ALPHABET.len())])).collect()
        })
    }

    /// `length` upper-case hexadecimal digits: the form of the store's nonces.
    #[must_use]
    pub fn hex_upper(&self, length: usize) -> String {
        const DIGITS: &[u8] = b"0123456789ABCDEF";
        self.with(|generator| {
            (0..length).map(|_| char::from(DIGITS[generator.random_range(0..DIGITS.len())])).collect()
        })
    }

    /// A sortable id: `prefix_` and a version 7 UUID without dashes.
    #[must_use]
    pub fn id(&self, prefix: &str, now: Instant) -> String {
        format!("{prefix}_{}", self.version_7(now).simple())
    }

    /// A version 7 UUID with dashes, the usual form of a `businessId`.
    #[must_use]
    pub fn uuid(&self, now: Instant) -> String {
        self.version_7(now).hyphenated().to_string()
    }

    fn version_7(&self, now: Instant) -> uuid::Uuid {
        let millis = u64::try_from(now.as_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid()
    }

    fn with<T>(&self, use_generator: impl FnOnce(&mut StdRng) -> T) -> T {
        // A panic while the lock was held cannot leave the generator half written.
        use_generator(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_ids_sort_by_time() {
        let (one, two) = (Entropy::seeded(7), Entropy::seeded(7));
        let early = Instant::from_millis(1_000);
        assert_eq!(one.id("in", early), two.id("in", early));
        assert_eq!(one.hex_upper(64), two.hex_upper(64));
        assert!(one.id("in", early) < one.id("in", Instant::from_millis(2_000)));
    }
}
