//! `mercer verify`: checks a signed call as the receiver would, and says which check failed, what the
//! receiver computed, and where the integrator's own canonical string leaves the right one.

mod aksk;
mod body_sign;
mod kit;
mod v1;
mod v2;

use clap::{Args, Subcommand};
use mercer_protocol::ResultCode;
use serde_json::{Value, json};

use crate::compare;
use crate::failure::{Exit, Failure};
use crate::output::{Column, Output, record, text_of};

/// Check a signed call: which check fails, and why (校验签名)
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(subcommand)]
    scheme: Scheme,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Scheme {
    /// A call of the store on a production address, SaaS V2.0 (请求签名)
    V2(v2::V2),
    /// An order notification of the store; signed as V2.0, with the general key (订单通知)
    OrderNotify(v2::V2),
    /// A call of the store on a production address, SaaS V1.0: authToken in the query (V1.0 请求令牌)
    V1(v1::V1),
    /// A kit call of the store, V2.0: x-sign, x-timestamp and x-nonce (联营kit V2.0)
    #[command(name = "kit-v2")]
    KitV2(kit::KitV2),
    /// A kit call of the store, V1.0: authToken in a header (联营kit V1.0)
    #[command(name = "kit-v1")]
    KitV1(kit::KitV1),
    /// The Body-Sign header of a merchant's answer (响应签名)
    BodySign(body_sign::BodySign),
    /// A call of a merchant on the store's open APIs, SDK-HMAC-SHA256 (AK/SK 签名)
    Aksk(aksk::Aksk),
}

/// Runs the command.
///
/// # Errors
/// When an input cannot be read, the call would be refused, or the own string differs.
pub(crate) fn run(arguments: &VerifyArgs, output: Output) -> Result<(), Failure> {
    let language = output.language;
    let (checked, columns): (Value, &[Column]) = match &arguments.scheme {
        Scheme::V2(arguments) | Scheme::OrderNotify(arguments) => (v2::verify(arguments, language)?, v2::VALUES),
        Scheme::V1(arguments) => (v1::verify(arguments, language)?, v1::VALUES),
        Scheme::KitV2(arguments) => (kit::verify_v2(arguments, language)?, kit::V2_VALUES),
        Scheme::KitV1(arguments) => (kit::verify_v1(arguments, language)?, kit::V1_VALUES),
        Scheme::BodySign(arguments) => (body_sign::verify(arguments, language)?, body_sign::VALUES),
        Scheme::Aksk(arguments) => (aksk::verify(arguments, language)?, aksk::VALUES),
    };
    output.show(&checked, |language| {
        let compared = compare::line(&checked["difference"], language);
        let mine = language.pick("您的待签名串", "your string");
        let mut text = record(language, columns, &checked);
        if !compared.is_empty() {
            text.push_str(&format!("\n {mine}: {compared}"));
        }
        text
    });
    judge(&checked)
}

/// Whether the program ends with success.
fn judge(checked: &Value) -> Result<(), Failure> {
    if checked["accepted"] != true {
        let reason = text_of(&checked["reason"]);
        return Err(Failure::new(
            Exit::Failed,
            format!("校验未通过：{reason}"),
            format!("the call would be refused: {reason}"),
        )
        .code(text_of(&checked["check"])));
    }
    if compare::differs(&checked["difference"]) {
        let byte = &checked["difference"]["byte"];
        return Err(Failure::new(
            Exit::Failed,
            format!("签名正确，但您的待签名串在第 {byte} 字节处不同"),
            format!("the signature is right, but your canonical string differs at byte {byte}"),
        )
        .code("mine.differs"));
    }
    Ok(())
}

/// The members every scheme shows: whether the call is accepted, and otherwise the first check that failed.
fn verdict_of(outcome: Result<String, (&str, String)>, result_code: Option<&ResultCode>) -> Value {
    let (accepted, check, reason) = match outcome {
        Ok(reason) => (true, "", reason),
        Err((check, reason)) => (false, check, reason),
    };
    json!({
        "accepted": accepted,
        "check": check,
        "resultCode": result_code.map(ResultCode::as_str),
        "reason": reason,
    })
}

/// Adds members to what is shown.
fn merge(shown: &mut Value, more: Value) {
    if let (Value::Object(shown), Value::Object(more)) = (shown, more) {
        shown.extend(more);
    }
}

fn mark(row: &Value) -> String {
    if row["accepted"] == true { "✓".to_owned() } else { format!("✗ {}", text_of(&row["check"])) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        verify: VerifyArgs,
    }

    pub(super) fn parsed(line: &[&str]) -> Scheme {
        Line::try_parse_from(line).unwrap_or_else(|error| panic!("{error}")).verify.scheme
    }

    #[test]
    fn a_right_signature_with_another_own_string_is_no_success() {
        let right = json!({"accepted": true, "difference": Value::Null});
        assert!(judge(&right).is_ok());
        assert!(judge(&json!({"accepted": true, "difference": {"same": true}})).is_ok());
        assert_eq!(
            judge(&json!({"accepted": true, "difference": {"same": false, "byte": 7}})).unwrap_err().exit,
            Exit::Failed
        );
        assert_eq!(judge(&json!({"accepted": false})).unwrap_err().exit, Exit::Failed);
    }
}
