//! The form of a new product: its fields, and what they mean.

use mercer_kernel::money::Currency;
use mercer_kernel::web::Language;
use rust_decimal::Decimal;

use super::integration;
use super::product::{address_field, text_fields};
use crate::catalog::rules::{QUANTITY_LIMIT, SKU_NAME_CHARACTERS, TRIAL_DAYS};
use crate::catalog::{
    Bracket, ChargingMode, LinearAttribute, LinearKind, Names, NewPrice, NewProduct, NewSku, PeriodType, PriceMode,
    ProductState,
};
use crate::console::fields::Fields;
use crate::console::view::{Choice, Field, Form};
use crate::console::words;
use crate::merchant::ProductionAddress;
use crate::refusal::Refusal;

/// Specifications the form offers; more come by the control API.
const SKUS: [&str; 3] = ["sku1", "sku2", "sku3"];

mercer_kernel::messages! {
    /// Texts of the form.
    struct Texts;
    currency => "Currency", "币种";
    state => "Sale", "销售状态";
    sku(number: usize) => "Specification {number}", "规格 {number}";
    name_zh => "Name in Chinese", "规格中文名";
    name_en => "Name in English", "规格英文名";
    name_hint(characters: usize) => "at most {characters} characters", "最多 {characters} 个字符";
    counts_zh => "Counted in (Chinese)", "数量单位（中文）";
    counts_en => "Counted in (English)", "数量单位（英文）";
    counts_hint => "for example seats; leave empty when the buyer chooses no quantity", "例如席位数；不需要选择数量时留空";
    kind => "Kind of quantity", "数量类型";
    kind_hint => "what a V1.0 call sends the quantity as", "V1.0 接口以此名称发送数量";
    amount => "Number (amount)", "数量（amount）";
    disk_size => "Disk size in GB (diskSize)", "硬盘大小，GB（diskSize）";
    band_width => "Bandwidth in Mbps (bandWidth)", "带宽，Mbps（bandWidth）";
    min => "Smallest quantity", "最小数量";
    max => "Largest quantity", "最大数量";
    step => "Step", "步长";
    month => "Monthly price", "包月价格";
    year => "Yearly price", "包年价格";
    once => "One-time price", "按次价格";
    by_use => "Price by use", "按需价格";
    by_use_hint => "for one unit of use; nothing is paid at opening, and there is no quantity to choose", "单位用量的价格；开通时不收费，不能设置数量";
    price_hint => "for one unit; leave empty when not offered", "单个数量的价格；不提供则留空";
    trial => "Trial in days", "试用天数";
    trial_hint(first: i64, last: i64) => "{first} to {last}; leave empty when there is none", "{first} 到 {last}；没有试用则留空";
    submit => "Publish", "发布";
}

/// The form, filled with what was sent before.
///
/// `apps` are the application credentials of the merchant, id and name.
pub(super) fn form(
    fields: &Fields,
    addresses: &[ProductionAddress],
    apps: &[(String, String)],
    language: Language,
) -> Form {
    let texts = Texts(language);
    let currencies = [Currency::Cny, Currency::Usd, Currency::Eur].map(|one| Choice::new(one.code(), one.code()));
    let states = [ProductState::OnSale, ProductState::Hidden];
    let states = states.map(|state| Choice::new(state.code(), words::product_state(state, language).text));
    let form = Form::post("/seller/products/new");
    let mut form = text_fields(language, |name| fields.text(name).to_owned())
        .into_iter()
        .fold(form, Form::field)
        .field(address_field(addresses, fields.text("addressId"), language))
        .field(Field::line("currency", texts.currency(), fields.text("currency")).select(currencies.into()))
        .field(Field::line("state", texts.state(), fields.text("state")).select(states.into()));
    form = integration::fields(fields, apps, language).into_iter().fold(form, Form::field);
    for (index, sku) in SKUS.into_iter().enumerate() {
        let filled = is_filled(fields, sku);
        form = form.fold(texts.sku(index + 1), sku_fields(fields, sku, language), index == 0 || filled);
    }
    form.submit(texts.submit(), "primary")
}

fn sku_fields(fields: &Fields, sku: &str, language: Language) -> Vec<Field> {
    let texts = Texts(language);
    let line = |part: &str, label: &str| {
        let name = format!("{sku}.{part}");
        let value = fields.text(&name).to_owned();
        Field::line(name, label, value)
    };
    let name_hint = texts.name_hint(SKU_NAME_CHARACTERS);
    vec![
        line("nameZh", texts.name_zh()).hint(&name_hint),
        line("nameEn", texts.name_en()).hint(&name_hint),
        line("month", texts.month()).hint(texts.price_hint()),
        line("year", texts.year()).hint(texts.price_hint()),
        line("once", texts.once()).hint(texts.price_hint()),
        line("use", texts.by_use()).hint(texts.by_use_hint()),
        line("trialDays", texts.trial())
            .number(*TRIAL_DAYS.start(), *TRIAL_DAYS.end(), 1)
            .hint(texts.trial_hint(*TRIAL_DAYS.start(), *TRIAL_DAYS.end())),
        line("countsZh", texts.counts_zh()).hint(texts.counts_hint()),
        line("countsEn", texts.counts_en()),
        line("kind", texts.kind()).select(kinds(language)).hint(texts.kind_hint()),
        line("min", texts.min()).number(1, QUANTITY_LIMIT, 1),
        line("max", texts.max()).number(1, QUANTITY_LIMIT, 1),
        line("step", texts.step()).number(1, QUANTITY_LIMIT, 1),
    ]
}

