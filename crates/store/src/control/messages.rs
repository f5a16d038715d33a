//! Production-interface messages (生产接口消息): found, explained attempt by attempt, restarted.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde::Serialize;
use serde_json::{Value, json};

use super::fault::Fault;
use super::operation::Operation;
use super::params::Params;
use super::rim::{found, one_more, page, written};
use crate::Core;
use crate::callback::{Family, Interface};
use crate::message::{self, MessageFilter, MessageState};

/// What can be done with messages.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/messages", "listMessages", list)
            .about("生产接口消息列表", "List production-interface messages")
            .filters(&[
                "merchantId",
                "state",
                "interface",
                "protocol",
                "productCode",
                "orderId",
                "resourceId",
                "text",
                "createdFrom",
                "createdTo",
            ])
            .answers(200, "MessagePage"),
        Operation::get("/messages/{messageId}", "getMessage", get)
            .about("一条消息及其每次调用", "One message with every attempt")
            .answers(200, "MessageDetail"),
        Operation::post("/messages/{messageId}/restart", "restartMessage", restart)
            .about("重新启动", "Call again")
            .answers(200, "Message"),
    ]
}

async fn list(State(core): State<Arc<Core>>, RawQuery(query): RawQuery) -> Result<Json<Value>, Fault> {
    let mut params = Params::read(query.as_deref())?;
    let interfaces: Vec<&str> = Interface::ALL.iter().map(|one| one.code()).collect();
    let families: Vec<&str> = Family::ALL.iter().map(|one| one.code()).collect();
    let states: Vec<&str> = MessageState::ALL.iter().map(|one| one.code()).collect();
    let filter = MessageFilter {
        merchant_id: params.text("merchantId").unwrap_or_default(),
        state: params.code("state", &states)?,
        interface: params.code("interface", &interfaces)?,
        family: params.code("protocol", &families)?,
        product_code: params.text("productCode").unwrap_or_default(),
        order_id: params.text("orderId").unwrap_or_default(),
        resource_id: params.text("resourceId").unwrap_or_default(),
        subject: params.text("subject").unwrap_or_default(),
        text: params.text("text").unwrap_or_default(),
        created_from: params.instant("createdFrom")?,
        created_to: params.instant("createdTo")?,
    };
    let wanted = params.page()?;
    let messages = message::list(&core, &filter, one_more(wanted)).await?;
    let shown: Result<Vec<Value>, Fault> =
        messages.iter().map(|message| shown(&core, message, message.interface)).collect();
    page(shown?, wanted)
}

async fn get(State(core): State<Arc<Core>>, Path(message_id): Path<String>) -> Result<Json<Value>, Fault> {
    let detail =
        found(message::find(&core, &message_id).await, "message.unknown", "没有这条消息", "there is no such message")?;
    Ok(Json(shown(&core, &detail, detail.message.interface)?))
}

async fn restart(State(core): State<Arc<Core>>, Path(message_id): Path<String>) -> Result<Json<Value>, Fault> {
    let message = message::restart(&core, &message_id).await?;
    Ok(Json(shown(&core, &message, message.interface)?))
}

/// A message as the API shows it: with the `activity` that goes over the wire.
///
/// # Errors
/// When it cannot be written as JSON.
pub(super) fn shown<T: Serialize>(core: &Core, message: &T, interface: Interface) -> Result<Value, Fault> {
    let mut shown = written(message)?;
    shown["activity"] = json!(core.policies.of(interface).activity);
    Ok(shown)
}
