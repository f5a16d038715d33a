//! What is bound to an enterprise, and who is authorised.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::language::Language;
use crate::output::{Column, Output, record, table, text_of, time_of};
use crate::remote::Remote;

/// What can be done with bindings.
#[derive(Debug, Subcommand)]
pub(super) enum BindingAction {
    /// Bind a joint product: tenantSync, applicationSync, allOrgSync, in order (绑定服务)
    Bind {
        /// Enterprise id (企业 ID)
        tenant_id: String,
        /// Resource id, instanceId, or id of the opening order (实例)
        #[arg(long, value_name = "ID")]
        instance: String,
        /// Give the seller phones and mails of members (提供手机和邮箱)
        #[arg(long)]
        release_personal: bool,
    },
    /// Show a binding, its three steps and who is authorised (绑定详情)
    Binding(Target),
    /// Authorise members or departments (授权)
    Grant(Whom),
    /// Withdraw what was granted (取消授权)
    Withdraw(Whom),
    /// Try the failed step again; all three when none failed (重试)
    Retry(Target),
    /// Stop the application for everybody (停用应用)
    Stop(Target),
    /// Start it again (启用应用)
    Start(Target),
    /// Unbind: everybody is withdrawn, application and enterprise are deleted at the seller's (解绑)
    Unbind(Target),
}

/// A binding.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Binding id; `mercer enterprise show` lists them (绑定 ID)
    binding_id: String,
}

/// Members and departments of a binding.
#[derive(Debug, Args)]
pub(super) struct Whom {
    /// Binding id; `mercer enterprise show` lists them (绑定 ID)
    binding_id: String,
    /// Account of a member; may be repeated (成员账号)
    #[arg(long = "user", value_name = "USER", required_unless_present = "departments")]
    users: Vec<String>,
    /// Code of a department: everybody in it, now and later; may be repeated (部门编码)
    #[arg(long = "department", value_name = "CODE")]
    departments: Vec<String>,
}

/// Runs one of them.
pub(super) async fn run(remote: &Remote, action: BindingAction, output: Output) -> Result<(), Failure> {
    let after = match action {
        BindingAction::Bind { tenant_id, instance, release_personal } => {
            let body = json!({"tenantId": tenant_id, "resourceId": instance, "releasePersonal": release_personal});
            remote.post("/bindings", Some(&body)).await?
        }
        BindingAction::Binding(target) => {
            let mut found = remote.get(&target.path(), &[]).await?;
            let authorised = remote.get(&format!("{}/authorisations", target.path()), &[]).await?;
            found["authorisations"] = authorised["items"].clone();
            found
        }
        BindingAction::Grant(whom) => remote.post(&whom.path("grants"), Some(&whom.body())).await?,
        BindingAction::Withdraw(whom) => remote.post(&whom.path("withdrawals"), Some(&whom.body())).await?,
        BindingAction::Retry(target) => remote.post(&format!("{}/retry", target.path()), None).await?,
        BindingAction::Stop(target) => remote.post(&format!("{}/stop", target.path()), None).await?,
        BindingAction::Start(target) => remote.post(&format!("{}/start", target.path()), None).await?,
        BindingAction::Unbind(target) => remote.post(&format!("{}/unbind", target.path()), None).await?,
    };
    output.show(&after, |language| rendered(&after, language));
    Ok(())
}

/// A binding with its steps, as `application test` shows it too.
pub(crate) fn rendered(binding: &Value, language: Language) -> String {
    let rows = |name: &str| binding[name].as_array().cloned().unwrap_or_default();
    let mut text = record(language, DETAILS, binding);
    text.push_str(&format!("\n\n{}", table(language, STEPS, &rows("steps"))));
    let authorised = rows("authorisations");
    if !authorised.is_empty() {
        text.push_str(&format!("\n\n{}", table(language, AUTHORISED, &authorised)));
    }
    text
}

impl Target {
    fn path(&self) -> String {
        format!("/bindings/{}", self.binding_id)
    }
}

impl Whom {
    fn path(&self, what: &str) -> String {
        format!("/bindings/{}/{what}", self.binding_id)
    }

    fn body(&self) -> Value {
        json!({"users": self.users, "departments": self.departments})
    }
}

/// The bindings of an enterprise.
pub(super) const SUMMARY: &[Column] = &[
    Column::new("绑定", "binding", |row| text_of(&row["bindingId"])),
    Column::new("状态", "state", |row| text_of(&row["state"])),
    Column::new("商品", "product", |row| text_of(&row["productCode"])),
    Column::new("应用", "application", |row| text_of(&row["appId"])),
    Column::new("协议", "protocol", |row| text_of(&row["protocol"])),
    Column::new("instanceId", "instanceId", |row| text_of(&row["instanceId"])),
    Column::new("绑定时间", "bound", |row| time_of(&row["boundAt"])),
];

const DETAILS: &[Column] = &[
    Column::new("绑定", "binding", |row| text_of(&row["bindingId"])),
    Column::new("状态", "state", |row| text_of(&row["state"])),
    Column::new("企业 ID", "enterprise", |row| text_of(&row["tenantId"])),
    Column::new("应用", "application", |row| text_of(&row["appId"])),
    Column::new("协议", "protocol", |row| text_of(&row["protocol"])),
    Column::new("资源", "resource", |row| text_of(&row["resourceId"])),
    Column::new("instanceId", "instanceId", |row| text_of(&row["instanceId"])),
    Column::new("已授权人数", "authorised", |row| text_of(&row["authorised"])),
    Column::new("授权部门", "departments", |row| {
        row["departments"].as_array().into_iter().flatten().map(text_of).collect::<Vec<_>>().join(", ")
    }),
    Column::new("绑定时间", "bound", |row| time_of(&row["boundAt"])),
    Column::new("结束时间", "ended", |row| time_of(&row["endedAt"])),
];

const STEPS: &[Column] = &[
    Column::new("步骤", "step", |row| text_of(&row["step"])),
    Column::new("状态", "state", |row| text_of(&row["message"]["state"])),
    Column::new("次数", "attempts", |row| text_of(&row["message"]["attempts"])),
    Column::new("结果码", "result", |row| text_of(&row["message"]["resultCode"])),
    Column::new("异常信息", "exception", |row| text_of(&row["message"]["exception"])),
    Column::new("消息", "message", |row| text_of(&row["message"]["messageId"])),
];

const AUTHORISED: &[Column] = &[
    Column::new("账号", "user", |row| text_of(&row["userName"])),
    Column::new("状态", "state", |row| text_of(&row["state"])),
    Column::new("部门", "department", |row| text_of(&row["orgCode"])),
];
