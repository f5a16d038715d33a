//! What `sign` and `verify` read from the command line: a body, headers, an address, a time.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use mercer_kernel::clock::Instant;
use url::Url;

use crate::failure::{Exit, Failure};

/// Largest body that is signed or checked; the store's interfaces take 12 MiB at most.
const BODY_LIMIT_BYTES: u64 = 12 * 1024 * 1024;

/// The body of a call.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub(crate) struct BodyArgs {
    /// File with the body, or - for standard input; empty when left out (请求体文件)
    #[arg(long, value_name = "FILE|-")]
    body: Option<PathBuf>,
    /// The body itself (请求体文本)
    #[arg(long, value_name = "TEXT")]
    body_text: Option<String>,
}

impl BodyArgs {
    /// The bytes of the body.
    ///
    /// # Errors
    /// When the file cannot be read or is too large.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Failure> {
        match &self.body {
            Some(path) => read_path("--body", path),
            None => Ok(self.body_text.clone().unwrap_or_default().into_bytes()),
        }
    }

    /// What `--body` names.
    pub(crate) fn source(&self) -> Option<&str> {
        self.body.as_deref().and_then(Path::to_str)
    }

    /// The curl option that sends the same bytes; empty when there is no body.
    pub(crate) fn as_curl(&self, body: &[u8]) -> String {
        if body.is_empty() {
            return String::new();
        }
        match &self.body {
            Some(path) if !self.is_standard_input() => {
                format!(" --data-binary {}", quoted(&format!("@{}", path.display())))
            }
            Some(_) | None => match std::str::from_utf8(body) {
                Ok(text) => format!(" --data-binary {}", quoted(text)),
                Err(_) => " --data-binary @-".to_owned(),
            },
        }
    }

    fn is_standard_input(&self) -> bool {
        self.body.as_deref().is_some_and(|path| path == "-")
    }
}

/// What an option names: a file that exists, `-` for standard input, or otherwise the text itself.
///
/// # Errors
/// When the file cannot be read or is too large.
pub(crate) fn given(option: &str, value: &str) -> Result<Vec<u8>, Failure> {
    let path = Path::new(value);
    if value == "-" || path.is_file() { read_path(option, path) } else { Ok(value.as_bytes().to_vec()) }
}

/// The same as text without the line break that editors and `echo` add.
///
/// # Errors
/// As [`given`], and when it is not UTF-8.
pub(crate) fn given_line(option: &str, value: &str) -> Result<String, Failure> {
    let text = String::from_utf8(given(option, value)?)
        .map_err(|_| Failure::new(Exit::Usage, "输入不是 UTF-8 文本", "the input is not UTF-8 text").input(option))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

fn read_path(option: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    let source: std::io::Result<Box<dyn std::io::Read>> = if path == "-" {
        Ok(Box::new(std::io::stdin().lock()))
    } else {
        std::fs::File::open(path).map(|file| Box::new(file) as Box<dyn std::io::Read>)
    };
    let mut bytes = Vec::new();
    let outcome = source.and_then(|source| source.take(BODY_LIMIT_BYTES + 1).read_to_end(&mut bytes));
    let input = format!("{option} {}", path.display());
    if let Err(error) = outcome {
        let (zh, en) = (format!("读不到输入：{error}"), format!("the input cannot be read: {error}"));
        return Err(Failure::new(Exit::Usage, zh, en)
            .input(input)
            .allowed("文件路径，或 - 表示标准输入", "the path of a file, or - for standard input"));
    }
    if bytes.len() as u64 > BODY_LIMIT_BYTES {
        return Err(Failure::new(Exit::Usage, "输入过大", "the input is too large")
            .input(input)
            .allowed("最大 12 MiB", "at most 12 MiB"));
    }
    Ok(bytes)
}

/// A text in single quotes of a POSIX shell.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// An absolute http or https address; the parser of `--url`.
///
/// # Errors
/// A sentence that says what is allowed.
pub(crate) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .map_err(|error| format!("{error}; write an address such as https://saas.example.com/produce"))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        Err("write an http or https address with a host, such as https://saas.example.com/produce".to_owned())
    }
}

/// A parameter as `name=value`; the parser of `--param`.
///
/// # Errors
/// A sentence that says what is allowed.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) | None => Err("write name=value, for example activity=newInstance".to_owned()),
    }
}

/// A header as `Name: value`; the parser of `--header`.
///
/// # Errors
/// A sentence that says what is allowed.
pub(crate) fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        Some(_) | None => Err("write 'Name: value', for example 'X-Sdk-Date: 20260101T000000Z'".to_owned()),
    }
}

/// A point in time as RFC 3339 text or Unix milliseconds; the parser of `--now` and `--at`.
///
/// # Errors
/// A sentence that says what is allowed.
pub(crate) fn moment(text: &str) -> Result<Instant, String> {
    let milliseconds = text.parse::<i64>().map(Instant::from_millis).ok();
    milliseconds.or_else(|| text.parse().ok()).ok_or_else(|| {
        "write Unix milliseconds such as 1735689600123, or a time such as 2025-01-01T00:00:00Z".to_owned()
    })
}

/// The value of the `Host` header a client sends for this address.
pub(crate) fn host_of(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_survives_the_shell() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn times_are_read_in_both_forms() {
        assert_eq!(moment("1735689600123"), moment("2025-01-01T00:00:00.123Z"));
        assert!(moment("yesterday").is_err());
    }

    #[test]
    fn a_host_keeps_a_port_that_is_not_the_default() {
        assert_eq!(host_of(&address("http://a.example:7001/x").unwrap()), "a.example:7001");
        assert_eq!(host_of(&address("https://a.example:443/x").unwrap()), "a.example");
        assert!(address("ftp://a").is_err());
    }
}
