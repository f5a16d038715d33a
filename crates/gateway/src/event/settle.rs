//! What an attempt means for the instance: read, decide purely, one batch.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::{AttemptRecord, Job, Outcome, Settlement};
use mercer_protocol::order_query::{OrderInfo, OrderType};
use mercer_protocol::saas_v2::AppInfo;

use super::cloud_event::{line_of, specification_of};
use super::{Delivery, Payload, opens};
use crate::account::wipe;
use crate::connector::{self, Reaction};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::inbound::Family;
use crate::instance::repo::{self, Found, SealedChange};
use crate::instance::rules::{self, Change, Known};
use crate::instance::{Command, EventKind, Failure, Instance, State, seal, snapshot};

/// Turns an attempt into the batch that commits with the job.
pub(crate) async fn settle(gateway: &Gateway, job: &Job, delivery: &Delivery) -> Result<Settlement, GatewayError> {
    let now = gateway.now();
    let mut record = delivery.delivered.record.clone();
    let Some(found) = repo::find(gateway.db(), &job.merchant_id, &job.subject, None).await? else {
        let outcome = Outcome::Final(FailureReason::Other);
        return Ok(Settlement { outcome, effects: Batch::new(), record: Some(record) });
    };
    let order = order_of(gateway, delivery, &found).await?;
    let mut effects = Batch::new();
    let (outcome, opened) = react(gateway, job, delivery, (&found.instance, &mut effects, &mut record)).await?;
    let mut next = found.instance.clone();
    if let Some(order) = &order {
        next = with_order(&next, delivery.kind, &delivery.payload, (order, &outcome));
    }
    let command = command_of(job, delivery, &outcome, opened.is_some());
    if let Some(command) = &command {
        let decision = rules::decide(&Known { instance: Some(next.clone()), earlier_content: None }, command, now);
        match (decision.change, decision.verdict) {
            (Some(Change::Update(changed) | Change::Insert(changed)), _) => next = changed,
            (None, rules::Verdict::Refused(refusal)) => record.detail = join(&record.detail, &refusal.wording("").en),
            (None, rules::Verdict::Accepted | rules::Verdict::Repeated) => {}
        }
    }
    let sealed = sealed_change(gateway, &found, &next, (delivery.fetched.as_ref(), opened.as_ref()))?;
    if next != found.instance || sealed.app_info.is_some() || sealed.order.is_some() {
        repo::update(&mut effects, &Instance { updated_at: now, ..next }, sealed);
    }
    if delivery.kind == EventKind::Released && is_over(job, &outcome) {
        wipe::put(gateway, &mut effects, &found.instance).await?;
    }
    Ok(Settlement { outcome, effects, record: Some(record) })
}

/// Whether no attempt follows by itself.
const fn is_over(job: &Job, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Done | Outcome::Final(_) => true,
        Outcome::Pending | Outcome::Retry(_) => job.is_last,
        Outcome::Again(_) => false,
    }
}

/// What the reaction means for the job, and the app information it brought.
async fn react(
    gateway: &Gateway,
    job: &Job,
    delivery: &Delivery,
    (instance, effects, record): (&Instance, &mut Batch, &mut AttemptRecord),
) -> Result<(Outcome, Option<AppInfo>), GatewayError> {
    Ok(match &delivery.delivered.reaction {
        Reaction::Opened(info) => (Outcome::Done, Some(info.clone())),
        Reaction::Later | Reaction::Done => (Outcome::Done, None),
        Reaction::Refused(reason) => {
            record.detail.clone_from(reason);
            (Outcome::Final(FailureReason::Refused), None)
        }
        Reaction::Retry(reason) => (Outcome::Retry(*reason), None),
        Reaction::TakeAccount { .. } if instance.state == State::Released || instance.has_app_info => {
            (Outcome::Done, None)
        }
        Reaction::TakeAccount { connector_id } => {
            let pool = (job.merchant_id.as_str(), connector_id.as_str());
            match connector::claim_account(gateway, effects, pool, &job.subject, gateway.now()).await? {
                Some(info) => (Outcome::Done, Some(info)),
                None => {
                    "the pool has no free account; import more".clone_into(&mut record.detail);
                    (Outcome::Retry(FailureReason::NotConfigured), None)
                }
            }
        }
    })
}

