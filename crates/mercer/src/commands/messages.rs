//! `mercer messages`: callbacks of the store on the merchant, attempt by attempt, and restart.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Paging, page};
use crate::failure::Failure;
use crate::language::Language;
use crate::output::{Column, Output, record, table, text_of, time_of};
use crate::remote::{Remote, StoreArgs};

/// Production-interface messages of the store (生产接口消息)
#[derive(Debug, Args)]
pub(crate) struct MessagesArgs {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List messages, newest first (消息列表)
    List(List),
    /// Show one with every attempt, its request and its answer (消息详情)
    Show {
        /// Message id (消息 ID)
        message_id: String,
    },
    /// Call again (重新启动)
    Restart {
        /// Message id (消息 ID)
        message_id: String,
    },
}

#[derive(Debug, Args)]
struct List {
    /// Only this state: waiting, running, succeeded, retrying, failedAwaitingManualRestart, failed, superseded, cancelled (状态)
    #[arg(long, default_value = "", hide_default_value = true)]
    state: String,
    /// Only this interface, for example saas_v2.new_instance or kit_v2.tenant_sync (接口)
    #[arg(long, default_value = "", hide_default_value = true)]
    interface: String,
    /// Only messages of this order (订单号)
    #[arg(long, default_value = "", value_name = "ID", hide_default_value = true)]
    order_id: String,
    /// Only messages of this resource (资源)
    #[arg(long, default_value = "", value_name = "ID", hide_default_value = true)]
    resource_id: String,
    #[command(flatten)]
    paging: Paging,
}

/// Runs the command.
///
/// # Errors
/// When the store is not reached or refuses.
pub(crate) async fn run(arguments: MessagesArgs, output: Output) -> Result<(), Failure> {
    let remote = Remote::open(&arguments.store, output.language)?;
    match arguments.action {
        Action::List(list) => {
            let mut query = vec![
                ("state", list.state),
                ("interface", list.interface),
                ("orderId", list.order_id),
                ("resourceId", list.resource_id),
            ];
            query.extend(list.paging.pairs());
            let messages = remote.get("/messages", &query).await?;
            output.show(&messages, |language| page(language, &SUMMARY, &messages));
        }
        Action::Show { message_id } => {
            let detail = remote.get(&format!("/messages/{message_id}"), &[]).await?;
            output.show(&detail, |language| rendered(&detail, language));
        }
        Action::Restart { message_id } => {
            let message = remote.post(&format!("/messages/{message_id}/restart"), None).await?;
            output.show(&message, |language| record(language, &DETAILS, &message));
        }
    }
    Ok(())
}

/// A message with every attempt.
pub(super) fn rendered(detail: &Value, language: Language) -> String {
    let message = if detail["message"].is_object() { &detail["message"] } else { detail };
    let attempts = detail["attemptList"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut text = record(language, &DETAILS, message);
    text.push('\n');
    text.push_str(&table(language, &ATTEMPTS, attempts));
    for attempt in attempts {
        for (label, part) in
            [(language.pick("请求", "request"), "request"), (language.pick("响应", "answer"), "answer")]
        {
            let content = text_of(&attempt[part]);
            if !content.is_empty() {
                text.push_str(&format!("\n\n#{} {label}\n{content}", text_of(&attempt["number"])));
            }
        }
    }
    text
}

const SUMMARY: [Column; 8] = [
    Column::new("消息", "message", |row| text_of(&row["messageId"])),
    Column::new("接口", "interface", |row| text_of(&row["activity"])),
    Column::new("场景", "scene", |row| text_of(&row["scene"])),
    Column::new("状态", "state", |row| text_of(&row["state"])),
    Column::new("次数", "attempts", |row| text_of(&row["attempts"])),
    Column::new("结果码", "result", |row| text_of(&row["resultCode"])),
    Column::new("订单号", "order", |row| text_of(&row["orderId"])),
    Column::new("下次调用", "next", |row| time_of(&row["nextAttemptAt"])),
];

const DETAILS: [Column; 14] = [
    Column::new("消息", "message", |row| text_of(&row["messageId"])),
    Column::new("接口", "interface", |row| text_of(&row["interface"])),
    Column::new("场景", "scene", |row| text_of(&row["scene"])),
    Column::new("状态", "state", |row| text_of(&row["state"])),
    Column::new("订单号", "order", |row| text_of(&row["orderId"])),
    Column::new("资源", "resource", |row| text_of(&row["resourceId"])),
    Column::new("instanceId", "instanceId", |row| text_of(&row["instanceId"])),
    Column::new("调用次数", "attempts", |row| text_of(&row["attempts"])),
    Column::new("首次调用", "first call", |row| time_of(&row["firstCallAt"])),
    Column::new("最近调用", "last call", |row| time_of(&row["lastCallAt"])),
    Column::new("下次调用", "next call", |row| time_of(&row["nextAttemptAt"])),
    Column::new("结果码", "result", |row| text_of(&row["resultCode"])),
    Column::new("异常信息", "exception", |row| text_of(&row["exception"])),
    Column::new("警告", "warning", |row| text_of(&row["warning"])),
];

const ATTEMPTS: [Column; 6] = [
    Column::new("#", "#", |row| text_of(&row["number"])),
    Column::new("开始", "started", |row| time_of(&row["startedAt"])),
    Column::new("毫秒", "ms", |row| text_of(&row["durationMs"])),
    Column::new("HTTP", "HTTP", |row| text_of(&row["httpStatus"])),
    Column::new("结果码", "result", |row| text_of(&row["resultCode"])),
    Column::new("原因", "reason", |row| {
        format!("{} {}", text_of(&row["reason"]), text_of(&row["detail"])).trim().to_owned()
    }),
];
