//! `mercer sign v1`: a GET of the store on a production address, SaaS V1.0, with its `authToken`.

use clap::Args;
use mercer_kernel::clock::Clock;
use mercer_protocol::saas_v1::auth_token;
use mercer_protocol::saas_v1::{Parameters, Reading};
use mercer_protocol::time::CompactTime;
use serde_json::{Value, json};
use url::Url;

use crate::failure::{Exit, Failure};
use crate::input::{address, given_line, pair, quoted};
use crate::language::Language;
use crate::output::{Column, text_of};

/// Options of the command.
#[derive(Debug, Args)]
pub(crate) struct V1 {
    /// Key of the merchant (Key 值，accessKey)
    #[arg(long)]
    key: String,
    /// Production address; parameters in its query are signed too (生产地址)
    #[arg(long, default_value = "http://127.0.0.1:7002/produce/m_demo", value_parser = address)]
    url: Url,
    /// Query as it is sent, percent-encoded and without the question mark: a file, -, or the text (查询串)
    #[arg(long, value_name = "FILE|-|TEXT")]
    query: Option<String>,
    /// A parameter with its plain value, name=value; repeat for each one (参数)
    #[arg(long = "param", short = 'p', value_parser = pair, value_name = "NAME=VALUE")]
    parameters: Vec<(String, String)>,
    /// 17 digits in UTC; the one among the parameters, or now, when left out (时间戳)
    #[arg(long, value_name = "DIGITS")]
    time_stamp: Option<String>,
}

/// Signs the call.
///
/// # Errors
/// When the query cannot be read or decoded.
pub(super) fn sign(arguments: &V1, language: Language) -> Result<Value, Failure> {
    let mut parameters = Parameters::new();
    let raw = arguments.query.as_deref().map(|query| given_line("--query", query)).transpose()?;
    for raw in [arguments.url.query(), raw.as_deref()].into_iter().flatten() {
        let decoded = Parameters::decode(raw, Reading::FormDecoded).map_err(|failure| {
            let wording = failure.wording();
            Failure::new(Exit::Usage, wording.zh, wording.en).code(failure.code()).input(raw)
        })?;
        for (name, value) in decoded.iter() {
            parameters.set(name, value);
        }
    }
    for (name, value) in &arguments.parameters {
        parameters.set(name, value);
    }
    parameters.remove("authToken");
    if let Some(time_stamp) = &arguments.time_stamp {
        parameters.set("timeStamp", time_stamp);
    }
    if parameters.get("timeStamp").is_none() {
        parameters.set("timeStamp", CompactTime::milliseconds(Clock::real().now().to_jiff()).to_string());
    }
    Ok(shown(arguments, &parameters, language))
}

fn shown(arguments: &V1, parameters: &Parameters, language: Language) -> Value {
    let time_stamp = parameters.get("timeStamp").unwrap_or_default();
    let signed = auth_token::sign(&arguments.key, parameters);
    let mut url = arguments.url.clone();
    url.set_query(Some(&auth_token::signed_query(&arguments.key, parameters)));
    let remark = language.pick(
        "HMAC 密钥 = Key 后接 timeStamp，两者之间没有分隔符",
        "the MAC key is Key followed by timeStamp, with nothing between them",
    );
    json!({
        "timeStamp": time_stamp,
        "canonicalString": signed.canonical,
        "macKey": format!("{}{time_stamp}", arguments.key),
        "remark": remark,
        "authToken": signed.auth_token,
        "url": url.as_str(),
        "curl": format!("curl -sS -i {}", quoted(url.as_str())),
    })
}

/// What is shown.
pub(super) const VALUES: &[Column] = &[
    Column::new("timeStamp", "timeStamp", |row| text_of(&row["timeStamp"])),
    Column::new("待签名串", "canonical string", |row| text_of(&row["canonicalString"])),
    Column::new("HMAC 密钥", "MAC key", |row| text_of(&row["macKey"])),
    Column::new("authToken", "authToken", |row| text_of(&row["authToken"])),
    Column::new("地址", "address", |row| text_of(&row["url"])),
    Column::new("curl", "curl", |row| text_of(&row["curl"])),
    Column::new("说明", "remark", |row| text_of(&row["remark"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::tests::parsed;

    fn signed(line: &[&str]) -> Value {
        let crate::sign::Scheme::V1(arguments) = parsed(line) else { panic!("v1 was typed") };
        sign(&arguments, Language::En).unwrap()
    }

    #[test]
    fn the_sample_of_the_documentation_is_reproduced() {
        let query = "activity=newInstance&businessId=61e834ba-7b97-4418-b8f7-e5345137278c&customerId=68cbc86abc2018ab880d92f36422fa0e&expireTime=20200727153156&orderId=CS1906666666ABCDE&productId=00301-666666-0--0&testFlag=1&timeStamp=20200727073711903";
        let found = signed(&["sign", "v1", "--key", "xxxxxxx", "--query", query]);
        assert_eq!(found["authToken"], "Gzbfjf9LHRBcI3bFVi++sLinCNOBF6qa7is1fvjEgYQ=");
        assert_eq!(found["canonicalString"], query);
        assert_eq!(found["macKey"], "xxxxxxx20200727073711903");
        assert!(
            found["url"].as_str().unwrap().ends_with("authToken=Gzbfjf9LHRBcI3bFVi%2B%2BsLinCNOBF6qa7is1fvjEgYQ%3D")
        );
    }

    #[test]
    fn plain_values_are_encoded_once_and_a_time_stamp_is_added() {
        let found = signed(&["sign", "v1", "--key", "k", "-p", "activity=queryInstance", "-p", "name=a+b 张"]);
        assert!(text_of(&found["canonicalString"]).starts_with("activity=queryInstance&name=a+b 张&timeStamp=20"));
        assert!(text_of(&found["url"]).contains("name=a%2Bb%20%E5%BC%A0"), "{}", found["url"]);
        assert_eq!(text_of(&found["timeStamp"]).len(), 17);
    }
}
