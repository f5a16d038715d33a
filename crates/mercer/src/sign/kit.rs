//! `mercer sign kit-v2` and `kit-v1`: the kit's POSTs below a production address.

use clap::{Args, ValueEnum};
use mercer_kernel::clock::Clock;
use mercer_kernel::entropy::Entropy;
use mercer_protocol::kit::{Interface, Version, auth_token, x_sign};
use serde_json::{Value, json};
use url::Url;

use crate::failure::{Exit, Failure};
use crate::input::{BodyArgs, address, quoted};
use crate::output::{Column, text_of};

/// Length of the nonces in the vendor's samples. Source: kit §2.1.
const NONCE_LENGTH: usize = 32;

/// How the text that is signed is put together. Source: kit decision D1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// The body itself, as the vendor's sample project signs
    Direct,
    /// The digest of the body, as the documentation's text says
    Prehash,
}

impl From<Form> for x_sign::Form {
    fn from(form: Form) -> Self {
        match form {
            Form::Direct => Self::Direct,
            Form::Prehash => Self::Prehash,
        }
    }
}

/// Options of `kit-v2`.
#[derive(Debug, Args)]
pub(crate) struct KitV2 {
    /// Access key bound to the kit interfaces (联营kit访问密钥)
    #[arg(long)]
    key: String,
    #[command(flatten)]
    body: BodyArgs,
    /// How the text that is signed is put together (签名方式)
    #[arg(long, value_enum, default_value = "direct")]
    form: Form,
    /// Text of x-timestamp; the present millisecond when left out (时间戳)
    #[arg(long)]
    timestamp: Option<String>,
    /// Text of x-nonce; 32 random letters and digits when left out (随机数)
    #[arg(long)]
    nonce: Option<String>,
    #[command(flatten)]
    target: Target,
}

/// Options of `kit-v1`.
#[derive(Debug, Args)]
pub(crate) struct KitV1 {
    /// Key of the merchant (Key 值，accessKey)
    #[arg(long)]
    key: String,
    #[command(flatten)]
    body: BodyArgs,
    #[command(flatten)]
    target: Target,
}

/// Where the printed curl goes.
#[derive(Debug, Args)]
struct Target {
    /// Production address for the printed curl; the sub-path is appended (生产地址)
    #[arg(long, default_value = "http://127.0.0.1:7002/produce/m_demo", value_parser = address)]
    url: Url,
    /// Which interface the printed curl calls (接口)
    #[arg(long, default_value = "tenantSync", value_parser = interface, value_name = "NAME")]
    interface: Interface,
}

/// Signs a V2.0 call.
///
/// # Errors
/// When the body cannot be read.
pub(super) fn sign_v2(arguments: &KitV2) -> Result<Value, Failure> {
    let body = arguments.body.read()?;
    let timestamp = arguments.timestamp.clone().unwrap_or_else(|| Clock::real().now().as_millis().to_string());
    let nonce = arguments.nonce.clone().unwrap_or_else(|| Entropy::system().alphanumeric(NONCE_LENGTH));
    let signed = x_sign::sign(&arguments.key, arguments.form.into(), &body, &timestamp, &nonce);
    let headers = [
        (x_sign::HEADER_SIGN, signed.signature.as_str()),
        (x_sign::HEADER_TIMESTAMP, &timestamp),
        (x_sign::HEADER_NONCE, &nonce),
    ];
    Ok(json!({
        "form": x_sign::Form::from(arguments.form).as_str(),
        "xTimestamp": timestamp,
        "xNonce": nonce,
        "bodyBytes": body.len(),
        "bodyDigest": signed.body_digest,
        "canonicalString": signed.canonical,
        "signature": signed.signature,
        "curl": arguments.target.curl(Version::V2, &headers, &arguments.body.as_curl(&body)),
    }))
}

/// Signs a V1.0 call.
///
/// # Errors
/// When the body cannot be read, or is no JSON object with a `timeStamp`.
pub(super) fn sign_v1(arguments: &KitV1) -> Result<Value, Failure> {
    let body = arguments.body.read()?;
    let unusable = |refusal: &auth_token::Refusal| {
        let wording = refusal.wording();
        Failure::new(Exit::Usage, wording.zh, wording.en)
            .code(refusal.code())
            .input("--body")
            .allowed("JSON 对象，含 17 位的 timeStamp（东八区）", "a JSON object with timeStamp in 17 digits (UTC+8)")
    };
    let signed = auth_token::sign(&arguments.key, &body).map_err(|refusal| unusable(&refusal))?;
    if signed.timestamp.is_empty() {
        return Err(unusable(&auth_token::Refusal::MissingTimestamp));
    }
    let headers = [(auth_token::HEADER_NAME, signed.auth_token.as_str())];
    Ok(json!({
        "timeStamp": signed.timestamp,
        "canonicalString": signed.canonical,
        "macKey": format!("{}{}", arguments.key, signed.timestamp),
        "authToken": signed.auth_token,
        "curl": arguments.target.curl(Version::V1, &headers, &arguments.body.as_curl(&body)),
    }))
}

