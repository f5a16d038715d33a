//! What a product may look like, and what of it may be ordered. Every refusal names the allowed range.

use std::collections::BTreeSet;

use mercer_kernel::money::Money;
use rust_decimal::Decimal;

use super::{
    ChargingMode, LinearAttribute, Names, NewPrice, NewProduct, NewSku, Offer, PeriodType, PriceMode, Product,
    ProductState, integration,
};
use crate::refusal::Refusal;

/// Longest product name: what a shop card can show.
pub(crate) const PRODUCT_NAME_CHARACTERS: usize = 100;
/// Longest name of a specification. Source: seller centre chapter 8.
pub(crate) const SKU_NAME_CHARACTERS: usize = 50;
/// Longest description.
pub(crate) const DESCRIPTION_CHARACTERS: usize = 4_000;
/// Longest id given by hand; the protocol's limit of `productId` and `skuCode`.
pub(crate) const ID_CHARACTERS: usize = 64;
/// Most specifications of a product and prices of a specification: what a page can offer.
pub(crate) const SKU_LIMIT: usize = 50;
/// Most brackets of a price.
pub(crate) const BRACKET_LIMIT: usize = 20;
/// Largest quantity; fits the protocol's integer and never overflows an amount.
pub(crate) const QUANTITY_LIMIT: i64 = 1_000_000;
/// Highest unit price, in major units.
pub(crate) const UNIT_PRICE_LIMIT: i64 = 100_000_000;
/// Decimals of a unit price.
pub(crate) const UNIT_PRICE_SCALE: u32 = 6;
/// Allowed length of a trial in days. Source: seller centre §7.3.
pub(crate) const TRIAL_DAYS: std::ops::RangeInclusive<i64> = 3..=180;
/// Periods one order may buy; `periodNumber` has two digits and nobody prepays longer.
pub(crate) const MONTHS: std::ops::RangeInclusive<i64> = 1..=36;
/// As [`MONTHS`], in years.
pub(crate) const YEARS: std::ops::RangeInclusive<i64> = 1..=10;

/// Checks a product before it is published.
///
/// # Errors
/// The first rule that it breaks.
pub(crate) fn check_product(product: &NewProduct) -> Result<(), Refusal> {
    check_texts(&product.name, &product.description)?;
    check_id(product.product_code.as_deref(), "product.code", "productCode")?;
    if product.skus.is_empty() || product.skus.len() > SKU_LIMIT {
        return Err(Refusal::invalid(
            "product.skus",
            "skus",
            format!("规格数量须为 1 到 {SKU_LIMIT} 个"),
            format!("a product has 1 to {SKU_LIMIT} specifications"),
        ));
    }
    integration::check(product)?;
    let mut ids = BTreeSet::new();
    for sku in &product.skus {
        check_sku(sku)?;
        let given = sku.sku_code.iter().chain(sku.prices.iter().filter_map(|price| price.product_id.as_ref()));
        for id in given {
            if !ids.insert(id) {
                return Err(Refusal::invalid(
                    "product.duplicate_id",
                    "skus",
                    format!("编号 {id} 重复"),
                    format!("the id {id} is used twice"),
                ));
            }
        }
    }
    Ok(())
}

fn check_sku(sku: &NewSku) -> Result<(), Refusal> {
    check_names("product.sku_name", "skus.name", &sku.name, SKU_NAME_CHARACTERS)?;
    check_id(sku.sku_code.as_deref(), "product.sku_code", "skus.skuCode")?;
    if let Some(linear) = &sku.linear {
        check_names("product.linear_name", "skus.linear.name", &linear.name, SKU_NAME_CHARACTERS)?;
        let fits = 1 <= linear.min && linear.min <= linear.max && linear.max <= QUANTITY_LIMIT && linear.step >= 1;
        if !fits || linear.step > linear.max {
            return Err(Refusal::invalid(
                "product.linear_range",
                "skus.linear",
                format!("数量属性须满足 1 ≤ 最小值 ≤ 最大值 ≤ {QUANTITY_LIMIT}，步长为 1 到最大值"),
                format!("a quantity attribute needs 1 ≤ min ≤ max ≤ {QUANTITY_LIMIT} and a step from 1 to max"),
            ));
        }
    }
    if sku.prices.is_empty() || sku.prices.len() > SKU_LIMIT {
        return Err(Refusal::invalid(
            "product.prices",
            "skus.prices",
            format!("每个规格须有 1 到 {SKU_LIMIT} 个价格"),
            format!("a specification has 1 to {SKU_LIMIT} prices"),
        ));
    }
    if sku.linear.is_some() && sku.prices.iter().any(|price| price.charging_mode == ChargingMode::OnDemand) {
        return Err(Refusal::invalid(
            "product.on_demand_quantity",
            "skus.linear",
            "按需规格按实际用量计费，不能设置数量属性",
            "a specification charged by use has no quantity to choose; leave the quantity attribute out",
        ));
    }
    let mut kinds = BTreeSet::new();
    for price in &sku.prices {
        check_price(price)?;
        let kind = (price.charging_mode.code(), price.period_type.map(PeriodType::code), price.trial_days.is_some());
        if !kinds.insert(kind) {
            return Err(Refusal::invalid(
                "product.duplicate_price",
                "skus.prices",
                "同一规格的同一周期类型只能定价一次",
                "a specification is priced once per period type",
            ));
        }
    }
    Ok(())
}

