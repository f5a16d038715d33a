//! The program `mercer`: command line and composition, nothing else.
//!
//! Exit codes: 0 done; 1 tried and failed, or a check said no; 2 wrong usage or configuration; 3 the
//! other side was reached and refused; 4 it was not reached; 5 data folder, master key or database
//! cannot be used; 6 an address is taken or cannot be listened on.

mod bench;
mod cli;
mod commands;
mod compare;
mod compose;
mod config_command;
mod connection;
mod doors;
mod encryption;
mod face;
mod failure;
mod ground;
mod input;
mod key_pair;
mod keys;
mod language;
mod life;
mod output;
mod progress;
mod remote;
mod sample_app;
mod secrets;
mod sign;
mod up;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// More threads help nobody on the machines this runs on and cost memory.
const WORKER_THREADS: std::ops::RangeInclusive<usize> = 2..=4;
/// Reads of the embedded database and password checks; the pools behind them are smaller.
const BLOCKING_THREADS: usize = 16;

fn main() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    let output = Output::new(&global);
    match start(command, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit.code())
        }
    }
}

fn start(command: Command, output: Output) -> Result<(), Failure> {
    match command {
        Command::Sign(arguments) => sign::run(&arguments, output),
        Command::Verify(arguments) => verify::run(&arguments, output),
        Command::Encrypt(arguments) => encryption::encrypt::run(&arguments, output),
        Command::Decrypt(arguments) => encryption::decrypt::run(&arguments, output),
        Command::Keys(arguments) => keys::run(&arguments, output),
        Command::Config(arguments) => config_command::run(arguments, output),
        Command::Up(arguments) => on_runtime(up::run(arguments, output)),
        Command::Gateway(arguments) => on_runtime(face::gateway(arguments, output)),
        Command::Store(arguments) => on_runtime(face::store(arguments, output)),
        Command::Order(arguments) => on_runtime(commands::order::run(arguments, output)),
        Command::Instance(arguments) => on_runtime(commands::instance::run(arguments, output)),
        Command::Messages(arguments) => on_runtime(commands::messages::run(arguments, output)),
        Command::Enterprise(arguments) => on_runtime(commands::enterprise::run(arguments, output)),
        Command::Application(arguments) => on_runtime(commands::application::run(arguments, output)),
        Command::Notification(arguments) => on_runtime(commands::notification::run(arguments, output)),
        Command::Clock(arguments) => on_runtime(commands::clock::run(arguments, output)),
        Command::Bench(arguments) => on_runtime(bench::run(arguments, output)),
    }
}

fn on_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let cores = std::thread::available_parallelism().map_or(*WORKER_THREADS.start(), usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(*WORKER_THREADS.start(), *WORKER_THREADS.end()))
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(Exit::Failed, format!("无法启动运行时：{error}"), format!("the runtime cannot start: {error}"))
        })?;
    let outcome = runtime.block_on(work);
    // A blocking read that hangs must not keep the program from ending.
    runtime.shutdown_background();
    outcome
}
