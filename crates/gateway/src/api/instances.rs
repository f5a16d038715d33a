//! Instances.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use mercer_kernel::web::Paged;
use mercer_protocol::saas_v2::AppInfo;

use super::input::Caller;
use super::merchants::remark;
use super::problem::{ApiResult, InLanguage as _};
use crate::audit::Action;
use crate::gateway::Gateway;
use crate::instance::{Failure, InstanceDetail, InstanceFilter, InstanceSummary, State as InstanceState};

/// GET /instances
pub(super) async fn list(State(gateway): State<Gateway>, caller: Caller) -> ApiResult<Json<Paged<InstanceSummary>>> {
    caller.allow(&["state", "product", "order", "text"])?;
    let merchant_id = caller.merchant(&gateway).await?;
    let filter = InstanceFilter {
        state: caller.choice("state", &InstanceState::ALL.map(InstanceState::as_str))?,
        product: caller.text("product"),
        order_id: caller.text("order"),
        text: caller.text("text"),
    };
    let page = gateway.instances(&merchant_id, &filter, caller.page).await.told_in(caller.language)?;
    Ok(Json(page))
}

/// GET /instances/{id}
pub(super) async fn show(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(instance_id): Path<String>,
) -> ApiResult<Json<InstanceDetail>> {
    caller.allow(&["reveal"])?;
    let merchant_id = caller.merchant(&gateway).await?;
    let reveal = caller.flag("reveal")?;
    if reveal {
        // First the record, then the secret.
        remark(&gateway, &caller, (&merchant_id, Action::Reveal), (&instance_id, "account, password, buyer")).await?;
    }
    gateway.instance(&merchant_id, &instance_id, reveal).await.told_in(caller.language).map(Json)
}

/// PUT /instances/{id}/app-info
pub(super) async fn put_app_info(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(instance_id): Path<String>,
    body: Bytes,
) -> ApiResult<Json<InstanceDetail>> {
    let info: AppInfo = caller.body(&body)?;
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.put_app_info(&merchant_id, &instance_id, &info).await.told_in(caller.language)?;
    remark(&gateway, &caller, (&merchant_id, Action::PutAppInfo), (&instance_id, "")).await?;
    gateway.instance(&merchant_id, &instance_id, false).await.told_in(caller.language).map(Json)
}

/// POST /instances/{id}/fail
pub(super) async fn fail(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(instance_id): Path<String>,
    body: Bytes,
) -> ApiResult<Json<InstanceDetail>> {
    let failure: Failure = caller.body(&body)?;
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.fail_instance(&merchant_id, &instance_id, &failure.reason).await.told_in(caller.language)?;
    remark(&gateway, &caller, (&merchant_id, Action::FailInstance), (&instance_id, &failure.reason)).await?;
    gateway.instance(&merchant_id, &instance_id, false).await.told_in(caller.language).map(Json)
}
