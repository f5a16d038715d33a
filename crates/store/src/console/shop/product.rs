//! One product: choose specification, period and quantity, and see what it costs.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::{Language, Shell};

use super::wish::{self, Amounts};
use crate::Core;
use crate::catalog::{self, Authorization, ChargingMode, Offer, Product, ProductState};
use crate::console::clock::ClockLine;
use crate::console::desk::Visitor;
use crate::console::fault::Fault;
use crate::console::fields::{Asked, Fields};
use crate::console::view::{Field, Kind};
use crate::console::{Console, words};
use crate::error::Answer;
use crate::merchant;
use crate::order::OrderKind;

mercer_kernel::messages! {
    /// Texts of a product's page.
    struct Texts;
    shop => "Shop", "商店";
    sold_by => "Sold by", "商家";
    choose => "Specification and billing", "规格与计费方式";
    price => "Price", "价格";
    incl => "paid once, when you order", "下单时一次付清";
    joint => "For enterprises: after the order you bind it to your enterprise, and your members sign in with their enterprise accounts.",
             "企业联营商品：购买后绑定企业，成员使用企业账号登录。";
    acceptance => "Your period begins when you confirm acceptance, not when you pay.", "周期从您确认验收时起算，而不是付款时。";
    told_iam => "The seller learns your account name and IAM user.", "商家将获得您的账号名和 IAM 用户名。";
    told_mobile => "The seller learns your account name and your mobile number, which travels encrypted.", "商家将获得您的账号名和手机号码（加密传输）。";
    told_email => "The seller learns your account name and your mail address, which travels encrypted.", "商家将获得您的账号名和邮箱（加密传输）。";
    by_use => "nothing to pay now; you pay for what you use", "开通时无需付费，按实际用量计费";
    trial_free => "free of charge, no payment needed", "免费，无需支付";
    until(end: &str) => "valid until {end}", "有效期至 {end}";
    update => "Update price", "更新价格";
    order => "Order", "立即购买";
    try_it => "Start the trial", "开始试用";
    not_sold => "This product is not on sale at the moment.", "该商品当前不可购买。";
    hint => "The price is computed here, on the server. Press \"Update price\" after a change.",
            "价格由服务器计算，修改选项后请点击「更新价格」。";
}

#[derive(Template)]
#[template(path = "product.html")]
struct ProductPage {
    shell: Shell,
    clock: ClockLine,
    texts: Texts,
    code: String,
    name: String,
    mark: String,
    seller: String,
    description: String,
    notes: Vec<&'static str>,
    groups: Vec<Group>,
    fields: Vec<Field>,
    price: Option<(String, String)>,
    error: String,
    sold: bool,
    trial: bool,
}

struct Group {
    name: String,
    options: Vec<PriceOption>,
}

struct PriceOption {
    product_id: String,
    label: String,
    note: String,
    chosen: bool,
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(product_code): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = visitor.language();
    let product = catalog::product(core, &product_code).await?.ok_or_else(Fault::missing)?;
    let merchant = merchant::find(&core.foundation, &product.merchant_id).await?;
    let seller = merchant.map(|one| language.pick(&one.name_en, &one.name).to_owned()).unwrap_or_default();
    let sold = matches!(product.state, ProductState::OnSale | ProductState::Hidden);
    let offer = chosen(&product, asked.text("productId")).filter(|_| sold);
    let (fields, price, error) = match &offer {
        Some(offer) => terms(core, &asked, offer, language)?,
        None => (Vec::new(), None, String::new()),
    };
    let frame = visitor.frame(core);
    let name = words::name(&product.name, language);
    let chosen_id = offer.as_ref().map_or("", |offer| offer.price.product_id.as_str());
    let page = ProductPage {
        texts: Texts(language),
        mark: name.chars().next().map(String::from).unwrap_or_default(),
        name,
        seller,
        description: words::name(&product.description, language),
        notes: notes(&product, language),
        groups: groups(&product, chosen_id, language),
        fields,
        price,
        error,
        sold: offer.is_some(),
        trial: offer.as_ref().is_some_and(|offer| offer.price.is_trial()),
        code: product_code,
        shell: frame.shell,
        clock: frame.clock,
    };
    Ok(page.shell.render(&page))
}

