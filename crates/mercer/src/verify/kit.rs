//! `mercer verify kit-v2` and `kit-v1`: the kit's POSTs below a production address.

use clap::Args;
use mercer_kernel::clock::{Clock, Instant};
use mercer_protocol::kit::auth_token::{self, Reading};
use mercer_protocol::kit::diagnosis::{AuthTokenDiagnosis, XSignDiagnosis, diagnose_auth_token, diagnose_x_sign};
use mercer_protocol::kit::x_sign;
use mercer_protocol::saas_v2::signature::{Matched, VerifySettings};
use serde_json::{Value, json};

use super::{mark, merge, verdict_of};
use crate::compare::{self, Candidate, MineArgs};
use crate::failure::Failure;
use crate::input::{BodyArgs, header, moment};
use crate::language::Language;
use crate::output::{Column, text_of};

/// What both commands take.
#[derive(Debug, Args)]
struct Common {
    /// Key: for kit-v2 the access key of the kit interfaces, for kit-v1 the merchant's Key (密钥)
    #[arg(long)]
    key: String,
    /// A header of the call, 'Name: value'; repeat for each one (请求头)
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

/// Options of `kit-v2`.
#[derive(Debug, Args)]
pub(crate) struct KitV2 {
    #[command(flatten)]
    common: Common,
    /// Presented x-sign, instead of the header (签名)
    #[arg(long)]
    sign: Option<String>,
    /// Presented x-timestamp, instead of the header (时间戳)
    #[arg(long)]
    timestamp: Option<String>,
    /// Presented x-nonce, instead of the header (随机数)
    #[arg(long)]
    nonce: Option<String>,
}

/// Options of `kit-v1`.
#[derive(Debug, Args)]
pub(crate) struct KitV1 {
    #[command(flatten)]
    common: Common,
    /// Presented authToken, instead of the header (收到的 authToken)
    #[arg(long)]
    auth_token: Option<String>,
    /// Largest difference of timeStamp and receipt in seconds; 0 = not checked, as the contract has it (时效)
    #[arg(long, default_value_t = 0)]
    freshness_seconds: u32,
}

impl Common {
    fn header(&self, typed: Option<&str>, name: &str) -> Option<String> {
        let sent = || self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        typed.map(str::to_owned).or_else(|| sent().map(|(_, value)| value.clone()))
    }

