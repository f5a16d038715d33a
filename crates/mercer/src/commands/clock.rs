//! `mercer clock`: look at the store's clock, stop it, let it run, move it ahead.

use std::time::Duration;

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use mercer_kernel::clock::{Clock, Instant};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::language::Language;
use crate::output::{Column, Output, record, text_of, time_of};
use crate::progress;
use crate::remote::{Remote, StoreArgs};

/// How often the progress of an advance is asked for.
const POLL: Duration = Duration::from_millis(250);
/// An advance shorter than this needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// The store's clock (云商店时钟)
#[derive(Debug, Args)]
pub(crate) struct ClockArgs {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show it (查看)
    Show,
    /// Stop it (停住)
    Freeze,
    /// Let it run on (继续走)
    Resume,
    /// Move it ahead; everything due on the way happens, in order (推进)
    Advance(Target),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Target {
    /// By an ISO 8601 duration, for example P15D, PT2H, P1M (推进多久)
    #[arg(long, value_name = "DURATION")]
    by: Option<String>,
    /// To a point in time, for example 2027-01-01T00:00:00Z (推进到)
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Until nothing is waiting any more (直到没有待办)
    #[arg(long)]
    until_idle: bool,
}

/// Runs the command.
///
/// # Errors
/// When the store is not reached or refuses.
pub(crate) async fn run(arguments: ClockArgs, output: Output) -> Result<(), Failure> {
    let remote = Remote::open(&arguments.store, output.language)?;
    let clock = match arguments.action {
        Action::Show => remote.get("/clock", &[]).await?,
        Action::Freeze => remote.post("/clock/freeze", None).await?,
        Action::Resume => remote.post("/clock/resume", None).await?,
        Action::Advance(target) => advance(&remote, &body_of(target), output).await?,
    };
    output.show(&clock, |language| record(language, &DETAILS, &clock));
    Ok(())
}

/// The advance itself answers when it is done; beside it the clock is asked how far it is.
async fn advance(remote: &Remote, body: &Value, output: Output) -> Result<Value, Failure> {
    let before = remote.get("/clock", &[]).await?;
    let start = instant(&before["now"]);
    let advance = remote.post_patiently("/clock/advance", body);
    tokio::pin!(advance);
    let wall = Clock::real();
    let mut next_look = wall.now().plus(PATIENCE);
    let mut bar: Option<ProgressBar> = None;
    loop {
        tokio::select! {
            done = &mut advance => {
                if let Some(bar) = bar {
                    bar.finish_and_clear();
                }
                return done;
            }
            () = wall.wake_at(next_look) => {}
        }
        next_look = wall.now().plus(POLL);
        // A look that fails says nothing about the advance, which gives its own answer.
        if let Ok(clock) = remote.get("/clock", &[]).await {
            let bar = bar.get_or_insert_with(|| bar_for(&clock, start, output));
            draw(bar, &clock, start, output.language);
        }
    }
}

fn bar_for(clock: &Value, start: Option<Instant>, output: Output) -> ProgressBar {
    match (start, instant(&clock["advancing"]["target"])) {
        (Some(start), Some(target)) => progress::bar(output, target.since(start).as_secs().max(1)),
        (Some(_) | None, Some(_) | None) => progress::spinner(output),
    }
}

fn draw(bar: &ProgressBar, clock: &Value, start: Option<Instant>, language: Language) {
    let advancing = &clock["advancing"];
    let now = if advancing.is_object() { &advancing["now"] } else { &clock["now"] };
    if let (Some(start), Some(at)) = (start, instant(now)) {
        bar.set_position(at.since(start).as_secs());
    }
    let jobs = text_of(&advancing["jobsRun"]);
    progress::say(bar, format!("{}  {} {jobs}", time_of(now), language.pick("已执行", "jobs run")));
}

fn instant(value: &Value) -> Option<Instant> {
    value.as_str()?.parse().ok()
}

fn body_of(target: Target) -> Value {
    match (target.by, target.to) {
        (Some(by), _) => json!({"by": by}),
        (None, Some(to)) => json!({"to": to}),
        (None, None) => json!({"until": "idle"}),
    }
}

const DETAILS: [Column; 4] = [
    Column::new("云商店时间", "store time", |row| time_of(&row["now"])),
    Column::new("真实时间", "real time", |row| time_of(&row["wall"])),
    Column::new("模式", "mode", |row| text_of(&row["mode"])),
    Column::new("已执行任务", "jobs run", |row| text_of(&row["jobsRun"])),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_becomes_the_body_of_the_api() {
        let target = |by: Option<&str>, to: Option<&str>, until_idle| Target {
            by: by.map(str::to_owned),
            to: to.map(str::to_owned),
            until_idle,
        };
        assert_eq!(body_of(target(Some("P15D"), None, false)), json!({"by": "P15D"}));
        assert_eq!(body_of(target(None, Some("2027-01-01T00:00:00Z"), false)), json!({"to": "2027-01-01T00:00:00Z"}));
        assert_eq!(body_of(target(None, None, true)), json!({"until": "idle"}));
    }
}
