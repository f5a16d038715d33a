//! `mercer verify v2` and `order-notify`: the POST with `signature`, `timestamp` and `nonce` in its query.

use clap::Args;
use mercer_kernel::clock::{Clock, Instant};
use mercer_protocol::saas_v2::diagnosis::{Diagnosis, diagnose};
use mercer_protocol::saas_v2::signature::{Matched, Presented, VerifyInput, VerifySettings};
use serde_json::{Value, json};
use url::Url;

use super::{mark, verdict_of};
use crate::compare::{self, Candidate, MineArgs};
use crate::failure::Failure;
use crate::input::{BodyArgs, address, moment};
use crate::language::Language;
use crate::output::{Column, text_of};

/// Options of the command.
#[derive(Debug, Args)]
pub(crate) struct V2 {
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
pub(super) fn verify(arguments: &V2, language: Language) -> Result<Value, Failure> {
    let mine = arguments.mine.read(&[arguments.body.source()])?;
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
    let mut shown = shown(&found, &body, signature.as_deref(), language);
    shown["difference"] = compare::shown(&candidates(&found), mine.as_deref(), language);
    Ok(shown)
}

fn candidates(found: &Diagnosis) -> Vec<Candidate> {
    let canonical = found.canonical.as_ref().map(|signed| Candidate::new("canonical body", signed.canonical.as_str()));
    std::iter::once(Candidate::new("body as received", found.raw.canonical.as_str())).chain(canonical).collect()
}

fn shown(found: &Diagnosis, body: &[u8], signature: Option<&str>, language: Language) -> Value {
    let mut shown = verdict_of(
        match &found.outcome {
            Ok(Matched::Raw) => {
                Ok(language.pick("签名与收到的字节相符", "the signature fits the bytes as received").to_owned())
            }
            Ok(Matched::Canonical) => Ok(language
                .pick("签名与请求体的规范形式相符", "the signature fits the canonical form of the body")
                .to_owned()),
            Err(refusal) => Err((refusal.code(), language.of(&refusal.wording()).to_owned())),
        },
        found.outcome.as_ref().err().map(mercer_protocol::saas_v2::signature::Refusal::result_code).as_ref(),
    );
    let canonical_form = found.canonical_body.as_deref().unwrap_or_default();
    let in_body = found.canonical_body.as_ref().map(|_| [Candidate::new("canonical body", canonical_form)]);
    let in_body = in_body.map_or(Value::Null, |form| compare::shown(&form, Some(body), language));
    let more = json!({
        "mistake": found.mistake.map(|mistake| language.of(&mistake.wording()).to_owned()),
        "bodyDigest": found.raw.body_digest,
        "canonicalString": found.raw.canonical,
        "signature": found.raw.signature,
        "presentedSignature": signature,
        "canonicalBody": found.canonical_body,
        "canonicalBodyDigest": found.canonical.as_ref().map(|signed| signed.body_digest.clone()),
        "canonicalBodySignature": found.canonical.as_ref().map(|signed| signed.signature.clone()),
        "bodyDifference": if compare::differs(&in_body) { in_body } else { Value::Null },
    });
    super::merge(&mut shown, more);
    shown
}

fn body_place(found: &Value) -> String {
    match found["byte"].as_u64() {
        Some(byte) => format!("byte {byte}: {} ≠ {}", text_of(&found["ours"]), text_of(&found["theirs"])),
        None => String::new(),
    }
}

/// What is shown.
pub(super) const VALUES: &[Column] = &[
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
    Column::new("请求体首个差异", "body differs at", |row| body_place(&row["bodyDifference"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::tests::parsed;

    const KEY: &str = "k-demo-0001-accesskey";
    const SIGNATURE: &str = "EF999007E26C04E9C8E1E92B69F4422C75861869BD34CBD8DC1A45F920195593";
    const BODY: &str = r#"{"activity":"newInstance","businessId":"5f0c7e0a-1111-4a2b-9c3d-0123456789ab","orderId":"OM25010100001A","orderLineId":"OM25010100001A-000001"}"#;

    fn checked(body: &str, now: &str, more: &[&str]) -> Value {
        let url = format!(
            "https://s.example/p?signature={SIGNATURE}&timestamp=1735689600123&nonce=N0nceN0nceN0nceN0nceN0nceN0nce01"
        );
        let mut line = vec!["verify", "v2", "--key", KEY, "--url", &url, "--body-text", body, "--now", now];
        line.extend(more);
        let crate::verify::Scheme::V2(arguments) = parsed(&line) else { panic!("v2 was typed") };
        verify(&arguments, Language::En).unwrap()
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
        let changed = checked(&BODY.replace("01A\",", "02A\","), "1735689601623", &["--mine", &theirs]);
        assert_eq!(changed["check"], "signature.wrong");
        let byte = changed["difference"]["byte"].as_u64().unwrap();
        assert!(byte >= (KEY.len() + 32 + 13) as u64, "the digests differ, not what stands before them: {byte}");
    }

    #[test]
    fn the_older_name_of_the_option_still_works() {
        let found = checked(BODY, "1735689601623", &["--canonical", &format!("{KEY}N0nce")]);
        assert_eq!(found["difference"]["reason"], "ends_early");
    }

    #[test]
    fn an_order_notification_is_checked_the_same_way() {
        let body = r#"{"activity":"orderNotify","orderId":"CS0000000000TEST1","orderLineId":"CS0000000000TEST1-000001","testFlag":"1"}"#;
        let line = [
            "verify",
            "order-notify",
            "--key",
            "test-access-key",
            "--nonce",
            "n0nce0123456789",
            "--timestamp",
            "1729566664115",
            "--signature",
            "0C8B2CD1681BDEFDC08BF60DC79B9B6ABD3E599296E394FC722921499B8587A3",
            "--body-text",
            body,
            "--now",
            "1729566664200",
        ];
        let crate::verify::Scheme::OrderNotify(arguments) = parsed(&line) else { panic!("order-notify was typed") };
        let found = verify(&arguments, Language::Zh).unwrap();
        assert_eq!(found["accepted"], true);
        assert_eq!(found["bodyDigest"], "89e42de50256bd343749517430667a0cfb91f83c7eddd89e1b0a34c2256d29fd");
    }
}
