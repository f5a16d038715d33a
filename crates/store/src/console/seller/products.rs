//! The merchant's products (商品管理).

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::PageRequest;

use crate::catalog::{self, ProductFilter, ProductState};
use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::console::fields::Asked;
use crate::console::staff::list::{state_choices, window, with_pager};
use crate::console::view::{Action, Block, Cell, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};

mercer_kernel::messages! {
    /// Texts of the list.
    struct Texts;
    title => "Products", "商品管理";
    lead => "What you sell in the store.", "您在云商店销售的商品。";
    new => "Publish a product", "发布商品";
    name => "Product", "商品";
    state => "State", "状态";
    skus => "Specifications", "规格数";
    address => "Production address", "生产地址";
    created => "Published", "发布时间";
    search => "Name", "商品名";
    any => "Any state", "全部状态";
    go => "Search", "查询";
    none => "No products here", "暂无商品";
    none_text => "Publish a product with its specifications, prices and the production address that the store calls.",
                 "发布商品并设置规格、价格和云商店调用的生产地址。";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    page: PageRequest,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let filter = ProductFilter {
        merchant_id: staff.merchant_id().to_owned(),
        state: asked.code::<ProductState>("state"),
        text: asked.text("text").to_owned(),
    };
    let products = catalog::products(&console.core, &filter, window(page)).await?;
    let (products, pager) = with_pager(products, page);
    let rows = products.iter().map(|product| {
        vec![
            Cell::Link(
                format!("/seller/products/{}", product.product_code),
                words::name(&product.name, language),
                product.product_code.clone(),
            ),
            Cell::Badge(words::product_state(product.state, language)),
            Cell::text(product.skus.len().to_string()),
            Cell::text(&product.address_id),
            Cell::time(Some(product.created_at)),
        ]
    });
    let table = Table::new(&[texts.name(), texts.state(), texts.skus(), texts.address(), texts.created()])
        .rows(rows)
        .or_empty(Empty::new(texts.none(), texts.none_text()).leading("/seller/products/new", texts.new()))
        .paged(pager);
    let states = ProductState::ALL.iter().map(|state| (state.code(), words::product_state(*state, language).text));
    let filters = Form::get("/seller/products")
        .field(Field::line("text", texts.search(), asked.text("text")).typed("search"))
        .field(Field::line("state", texts.state(), asked.text("state")).select(state_choices(texts.any(), states)))
        .submit(texts.go(), "");
    let page = Page::new(staff.frame(&console.core), texts.title())
        .lead(texts.lead())
        .action(Action::primary("/seller/products/new", texts.new()));
    Ok(page.block(Block::Filters(filters)).block(Block::Table(table)).answer())
}
