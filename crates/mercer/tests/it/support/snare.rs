//! A snare on the network: at one moment of one exchange it kills a process.

use std::sync::{Arc, Mutex, PoisonError};

use super::program::Program;

/// A process that may be killed by whoever has it.
pub(crate) type Shared = Arc<tokio::sync::Mutex<Program>>;

/// When, in the course of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The request has left its sender and not reached its receiver.
    Before,
    /// The answer has left its sender and not reached its receiver.
    After,
}

/// Kills at most once; then everything passes again.
#[derive(Debug, Default)]
pub(crate) struct Snare(Mutex<Option<Set>>);

#[derive(Debug)]
struct Set {
    exchange: String,
    moment: Moment,
    /// Exchanges of that name that pass unharmed before.
    skip: usize,
    victim: Shared,
}

impl Snare {
    /// Sets it for the exchange of this name that comes after `skip` others.
    pub(crate) fn set(&self, (exchange, skip): (&str, usize), moment: Moment, victim: &Shared) {
        let set = Set { exchange: exchange.to_owned(), moment, skip, victim: Arc::clone(victim) };
        *self.lock() = Some(set);
    }

    /// Whether everything it lets pass has passed.
    pub(crate) fn is_next(&self) -> bool {
        self.lock().as_ref().is_some_and(|set| set.skip == 0)
    }

    /// Whether it has killed.
    pub(crate) fn has_sprung(&self) -> bool {
        self.lock().is_none()
    }

    /// Called by the relays for every exchange, twice.
    pub(super) async fn meet(&self, exchange: &str, moment: Moment) {
        let victim = {
            let mut set = self.lock();
            let meets = |one: &&mut Set| one.exchange == exchange && one.moment == moment;
            match set.as_mut().filter(meets) {
                Some(one) if one.skip > 0 => {
                    one.skip -= 1;
                    None
                }
                Some(one) => Some(Arc::clone(&one.victim)),
                None => None,
            }
        };
        if let Some(victim) = victim {
            victim.lock().await.kill().await;
            *self.lock() = None;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Set>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
