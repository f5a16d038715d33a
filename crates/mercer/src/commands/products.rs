//! `mercer order products`: every price that can be ordered, one line each.

use serde_json::{Value, json};

use super::{Paging, name_of, page};
use crate::failure::Failure;
use crate::language::Language;
use crate::output::{Column, Output, text_of};
use crate::remote::Remote;

/// Lists what can be ordered.
///
/// # Errors
/// When the store is not reached or refuses.
pub(super) async fn list(remote: &Remote, paging: &Paging, output: Output) -> Result<(), Failure> {
    let products = remote.get("/products", &paging.pairs()).await?;
    output.show(&products, |language| {
        let lines =
            json!({"items": lines_of(&products, language), "page": products["page"], "hasMore": products["hasMore"]});
        page(language, &COLUMNS, &lines)
    });
    Ok(())
}

/// Products hold specifications, specifications hold prices; people look for the price's id.
fn lines_of(products: &Value, language: Language) -> Vec<Value> {
    let mut lines = Vec::new();
    for product in each(&products["items"]) {
        for sku in each(&product["skus"]) {
            for price in each(&sku["prices"]) {
                lines.push(json!({
                    "productId": price["productId"],
                    "product": name_of(&product["name"], language),
                    "sku": name_of(&sku["name"], language),
                    "mode": format!("{} {}", text_of(&price["chargingMode"]), text_of(&price["periodType"])).trim(),
                    "quantity": quantity(&sku["linear"], language),
                    "price": amount(price),
                    "currency": product["currency"],
                }));
            }
        }
    }
    lines
}

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn quantity(linear: &Value, language: Language) -> String {
    if linear.is_null() {
        return String::new();
    }
    format!("{} {}–{}", name_of(&linear["name"], language), text_of(&linear["min"]), text_of(&linear["max"]))
}

fn amount(price: &Value) -> String {
    let first = text_of(&price["brackets"][0]["unitPrice"]);
    match price["trialDays"].as_i64() {
        Some(days) => format!("0 ({days} d)"),
        None => first,
    }
}

const COLUMNS: [Column; 7] = [
    Column::new("productId", "productId", |row| text_of(&row["productId"])),
    Column::new("商品", "product", |row| text_of(&row["product"])),
    Column::new("规格", "specification", |row| text_of(&row["sku"])),
    Column::new("计费", "charging", |row| text_of(&row["mode"])),
    Column::new("数量属性", "quantity", |row| text_of(&row["quantity"])),
    Column::new("单价", "unit price", |row| text_of(&row["price"])),
    Column::new("币种", "currency", |row| text_of(&row["currency"])),
];
