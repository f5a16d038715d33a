//! From a decision about an instance to what its commit holds: the same for every family.

use mercer_kernel::db::Batch;

use super::callback::Verdict;
use super::step::{Rendered, Step};
use crate::event;
use crate::gateway::Gateway;
use crate::instance::repo::{self, SealedChange};
use crate::instance::rules::{self, Answer, Change, Decision, Refusal};
use crate::instance::{EventKind, Instance, State};

/// When the app hears of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// A worker tells it.
    Queued,
    /// This call tells it itself and waits for the answer.
    AtOnce,
}

/// Turns a decision into statements and a step; `answered` writes the answer in the family's words and gets the
/// instance as it stands afterwards. Activity and order are the adapter's to add.
pub(super) fn record(
    gateway: &Gateway,
    merchant_id: &str,
    (before, decision): (Option<Instance>, Decision),
    (sealed, telling): (SealedChange, Telling),
    answered: impl FnOnce(&Answer, Option<&Instance>) -> Rendered,
) -> Step {
    let mut effects = Batch::new();
    let after = match decision.change {
        Some(Change::Insert(instance)) => {
            let instance = Instance { merchant_id: merchant_id.to_owned(), ..instance };
            repo::insert(&mut effects, &instance, sealed);
            Some(instance)
        }
        Some(Change::Update(instance)) => {
            repo::update(&mut effects, &instance, sealed);
            Some(instance)
        }
        None => None,
    };
    let mut event_ids = Vec::new();
    let mut taken = None;
    for event in &decision.events {
        let Some(instance) = &after else { continue };
        if telling == Telling::AtOnce && event.kind == EventKind::Created {
            let (id, job) = event::put_taken(gateway, &mut effects, instance, event);
            event_ids.push(id);
            taken = job;
        } else {
            event_ids.push(event::put(gateway, &mut effects, instance, event));
        }
    }
    let (verdict, refusal) = match decision.verdict {
        rules::Verdict::Accepted => (Verdict::Accepted, ""),
        rules::Verdict::Repeated => (Verdict::Repeated, ""),
        rules::Verdict::Refused(refusal @ Refusal::OrderConflict) => (Verdict::Conflict, refusal.code()),
        rules::Verdict::Refused(refusal) => (Verdict::Refused, refusal.code()),
    };
    let detail = match decision.verdict {
        rules::Verdict::Refused(refusal) => Some(refusal.wording(&decision.answer.detail)),
        rules::Verdict::Accepted | rules::Verdict::Repeated => None,
    };
    let now = after.as_ref().or(before.as_ref());
    let state = |instance: Option<&Instance>| instance.map_or("", |instance| State::as_str(instance.state));
    Step {
        instance_id: decision.answer.instance_id.clone().unwrap_or_default(),
        verdict,
        refusal,
        detail,
        state_before: state(before.as_ref()),
        state_after: state(now),
        event_ids,
        effect: decision.effect,
        effects,
        taken,
        ..Step::refused(answered(&decision.answer, now))
    }
}
