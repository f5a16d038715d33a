//! Merchants, their links to the store, their access keys.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value as Json_, json};

use super::input::Caller;
use super::problem::{ApiResult, InLanguage as _};
use crate::audit::{Action, Remark};
use crate::gateway::Gateway;
use crate::merchant::{Encryption, InterfaceType, NewMerchant, NewStoreLink, paste_values};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MerchantBody {
    merchant_id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoreBody {
    #[serde(default)]
    merchant_id: String,
    #[serde(flatten)]
    link: NewStoreLink,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyBody {
    #[serde(default)]
    merchant_id: String,
    interface_type: InterfaceType,
    #[serde(default)]
    text: Option<String>,
}

/// GET /merchants
pub(super) async fn list(State(gateway): State<Gateway>, caller: Caller) -> ApiResult<Json<Json_>> {
    caller.allow(&[])?;
    let public_url = gateway.foundation().public_url.clone();
    let mut items = Vec::new();
    for merchant in gateway.merchants().await.told_in(caller.language)? {
        let keys = gateway.keys(&merchant.merchant_id).await.told_in(caller.language)?;
        let values = paste_values(&public_url, &merchant.merchant_id, &keys);
        let mut item = json!(merchant);
        item["pasteValues"] = json!(values);
        items.push(item);
    }
    Ok(Json(json!({ "items": items })))
}

/// POST /merchants
pub(super) async fn add(State(gateway): State<Gateway>, caller: Caller, body: Bytes) -> ApiResult<Response> {
    let body: MerchantBody = caller.body(&body)?;
    let new = NewMerchant { merchant_id: body.merchant_id, name: body.name };
    let merchant = gateway.ensure_merchant(&new).await.told_in(caller.language)?;
    Ok((StatusCode::CREATED, Json(merchant)).into_response())
}

/// GET /stores
pub(super) async fn list_stores(State(gateway): State<Gateway>, caller: Caller) -> ApiResult<Json<Json_>> {
    caller.allow(&[])?;
    let named = caller.text("merchantId");
    let mut links = gateway.store_links().await.told_in(caller.language)?;
    links.retain(|link| named.is_empty() || link.merchant_id == named);
    Ok(Json(json!({ "items": links })))
}

/// POST /stores
pub(super) async fn put_store(State(gateway): State<Gateway>, caller: Caller, body: Bytes) -> ApiResult<Json<Json_>> {
    let body: StoreBody = caller.body(&body)?;
    let merchant_id = caller.merchant_named(&gateway, &body.merchant_id).await?;
    let link = gateway.ensure_store_link(&merchant_id, &body.link).await.told_in(caller.language)?;
    remark(&gateway, &caller, (&merchant_id, Action::ChangeStoreLink), (&merchant_id, &link.base_url)).await?;
    Ok(Json(json!(link)))
}

/// GET /keys
pub(super) async fn list_keys(State(gateway): State<Gateway>, caller: Caller) -> ApiResult<Json<Json_>> {
    caller.allow(&["reveal"])?;
    let merchant_id = caller.merchant(&gateway).await?;
    let keys = gateway.keys(&merchant_id).await.told_in(caller.language)?;
    let mut items = Vec::new();
    if caller.flag("reveal")? {
        remark(&gateway, &caller, (&merchant_id, Action::Reveal), ("keys", "access keys")).await?;
        for key in &keys {
            let mut item = json!(key);
            item["text"] = gateway.reveal_key(&merchant_id, &key.key_id).await.told_in(caller.language)?.into();
            items.push(item);
        }
    } else {
        items.extend(keys.iter().map(|key| json!(key)));
    }
    let values = paste_values(&gateway.foundation().public_url, &merchant_id, &keys);
    Ok(Json(json!({ "items": items, "pasteValues": values })))
}

/// POST /keys
pub(super) async fn add_key(State(gateway): State<Gateway>, caller: Caller, body: Bytes) -> ApiResult<Response> {
    let body: KeyBody = caller.body(&body)?;
    let merchant_id = caller.merchant_named(&gateway, &body.merchant_id).await?;
    let added =
        gateway.add_key(&merchant_id, body.interface_type, body.text.as_deref()).await.told_in(caller.language)?;
    let detail = format!("added for {}", body.interface_type.as_str());
    remark(&gateway, &caller, (&merchant_id, Action::ChangeKey), (&added.key_id, &detail)).await?;
    Ok((StatusCode::CREATED, Json(added)).into_response())
}

/// GET /encryption
pub(super) async fn show_encryption(State(gateway): State<Gateway>, caller: Caller) -> ApiResult<Json<Encryption>> {
    caller.allow(&[])?;
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.encryption(&merchant_id).await.told_in(caller.language).map(Json)
}

/// PUT /encryption
pub(super) async fn put_encryption(
    State(gateway): State<Gateway>,
    caller: Caller,
    body: Bytes,
) -> ApiResult<Json<Encryption>> {
    let new: Encryption = caller.body(&body)?;
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.set_encryption(&merchant_id, &new).await.told_in(caller.language)?;
    let detail = format!("{} bits, {} products apart", new.bits, new.products.len());
    remark(&gateway, &caller, (&merchant_id, Action::ChangeKey), ("encryption", &detail)).await?;
    Ok(Json(new))
}

/// DELETE /keys/{id}
pub(super) async fn revoke_key(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(key_id): Path<String>,
) -> ApiResult<StatusCode> {
    let merchant_id = caller.merchant(&gateway).await?;
    gateway.revoke_key(&merchant_id, &key_id).await.told_in(caller.language)?;
    remark(&gateway, &caller, (&merchant_id, Action::ChangeKey), (&key_id, "revoked")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Records what the caller did.
pub(super) async fn remark(
    gateway: &Gateway,
    caller: &Caller,
    (merchant_id, action): (&str, Action),
    (subject, detail): (&str, &str),
) -> ApiResult<()> {
    let actor = format!("token {}", caller.name);
    let remark = Remark { merchant_id, actor: &actor, action, subject, detail };
    gateway.record(&remark).await.told_in(caller.language)
}
