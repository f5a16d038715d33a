//! The measured server as a process of its own: started, weighed, killed.

use std::process::Stdio;

use mercer_kernel::http::{Outbound as _, Request};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use url::Url;

use super::server::Face;
use super::{Protocol, broken, own_executable};
use crate::failure::Failure;
use crate::remote::anywhere;

/// The kernel counts CPU time in this many ticks per second on every Linux.
const TICKS_PER_SECOND: u64 = 100;

/// Whether the measured gateway does its background work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Workers {
    /// Only calls are taken.
    Rest,
    /// Events are delivered and long lists applied.
    Run,
}

/// A running server.
pub(super) struct ServerProcess {
    child: Child,
    url: Url,
    key: String,
    v1_key: String,
    kit: Target,
    statistics_url: String,
}

/// A production address with its key.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) url: String,
    pub(super) key: String,
}

/// What a process has used so far; none = this machine does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// CPU time of all threads.
    pub(super) cpu_ms: Option<u64>,
    /// Largest resident memory.
    pub(super) peak_memory_kib: Option<u64>,
    /// Commits, each one fsync.
    pub(super) commits: Option<u64>,
    /// SQL statements, read and written.
    pub(super) statements: Option<u64>,
}

impl Usage {
    /// What happened between two looks; the peak is the later one.
    pub(super) fn between(before: Self, after: Self) -> Self {
        let difference = |before: Option<u64>, after: Option<u64>| Some(after?.saturating_sub(before?));
        Self {
            cpu_ms: difference(before.cpu_ms, after.cpu_ms),
            peak_memory_kib: after.peak_memory_kib,
            commits: difference(before.commits, after.commits),
            statements: difference(before.statements, after.statements),
        }
    }
}

impl ServerProcess {
    /// Starts the own executable as a server and waits until it listens.
    ///
    /// # Errors
    /// When it does not come up; what it said goes to the terminal.
    pub(super) async fn start(face: Face, database_url: &str, workers: Workers) -> Result<Self, Failure> {
        let failed =
            |error: std::io::Error| broken("被测进程无法启动", "the measured process cannot be started", error);
        let mut line = vec!["--json", "bench", "serve", "--face", face.name(), "--database-url", database_url];
        if workers == Workers::Run {
            line.push("--workers");
        }
        let mut child = Command::new(own_executable()?)
            .args(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let output = child.stdout.take().expect("the output was asked for above");
        let line = BufReader::new(output).lines().next_line().await.map_err(failed)?.unwrap_or_default();
        let ready: Value = serde_json::from_str(&line).map_err(|_| {
            broken("被测进程未能就绪", "the measured process did not get ready", "see its message above")
        })?;
        let text = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        let url =
            Url::parse(&text("url")).map_err(|error| broken("被测进程地址无效", "its address is not valid", error))?;
        Ok(Self {
            child,
            url,
            key: text("key"),
            v1_key: text("v1Key"),
            kit: Target { url: text("kitUrl"), key: text("kitKey") },
            statistics_url: text("statisticsUrl"),
        })
    }

    /// Where it is called.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The key calls are signed with.
    pub(super) fn key(&self, protocol: Protocol) -> &str {
        match protocol {
            Protocol::SaasV2 => &self.key,
            Protocol::SaasV1 => &self.v1_key,
        }
    }

    /// Where another merchant's kit calls go.
    pub(super) fn kit(&self) -> &Target {
        &self.kit
    }

    /// Where it tells its counters.
    pub(super) fn statistics_url(&self) -> &str {
        &self.statistics_url
    }

    /// What it has used so far.
    pub(super) async fn usage(&self) -> Usage {
        let counters = counters(&self.statistics_url).await.unwrap_or_default();
        let process = self.child.id().map(process_usage).unwrap_or_default();
        Usage { commits: counters["commits"].as_u64(), statements: counters["statements"].as_u64(), ..process }
    }

    /// Ends it the hard way: what it answered must be on disk nevertheless.
    pub(super) async fn kill(&mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::warn!(%error, "the measured process could not be killed");
        }
    }
}

/// What the measured process counts; none when it does not answer.
pub(super) async fn counters(statistics_url: &str) -> Option<Value> {
    let answer = anywhere().ok()?.send(Request::get(statistics_url.to_owned(), 5_000)).await.ok()?;
    serde_json::from_slice(&answer.body).ok()
}

fn process_usage(pid: u32) -> Usage {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
    Usage { cpu_ms: cpu_ms(&read("stat")), peak_memory_kib: peak_kib(&read("status")), ..Usage::default() }
}

/// User and system time of `/proc/<pid>/stat`: fields 14 and 15, counted after the name in parentheses.
fn cpu_ms(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) * 1_000 / TICKS_PER_SECOND)
}

fn peak_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_kernel_are_read() {
        let stat = "42 (mercer (x) y) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20";
        assert_eq!(cpu_ms(stat), Some(2_000));
        assert_eq!(peak_kib("Name:\tmercer\nVmHWM:\t   51234 kB\n"), Some(51_234));
        assert_eq!(cpu_ms(""), None);
    }

    #[test]
    fn unknown_stays_unknown() {
        let known = Usage { cpu_ms: Some(500), ..Usage::default() };
        assert_eq!(Usage::between(Usage::default(), known).cpu_ms, None);
        assert_eq!(Usage::between(Usage { cpu_ms: Some(100), ..known }, known).cpu_ms, Some(400));
    }
}