impl Target {
    fn curl(&self, version: Version, headers: &[(&str, &str)], body: &str) -> String {
        let url = format!("{}{}", self.url.as_str().trim_end_matches('/'), self.interface.path(version));
        let mut text = format!("curl -sS -i -X POST {} -H 'Content-Type: application/json'", quoted(&url));
        for (name, value) in headers {
            text.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
        text + body
    }
}

fn interface(text: &str) -> Result<Interface, String> {
    Interface::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Interface::ALL.iter().map(|one| one.as_str()).collect();
        format!("write one of {}", known.join(", "))
    })
}

/// What is shown of a V2.0 call.
pub(super) const V2_VALUES: &[Column] = &[
    Column::new("签名方式", "form", |row| text_of(&row["form"])),
    Column::new("x-timestamp", "x-timestamp", |row| text_of(&row["xTimestamp"])),
    Column::new("x-nonce", "x-nonce", |row| text_of(&row["xNonce"])),
    Column::new("请求体摘要", "body digest", |row| text_of(&row["bodyDigest"])),
    Column::new("待签名串", "canonical string", |row| text_of(&row["canonicalString"])),
    Column::new("x-sign", "x-sign", |row| text_of(&row["signature"])),
    Column::new("curl", "curl", |row| text_of(&row["curl"])),
];

/// What is shown of a V1.0 call.
pub(super) const V1_VALUES: &[Column] = &[
    Column::new("timeStamp", "timeStamp", |row| text_of(&row["timeStamp"])),
    Column::new("待签名串", "canonical string", |row| text_of(&row["canonicalString"])),
    Column::new("HMAC 密钥", "MAC key", |row| text_of(&row["macKey"])),
    Column::new("authToken", "authToken", |row| text_of(&row["authToken"])),
    Column::new("curl", "curl", |row| text_of(&row["curl"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::Scheme;
    use crate::sign::tests::parsed;

    const BODY: &str = r#"{"domainName":"https://acme.login.example.net","flag":1,"instanceId":"inst-7f3a","name":"Acme Tools Ltd","orderId":"CS2400000000ABCDE","tenantCode":"acme","tenantId":"5f0c2a9be1d94b0f8f1f3a5a7c9d2e11","testFlag":0,"timeStamp":"20240311093015120"}"#;

    #[test]
    fn both_forms_of_the_worked_example_are_reproduced() {
        for (form, signature) in [
            ("direct", "BE020DD0A5FA8DB007A11FC5A88AAF3C00326EEA8FD260037C076778FD3106DB"),
            ("prehash", "F4090CCFB2625D907BB4D2508D3661A48E3E8C88CB8C3C38019BE6702C473874"),
        ] {
            let mut line = vec!["sign", "kit-v2", "--key", "kit-demo-0001-accesskey", "--body-text", BODY];
            line.extend(["--form", form, "--timestamp", "1710120615123", "--nonce", "Kq3ZbT9xW1mPfA7r"]);
            let Scheme::KitV2(arguments) = parsed(&line) else { panic!("kit-v2 was typed") };
            let signed = sign_v2(&arguments).unwrap();
            assert_eq!(signed["signature"], signature, "{form}");
            assert!(text_of(&signed["curl"]).contains("/produce/m_demo/produceAPI/v2/tenantSync'"));
        }
    }

    #[test]
    fn the_header_of_the_v1_example_is_reproduced() {
        let line = ["sign", "kit-v1", "--key", "2f6d1c9a-4b7e-4d53-9a10-5c8e7f0b3d21", "--body-text", BODY];
        let Scheme::KitV1(arguments) = parsed(&line) else { panic!("kit-v1 was typed") };
        let signed = sign_v1(&arguments).unwrap();
        assert_eq!(signed["authToken"], "oS3w/LOBK5OaHNCjRIERZq80g6oXMwxMVbXKmB9m6rI=");
        assert!(text_of(&signed["canonicalString"]).starts_with("domainName=https://acme.login.example.net&flag=1&"));
        assert!(text_of(&signed["curl"]).contains("/produceAPI/tenantSync'"));
    }

    #[test]
    fn a_body_without_time_stamp_says_what_is_wanted() {
        let Scheme::KitV1(arguments) = parsed(&["sign", "kit-v1", "--key", "k", "--body-text", "{}"]) else {
            panic!("kit-v1 was typed")
        };
        assert_eq!(sign_v1(&arguments).unwrap_err().exit, Exit::Usage);
        assert!(interface("tenantsync").is_err());
    }
}
