//! `mercer sign`: the signature of a call with every intermediate value, and a curl that sends it.
//!
//! Whoever implements the other side compares value by value. The printed canonical string of `v2` and
//! of the kit holds the access key, as the contract wants it; it is printed for whoever typed the key.

mod aksk;
mod body_sign;
mod kit;
mod v1;
mod v2;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::failure::Failure;
use crate::output::{Column, Output, record};

/// Sign a call and show every intermediate value (计算签名)
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
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
/// When the body cannot be read.
pub(crate) fn run(arguments: &SignArgs, output: Output) -> Result<(), Failure> {
    let (signed, columns): (Value, &[Column]) = match &arguments.scheme {
        Scheme::V2(arguments) | Scheme::OrderNotify(arguments) => (v2::sign(arguments)?, v2::VALUES),
        Scheme::V1(arguments) => (v1::sign(arguments, output.language)?, v1::VALUES),
        Scheme::KitV2(arguments) => (kit::sign_v2(arguments)?, kit::V2_VALUES),
        Scheme::KitV1(arguments) => (kit::sign_v1(arguments)?, kit::V1_VALUES),
        Scheme::BodySign(arguments) => (body_sign::sign(arguments, output.language)?, body_sign::VALUES),
        Scheme::Aksk(arguments) => (aksk::sign(arguments)?, aksk::VALUES),
    };
    output.show(&signed, |language| record(language, columns, &signed));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        sign: SignArgs,
    }

    pub(super) fn parsed(line: &[&str]) -> Scheme {
        Line::try_parse_from(line).unwrap_or_else(|error| panic!("{error}")).sign.scheme
    }

    #[test]
    fn a_key_is_demanded() {
        assert!(Line::try_parse_from(["sign", "v2"]).is_err());
    }
}
