//! From a parsed request to everything its commit holds: one read, one pure decision.

use mercer_kernel::clock::Instant;
use mercer_protocol::saas_v2::{Activity, InstanceInfo, InstanceStatus, Request, redacted};

use super::answer::render;
use super::callback::Verdict;
use super::record::{Telling, record};
use super::step::Step;
use super::{Family, debugging};
use crate::error::GatewayError;
use crate::event;
use crate::gateway::Gateway;
use crate::instance::repo::{self, Found, SealedChange};
use crate::instance::rules::{self, Decision, Known};
use crate::instance::{Bought, Command, Freezing, Instance, NewInstance, Refresh, Specification, StatusChange, seal};

/// What the app said to a change on renewal; the reason when it said no.
pub(super) type Permission = Result<(), String>;

/// Asks the app whether an instance may be changed; every other request needs no permission.
pub(super) async fn ask_permission(
    gateway: &Gateway,
    merchant_id: &str,
    request: &Request,
) -> Result<Permission, GatewayError> {
    let Request::ChangeInstanceCheck(check) = request else { return Ok(Ok(())) };
    if check.test_flag.is_debug() {
        return Ok(Ok(()));
    }
    let found = repo::find(gateway.db(), merchant_id, &check.instance_id, None).await?;
    // The rules refuse every other state by themselves.
    let Some(found) = found.filter(|found| rules::is_shown(&found.instance)) else {
        return Ok(Ok(()));
    };
    let target = specification(&check.product_info);
    event::ask_change(gateway, &found.instance, &target).await
}

/// Decides a request on what stands now. `attempt` counts runs of the same call from 0.
pub(super) async fn decide(
    gateway: &Gateway,
    merchant_id: &str,
    request: &Request,
    (permission, attempt): (&Permission, u32),
) -> Result<Step, GatewayError> {
    if request.test_flag().is_debug() {
        return debug(gateway, merchant_id, request).await;
    }
    let (instance_id, command) = match request {
        Request::QueryInstance(query) => return answer_query(gateway, merchant_id, &query.instance_ids).await,
        Request::NewInstance(new) => {
            // Only an id that another order already has makes a first call meet a conflict and find nothing.
            let business_id =
                if attempt == 0 { new.business_id.clone() } else { gateway.entropy().uuid(gateway.now()) };
            let (order_id, order_line_id) = (new.order_id.clone(), new.order_line_id.clone());
            let bought = Bought::default();
            let command = NewInstance { family: Family::SaasV2, order_id, order_line_id, business_id, bought };
            (None, Command::New(command))
        }
        Request::RefreshInstance(refresh) => {
            let command = Refresh {
                scene: refresh.scene,
                order_id: refresh.order_id.clone(),
                order_line_id: refresh.order_line_id.clone(),
                product_id: refresh.product_id.clone(),
                expire_time: Instant::from_jiff(refresh.expire_time.at),
                freezing: Freezing::ToldApart,
            };
            (Some(&refresh.instance_id), Command::Refresh(command))
        }
        Request::UpdateInstanceStatus(update) => {
            let status = match update.status {
                InstanceStatus::Freeze => StatusChange::Freeze,
                InstanceStatus::Unfreeze => StatusChange::Unfreeze,
            };
            (Some(&update.instance_id), Command::SetStatus(status))
        }
        Request::ReleaseInstance(release) => {
            let order_id = release.order_id.clone().unwrap_or_default();
            let order_line_id = release.order_line_id.clone().unwrap_or_default();
            (Some(&release.instance_id), Command::Release { order_id, order_line_id })
        }
        Request::UpgradeInstance(upgrade) => {
            let (order_id, order_line_id) = (upgrade.order_id.clone(), upgrade.order_line_id.clone());
            (Some(&upgrade.instance_id), Command::Upgrade { order_id, order_line_id, specification: None })
        }
        Request::ChangeInstanceCheck(check) => {
            (Some(&check.instance_id), Command::CheckChange(specification(&check.product_info)))
        }
    };
    let found = match (&command, instance_id) {
        (Command::New(new), _) => {
            repo::find_by_order(gateway.db(), merchant_id, &new.order_id, &new.order_line_id).await?
        }
        (_, Some(id)) => {
            let effect_key = rules::effect_key(id, &command);
            repo::find(gateway.db(), merchant_id, id, effect_key.as_deref()).await?
        }
        (_, None) => None,
    };
    let known = Known {
        earlier_content: found.as_ref().and_then(|found| found.earlier_content.clone()),
        instance: found.map(|found| found.instance),
    };
    let mut decision = rules::decide(&known, &command, gateway.now());
    if let (Command::CheckChange(_), Err(reason), rules::Verdict::Accepted) = (&command, permission, decision.verdict) {
        decision = rules::refuse_change(reason.clone());
    }
    Ok(write(gateway, merchant_id, request, (known.instance, decision)))
}

