//! All orders one may see.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::{Language, PageRequest};

use super::list::{state_choices, window, with_pager};
use crate::Core;
use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::console::fields::{Asked, Fields};
use crate::console::view::{Block, Cell, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::error::Answer;
use crate::merchant;
use crate::order::{self, OrderFilter, OrderKind, OrderState};

mercer_kernel::messages! {
    /// Texts of the list.
    struct Texts;
    title => "Orders", "订单";
    lead => "Newest first. Each order leads to its calls.", "按时间倒序。订单详情中可查看相关的生产接口消息。";
    order => "Order", "订单";
    buyer => "Buyer", "买家";
    what => "Product", "商品";
    kind => "Kind", "类型";
    amount => "Amount", "金额";
    state => "State", "状态";
    created => "Placed", "下单时间";
    search => "Order number or product", "订单号或商品名";
    from => "From", "开始日期";
    to => "To", "结束日期";
    any_state => "Any state", "全部状态";
    any_kind => "Any kind", "全部类型";
    go => "Search", "查询";
    none => "No orders here", "暂无订单";
    none_text => "Orders appear as soon as a buyer places one in the shop, or a script by POST /api/v1/orders.",
                 "买家在商店下单，或脚本调用 POST /api/v1/orders 后，订单会显示在这里。";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    page: PageRequest,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = staff.language();
    let texts = Texts(language);
    let filter = OrderFilter {
        merchant_id: staff.merchant_id().to_owned(),
        kind: asked.code::<OrderKind>("kind"),
        state: asked.code::<OrderState>("state"),
        text: asked.text("text").to_owned(),
        created_from: asked.day("from"),
        created_to: asked.end_of_day("to"),
        ..OrderFilter::default()
    };
    let (orders, pager) = with_pager(order::list(core, &filter, window(page)).await?, page);
    let mut rows = Vec::with_capacity(orders.len());
    for order in &orders {
        rows.push(vec![
            Cell::link(staff.path(&format!("/orders/{}", order.order_id)), &order.order_id),
            Cell::text(buyer_name(core, &order.buyer_id).await?),
            Cell::Lines(words::name(&order.names, language), words::extent(order, language)),
            Cell::text(words::order_kind(order.kind, language)),
            Cell::text(words::money(order.payable)),
            Cell::Badge(words::order_state(order.state, language)),
            Cell::time(Some(order.created_at)),
        ]);
    }
    let columns =
        [texts.order(), texts.buyer(), texts.what(), texts.kind(), texts.amount(), texts.state(), texts.created()];
    let table = Table::new(&columns).rows(rows).or_empty(Empty::new(texts.none(), texts.none_text())).paged(pager);
    let filters = filters(&staff.path("/orders"), &asked, language);
    let page = Page::new(staff.frame(core), texts.title()).lead(texts.lead());
    Ok(page.block(Block::Filters(filters)).block(Block::Table(table)).answer())
}

fn filters(path: &str, asked: &Fields, language: Language) -> Form {
    let texts = Texts(language);
    let states = OrderState::ALL.iter().map(|state| (state.code(), words::order_state(*state, language).text));
    let kinds = OrderKind::ALL.iter().map(|kind| (kind.code(), words::order_kind(*kind, language)));
    Form::get(path)
        .field(Field::line("text", texts.search(), asked.text("text")).typed("search"))
        .field(
            Field::line("state", texts.state(), asked.text("state")).select(state_choices(texts.any_state(), states)),
        )
        .field(Field::line("kind", texts.kind(), asked.text("kind")).select(state_choices(texts.any_kind(), kinds)))
        .field(Field::line("from", texts.from(), asked.text("from")).typed("date"))
        .field(Field::line("to", texts.to(), asked.text("to")).typed("date"))
        .submit(texts.go(), "")
}

/// The account name of a buyer.
pub(super) async fn buyer_name(core: &Core, customer_id: &str) -> Answer<String> {
    let buyer = merchant::buyer(&core.foundation, customer_id).await?;
    Ok(buyer.map_or_else(|| customer_id.to_owned(), |buyer| buyer.customer_name))
}
