//! `mercer sign v2` and `order-notify`: the POST with `signature`, `timestamp` and `nonce` in its query.

use clap::Args;
use mercer_kernel::clock::Clock;
use mercer_kernel::entropy::Entropy;
use mercer_protocol::saas_v2::signature;
use serde_json::{Value, json};
use url::Url;

use crate::failure::Failure;
use crate::input::{BodyArgs, address, quoted};
use crate::output::{Column, text_of};

/// Length of the store's nonces. Source: SaaS V2.0 §2.3.
const NONCE_LENGTH: usize = 64;

/// Options of the command.
#[derive(Debug, Args)]
pub(crate) struct V2 {
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

/// Signs the call.
///
/// # Errors
/// When the body cannot be read.
pub(super) fn sign(arguments: &V2) -> Result<Value, Failure> {
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

/// What is shown.
pub(super) const VALUES: &[Column] = &[
    Column::new("timestamp", "timestamp", |row| text_of(&row["timestamp"])),
    Column::new("nonce", "nonce", |row| text_of(&row["nonce"])),
    Column::new("请求体摘要", "body digest", |row| text_of(&row["bodyDigest"])),
    Column::new("待签名串", "canonical string", |row| text_of(&row["canonicalString"])),
    Column::new("签名", "signature", |row| text_of(&row["signature"])),
    Column::new("curl", "curl", |row| text_of(&row["curl"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::tests::parsed;

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
        let crate::sign::Scheme::V2(arguments) = parsed(&line) else { panic!("v2 was typed") };
        let signed = sign(&arguments).unwrap();
        assert_eq!(signed["bodyDigest"], "5d9690f4f4b5599524fd00e757a729d6e2e1183017fc84fbc756ef1e5a1069db");
        assert_eq!(signed["signature"], "EF999007E26C04E9C8E1E92B69F4422C75861869BD34CBD8DC1A45F920195593");
        assert!(signed["curl"].as_str().unwrap().contains("timestamp=1735689600123&nonce=N0nce"));
    }
}
