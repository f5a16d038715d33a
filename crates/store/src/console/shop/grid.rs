//! The products on sale, with a search.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::{Language, PageRequest, Shell};

use crate::catalog::{self, ChargingMode, Price, Product, ProductFilter, ProductState};
use crate::console::clock::ClockLine;
use crate::console::desk::Visitor;
use crate::console::fault::Fault;
use crate::console::fields::Asked;
use crate::console::staff::list::{window, with_pager};
use crate::console::view::Pager;
use crate::console::{Console, words};

mercer_kernel::messages! {
    /// Texts of the shop's start page.
    struct Texts;
    title => "Shop", "商店";
    headline => "Software for your team, ready minutes after you pay", "付款后几分钟即可使用的团队软件";
    lead => "Choose a specification and a period, order, and find address and account under \"My services\".",
            "选择规格和购买时长，下单支付后在「已购服务」中查看应用地址和账号。";
    search => "Search products", "搜索商品";
    go => "Search", "搜索";
    none_title => "No product matches", "没有符合条件的商品";
    none_text => "Try a shorter word, or look at all products.", "请换一个更短的关键词，或查看全部商品。";
    empty_title => "Nothing is on sale yet", "还没有在售商品";
    empty_text => "A seller publishes products in the seller centre under \"Products\"; they appear here at once.",
                  "商家在卖家中心的「商品管理」中发布商品后，会立即显示在这里。";
    all => "All products", "全部商品";
    trial => "Free trial", "可免费试用";
    joint => "For enterprises", "企业联营";
    acceptance => "Starts at acceptance", "验收后计时";
    by_use => "Pay by use", "按需计费";
}

/// Products of a page; a multiple of two and three columns.
const PAGE_SIZE: u32 = 24;

#[derive(Template)]
#[template(path = "shop.html")]
struct ShopPage {
    shell: Shell,
    clock: ClockLine,
    texts: Texts,
    text: String,
    cards: Vec<Card>,
    pager: Pager,
}

struct Card {
    href: String,
    mark: String,
    name: String,
    description: String,
    price: String,
    unit: String,
    /// What sets it apart, in a word or two.
    tags: Vec<&'static str>,
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    page: PageRequest,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let language = visitor.language();
    let filter = ProductFilter {
        state: Some(ProductState::OnSale),
        text: asked.text("text").to_owned(),
        ..ProductFilter::default()
    };
    let page = PageRequest::new(page.page(), PAGE_SIZE);
    let (products, pager) = with_pager(catalog::products(&console.core, &filter, window(page)).await?, page);
    let frame = visitor.frame(&console.core);
    let page = ShopPage {
        texts: Texts(language),
        text: filter.text,
        cards: products.iter().map(|product| card(product, language)).collect(),
        pager,
        shell: frame.shell,
        clock: frame.clock,
    };
    Ok(page.shell.render(&page))
}

fn card(product: &Product, language: Language) -> Card {
    let prices = || product.skus.iter().flat_map(|sku| sku.prices.iter().map(move |price| (sku, price)));
    let cheapest = prices()
        .filter(|(_, price)| price.on_sale && !price.is_trial())
        .min_by_key(|(_, price)| price.brackets.iter().map(|bracket| bracket.unit_price).min());
    let name = words::name(&product.name, language);
    let sign = product.currency.sign();
    let price = cheapest.map(|(sku, price)| words::unit_price_parts(sku, price, sign, language));
    let (price, unit) = price.unwrap_or_default();
    Card {
        href: format!("/products/{}", product.product_code),
        mark: name.chars().next().map(String::from).unwrap_or_default(),
        name,
        description: words::name(&product.description, language),
        price,
        unit,
        tags: tags(product, language),
    }
}

fn tags(product: &Product, language: Language) -> Vec<&'static str> {
    let texts = Texts(language);
    let mut sold = product.skus.iter().flat_map(|sku| &sku.prices).filter(|price| price.on_sale);
    let all = [
        (sold.clone().any(Price::is_trial), texts.trial()),
        (sold.any(|price| price.charging_mode == ChargingMode::OnDemand), texts.by_use()),
        (product.integration.joint, texts.joint()),
        (product.integration.acceptance, texts.acceptance()),
    ];
    all.into_iter().filter(|(fits, _)| *fits).map(|(_, tag)| tag).collect()
}
