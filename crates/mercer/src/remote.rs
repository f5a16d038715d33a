//! The store's control API as the commands use it.

use std::path::PathBuf;

use clap::Args;
use mercer_kernel::http::{
    AddressGuard, Answer, ClientSettings, FailureReason, GuardedClient, Method, Outbound as _, Request,
};
use serde_json::Value;

use crate::connection::{Connection, Door};
use crate::failure::{Exit, Failure};
use crate::language::Language;

/// Largest answer of an API that is read.
const BODY_LIMIT_BYTES: usize = 16 * 1024 * 1024;
/// Time to reach the store.
const CONNECT_TIMEOUT_MS: u64 = 5_000;
/// Time for an answer that does no more than look something up or decide something.
const ANSWER_TIMEOUT_MS: u64 = 30_000;
/// Time for an advance of the clock: it waits for real answers of the merchant.
const ADVANCE_TIMEOUT_MS: u64 = 6 * 3_600_000;

/// Which store is talked to.
#[derive(Debug, Clone, Args)]
pub(crate) struct StoreArgs {
    /// Address of the store (云商店地址)
    #[arg(long, global = true, env = "MERCER_STORE_URL", value_name = "URL")]
    store_url: Option<String>,
    /// Bearer token of its control API (控制接口令牌)
    #[arg(long, global = true, env = "MERCER_STORE_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    store_token: Option<String>,
    /// Data folder of a `mercer up` that runs on this machine (数据目录)
    #[arg(long, global = true, default_value = "mercer-data", value_name = "FOLDER")]
    data: PathBuf,
}

/// An open line to a store.
#[derive(Clone)]
pub(crate) struct Remote {
    client: GuardedClient,
    base: String,
    token: String,
    language: Language,
}

impl Remote {
    /// Finds the store by the options, or by what `mercer up` left behind.
    ///
    /// # Errors
    /// When neither names one.
    pub(crate) fn open(arguments: &StoreArgs, language: Language) -> Result<Self, Failure> {
        let (base, token) = match (&arguments.store_url, &arguments.store_token) {
            (Some(url), Some(token)) => (url.clone(), token.clone()),
            (url, token) => {
                let known = Connection::read(&arguments.data)?.store;
                (url.clone().unwrap_or(known.url), token.clone().unwrap_or(known.token))
            }
        };
        Self::to(&Door { url: base, token }, language)
    }

    /// Opens a line to a known store.
    ///
    /// # Errors
    /// When the machine's certificates cannot be loaded.
    pub(crate) fn to(door: &Door, language: Language) -> Result<Self, Failure> {
        let base = door.url.trim_end_matches('/').to_owned();
        Ok(Self { client: anywhere()?, base, token: door.token.clone(), language })
    }

    /// Reads something.
    ///
    /// # Errors
    /// When the store is not reached or refuses.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Failure> {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            pairs.append_pair(name, value);
        }
        let pairs = pairs.finish();
        let separator = if pairs.is_empty() { "" } else { "?" };
        let request = Request::get(format!("{}/api/v1{path}{separator}{pairs}", self.base), ANSWER_TIMEOUT_MS);
        self.exchange(request).await
    }

    /// Changes something.
    ///
    /// # Errors
    /// As [`Remote::get`].
    pub(crate) async fn post(&self, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        self.exchange(self.post_request(path, body, ANSWER_TIMEOUT_MS)).await
    }

    /// Makes something so.
    ///
    /// # Errors
    /// As [`Remote::get`].
    pub(crate) async fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self.post_request(path, Some(body), ANSWER_TIMEOUT_MS);
        self.exchange(Request { method: Method::PUT, ..request }).await
    }

    /// Removes something.
    ///
    /// # Errors
    /// As [`Remote::get`].
    pub(crate) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        let request = self.post_request(path, None, ANSWER_TIMEOUT_MS);
        self.exchange(Request { method: Method::DELETE, ..request }).await
    }

    /// Changes something that may take long.
    ///
    /// # Errors
    /// As [`Remote::get`].
    pub(crate) async fn post_patiently(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.exchange(self.post_request(path, Some(body), ADVANCE_TIMEOUT_MS)).await
    }

    fn post_request(&self, path: &str, body: Option<&Value>, timeout_ms: u64) -> Request {
        let url = format!("{}/api/v1{path}", self.base);
        match body {
            Some(body) => Request::post_json(url, body.to_string(), timeout_ms),
            None => Request { method: Method::POST, ..Request::get(url, timeout_ms) },
        }
    }

    async fn exchange(&self, request: Request) -> Result<Value, Failure> {
        let shown = format!("{} {}", request.method, request.url);
        let request = request
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Accept-Language", self.language.tag());
        let answer = self.client.send(request).await.map_err(|failure| {
            let (en, zh) = failure.reason.explanation();
            Failure::new(
                match failure.reason {
                    FailureReason::BadAddress => Exit::Usage,
                    _ => Exit::Unreachable,
                },
                format!("联系不上云商店：{zh}{}", failure.detail),
                format!("the store was not reached: {en} {}", failure.detail),
            )
            .input(shown.clone())
            .next(
                "用 mercer up 启动云商店，或用 --store-url 给出正确的地址",
                "start the store with mercer up, or give the right address with --store-url",
            )
        })?;
        read(&answer, &shown)
    }
}

