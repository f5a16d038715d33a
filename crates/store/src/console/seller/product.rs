//! One product of the merchant: its ids and prices, its texts, address and state.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice};

use super::integration;
use crate::Core;
use crate::catalog::{self, Names, Product, ProductState, rules};
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused, tell};
use crate::console::fields::{Fields, Sent};
use crate::console::view::{Action, Block, Cell, Choice, Fact, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::merchant::{self, ProductionAddress};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    products => "Products", "商品管理";
    in_shop => "See it in the shop", "在商店中查看";
    prices => "Specifications and prices", "规格与价格";
    sku => "Specification", "规格";
    sku_code => "skuCode", "skuCode";
    product_id => "productId", "productId";
    billing => "Billing", "计费方式";
    price => "Price", "价格";
    edit => "Texts and production address", "商品文案与生产地址";
    name_zh => "Name in Chinese", "中文名称";
    name_en => "Name in English", "英文名称";
    description_zh => "Description in Chinese", "中文介绍";
    description_en => "Description in English", "英文介绍";
    at_most(characters: usize) => "at most {characters} characters", "最多 {characters} 个字符";
    address => "Production address", "生产地址";
    save => "Save", "保存";
    saved => "The product is saved.", "商品已保存。";
    facts => "Product", "商品信息";
    code => "productCode", "productCode";
    currency => "Currency", "币种";
    published => "Published", "发布时间";
    state => "Sale", "销售状态";
    put_on_sale => "Put on sale", "上架";
    hide => "Hide", "隐藏";
    stop => "Stop the sale", "停售";
    delist => "Delist for good", "下架";
    delist_really => "Delist this product for good? It cannot be put on sale again.", "确定下架？下架后不能恢复。";
    changed => "The state is changed.", "销售状态已修改。";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Path(product_code): Path<String>,
) -> Result<Response, Fault> {
    let product = own(&console.core, &staff, &product_code).await?;
    Ok(page(&console.core, staff, &product, None).await?.answer())
}

/// Saves texts and address.
pub(super) async fn save(
    State(console): State<Console>,
    staff: Staff,
    Path(product_code): Path<String>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let product = own(core, &staff, &product_code).await?;
    let name = Names::new(sent.text("nameZh"), sent.text("nameEn"));
    let description = Names::new(sent.text("descriptionZh"), sent.text("descriptionEn"));
    let saved = match catalog::set_texts(core, &product_code, &name, &description).await {
        Ok(_) => catalog::set_address(core, &product_code, sent.text("addressId")).await,
        Err(error) => Err(error),
    };
    match refused(saved)? {
        Ok(_) => {
            let done = Texts(staff.language()).saved();
            Ok(Notice::new(Mood::Good, done).and_go_to(&format!("/seller/products/{product_code}")))
        }
        Err(refusal) => Ok(page(core, staff, &product, Some((&sent, refusal))).await?.answer_refused()),
    }
}

/// Puts it on sale, hides it, stops its sale or delists it.
pub(super) async fn set_state(
    State(console): State<Console>,
    staff: Staff,
    Path((product_code, state)): Path<(String, String)>,
) -> Result<Response, Fault> {
    own(&console.core, &staff, &product_code).await?;
    let to: ProductState = state.parse().map_err(|_| Fault::missing())?;
    let answer = catalog::set_state(&console.core, &product_code, to).await;
    let path = format!("/seller/products/{product_code}");
    tell(answer, staff.language(), Texts(staff.language()).changed(), &path)
}

async fn own(core: &Core, staff: &Staff, product_code: &str) -> Result<Product, Fault> {
    let product = catalog::product(core, product_code).await?;
    product.filter(|product| staff.may_see(&product.merchant_id)).ok_or_else(Fault::missing)
}

async fn page(
    core: &Core,
    staff: Staff,
    product: &Product,
    refused: Option<(&Fields, Refusal)>,
) -> Result<Page, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let addresses = merchant::addresses(&core.foundation, staff.merchant_id()).await?;
    let form = form(product, &addresses, refused.as_ref().map(|(fields, _)| *fields), language);
    let form = form.refused(refused.map(|(_, refusal)| at_form_field(refusal)).as_ref(), language);
    let mut facts = vec![
        Fact::new(texts.code(), Cell::Code(product.product_code.clone())),
        Fact::text(texts.currency(), product.currency.code()),
        Fact::new(texts.published(), Cell::time(Some(product.created_at))),
    ];
    facts.extend(integration::facts(&product.integration, language));
    let page = Page::new(staff.frame(core), words::name(&product.name, language))
        .below("/seller/products", texts.products())
        .badge(words::product_state(product.state, language))
        .action(Action::link(format!("/products/{}", product.product_code), texts.in_shop()))
        .block(Block::Table(prices(product, language)))
        .block(Block::Form(form))
        .aside(Block::Facts(texts.facts().to_owned(), facts));
    let states = states(product, language);
    Ok(if states.is_empty() { page } else { page.aside(Block::Actions(texts.state().to_owned(), states)) })
}

