//! `mercer instance`: list, show, and everything that can happen to an instance.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{Paging, messages, name_of, order, page};
use crate::failure::Failure;
use crate::language::Language;
use crate::output::{Column, Output, record, text_of, time_of};
use crate::remote::{Remote, StoreArgs};

/// Instances of the store: what orders opened (实例)
#[derive(Debug, Args)]
pub(crate) struct InstanceArgs {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArgs,
}

/// Every action takes the resource id, the merchant's instanceId, or the id of the opening order.
#[derive(Debug, Subcommand)]
enum Action {
    /// List instances, newest first (实例列表)
    List(List),
    /// Show one, with what the merchant answers for it right now (实例详情)
    Show {
        /// Resource id, instanceId, or id of the opening order (实例)
        id: String,
        /// Print the account's password as well (显示初始密码)
        #[arg(long)]
        reveal: bool,
    },
    /// Renew (续费)
    Renew {
        #[command(flatten)]
        target: Target,
        /// Another period type of the same specification (商品 productId)
        #[arg(long, value_name = "ID")]
        product_id: Option<String>,
    },
    /// Take back the renewals that have not begun (退续费)
    CancelRenewal {
        /// Resource id, instanceId, or id of the opening order (实例)
        id: String,
    },
    /// Renew with another size or specification (续费变更)
    Change {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        product: Product,
    },
    /// Upgrade or expand now (升级或扩容)
    Upgrade {
        /// Resource id, instanceId, or id of the opening order (实例)
        id: String,
        /// The new specification; the present one when only the quantity grows (商品 productId)
        #[arg(long, value_name = "ID")]
        product_id: Option<String>,
        /// The new quantity (数量)
        #[arg(long)]
        quantity: Option<i64>,
        /// Leave it waiting for payment (只下单，不支付)
        #[arg(long)]
        unpaid: bool,
    },
    /// Turn a trial formal (试用转正)
    TrialToFormal {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        product: Product,
    },
    /// Accept what was delivered: the period begins now, the merchant is told (确认验收)
    Accept {
        /// Resource id, instanceId, or id of the opening order (实例)
        id: String,
    },
    /// Have the store ask the merchant for the usage: queryInstance of SaaS V1.0 (采集用量)
    CollectUsage {
        /// Resource id, instanceId, or id of the opening order (实例)
        id: String,
    },
    /// Freeze for a violation (违规冻结)
    Freeze {
        /// Resource id, instanceId, or id of the opening order (实例)
        id: String,
    },
    /// Lift that freeze (解除冻结)
    Unfreeze {
        /// Resource id, instanceId, or id of the opening order (实例)
        id: String,
    },
    /// Unsubscribe: refund and release (退订)
    Unsubscribe {
        /// Resource id, instanceId, or id of the opening order (实例)
        id: String,
    },
}

#[derive(Debug, Args)]
struct Target {
    /// Resource id, instanceId, or id of the opening order (实例)
    id: String,
    /// How many years or months (周期数)
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..))]
    periods: i64,
    /// Leave it waiting for payment (只下单，不支付)
    #[arg(long)]
    unpaid: bool,
}

#[derive(Debug, Args)]
struct Product {
    /// The price to change to (商品 productId)
    #[arg(long, value_name = "ID")]
    product_id: String,
    /// Value of the quantity attribute (数量)
    #[arg(long)]
    quantity: Option<i64>,
}

#[derive(Debug, Args)]
struct List {
    /// Only instances of this buyer (买家)
    #[arg(long, default_value = "", value_name = "ID", hide_default_value = true)]
    buyer_id: String,
    /// Only instances of this merchant (商家)
    #[arg(long, default_value = "", value_name = "ID", hide_default_value = true)]
    merchant_id: String,
    /// Only this state: opening, awaitingAcceptance, active, frozen, releasing, released, failed (状态)
    #[arg(long, default_value = "", hide_default_value = true)]
    state: String,
    #[command(flatten)]
    paging: Paging,
}

/// Runs the command.
///
/// # Errors
/// When the store is not reached or refuses.
pub(crate) async fn run(arguments: InstanceArgs, output: Output) -> Result<(), Failure> {
    let remote = Remote::open(&arguments.store, output.language)?;
    match arguments.action {
        Action::List(filter) => list(&remote, filter, output).await,
        Action::Show { id, reveal } => show(&remote, &id, reveal, output).await,
        Action::Renew { target, product_id } => {
            ordered(&remote, "renew", &target.id, &wanted(&target, product_id, None), output).await
        }
        Action::Change { target, product } => {
            let body = wanted(&target, Some(product.product_id), product.quantity);
            ordered(&remote, "change", &target.id, &body, output).await
        }
        Action::TrialToFormal { target, product } => {
            let body = wanted(&target, Some(product.product_id), product.quantity);
            ordered(&remote, "trial-to-formal", &target.id, &body, output).await
        }
        Action::Upgrade { id, product_id, quantity, unpaid } => {
            let body = body_of(product_id, quantity, None, !unpaid);
            ordered(&remote, "upgrade", &id, &body, output).await
        }
        Action::CancelRenewal { id } => ordered(&remote, "cancel-renewal", &id, &Value::Null, output).await,
        Action::Unsubscribe { id } => ordered(&remote, "unsubscribe", &id, &Value::Null, output).await,
        Action::Accept { id } => changed(&remote, "accept", &id, output).await,
        Action::CollectUsage { id } => {
            let message = remote.post(&format!("/instances/{id}/collect-usage"), None).await?;
            output.show(&message, |language| messages::rendered(&message, language));
            Ok(())
        }
        Action::Freeze { id } => changed(&remote, "freeze", &id, output).await,
        Action::Unfreeze { id } => changed(&remote, "unfreeze", &id, output).await,
    }
}

