//! `mercer order`: place, list, show, pay.

use clap::{Args, Subcommand};
use mercer_protocol::Wording;
use serde_json::{Map, Value, json};

use super::{Paging, name_of, page, products};
use crate::failure::{Exit, Failure};
use crate::language::Language;
use crate::output::{Column, Output, record, text_of, time_of};
use crate::remote::{Remote, StoreArgs};

/// Orders of the store (订单)
#[derive(Debug, Args)]
pub(crate) struct OrderArgs {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Place an order and pay it (下单并支付)
    Place(Place),
    /// List what can be ordered, with its prices (可购买的商品)
    Products(Paging),
    /// List orders, newest first (订单列表)
    List(List),
    /// Show one order (订单详情)
    Show {
        /// Order id (订单号)
        order_id: String,
    },
    /// Pay an order that waits for it; simulated (支付)
    Pay {
        /// Order id (订单号)
        order_id: String,
    },
}

#[derive(Debug, Args)]
struct Place {
    /// Which price of which specification; `mercer order products` lists them (商品 productId)
    #[arg(long, value_name = "ID")]
    product_id: String,
    /// Who buys; the first buyer of the store when left out (买家)
    #[arg(long, value_name = "ID")]
    buyer_id: Option<String>,
    /// Value of the quantity attribute, for example seats (数量)
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    quantity: Option<i64>,
    /// How many years or months (周期数)
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    periods: Option<i64>,
    /// Extension parameter, NAME=VALUE; may be repeated (扩展参数)
    #[arg(long = "extend", value_name = "NAME=VALUE", value_parser = name_and_value)]
    extend_params: Vec<(String, String)>,
    /// Leave it waiting for payment (只下单，不支付)
    #[arg(long)]
    unpaid: bool,
}

#[derive(Debug, Args)]
struct List {
    /// Only orders of this buyer (买家)
    #[arg(long, default_value = "", value_name = "ID", hide_default_value = true)]
    buyer_id: String,
    /// Only orders of this merchant (商家)
    #[arg(long, default_value = "", value_name = "ID", hide_default_value = true)]
    merchant_id: String,
    /// Only this state: pendingPayment, processing, cancelled, completed, failed (状态)
    #[arg(long, default_value = "", hide_default_value = true)]
    state: String,
    /// Only this kind: NEW, TRIAL, TRIAL_TO_FORMAL, RENEW, RENEW_CHANGE, CHANGE, UNSUBSCRIBE, UNSUBSCRIBE_RENEWAL (类型)
    #[arg(long, default_value = "", hide_default_value = true)]
    kind: String,
    #[command(flatten)]
    paging: Paging,
}

/// Runs the command.
///
/// # Errors
/// When the store is not reached or refuses.
pub(crate) async fn run(arguments: OrderArgs, output: Output) -> Result<(), Failure> {
    let remote = Remote::open(&arguments.store, output.language)?;
    match arguments.action {
        Action::Place(place) => {
            let body = body_of(place, &remote).await?;
            let order = remote.post("/orders", Some(&body)).await?;
            show(&order, output);
            hint(&order, output);
        }
        Action::Products(paging) => products::list(&remote, &paging, output).await?,
        Action::List(list) => {
            let mut query = vec![
                ("buyerId", list.buyer_id),
                ("merchantId", list.merchant_id),
                ("state", list.state),
                ("kind", list.kind),
            ];
            query.extend(list.paging.pairs());
            let orders = remote.get("/orders", &query).await?;
            output.show(&orders, |language| page(language, &summary(language), &orders));
        }
        Action::Show { order_id } => show(&remote.get(&format!("/orders/{order_id}"), &[]).await?, output),
        Action::Pay { order_id } => show(&remote.post(&format!("/orders/{order_id}/pay"), None).await?, output),
    }
    Ok(())
}

/// An order as it is shown after every command that makes one.
pub(super) fn show(order: &Value, output: Output) {
    output.show(order, |language| record(language, &details(language), order));
}

async fn body_of(place: Place, remote: &Remote) -> Result<Value, Failure> {
    let buyer_id = match place.buyer_id {
        Some(buyer_id) => buyer_id,
        None => first_buyer(remote).await?,
    };
    let mut body = Map::new();
    body.insert("buyerId".to_owned(), json!(buyer_id));
    body.insert("productId".to_owned(), json!(place.product_id));
    for (name, value) in [("quantity", place.quantity), ("periods", place.periods)] {
        if let Some(value) = value {
            body.insert(name.to_owned(), json!(value));
        }
    }
    if !place.extend_params.is_empty() {
        let params = place.extend_params.iter().map(|(name, value)| json!({"name": name, "value": value}));
        body.insert("extendParams".to_owned(), params.collect());
    }
    body.insert("pay".to_owned(), json!(!place.unpaid));
    Ok(Value::Object(body))
}

