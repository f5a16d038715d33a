//! `mercer sign`: the signature of a call with every intermediate value, and a curl that sends it.
//!
//! Whoever implements the other side compares value by value. The printed canonical string of `v2`
//! holds the access key, as the contract wants it; it is printed for whoever typed the key.

use clap::{Args, Subcommand};
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::entropy::Entropy;
use mercer_protocol::aksk::{self, Credentials, RequestToSign};
use mercer_protocol::saas_v2::signature;
use serde_json::{Value, json};
use url::Url;

use crate::failure::Failure;
use crate::input::{BodyArgs, address, host_of, moment, quoted};
use crate::output::{Column, Output, record, text_of};

/// Length of the store's nonces. Source: SaaS V2.0 §2.3.
const NONCE_LENGTH: usize = 64;

/// Sign a call and show every intermediate value (计算签名)
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
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
    #[command(flatten)]
    body: BodyArgs,
    /// Text of the timestamp; the present millisecond when left out (时间戳)
    #[arg(long)]
    timestamp: Option<String>,
    /// Text of the nonce; 64 random hexadecimal digits when left out (随机数)
    #[arg(long)]
    nonce: Option<String>,
    /// Production address for the printed curl (生产地址)
    #[arg(long, default_value = "http://127.0.0.1:7002/produce/m_demo", value_parser = address)]
    url: Url,
}

#[derive(Debug, Args)]
struct Aksk {
    /// Access key id (AK，访问密钥 ID)
    #[arg(long)]
    ak: String,
    /// Secret access key (SK，访问密钥)
    #[arg(long)]
    sk: String,
    /// HTTP method (请求方法)
    #[arg(long, default_value = "GET")]
    method: String,
    /// Whole address with its query (完整地址)
    #[arg(long, value_parser = address)]
    url: Url,
    /// Content-Type, signed when there is a body (内容类型)
    #[arg(long, default_value = "application/json")]
    content_type: String,
    #[command(flatten)]
    body: BodyArgs,
    /// Time of the call; now when left out (时间)
    #[arg(long, value_parser = moment, value_name = "TIME")]
    at: Option<Instant>,
}

/// Runs the command.
///
/// # Errors
/// When the body cannot be read.
pub(crate) fn run(arguments: SignArgs, output: Output) -> Result<(), Failure> {
    match arguments.scheme {
        Scheme::V2(v2) => {
            let signed = sign_v2(&v2)?;
            output.show(&signed, |language| record(language, &V2_VALUES, &signed));
        }
        Scheme::Aksk(aksk) => {
            let signed = sign_aksk(&aksk)?;
            output.show(&signed, |language| record(language, &AKSK_VALUES, &signed));
        }
    }
    Ok(())
}

fn sign_v2(arguments: &V2) -> Result<Value, Failure> {
    let body = arguments.body.read()?;
    let timestamp = arguments.timestamp.clone().unwrap_or_else(|| Clock::real().now().as_millis().to_string());
    let nonce = arguments.nonce.clone().unwrap_or_else(|| Entropy::system().hex_upper(NONCE_LENGTH));
    let signed = signature::sign(&arguments.key, &body, &timestamp, &nonce);
    let mut url = arguments.url.clone();
    url.query_pairs_mut()
        .append_pair("signature", &signed.signature)
        .append_pair("timestamp", &timestamp)
        .append_pair("nonce", &nonce);
    let curl = format!(
        "curl -sS -X POST {} -H 'Accept: application/json' -H 'Content-Type: application/json;charset=utf8'{}",
        quoted(url.as_str()),
        arguments.body.as_curl(&body)
    );
    Ok(json!({
        "timestamp": timestamp,
        "nonce": nonce,
        "bodyBytes": body.len(),
        "bodyDigest": signed.body_digest,
        "canonicalString": signed.canonical,
        "signature": signed.signature,
        "url": url.as_str(),
        "curl": curl,
    }))
}

