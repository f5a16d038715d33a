//! The list of deliveries.

use askama::Template;
use axum::extract::State;
use mercer_kernel::outbox::{Job, JobState};
use mercer_kernel::web::{Language, Moment, PageRequest, Paged, Shell};

use super::super::fields::{Asked, Faults, Fields, typed_time};
use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{self, Choice, Label};
use super::texts::Texts;
use crate::delivery::DeliveryFilter;
use crate::event::EventType;
use crate::gateway::Gateway;

#[derive(Template)]
#[template(path = "console/deliveries.html")]
struct ListPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    faults: Vec<String>,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    window_states: Vec<Choice>,
    instance: String,
    from: String,
    to: String,
    is_filtered: bool,
    is_moving: bool,
    deliveries: Paged<Row>,
}

/// A row of the list.
struct Row {
    id: String,
    event: String,
    state: Label,
    why: String,
    instance_id: String,
    subject_href: String,
    attempts: u32,
    next: Option<Moment>,
    created: Moment,
}

/// GET /deliveries
pub(in crate::console) async fn list(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    page: PageRequest,
    Asked(asked): Asked,
) -> Outcome {
    let language = visitor.language;
    let mut faults = Faults::default();
    let filter = filter(&asked, &mut faults, language);
    let deliveries = gateway.deliveries(visitor.merchant_id(), &filter, page).await.told_in(language)?;
    let page = ListPage {
        common: CommonTexts(language),
        texts: Texts(language),
        faults: faults.sentences(),
        states: state_choices(filter.state, language),
        kinds: kind_choices(&filter.kind, language),
        window_states: state_choices(Some(filter.state.unwrap_or(JobState::Failed)), language),
        from: typed_time(filter.from),
        to: typed_time(filter.to),
        is_filtered: is_filtered(&filter),
        is_moving: deliveries.items.iter().any(|job| matches!(job.state, JobState::Waiting | JobState::Running)),
        instance: filter.instance_id,
        deliveries: deliveries.map(|job| row(job, language)),
        shell: visitor.shell,
        frame: visitor.frame,
    };
    Ok(page.shell.render(&page))
}

/// Reads the filter; what cannot be used is noted and left out.
pub(super) fn filter(fields: &Fields, faults: &mut Faults, language: Language) -> DeliveryFilter {
    DeliveryFilter {
        state: faults.take(fields.choice("state", &JobState::ALL.map(JobState::code)), language),
        kind: fields.text("kind").to_owned(),
        instance_id: fields.text("instance").to_owned(),
        from: faults.take(fields.instant("from"), language),
        to: faults.take(fields.instant("to"), language),
    }
}

/// The states as a choice.
pub(super) fn state_choices(chosen: Option<JobState>, language: Language) -> Vec<Choice> {
    let chosen = chosen.map_or("", JobState::code);
    JobState::ALL
        .into_iter()
        .map(|state| Choice::new(state.code(), words::job_state(state, language).text, chosen))
        .collect()
}

fn kind_choices(chosen: &str, language: Language) -> Vec<Choice> {
    EventType::all().map(|kind| Choice::new(kind.as_str(), words::event(kind.as_str(), language), chosen)).collect()
}

fn is_filtered(filter: &DeliveryFilter) -> bool {
    filter.state.is_some()
        || !filter.kind.is_empty()
        || !filter.instance_id.is_empty()
        || filter.from.is_some()
        || filter.to.is_some()
}

fn row(job: Job, language: Language) -> Row {
    let is_told = !matches!(job.state, JobState::Done);
    Row {
        event: words::event(&job.kind, language),
        state: words::job_state(job.state, language),
        why: job.reason.filter(|_| is_told).map(|reason| words::failure(&reason, language)).unwrap_or_default(),
        attempts: job.attempt,
        next: job.state.is_open().then(|| Moment::of(job.due)),
        created: Moment::of(job.created_at),
        id: job.id,
        subject_href: words::subject_href(&job.kind, &job.subject),
        instance_id: job.subject,
    }
}
