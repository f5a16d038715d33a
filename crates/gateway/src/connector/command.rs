//! Command connector: a local program takes the event on its standard input and writes the app's
//! information, as JSON, to its standard output.
//!
//! Exit code 0 with information opens the instance; 0 without output is "done", or "completes later"
//! when information was expected; 65 (`EX_DATAERR`) refuses for good with the first line of the standard
//! error as the reason; every other code, and running out of time, is tried again.

use std::process::Stdio;
use std::time::Duration;

use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::AttemptRecord;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::{Delivered, Parcel, Reaction};
use crate::event::redact;
use crate::instance::{check_app_info, has_address};
use mercer_protocol::saas_v2::AppInfo;

/// Exit code that refuses for good: `EX_DATAERR` of sysexits.
const REFUSED: i32 = 65;
/// Most that is read of a program's output.
const OUTPUT_LIMIT_BYTES: u64 = 64 * 1_024;
/// Most that is kept of a program's complaint.
const KEPT_CHARACTERS: usize = 1_024;

struct Ended {
    code: Option<i32>,
    output: Vec<u8>,
    complaint: String,
}

/// Runs the program for one event.
pub(super) async fn deliver(program: &str, arguments: &[String], timeout: Duration, parcel: &Parcel<'_>) -> Delivered {
    let spawned = Command::new(program)
        .args(arguments)
        .env("MERCER_EVENT_ID", parcel.id)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => return Delivered::failed(FailureReason::NotConfigured, format!("{program}: {error}")),
    };
    let ended = tokio::time::timeout(timeout, converse(&mut child, parcel.event.to_string())).await;
    let (reaction, detail) = match ended {
        Err(_) => (
            Reaction::Retry(FailureReason::Timeout),
            format!("{program} did not end within {} ms", timeout.as_millis()),
        ),
        Ok(Err(error)) => (Reaction::Retry(FailureReason::ConnectionLost), format!("{program}: {error}")),
        Ok(Ok(ended)) => read(&ended, parcel.opens),
    };
    let record = AttemptRecord {
        request: format!("{program} {}\n\n{}", arguments.join(" "), redact(parcel.event)),
        detail,
        ..AttemptRecord::default()
    };
    Delivered { reaction, record }
}

async fn converse(child: &mut Child, event: String) -> std::io::Result<Ended> {
    let mut input = child.stdin.take().expect("standard input was piped");
    let output = child.stdout.take().expect("standard output was piped");
    let complaint = child.stderr.take().expect("standard error was piped");
    let (mut output, mut complaint) = (output.take(OUTPUT_LIMIT_BYTES), complaint.take(OUTPUT_LIMIT_BYTES));
    let (mut output_bytes, mut complaint_bytes) = (Vec::new(), Vec::new());
    let write = async {
        // A program that does not read its input ends the pipe; its exit code says what that means.
        let _ = input.write_all(event.as_bytes()).await;
        drop(input);
    };
    let ((), read_output, read_complaint) =
        tokio::join!(write, output.read_to_end(&mut output_bytes), complaint.read_to_end(&mut complaint_bytes));
    read_output?;
    read_complaint?;
    let status = child.wait().await?;
    let complaint = String::from_utf8_lossy(&complaint_bytes).chars().take(KEPT_CHARACTERS).collect();
    Ok(Ended { code: status.code(), output: output_bytes, complaint })
}

fn read(ended: &Ended, opens: bool) -> (Reaction, String) {
    match ended.code {
        Some(0) => read_output(&ended.output, opens),
        Some(REFUSED) => {
            let reason = ended.complaint.lines().next().unwrap_or("the program refused").chars().take(255).collect();
            (Reaction::Refused(reason), String::new())
        }
        Some(code) => (Reaction::Retry(FailureReason::ResultCode), format!("exit code {code}: {}", ended.complaint)),
        None => (Reaction::Retry(FailureReason::Crashed), "the program was ended by a signal".to_owned()),
    }
}

fn read_output(output: &[u8], opens: bool) -> (Reaction, String) {
    if output.iter().all(u8::is_ascii_whitespace) {
        return if opens {
            (Reaction::Later, "the program gave no information yet".to_owned())
        } else {
            (Reaction::Done, String::new())
        };
    }
    match serde_json::from_slice::<AppInfo>(output) {
        Ok(info) if !opens && !has_address(&info) => (Reaction::Done, String::new()),
        Ok(info) => match check_app_info(&info) {
            Ok(()) => (Reaction::Opened(info), String::new()),
            Err(fault) => (Reaction::Retry(FailureReason::MissingField), fault.to_string()),
        },
        Err(_) if !opens => (Reaction::Done, String::new()),
        Err(error) => (Reaction::Retry(FailureReason::UnreadableBody), format!("standard output: {error}")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use serde_json::json;

    use super::*;

    async fn run(script: &str, opens: bool) -> Delivered {
        let event = json!({ "type": "mercer.instance.created" });
        let parcel = Parcel { id: "ev_1", opens, event: &event };
        deliver("/bin/sh", &["-c".to_owned(), script.to_owned()], Duration::from_secs(5), &parcel).await
    }

    #[tokio::test]
    async fn the_event_goes_in_and_the_information_comes_out() {
        let script = r#"grep -q created && echo '{"frontEndUrl":"https://a.example.com"}'"#;
        let delivered = run(script, true).await;
        assert!(
            matches!(delivered.reaction, Reaction::Opened(info) if info.front_end_url.as_deref() == Some("https://a.example.com"))
        );
    }

    #[tokio::test]
    async fn exit_codes_tell_refusal_from_trouble() {
        assert_eq!(run("echo 'no seats' >&2; exit 65", true).await.reaction, Reaction::Refused("no seats".to_owned()));
        assert_eq!(run("exit 1", true).await.reaction, Reaction::Retry(FailureReason::ResultCode));
        assert_eq!(run("exit 0", true).await.reaction, Reaction::Later);
        assert_eq!(run("exit 0", false).await.reaction, Reaction::Done);
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_stopped() {
        let event = json!({});
        let parcel = Parcel { id: "ev_1", opens: true, event: &event };
        let arguments = ["-c".to_owned(), "exec sleep 30".to_owned()];
        let delivered = deliver("/bin/sh", &arguments, Duration::from_millis(200), &parcel).await;
        assert_eq!(delivered.reaction, Reaction::Retry(FailureReason::Timeout));
    }
}
