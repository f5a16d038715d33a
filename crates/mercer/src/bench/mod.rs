//! `mercer bench gateway`: how fast signed callbacks are taken, measured from outside, and whether
//! every answered one is really on disk.
//!
//! The server runs in a process of its own, so that its CPU and memory are not mixed with the load
//! generator's, and it is killed hard before the database is checked: what was answered must survive
//! that. `--compare bare` runs the same load against a handler that reads the body and commits one row
//! of the same size; the ratio of the two says what the gateway's own work costs. `--background
//! full-sync` measures twice: alone, and while another merchant synchronises 100,000 departments.

mod bare;
mod beside;
mod call;
mod check;
mod full_sync;
mod load;
mod process;
mod report;
pub(crate) mod server;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use mercer_kernel::clock::Clock;
use mercer_kernel::entropy::Entropy;
use mercer_protocol::Wording;
use url::Url;

use self::call::Caller;
use self::check::Checked;
use self::load::Load;
use self::process::{ServerProcess, Usage, Workers};
use self::report::{Measurement, Report};
use self::server::Face;
use crate::failure::{Exit, Failure};
use crate::input::address;
use crate::output::Output;

/// Measure how fast something is taken (性能测试)
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// Signed callbacks on a production address (网关)
    Gateway(GatewayBench),
    /// The process that is measured; started by `bench gateway` (被测进程)
    #[command(hide = true)]
    Serve(server::ServeArgs),
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mix {
    /// `refreshInstance` on instances that exist
    Refresh,
    /// `newInstance`
    New,
    /// One of each in turn
    Mixed,
}

/// Which protocol the calls speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    /// SaaS V2.0: POST with a signature
    SaasV2,
    /// SaaS V1.0: GET with an authToken
    SaasV1,
}

impl Protocol {
    /// Its code everywhere else.
    const fn code(self) -> &'static str {
        match self {
            Self::SaasV2 => "saas_v2",
            Self::SaasV1 => "saas_v1",
        }
    }
}

/// What goes on beside the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Background {
    /// Another merchant's enterprise sends 100,000 departments, again and again
    FullSync,
}

/// What the gateway is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Comparison {
    /// A handler that reads the body and commits one row of the same size
    Bare,
}

#[derive(Debug, Args)]
struct GatewayBench {
    /// Production address of a gateway that runs already; without it one is started (已运行网关的生产地址)
    #[arg(long, value_parser = address, requires = "key", conflicts_with = "compare")]
    url: Option<Url>,
    /// Access key for --url (访问密钥)
    #[arg(long)]
    key: Option<String>,
    /// Database of the gateway, `sqlite:PATH` or `postgres://…`; without it a file in a temporary folder. Rows of the run stay in it (数据库)
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// How long to measure, in seconds (时长)
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Connections that call at the same time (连接数)
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=2000))]
    connections: u16,
    /// Calls per second to offer; as fast as possible when left out (每秒请求数)
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rate: Option<u64>,
    /// Protocol of the calls (协议)
    #[arg(long, value_enum, default_value = "saas-v2")]
    protocol: Protocol,
    /// Measure a second time with this going on, and show the slowdown (同时进行)
    #[arg(long, value_enum, conflicts_with_all = ["url", "compare"])]
    background: Option<Background>,
    /// Compare with (对照)
    #[arg(long, value_enum)]
    compare: Option<Comparison>,
    /// What to call (请求种类)
    #[arg(long, value_enum, default_value = "refresh")]
    mix: Mix,
}

/// Runs the command.
///
/// # Errors
/// When the server cannot be started, nothing was answered, or the check of the database fails.
pub(crate) async fn run(arguments: BenchArgs, output: Output) -> Result<(), Failure> {
    match arguments.subject {
        Subject::Serve(serve) => server::serve(serve, output).await,
        Subject::Gateway(bench) => gateway(bench, output).await,
    }
}

