//! Callbacks of the store and deliveries to the app.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use mercer_kernel::outbox::{Job, JobState};
use mercer_kernel::web::Paged;
use serde::Deserialize;
use serde_json::{Value as Json_, json};

use super::input::{Caller, parse_instant};
use super::merchants::remark;
use super::problem::{ApiResult, InLanguage as _};
use crate::audit::Action;
use crate::delivery::{DeliveryDetail, DeliveryFilter};
use crate::error::FieldFault;
use crate::gateway::Gateway;
use crate::inbound::{CallbackDetail, CallbackFilter, CallbackSummary, Family, Verdict};

/// GET /callbacks
pub(super) async fn list_callbacks(
    State(gateway): State<Gateway>,
    caller: Caller,
) -> ApiResult<Json<Paged<CallbackSummary>>> {
    caller.allow(&["instance", "activity", "protocol", "verdict", "order", "resultCode", "text", "from", "to"])?;
    let merchant_id = caller.merchant(&gateway).await?;
    let filter = CallbackFilter {
        instance_id: caller.text("instance"),
        activity: caller.text("activity"),
        protocol: caller.choice("protocol", &Family::ALL.map(Family::as_str))?,
        verdict: caller.choice("verdict", &Verdict::ALL.map(Verdict::as_str))?,
        order_id: caller.text("order"),
        result_code: caller.text("resultCode"),
        text: caller.text("text"),
        from: caller.instant("from")?,
        to: caller.instant("to")?,
    };
    gateway.callbacks(&merchant_id, &filter, caller.page).await.told_in(caller.language).map(Json)
}

/// GET /callbacks/{id}
pub(super) async fn show_callback(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(callback_id): Path<String>,
) -> ApiResult<Json<CallbackDetail>> {
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.callback(&merchant_id, &callback_id).await.told_in(caller.language).map(Json)
}

/// GET /deliveries
pub(super) async fn list_deliveries(State(gateway): State<Gateway>, caller: Caller) -> ApiResult<Json<Paged<Job>>> {
    caller.allow(&["instance", "kind", "state", "from", "to"])?;
    let merchant_id = caller.merchant(&gateway).await?;
    let filter = DeliveryFilter {
        state: caller.choice("state", &JobState::ALL.map(JobState::code))?,
        kind: caller.text("kind"),
        instance_id: caller.text("instance"),
        from: caller.instant("from")?,
        to: caller.instant("to")?,
    };
    gateway.deliveries(&merchant_id, &filter, caller.page).await.told_in(caller.language).map(Json)
}

/// GET /deliveries/{id}
pub(super) async fn show_delivery(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(delivery_id): Path<String>,
) -> ApiResult<Json<DeliveryDetail>> {
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.delivery(&merchant_id, &delivery_id).await.told_in(caller.language).map(Json)
}

/// POST /deliveries/{id}/resend
pub(super) async fn resend(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(delivery_id): Path<String>,
) -> ApiResult<Json<DeliveryDetail>> {
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.resend(&merchant_id, &delivery_id).await.told_in(caller.language)?;
    remark(&gateway, &caller, (&merchant_id, Action::Resend), (&delivery_id, "")).await?;
    gateway.delivery(&merchant_id, &delivery_id).await.told_in(caller.language).map(Json)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WindowBody {
    #[serde(default)]
    merchant_id: String,
    from: String,
    to: String,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    kind: String,
}

/// POST /deliveries/resend
pub(super) async fn resend_window(
    State(gateway): State<Gateway>,
    caller: Caller,
    body: Bytes,
) -> ApiResult<Json<Json_>> {
    let body: WindowBody = caller.body(&body)?;
    let merchant_id = caller.merchant_named(&gateway, &body.merchant_id).await?;
    let states = JobState::ALL.map(JobState::code).join(", ");
    let state = body
        .state
        .map(|text| {
            text.parse().map_err(|_| FieldFault::new("state", format!("one of {states}"), format!("{states} 之一")))
        })
        .transpose()
        .told_in(caller.language)?;
    let filter = DeliveryFilter {
        state,
        kind: body.kind,
        instance_id: String::new(),
        from: Some(parse_instant("from", &body.from).told_in(caller.language)?),
        to: Some(parse_instant("to", &body.to).told_in(caller.language)?),
    };
    let resent = gateway.resend_window(&merchant_id, &filter).await.told_in(caller.language)?;
    let detail = format!("{resent} deliveries from {} to {}", body.from, body.to);
    remark(&gateway, &caller, (&merchant_id, Action::Resend), ("window", &detail)).await?;
    Ok(Json(json!({ "resent": resent })))
}
