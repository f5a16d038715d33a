//! `mercer notification`: which orders are announced to which production address.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{first_merchant, messages};
use crate::failure::Failure;
use crate::output::{Column, Output, record, table, text_of, time_of};
use crate::remote::{Remote, StoreArgs};

/// Order notifications of a merchant (订单通知配置)
#[derive(Debug, Args)]
pub(crate) struct NotificationArgs {
    /// Whose they are; the first merchant of the store when left out (商家)
    #[arg(long, global = true, value_name = "ID")]
    merchant_id: Option<String>,
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List what is configured (配置列表)
    List,
    /// Announce the orders of an access type or of a product (新增配置)
    Add {
        #[command(flatten)]
        scope: Scope,
        /// Production address that is told (生产地址 ID)
        #[arg(long, value_name = "ID")]
        address_id: String,
    },
    /// Stop announcing (删除配置)
    Remove {
        /// Notification id (配置 ID)
        notification_id: String,
    },
    /// Send one test call with testFlag 1 and show request and answer (调试)
    Test {
        /// Notification id (配置 ID)
        notification_id: String,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Scope {
    /// Every product of this access type (接入类型)
    #[arg(long, value_enum)]
    access_type: Option<AccessType>,
    /// This product only (商品编码)
    #[arg(long, value_name = "CODE")]
    product_code: Option<String>,
}

/// Kind of a product. Source: open APIs §4.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AccessType {
    /// SaaS
    Saas,
    /// License
    License,
    /// API
    Api,
    /// Hardware
    Hardware,
    /// Human service
    Service,
    /// Anything else
    Other,
}

impl AccessType {
    const fn code(self) -> &'static str {
        match self {
            Self::Saas => "saas",
            Self::License => "license",
            Self::Api => "api",
            Self::Hardware => "hardware",
            Self::Service => "service",
            Self::Other => "other",
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the store is not reached or refuses.
pub(crate) async fn run(arguments: NotificationArgs, output: Output) -> Result<(), Failure> {
    let remote = Remote::open(&arguments.store, output.language)?;
    let merchant_id = match arguments.merchant_id {
        Some(merchant_id) => merchant_id,
        None => first_merchant(&remote).await?,
    };
    let all = format!("/merchants/{merchant_id}/notifications");
    match arguments.action {
        Action::List => {
            let found = remote.get(&all, &[]).await?;
            let rows = found["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            output.show(&found, |language| table(language, &COLUMNS, rows));
        }
        Action::Add { scope, address_id } => {
            let mut body = json!({"addressId": address_id});
            match (scope.access_type, scope.product_code) {
                (Some(access_type), _) => body["accessType"] = json!(access_type.code()),
                (None, product_code) => body["productCode"] = json!(product_code),
            }
            let added = remote.post(&all, Some(&body)).await?;
            output.show(&added, |language| record(language, &COLUMNS, &added));
        }
        Action::Remove { notification_id } => {
            let removed = remote.delete(&format!("{all}/{notification_id}")).await?;
            output.show(&removed, |language| record(language, &COLUMNS, &removed));
        }
        Action::Test { notification_id } => {
            let called = remote.post(&format!("{all}/{notification_id}/test"), None).await?;
            output.show(&called, |language| messages::rendered(&called, language));
        }
    }
    Ok(())
}

const COLUMNS: [Column; 5] = [
    Column::new("配置 ID", "notification", |row| text_of(&row["notificationId"])),
    Column::new("接入类型", "access type", |row| text_of(&row["accessType"])),
    Column::new("商品编码", "product", |row| text_of(&row["productCode"])),
    Column::new("生产地址 ID", "address", |row| text_of(&row["addressId"])),
    Column::new("创建时间", "created", |row| time_of(&row["createdAt"])),
];
