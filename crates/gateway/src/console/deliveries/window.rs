//! Sending a time window again: first the count, then the deed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use mercer_kernel::outbox::JobState;
use mercer_kernel::web::{PageRequest, Shell};

use super::super::fields::{Asked, Faults, Fields, Sent, typed_time};
use super::super::refusal::{Outcome, ToldIn as _, and_go_to};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::Choice;
use super::list::{filter, state_choices};
use super::texts::Texts;
use crate::audit::Action;
use crate::delivery::DeliveryFilter;
use crate::error::FieldFault;
use crate::gateway::Gateway;

#[derive(Template)]
#[template(path = "console/resend.html")]
struct WindowPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    states: Vec<Choice>,
    from: String,
    to: String,
    faults: Faults,
    count: u64,
    found: String,
    send: String,
}

/// GET /deliveries/resend: how many there are.
pub(in crate::console) async fn preview(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Asked(asked): Asked,
) -> Outcome {
    let language = visitor.language;
    let (window, faults) = window(&asked, &visitor);
    let is_wrong = !faults.sentences().is_empty();
    let count = if is_wrong {
        0
    } else {
        gateway.deliveries(visitor.merchant_id(), &window, PageRequest::new(1, 1)).await.told_in(language)?.total
    };
    let texts = Texts(language);
    let page = WindowPage {
        common: CommonTexts(language),
        states: state_choices(window.state, language),
        from: typed_time(window.from),
        to: typed_time(window.to),
        found: texts.window_found(count),
        send: texts.window_send(count),
        texts,
        faults,
        count,
        shell: visitor.shell,
        frame: visitor.frame,
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page.shell.render_with(status, &page))
}

/// POST /deliveries/resend
pub(in crate::console) async fn resend(State(gateway): State<Gateway>, visitor: Visitor, Sent(sent): Sent) -> Outcome {
    let language = visitor.language;
    let (window, faults) = window(&sent, &visitor);
    if !faults.sentences().is_empty() {
        return preview(State(gateway), visitor, Asked(sent)).await;
    }
    let result = async {
        let resent = gateway.resend_window(visitor.merchant_id(), &window).await?;
        let detail = format!("{resent} deliveries from {} to {}", sent.text("from"), sent.text("to"));
        visitor.record(&gateway, Action::Resend, ("window", &detail)).await?;
        Ok(resent)
    };
    and_go_to(result.await, language, "/deliveries", |resent| Texts(language).window_sent(resent))
}

/// The window; both ends are needed, so that nobody sends everything by leaving a field empty.
fn window(fields: &Fields, visitor: &Visitor) -> (DeliveryFilter, Faults) {
    let language = visitor.language;
    let mut faults = Faults::default();
    let window = filter(fields, &mut faults, language);
    for (name, at) in [("from", window.from), ("to", window.to)] {
        if at.is_none() && faults.at(name).is_empty() {
            faults.add(&FieldFault::new(name, "a time", "一个时间"), language);
        }
    }
    if let (Some(from), Some(to)) = (window.from, window.to)
        && from >= to
    {
        faults.add(&FieldFault::new("to", "a time after 'from'", "晚于开始时间"), language);
    }
    (DeliveryFilter { state: window.state.or(Some(JobState::Failed)), ..window }, faults)
}