fn kinds(language: Language) -> Vec<Choice> {
    let texts = Texts(language);
    let name = |kind: LinearKind| match kind {
        LinearKind::Amount => texts.amount(),
        LinearKind::DiskSize => texts.disk_size(),
        LinearKind::BandWidth => texts.band_width(),
    };
    LinearKind::ALL.iter().map(|kind| Choice::new(kind.code(), name(*kind))).collect()
}

/// Reads what was sent; the catalogue checks the rest.
///
/// # Errors
/// When a number or a price is none.
pub(super) fn read(fields: &Fields, merchant_id: &str) -> Result<NewProduct, Refusal> {
    let mut skus = Vec::new();
    for sku in SKUS.into_iter().filter(|sku| is_filled(fields, sku)) {
        skus.push(read_sku(fields, sku)?);
    }
    Ok(NewProduct {
        product_code: None,
        merchant_id: merchant_id.to_owned(),
        address_id: fields.text("addressId").to_owned(),
        name: Names::new(fields.text("nameZh"), fields.text("nameEn")),
        description: Names::new(fields.text("descriptionZh"), fields.text("descriptionEn")),
        currency: fields.code("currency").unwrap_or(Currency::Cny),
        integration: integration::read(fields),
        state: fields.code("state").unwrap_or(ProductState::OnSale),
        skus,
    })
}

fn is_filled(fields: &Fields, sku: &str) -> bool {
    let parts = ["nameZh", "nameEn", "month", "year", "once", "use", "trialDays", "countsZh", "countsEn"];
    parts.iter().any(|part| !fields.text(&format!("{sku}.{part}")).is_empty())
}

fn read_sku(fields: &Fields, sku: &str) -> Result<NewSku, Refusal> {
    let text = |part: &str| fields.text(&format!("{sku}.{part}")).to_owned();
    let mut prices = Vec::new();
    for (part, mode, period) in [
        ("month", ChargingMode::Period, Some(PeriodType::Month)),
        ("year", ChargingMode::Period, Some(PeriodType::Year)),
        ("once", ChargingMode::OneTime, None),
        ("use", ChargingMode::OnDemand, None),
    ] {
        let written = text(part);
        if !written.is_empty() {
            prices.push(price(mode, period, parse_price(&written)?, None));
        }
    }
    let days = text("trialDays");
    if !days.is_empty() {
        let days = parse_number(&days)?;
        prices.push(price(ChargingMode::Period, Some(PeriodType::Day), Decimal::ZERO, Some(days)));
    }
    let counts = Names::new(text("countsZh"), text("countsEn"));
    let linear = if counts == Names::default() {
        None
    } else {
        let number = |part: &str, absent: i64| match text(part) {
            empty if empty.is_empty() => Ok(absent),
            written => parse_number(&written),
        };
        Some(LinearAttribute {
            name: counts,
            kind: fields.code(&format!("{sku}.kind")).unwrap_or(LinearKind::Amount),
            min: number("min", 1)?,
            max: number("max", 1_000)?,
            step: number("step", 1)?,
        })
    };
    Ok(NewSku { sku_code: None, name: Names::new(text("nameZh"), text("nameEn")), linear, prices })
}

fn price(
    charging_mode: ChargingMode,
    period_type: Option<PeriodType>,
    unit: Decimal,
    trial_days: Option<i64>,
) -> NewPrice {
    NewPrice {
        product_id: None,
        charging_mode,
        period_type,
        mode: PriceMode::Linear,
        brackets: vec![Bracket { up_to: None, unit_price: unit }],
        trial_days,
    }
}

fn parse_price(text: &str) -> Result<Decimal, Refusal> {
    text.parse().map_err(|_| {
        Refusal::invalid(
            "form.price",
            "skus.prices.brackets.unitPrice",
            format!("价格应为数字，例如 19.90，现为「{text}」"),
            format!("a price is a number such as 19.90, not \"{text}\""),
        )
    })
}

fn parse_number(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| {
        Refusal::invalid(
            "form.number",
            "skus",
            format!("规格中请填写整数，现为「{text}」"),
            format!("write whole numbers in the specification, not \"{text}\""),
        )
    })
}
