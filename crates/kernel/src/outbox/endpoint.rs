//! Who is called how often at once, and who is left alone for a while.
//!
//! Kept in memory: another process finds out for itself, which costs a few calls and no correctness.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::OutboxSettings;
use crate::clock::Instant;

pub(super) struct Endpoints {
    limit: usize,
    breaker_failures: u32,
    breaker_pause: Duration,
    states: Mutex<HashMap<String, State>>,
}

#[derive(Debug, Default)]
struct State {
    running: usize,
    failures_in_a_row: u32,
    /// On wall time.
    paused_until: Option<Instant>,
}

/// Beyond this many known endpoints the idle ones are forgotten.
const REMEMBERED: usize = 4_096;

impl Endpoints {
    pub(super) fn new(settings: &OutboxSettings) -> Self {
        Self {
            limit: settings.workers_per_endpoint.max(1),
            breaker_failures: settings.breaker_failures,
            breaker_pause: Duration::from_millis(settings.breaker_pause_ms),
            states: Mutex::default(),
        }
    }

    /// The endpoints that must not be called now, and when the first of the paused ones may be again.
    pub(super) fn closed(&self, now: Instant) -> (Vec<String>, Option<Instant>) {
        let states = self.lock();
        let closed = states.iter().filter(|(_, state)| self.is_closed(state, now));
        let paused_until = states.values().filter_map(|state| state.paused_until).filter(|until| *until > now).min();
        (closed.map(|(endpoint, _)| endpoint.clone()).collect(), paused_until)
    }

    fn is_closed(&self, state: &State, now: Instant) -> bool {
        match state.paused_until {
            Some(until) if until > now => true,
            // After the pause one call tries whether the endpoint lives.
            Some(_) => state.running > 0,
            None => state.running >= self.limit,
        }
    }

    pub(super) fn started(&self, endpoint: &str) {
        let mut states = self.lock();
        if states.len() > REMEMBERED {
            states.retain(|_, state| state.running > 0 || state.failures_in_a_row > 0);
        }
        states.entry(endpoint.to_owned()).or_default().running += 1;
    }

    pub(super) fn ended(&self, endpoint: &str, failed: bool, now: Instant) {
        let mut states = self.lock();
        let Some(state) = states.get_mut(endpoint) else { return };
        state.running = state.running.saturating_sub(1);
        if !failed {
            state.failures_in_a_row = 0;
            state.paused_until = None;
            return;
        }
        state.failures_in_a_row = state.failures_in_a_row.saturating_add(1);
        if self.breaker_failures > 0 && state.failures_in_a_row >= self.breaker_failures {
            state.paused_until = Some(now.plus(self.breaker_pause));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_endpoint_pauses_and_is_then_tried_by_one_call() {
        let settings = OutboxSettings { breaker_failures: 2, breaker_pause_ms: 1_000, ..OutboxSettings::default() };
        let endpoints = Endpoints::new(&settings);
        let start = Instant::from_millis(0);
        for _ in 0..2 {
            endpoints.started("a");
            endpoints.ended("a", true, start);
        }
        assert_eq!(endpoints.closed(start).0, ["a"]);
        let later = start.plus(Duration::from_secs(1));
        assert!(endpoints.closed(later).0.is_empty());
        endpoints.started("a");
        assert_eq!(endpoints.closed(later).0, ["a"]);
        endpoints.ended("a", false, later);
        assert!(endpoints.closed(later).0.is_empty());
    }
}
