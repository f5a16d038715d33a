//! From a parsed request to everything its commit holds: one read, one pure decision.

use mercer_kernel::clock::Instant;
use mercer_protocol::order_query::ChargingMode;
use mercer_protocol::saas_v1::{NewInstance as NewCall, Request, ResourceStatus};
use mercer_protocol::saas_v2::{AppInfo, Scene};

use super::super::callback::Verdict;
use super::super::record::{Telling, record};
use super::super::step::Step;
use super::super::{Call, Family};
use super::personal::Personal;
use super::{debugging, order};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::instance::repo::{self, Found, SealedChange};
use crate::instance::rules::{self, Change, Decision, Known};
use crate::instance::{Bought, Command, Freezing, Instance, NewInstance, Refresh, StatusChange, seal, snapshot};
use crate::merchant::{Encryption, OpenedKey};

/// What a call is answered with: who asks, with which Key, and what was decrypted.
pub(super) struct Talk<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) call: &'a Call,
    /// The Key that signed the call; it also encrypts the account of the buyer.
    pub(super) key: &'a OpenedKey,
    pub(super) encryption: &'a Encryption,
    pub(super) personal: &'a Personal,
}

/// Decides a request on what stands now. `attempt` counts runs of the same call from 0.
pub(super) async fn decide(talk: &Talk<'_>, request: &Request, attempt: u32) -> Result<Step, GatewayError> {
    if request.test_flag().is_debug() {
        return debugging::decide(talk, request).await;
    }
    let (instance_id, order_id, command) = match request {
        Request::NewInstance(new) => return new_instance(talk, new, attempt).await,
        Request::QueryInstance(query) => return query_instances(talk, &query.instance_ids).await,
        Request::RefreshInstance(refresh) => {
            let command = Refresh {
                scene: match (order::is_negative(refresh), refresh.is_conversion()) {
                    (true, _) => Scene::UnsubscribeRenewalPeriod,
                    (false, true) => Scene::TrialToFormal,
                    (false, false) => Scene::Renewal,
                },
                order_id: refresh.order_id.clone(),
                order_line_id: String::new(),
                product_id: refresh.product_id.clone(),
                expire_time: Instant::from_jiff(refresh.expire_time.at),
                freezing: Freezing::ByExpiry,
            };
            (&refresh.instance_id, refresh.order_id.clone(), Command::Refresh(command))
        }
        Request::ExpireInstance(expire) => {
            let order_id = expire.order_id.clone().unwrap_or_default();
            (&expire.instance_id, order_id, Command::SetStatus(StatusChange::Freeze))
        }
        Request::InstanceStatus(change) => {
            let status = match change.status {
                ResourceStatus::Freeze => StatusChange::Freeze,
                ResourceStatus::Normal => StatusChange::Unfreeze,
            };
            (&change.instance_id, String::new(), Command::SetStatus(status))
        }
        Request::ReleaseInstance(release) => {
            // The order a release names is the purchase (§3.4), which tells the app nothing new.
            let command = Command::Release { order_id: String::new(), order_line_id: String::new() };
            (&release.instance_id, release.order_id.clone().unwrap_or_default(), command)
        }
        Request::Upgrade(upgrade) => {
            let specification = order::specification(&upgrade.product_id, &upgrade.sku_code, &upgrade.linear);
            let command = Command::Upgrade {
                order_id: upgrade.order_id.clone(),
                order_line_id: String::new(),
                specification: Some(specification),
            };
            (&upgrade.instance_id, upgrade.order_id.clone(), command)
        }
    };
    let step = change(talk, request, instance_id, &command).await?;
    Ok(Step { activity: request.activity().as_str(), instance_id: instance_id.clone(), order_id, ..step })
}

/// A change of an instance that is there; the order in the request is kept with it.
async fn change(
    talk: &Talk<'_>,
    request: &Request,
    instance_id: &str,
    command: &Command,
) -> Result<Step, GatewayError> {
    let (gateway, merchant_id) = (talk.gateway, talk.merchant_id());
    let effect_key = rules::effect_key(instance_id, command);
    let known = known(repo::find(gateway.db(), merchant_id, instance_id, effect_key.as_deref()).await?);
    let decision = rules::decide(&known, command, gateway.now());
    let at = gateway.now().to_jiff();
    let order = known.instance.as_ref().filter(|_| decision.change.is_some()).and_then(|instance| {
        let order = match request {
            Request::RefreshInstance(refresh) => order::of_refresh(refresh, instance, at),
            Request::Upgrade(upgrade) => order::of_upgrade(upgrade, instance, at),
            _ => return None,
        };
        Some((instance.clone(), order))
    });
    let sealed = (SealedChange::default(), Telling::Queued);
    let mut step =
        record(gateway, merchant_id, (known.instance, decision), sealed, |answer, _| talk.plain_answer(answer));
    if let Some((instance, order)) = order {
        snapshot::put(gateway, &mut step.effects, &instance, &order, gateway.now())?;
    }
    Ok(step)
}