async fn list(remote: &Remote, filter: List, output: Output) -> Result<(), Failure> {
    let mut query = vec![("buyerId", filter.buyer_id), ("merchantId", filter.merchant_id), ("state", filter.state)];
    query.extend(filter.paging.pairs());
    let instances = remote.get("/instances", &query).await?;
    output.show(&instances, |language| page(language, &summary(language), &instances));
    Ok(())
}

/// What the store knows, and what the merchant says of it. A merchant who does not answer is no failure
/// of this command: the store's half is shown.
async fn show(remote: &Remote, id: &str, reveal: bool, output: Output) -> Result<(), Failure> {
    let mut instance = remote.get(&format!("/instances/{id}"), &[]).await?;
    match remote.get(&format!("/instances/{id}/view"), &[]).await {
        Ok(mut view) => {
            if let Some(password) = view.pointer_mut("/appInfo/password").filter(|text| !reveal && text.is_string()) {
                *password = json!("••••••");
            }
            instance["appInfo"] = view["appInfo"].take();
        }
        Err(failure) => instance["appInfoUnavailable"] = failure.json(output.language)["error"]["message"].clone(),
    }
    output.show(&instance, |language| record(language, &details(language), &instance));
    Ok(())
}

async fn ordered(remote: &Remote, verb: &str, id: &str, body: &Value, output: Output) -> Result<(), Failure> {
    let body = Some(body).filter(|body| !body.is_null());
    let placed = remote.post(&format!("/instances/{id}/{verb}"), body).await?;
    order::show(&placed, output);
    Ok(())
}

async fn changed(remote: &Remote, verb: &str, id: &str, output: Output) -> Result<(), Failure> {
    let instance = remote.post(&format!("/instances/{id}/{verb}"), None).await?;
    output.show(&instance, |language| record(language, &details(language), &instance));
    Ok(())
}

fn wanted(target: &Target, product_id: Option<String>, quantity: Option<i64>) -> Value {
    body_of(product_id, quantity, Some(target.periods), !target.unpaid)
}

fn body_of(product_id: Option<String>, quantity: Option<i64>, periods: Option<i64>, pay: bool) -> Value {
    let mut body = Map::new();
    if let Some(product_id) = product_id {
        body.insert("productId".to_owned(), json!(product_id));
    }
    for (name, value) in [("quantity", quantity), ("periods", periods)] {
        if let Some(value) = value {
            body.insert(name.to_owned(), json!(value));
        }
    }
    body.insert("pay".to_owned(), json!(pay));
    Value::Object(body)
}

const fn product_name(language: Language) -> Column {
    match language {
        Language::Zh => Column::new("商品", "product", |row| name_of(&row["names"], Language::Zh)),
        Language::En => Column::new("商品", "product", |row| name_of(&row["names"], Language::En)),
    }
}

fn summary(language: Language) -> [Column; 7] {
    [
        Column::new("资源", "resource", |row| text_of(&row["resourceId"])),
        Column::new("状态", "state", |row| text_of(&row["state"])),
        product_name(language),
        Column::new("数量", "quantity", |row| text_of(&row["quantity"])),
        Column::new("到期时间", "expires", |row| time_of(&row["expireAt"])),
        Column::new("开通订单", "order", |row| text_of(&row["orderId"])),
        Column::new("instanceId", "instanceId", |row| text_of(&row["instanceId"])),
    ]
}

fn details(language: Language) -> [Column; 20] {
    [
        Column::new("资源", "resource", |row| text_of(&row["resourceId"])),
        Column::new("instanceId", "instanceId", |row| text_of(&row["instanceId"])),
        Column::new("状态", "state", |row| text_of(&row["state"])),
        product_name(language),
        Column::new("productId", "productId", |row| text_of(&row["productId"])),
        Column::new("数量", "quantity", |row| text_of(&row["quantity"])),
        Column::new("试用", "trial", |row| if row["trial"] == true { "✓".to_owned() } else { String::new() }),
        Column::new("买家", "buyer", |row| text_of(&row["buyerId"])),
        Column::new("开通订单", "order", |row| text_of(&row["orderId"])),
        Column::new("开通时间", "activated", |row| time_of(&row["activatedAt"])),
        Column::new("验收时间", "accepted", |row| time_of(&row["acceptedAt"])),
        Column::new("到期时间", "expires", |row| time_of(&row["expireAt"])),
        Column::new("冻结时间", "frozen", |row| time_of(&row["frozenAt"])),
        Column::new("将释放于", "release due", |row| time_of(&row["releaseAt"])),
        Column::new("释放时间", "released", |row| time_of(&row["releasedAt"])),
        Column::new("前台地址", "front end", |row| text_of(&row["appInfo"]["frontEndUrl"])),
        Column::new("账号", "user name", |row| text_of(&row["appInfo"]["userName"])),
        Column::new("初始密码", "password", |row| text_of(&row["appInfo"]["password"])),
        Column::new("备注", "memo", |row| text_of(&row["appInfo"]["memo"])),
        Column::new("商家未答复", "merchant did not answer", |row| text_of(&row["appInfoUnavailable"])),
    ]
}