/// What the outcome asks of the instance.
fn command_of(job: &Job, delivery: &Delivery, outcome: &Outcome, has_info: bool) -> Option<Command> {
    if has_info {
        return Some(Command::AppInfo);
    }
    if !opens(delivery.kind) {
        return None;
    }
    let detail = &delivery.delivered.record.detail;
    let reason = match (outcome, &delivery.delivered.reaction) {
        (Outcome::Final(_), Reaction::Refused(reason)) => reason.clone(),
        (Outcome::Retry(reason), _) if job.is_last => {
            format!("the application could not be reached: {reason} {detail}")
        }
        (Outcome::Done | Outcome::Pending | Outcome::Retry(_) | Outcome::Final(_) | Outcome::Again(_), _) => {
            return None;
        }
    };
    Some(Command::Fail(Failure { reason: reason.chars().take(255).collect() }))
}

/// The event's own order: fetched by this attempt, or by an earlier one.
async fn order_of(gateway: &Gateway, delivery: &Delivery, found: &Found) -> Result<Option<OrderInfo>, GatewayError> {
    if let Some(order) = &delivery.fetched {
        return Ok(Some(order.clone()));
    }
    if delivery.kind.needs_order() && found.instance.family == Family::SaasV1 {
        return snapshot::order_for(gateway, found, &delivery.payload.order_id).await;
    }
    if !delivery.kind.needs_order() || found.snapshot_order_id != delivery.payload.order_id {
        return Ok(None);
    }
    let Some(sealed) = repo::order_of(gateway.db(), &found.instance).await? else { return Ok(None) };
    let json = seal::open_order(gateway.vault(), &found.instance, &sealed)?;
    Ok(Some(serde_json::from_str(&json).map_err(|error| seal::unreadable("order", &error))?))
}

/// The instance with what the order says. A new instance shows it at once; a change shows it only when
/// the app has taken it, so that a repeated attempt still tells old and new apart.
fn with_order(
    instance: &Instance,
    kind: EventKind,
    payload: &Payload,
    (order, outcome): (&OrderInfo, &Outcome),
) -> Instance {
    if kind != EventKind::Created && *outcome != Outcome::Done {
        return instance.clone();
    }
    let Some(line) = line_of(order, &payload.order_line_id) else { return instance.clone() };
    let mut next = instance.clone();
    if let Some(specification) = specification_of(line) {
        next.specification = specification;
    }
    if let Some(product_id) = &payload.product_id {
        next.specification.product_id.clone_from(product_id);
    }
    line.charging_mode.as_str().clone_into(&mut next.charging_mode);
    if let Some(period_type) = &line.period_type {
        period_type.as_str().clone_into(&mut next.period_type);
    }
    next.period_number = line.period_number.or(next.period_number);
    if kind == EventKind::Created {
        // A conversion that is already decided is not undone by the trial order behind it.
        next.trial = order.order_type == OrderType::Trial && !instance.expire_confirmed;
        if !instance.expire_confirmed {
            next.expire_time = line.expire_time.map(|time| Instant::from_jiff(time.at)).or(instance.expire_time);
        }
    }
    next
}

fn sealed_change(
    gateway: &Gateway,
    found: &Found,
    next: &Instance,
    (fetched, opened): (Option<&OrderInfo>, Option<&AppInfo>),
) -> Result<SealedChange, GatewayError> {
    let vault = gateway.vault();
    let mut change = SealedChange::default();
    if let Some(order) = fetched {
        let json = serde_json::to_string(order).expect("an order is plain data");
        change.order = Some(seal::order(vault, &found.instance, &json)?);
        change.snapshot_order_id = Some(order.order_id.clone());
    }
    if let Some(info) = opened.filter(|_| next.has_app_info) {
        change.app_info = Some(seal::app_info(vault, &found.instance, info)?);
    }
    Ok(change)
}

fn join(first: &str, second: &str) -> String {
    if first.is_empty() { second.to_owned() } else { format!("{first}; {second}") }
}
