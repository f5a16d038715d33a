//! Decisions about an instance: what stands, what is asked, and the time go in; the new state, the
//! event for the app, and the answer come out.
//!
//! Two properties carry everything else (tested below): a repeated command changes nothing and says
//! the same, and a released instance never comes back.

use mercer_kernel::clock::Instant;
use mercer_protocol::saas_v2::Scene;

pub(crate) use super::decision::{Answer, Change, Decision, Effect, Known, Refusal, ResultKind, Verdict};
use super::{
    Command, Event, EventKind, Failure, Freezing, Instance, NewInstance, Refresh, Specification, State, StatusChange,
};

/// Decides `command`.
pub(crate) fn decide(known: &Known, command: &Command, now: Instant) -> Decision {
    if let Command::New(new) = command {
        return new_instance(known.instance.as_ref(), new, now);
    }
    let Some(instance) = &known.instance else {
        return refuse(Refusal::UnknownInstance, String::new());
    };
    match command {
        Command::New(new) => new_instance(Some(instance), new, now),
        Command::Refresh(refresh) => {
            once(known, effect_of_refresh(instance, refresh), || refresh_instance(instance, refresh, now))
        }
        Command::Upgrade { order_id, order_line_id, specification } => {
            let content = content_of_upgrade(order_line_id, specification.as_ref());
            let key = format!("upgrade/{}/{order_id}", instance.instance_id);
            once(known, Effect { key, content }, || upgrade_instance(instance, order_id, order_line_id, now))
        }
        Command::SetStatus(status) => set_status(instance, *status, now),
        Command::Release { order_id, order_line_id } => release_instance(instance, order_id, order_line_id, now),
        Command::CheckChange(target) => check_change(instance, target),
        Command::AppInfo => take_app_info(instance, now),
        Command::Fail(failure) => fail(instance, failure, now),
    }
}

/// The key under which a repetition of this command is recognised, when the state itself does not
/// show it (decision D20).
pub(crate) fn effect_key(instance_id: &str, command: &Command) -> Option<String> {
    match command {
        Command::Refresh(refresh) => Some(format!("refresh/{instance_id}/{}", refresh.order_id)),
        Command::Upgrade { order_id, .. } => Some(format!("upgrade/{instance_id}/{order_id}")),
        Command::New(_)
        | Command::SetStatus(_)
        | Command::Release { .. }
        | Command::CheckChange(_)
        | Command::AppInfo
        | Command::Fail(_) => None,
    }
}

/// The answer of `queryInstance` for the instances that were found, in the order asked
/// (decision D17): the ready ones, or why there is none.
pub(crate) fn query_answer(found: &[Instance]) -> Answer {
    let any = |state: State| found.iter().any(|instance| instance.state == state);
    if found.iter().any(is_shown) {
        return Answer::of(ResultKind::Success);
    }
    if any(State::Provisioning) {
        return Answer::of(ResultKind::Processing);
    }
    match found.iter().find(|instance| instance.state == State::Failed) {
        Some(failed) => Answer { detail: failed.failure.clone(), ..Answer::of(ResultKind::InternalError) },
        None => Answer::of(ResultKind::UnknownInstance),
    }
}

/// Why a query is shown as refused; none while something is ready or on its way.
pub(crate) fn query_refusal(found: &[Instance]) -> Option<Refusal> {
    match query_answer(found).result {
        ResultKind::Success | ResultKind::Processing => None,
        ResultKind::InternalError => Some(Refusal::ProvisioningFailed),
        ResultKind::UnknownInstance | ResultKind::InvalidParameter if found.is_empty() => {
            Some(Refusal::UnknownInstance)
        }
        ResultKind::UnknownInstance | ResultKind::InvalidParameter => Some(Refusal::Released),
    }
}

/// The app said no to a change on renewal (decision D14).
pub(crate) fn refuse_change(reason: String) -> Decision {
    refuse(Refusal::ChangeRefused, reason)
}

