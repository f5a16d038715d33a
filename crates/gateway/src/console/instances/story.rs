//! The timeline of an instance as a person would tell it: callback, verdict, state change, event,
//! attempts, the app's answer. Pure.

use mercer_kernel::clock::Instant;
use mercer_kernel::outbox::{Attempt, Job};
use mercer_kernel::web::{Language, Moment};
use mercer_protocol::saas_v2::Activity;

use super::super::details;
use super::super::words::{self, Label};
use super::texts::Story;
use crate::audit::{Action, Entry};
use crate::inbound::{CallbackSummary, Verdict};
use crate::instance::{State, TimelineEntry, TimelineKind};

/// One thing that happened.
#[derive(Debug, Clone)]
pub(super) struct Chapter {
    /// Colour of its mark.
    pub(super) mood: &'static str,
    /// What happened.
    pub(super) title: String,
    /// When, in Beijing time.
    pub(super) at: Moment,
    /// The same in UTC.
    pub(super) utc: String,
    /// More about it.
    pub(super) sentences: Vec<String>,
    /// State before and after, when it changed.
    pub(super) change: Option<(Option<Label>, Label)>,
    /// What was sent and what came back; empty when there is nothing to show.
    pub(super) request: String,
    pub(super) answer: String,
    /// Where more about it stands, and how the link is called; empty for none.
    pub(super) href: String,
    pub(super) link: &'static str,
}

/// Tells the entries, oldest first. A row of polls with the same answer is one chapter, and so is a row of
/// attempts that failed the same way.
pub(super) fn tell(entries: &[TimelineEntry], language: Language) -> Vec<Chapter> {
    let mut chapters = Vec::new();
    let mut rest = entries;
    while let Some(first) = rest.first() {
        let row = rest.iter().take_while(|entry| is_same(first, entry)).count().max(1);
        let (now, later) = rest.split_at(row);
        chapters.push(match now {
            [one] => told(one, language),
            _ => told_row(now, language),
        });
        rest = later;
    }
    chapters
}

fn told(entry: &TimelineEntry, language: Language) -> Chapter {
    match &entry.kind {
        TimelineKind::Callback { callback } => told_callback(callback, language),
        TimelineKind::Event { delivery } => told_event(delivery, language),
        TimelineKind::Attempt { delivery_id, attempt } => told_attempt(delivery_id, attempt, language),
        TimelineKind::Action { action } => told_action(action, language),
    }
}

fn chapter(mood: &'static str, title: String, at: Instant) -> Chapter {
    Chapter {
        mood,
        title,
        at: Moment::of(at),
        utc: words::utc_beside(at),
        sentences: Vec::new(),
        change: None,
        request: String::new(),
        answer: String::new(),
        href: String::new(),
        link: "",
    }
}

fn told_callback(callback: &CallbackSummary, language: Language) -> Chapter {
    let story = Story(language);
    let what = words::activity(&callback.activity, language);
    let title = if callback.test { story.called_test(&what) } else { story.called(&what) };
    let mut sentences = Vec::new();
    if !callback.order_id.is_empty() {
        sentences.push(story.for_order(&callback.order_id));
    }
    let detail = callback.detail.get(language.code()).and_then(|text| text.as_str());
    sentences.extend(detail.map(|text| format!("{text}{}", language.pick(".", "。"))));
    match callback.verdict {
        Verdict::Accepted => {}
        Verdict::Repeated => sentences.push(story.repeated().to_owned()),
        Verdict::Refused | Verdict::Conflict => sentences.push(story.unchanged().to_owned()),
    }
    sentences.push(story.answered(&callback.result_code, &words::result_code(&callback.result_code, language)));
    let mood = words::verdict(callback.verdict, language).mood;
    Chapter {
        sentences,
        change: change(callback, language),
        href: format!("/callbacks/{}", callback.callback_id),
        link: story.see_callback(),
        ..chapter(mood, title, callback.received_at)
    }
}

fn change(callback: &CallbackSummary, language: Language) -> Option<(Option<Label>, Label)> {
    if callback.state_before == callback.state_after {
        return None;
    }
    let label = |text: &str| text.parse::<State>().ok().map(|state| words::state(state, language));
    Some((label(&callback.state_before), label(&callback.state_after)?))
}

/// Several entries that say the same: told as the last of them, from the time of the first.
fn told_row(entries: &[TimelineEntry], language: Language) -> Chapter {
    let story = Story(language);
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return chapter("idle", String::new(), Instant::default());
    };
    let told = told(last, language);
    let title = match (&first.kind, &last.kind) {
        (TimelineKind::Attempt { attempt: one, .. }, TimelineKind::Attempt { attempt: other, .. }) => {
            story.not_taken_often(one.attempt, other.attempt)
        }
        _ => story.asked_often(entries.len()),
    };
    let (href, link) = match &last.kind {
        TimelineKind::Callback { callback } => (
            format!("/callbacks?instance={}&activity={}", callback.instance_id, callback.activity),
            story.see_callbacks(),
        ),
        TimelineKind::Event { .. } | TimelineKind::Attempt { .. } | TimelineKind::Action { .. } => {
            (told.href, told.link)
        }
    };
    let mut sentences = told.sentences;
    sentences.push(story.until(&Moment::of(last.at).text()));
    Chapter { title, sentences, href, link, at: Moment::of(first.at), utc: words::utc_beside(first.at), ..told }
}

