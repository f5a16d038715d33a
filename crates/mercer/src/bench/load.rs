//! The load: every connection calls again as soon as it has its answer, or by a timetable.
//!
//! With a timetable (`--rate`) latency counts from the moment a call was due, not from when it was
//! sent: a server that stalls makes the calls behind it late, and hiding that would flatter it.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use mercer_kernel::clock::{Clock, Instant};

use super::call::{Caller, Kind, Line, NUMBERS_PER_CONNECTION};
use super::{Mix, broken};
use crate::failure::Failure;
use crate::language::Language;
use crate::output::Output;
use crate::progress;

/// Calls before the measurement, so that caches and connections are warm.
const WARM_UP: Duration = Duration::from_secs(1);
/// Instances each connection renews in turn.
const INSTANCES_PER_CONNECTION: usize = 8;
/// Longest latency that is told apart, in microseconds.
const LONGEST_MICROS: u64 = 60_000_000;

/// What to do.
#[derive(Debug, Clone)]
pub(super) struct Load {
    pub(super) connections: u16,
    pub(super) seconds: u64,
    pub(super) rate: Option<u64>,
    pub(super) mix: Mix,
    /// Whether instances must be opened first.
    pub(super) needs_instances: bool,
    pub(super) clock: Clock,
}

/// What was done before the measurement: open connections with instances of their own.
pub(super) struct Prepared(Vec<(Vec<String>, u64)>);

/// What was measured.
pub(super) struct Measured {
    /// Latencies in microseconds of what was measured.
    pub(super) latencies: Histogram<u64>,
    /// Numbers of every call that was answered with success, warm-up and preparation included.
    pub(super) answered: Vec<u64>,
    /// Other answers: code → how many.
    pub(super) refused: BTreeMap<String, u64>,
    /// Calls without an answer.
    pub(super) broken: u64,
    /// How long the measurement took.
    pub(super) elapsed: Duration,
}

struct Timetable {
    measure_from: Instant,
    until: Instant,
    /// Time between two calls of one connection; none = as fast as possible.
    every: Option<Duration>,
    first: Instant,
}

impl Load {
    /// Opens the instances that will be renewed.
    ///
    /// # Errors
    /// When the server does not take a call.
    pub(super) async fn prepare(&self, caller: &Caller) -> Result<Prepared, Failure> {
        let mut prepared = Vec::new();
        for connection in 0..self.connections {
            let mut line = caller.connect(connection, 0).await?;
            let mut instances = Vec::new();
            while self.needs_instances && instances.len() < INSTANCES_PER_CONNECTION {
                let reply = line.call(caller, Kind::New, self.clock.now()).await?;
                if !reply.is_taken() {
                    return Err(broken("被测网关拒绝了请求", "the gateway refused a call", reply.code)
                        .next("检查 --url 与 --key", "check --url and --key"));
                }
                instances.push(reply.instance_id);
            }
            prepared.push((instances, line.next_number()));
        }
        Ok(Prepared(prepared))
    }

    /// Runs the load.
    ///
    /// # Errors
    /// When a connection cannot be opened, or nothing was answered.
    pub(super) async fn run(&self, caller: &Caller, prepared: &Prepared, output: Output) -> Result<Measured, Failure> {
        let mut tasks = Vec::new();
        let started = self.clock.now();
        let measure_from = started.plus(WARM_UP);
        let until = measure_from.plus(Duration::from_secs(self.seconds));
        for (position, (instances, start)) in prepared.0.iter().enumerate() {
            let connection = u16::try_from(position).unwrap_or(u16::MAX);
            let line = caller.connect(connection, *start).await?;
            let every = self.rate.map(|rate| Duration::from_secs_f64(f64::from(self.connections) / rate as f64));
            let offset = every.unwrap_or_default().mul_f64(position as f64 / prepared.0.len() as f64);
            let table = Timetable { measure_from, until, every, first: started.plus(offset) };
            tasks.push(tokio::spawn(drive(
                line,
                caller.clone(),
                instances.clone(),
                (self.mix, self.clock.clone(), table),
            )));
        }
        self.wait_watching(until, output).await;
        let mut all = Measured::empty();
        for task in tasks {
            let part = task.await.map_err(|error| broken("压测任务中断", "a task of the load ended early", error))?;
            all.add(part);
        }
        all.answered.extend(prepared.numbers());
        all.elapsed = Duration::from_secs(self.seconds);
        if all.latencies.is_empty() {
            return Err(broken(
                "没有任何请求得到成功应答",
                "no call was answered with success",
                format!("{:?}", all.refused),
            ));
        }
        Ok(all)
    }

    async fn wait_watching(&self, until: Instant, output: Output) {
        let started = self.clock.now();
        let bar = progress::bar(output, until.since(started).as_millis() as u64);
        progress::say(
            &bar,
            match output.language {
                Language::Zh => "压测中",
                Language::En => "calling",
            },
        );
        while self.clock.now() < until {
            self.clock.wake_at(self.clock.now().plus(Duration::from_millis(200)).min(until)).await;
            bar.set_position(self.clock.now().since(started).as_millis() as u64);
        }
        bar.finish_and_clear();
    }
}

impl Prepared {
    /// Numbers of the calls that opened the instances; all of them were answered.
    fn numbers(&self) -> impl Iterator<Item = u64> {
        let per_connection = self.0.iter().enumerate();
        per_connection.flat_map(|(connection, (_, calls))| {
            (0..*calls).map(move |call| connection as u64 * NUMBERS_PER_CONNECTION + call)
        })
    }
}

impl Measured {
    fn empty() -> Self {
        Self {
            latencies: Histogram::new_with_bounds(1, LONGEST_MICROS, 3).expect("the bounds are in order"),
            answered: Vec::new(),
            refused: BTreeMap::new(),
            broken: 0,
            elapsed: Duration::ZERO,
        }
    }

    fn add(&mut self, part: Self) {
        self.latencies.add(part.latencies).expect("all parts have the same bounds");
        self.answered.extend(part.answered);
        self.broken += part.broken;
        for (code, count) in part.refused {
            *self.refused.entry(code).or_default() += count;
        }
    }
}

/// One connection until the end; a broken one is not opened again, its loss shows in the result.
async fn drive(
    mut line: Line,
    caller: Caller,
    instances: Vec<String>,
    (mix, clock, table): (Mix, Clock, Timetable),
) -> Measured {
    let mut measured = Measured::empty();
    let mut turn: usize = 0;
    loop {
        let due = match table.every {
            Some(every) => {
                let due = table.first.plus(every.saturating_mul(u32::try_from(turn).unwrap_or(u32::MAX)));
                clock.wake_at(due.min(table.until)).await;
                due
            }
            None => clock.now(),
        };
        if due >= table.until {
            return measured;
        }
        let kind = match mix {
            Mix::New => Kind::New,
            Mix::Mixed if turn.is_multiple_of(2) => Kind::New,
            Mix::Refresh | Mix::Mixed => Kind::Refresh(&instances[turn % instances.len()]),
        };
        turn += 1;
        let Ok(reply) = line.call(&caller, kind, clock.now()).await else {
            measured.broken += 1;
            return measured;
        };
        if !reply.is_taken() {
            *measured.refused.entry(reply.code).or_default() += 1;
            continue;
        }
        measured.answered.push(reply.number);
        if due >= table.measure_from {
            let micros = clock.now().since(due).as_micros();
            measured.latencies.saturating_record(u64::try_from(micros).unwrap_or(LONGEST_MICROS));
        }
    }
}