/// Whether `queryInstance` answers with this instance's information.
pub(crate) fn is_shown(instance: &Instance) -> bool {
    matches!(instance.state, State::Active | State::Frozen)
}

fn new_instance(present: Option<&Instance>, new: &NewInstance, now: Instant) -> Decision {
    let Some(instance) = present else {
        let answer = Answer { instance_id: Some(new.business_id.clone()), ..Answer::of(ResultKind::Processing) };
        let fresh = fresh(new, now);
        let created = Event {
            order_id: new.order_id.clone(),
            order_line_id: new.order_line_id.clone(),
            previous_expire_time: None,
            expire_time: None,
            trial: false,
            ..plain(&fresh, EventKind::Created)
        };
        let accepted = new.bought.acceptance_time.map(|_| plain(&fresh, EventKind::Accepted));
        return Decision {
            change: Some(Change::Insert(fresh)),
            events: std::iter::once(created).chain(accepted).collect(),
            answer,
            verdict: Verdict::Accepted,
            effect: None,
        };
    };
    // The id of the first call, whatever this call's businessId is: never a second instance (§3.1).
    let (result, detail) = match instance.state {
        State::Provisioning => (ResultKind::Processing, String::new()),
        State::Active | State::Frozen | State::Released => (ResultKind::Success, String::new()),
        State::Failed => (ResultKind::InternalError, instance.failure.clone()),
    };
    let answer = Answer { result, detail, instance_id: Some(instance.instance_id.clone()) };
    match new.bought.acceptance_time {
        Some(time) => Decision { answer, ..accept(instance, time, now) },
        None => unchanged(answer, Verdict::Repeated),
    }
}

/// The buyer confirmed the acceptance; the first time counts (decision D24 of SaaS V1.0).
fn accept(instance: &Instance, time: Instant, now: Instant) -> Decision {
    match instance.state {
        State::Provisioning | State::Active | State::Frozen if instance.billing_start.is_none() => {
            let next = Instance { billing_start: Some(time), updated_at: now, ..instance.clone() };
            let event = plain(&next, EventKind::Accepted);
            accepted(next, vec![event])
        }
        State::Provisioning | State::Active | State::Frozen | State::Released | State::Failed => {
            unchanged(Answer::of(ResultKind::Success), Verdict::Repeated)
        }
    }
}

