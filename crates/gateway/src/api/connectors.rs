//! Connectors and their pools.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value as Json_, json};

use super::input::Caller;
use super::merchants::remark;
use super::problem::{ApiResult, InLanguage as _};
use crate::audit::Action;
use crate::connector::{BadLines, Connector, ConnectorSettings, NewConnector, PoolImport, PoolStock};
use crate::gateway::Gateway;

/// GET /connectors
pub(super) async fn list(State(gateway): State<Gateway>, caller: Caller) -> ApiResult<Json<Json_>> {
    caller.allow(&[])?;
    let merchant_id = caller.merchant(&gateway).await?;
    let mut items = Vec::new();
    for connector in gateway.connectors(&merchant_id).await.told_in(caller.language)? {
        items.push(with_stock(&gateway, &caller, &connector).await?);
    }
    Ok(Json(json!({ "items": items })))
}

/// POST /connectors
pub(super) async fn add(State(gateway): State<Gateway>, caller: Caller, body: Bytes) -> ApiResult<Response> {
    let new: NewConnector = caller.body(&body)?;
    let merchant_id = caller.merchant(&gateway).await?;
    let connector = gateway.add_connector(&merchant_id, &new).await.told_in(caller.language)?;
    remark(&gateway, &caller, (&merchant_id, Action::ChangeConnector), (&connector.connector_id, "added")).await?;
    // Like a key, a webhook's secret is shown unasked only when it is made.
    let mut answer = json!(connector);
    let secret =
        gateway.reveal_connector_secret(&merchant_id, &connector.connector_id).await.told_in(caller.language)?;
    if let Some(secret) = secret {
        answer["secret"] = secret.into();
    }
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// GET /connectors/{id}
pub(super) async fn show(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(connector_id): Path<String>,
) -> ApiResult<Json<Json_>> {
    caller.allow(&["reveal"])?;
    let merchant_id = caller.merchant(&gateway).await?;
    let connector = gateway.connector(&merchant_id, &connector_id).await.told_in(caller.language)?;
    let mut answer = with_stock(&gateway, &caller, &connector).await?;
    if caller.flag("reveal")? {
        remark(&gateway, &caller, (&merchant_id, Action::Reveal), (&connector_id, "webhook secret")).await?;
        let secret = gateway.reveal_connector_secret(&merchant_id, &connector_id).await.told_in(caller.language)?;
        answer["secret"] = json!(secret);
    }
    Ok(Json(answer))
}

/// PUT /connectors/{id}
pub(super) async fn change(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(connector_id): Path<String>,
    body: Bytes,
) -> ApiResult<Json<Connector>> {
    let new: NewConnector = caller.body(&body)?;
    let merchant_id = caller.merchant(&gateway).await?;
    let connector = gateway.change_connector(&merchant_id, &connector_id, &new).await.told_in(caller.language)?;
    remark(&gateway, &caller, (&merchant_id, Action::ChangeConnector), (&connector_id, "changed")).await?;
    Ok(Json(connector))
}

/// DELETE /connectors/{id}
pub(super) async fn remove(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(connector_id): Path<String>,
) -> ApiResult<StatusCode> {
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.remove_connector(&merchant_id, &connector_id).await.told_in(caller.language)?;
    remark(&gateway, &caller, (&merchant_id, Action::ChangeConnector), (&connector_id, "removed")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// GET /connectors/{id}/pool
pub(super) async fn show_pool(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(connector_id): Path<String>,
) -> ApiResult<Json<PoolStock>> {
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.pool_stock(&merchant_id, &connector_id).await.told_in(caller.language).map(Json)
}

/// POST /connectors/{id}/pool with a CSV body; `skipBad=true` leaves bad lines out
pub(super) async fn import_pool(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(connector_id): Path<String>,
    csv: Bytes,
) -> ApiResult<Json<PoolImport>> {
    caller.allow(&["skipBad"])?;
    let merchant_id = caller.merchant(&gateway).await?;
    let bad_lines = if caller.flag("skipBad")? { BadLines::Skip } else { BadLines::Refuse };
    let import = gateway.import_pool(&merchant_id, &connector_id, &csv, bad_lines).await.told_in(caller.language)?;
    let detail = format!("{} accounts imported, {} lines skipped", import.imported, import.skipped);
    remark(&gateway, &caller, (&merchant_id, Action::ChangeConnector), (&connector_id, &detail)).await?;
    Ok(Json(import))
}

async fn with_stock(gateway: &Gateway, caller: &Caller, connector: &Connector) -> ApiResult<Json_> {
    let mut item = json!(connector);
    if let ConnectorSettings::Pool { .. } = connector.settings {
        let stock =
            gateway.pool_stock(&connector.merchant_id, &connector.connector_id).await.told_in(caller.language)?;
        item["pool"] = json!(stock);
    }
    Ok(item)
}
