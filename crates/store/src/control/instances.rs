//! Instances: found, and everything a buyer or an operator can do with one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault::Fault;
use super::messages::shown as shown_message;
use super::operation::Operation;
use super::orders::shown;
use super::params::Params;
use super::rim::{Checked, found, one_more, page, written};
use crate::Core;
use crate::instance::{self, Change, InstanceFilter, InstanceState, Renew, ToFormal, Upgrade};

/// What can be done with instances.
pub(super) fn operations() -> Vec<Operation> {
    let order = |path, id, zh, en, schema, handler: fn(&'static str, &'static str) -> Operation| {
        handler(path, id).about(zh, en).takes(schema).answers(201, "Order")
    };
    vec![
        Operation::get("/instances", "listInstances", list)
            .about("实例列表", "List instances")
            .filters(&["merchantId", "buyerId", "productCode", "state", "text"])
            .answers(200, "InstancePage"),
        Operation::get("/instances/{instanceId}", "getInstance", get)
            .about(
                "实例详情，编号可为资源 ID、商家的 instanceId 或开通订单号",
                "One instance, by resource id, the merchant's instanceId or the opening order's id",
            )
            .answers(200, "Instance"),
        Operation::get("/instances/{instanceId}/view", "viewInstance", view)
            .about(
                "查询资源信息：同步调用商家的 queryInstance（V1.0 为 newInstance）",
                "The buyer's view: calls the merchant's queryInstance (V1.0: newInstance) synchronously",
            )
            .answers(200, "InstanceView"),
        Operation::get("/instances/{instanceId}/usage", "viewUsage", view_usage)
            .about(
                "查询使用量：同步调用商家的 queryInstance",
                "The usage, as the buyer sees it: calls the merchant's queryInstance synchronously",
            )
            .answers(200, "Usage"),
        Operation::post("/instances/{instanceId}/collect-usage", "collectUsage", collect_usage)
            .about(
                "云商店采集使用量：排队调用 V1.0 的 queryInstance",
                "Have the store collect usage: queues queryInstance of SaaS V1.0",
            )
            .answers(202, "Message"),
        Operation::post("/instances/{instanceId}/accept", "acceptInstance", accept)
            .about(
                "确认验收：周期从此刻起算，并带 acceptanceTime 再次调用 newInstance",
                "Confirm acceptance: the period begins now, and newInstance is called again with acceptanceTime",
            )
            .answers(200, "Instance"),
        order("/instances/{instanceId}/renew", "renewInstance", "续费", "Renew", "Renew", |path, id| {
            Operation::post(path, id, renew)
        }),
        Operation::post("/instances/{instanceId}/cancel-renewal", "cancelRenewal", cancel_renewal)
            .about("退续费", "Cancel the renewals that have not begun")
            .answers(201, "Order"),
        order(
            "/instances/{instanceId}/change",
            "changeInstance",
            "续费变更",
            "Renew with a change",
            "Change",
            |path, id| Operation::post(path, id, change),
        ),
        order(
            "/instances/{instanceId}/upgrade",
            "upgradeInstance",
            "升级或扩容",
            "Upgrade or expand",
            "Upgrade",
            |path, id| Operation::post(path, id, upgrade),
        ),
        order(
            "/instances/{instanceId}/trial-to-formal",
            "trialToFormal",
            "试用转正",
            "Turn a trial formal",
            "TrialToFormal",
            |path, id| Operation::post(path, id, trial_to_formal),
        ),
        Operation::post("/instances/{instanceId}/freeze", "freezeInstance", freeze)
            .about("因违规冻结", "Freeze for a violation")
            .answers(200, "Instance"),
        Operation::post("/instances/{instanceId}/unfreeze", "unfreezeInstance", unfreeze)
            .about("解除违规冻结", "Lift the freeze for a violation")
            .answers(200, "Instance"),
        Operation::post("/instances/{instanceId}/unsubscribe", "unsubscribeInstance", unsubscribe)
            .about("退订", "Unsubscribe")
            .answers(201, "Order"),
    ]
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RenewBody {
    #[serde(default)]
    product_id: Option<String>,
    #[serde(default, alias = "periodNumber")]
    periods: Option<i64>,
    #[serde(default = "yes")]
    pay: bool,
}

/// The body of a change on renewal and of turning a trial formal.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetBody {
    product_id: String,
    #[serde(default)]
    quantity: Option<i64>,
    #[serde(default, alias = "periodNumber")]
    periods: Option<i64>,
    #[serde(default = "yes")]
    pay: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpgradeBody {
    #[serde(default)]
    product_id: Option<String>,
    #[serde(default)]
    quantity: Option<i64>,
    #[serde(default = "yes")]
    pay: bool,
}

fn yes() -> bool {
    true
}

type Placed = Result<(StatusCode, Json<Value>), Fault>;
type Shown = Result<Json<Value>, Fault>;

async fn list(State(core): State<Arc<Core>>, RawQuery(query): RawQuery) -> Shown {
    let mut params = Params::read(query.as_deref())?;
    let states: Vec<&str> = InstanceState::ALL.iter().map(|one| one.code()).collect();
    let filter = InstanceFilter {
        merchant_id: params.text("merchantId").unwrap_or_default(),
        buyer_id: params.text("buyerId").unwrap_or_default(),
        product_code: params.text("productCode").unwrap_or_default(),
        state: params.code("state", &states)?,
        text: params.text("text").unwrap_or_default(),
    };
    let wanted = params.page()?;
    page(instance::list(&core, &filter, one_more(wanted)).await?, wanted)
}

async fn get(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Shown {
    let instance =
        found(instance::find(&core, &id).await, "instance.unknown", "没有这个实例", "there is no such instance")?;
    Ok(Json(written(&instance)?))
}

async fn view(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Shown {
    Ok(Json(written(&instance::view_instance(&core, &id).await?)?))
}

async fn view_usage(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Shown {
    let usage_info = instance::view_usage(&core, &id).await?;
    Ok(Json(json!({ "usageInfo": written(&usage_info)? })))
}

async fn collect_usage(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Placed {
    let message = instance::collect_usage(&core, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(shown_message(&core, &message, message.interface)?)))
}

async fn accept(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Shown {
    Ok(Json(written(&instance::accept(&core, &id).await?)?))
}

async fn renew(
    State(core): State<Arc<Core>>,
    Path(id): Path<String>,
    Checked { value, .. }: Checked<RenewBody>,
) -> Placed {
    let wanted = Renew { product_id: value.product_id, period_number: value.periods, pay: value.pay };
    placed(&instance::renew(&core, &id, &wanted).await?)
}

async fn cancel_renewal(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Placed {
    placed(&instance::cancel_renewal(&core, &id).await?)
}

async fn change(
    State(core): State<Arc<Core>>,
    Path(id): Path<String>,
    Checked { value, .. }: Checked<TargetBody>,
) -> Placed {
    let wanted =
        Change { product_id: value.product_id, quantity: value.quantity, period_number: value.periods, pay: value.pay };
    placed(&instance::change(&core, &id, &wanted).await?)
}

async fn upgrade(
    State(core): State<Arc<Core>>,
    Path(id): Path<String>,
    Checked { value, .. }: Checked<UpgradeBody>,
) -> Placed {
    let wanted = Upgrade { product_id: value.product_id, quantity: value.quantity, pay: value.pay };
    placed(&instance::upgrade(&core, &id, &wanted).await?)
}

async fn trial_to_formal(
    State(core): State<Arc<Core>>,
    Path(id): Path<String>,
    Checked { value, .. }: Checked<TargetBody>,
) -> Placed {
    let wanted = ToFormal {
        product_id: value.product_id,
        quantity: value.quantity,
        period_number: value.periods,
        pay: value.pay,
    };
    placed(&instance::trial_to_formal(&core, &id, &wanted).await?)
}

async fn freeze(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Shown {
    Ok(Json(written(&instance::freeze(&core, &id).await?)?))
}

async fn unfreeze(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Shown {
    Ok(Json(written(&instance::unfreeze(&core, &id).await?)?))
}

async fn unsubscribe(State(core): State<Arc<Core>>, Path(id): Path<String>) -> Placed {
    placed(&instance::unsubscribe(&core, &id).await?)
}

fn placed(order: &crate::order::Order) -> Placed {
    Ok((StatusCode::CREATED, Json(shown(order)?)))
}