fn check_price(price: &NewPrice) -> Result<(), Refusal> {
    check_id(price.product_id.as_deref(), "product.product_id", "skus.prices.productId")?;
    let period_fits = match (price.charging_mode, price.period_type, price.trial_days) {
        (ChargingMode::OneTime | ChargingMode::OnDemand, None, None) => true,
        (ChargingMode::Period, Some(PeriodType::Year | PeriodType::Month), None) => true,
        (ChargingMode::Period, Some(PeriodType::Day), Some(_)) => true,
        (ChargingMode::OneTime | ChargingMode::OnDemand | ChargingMode::Period, _, _) => false,
    };
    if !period_fits {
        return Err(Refusal::invalid(
            "product.period_type",
            "skus.prices.periodType",
            "包周期价格的周期类型为 year 或 month；试用为 day 并填写试用天数；按次和按需价格没有周期",
            "a PERIOD price has periodType year or month; a trial has day and trialDays; a ONE_TIME or ON_DEMAND price has neither",
        ));
    }
    if let Some(days) = price.trial_days {
        if !TRIAL_DAYS.contains(&days) {
            return Err(Refusal::invalid(
                "product.trial_days",
                "skus.prices.trialDays",
                format!("试用天数须为 {} 到 {} 天", TRIAL_DAYS.start(), TRIAL_DAYS.end()),
                format!("a trial lasts {} to {} days", TRIAL_DAYS.start(), TRIAL_DAYS.end()),
            ));
        }
        if price.brackets.iter().any(|bracket| !bracket.unit_price.is_zero()) {
            return Err(Refusal::invalid(
                "product.trial_price",
                "skus.prices.brackets",
                "试用价格必须为 0",
                "a trial costs 0",
            ));
        }
    }
    check_brackets(price)
}

fn check_brackets(price: &NewPrice) -> Result<(), Refusal> {
    let limit = if price.mode == PriceMode::Linear { 1 } else { BRACKET_LIMIT };
    let ends: Vec<Option<Decimal>> = price.brackets.iter().map(|bracket| bracket.up_to).collect();
    let last_is_open = ends.last().is_some_and(Option::is_none);
    let inner: Option<Vec<Decimal>> = ends.iter().take(ends.len().saturating_sub(1)).copied().collect();
    let ascending = inner.is_some_and(|inner| {
        inner.first().is_none_or(|first| *first > Decimal::ZERO) && inner.windows(2).all(|pair| pair[0] < pair[1])
    });
    if ends.len() > limit || !last_is_open || !ascending {
        return Err(Refusal::invalid(
            "product.brackets",
            "skus.prices.brackets",
            format!("价格区间须为 1 到 {limit} 个，上限递增，最后一个没有上限"),
            format!("a price has 1 to {limit} brackets with rising upper ends, the last one without"),
        ));
    }
    let unit_price_fits = |unit_price: Decimal| {
        unit_price >= Decimal::ZERO
            && unit_price <= Decimal::from(UNIT_PRICE_LIMIT)
            && unit_price.normalize().scale() <= UNIT_PRICE_SCALE
    };
    if !price.brackets.iter().all(|bracket| unit_price_fits(bracket.unit_price)) {
        return Err(Refusal::invalid(
            "product.unit_price",
            "skus.prices.brackets.unitPrice",
            format!("单价须为 0 到 {UNIT_PRICE_LIMIT}，最多 {UNIT_PRICE_SCALE} 位小数"),
            format!("a unit price is 0 to {UNIT_PRICE_LIMIT} with at most {UNIT_PRICE_SCALE} decimals"),
        ));
    }
    Ok(())
}

/// Checks the texts of a product.
///
/// # Errors
/// When a name is empty or a text too long.
pub(crate) fn check_texts(name: &Names, description: &Names) -> Result<(), Refusal> {
    check_names("product.name", "name", name, PRODUCT_NAME_CHARACTERS)?;
    if [&description.zh, &description.en].iter().any(|text| text.chars().count() > DESCRIPTION_CHARACTERS) {
        return Err(too_long("product.description", "description", DESCRIPTION_CHARACTERS));
    }
    Ok(())
}

