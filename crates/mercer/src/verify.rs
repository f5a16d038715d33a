//! `mercer verify`: checks a signed call as the receiver would, and says which check failed, what the
//! receiver computed, and where the presented canonical string leaves the right one.

use clap::{Args, Subcommand};
use mercer_kernel::clock::{Clock, Instant};
use mercer_protocol::aksk::{self, Received, Settings};
use mercer_protocol::saas_v2::diagnosis::{Diagnosis, diagnose};
use mercer_protocol::saas_v2::signature::{Matched, Presented, VerifyInput, VerifySettings};
use serde_json::{Value, json};
use url::Url;

use crate::failure::{Exit, Failure};
use crate::input::{BodyArgs, Difference, address, difference, header, host_of, moment};
use crate::language::Language;
use crate::output::{Column, Output, record, text_of};

/// Check a signed call: which check fails, and why (校验签名)
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(subcommand)]
    scheme: Scheme,
}

#[derive(Debug, Subcommand)]
enum Scheme {
    /// A call of the store on a production address, SaaS V2.0 (请求签名)
    V2(V2),
    /// A call of a merchant on the store's open APIs, SDK-HMAC-SHA256 (AK/SK 签名)
    Aksk(Aksk),
}

#[derive(Debug, Args)]
struct V2 {
    /// Access key (访问密钥)
    #[arg(long)]
    key: String,
    /// Whole address as called; its query gives signature, timestamp and nonce (完整地址)
    #[arg(long, value_parser = address, conflicts_with_all = ["signature", "timestamp", "nonce"])]
    url: Option<Url>,
    /// Presented signature (签名)
    #[arg(long)]
    signature: Option<String>,
    /// Presented timestamp (时间戳)
    #[arg(long)]
    timestamp: Option<String>,
    /// Presented nonce (随机数)
    #[arg(long)]
    nonce: Option<String>,
    #[command(flatten)]
    body: BodyArgs,
    /// Canonical string of the other side, to find where it leaves ours (对方的待签名串)
    #[arg(long, value_name = "TEXT")]
    canonical: Option<String>,
    /// Time of receipt; now when left out (接收时间)
    #[arg(long, value_parser = moment, value_name = "TIME")]
    now: Option<Instant>,
}

#[derive(Debug, Args)]
struct Aksk {
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
    /// Canonical request of the other side, to find where it leaves ours (对方的规范请求)
    #[arg(long, value_name = "TEXT")]
    canonical: Option<String>,
    /// Time of receipt; now when left out (接收时间)
    #[arg(long, value_parser = moment, value_name = "TIME")]
    now: Option<Instant>,
}

/// Runs the command.
///
/// # Errors
/// When the body cannot be read, or the call would be refused.
pub(crate) fn run(arguments: &VerifyArgs, output: Output) -> Result<(), Failure> {
    let (checked, columns): (Value, &[Column]) = match &arguments.scheme {
        Scheme::V2(v2) => (verify_v2(v2, output.language)?, &V2_VALUES),
        Scheme::Aksk(aksk) => (verify_aksk(aksk, output.language)?, &AKSK_VALUES),
    };
    output.show(&checked, |language| record(language, columns, &checked));
    if checked["accepted"] == true {
        return Ok(());
    }
    let reason = text_of(&checked["reason"]);
    Err(Failure::new(Exit::Failed, format!("校验未通过：{reason}"), format!("the call would be refused: {reason}"))
        .code(text_of(&checked["check"])))
}

