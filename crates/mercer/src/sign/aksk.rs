//! `mercer sign aksk`: a merchant's call on the store's open APIs.

use clap::Args;
use mercer_kernel::clock::{Clock, Instant};
use mercer_protocol::aksk::{self, Credentials, RequestToSign};
use serde_json::{Value, json};
use url::Url;

use crate::failure::Failure;
use crate::input::{BodyArgs, address, host_of, moment, quoted};
use crate::output::{Column, text_of};

/// Options of the command.
#[derive(Debug, Args)]
pub(crate) struct Aksk {
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

/// Signs the call.
///
/// # Errors
/// When the body cannot be read.
pub(super) fn sign(arguments: &Aksk) -> Result<Value, Failure> {
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

/// What is shown.
pub(super) const VALUES: &[Column] = &[
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
    use crate::sign::tests::parsed;

    #[test]
    fn the_worked_example_of_the_open_apis_is_reproduced() {
        let url = "https://mkt.myhuaweicloud.com/api/mkp-openapi-public/global/v1/order/query?orderId=MOCKPERIODYEARNEW&orderLineId=MOCKPERIODYEARNEW-000001";
        let line =
            ["sign", "aksk", "--ak", "AccessKey", "--sk", "SecretKey", "--url", url, "--at", "2024-03-17T14:42:37Z"];
        let crate::sign::Scheme::Aksk(arguments) = parsed(&line) else { panic!("aksk was typed") };
        let signed = sign(&arguments).unwrap();
        assert_eq!(signed["signature"], "03f5d837dde0e9b989c4628699a3009a75d804ff8270fd459578e1aef06fe1ec");
        assert_eq!(signed["signedHeaders"], "host;x-sdk-date");
    }
}
