//! How often one merchant may call one API: 200 times a second. Source: open APIs §1.6, decision D10.
//!
//! The count lives in memory: it protects this process, and losing it in a restart harms nobody.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use mercer_kernel::clock::Instant;

/// Pairs remembered at a time; beyond it those of past seconds are forgotten.
const MAX_ENTRIES: usize = 4096;

/// Counts calls per second, API and merchant.
pub(crate) struct RateLimit {
    per_second: u32,
    counts: Mutex<HashMap<(&'static str, String), Count>>,
}

#[derive(Clone, Copy)]
struct Count {
    second: i64,
    calls: u32,
}

impl RateLimit {
    /// A limit of `per_second` calls; 0 switches it off.
    pub(crate) fn new(per_second: u32) -> Self {
        Self { per_second, counts: Mutex::default() }
    }

    /// The limit.
    pub(crate) fn per_second(&self) -> u32 {
        self.per_second
    }

    /// Counts a call and tells whether it is still within the limit.
    pub(crate) fn admit(&self, api: &'static str, merchant_id: &str, now: Instant) -> bool {
        if self.per_second == 0 {
            return true;
        }
        let second = now.as_millis().div_euclid(1000);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MAX_ENTRIES {
            counts.retain(|_, count| count.second == second);
        }
        let count = counts.entry((api, merchant_id.to_owned())).or_insert(Count { second, calls: 0 });
        if count.second != second {
            *count = Count { second, calls: 0 };
        }
        count.calls = count.calls.saturating_add(1);
        count.calls <= self.per_second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_per_second_api_and_merchant() {
        let limit = RateLimit::new(2);
        let now = Instant::from_millis(5_000);
        let admit = |api, merchant, at| limit.admit(api, merchant, at);
        assert!(admit("a", "m1", now) && admit("a", "m1", now));
        assert!(!admit("a", "m1", now));
        assert!(admit("a", "m2", now) && admit("b", "m1", now));
        assert!(admit("a", "m1", Instant::from_millis(6_000)));
    }

    #[test]
    fn zero_means_no_limit() {
        let limit = RateLimit::new(0);
        assert!((0..1000).all(|_| limit.admit("a", "m", Instant::from_millis(1))));
    }
}