async fn gateway(bench: GatewayBench, output: Output) -> Result<(), Failure> {
    let run_id = Entropy::system().alphanumeric(8);
    let scratch = std::env::temp_dir().join(format!("mercer-bench-{run_id}"));
    let mut measurements = Vec::new();
    let mut synced = None;
    match (&bench.url, bench.background) {
        (Some(url), _) => measurements.push(measure_running(&bench, url, &run_id, output).await?),
        (None, Some(Background::FullSync)) => {
            let database_url = database_of(&bench, &scratch, Face::Gateway);
            let (both, lists) = beside::measure(&bench, &database_url, &run_id, output).await?;
            measurements.extend(both);
            synced = Some(lists);
        }
        (None, None) => {
            let faces: &[Face] = match bench.compare {
                Some(Comparison::Bare) => &[Face::Bare, Face::Gateway],
                None => &[Face::Gateway],
            };
            for face in faces {
                let database_url = database_of(&bench, &scratch, *face);
                measurements.push(measure_own(&bench, &database_url, (*face, &run_id), output).await?);
            }
        }
    }
    if scratch.exists() {
        // Left-overs in the folder for temporary files harm nobody.
        let _ = std::fs::remove_dir_all(&scratch);
    }
    let report = Report {
        measurements,
        protocol: bench.protocol,
        mix: bench.mix,
        connections: bench.connections,
        rate: bench.rate,
        synced,
    };
    output.show(&report.json(), |language| report.table(language));
    report.verdict()
}

/// Each face gets a database of its own where that costs nothing, so that one's rows do not slow the other.
fn database_of(bench: &GatewayBench, scratch: &std::path::Path, face: Face) -> String {
    match &bench.database_url {
        Some(url) if face == Face::Bare && url.starts_with("sqlite:") => format!("{url}.bare"),
        Some(url) => url.clone(),
        None => format!("sqlite:{}", scratch.join(format!("{}.db", face.name())).display()),
    }
}

async fn measure_own(
    bench: &GatewayBench,
    database_url: &str,
    (face, run_id): (Face, &str),
    output: Output,
) -> Result<Measurement, Failure> {
    output.remark(&Wording::of(
        format!("启动被测进程 {}，数据库 {}", face.name(), shown(database_url)),
        format!("starting the measured process {}, database {}", face.name(), shown(database_url)),
    ));
    let mut server = ServerProcess::start(face, database_url, Workers::Rest).await?;
    // The bare handler reads bodies only.
    let protocol = if face == Face::Bare { Protocol::SaasV2 } else { bench.protocol };
    let caller = Caller::new(server.url(), (protocol, server.key(protocol)), run_id)?;
    let load = load_of(bench, face);
    let prepared = load.prepare(&caller).await?;
    let before = server.usage().await;
    let measured = load.run(&caller, &prepared, output).await?;
    let after = server.usage().await;
    server.kill().await;
    let checked = check::exactly_once(database_url, face, &measured, &caller).await?;
    Ok(Measurement { name: face.name(), measured, usage: Usage::between(before, after), checked: Some(checked) })
}

async fn measure_running(
    bench: &GatewayBench,
    url: &Url,
    run_id: &str,
    output: Output,
) -> Result<Measurement, Failure> {
    let caller = Caller::new(url, (bench.protocol, bench.key.as_deref().unwrap_or_default()), run_id)?;
    let load = load_of(bench, Face::Gateway);
    let prepared = load.prepare(&caller).await?;
    let measured = load.run(&caller, &prepared, output).await?;
    let checked: Option<Checked> = match &bench.database_url {
        Some(database_url) => Some(check::exactly_once(database_url, Face::Gateway, &measured, &caller).await?),
        None => None,
    };
    Ok(Measurement { name: "url", measured, usage: Usage::default(), checked })
}

fn load_of(bench: &GatewayBench, face: Face) -> Load {
    Load {
        connections: bench.connections,
        seconds: bench.seconds,
        rate: bench.rate,
        mix: if face == Face::Bare { Mix::New } else { bench.mix },
        needs_instances: face == Face::Gateway && bench.mix != Mix::New,
        clock: Clock::real(),
    }
}

/// A database address without its password.
fn shown(database_url: &str) -> String {
    match Url::parse(database_url) {
        Ok(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some("***"));
            url.to_string()
        }
        Ok(_) | Err(_) => database_url.to_owned(),
    }
}

/// Where the measured process finds its executable.
///
/// # Errors
/// When the operating system does not say.
fn own_executable() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| {
        Failure::new(
            Exit::Failed,
            format!("找不到自身程序文件：{error}"),
            format!("the own executable is not known: {error}"),
        )
    })
}

/// Something of the benchmark went wrong before a result.
fn broken(zh: &str, en: &str, detail: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, format!("{zh}：{detail}"), format!("{en}: {detail}"))
}
