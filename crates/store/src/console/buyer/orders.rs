//! My orders (我的订单).

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::PageRequest;

use crate::console::desk::Buyer;
use crate::console::fault::Fault;
use crate::console::fields::Asked;
use crate::console::staff::list::{state_choices, window, with_pager};
use crate::console::view::{Block, Cell, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::order::{self, OrderFilter, OrderState};

mercer_kernel::messages! {
    /// Texts of the list.
    struct Texts;
    title => "My orders", "我的订单";
    lead => "Everything you ordered, renewed, changed and gave back.", "您的全部新购、续费、变更和退订订单。";
    order => "Order", "订单";
    what => "Product", "商品";
    kind => "Kind", "类型";
    extent => "Extent", "数量与时长";
    amount => "Amount", "金额";
    state => "State", "状态";
    created => "Placed", "下单时间";
    search => "Order number or product", "订单号或商品名";
    any => "Any state", "全部状态";
    go => "Search", "查询";
    none => "No orders here", "暂无订单";
    none_text => "Choose a product in the shop and order it; the order appears here.", "在商店选购商品并下单后，订单会显示在这里。";
    to_shop => "To the shop", "去商店";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    page: PageRequest,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let language = buyer.language();
    let texts = Texts(language);
    let filter = OrderFilter {
        buyer_id: buyer.id().to_owned(),
        state: asked.code::<OrderState>("state"),
        text: asked.text("text").to_owned(),
        ..OrderFilter::default()
    };
    let orders = order::list(&console.core, &filter, window(page)).await?;
    let (orders, pager) = with_pager(orders, page);
    let rows = orders.iter().map(|order| {
        vec![
            Cell::link(format!("/orders/{}", order.order_id), &order.order_id),
            Cell::text(words::name(&order.names, language)),
            Cell::text(words::order_kind(order.kind, language)),
            Cell::text(words::extent(order, language)),
            Cell::text(words::money(order.payable)),
            Cell::Badge(words::order_state(order.state, language)),
            Cell::time(Some(order.created_at)),
        ]
    });
    let columns =
        [texts.order(), texts.what(), texts.kind(), texts.extent(), texts.amount(), texts.state(), texts.created()];
    let table = Table::new(&columns)
        .rows(rows)
        .or_empty(Empty::new(texts.none(), texts.none_text()).leading("/", texts.to_shop()))
        .paged(pager);
    let states = OrderState::ALL.iter().map(|state| (state.code(), words::order_state(*state, language).text));
    let filters = Form::get("/orders")
        .field(Field::line("text", texts.search(), asked.text("text")).typed("search"))
        .field(Field::line("state", texts.state(), asked.text("state")).select(state_choices(texts.any(), states)))
        .submit(texts.go(), "");
    let page = Page::new(buyer.frame(&console.core), texts.title()).lead(texts.lead());
    Ok(page.block(Block::Filters(filters)).block(Block::Table(table)).answer())
}
