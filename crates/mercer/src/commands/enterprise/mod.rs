//! `mercer enterprise`: enterprises of buyers, their departments and members, and what is bound to them.

mod binding;
mod people;

pub(super) use binding::rendered as rendered_binding;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Paging, order, page};
use crate::failure::Failure;
use crate::output::{Column, Output, record, table, text_of, time_of};
use crate::remote::{Remote, StoreArgs};

/// Enterprises of buyers: departments, members, bindings of joint products (企业)
#[derive(Debug, Args)]
pub(crate) struct EnterpriseArgs {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List enterprises (企业列表)
    List {
        /// Only those this buyer administers (买家)
        #[arg(long, default_value = "", value_name = "ID", hide_default_value = true)]
        buyer_id: String,
        #[command(flatten)]
        paging: Paging,
    },
    /// Create one, with a top department (创建企业)
    Create {
        /// Its name (企业名称)
        #[arg(long)]
        name: String,
        /// Its short name, part of every login: user@code; for good (企业域名)
        #[arg(long)]
        code: String,
        /// Who administers it; the first buyer of the store when left out (买家)
        #[arg(long, value_name = "ID")]
        buyer_id: Option<String>,
        /// Account of a first member with the buyer's own data (首个成员账号)
        #[arg(long, value_name = "USER")]
        first_member: Option<String>,
    },
    /// Show one and what is bound to it (企业详情)
    Show {
        /// Enterprise id (企业 ID)
        tenant_id: String,
    },
    /// Dissolve it: everything is unbound (解散企业)
    Dissolve {
        /// Enterprise id (企业 ID)
        tenant_id: String,
    },
    #[command(flatten)]
    People(people::People),
    #[command(flatten)]
    Binding(binding::BindingAction),
}

/// Runs the command.
///
/// # Errors
/// When the store is not reached or refuses.
pub(crate) async fn run(arguments: EnterpriseArgs, output: Output) -> Result<(), Failure> {
    let remote = Remote::open(&arguments.store, output.language)?;
    match arguments.action {
        Action::List { buyer_id, paging } => {
            let mut query = vec![("buyerId", buyer_id)];
            query.extend(paging.pairs());
            let found = remote.get("/enterprises", &query).await?;
            output.show(&found, |language| page(language, &SUMMARY, &found));
        }
        Action::Create { name, code, buyer_id, first_member } => {
            let buyer_id = match buyer_id {
                Some(buyer_id) => buyer_id,
                None => order::first_buyer(&remote).await?,
            };
            let mut body = json!({"buyerId": buyer_id, "name": name, "tenantCode": code});
            if let Some(first_member) = first_member {
                body["firstMember"] = json!(first_member);
            }
            let made = remote.post("/enterprises", Some(&body)).await?;
            output.show(&made, |language| record(language, &SUMMARY, &made));
        }
        Action::Show { tenant_id } => {
            let mut found = remote.get(&format!("/enterprises/{tenant_id}"), &[]).await?;
            let bound = remote.get(&format!("/enterprises/{tenant_id}/bindings"), &[]).await?;
            found["bindings"] = bound["items"].clone();
            output.show(&found, |language| {
                let bindings = found["bindings"].as_array().map(Vec::as_slice).unwrap_or_default();
                let bindings = table(language, binding::SUMMARY, bindings);
                format!("{}\n\n{bindings}", record(language, &SUMMARY, &found))
            });
        }
        Action::Dissolve { tenant_id } => {
            let after = remote.post(&format!("/enterprises/{tenant_id}/dissolve"), None).await?;
            output.show(&after, |language| record(language, &SUMMARY, &after));
        }
        Action::People(action) => people::run(&remote, action, output).await?,
        Action::Binding(action) => binding::run(&remote, action, output).await?,
    }
    Ok(())
}

/// Something the store answers with a count only.
fn done(output: Output, value: &Value) {
    output.show(value, |language| {
        let count = text_of(&value["removed"]);
        format!("✓ {} {count}", language.pick("已删除", "removed"))
    });
}

const SUMMARY: [Column; 7] = [
    Column::new("企业 ID", "enterprise", |row| text_of(&row["tenantId"])),
    Column::new("企业域名", "code", |row| text_of(&row["tenantCode"])),
    Column::new("名称", "name", |row| text_of(&row["name"])),
    Column::new("状态", "state", |row| text_of(&row["state"])),
    Column::new("登录域名", "sign-in domain", |row| text_of(&row["domainName"])),
    Column::new("买家", "buyer", |row| text_of(&row["buyerId"])),
    Column::new("创建时间", "created", |row| time_of(&row["createdAt"])),
];
