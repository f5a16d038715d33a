//! The store's own time: it can be stopped, run on, and advanced.
//!
//! Advancing goes from one due time to the next: the clock is set, everything due runs with real calls and
//! real answers, retries included, and only then time moves on. How the clock stands is kept in the
//! database, so a store that was stopped goes on where it was. What the store signs carries the wall clock.

use std::sync::Arc;

use mercer_kernel::args;
use mercer_kernel::clock::{Instant, Reading};
use mercer_kernel::db::Batch;
use mercer_kernel::foundation::Foundation;
use serde::Serialize;
use tokio::sync::{Mutex, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::callback::StoreWork;
use crate::error::Answer;
use crate::instance::calendar;
use crate::refusal::Refusal;
use crate::{Core, PARALLEL_ATTEMPTS, message};

/// How often a job that is due but cannot start is looked at before time stops moving.
const STALLS: u32 = 100;

mercer_kernel::statements! {
    KEEP = "INSERT INTO st_clock (name, reading) VALUES ('store', $1) \
        ON CONFLICT (name) DO UPDATE SET reading = excluded.reading";
    LOAD = "SELECT reading FROM st_clock WHERE name = 'store'";
}

/// How far to advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advance {
    /// To this time.
    To(Instant),
    /// Until no message has calls ahead. Timers of instances that lie further on are left alone.
    UntilIdle,
}

/// How far an advance has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    /// Where it started.
    pub(crate) from: Instant,
    /// Where it is.
    pub(crate) now: Instant,
    /// Where it will end; none when it runs until nothing is left to call.
    pub(crate) target: Option<Instant>,
    /// Jobs run so far.
    pub(crate) jobs_run: usize,
}

/// What an advance came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Advanced {
    /// The time now.
    pub(crate) now: Instant,
    /// Jobs run on the way.
    pub(crate) jobs_run: usize,
}

/// How the clock stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClockView {
    /// The store's time.
    pub(crate) now: Instant,
    /// Real time.
    pub(crate) wall: Instant,
    /// `real`, `running` (apart from real time) or `frozen`.
    pub(crate) mode: &'static str,
    /// The advance under way.
    pub(crate) advancing: Option<Progress>,
}

/// Who is advancing the clock: one at a time, watched by whoever wants to.
#[derive(Debug)]
pub(crate) struct Desk {
    turn: Mutex<()>,
    progress: watch::Sender<Option<Progress>>,
    /// Advances asked for by somebody who does not wait, one at most.
    asked: mpsc::Sender<Advance>,
    taken: Mutex<mpsc::Receiver<Advance>>,
}

impl Default for Desk {
    fn default() -> Self {
        let (asked, taken) = mpsc::channel(1);
        Self { turn: Mutex::new(()), progress: watch::Sender::new(None), asked, taken: Mutex::new(taken) }
    }
}

impl Desk {
    /// Whether the clock is being advanced at this moment.
    pub(crate) fn is_advancing(&self) -> bool {
        self.progress.borrow().is_some()
    }
}

/// How the clock stands.
pub(crate) fn view(core: &Core) -> ClockView {
    let mode = match core.foundation.clock.reading() {
        Reading::Frozen { .. } => "frozen",
        Reading::Running { offset_micros: 0 } => "real",
        Reading::Running { .. } => "running",
    };
    ClockView {
        now: core.foundation.clock.now(),
        wall: core.foundation.wall.now(),
        mode,
        advancing: *core.clock_desk.progress.borrow(),
    }
}

/// The progress of advances, as they come and go; pages and the control API look at [`view`] instead.
#[cfg(test)]
pub(crate) fn progress(core: &Core) -> watch::Receiver<Option<Progress>> {
    core.clock_desk.progress.subscribe()
}

/// Stops the clock where it stands.
pub(crate) async fn freeze(core: &Core) -> Answer<()> {
    let _turn = core.clock_desk.turn.try_lock().map_err(|_| busy())?;
    keep(core, Reading::Frozen { at: core.foundation.clock.now() }).await
}

/// Lets the clock run on from where it stands.
pub(crate) async fn resume(core: &Core) -> Answer<()> {
    let _turn = core.clock_desk.turn.try_lock().map_err(|_| busy())?;
    keep(core, running_from(&core.foundation, core.foundation.clock.now())).await
}

/// Advances the clock and runs everything that becomes due on the way, in due order. Dropping the future
/// stops between two attempts; the clock then goes on from where it had come.
pub(crate) async fn advance(core: &Arc<Core>, how: Advance) -> Answer<Advanced> {
    let _turn = core.clock_desk.turn.try_lock().map_err(|_| busy())?;
    let from = core.foundation.clock.now();
    let target = match how {
        Advance::To(target) => Some(check_target(target, from)?),
        Advance::UntilIdle => None,
    };
    let journey = Journey { core, was: core.foundation.clock.reading(), from, target };
    core.foundation.clock.set(from);
    journey.publish(0);
    let jobs_run = journey.run().await?;
    Ok(Advanced { now: core.foundation.clock.now(), jobs_run })
}