/// Whether two entries in a row say the same.
fn is_same(first: &TimelineEntry, other: &TimelineEntry) -> bool {
    match (&first.kind, &other.kind) {
        (TimelineKind::Callback { callback: a }, TimelineKind::Callback { callback: b }) => {
            is_poll(a) && is_poll(b) && a.result_code == b.result_code && a.test == b.test
        }
        (
            TimelineKind::Attempt { delivery_id: a, attempt: one },
            TimelineKind::Attempt { delivery_id: b, attempt: other },
        ) => {
            let said = |attempt: &Attempt| (attempt.outcome.clone(), attempt.reason.clone(), attempt.http_status);
            a == b && one.outcome == "retry" && said(one) == said(other)
        }
        _ => false,
    }
}

fn is_poll(callback: &CallbackSummary) -> bool {
    callback.activity == Activity::QueryInstance.as_str() && callback.state_before == callback.state_after
}

fn told_event(delivery: &Job, language: Language) -> Chapter {
    let story = Story(language);
    let stands = words::job_state(delivery.state, language);
    let mut sentences = vec![story.stands(&stands.text)];
    if delivery.state.is_open() && delivery.attempt > 0 {
        sentences.push(story.next_attempt(&Moment::of(delivery.due).text()));
    }
    Chapter {
        sentences,
        href: format!("/deliveries/{}", delivery.id),
        link: story.see_delivery(),
        ..chapter(stands.mood, story.written(&words::event(&delivery.kind, language)), delivery.created_at)
    }
}

fn told_attempt(delivery_id: &str, attempt: &Attempt, language: Language) -> Chapter {
    let story = Story(language);
    let (mood, title) = match attempt.outcome.as_str() {
        "done" => ("ok", story.delivered(attempt.attempt)),
        "pending" => ("busy", story.not_yet(attempt.attempt)),
        "final" => ("bad", story.given_up(attempt.attempt)),
        _ => ("warn", story.not_taken(attempt.attempt)),
    };
    let took = words::milliseconds(attempt.duration_ms);
    let mut sentences = vec![match attempt.http_status {
        Some(status) => story.http(status, &took),
        None => story.took(&took),
    }];
    sentences.extend(attempt.reason.as_deref().map(|reason| words::failure(reason, language)));
    if !attempt.detail.is_empty() {
        sentences.push(details::detail(&attempt.detail, language));
    }
    Chapter {
        sentences,
        request: words::readable_message(&attempt.request),
        answer: words::readable(&attempt.answer),
        href: format!("/deliveries/{delivery_id}"),
        link: story.see_delivery(),
        ..chapter(mood, title, attempt.started_at)
    }
}

fn told_action(action: &Entry, language: Language) -> Chapter {
    let story = Story(language);
    let who = action.actor.as_str();
    let title = match action.action {
        Action::Reveal => story.revealed(who),
        Action::PutAppInfo => story.entered(who),
        Action::FailInstance => story.marked_failed(who),
        Action::Resend => story.resent(who),
        Action::ChangeConnector | Action::ChangeKey | Action::ChangeStoreLink => story.changed_set_up(who),
    };
    let sentences = if action.action == Action::FailInstance && !action.detail.is_empty() {
        vec![action.detail.clone()]
    } else {
        Vec::new()
    };
    Chapter { sentences, ..chapter("idle", title, action.at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(minute: i64, code: &str) -> TimelineEntry {
        let at = Instant::from_millis(minute * 60_000);
        let callback = CallbackSummary {
            callback_id: format!("cb_{minute}"),
            received_at: at,
            activity: "queryInstance".to_owned(),
            instance_id: "i-1".to_owned(),
            order_id: String::new(),
            test: false,
            verdict: Verdict::Accepted,
            refusal: String::new(),
            detail: serde_json::Value::Null,
            result_code: code.to_owned(),
            state_before: "provisioning".to_owned(),
            state_after: "provisioning".to_owned(),
            event_id: String::new(),
            protocol: crate::inbound::Family::SaasV2,
        };
        TimelineEntry { at, kind: TimelineKind::Callback { callback: Box::new(callback) } }
    }

    #[test]
    fn a_row_of_polls_with_the_same_answer_is_one_chapter() {
        let entries = [poll(1, "000004"), poll(2, "000004"), poll(3, "000004"), poll(4, "000000")];
        let chapters = tell(&entries, Language::En);
        let titles: Vec<&str> = chapters.iter().map(|chapter| chapter.title.as_str()).collect();
        assert_eq!(
            titles,
            ["The store asked 3 times whether it is open", "The store called: Query instance information"]
        );
        assert_eq!(chapters[0].sentences.last().unwrap(), "The last time at 1970-01-01 08:03:00 (Beijing time).");
        assert_eq!(chapters[0].utc, "00:01:00 UTC");
    }

    #[test]
    fn a_state_change_is_shown_and_no_change_is_not() {
        let entry = poll(1, "000000");
        let TimelineKind::Callback { mut callback } = entry.kind else { panic!("a callback") };
        assert!(change(&callback, Language::Zh).is_none());
        callback.state_after = "active".to_owned();
        assert_eq!(change(&callback, Language::Zh).unwrap().1.text, "使用中");
    }
}