/// A purchase, a look of the buyer at what was bought, or his acceptance: the same call (§1.4, §3.1).
async fn new_instance(talk: &Talk<'_>, new: &NewCall, attempt: u32) -> Result<Step, GatewayError> {
    let (gateway, merchant_id) = (talk.gateway, talk.merchant_id());
    let order_line_id = order::line_of(new);
    let lines = (order_line_id.as_str(), new.charging_mode.is_none().then_some(new.product_id.as_str()));
    let found = repo::find_by_order_or(gateway.db(), merchant_id, &new.order_id, lines).await?;
    let app_info = found.as_ref().map(|found| opened_app_info(gateway, found)).transpose()?.flatten();
    // Only an id that another order already has makes a first call meet a conflict and find nothing.
    let business_id = if attempt == 0 { new.business_id.clone() } else { gateway.entropy().uuid(gateway.now()) };
    let command = Command::New(NewInstance {
        family: Family::SaasV1,
        order_id: new.order_id.clone(),
        order_line_id,
        business_id,
        bought: bought(talk, new),
    });
    let known = known(found);
    let decision = rules::decide(&known, &command, gateway.now());
    let sealed = sealed_order(talk, new, &decision)?;
    let step =
        record(gateway, merchant_id, (known.instance, decision), (sealed, Telling::AtOnce), |answer, instance| {
            talk.new_instance_answer(answer, instance, app_info.as_ref())
        });
    Ok(Step {
        activity: mercer_protocol::saas_v1::Activity::NewInstance.as_str(),
        order_id: new.order_id.clone(),
        kept_answer: Some(mercer_protocol::saas_v1::redacted(step.rendered.body.as_bytes())),
        ..step
    })
}

async fn query_instances(talk: &Talk<'_>, ids: &[String]) -> Result<Step, GatewayError> {
    let found = repo::find_many(talk.gateway.db(), talk.merchant_id(), ids).await?;
    let instances: Vec<Instance> = found.iter().map(|entry| entry.instance.clone()).collect();
    let mut shown = Vec::with_capacity(found.len());
    for entry in &found {
        shown.push((&entry.instance, opened_app_info(talk.gateway, entry)?));
    }
    let (verdict, refusal, detail) = match rules::query_refusal(&instances) {
        None => (Verdict::Accepted, "", None),
        Some(refusal) => {
            let detail = rules::query_answer(&instances).detail;
            (Verdict::Refused, refusal.code(), Some(refusal.wording(&detail)))
        }
    };
    let state = match instances.as_slice() {
        [one] => one.state.as_str(),
        _ => "",
    };
    let rendered = talk.query_answer(&instances, &shown);
    Ok(Step {
        activity: mercer_protocol::saas_v1::Activity::QueryInstance.as_str(),
        instance_id: ids.join(","),
        verdict,
        refusal,
        detail,
        kept_answer: Some(mercer_protocol::saas_v1::redacted(rendered.body.as_bytes())),
        state_before: state,
        state_after: state,
        ..Step::refused(rendered)
    })
}

/// What the call says about the purchase.
fn bought(talk: &Talk<'_>, new: &NewCall) -> Bought {
    Bought {
        specification: order::specification(&new.product_id, new.sku_code.as_deref().unwrap_or_default(), &new.linear),
        charging_mode: new.charging_mode.as_ref().map_or("", ChargingMode::as_str).to_owned(),
        period_type: new.period_type.as_ref().map(ToString::to_string).unwrap_or_default(),
        period_number: new.period_number,
        expire_time: new.expire_time.map(|time| Instant::from_jiff(time.at)),
        trial: new.trial_flag.is_trial(),
        encryption_bits: talk.personal.key_size.map(|size| i64::from(size.bits())),
        acceptance_time: new.acceptance_time.map(|time| Instant::from_jiff(time.at)),
    }
}

/// The order of a first call, sealed where a fetched order would lie.
fn sealed_order(talk: &Talk<'_>, new: &NewCall, decision: &Decision) -> Result<SealedChange, GatewayError> {
    let Some(Change::Insert(instance)) = &decision.change else { return Ok(SealedChange::default()) };
    let instance = Instance { merchant_id: talk.merchant_id().to_owned(), ..instance.clone() };
    let order = order::of_purchase(new, talk.personal, talk.gateway.now().to_jiff());
    let json = serde_json::to_string(&order).expect("an order is plain data");
    Ok(SealedChange {
        app_info: None,
        order: Some(seal::order(talk.gateway.vault(), &instance, &json)?),
        snapshot_order_id: Some(order.order_id),
    })
}

pub(super) fn opened_app_info(gateway: &Gateway, found: &Found) -> Result<Option<AppInfo>, GatewayError> {
    let open = |sealed: &String| seal::open_app_info(gateway.vault(), &found.instance, sealed);
    Ok(found.app_info_sealed.as_ref().map(open).transpose()?)
}

fn known(found: Option<Found>) -> Known {
    Known {
        earlier_content: found.as_ref().and_then(|found| found.earlier_content.clone()),
        instance: found.map(|found| found.instance),
    }
}