/// Turns a decision into the statements and the answer.
fn write(gateway: &Gateway, merchant_id: &str, request: &Request, decided: (Option<Instance>, Decision)) -> Step {
    let activity = request.activity();
    let step = record(gateway, merchant_id, decided, (SealedChange::default(), Telling::Queued), |answer, _| {
        render(gateway.settings(), activity, answer, Vec::new())
    });
    let (instance_id, order_id) = ids(request);
    let instance_id = if step.instance_id.is_empty() { instance_id } else { step.instance_id.clone() };
    Step { activity: activity.as_str(), instance_id, order_id, ..step }
}

async fn answer_query(gateway: &Gateway, merchant_id: &str, ids: &[String]) -> Result<Step, GatewayError> {
    let found = repo::find_many(gateway.db(), merchant_id, ids).await?;
    let instances: Vec<Instance> = found.iter().map(|entry| entry.instance.clone()).collect();
    let answer = rules::query_answer(&instances);
    let info = found
        .iter()
        .filter(|entry| rules::is_shown(&entry.instance))
        .map(|entry| instance_info(gateway, entry))
        .collect::<Result<Vec<_>, _>>()?;
    let (verdict, refusal, detail) = match rules::query_refusal(&instances) {
        None => (Verdict::Accepted, "", None),
        Some(refusal) => (Verdict::Refused, refusal.code(), Some(refusal.wording(&answer.detail))),
    };
    let state = match instances.as_slice() {
        [one] => one.state.as_str(),
        _ => "",
    };
    let rendered = render(gateway.settings(), Activity::QueryInstance, &answer, info);
    Ok(Step {
        activity: Activity::QueryInstance.as_str(),
        instance_id: ids.join(","),
        verdict,
        refusal,
        detail,
        // Without the account of the buyer.
        kept_answer: Some(redacted(rendered.body.as_bytes())),
        state_before: state,
        state_after: state,
        ..Step::refused(rendered)
    })
}

async fn debug(gateway: &Gateway, merchant_id: &str, request: &Request) -> Result<Step, GatewayError> {
    let debugged = debugging::decide(gateway, merchant_id, request).await?;
    let (instance_id, order_id) = ids(request);
    Ok(Step {
        activity: request.activity().as_str(),
        instance_id: debugged.answer.instance_id.clone().unwrap_or(instance_id),
        order_id,
        test: true,
        verdict: Verdict::Accepted,
        effect: debugged.effect,
        ..Step::refused(render(gateway.settings(), request.activity(), &debugged.answer, debugged.info))
    })
}

fn instance_info(gateway: &Gateway, found: &Found) -> Result<InstanceInfo, GatewayError> {
    let instance = &found.instance;
    let app_info = match &found.app_info_sealed {
        Some(sealed) => Some(seal::open_app_info(gateway.vault(), instance, sealed)?),
        None => None,
    };
    let unknown = serde_json::Map::new();
    Ok(InstanceInfo { instance_id: instance.instance_id.clone(), app_info, usage_info: Vec::new(), unknown })
}

/// The instance and the order a request names; empty where it names none.
fn ids(request: &Request) -> (String, String) {
    match request {
        Request::NewInstance(new) => (String::new(), new.order_id.clone()),
        Request::QueryInstance(query) => (query.instance_ids.join(","), String::new()),
        Request::RefreshInstance(refresh) => (refresh.instance_id.clone(), refresh.order_id.clone()),
        Request::UpdateInstanceStatus(update) => (update.instance_id.clone(), String::new()),
        Request::ReleaseInstance(release) => {
            (release.instance_id.clone(), release.order_id.clone().unwrap_or_default())
        }
        Request::UpgradeInstance(upgrade) => (upgrade.instance_id.clone(), upgrade.order_id.clone()),
        Request::ChangeInstanceCheck(check) => (check.instance_id.clone(), String::new()),
    }
}

fn specification(product: &mercer_protocol::saas_v2::ProductInfo) -> Specification {
    Specification {
        product_id: product.product_id.clone(),
        sku_code: product.sku_code.clone(),
        linear_value: product.linear_integer(),
    }
}
