//! `mercer sign body-sign`: the header of a merchant's answer.

use clap::Args;
use mercer_protocol::body_sign;
use serde_json::{Value, json};

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
    #[command(flatten)]
    body: BodyArgs,
}

/// Signs the answer.
///
/// # Errors
/// When the body cannot be read.
pub(super) fn sign(arguments: &BodySign, language: Language) -> Result<Value, Failure> {
    let body = arguments.body.read()?;
    let value = body_sign::header_value(&arguments.key, &body);
    let remark = language.pick(
        "HMAC 密钥只是 Key（不接 timeStamp），消息是响应体的全部字节",
        "the MAC key is the bare Key (no timeStamp), the message is every byte of the answer's body",
    );
    Ok(json!({
        "bodyBytes": body.len(),
        "canonicalString": String::from_utf8_lossy(&body),
        "header": format!("{}: {value}", body_sign::HEADER_NAME),
        "value": value,
        "remark": remark,
    }))
}

/// What is shown.
pub(super) const VALUES: &[Column] = &[
    Column::new("签名的字节数", "bytes signed", |row| text_of(&row["bodyBytes"])),
    Column::new("待签名串", "canonical string", |row| text_of(&row["canonicalString"])),
    Column::new("响应头", "header", |row| text_of(&row["header"])),
    Column::new("说明", "remark", |row| text_of(&row["remark"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::tests::parsed;

    #[test]
    fn the_header_is_written_strictly_as_the_sample() {
        let body = r#"{"resultCode":"000000","resultMsg":"success."}"#;
        let line = ["sign", "body-sign", "--key", "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44", "--body-text", body];
        let crate::sign::Scheme::BodySign(arguments) = parsed(&line) else { panic!("body-sign was typed") };
        let signed = sign(&arguments, Language::En).unwrap();
        assert_eq!(
            signed["header"],
            r#"Body-Sign: sign_type="HMAC-SHA256", signature="6weg3h2yOW+eOgYnCPZ2dATYv6zuKncfJRpVDowJTFc=""#
        );
    }
}
