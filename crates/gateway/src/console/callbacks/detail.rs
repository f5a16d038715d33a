//! One callback: raw request, canonical string, signature verdict, answer.

use askama::Template;
use axum::extract::{Path, State};
use mercer_kernel::web::{Language, Shell};
use mercer_protocol::saas_v2::redacted;

use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{self, Label};
use super::advice::advice;
use super::list::Row;
use super::texts::Texts;
use crate::gateway::Gateway;
use crate::inbound::{CallbackDetail, SignatureCheck};
use crate::instance::State as InstanceState;
use crate::merchant::paste_values;

#[derive(Template)]
#[template(path = "console/callback.html")]
struct DetailPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    title: String,
    row: Row,
    utc: String,
    protocol: &'static str,
    instances: Vec<String>,
    before: Option<Label>,
    after: Option<Label>,
    event_ids: Vec<String>,
    refusal: String,
    advice: &'static str,
    code: String,
    signature: Option<Check>,
    query: String,
    body: String,
    answer: String,
    curl: String,
}

/// The check of a signature in words.
struct Check {
    verdict: Label,
    key_id: String,
    canonical: String,
    expected: String,
    presented: String,
    mistake: String,
}

/// GET /callbacks/{id}
pub(in crate::console) async fn show(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(callback_id): Path<String>,
) -> Outcome {
    let language = visitor.language;
    let detail = gateway.callback(visitor.merchant_id(), &callback_id).await.told_in(language)?;
    let address = paste_values(&gateway.foundation().public_url, visitor.merchant_id(), &[]).production_address;
    let (texts, common) = (Texts(language), CommonTexts(language));
    let CallbackDetail { summary, query, body, answer, signature, .. } = detail;
    let has_changed = summary.state_before != summary.state_after;
    let label = |text: &str| text.parse::<InstanceState>().ok().map(|state| words::state(state, language));
    let shown_body =
        if body.is_empty() { texts.body_empty().to_owned() } else { words::readable(&redacted(body.as_bytes())) };
    let page = DetailPage {
        title: texts.one_title(&words::activity(&summary.activity, language)),
        row: Row::of(&summary, language),
        utc: words::utc_beside(summary.received_at),
        protocol: words::family(summary.protocol, language),
        instances: summary
            .instance_id
            .split(',')
            .filter(|id| !id.is_empty() && !summary.test)
            .map(str::to_owned)
            .collect(),
        before: label(&summary.state_before),
        after: label(&summary.state_after).filter(|_| has_changed),
        advice: advice(&summary.refusal, language),
        code: texts.meaning(&summary.result_code, &words::result_code(&summary.result_code, language)),
        signature: signature.map(|check| told(check, &summary.refusal, texts, language)),
        curl: curl(&address, &query, &body),
        query: query.replace('&', "\n&"),
        body: shown_body,
        answer: words::readable(&answer),
        event_ids: summary.event_id.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
        refusal: summary.refusal,
        shell: visitor.shell,
        frame: visitor.frame,
        common,
        texts,
    };
    Ok(page.shell.render(&page))
}

fn told(check: SignatureCheck, refusal: &str, texts: Texts, language: Language) -> Check {
    let verdict = match check.matched {
        "raw" => Label::new("ok", texts.signed_raw()),
        "canonical" => Label::new("ok", texts.signed_canonical()),
        "form_decoded" => Label::new("ok", texts.signed_form_decoded()),
        "plus_kept" => Label::new("ok", texts.signed_plus_kept()),
        matched if !matched.is_empty() => Label::new("ok", texts.signed()),
        _ if refusal.contains(".timestamp") || refusal.contains(".nonce") => {
            Label::new("warn", texts.not_fitting_now())
        }
        _ => Label::new("bad", texts.signed_wrong()),
    };
    Check {
        verdict,
        key_id: check.key_id,
        canonical: check.canonical_string,
        expected: check.expected_signature,
        presented: if check.presented_signature.is_empty() {
            texts.no_signature().to_owned()
        } else {
            check.presented_signature
        },
        mistake: language.pick(&check.mistake_en, &check.mistake_zh).to_owned(),
    }
}

/// The call as a command; empty when its body is no JSON, which may hold anything.
fn curl(address: &str, query: &str, body: &str) -> String {
    if serde_json::from_str::<serde_json::Value>(body).is_err() || redacted(body.as_bytes()) != reprinted(body) {
        return String::new();
    }
    let question = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!(
        "curl -X POST {} \\\n  -H 'Content-Type: application/json' \\\n  --data-raw {}",
        quoted(&format!("{address}{question}")),
        quoted(body)
    )
}

/// The body as [`redacted`] prints it when there is nothing to hide.
fn reprinted(body: &str) -> String {
    serde_json::from_str::<serde_json::Value>(body).map_or_else(|_| String::new(), |value| value.to_string())
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_offered_only_for_a_body_without_personal_data() {
        let command = curl("https://g.example.com/produce/demo", "nonce=1", r#"{"orderId":"it's"}"#);
        assert!(command.contains(r#"--data-raw '{"orderId":"it'\''s"}'"#));
        assert!(command.contains("'https://g.example.com/produce/demo?nonce=1'"));
        assert_eq!(curl("https://g.example.com", "", r#"{"email":"a@example.com"}"#), "");
        assert_eq!(curl("https://g.example.com", "", "not json"), "");
    }
}
