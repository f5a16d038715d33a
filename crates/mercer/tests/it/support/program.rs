//! `mercer` as a child process.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// Generous: the machine may be building something else at the same time.
const READY_WITHIN: Duration = Duration::from_secs(40);
/// Time for an orderly end.
const ENDS_WITHIN: Duration = Duration::from_secs(30);

/// How a program is started; starting it again is the same call.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    /// Working folder; what the program logs lies there as `NAME.log`.
    pub(crate) folder: PathBuf,
    /// Name of the log.
    pub(crate) name: String,
    /// The command line without the program.
    pub(crate) arguments: Vec<String>,
    /// The whole environment.
    pub(crate) environment: Vec<(String, String)>,
}

impl Start {
    /// A start with this command line, and an environment without settings.
    pub(crate) fn new(folder: &Path, name: &str, arguments: &[&str]) -> Self {
        Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            environment: vec![("LANG".to_owned(), "C.UTF-8".to_owned())],
        }
    }

    /// With a setting in the environment.
    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.environment.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// Runs the program to its end.
    ///
    /// # Panics
    /// When it does not end in time.
    pub(crate) async fn output(&self) -> Output {
        let running = self.command().stdin(Stdio::null()).output();
        let ended = tokio::time::timeout(READY_WITHIN, running).await;
        ended.expect("the program ends by itself").expect("the program was built and can be started")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mercer"));
        command.args(&self.arguments).current_dir(&self.folder).env_clear().kill_on_drop(true);
        command.envs(self.environment.iter().map(|(variable, value)| (variable, value)));
        command
    }
}

/// A program that runs and has said that it is ready.
#[derive(Debug)]
pub(crate) struct Program {
    start: Start,
    child: Child,
    /// The JSON line it printed.
    pub(crate) ready: Value,
    /// Kept open, so that printing more does not end the program.
    _stdout: BufReader<ChildStdout>,
}

impl Program {
    /// Starts and waits for the line that says it is ready.
    ///
    /// # Panics
    /// When it does not become ready; the message holds its log.
    pub(crate) async fn start(start: Start) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(start.log());
        let log = log.expect("the temporary folder can be written");
        let mut child = start
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program was built and can be started");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output was asked for"));
        let mut line = String::new();
        let read = tokio::time::timeout(READY_WITHIN, stdout.read_line(&mut line)).await;
        let ready = read.ok().and_then(Result::ok).and_then(|_| serde_json::from_str(&line).ok());
        let Some(ready) = ready else {
            panic!("{} is not ready: {line}\n{}", start.name, start.read_log());
        };
        Self { start, child, ready, _stdout: stdout }
    }

    /// Starts it again after its end, on what it left.
    pub(crate) async fn again(&mut self) {
        *self = Self::start(self.start.clone()).await;
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        self.ready["url"].as_str().expect("the line holds the address").to_owned()
    }

    /// SIGKILL: it has no chance to do anything more.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("a child can be killed");
    }

    /// SIGINT, as Ctrl-C sends it; returns how it ended.
    ///
    /// # Panics
    /// When it does not end.
    pub(crate) async fn interrupt(&mut self) -> ExitStatus {
        let id = self.child.id().expect("it runs");
        let sent = Command::new("sh").args(["-c", &format!("kill -INT {id}")]).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "the signal can be sent");
        match tokio::time::timeout(ENDS_WITHIN, self.child.wait()).await {
            Ok(status) => status.expect("a child can be waited for"),
            Err(_) => panic!("{} does not end on SIGINT\n{}", self.start.name, self.start.read_log()),
        }
    }

    /// What it wrote to its log, earlier starts included.
    pub(crate) fn log(&self) -> String {
        self.start.read_log()
    }
}

impl Start {
    fn log(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.name))
    }

    fn read_log(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }
}
