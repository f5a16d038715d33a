//! `mercer verify aksk`: a merchant's call on the store's open APIs.

use clap::Args;
use mercer_kernel::clock::{Clock, Instant};
use mercer_protocol::aksk::{self, Received, Settings};
use serde_json::{Value, json};
use url::Url;

use super::{mark, merge, verdict_of};
use crate::compare::{self, Candidate, MineArgs};
use crate::failure::Failure;
use crate::input::{BodyArgs, address, header, host_of, moment};
use crate::language::Language;
use crate::output::{Column, text_of};

/// Options of the command.
#[derive(Debug, Args)]
pub(crate) struct Aksk {
    /// Secret access key of the AK in the Authorization header (SK，访问密钥)
    #[arg(long)]
    sk: String,
    /// HTTP method (请求方法)
    #[arg(long, default_value = "GET")]
    method: String,
    /// Whole address as called (完整地址)
    #[arg(long, value_parser = address)]
    url: Url,
    /// A header of the call, 'Name: value'; repeat for each one; Host is taken from the address (请求头)
    #[arg(long = "header", short = 'H', value_parser = header, value_name = "HEADER")]
    headers: Vec<(String, String)>,
    #[command(flatten)]
    body: BodyArgs,
    #[command(flatten)]
    mine: MineArgs,
    /// Time of receipt; now when left out (接收时间)
    #[arg(long, value_parser = moment, value_name = "TIME")]
    now: Option<Instant>,
}

/// Checks the call.
///
/// # Errors
/// When body or own string cannot be read.
pub(super) fn verify(arguments: &Aksk, language: Language) -> Result<Value, Failure> {
    let mine = arguments.mine.read(&[arguments.body.source()])?;
    let body = arguments.body.read()?;
    let host = host_of(&arguments.url);
    let mut headers: Vec<(&str, &str)> =
        arguments.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        headers.push(("host", &host));
    }
    let received = Received {
        method: &arguments.method.to_ascii_uppercase(),
        path: arguments.url.path(),
        raw_query: arguments.url.query().unwrap_or_default(),
        headers: &headers,
        body: &body,
        now: arguments.now.unwrap_or_else(|| Clock::real().now()).to_jiff(),
    };
    let outcome =
        aksk::read(&received, &Settings::default()).and_then(|presented| presented.check(Some(&arguments.sk)));
    let (mut shown, more) = match &outcome {
        Ok(computed) => (
            verdict_of(Ok(language.pick("签名正确", "the signature is right").to_owned()), None),
            json!({
                "canonicalRequest": computed.canonical_request,
                "stringToSign": computed.string_to_sign,
                "signature": computed.signature,
            }),
        ),
        Err(refusal) => (
            verdict_of(Err((refusal.step.name(), language.of(&refusal.step.wording()).to_owned())), None),
            json!({
                "answer": format!("HTTP {} {} {}", refusal.http_status, refusal.error_code, refusal.full_message()),
                "canonicalRequest": refusal.canonical_request,
            }),
        ),
    };
    merge(&mut shown, more);
    let canonical = shown["canonicalRequest"].as_str().map(|text| Candidate::new("canonical request", text));
    shown["difference"] = compare::shown(canonical.as_slice(), mine.as_deref(), language);
    Ok(shown)
}

/// What is shown.
pub(super) const VALUES: &[Column] = &[
    Column::new("结论", "verdict", mark),
    Column::new("原因", "reason", |row| text_of(&row["reason"])),
    Column::new("云商店将回答", "the store answers", |row| text_of(&row["answer"])),
    Column::new("规范请求", "canonical request", |row| text_of(&row["canonicalRequest"])),
    Column::new("待签名串", "string to sign", |row| text_of(&row["stringToSign"])),
    Column::new("签名", "signature", |row| text_of(&row["signature"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::tests::parsed;

    fn check(sk: &str, more: &[&str]) -> Value {
        let url = "https://mkt.myhuaweicloud.com/api/mkp-openapi-public/global/v1/order/query?orderId=MOCKPERIODYEARNEW&orderLineId=MOCKPERIODYEARNEW-000001";
        let authorization = "Authorization: SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-sdk-date, Signature=03f5d837dde0e9b989c4628699a3009a75d804ff8270fd459578e1aef06fe1ec";
        let mut line = vec!["verify", "aksk", "--sk", sk, "--url", url, "-H", "X-Sdk-Date: 20240317T144237Z"];
        line.extend(["-H", authorization, "--now", "2024-03-17T14:42:40Z"]);
        line.extend(more);
        let crate::verify::Scheme::Aksk(arguments) = parsed(&line) else { panic!("aksk was typed") };
        verify(&arguments, Language::En).unwrap()
    }

    #[test]
    fn an_open_api_call_with_another_secret_fails_in_the_comparison() {
        assert_eq!(check("SecretKey", &[])["accepted"], true);
        let refused = check("OtherKey", &[]);
        assert_eq!((refused["check"].as_str(), refused["accepted"].as_bool()), (Some("compare"), Some(false)));
        assert!(refused["canonicalRequest"].as_str().unwrap().starts_with("GET\n"));
    }

    #[test]
    fn an_own_canonical_request_is_compared_line_by_line() {
        let right = text_of(&check("SecretKey", &[])["canonicalRequest"]);
        assert_eq!(check("SecretKey", &["--mine", &right])["difference"]["same"], true);
        let found = check("SecretKey", &["--mine", &right.replacen("query/\n", "query\n", 1)]);
        assert_eq!(
            (found["difference"]["line"].as_u64(), found["difference"]["oursCodePoint"].as_str()),
            (Some(2), Some("U+002F /"))
        );
    }
}