/// The rules name a text once; the form has a field for each language.
pub(super) fn at_form_field(refusal: Refusal) -> Refusal {
    let field = match refusal.field {
        "name" => "nameZh",
        "description" => "descriptionZh",
        other => other,
    };
    Refusal { field, ..refusal }
}

/// The fields of a product's texts, as saved or as sent.
pub(super) fn text_fields(language: Language, value: impl Fn(&str) -> String) -> Vec<Field> {
    let texts = Texts(language);
    let name = texts.at_most(rules::PRODUCT_NAME_CHARACTERS);
    let description = texts.at_most(rules::DESCRIPTION_CHARACTERS);
    vec![
        Field::line("nameZh", texts.name_zh(), value("nameZh")).hint(&name).required(),
        Field::line("nameEn", texts.name_en(), value("nameEn")).hint(&name).required(),
        Field::line("descriptionZh", texts.description_zh(), value("descriptionZh")).area().hint(&description),
        Field::line("descriptionEn", texts.description_en(), value("descriptionEn")).area().hint(&description),
    ]
}

/// The choice of a production address.
pub(super) fn address_field(addresses: &[ProductionAddress], value: &str, language: Language) -> Field {
    let choices = addresses.iter().map(|address| Choice::new(&address.address_id, &address.url));
    Field::line("addressId", Texts(language).address(), value).select(choices.collect()).required()
}

fn form(product: &Product, addresses: &[ProductionAddress], sent: Option<&Fields>, language: Language) -> Form {
    let texts = Texts(language);
    let saved = |name: &str| match name {
        "nameZh" => product.name.zh.clone(),
        "nameEn" => product.name.en.clone(),
        "descriptionZh" => product.description.zh.clone(),
        _ => product.description.en.clone(),
    };
    let value = |name: &str| sent.map_or_else(|| saved(name), |fields| fields.text(name).to_owned());
    let address = sent.map_or(product.address_id.as_str(), |fields| fields.text("addressId"));
    let form = Form::post(format!("/seller/products/{}", product.product_code)).titled(texts.edit(), "");
    text_fields(language, value)
        .into_iter()
        .fold(form, Form::field)
        .field(address_field(addresses, address, language))
        .submit(texts.save(), "primary")
}

fn prices(product: &Product, language: Language) -> Table {
    let texts = Texts(language);
    let sign = product.currency.sign();
    let all = product.skus.iter().flat_map(|sku| sku.prices.iter().map(move |price| (sku, price)));
    let rows = all.map(|(sku, price)| {
        vec![
            Cell::Lines(words::name(&sku.name, language), sku.sku_code.clone()),
            Cell::text(words::billing(price, language)),
            Cell::Lines(words::unit_price(sku, price, sign, language), words::brackets(price, sign, language)),
            Cell::Code(price.product_id.clone()),
        ]
    });
    Table::new(&[texts.sku(), texts.billing(), texts.price(), texts.product_id()]).titled(texts.prices()).rows(rows)
}

/// The states it can be brought into.
fn states(product: &Product, language: Language) -> Vec<Action> {
    let texts = Texts(language);
    if product.state == ProductState::Delisted {
        return Vec::new();
    }
    let others = ProductState::ALL.iter().copied().filter(|state| *state != product.state);
    others
        .map(|state| {
            let path = format!("/seller/products/{}/state/{}", product.product_code, state.code());
            match state {
                ProductState::OnSale => Action::post(path, texts.put_on_sale()).styled("primary"),
                ProductState::Hidden => Action::post(path, texts.hide()),
                ProductState::SaleStopped => Action::post(path, texts.stop()),
                ProductState::Delisted => {
                    Action::post(path, texts.delist()).asking(texts.delist_really()).styled("danger")
                }
            }
        })
        .collect()
}
