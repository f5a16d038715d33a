//! Time as a port.
//!
//! Nothing in the project asks the machine for the time; it asks a [`Clock`]. The real clock follows
//! the machine, a manual clock stands still until a test moves it, and an adjustable clock is the
//! store's: it runs with the machine plus an offset, or is frozen, and can be advanced.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::sync::watch;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

impl Instant {
    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Microseconds since the epoch, as stored in the database.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the epoch, as the protocol's `timestamp` wants it.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// This instant moved later.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    /// This instant moved earlier.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero when it is not after.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The same point as a jiff timestamp, for calendar arithmetic and formatting.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }

    /// From a jiff timestamp; parts below a microsecond are dropped.
    #[must_use]
    pub fn from_jiff(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_jiff().fmt(f)
    }
}

impl std::str::FromStr for Instant {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(Self::from_jiff)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// How an adjustable clock stands to the machine's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "mode")]
pub enum Reading {
    /// Follows the machine, `offset_micros` ahead of it (negative: behind).
    #[serde(rename_all = "camelCase")]
    Running {
        /// Microseconds ahead of the machine.
        offset_micros: i64,
    },
    /// Stands still at one instant.
    Frozen {
        /// Where it stands.
        at: Instant,
    },
}

/// A cheap handle on a source of time. Clones share it.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
struct Source {
    machine: Machine,
    reading: watch::Sender<Reading>,
}

#[derive(Debug)]
enum Machine {
    Real,
    /// No machine behind it: "running" means standing at the offset.
    None,
    /// Another clock behind it (an adjustable clock in a test world).
    Behind(Clock),
}

impl Clock {
    /// The machine's time.
    #[must_use]
    pub fn real() -> Self {
        Self::build(Machine::Real, Reading::Running { offset_micros: 0 })
    }

    /// A clock that stands at `start` until it is moved. For tests.
    #[must_use]
    pub fn manual(start: Instant) -> Self {
        Self::build(Machine::None, Reading::Frozen { at: start })
    }

    /// A clock in front of `wall` that can be frozen, resumed and advanced. The store's clock.
    #[must_use]
    pub fn adjustable(wall: &Clock, reading: Reading) -> Self {
        Self::build(Machine::Behind(wall.clone()), reading)
    }

    fn build(machine: Machine, reading: Reading) -> Self {
        Self(Arc::new(Source { machine, reading: watch::Sender::new(reading) }))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Instant {
        match *self.0.reading.borrow() {
            Reading::Frozen { at } => at,
            Reading::Running { offset_micros } => Instant(self.machine_now().0.saturating_add(offset_micros)),
        }
    }

    /// Returns when this clock has reached `at`, however it gets there: by running, or by being moved.
    pub async fn wake_at(&self, at: Instant) {
        let mut changes = self.0.reading.subscribe();
        loop {
            let reading = *changes.borrow_and_update();
            if self.now() >= at {
                return;
            }
            let moved = async {
                // The sender lives as long as this clock, so an error cannot happen here.
                let _ = changes.changed().await;
            };
            match reading {
                Reading::Frozen { .. } => moved.await,
                Reading::Running { offset_micros } => {
                    let machine_target = Instant(at.0.saturating_sub(offset_micros));
                    tokio::select! {
                        () = self.machine_wake_at(machine_target) => {}
                        () = moved => {}
                    }
                }
            }
        }
    }

    /// How the clock stands at present.
    #[must_use]
    pub fn reading(&self) -> Reading {
        *self.0.reading.borrow()
    }

    /// Changes how the clock stands. Everyone waiting on it looks again.
    pub fn adjust(&self, reading: Reading) {
        self.0.reading.send_replace(reading);
    }

    /// Stops the clock at `at`.
    pub fn set(&self, at: Instant) {
        self.adjust(Reading::Frozen { at });
    }

    /// Moves the clock later by `by`: a frozen one stands there, a running one runs on from there.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.adjust(match self.reading() {
            Reading::Frozen { at } => Reading::Frozen { at: at.plus(by) },
            Reading::Running { offset_micros } => {
                Reading::Running { offset_micros: offset_micros.saturating_add(micros) }
            }
        });
    }

    /// Measures a duration on the machine behind the clock; a manual clock measures its own moves.
    #[must_use]
    pub fn stopwatch(&self) -> Stopwatch {
        Stopwatch { clock: self.clone(), started: self.now() }
    }

    fn machine_now(&self) -> Instant {
        match &self.0.machine {
            Machine::Real => machine_time(),
            Machine::None => Instant(0),
            Machine::Behind(clock) => clock.now(),
        }
    }

    async fn machine_wake_at(&self, at: Instant) {
        match &self.0.machine {
            Machine::Real => machine_sleep(at.since(machine_time())).await,
            Machine::None => std::future::pending().await,
            Machine::Behind(clock) => Box::pin(clock.wake_at(at)).await,
        }
    }
}

/// Time passed since [`Clock::stopwatch`].
#[derive(Debug)]
pub struct Stopwatch {
    clock: Clock,
    started: Instant,
}

impl Stopwatch {
    /// Milliseconds so far.
    #[must_use]
    pub fn elapsed_ms(&self) -> i64 {
        self.elapsed_micros() / 1_000
    }

    /// Microseconds so far.
    #[must_use]
    pub fn elapsed_micros(&self) -> i64 {
        i64::try_from(self.clock.now().since(self.started).as_micros()).unwrap_or(i64::MAX)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn machine_time() -> Instant {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Instant(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}

/// The machine may step its clock while we sleep; waking at least once a minute notices.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

#[expect(clippy::disallowed_methods, reason = "the one place that sleeps")]
async fn machine_sleep(by: Duration) {
    tokio::time::sleep(by.min(LONGEST_SLEEP)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_waiter_wakes_when_the_clock_is_moved_past_its_time() {
        let clock = Clock::manual(Instant::from_millis(1_000));
        let target = Instant::from_millis(5_000);
        let waiter = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.wake_at(target).await;
                clock.now()
            }
        });
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        clock.advance(Duration::from_secs(3));
        assert_eq!(waiter.await.unwrap(), target);
    }

    #[test]
    fn an_adjustable_clock_follows_its_wall_until_frozen() {
        let wall = Clock::manual(Instant::from_millis(1_000));
        let clock = Clock::adjustable(&wall, Reading::Running { offset_micros: 500_000 });
        assert_eq!(clock.now(), Instant::from_millis(1_500));
        wall.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Instant::from_millis(2_500));
        clock.set(Instant::from_millis(9_000));
        wall.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Instant::from_millis(9_000));
    }

    #[test]
    fn instants_are_written_as_rfc_3339() {
        let instant = Instant::from_millis(1_735_689_600_123);
        let text = serde_json::to_string(&instant).unwrap();
        assert_eq!(text, "\"2025-01-01T00:00:00.123Z\"");
        assert_eq!(serde_json::from_str::<Instant>(&text).unwrap(), instant);
    }
}