fn sign_aksk(arguments: &Aksk) -> Result<Value, Failure> {
    let body = arguments.body.read()?;
    let credentials = Credentials { access_key_id: arguments.ak.clone(), secret_access_key: arguments.sk.clone() };
    let host = host_of(&arguments.url);
    let method = arguments.method.to_ascii_uppercase();
    let at = arguments.at.unwrap_or_else(|| Clock::real().now());
    let signed = aksk::sign(
        &credentials,
        &RequestToSign {
            method: &method,
            host: &host,
            path: arguments.url.path(),
            raw_query: arguments.url.query().unwrap_or_default(),
            content_type: Some(&arguments.content_type),
            body: &body,
            at: at.to_jiff(),
        },
    );
    let content_type = if body.is_empty() {
        String::new()
    } else {
        format!(" -H {}", quoted(&format!("Content-Type: {}", arguments.content_type)))
    };
    let curl = format!(
        "curl -sS -X {method} {} -H {} -H {}{content_type}{}",
        quoted(arguments.url.as_str()),
        quoted(&format!("X-Sdk-Date: {}", signed.x_sdk_date)),
        quoted(&format!("Authorization: {}", signed.authorization)),
        arguments.body.as_curl(&body)
    );
    Ok(json!({
        "xSdkDate": signed.x_sdk_date,
        "signedHeaders": signed.signed_headers,
        "canonicalRequest": signed.computation.canonical_request,
        "stringToSign": signed.computation.string_to_sign,
        "signature": signed.computation.signature,
        "authorization": signed.authorization,
        "curl": curl,
    }))
}

const V2_VALUES: [Column; 6] = [
    Column::new("timestamp", "timestamp", |row| text_of(&row["timestamp"])),
    Column::new("nonce", "nonce", |row| text_of(&row["nonce"])),
    Column::new("请求体摘要", "body digest", |row| text_of(&row["bodyDigest"])),
    Column::new("待签名串", "canonical string", |row| text_of(&row["canonicalString"])),
    Column::new("签名", "signature", |row| text_of(&row["signature"])),
    Column::new("curl", "curl", |row| text_of(&row["curl"])),
];

const AKSK_VALUES: [Column; 6] = [
    Column::new("X-Sdk-Date", "X-Sdk-Date", |row| text_of(&row["xSdkDate"])),
    Column::new("规范请求", "canonical request", |row| text_of(&row["canonicalRequest"])),
    Column::new("待签名串", "string to sign", |row| text_of(&row["stringToSign"])),
    Column::new("签名", "signature", |row| text_of(&row["signature"])),
    Column::new("Authorization", "Authorization", |row| text_of(&row["authorization"])),
    Column::new("curl", "curl", |row| text_of(&row["curl"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        sign: SignArgs,
    }

    fn parsed(line: &[&str]) -> Scheme {
        Line::try_parse_from(line).unwrap_or_else(|error| panic!("{error}")).sign.scheme
    }

    #[test]
    fn the_worked_example_of_the_contract_is_reproduced() {
        let body = r#"{"activity":"newInstance","businessId":"5f0c7e0a-1111-4a2b-9c3d-0123456789ab","orderId":"OM25010100001A","orderLineId":"OM25010100001A-000001"}"#;
        let line = [
            "sign",
            "v2",
            "--key",
            "k-demo-0001-accesskey",
            "--body-text",
            body,
            "--timestamp",
            "1735689600123",
            "--nonce",
            "N0nceN0nceN0nceN0nceN0nceN0nce01",
        ];
        let Scheme::V2(arguments) = parsed(&line) else { panic!("v2 was typed") };
        let signed = sign_v2(&arguments).unwrap();
        assert_eq!(signed["bodyDigest"], "5d9690f4f4b5599524fd00e757a729d6e2e1183017fc84fbc756ef1e5a1069db");
        assert_eq!(signed["signature"], "EF999007E26C04E9C8E1E92B69F4422C75861869BD34CBD8DC1A45F920195593");
        assert!(signed["curl"].as_str().unwrap().contains("timestamp=1735689600123&nonce=N0nce"));
    }

    #[test]
    fn the_worked_example_of_the_open_apis_is_reproduced() {
        let url = "https://mkt.myhuaweicloud.com/api/mkp-openapi-public/global/v1/order/query?orderId=MOCKPERIODYEARNEW&orderLineId=MOCKPERIODYEARNEW-000001";
        let line =
            ["sign", "aksk", "--ak", "AccessKey", "--sk", "SecretKey", "--url", url, "--at", "2024-03-17T14:42:37Z"];
        let Scheme::Aksk(arguments) = parsed(&line) else { panic!("aksk was typed") };
        let signed = sign_aksk(&arguments).unwrap();
        assert_eq!(signed["signature"], "03f5d837dde0e9b989c4628699a3009a75d804ff8270fd459578e1aef06fe1ec");
        assert_eq!(signed["signedHeaders"], "host;x-sdk-date");
    }

    #[test]
    fn a_key_is_demanded() {
        assert!(Line::try_parse_from(["sign", "v2"]).is_err());
    }
}