    fn now(&self) -> Instant {
        self.now.unwrap_or_else(|| Clock::real().now())
    }
}

/// Checks a V2.0 call.
///
/// # Errors
/// When an input cannot be read.
pub(super) fn verify_v2(arguments: &KitV2, language: Language) -> Result<Value, Failure> {
    let common = &arguments.common;
    let mine = common.mine.read(&[common.body.source()])?;
    let body = common.body.read()?;
    let sign = common.header(arguments.sign.as_deref(), x_sign::HEADER_SIGN);
    let timestamp = common.header(arguments.timestamp.as_deref(), x_sign::HEADER_TIMESTAMP);
    let nonce = common.header(arguments.nonce.as_deref(), x_sign::HEADER_NONCE);
    let input = x_sign::VerifyInput {
        body: &body,
        presented: x_sign::Presented {
            sign: sign.as_deref(),
            timestamp: timestamp.as_deref(),
            nonce: nonce.as_deref(),
        },
        now_ms: common.now().as_millis(),
        settings: VerifySettings::default(),
    };
    let found = diagnose_x_sign(&common.key, &input);
    let mut shown = shown_v2(&found, sign.as_deref(), language);
    shown["difference"] = compare::shown(&candidates_v2(&found), mine.as_deref(), language);
    Ok(shown)
}

fn candidates_v2(found: &XSignDiagnosis) -> Vec<Candidate> {
    let forms = [
        Some(("direct", &found.direct)),
        Some(("prehash", &found.prehash)),
        found.canonical_direct.as_ref().map(|signed| ("direct, canonical body", signed)),
        found.canonical_prehash.as_ref().map(|signed| ("prehash, canonical body", signed)),
    ];
    forms.into_iter().flatten().map(|(name, signed)| Candidate::new(name, signed.canonical.as_str())).collect()
}

fn shown_v2(found: &XSignDiagnosis, presented: Option<&str>, language: Language) -> Value {
    let body_name = |matched: Matched| match matched {
        Matched::Raw => language.pick("收到的字节", "the bytes as received"),
        Matched::Canonical => language.pick("请求体的规范形式", "the canonical form of the body"),
    };
    let mut shown = verdict_of(
        match &found.outcome {
            Ok((form, matched)) => Ok(match language {
                Language::Zh => format!("x-sign 与{}相符（{} 方式）", body_name(*matched), form.as_str()),
                Language::En => format!("x-sign fits {} (form {})", body_name(*matched), form.as_str()),
            }),
            Err(refusal) => Err((refusal.code(), language.of(&refusal.wording()).to_owned())),
        },
        found.outcome.as_ref().err().map(x_sign::Refusal::result_code).as_ref(),
    );
    let more = json!({
        "form": found.outcome.as_ref().ok().map(|(form, _)| form.as_str()),
        "mistake": found.mistake.as_ref().map(|mistake| language.of(&mistake.wording()).to_owned()),
        "presentedSign": presented,
        "directCanonicalString": found.direct.canonical,
        "directSign": found.direct.signature,
        "bodyDigest": found.prehash.body_digest,
        "prehashCanonicalString": found.prehash.canonical,
        "prehashSign": found.prehash.signature,
        "canonicalBody": found.canonical_body,
        "canonicalDirectSign": found.canonical_direct.as_ref().map(|signed| signed.signature.clone()),
        "canonicalPrehashSign": found.canonical_prehash.as_ref().map(|signed| signed.signature.clone()),
    });
    merge(&mut shown, more);
    shown
}

/// Checks a V1.0 call.
///
/// # Errors
/// When an input cannot be read.
pub(super) fn verify_v1(arguments: &KitV1, language: Language) -> Result<Value, Failure> {
    let common = &arguments.common;
    let mine = common.mine.read(&[common.body.source()])?;
    let body = common.body.read()?;
    let presented = common.header(arguments.auth_token.as_deref(), auth_token::HEADER_NAME);
    let input = auth_token::VerifyInput {
        body: &body,
        presented: presented.as_deref(),
        now: common.now().to_jiff(),
        settings: auth_token::VerifySettings { freshness_seconds: arguments.freshness_seconds },
    };
    let found = diagnose_auth_token(&common.key, &input);
    let mut shown = shown_v1(&found, presented.as_deref(), language);
    shown["difference"] = compare::shown(&candidates_v1(&found), mine.as_deref(), language);
    Ok(shown)
}

fn candidates_v1(found: &AuthTokenDiagnosis) -> Vec<Candidate> {
    let sent = found.as_sent.as_ref().map(|signed| Candidate::new("as sent", signed.canonical.as_str()));
    let decoded = found.percent_decoded.as_ref().map(|signed| Candidate::new("decoded", signed.canonical.as_str()));
    sent.into_iter().chain(decoded).collect()
}

fn shown_v1(found: &AuthTokenDiagnosis, presented: Option<&str>, language: Language) -> Value {
    let mut shown = verdict_of(
        match &found.outcome {
            Ok(Reading::AsSent) => Ok(language.pick("authToken 正确", "the authToken is right").to_owned()),
            Ok(Reading::PercentDecoded) => Ok(language
                .pick("值经 URL 解码后 authToken 正确", "the authToken is right over the URL-decoded values")
                .to_owned()),
            Err(refusal) => Err((refusal.code(), language.of(&refusal.wording()).to_owned())),
        },
        found.outcome.as_ref().err().map(auth_token::Refusal::result_code).as_ref(),
    );
    let more = json!({
        "mistake": found.mistake.as_ref().map(|mistake| language.of(&mistake.wording()).to_owned()),
        "canonicalString": found.as_sent.as_ref().map(|signed| signed.canonical.clone()),
        "authToken": found.as_sent.as_ref().map(|signed| signed.auth_token.clone()),
        "presentedAuthToken": presented,
        "decodedCanonicalString": found.percent_decoded.as_ref().map(|signed| signed.canonical.clone()),
        "decodedAuthToken": found.percent_decoded.as_ref().map(|signed| signed.auth_token.clone()),
    });
    merge(&mut shown, more);
    shown
}

/// What is shown of a V2.0 call.
pub(super) const V2_VALUES: &[Column] = &[
    Column::new("结论", "verdict", mark),
    Column::new("原因", "reason", |row| text_of(&row["reason"])),
    Column::new("结果码", "result code", |row| text_of(&row["resultCode"])),
    Column::new("常见错误", "usual mistake", |row| text_of(&row["mistake"])),
    Column::new("收到的 x-sign", "presented x-sign", |row| text_of(&row["presentedSign"])),
    Column::new("direct 待签名串", "direct string", |row| text_of(&row["directCanonicalString"])),
    Column::new("direct x-sign", "direct x-sign", |row| text_of(&row["directSign"])),
    Column::new("prehash 待签名串", "prehash string", |row| text_of(&row["prehashCanonicalString"])),
    Column::new("prehash x-sign", "prehash x-sign", |row| text_of(&row["prehashSign"])),
    Column::new("请求体规范形式", "canonical body", |row| text_of(&row["canonicalBody"])),
    Column::new("其 direct x-sign", "its direct x-sign", |row| text_of(&row["canonicalDirectSign"])),
    Column::new("其 prehash x-sign", "its prehash x-sign", |row| text_of(&row["canonicalPrehashSign"])),
];

/// What is shown of a V1.0 call.
pub(super) const V1_VALUES: &[Column] = &[
    Column::new("结论", "verdict", mark),
    Column::new("原因", "reason", |row| text_of(&row["reason"])),
    Column::new("结果码", "result code", |row| text_of(&row["resultCode"])),
    Column::new("常见错误", "usual mistake", |row| text_of(&row["mistake"])),
    Column::new("待签名串", "canonical string", |row| text_of(&row["canonicalString"])),
    Column::new("应有的 authToken", "expected authToken", |row| text_of(&row["authToken"])),
    Column::new("收到的 authToken", "presented authToken", |row| text_of(&row["presentedAuthToken"])),
    Column::new("解码后的待签名串", "string of decoded values", |row| text_of(&row["decodedCanonicalString"])),
    Column::new("其 authToken", "its authToken", |row| text_of(&row["decodedAuthToken"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Scheme;
    use crate::verify::tests::parsed;

    const BODY: &str = r#"{"domainName":"https://acme.login.example.net","flag":1,"instanceId":"inst-7f3a","name":"Acme Tools Ltd","orderId":"CS2400000000ABCDE","tenantCode":"acme","tenantId":"5f0c2a9be1d94b0f8f1f3a5a7c9d2e11","testFlag":0,"timeStamp":"20240311093015120"}"#;
    const PREHASH: &str = "F4090CCFB2625D907BB4D2508D3661A48E3E8C88CB8C3C38019BE6702C473874";

    fn kit_v2(sign: &str, more: &[&str]) -> Value {
        let sign = format!("X-Sign: {sign}");
        let mut line = vec!["verify", "kit-v2", "--key", "kit-demo-0001-accesskey", "--body-text", BODY];
        line.extend(["-H", &sign, "-H", "x-timestamp: 1710120615123", "-H", "x-nonce: Kq3ZbT9xW1mPfA7r"]);
        line.extend(["--now", "1710120615470"]);
        line.extend(more);
        let Scheme::KitV2(arguments) = parsed(&line) else { panic!("kit-v2 was typed") };
        verify_v2(&arguments, Language::En).unwrap()
    }

    #[test]
    fn either_form_is_accepted_and_named() {
        let found = kit_v2(PREHASH, &[]);
        assert_eq!((found["accepted"].as_bool(), found["form"].as_str()), (Some(true), Some("prehash")));
        let found = kit_v2("BE020DD0A5FA8DB007A11FC5A88AAF3C00326EEA8FD260037C076778FD3106DB", &[]);
        assert_eq!(found["form"], "direct");
    }

    #[test]
    fn a_body_that_was_formatted_again_is_named_as_the_reason() {
        let mine = format!("kit-demo-0001-accesskeyKq3ZbT9xW1mPfA7r1710120615123{}", BODY.replace("\":", "\": "));
        let found = kit_v2("00", &["--mine", &mine]);
        assert_eq!(found["resultCode"], "000001");
        assert_eq!(
            (found["difference"]["comparedWith"].as_str(), found["difference"]["reason"].as_str()),
            (Some("direct"), Some("json_blanks"))
        );
    }

    #[test]
    fn the_v1_header_is_checked_and_the_string_shown() {
        let mut line = vec!["verify", "kit-v1", "--key", "2f6d1c9a-4b7e-4d53-9a10-5c8e7f0b3d21", "--body-text", BODY];
        line.extend(["-H", "authToken: oS3w/LOBK5OaHNCjRIERZq80g6oXMwxMVbXKmB9m6rI="]);
        let Scheme::KitV1(arguments) = parsed(&line) else { panic!("kit-v1 was typed") };
        let found = verify_v1(&arguments, Language::Zh).unwrap();
        assert_eq!(found["accepted"], true, "{found}");
        assert!(text_of(&found["canonicalString"]).ends_with("&timeStamp=20240311093015120"));
    }
}
