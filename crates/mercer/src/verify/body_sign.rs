//! `mercer verify body-sign`: the header of a merchant's answer, as the store reads it.

use clap::Args;
use mercer_protocol::body_sign::{self, Verdict};
use serde_json::{Value, json};

use super::{mark, merge, verdict_of};
use crate::compare::{self, Candidate, MineArgs};
use crate::failure::Failure;
use crate::input::BodyArgs;
use crate::language::Language;
use crate::output::{Column, text_of};

/// Options of the command.
#[derive(Debug, Args)]
pub(crate) struct BodySign {
    /// Key of the merchant, or the access key the call was signed with (密钥)
    #[arg(long)]
    key: String,
    /// The header as received, with or without its name (响应头)
    #[arg(long, short = 'H', value_name = "TEXT")]
    header: Option<String>,
    #[command(flatten)]
    body: BodyArgs,
    #[command(flatten)]
    mine: MineArgs,
}

/// Checks the answer.
///
/// # Errors
/// When an input cannot be read.
pub(super) fn verify(arguments: &BodySign, language: Language) -> Result<Value, Failure> {
    let mine = arguments.mine.read(&[arguments.body.source()])?;
    let body = arguments.body.read()?;
    let presented = arguments.header.as_deref().map(value_of);
    let (check, zh, en) = match body_sign::verify(&arguments.key, &body, presented) {
        Verdict::Valid => ("", "Body-Sign 正确", "the Body-Sign header is right"),
        Verdict::Absent => ("body_sign.absent", "缺少 Body-Sign 响应头", "the Body-Sign header is missing"),
        Verdict::Malformed => (
            "body_sign.malformed",
            "Body-Sign 的格式不对：两个值都要用双引号",
            "the Body-Sign header is malformed: both values stand in double quotes",
        ),
        Verdict::Wrong => ("body_sign.wrong", "Body-Sign 的签名不符", "the signature in Body-Sign is wrong"),
    };
    let reason = language.pick(zh, en).to_owned();
    let mut shown = verdict_of(if check.is_empty() { Ok(reason) } else { Err((check, reason)) }, None);
    let more = json!({
        "expectedHeader": body_sign::header_value(&arguments.key, &body),
        "presentedHeader": presented,
        "bodyBytes": body.len(),
        "difference": compare::shown(&[Candidate::new("body", body.as_slice())], mine.as_deref(), language),
    });
    merge(&mut shown, more);
    Ok(shown)
}

/// The value of a header that may have been pasted with its name.
fn value_of(header: &str) -> &str {
    match header.split_once(':') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case(body_sign::HEADER_NAME) => value.trim_start(),
        Some(_) | None => header,
    }
}

/// What is shown.
pub(super) const VALUES: &[Column] = &[
    Column::new("结论", "verdict", mark),
    Column::new("原因", "reason", |row| text_of(&row["reason"])),
    Column::new("应有的响应头", "expected header", |row| text_of(&row["expectedHeader"])),
    Column::new("收到的响应头", "presented header", |row| text_of(&row["presentedHeader"])),
    Column::new("签名的字节数", "bytes signed", |row| text_of(&row["bodyBytes"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::tests::parsed;

    fn check(header: &str, body: &str, mine: &[&str]) -> Value {
        let mut line = vec!["verify", "body-sign", "--key", "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44"];
        line.extend(["--header", header, "--body-text", body]);
        line.extend(mine);
        let crate::verify::Scheme::BodySign(arguments) = parsed(&line) else { panic!("body-sign was typed") };
        verify(&arguments, Language::En).unwrap()
    }

    #[test]
    fn quotes_are_demanded_and_every_byte_counts() {
        let body = r#"{"resultCode":"000000","resultMsg":"success."}"#;
        let right = r#"Body-Sign: sign_type="HMAC-SHA256", signature="6weg3h2yOW+eOgYnCPZ2dATYv6zuKncfJRpVDowJTFc=""#;
        assert_eq!(check(right, body, &[])["accepted"], true);
        assert_eq!(check(&right.replace('"', ""), body, &[])["check"], "body_sign.malformed");
        let found = check(right, &format!("{body}\n"), &["--mine", body]);
        assert_eq!(
            (found["check"].as_str(), found["difference"]["oursCodePoint"].as_str()),
            (Some("body_sign.wrong"), Some("U+000A LF"))
        );
    }
}