/// A client that may call any address: whoever types a command chose the address.
///
/// # Errors
/// When the machine's certificates cannot be loaded.
pub(crate) fn anywhere() -> Result<GuardedClient, Failure> {
    let everything = ["0.0.0.0/0", "::/0"].map(|range| range.parse().expect("both ranges are written correctly"));
    let settings = ClientSettings {
        connect_timeout_ms: CONNECT_TIMEOUT_MS,
        body_limit_bytes: BODY_LIMIT_BYTES,
        guard: AddressGuard::new(everything.to_vec()),
    };
    GuardedClient::new(settings).map_err(|failure| {
        Failure::new(
            Exit::Failed,
            format!("无法建立 HTTP 客户端：{}", failure.detail),
            format!("no HTTP client: {}", failure.detail),
        )
    })
}

fn read(answer: &Answer, shown: &str) -> Result<Value, Failure> {
    let body: Option<Value> =
        if answer.body.is_empty() { Some(Value::Null) } else { serde_json::from_slice(&answer.body).ok() };
    match (answer.status, body) {
        (200..=299, Some(body)) => Ok(body),
        (200..=299, None) => Err(Failure::new(
            Exit::Refused,
            "对方的回答不是 JSON，这不像是云商店的控制接口",
            "the answer is not JSON; this does not look like the store's control API",
        )
        .input(shown)),
        (status, body) => Err(refused(status, &body.unwrap_or_default(), shown)),
    }
}

/// A problem document (RFC 9457) as a failure; its sentence is already in the caller's language.
fn refused(status: u16, problem: &Value, shown: &str) -> Failure {
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    let detail = if text("detail").is_empty() { text("title") } else { text("detail") };
    let detail = if detail.is_empty() { format!("HTTP {status}") } else { detail };
    let input = input_of(problem, shown);
    let failure = Failure::new(Exit::Refused, detail.clone(), detail).code(text("code")).input(input);
    match status {
        401 | 403 => failure.next(
            "检查 --store-token（MERCER_STORE_TOKEN），或用 --data 指定 mercer up 的数据目录",
            "check --store-token (MERCER_STORE_TOKEN), or name the data folder of mercer up with --data",
        ),
        _ => failure,
    }
}

/// The inputs a problem names: one beside the call, several each on a line with what is wrong with it.
fn input_of(problem: &Value, shown: &str) -> String {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let field = |error: &Value| error["field"].as_str().unwrap_or_default().to_owned();
    match errors {
        [] => shown.to_owned(),
        [one] if field(one).is_empty() => shown.to_owned(),
        [one] if one["message"].is_null() || one["message"] == problem["detail"] => format!("{} ({shown})", field(one)),
        many => many.iter().fold(shown.to_owned(), |text, error| {
            format!("{text}\n    {}: {}", field(error), error["message"].as_str().unwrap_or_default())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: mercer_kernel::http::HeaderMap::new(), body: body.to_owned().into() }
    }

    #[test]
    fn a_problem_becomes_a_refusal_with_code_field_and_sentence() {
        let problem = r#"{"code":"order.quantity","errors":[{"field":"quantity"}],"detail":"quantity may be 1 to 500","status":422}"#;
        let failure = read(&answer(422, problem), "POST /orders").unwrap_err();
        assert_eq!(failure.exit, Exit::Refused);
        let lines = failure.lines(Language::En);
        assert!(lines.contains("quantity may be 1 to 500 (order.quantity)"), "{lines}");
        assert!(lines.contains("input: quantity (POST /orders)"), "{lines}");
    }

    #[test]
    fn every_bad_row_of_an_import_is_named() {
        let problem = r#"{"code":"import.bad_rows","detail":"2 rows","errors":[{"field":"line 3, column name","message":"too long"},{"field":"line 9","message":"twice"}]}"#;
        let lines = read(&answer(422, problem), "POST /import").unwrap_err().lines(Language::En);
        assert!(lines.contains("\n    line 3, column name: too long\n    line 9: twice"), "{lines}");
    }

    #[test]
    fn a_missing_token_says_where_to_get_one() {
        let failure = read(&answer(401, r#"{"detail":"no token"}"#), "GET /clock").unwrap_err();
        assert!(failure.lines(Language::En).contains("--store-token"));
    }

    #[test]
    fn an_empty_success_is_null_and_a_page_is_no_api() {
        assert_eq!(read(&answer(204, ""), "x").unwrap(), Value::Null);
        assert!(read(&answer(200, "<html>"), "x").is_err());
    }
}
