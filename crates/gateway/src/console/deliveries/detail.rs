//! One delivery with its attempts, and sending it again.

use askama::Template;
use axum::extract::{Path, State};
use mercer_kernel::outbox::{Attempt, Job, JobState};
use mercer_kernel::web::{Language, Moment, Shell};

use super::super::details;
use super::super::refusal::{Outcome, ToldIn as _, and_go_to};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{self, Label};
use super::texts::Texts;
use crate::audit::Action;
use crate::delivery::DeliveryDetail;
use crate::gateway::Gateway;

#[derive(Template)]
#[template(path = "console/delivery.html")]
struct DetailPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    title: String,
    id: String,
    kind: String,
    instance_id: String,
    subject_href: String,
    standing: Label,
    why: String,
    why_label: &'static str,
    attempt_count: u32,
    created: Moment,
    first_attempt: Option<Moment>,
    next: Option<Moment>,
    finished: Option<Moment>,
    payload: String,
    attempts: Vec<AttemptRow>,
    is_moving: bool,
}

/// An attempt in words.
struct AttemptRow {
    outcome: Label,
    title: String,
    at: Moment,
    utc: String,
    remarks: Vec<String>,
    why: String,
    detail: String,
    request: String,
    answer: String,
}

/// GET /deliveries/{id}
pub(in crate::console) async fn show(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(delivery_id): Path<String>,
) -> Outcome {
    let language = visitor.language;
    let DeliveryDetail { delivery, attempts } =
        gateway.delivery(visitor.merchant_id(), &delivery_id).await.told_in(language)?;
    let (texts, common) = (Texts(language), CommonTexts(language));
    let state = delivery.state;
    let page = DetailPage {
        title: texts.one_title(&words::event(&delivery.kind, language)),
        standing: words::job_state(state, language),
        why: why(&delivery, language),
        why_label: if state == JobState::Cancelled { texts.cancelled() } else { common.reason() },
        attempt_count: delivery.attempt,
        created: Moment::of(delivery.created_at),
        first_attempt: delivery.first_attempt_at.map(Moment::of),
        next: state.is_open().then(|| Moment::of(delivery.due)),
        finished: delivery.finished_at.map(Moment::of),
        payload: format!("{:#}", delivery.payload),
        attempts: attempts.iter().map(|attempt| attempt_row(attempt, texts, language)).collect(),
        is_moving: state.is_open(),
        id: delivery.id,
        subject_href: words::subject_href(&delivery.kind, &delivery.subject),
        kind: delivery.kind,
        instance_id: delivery.subject,
        shell: visitor.shell,
        frame: visitor.frame,
        common,
        texts,
    };
    Ok(page.shell.render(&page))
}

/// POST /deliveries/{id}/resend
pub(in crate::console) async fn resend(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(delivery_id): Path<String>,
) -> Outcome {
    let result = async {
        gateway.resend(visitor.merchant_id(), &delivery_id).await?;
        visitor.record(&gateway, Action::Resend, (&delivery_id, "")).await
    };
    let path = format!("/deliveries/{delivery_id}");
    and_go_to(result.await, visitor.language, &path, |()| Texts(visitor.language).resent().to_owned())
}

fn why(delivery: &Job, language: Language) -> String {
    if delivery.state == JobState::Done {
        return String::new();
    }
    let reason = delivery.reason.as_deref().map(|reason| words::failure(reason, language));
    let parts: Vec<String> = [reason, delivery.detail.as_deref().map(|text| details::detail(text, language))]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    parts.join(" ")
}

fn attempt_row(attempt: &Attempt, texts: Texts, language: Language) -> AttemptRow {
    let outcome = match attempt.outcome.as_str() {
        "done" => Label::new("ok", texts.delivered()),
        "pending" => Label::new("busy", texts.pending()),
        "final" => Label::new("bad", texts.given_up()),
        _ => Label::new("warn", texts.retry()),
    };
    let took = texts.took(&words::milliseconds(attempt.duration_ms));
    AttemptRow {
        outcome,
        title: texts.attempt(attempt.attempt),
        at: Moment::of(attempt.started_at),
        utc: words::utc_beside(attempt.started_at),
        remarks: attempt.http_status.map(|status| texts.http(status)).into_iter().chain([took]).collect(),
        why: attempt.reason.as_deref().map(|reason| words::failure(reason, language)).unwrap_or_default(),
        detail: details::detail(&attempt.detail, language),
        request: words::readable_message(&attempt.request),
        answer: words::readable(&attempt.answer),
    }
}
