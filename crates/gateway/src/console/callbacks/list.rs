//! The list of callbacks.

use askama::Template;
use axum::extract::State;
use mercer_kernel::web::{Language, Moment, PageRequest, Paged, Shell};
use mercer_protocol::ResultCode;

use super::super::fields::{Asked, Faults, typed_time};
use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{self, Choice, Label};
use super::texts::Texts;
use crate::gateway::Gateway;
use crate::inbound::{CallbackFilter, CallbackSummary, Family, Verdict};
use crate::instance::State as InstanceState;

#[derive(Template)]
#[template(path = "console/callbacks.html")]
struct ListPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    faults: Vec<String>,
    activities: Vec<Choice>,
    protocols: Vec<Choice>,
    verdicts: Vec<Choice>,
    codes: Vec<Choice>,
    text: String,
    from: String,
    to: String,
    is_filtered: bool,
    callbacks: Paged<Row>,
}

/// A callback in a list.
pub(in crate::console) struct Row {
    pub(in crate::console) callback_id: String,
    pub(in crate::console) received: Moment,
    pub(in crate::console) activity: String,
    pub(in crate::console) protocol: &'static str,
    pub(in crate::console) test: bool,
    pub(in crate::console) instance_id: String,
    pub(in crate::console) order_id: String,
    pub(in crate::console) verdict: Label,
    pub(in crate::console) why: String,
    pub(in crate::console) code: String,
    pub(in crate::console) state_after: Option<Label>,
}

impl Row {
    /// A row in the reader's language.
    pub(in crate::console) fn of(callback: &CallbackSummary, language: Language) -> Self {
        let has_changed = callback.state_before != callback.state_after;
        let state_after = callback.state_after.parse::<InstanceState>().ok().filter(|_| has_changed);
        Self {
            callback_id: callback.callback_id.clone(),
            received: Moment::of(callback.received_at),
            activity: words::activity(&callback.activity, language),
            protocol: words::family(callback.protocol, language),
            test: callback.test,
            instance_id: callback.instance_id.clone(),
            order_id: callback.order_id.clone(),
            verdict: words::verdict(callback.verdict, language),
            why: callback.detail.get(language.code()).and_then(|text| text.as_str()).unwrap_or_default().to_owned(),
            code: callback.result_code.clone(),
            state_after: state_after.map(|state| words::state(state, language)),
        }
    }
}

/// GET /callbacks
pub(in crate::console) async fn list(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    page: PageRequest,
    Asked(asked): Asked,
) -> Outcome {
    let language = visitor.language;
    let mut faults = Faults::default();
    let filter = CallbackFilter {
        instance_id: asked.text("instance").to_owned(),
        activity: asked.text("activity").to_owned(),
        protocol: faults.take(asked.choice("protocol", &Family::ALL.map(Family::as_str)), language),
        verdict: faults.take(asked.choice("verdict", &Verdict::ALL.map(Verdict::as_str)), language),
        order_id: asked.text("order").to_owned(),
        result_code: asked.text("code").to_owned(),
        text: asked.text("text").to_owned(),
        from: faults.take(asked.instant("from"), language),
        to: faults.take(asked.instant("to"), language),
    };
    let callbacks = gateway.callbacks(visitor.merchant_id(), &filter, page).await.told_in(language)?;
    let page = ListPage {
        common: CommonTexts(language),
        texts: Texts(language),
        faults: faults.sentences(),
        activities: activity_choices(&filter.activity, language),
        protocols: protocol_choices(filter.protocol, language),
        verdicts: verdict_choices(filter.verdict, language),
        codes: code_choices(&filter.result_code, language),
        from: typed_time(filter.from),
        to: typed_time(filter.to),
        is_filtered: is_filtered(&filter),
        // A link from an instance's page names it in full.
        text: [filter.text, filter.instance_id, filter.order_id]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default(),
        callbacks: callbacks.map(|callback| Row::of(&callback, language)),
        shell: visitor.shell,
        frame: visitor.frame,
    };
    Ok(page.shell.render(&page))
}

fn is_filtered(filter: &CallbackFilter) -> bool {
    let texts = [&filter.instance_id, &filter.activity, &filter.order_id, &filter.result_code, &filter.text];
    texts.iter().any(|text| !text.is_empty())
        || filter.protocol.is_some()
        || filter.verdict.is_some()
        || filter.from.is_some()
        || filter.to.is_some()
}

fn activity_choices(chosen: &str, language: Language) -> Vec<Choice> {
    let choice = |name: &&str| Choice::new(*name, format!("{} ({name})", words::activity(name, language)), chosen);
    words::activities().iter().map(choice).collect()
}

fn protocol_choices(chosen: Option<Family>, language: Language) -> Vec<Choice> {
    let chosen = chosen.map_or("", Family::as_str);
    let choice = |family: Family| Choice::new(family.as_str(), words::family(family, language), chosen);
    Family::ALL.into_iter().map(choice).collect()
}

fn verdict_choices(chosen: Option<Verdict>, language: Language) -> Vec<Choice> {
    let chosen = chosen.map_or("", Verdict::as_str);
    Verdict::ALL
        .into_iter()
        .map(|verdict| Choice::new(verdict.as_str(), words::verdict(verdict, language).text, chosen))
        .collect()
}

/// The codes this gateway answers with.
fn code_choices(chosen: &str, language: Language) -> Vec<Choice> {
    let answered = [
        ResultCode::Success,
        ResultCode::AuthenticationFailed,
        ResultCode::InvalidParameter,
        ResultCode::UnknownInstance,
        ResultCode::Processing,
        ResultCode::OtherError,
    ];
    let choice = |code: ResultCode| {
        Choice::new(code.as_str(), format!("{} {}", code.as_str(), words::result_code(code.as_str(), language)), chosen)
    };
    answered.into_iter().map(choice).collect()
}