fn verify_v2(arguments: &V2, language: Language) -> Result<Value, Failure> {
    let body = arguments.body.read()?;
    let from_url = |name: &str| {
        let pairs = arguments.url.as_ref()?.query_pairs();
        pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    let given = |typed: &Option<String>, name: &str| typed.clone().or_else(|| from_url(name));
    let timestamp = given(&arguments.timestamp, "timestamp");
    let nonce = given(&arguments.nonce, "nonce");
    let signature = given(&arguments.signature, "signature");
    let input = VerifyInput {
        body: &body,
        presented: Presented {
            timestamp: timestamp.as_deref(),
            nonce: nonce.as_deref(),
            signature: signature.as_deref(),
        },
        now_ms: arguments.now.unwrap_or_else(|| Clock::real().now()).as_millis(),
        settings: VerifySettings::default(),
    };
    let found = diagnose(&arguments.key, &input);
    Ok(shown_v2(&found, &body, arguments.canonical.as_deref(), signature.as_deref(), language))
}

fn shown_v2(
    found: &Diagnosis,
    body: &[u8],
    canonical: Option<&str>,
    signature: Option<&str>,
    language: Language,
) -> Value {
    let (accepted, check, reason) = match &found.outcome {
        Ok(Matched::Raw) => {
            (true, "", language.pick("签名与收到的字节相符", "the signature fits the bytes as received").to_owned())
        }
        Ok(Matched::Canonical) => (
            true,
            "",
            language.pick("签名与请求体的规范形式相符", "the signature fits the canonical form of the body").to_owned(),
        ),
        Err(refusal) => (false, refusal.code(), language.of(&refusal.wording()).to_owned()),
    };
    let canonical_form = found.canonical_body.as_deref().unwrap_or_default();
    let in_body = difference(canonical_form.as_bytes(), body).filter(|_| found.canonical_body.is_some());
    json!({
        "accepted": accepted,
        "check": check,
        "resultCode": found.outcome.as_ref().err().map(|refusal| refusal.result_code().as_str().to_owned()),
        "reason": reason,
        "mistake": found.mistake.map(|mistake| language.of(&mistake.wording()).to_owned()),
        "bodyDigest": found.raw.body_digest,
        "canonicalString": found.raw.canonical,
        "signature": found.raw.signature,
        "presentedSignature": signature,
        "canonicalBody": found.canonical_body,
        "canonicalBodyDigest": found.canonical.as_ref().map(|signed| signed.body_digest.clone()),
        "canonicalBodySignature": found.canonical.as_ref().map(|signed| signed.signature.clone()),
        "bodyDifference": in_body.map(|found| shown_difference(&found)),
        "difference": canonical.and_then(|theirs| difference(found.raw.canonical.as_bytes(), theirs.as_bytes())).map(|found| shown_difference(&found)),
    })
}

fn verify_aksk(arguments: &Aksk, language: Language) -> Result<Value, Failure> {
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
    Ok(match outcome {
        Ok(computed) => json!({
            "accepted": true,
            "reason": language.pick("签名正确", "the signature is right"),
            "canonicalRequest": computed.canonical_request,
            "stringToSign": computed.string_to_sign,
            "signature": computed.signature,
        }),
        Err(refusal) => {
            let canonical = refusal.canonical_request.as_deref();
            let compared = canonical.zip(arguments.canonical.as_deref());
            let found = compared.and_then(|(ours, theirs)| difference(ours.as_bytes(), theirs.as_bytes()));
            json!({
                "accepted": false,
                "check": refusal.step.name(),
                "reason": language.of(&refusal.step.wording()),
                "answer": format!("HTTP {} {} {}", refusal.http_status, refusal.error_code, refusal.full_message()),
                "canonicalRequest": canonical,
                "difference": found.map(|found| shown_difference(&found)),
            })
        }
    })
}

fn shown_difference(found: &Difference) -> Value {
    json!({"byte": found.byte, "ours": found.ours, "theirs": found.theirs})
}

fn difference_text(found: &Value) -> String {
    match found["byte"].as_u64() {
        Some(byte) => format!("byte {byte}: {} ≠ {}", text_of(&found["ours"]), text_of(&found["theirs"])),
        None => String::new(),
    }
}

fn mark(row: &Value) -> String {
    if row["accepted"] == true { "✓".to_owned() } else { format!("✗ {}", text_of(&row["check"])) }
}

const V2_VALUES: [Column; 12] = [
    Column::new("结论", "verdict", mark),
    Column::new("原因", "reason", |row| text_of(&row["reason"])),
    Column::new("结果码", "result code", |row| text_of(&row["resultCode"])),
    Column::new("常见错误", "usual mistake", |row| text_of(&row["mistake"])),
    Column::new("请求体摘要", "body digest", |row| text_of(&row["bodyDigest"])),
    Column::new("待签名串", "canonical string", |row| text_of(&row["canonicalString"])),
    Column::new("应有的签名", "expected signature", |row| text_of(&row["signature"])),
    Column::new("收到的签名", "presented signature", |row| text_of(&row["presentedSignature"])),
    Column::new("请求体规范形式", "canonical body", |row| text_of(&row["canonicalBody"])),
    Column::new("规范形式的签名", "its signature", |row| text_of(&row["canonicalBodySignature"])),
    Column::new("请求体首个差异", "body differs at", |row| difference_text(&row["bodyDifference"])),
    Column::new("待签名串首个差异", "string differs at", |row| difference_text(&row["difference"])),
];

const AKSK_VALUES: [Column; 7] = [
    Column::new("结论", "verdict", mark),
    Column::new("原因", "reason", |row| text_of(&row["reason"])),
    Column::new("云商店将回答", "the store answers", |row| text_of(&row["answer"])),
    Column::new("规范请求", "canonical request", |row| text_of(&row["canonicalRequest"])),
    Column::new("待签名串", "string to sign", |row| text_of(&row["stringToSign"])),
    Column::new("签名", "signature", |row| text_of(&row["signature"])),
    Column::new("首个差异", "differs at", |row| difference_text(&row["difference"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    const KEY: &str = "k-demo-0001-accesskey";
    const SIGNATURE: &str = "EF999007E26C04E9C8E1E92B69F4422C75861869BD34CBD8DC1A45F920195593";
    const BODY: &str = r#"{"activity":"newInstance","businessId":"5f0c7e0a-1111-4a2b-9c3d-0123456789ab","orderId":"OM25010100001A","orderLineId":"OM25010100001A-000001"}"#;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        verify: VerifyArgs,
    }

    fn checked(body: &str, now: &str, more: &[&str]) -> Value {
        let url = format!(
            "https://s.example/p?signature={SIGNATURE}&timestamp=1735689600123&nonce=N0nceN0nceN0nceN0nceN0nceN0nce01"
        );
        let mut line = vec!["verify", "v2", "--key", KEY, "--url", &url, "--body-text", body, "--now", now];
        line.extend(more);
        let parsed = Line::try_parse_from(line).unwrap_or_else(|error| panic!("{error}"));
        let Scheme::V2(arguments) = parsed.verify.scheme else { panic!("v2 was typed") };
        verify_v2(&arguments, Language::En).unwrap()
    }

    #[test]
    fn the_right_call_is_accepted_until_the_window_closes() {
        assert_eq!(checked(BODY, "1735689601623", &[])["accepted"], true);
        let late = checked(BODY, "1735689660124", &[]);
        assert_eq!(late["check"], "signature.timestamp_stale");
        assert_eq!(late["resultCode"], "000002");
    }

    #[test]
    fn a_changed_body_is_refused_and_the_first_differing_byte_is_named() {
        let theirs = format!(
            "{KEY}N0nceN0nceN0nceN0nceN0nceN0nce0117356896001235d9690f4f4b5599524fd00e757a729d6e2e1183017fc84fbc756ef1e5a1069db"
        );
        let changed = checked(&BODY.replace("01A\",", "02A\","), "1735689601623", &["--canonical", &theirs]);
        assert_eq!(changed["check"], "signature.wrong");
        let byte = changed["difference"]["byte"].as_u64().unwrap();
        assert!(byte >= (KEY.len() + 32 + 13) as u64, "the digests differ, not what stands before them: {byte}");
    }

    #[test]
    fn an_open_api_call_with_another_secret_fails_in_the_comparison() {
        let url = "https://mkt.myhuaweicloud.com/api/mkp-openapi-public/global/v1/order/query?orderId=MOCKPERIODYEARNEW&orderLineId=MOCKPERIODYEARNEW-000001";
        let authorization = "Authorization: SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-sdk-date, Signature=03f5d837dde0e9b989c4628699a3009a75d804ff8270fd459578e1aef06fe1ec";
        let check = |sk: &str| {
            let line = [
                "verify",
                "aksk",
                "--sk",
                sk,
                "--url",
                url,
                "-H",
                "X-Sdk-Date: 20240317T144237Z",
                "-H",
                authorization,
                "--now",
                "2024-03-17T14:42:40Z",
            ];
            let parsed = Line::try_parse_from(line).unwrap_or_else(|error| panic!("{error}"));
            let Scheme::Aksk(arguments) = parsed.verify.scheme else { panic!("aksk was typed") };
            verify_aksk(&arguments, Language::En).unwrap()
        };
        assert_eq!(check("SecretKey")["accepted"], true);
        let refused = check("OtherKey");
        assert_eq!((refused["check"].as_str(), refused["accepted"].as_bool()), (Some("compare"), Some(false)));
        assert!(refused["canonicalRequest"].as_str().unwrap().starts_with("GET\n"));
    }
}
