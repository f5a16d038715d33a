//! Order notification (订单通知): which address is told about which orders, and a test call.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::{Value, json};

use super::fault::Fault;
use super::messages::shown;
use super::operation::Operation;
use super::rim::{Checked, found, written};
use crate::Core;
use crate::merchant;
use crate::message;
use crate::notification::{self, NewConfiguration};

/// What can be done with order notifications.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/merchants/{merchantId}/notifications", "listNotifications", list)
            .about("订单通知配置列表", "List order notifications")
            .answers(200, "NotificationList"),
        Operation::post("/merchants/{merchantId}/notifications", "addNotification", add)
            .about(
                "按接入类型或按商品配置订单通知",
                "Announce the orders of an access type or of a product to a production address",
            )
            .takes("NewNotification")
            .answers(201, "Notification"),
        Operation::delete("/merchants/{merchantId}/notifications/{notificationId}", "deleteNotification", remove)
            .about("删除订单通知配置", "Stop announcing these orders")
            .answers(200, "Notification"),
        Operation::post("/merchants/{merchantId}/notifications/{notificationId}/test", "testNotification", test)
            .about(
                "发送一次调试调用（testFlag 1），返回请求、响应和结论",
                "Send one test call (testFlag 1); answers with request, answer and verdict",
            )
            .answers(200, "MessageDetail"),
    ]
}

type Shown = Result<Json<Value>, Fault>;

async fn list(State(core): State<Arc<Core>>, Path(merchant_id): Path<String>) -> Shown {
    check_known(&core, &merchant_id).await?;
    let all = notification::configurations(&core, &merchant_id).await?;
    Ok(Json(json!({ "items": written(&all)? })))
}

async fn add(
    State(core): State<Arc<Core>>,
    Path(merchant_id): Path<String>,
    Checked { value, .. }: Checked<NewConfiguration>,
) -> Result<(StatusCode, Json<Value>), Fault> {
    check_known(&core, &merchant_id).await?;
    let added = notification::add(&core, &merchant_id, &value).await?;
    Ok((StatusCode::CREATED, Json(written(&added)?)))
}

async fn remove(State(core): State<Arc<Core>>, Path((merchant_id, notification_id)): Path<(String, String)>) -> Shown {
    Ok(Json(written(&notification::remove(&core, &merchant_id, &notification_id).await?)?))
}

async fn test(State(core): State<Arc<Core>>, Path((merchant_id, notification_id)): Path<(String, String)>) -> Shown {
    let called = notification::test_call(&core, &merchant_id, &notification_id).await?;
    let detail = message::find(&core, &called.message_id).await;
    let detail = found(detail, "message.unknown", "没有这条消息", "there is no such message")?;
    Ok(Json(shown(&core, &detail, detail.message.interface)?))
}

async fn check_known(core: &Core, merchant_id: &str) -> Result<(), Fault> {
    let known = merchant::find(&core.foundation, merchant_id).await;
    found(known, "merchant.unknown", "没有这个商家", "there is no such merchant").map(|_| ())
}