/// Asks for an advance without waiting for it, for pages; the progress shows at once.
pub(crate) fn request(core: &Core, how: Advance) -> Answer<()> {
    let desk = &core.clock_desk;
    let now = core.foundation.clock.now();
    let target = match how {
        Advance::To(target) => Some(check_target(target, now)?),
        Advance::UntilIdle => None,
    };
    if desk.is_advancing() || desk.asked.try_send(how).is_err() {
        return Err(busy().into());
    }
    desk.progress.send_replace(Some(Progress { from: now, now, target, jobs_run: 0 }));
    Ok(())
}

/// Carries out what [`request`] asked for, until `shutdown`, which ends an advance between two attempts.
pub(crate) async fn carry_out_requests(core: &Arc<Core>, shutdown: CancellationToken) {
    let desk = &core.clock_desk;
    let mut taken = desk.taken.lock().await;
    while let Some(Some(how)) = shutdown.run_until_cancelled(taken.recv()).await {
        match shutdown.run_until_cancelled(advance(core, how)).await {
            None | Some(Ok(_)) => {}
            Some(Err(error)) => tracing::error!(%error, "the clock could not be advanced"),
        }
        if desk.turn.try_lock().is_ok() {
            desk.progress.send_replace(None);
        }
    }
}

/// Sets the clock as it stood when the store was last used.
pub(crate) async fn restore(foundation: &Foundation) -> Answer<()> {
    if let Some(row) = foundation.db.query_one(LOAD, args![]).await? {
        foundation.clock.adjust(row.json(0)?);
    }
    Ok(())
}

struct Journey<'a> {
    core: &'a Arc<Core>,
    was: Reading,
    from: Instant,
    target: Option<Instant>,
}

impl Journey<'_> {
    async fn run(&self) -> Answer<usize> {
        let work = Arc::new(StoreWork::new(Arc::clone(self.core)));
        let outbox = &self.core.outbox;
        let (mut jobs_run, mut stalls) = (0, 0);
        while stalls < STALLS {
            let made = outbox.run_until_quiet(&work, PARALLEL_ATTEMPTS).await?;
            jobs_run += made;
            self.publish(jobs_run);
            if self.target.is_none() && message::repo::count_unfinished(&self.core.foundation.db).await? == 0 {
                break;
            }
            let Some(next) = outbox.next_due().await?.filter(|next| *next <= self.horizon()) else { break };
            if next > self.core.foundation.clock.now() {
                self.step_to(next).await?;
                stalls = 0;
            } else if made == 0 {
                stalls += 1;
                tokio::task::yield_now().await;
            }
        }
        if let Some(target) = self.target.filter(|target| *target > self.core.foundation.clock.now()) {
            self.step_to(target).await?;
            self.publish(jobs_run);
        }
        Ok(jobs_run)
    }

    /// How far ahead the next step may lie. Until idle: a call that is still ahead follows within one interval
    /// of the retry table; what lies further on is a timer that nobody waits for.
    fn horizon(&self) -> Instant {
        let now = self.core.foundation.clock.now();
        self.target.unwrap_or_else(|| now.plus(self.core.policies.longest_interval()))
    }

    /// Moves on, and keeps where the clock is to go on after a restart.
    async fn step_to(&self, at: Instant) -> Answer<()> {
        let kept = match self.was {
            Reading::Frozen { .. } => Reading::Frozen { at },
            Reading::Running { .. } => running_from(&self.core.foundation, at),
        };
        store(self.core, kept).await?;
        self.core.foundation.clock.set(at);
        Ok(())
    }

    fn publish(&self, jobs_run: usize) {
        let now = self.core.foundation.clock.now();
        let progress = Progress { from: self.from, now, target: self.target, jobs_run };
        self.core.clock_desk.progress.send_replace(Some(progress));
    }
}

/// Also when the future is dropped half way: nobody is advancing any more, and a running clock runs on.
impl Drop for Journey<'_> {
    fn drop(&mut self) {
        if let Reading::Running { .. } = self.was {
            let foundation = &self.core.foundation;
            foundation.clock.adjust(running_from(foundation, foundation.clock.now()));
        }
        self.core.clock_desk.progress.send_replace(None);
    }
}

fn check_target(target: Instant, now: Instant) -> Result<Instant, Refusal> {
    if target >= now && calendar::year(target) <= calendar::LATEST_YEAR {
        return Ok(target);
    }
    let last = calendar::LATEST_YEAR;
    Err(Refusal::invalid(
        "clock.target",
        "to",
        format!("目标时间须不早于当前时间 {now}，且不晚于 {last} 年"),
        format!("the target lies between now, {now}, and the end of {last}"),
    ))
}

fn running_from(foundation: &Foundation, now: Instant) -> Reading {
    Reading::Running { offset_micros: now.as_micros().saturating_sub(foundation.wall.now().as_micros()) }
}

async fn keep(core: &Core, reading: Reading) -> Answer<()> {
    store(core, reading).await?;
    core.foundation.clock.adjust(reading);
    Ok(())
}

async fn store(core: &Core, reading: Reading) -> Answer<()> {
    let mut batch = Batch::new();
    batch.one(KEEP, args![serde_json::json!(reading).to_string()]);
    core.foundation.db.apply(batch).await?;
    Ok(())
}

fn busy() -> Refusal {
    Refusal::conflict("clock.busy", "时钟正在推进，请等待其完成", "the clock is being advanced; wait for it")
}
