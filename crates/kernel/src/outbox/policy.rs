//! When a job is tried again: pure arithmetic over data.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// How often and when a job is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryPolicy {
    /// Attempt n starts `(n - 1) × interval_ms` after the first.
    Fixed {
        /// The first attempt included.
        max_attempts: u32,
        /// Between the starts of two attempts.
        interval_ms: u64,
    },
    /// Each wait is longer than the one before, up to a cap.
    Backoff {
        /// The first attempt included.
        max_attempts: u32,
        /// Wait after the first failure.
        first_ms: u64,
        /// Each wait in percent of the one before; 200 doubles.
        factor_percent: u32,
        /// Longest wait.
        cap_ms: u64,
    },
    /// A single attempt.
    Once,
}

/// What follows a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another attempt at this time.
    At(Instant),
    /// No more attempts.
    Exhausted,
}

impl RetryPolicy {
    /// The largest number of counted attempts.
    #[must_use]
    pub const fn max_attempts(self) -> u32 {
        match self {
            Self::Fixed { max_attempts, .. } | Self::Backoff { max_attempts, .. } => max_attempts,
            Self::Once => 1,
        }
    }

    /// What follows when `made` counted attempts were made, the first of them at `first`, and it is `now`.
    #[must_use]
    pub fn next(self, made: u32, first: Instant, now: Instant) -> Next {
        if made >= self.max_attempts() {
            return Next::Exhausted;
        }
        Next::At(match self {
            Self::Fixed { interval_ms, .. } => {
                let interval = Duration::from_millis(interval_ms);
                let planned = first.plus(interval * made);
                // After a long stop the missed attempts are not made up for in a burst.
                if planned > now || made == 0 { planned } else { now.plus(interval) }
            }
            Self::Backoff { first_ms, factor_percent, cap_ms, .. } => {
                let mut wait_ms = first_ms;
                for _ in 1..made {
                    wait_ms = (wait_ms.saturating_mul(u64::from(factor_percent)) / 100).min(cap_ms);
                }
                now.plus(Duration::from_millis(wait_ms.min(cap_ms)))
            }
            Self::Once => now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::from_millis(1_000_000);

    fn after(seconds: u64) -> Instant {
        START.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn fixed_attempts_keep_to_the_grid_of_the_first_one() {
        let hourly = RetryPolicy::Fixed { max_attempts: 4, interval_ms: 3_600_000 };
        assert_eq!(hourly.next(1, START, after(20)), Next::At(after(3_600)));
        assert_eq!(hourly.next(3, START, after(7_220)), Next::At(after(10_800)));
        assert_eq!(hourly.next(4, START, after(10_820)), Next::Exhausted);
    }

    #[test]
    fn missed_attempts_do_not_come_in_a_burst() {
        let hourly = RetryPolicy::Fixed { max_attempts: 4, interval_ms: 3_600_000 };
        assert_eq!(hourly.next(1, START, after(9_000)), Next::At(after(12_600)));
    }

    #[test]
    fn backoff_doubles_up_to_its_cap() {
        let policy = RetryPolicy::Backoff { max_attempts: 9, first_ms: 5_000, factor_percent: 200, cap_ms: 15_000 };
        assert_eq!(policy.next(1, START, START), Next::At(after(5)));
        assert_eq!(policy.next(2, START, START), Next::At(after(10)));
        assert_eq!(policy.next(3, START, START), Next::At(after(15)));
        assert_eq!(policy.next(8, START, START), Next::At(after(15)));
        assert_eq!(policy.next(9, START, START), Next::Exhausted);
    }
}
