//! `mercer verify v1`: a GET of the store on a production address, SaaS V1.0.

use clap::Args;
use mercer_kernel::clock::{Clock, Instant};
use mercer_protocol::saas_v1::Reading;
use mercer_protocol::saas_v1::auth_token::{Refusal, VerifyInput, VerifySettings};
use mercer_protocol::saas_v1::diagnosis::{Diagnosis, diagnose};
use serde_json::{Value, json};

use super::{mark, merge, verdict_of};
use crate::compare::{self, Candidate, MineArgs};
use crate::failure::Failure;
use crate::input::{given_line, moment};
use crate::language::Language;
use crate::output::{Column, text_of};

/// Options of the command.
#[derive(Debug, Args)]
pub(crate) struct V1 {
    /// Key of the merchant (Key 值，accessKey)
    #[arg(long)]
    key: String,
    /// Address as called, or only its query, exactly as received: a file, -, or the text (收到的地址或查询串)
    #[arg(long, visible_alias = "query", value_name = "FILE|-|TEXT")]
    url: String,
    #[command(flatten)]
    mine: MineArgs,
    /// Time of receipt; now when left out (接收时间)
    #[arg(long, value_parser = moment, value_name = "TIME")]
    now: Option<Instant>,
    /// Largest difference of timeStamp and receipt in seconds; 0 = not checked, as the contract has it (时效)
    #[arg(long, default_value_t = 0)]
    freshness_seconds: u32,
}

/// Checks the call.
///
/// # Errors
/// When an input cannot be read.
pub(super) fn verify(arguments: &V1, language: Language) -> Result<Value, Failure> {
    let mine = arguments.mine.read(&[Some(&arguments.url)])?;
    let url = given_line("--url", &arguments.url)?;
    // Not parsed as an address: that would rewrite bytes that matter here.
    let raw_query = url.split_once('?').map_or(url.as_str(), |(_, query)| query);
    let raw_query = raw_query.split_once('#').map_or(raw_query, |(query, _)| query);
    let input = VerifyInput {
        raw_query,
        now: arguments.now.unwrap_or_else(|| Clock::real().now()).to_jiff(),
        settings: VerifySettings { freshness_seconds: arguments.freshness_seconds, plus_fallback: true },
    };
    let found = diagnose(&arguments.key, &input);
    let mut shown = shown(&found, language);
    shown["difference"] = compare::shown(&candidates(&found), mine.as_deref(), language);
    Ok(shown)
}

fn candidates(found: &Diagnosis) -> Vec<Candidate> {
    let form = found.decoded.as_ref().map(|signed| Candidate::new("form-decoded", signed.canonical.as_str()));
    let kept = found.plus_kept.as_ref().map(|signed| Candidate::new("plus kept", signed.canonical.as_str()));
    form.into_iter().chain(kept).collect()
}

fn shown(found: &Diagnosis, language: Language) -> Value {
    let mut shown = verdict_of(
        match &found.outcome {
            Ok(Reading::FormDecoded) => Ok(language.pick("authToken 正确", "the authToken is right").to_owned()),
            Ok(Reading::PlusKept) => Ok(language
                .pick(
                    "authToken 正确，但须按原样保留「+」（发送方没有写成 %2B）",
                    "the authToken is right when \"+\" is kept as it is (the caller did not write %2B)",
                )
                .to_owned()),
            Err(refusal) => Err((refusal.code(), language.of(&refusal.wording()).to_owned())),
        },
        found.outcome.as_ref().err().map(Refusal::result_code).as_ref(),
    );
    let text = |signed: &Option<mercer_protocol::saas_v1::auth_token::Signed>| {
        signed.as_ref().map(|signed| (signed.canonical.clone(), signed.auth_token.clone())).unzip()
    };
    let (canonical, token): (Option<String>, Option<String>) = text(&found.decoded);
    let (kept_canonical, kept_token): (Option<String>, Option<String>) = text(&found.plus_kept);
    let more = json!({
        "mistake": found.mistake.as_ref().map(|mistake| language.of(&mistake.wording()).to_owned()),
        "canonicalString": canonical,
        "authToken": token,
        "presentedAuthToken": found.presented,
        "plusKeptCanonicalString": kept_canonical,
        "plusKeptAuthToken": kept_token,
    });
    merge(&mut shown, more);
    shown
}

/// What is shown.
pub(super) const VALUES: &[Column] = &[
    Column::new("结论", "verdict", mark),
    Column::new("原因", "reason", |row| text_of(&row["reason"])),
    Column::new("结果码", "result code", |row| text_of(&row["resultCode"])),
    Column::new("常见错误", "usual mistake", |row| text_of(&row["mistake"])),
    Column::new("待签名串", "canonical string", |row| text_of(&row["canonicalString"])),
    Column::new("应有的 authToken", "expected authToken", |row| text_of(&row["authToken"])),
    Column::new("收到的 authToken", "presented authToken", |row| text_of(&row["presentedAuthToken"])),
    Column::new("保留「+」的待签名串", "string with + kept", |row| text_of(&row["plusKeptCanonicalString"])),
    Column::new("其 authToken", "its authToken", |row| text_of(&row["plusKeptAuthToken"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::tests::parsed;

    const CANONICAL: &str = "activity=newInstance&businessId=61e834ba-7b97-4418-b8f7-e5345137278c&customerId=68cbc86abc2018ab880d92f36422fa0e&expireTime=20200727153156&orderId=CS1906666666ABCDE&productId=00301-666666-0--0&testFlag=1&timeStamp=20200727073711903";

    fn checked(query: &str, more: &[&str]) -> Value {
        let mut line = vec!["verify", "v1", "--key", "xxxxxxx", "--url", query];
        line.extend(more);
        let crate::verify::Scheme::V1(arguments) = parsed(&line) else { panic!("v1 was typed") };
        verify(&arguments, Language::En).unwrap()
    }

    #[test]
    fn the_sample_of_the_documentation_is_accepted() {
        let url =
            format!("https://isv.example/p?{CANONICAL}&authToken=Gzbfjf9LHRBcI3bFVi%2B%2BsLinCNOBF6qa7is1fvjEgYQ%3D");
        let found = checked(&url, &["--mine", CANONICAL]);
        assert_eq!(found["accepted"], true, "{found}");
        assert_eq!(found["difference"]["same"], true);
        // A form decoder makes blanks of the token's own plus signs.
        assert_eq!(checked(&url.replace("%2B", "+"), &[])["accepted"], true);
    }

    #[test]
    fn a_forgotten_time_stamp_is_named() {
        let mine = CANONICAL.replace("&timeStamp=20200727073711903", "");
        let found = checked(&format!("{CANONICAL}&authToken=x"), &["--mine", &mine]);
        assert_eq!((found["check"].as_str().is_some(), found["resultCode"].as_str()), (true, Some("000001")));
        assert_eq!(found["difference"]["reason"], "timestamp_missing");
        assert_eq!(found["difference"]["byte"], mine.len());
    }

    #[test]
    fn a_call_without_token_still_shows_the_canonical_string() {
        let found = checked(CANONICAL, &[]);
        assert_eq!(found["accepted"], false);
        assert_eq!(found["canonicalString"], CANONICAL);
    }
}