fn check_names(code: &'static str, field: &'static str, names: &Names, limit: usize) -> Result<(), Refusal> {
    let fits =
        |text: &str| !text.trim().is_empty() && text.chars().count() <= limit && !text.chars().any(char::is_control);
    if fits(&names.zh) && fits(&names.en) {
        return Ok(());
    }
    Err(Refusal::invalid(
        code,
        field,
        format!("须有中文和英文名称，各 1 到 {limit} 个字符"),
        format!("needs a Chinese and an English name of 1 to {limit} characters each"),
    ))
}

fn check_id(id: Option<&str>, code: &'static str, field: &'static str) -> Result<(), Refusal> {
    let fits = |id: &str| {
        (1..=ID_CHARACTERS).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    if id.is_none_or(fits) {
        return Ok(());
    }
    Err(Refusal::invalid(
        code,
        field,
        format!("编号为 1 到 {ID_CHARACTERS} 个字母、数字、-、_ 或 ."),
        format!("an id is 1 to {ID_CHARACTERS} letters, digits, -, _ or ."),
    ))
}

fn too_long(code: &'static str, field: &'static str, limit: usize) -> Refusal {
    Refusal::invalid(code, field, format!("最多 {limit} 个字符"), format!("at most {limit} characters"))
}

/// Checks that new orders of this offer are taken. Hidden products are bought by URL.
///
/// # Errors
/// When the product or the price is not sold.
pub(crate) fn check_on_sale(offer: &Offer) -> Result<(), Refusal> {
    let sold = match offer.product.state {
        ProductState::OnSale | ProductState::Hidden => offer.price.on_sale,
        ProductState::SaleStopped | ProductState::Delisted => false,
    };
    if sold {
        return Ok(());
    }
    Err(Refusal::conflict("product.not_on_sale", "该商品当前不可购买", "this product is not on sale"))
}

/// The quantity an order of this offer gets: the wished one, or the smallest. None without a quantity attribute.
///
/// # Errors
/// When the quantity is not one the attribute allows.
pub(crate) fn quantity(linear: Option<&LinearAttribute>, wished: Option<i64>) -> Result<Option<i64>, Refusal> {
    let Some(linear) = linear else {
        return match wished {
            None | Some(1) => Ok(None),
            Some(_) => Err(Refusal::invalid(
                "order.quantity",
                "quantity",
                "该规格没有数量属性，数量只能为 1",
                "this specification has no quantity attribute; the quantity is 1",
            )),
        };
    };
    let quantity = wished.unwrap_or(linear.min);
    if (linear.min..=linear.max).contains(&quantity) && (quantity - linear.min) % linear.step == 0 {
        return Ok(Some(quantity));
    }
    let LinearAttribute { min, max, step, .. } = linear;
    Err(Refusal::invalid(
        "order.quantity",
        "quantity",
        format!("数量须为 {min} 到 {max}，步长 {step}"),
        format!("the quantity is {min} to {max} in steps of {step}"),
    ))
}

/// The number of periods an order of this offer gets. None for one-time prices; the trial's days for trials.
///
/// # Errors
/// When the number is out of range.
pub(crate) fn periods(offer: &Offer, wished: Option<i64>) -> Result<Option<i64>, Refusal> {
    let range = match (offer.price.period_type, offer.price.trial_days) {
        (_, Some(days)) => days..=days,
        (None, None) => return no_period(wished),
        (Some(PeriodType::Year), None) => YEARS,
        (Some(PeriodType::Month | PeriodType::Day), None) => MONTHS,
    };
    let number = wished.unwrap_or(*range.start());
    if range.contains(&number) {
        return Ok(Some(number));
    }
    let (start, end) = (range.start(), range.end());
    Err(Refusal::invalid(
        "order.period_number",
        "periodNumber",
        format!("购买周期数须为 {start} 到 {end}"),
        format!("the number of periods is {start} to {end}"),
    ))
}

fn no_period(wished: Option<i64>) -> Result<Option<i64>, Refusal> {
    match wished {
        None | Some(1) => Ok(None),
        Some(_) => Err(Refusal::invalid(
            "order.period_number",
            "periodNumber",
            "按次和按需商品没有购买周期",
            "a one-time or usage price has no periods; leave periodNumber out",
        )),
    }
}

/// The refusal for an amount too large to compute or store.
pub(crate) fn amount_out_of_range() -> Refusal {
    let limit = Money::LIMIT_MINOR / 100;
    Refusal::invalid(
        "order.amount",
        "quantity",
        format!("订单金额须为 0 到 {limit}"),
        format!("the amount of an order is 0 to {limit}"),
    )
}

/// Whether the store may put a product into `to`. Delisting cannot be undone. Source: seller centre §7.2.
///
/// # Errors
/// When the product is delisted.
pub(crate) fn check_state_change(product: &Product, to: ProductState) -> Result<(), Refusal> {
    if product.state == ProductState::Delisted && to != ProductState::Delisted {
        return Err(Refusal::conflict(
            "product.delisted",
            "商品已下架，不能恢复；请重新发布",
            "the product is delisted and cannot be restored; publish a new one",
        ));
    }
    Ok(())
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