/// The buyer that is meant when none is named.
///
/// # Errors
/// When the store is not reached, or has none.
pub(super) async fn first_buyer(remote: &Remote) -> Result<String, Failure> {
    let buyers = remote.get("/buyers", &[("pageSize", "1".to_owned())]).await?;
    buyers["items"][0]["customerId"].as_str().map(str::to_owned).ok_or_else(|| {
        Failure::new(Exit::Failed, "云商店里还没有买家", "the store has no buyer yet").next(
            "用 POST /api/v1/buyers 新增买家，或给出 --buyer-id",
            "add one with POST /api/v1/buyers, or give --buyer-id",
        )
    })
}

fn hint(order: &Value, output: Output) {
    let id = text_of(&order["orderId"]);
    let wording = match order["state"].as_str() {
        Some("pendingPayment") => {
            Wording::of(format!("下一步：mercer order pay {id}"), format!("next: mercer order pay {id}"))
        }
        _ => Wording::of(
            format!("下一步：mercer order show {id} 查看进度，mercer instance show {id} 查看开通结果"),
            format!("next: mercer order show {id} for its progress, mercer instance show {id} for what it opens"),
        ),
    };
    output.remark(&wording);
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) | None => Err("write NAME=VALUE, for example emailDomainName=example.com".to_owned()),
    }
}

const fn product_name(language: Language) -> Column {
    match language {
        Language::Zh => Column::new("商品", "product", |row| name_of(&row["names"], Language::Zh)),
        Language::En => Column::new("商品", "product", |row| name_of(&row["names"], Language::En)),
    }
}

fn summary(language: Language) -> [Column; 7] {
    [
        Column::new("订单号", "order", |row| text_of(&row["orderId"])),
        Column::new("类型", "kind", |row| text_of(&row["kind"])),
        Column::new("状态", "state", |row| text_of(&row["state"])),
        product_name(language),
        Column::new("数量", "quantity", |row| text_of(&row["quantity"])),
        Column::new("应付", "payable", amount),
        Column::new("下单时间", "created", |row| time_of(&row["createdAt"])),
    ]
}

fn details(language: Language) -> [Column; 17] {
    [
        Column::new("订单号", "order", |row| text_of(&row["orderId"])),
        Column::new("订单行", "order line", |row| text_of(&row["orderLineId"])),
        Column::new("类型", "kind", |row| text_of(&row["kind"])),
        Column::new("状态", "state", |row| text_of(&row["state"])),
        Column::new("失败原因", "failure", |row| text_of(&row["failure"])),
        product_name(language),
        Column::new("productId", "productId", |row| text_of(&row["productId"])),
        Column::new("skuCode", "skuCode", |row| text_of(&row["skuCode"])),
        Column::new("数量", "quantity", |row| text_of(&row["quantity"])),
        Column::new("周期", "period", |row| {
            format!("{} {}", text_of(&row["periodNumber"]), text_of(&row["periodType"])).trim().to_owned()
        }),
        Column::new("应付", "payable", amount),
        Column::new("已退款", "refunded", |row| text_of(&row["refunded"])),
        Column::new("买家", "buyer", |row| text_of(&row["buyerId"])),
        Column::new("资源", "resource", |row| text_of(&row["resourceId"])),
        Column::new("到期时间", "expires", |row| time_of(&row["expireAfter"])),
        Column::new("下单时间", "created", |row| time_of(&row["createdAt"])),
        Column::new("完成时间", "finished", |row| time_of(&row["finishedAt"])),
    ]
}

fn amount(row: &Value) -> String {
    format!("{} {}", text_of(&row["payable"]), text_of(&row["currency"])).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_parameter_needs_a_name() {
        assert_eq!(name_and_value("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(name_and_value("=b").is_err() && name_and_value("a").is_err());
    }

    #[test]
    fn an_order_is_shown_in_the_readers_language() {
        let order = json!({"orderId": "CS1", "names": {"zh": "茶记", "en": "Tea Notes"}, "payable": "10.00", "currency": "CNY"});
        assert!(record(Language::Zh, &details(Language::Zh), &order).contains("茶记"));
        let english = record(Language::En, &details(Language::En), &order);
        assert!(english.contains("Tea Notes") && english.contains("10.00 CNY"), "{english}");
    }
}