/// The row of a first call; whose it is, the caller knows.
fn fresh(new: &NewInstance, now: Instant) -> Instance {
    let bought = new.bought.clone();
    Instance {
        merchant_id: String::new(),
        family: new.family,
        instance_id: new.business_id.clone(),
        order_id: new.order_id.clone(),
        order_line_id: new.order_line_id.clone(),
        specification: bought.specification,
        charging_mode: bought.charging_mode,
        period_type: bought.period_type,
        period_number: bought.period_number,
        expire_time: bought.expire_time,
        expire_confirmed: false,
        trial: bought.trial,
        billing_start: bought.acceptance_time,
        encryption_bits: bought.encryption_bits,
        state: State::Provisioning,
        frozen: false,
        has_app_info: false,
        failure: String::new(),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Runs `act` unless the same effect happened before: then the same answer, or a visible conflict.
fn once(known: &Known, effect: Effect, act: impl FnOnce() -> Decision) -> Decision {
    match &known.earlier_content {
        Some(content) if *content == effect.content => unchanged(Answer::of(ResultKind::Success), Verdict::Repeated),
        Some(content) => {
            let detail = format!("the order was used before with another content: {content}");
            unchanged(
                Answer { detail, ..Answer::of(ResultKind::InvalidParameter) },
                Verdict::Refused(Refusal::OrderConflict),
            )
        }
        None => {
            let decision = act();
            match decision.verdict {
                Verdict::Accepted | Verdict::Repeated => Decision { effect: Some(effect), ..decision },
                Verdict::Refused(_) => decision,
            }
        }
    }
}

fn effect_of_refresh(instance: &Instance, refresh: &Refresh) -> Effect {
    Effect {
        key: format!("refresh/{}/{}", instance.instance_id, refresh.order_id),
        content: format!(
            "{} until {} product {}",
            refresh.scene.as_str(),
            refresh.expire_time,
            refresh.product_id.as_deref().unwrap_or("-")
        ),
    }
}

fn content_of_upgrade(order_line_id: &str, specification: Option<&Specification>) -> String {
    match specification {
        None => format!("line {order_line_id}"),
        Some(Specification { product_id, sku_code, linear_value }) => {
            let linear = linear_value.map_or_else(|| "-".to_owned(), |value| value.to_string());
            format!("product {product_id} SKU {sku_code} linear {linear}")
        }
    }
}

fn refresh_instance(instance: &Instance, refresh: &Refresh, now: Instant) -> Decision {
    if let Some(refusal) = refused_by_state(instance) {
        return refusal;
    }
    // A renewal that arrives after a later one must not shorten the instance again (decision D30).
    let is_late = instance.expire_confirmed && instance.expire_time.is_some_and(|time| time > refresh.expire_time);
    let only_extends = matches!(refresh.scene, Scene::Renewal | Scene::TrialToFormal | Scene::RenewalChange);
    let expire_time = if is_late && only_extends { instance.expire_time } else { Some(refresh.expire_time) };
    let trial = instance.trial && refresh.scene != Scene::TrialToFormal;
    if is_late && refresh.scene == Scene::Renewal {
        return unchanged(Answer::of(ResultKind::Success), Verdict::Repeated);
    }
    let mut next = Instance { expire_time, expire_confirmed: true, trial, updated_at: now, ..instance.clone() };
    let product_id = refresh.product_id.clone().filter(|product| *product != instance.specification.product_id);
    if let Some(product) = &product_id {
        next.specification.product_id.clone_from(product);
    }
    let event = Event {
        kind: match refresh.scene {
            Scene::TrialToFormal => EventKind::TrialConverted,
            Scene::Renewal => EventKind::Renewed,
            Scene::UnsubscribeRenewalPeriod => EventKind::RenewalCancelled,
            Scene::RenewalChange => EventKind::Changed,
        },
        order_id: refresh.order_id.clone(),
        order_line_id: refresh.order_line_id.clone(),
        previous_expire_time: instance.expire_time,
        expire_time,
        previous_product_id: product_id.as_ref().map(|_| instance.specification.product_id.clone()),
        product_id,
        trial,
        billing_start: None,
    };
    let frozen = match refresh.freezing {
        Freezing::ToldApart => instance.frozen,
        Freezing::ByExpiry => expire_time.is_some_and(|time| time <= now),
    };
    if frozen == instance.frozen {
        return accepted(next, vec![event]);
    }
    let next = settled(Instance { frozen, ..next });
    let kind = if frozen { EventKind::Frozen } else { EventKind::Unfrozen };
    let consequence = plain(&next, kind);
    accepted(next, vec![event, consequence])
}

fn upgrade_instance(instance: &Instance, order_id: &str, order_line_id: &str, now: Instant) -> Decision {
    if let Some(refusal) = refused_by_state(instance) {
        return refusal;
    }
    let event = Event {
        order_id: order_id.to_owned(),
        order_line_id: order_line_id.to_owned(),
        ..plain(instance, EventKind::Upgraded)
    };
    // What was bought is known only once the order was fetched; until then the row says that it moved.
    accepted(Instance { updated_at: now, ..instance.clone() }, vec![event])
}

fn set_status(instance: &Instance, status: StatusChange, now: Instant) -> Decision {
    if let Some(refusal) = refused_by_state(instance) {
        return refusal;
    }
    let frozen = status == StatusChange::Freeze;
    if instance.frozen == frozen {
        return unchanged(Answer::of(ResultKind::Success), Verdict::Repeated);
    }
    let kind = if frozen { EventKind::Frozen } else { EventKind::Unfrozen };
    let next = settled(Instance { frozen, updated_at: now, ..instance.clone() });
    accepted(next, vec![plain(instance, kind)])
}

fn release_instance(instance: &Instance, order_id: &str, order_line_id: &str, now: Instant) -> Decision {
    if instance.state == State::Released {
        return unchanged(Answer::of(ResultKind::Success), Verdict::Repeated);
    }
    let event = Event {
        order_id: order_id.to_owned(),
        order_line_id: order_line_id.to_owned(),
        ..plain(instance, EventKind::Released)
    };
    accepted(Instance { state: State::Released, updated_at: now, ..instance.clone() }, vec![event])
}

fn check_change(instance: &Instance, target: &Specification) -> Decision {
    match refused_by_state(instance) {
        Some(refusal) => refusal,
        None if instance.state == State::Provisioning => refuse(
            Refusal::NotReady,
            format!("the instance is not open yet and cannot be changed to {}", target.sku_code),
        ),
        None => unchanged(Answer::of(ResultKind::Success), Verdict::Accepted),
    }
}

fn take_app_info(instance: &Instance, now: Instant) -> Decision {
    match instance.state {
        State::Released => refuse(Refusal::Released, "the instance was released".to_owned()),
        // A person may still repair what failed; the store then finds it open at its next poll.
        State::Provisioning | State::Active | State::Frozen | State::Failed => {
            let open = Instance {
                has_app_info: true,
                state: State::Active,
                failure: String::new(),
                updated_at: now,
                ..instance.clone()
            };
            accepted(settled(open), Vec::new())
        }
    }
}

fn fail(instance: &Instance, failure: &Failure, now: Instant) -> Decision {
    match instance.state {
        State::Provisioning | State::Failed => accepted(
            Instance { state: State::Failed, failure: failure.reason.clone(), updated_at: now, ..instance.clone() },
            Vec::new(),
        ),
        State::Active | State::Frozen => refuse(Refusal::AlreadyOpen, "the instance is already in use".to_owned()),
        State::Released => refuse(Refusal::Released, "the instance was released".to_owned()),
    }
}

/// The refusal every change gets once the instance cannot change any more.
fn refused_by_state(instance: &Instance) -> Option<Decision> {
    match instance.state {
        State::Released => Some(refuse(Refusal::Released, String::new())),
        State::Failed => Some(refuse(Refusal::ProvisioningFailed, instance.failure.clone())),
        State::Provisioning | State::Active | State::Frozen => None,
    }
}

/// Open instances show whether they are frozen; the other states stay what they are.
fn settled(instance: Instance) -> Instance {
    let state = match instance.state {
        State::Active | State::Frozen if instance.frozen => State::Frozen,
        State::Active | State::Frozen => State::Active,
        other @ (State::Provisioning | State::Released | State::Failed) => other,
    };
    Instance { state, ..instance }
}

fn plain(instance: &Instance, kind: EventKind) -> Event {
    Event {
        kind,
        order_id: String::new(),
        order_line_id: String::new(),
        previous_expire_time: instance.expire_time,
        expire_time: instance.expire_time,
        product_id: None,
        previous_product_id: None,
        trial: instance.trial,
        billing_start: if kind == EventKind::Accepted { instance.billing_start } else { None },
    }
}

fn accepted(next: Instance, events: Vec<Event>) -> Decision {
    Decision {
        change: Some(Change::Update(next)),
        events,
        answer: Answer::of(ResultKind::Success),
        verdict: Verdict::Accepted,
        effect: None,
    }
}

fn unchanged(answer: Answer, verdict: Verdict) -> Decision {
    Decision { change: None, events: Vec::new(), answer, verdict, effect: None }
}

fn refuse(refusal: Refusal, detail: String) -> Decision {
    let result = match refusal {
        Refusal::UnknownInstance | Refusal::Released => ResultKind::UnknownInstance,
        Refusal::OrderConflict => ResultKind::InvalidParameter,
        Refusal::ProvisioningFailed | Refusal::NotReady | Refusal::AlreadyOpen | Refusal::ChangeRefused => {
            ResultKind::InternalError
        }
    };
    unchanged(Answer { detail, ..Answer::of(result) }, Verdict::Refused(refusal))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