/// The price with this id, else the first one that is sold.
fn chosen(product: &Product, product_id: &str) -> Option<Offer> {
    let all = || product.skus.iter().flat_map(|sku| sku.prices.iter().map(move |price| (sku, price)));
    let sold = || all().filter(|(_, price)| price.on_sale);
    let found = sold().find(|(_, price)| price.product_id == product_id);
    let (sku, price) = found.or_else(|| sold().find(|(_, price)| !price.is_trial())).or_else(|| sold().next())?;
    Some(Offer { product: product.clone(), sku: sku.clone(), price: price.clone() })
}

type Terms = (Vec<Field>, Option<(String, String)>, String);

/// Fields, price and mistake for what is chosen.
fn terms(core: &Core, asked: &Fields, offer: &Offer, language: Language) -> Answer<Terms> {
    let texts = Texts(language);
    let amounts = Amounts::read(asked, offer);
    let known = amounts.as_ref().copied().unwrap_or_default();
    let mut fields: Vec<Field> = Vec::new();
    fields.extend(offer.sku.linear.as_ref().map(|linear| wish::quantity_field(linear, known.quantity, language)));
    fields.extend(wish::periods_field(&offer.price, known.periods, language));
    let quoted = match amounts {
        Ok(amounts) => wish::quoted(wish::quote(core, offer, OrderKind::New, amounts))?,
        Err(refusal) => Err(refusal),
    };
    let (price, error) = match quoted {
        Ok(quote) => {
            let end = quote.expire_at.map(|at| mercer_kernel::web::Moment::of(at).text());
            let end = end.as_deref().map(|text| text.get(..10).unwrap_or(text));
            let remark = match offer.price.charging_mode {
                _ if offer.price.is_trial() => texts.trial_free(),
                ChargingMode::OnDemand => texts.by_use(),
                ChargingMode::Period | ChargingMode::OneTime => texts.incl(),
            };
            let remark = end.map_or_else(|| remark.to_owned(), |end| format!("{remark} · {}", texts.until(end)));
            (Some((words::money(quote.payable), remark)), String::new())
        }
        Err(refusal) => {
            let text = language.pick(&refusal.en, &refusal.zh).to_owned();
            match fields.iter_mut().find(|field| field.name == refusal.field) {
                Some(field) => {
                    field.value = asked.text(refusal.field).to_owned();
                    field.error = text;
                    (None, String::new())
                }
                None => (None, text),
            }
        }
    };
    Ok((fields, price, error))
}

/// What a buyer should know about how the product is delivered.
fn notes(product: &Product, language: Language) -> Vec<&'static str> {
    let texts = Texts(language);
    let told = match product.integration.authorization {
        Authorization::None => None,
        Authorization::Iam => Some(texts.told_iam()),
        Authorization::Mobile => Some(texts.told_mobile()),
        Authorization::Email => Some(texts.told_email()),
    };
    let joint = product.integration.joint.then(|| texts.joint());
    let acceptance = product.integration.acceptance.then(|| texts.acceptance());
    [joint, acceptance, told].into_iter().flatten().collect()
}

fn groups(product: &Product, chosen_id: &str, language: Language) -> Vec<Group> {
    let sign = product.currency.sign();
    let groups = product.skus.iter().map(|sku| Group {
        name: words::name(&sku.name, language),
        options: sku
            .prices
            .iter()
            .filter(|price| price.on_sale)
            .map(|price| {
                let unit = words::unit_price(sku, price, sign, language);
                let steps = words::brackets(price, sign, language);
                PriceOption {
                    product_id: price.product_id.clone(),
                    label: words::billing(price, language),
                    note: if steps.is_empty() { unit } else { format!("{unit} · {steps}") },
                    chosen: price.product_id == chosen_id,
                }
            })
            .collect(),
    });
    groups.filter(|group| !group.options.is_empty()).collect()
}
