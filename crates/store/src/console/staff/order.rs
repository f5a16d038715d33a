//! One order with the calls it caused.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::Language;

use super::messages;
use super::orders::buyer_name;
use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::console::view::{Block, Cell, Fact, Page};
use crate::console::{Console, words};
use crate::message::{self, MessageFilter};
use crate::order::{self, Order, OrderState};
use crate::window::Window;

/// Calls shown with an order; one order causes a handful.
const MESSAGES_SHOWN: i64 = 50;
/// How often the page looks while the order is being processed.
const REFRESH_MS: u32 = 3_000;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    orders => "Orders", "订单";
    title(id: &str) => "Order {id}", "订单 {id}";
    facts => "Order", "订单信息";
    id => "Order number", "订单号";
    line => "Order line", "订单行";
    kind => "Kind", "类型";
    buyer => "Buyer", "买家";
    buyer_id => "Customer id", "客户 ID";
    product => "Product", "商品";
    product_id => "productId", "productId";
    sku_code => "skuCode", "skuCode";
    extent => "Quantity and period", "数量与时长";
    amount => "Amount", "金额";
    refunded => "Given back", "已退款";
    placed => "Placed", "下单时间";
    paid => "Paid", "支付时间";
    finished => "Finished", "完成时间";
    expiry => "Expiry after it", "生效后到期时间";
    resource => "Resource id", "资源 ID";
    related => "Belongs to order", "关联订单";
    failure => "Why it failed", "失败原因";
    param(name: &str) => "Parameter {name}", "扩展参数 {name}";
    messages => "Calls of this order", "该订单的生产接口消息";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Path(order_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = staff.language();
    let texts = Texts(language);
    let found = order::by_id(core, &order_id).await?.filter(|order| staff.may_see(&order.merchant_id));
    let order = found.ok_or_else(Fault::missing)?;
    let filter = MessageFilter { order_id: order.order_id.clone(), ..MessageFilter::default() };
    let calls = message::list(core, &filter, Window::first(MESSAGES_SHOWN)).await?;
    let table = messages::table(core, &staff, &calls, language).titled(texts.messages());
    let buyer = buyer_name(core, &order.buyer_id).await?;
    let orders = staff.path("/orders");
    let facts = facts(&order, &buyer, &orders, language);
    let waits = order.state == OrderState::Processing;
    let page = Page::new(staff.frame(core), texts.title(&order.order_id))
        .below(orders, texts.orders())
        .badge(words::order_state(order.state, language))
        .block(Block::Facts(texts.facts().to_owned(), facts))
        .block(Block::Table(table));
    Ok(page.refreshing(if waits { REFRESH_MS } else { 0 }).answer())
}

fn facts(order: &Order, buyer: &str, orders: &str, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let mut facts = vec![
        Fact::new(texts.id(), Cell::Code(order.order_id.clone())),
        Fact::new(texts.line(), Cell::Code(order.order_line_id())),
        Fact::text(texts.kind(), words::order_kind(order.kind, language)),
        Fact::text(texts.buyer(), buyer),
        Fact::new(texts.buyer_id(), Cell::Code(order.buyer_id.clone())),
        Fact::text(texts.product(), words::name(&order.names, language)),
        Fact::new(texts.product_id(), Cell::Code(order.product_id.clone())),
        Fact::new(texts.sku_code(), Cell::Code(order.sku_code.clone())),
        Fact::text(texts.extent(), words::extent(order, language)),
        Fact::text(texts.amount(), words::money(order.payable)),
    ];
    if order.refunded.minor() > 0 {
        facts.push(Fact::text(texts.refunded(), words::money(order.refunded)));
    }
    facts.push(Fact::new(texts.placed(), Cell::time(Some(order.created_at))));
    facts.push(Fact::new(texts.paid(), Cell::time(order.paid_at)));
    facts.push(Fact::new(texts.finished(), Cell::time(order.finished_at)));
    if order.expire_after.is_some() {
        facts.push(Fact::new(texts.expiry(), Cell::time(order.expire_after)));
    }
    facts.push(Fact::new(texts.resource(), Cell::code(order.resource_id.as_deref())));
    if let Some(id) = &order.related_order_id {
        facts.push(Fact::new(texts.related(), Cell::link(format!("{orders}/{id}"), id)));
    }
    if !order.failure.is_empty() {
        facts.push(Fact::text(texts.failure(), &order.failure));
    }
    facts.extend(order.extend_params.iter().map(|param| Fact::text(texts.param(&param.name), &param.value)));
    facts
}
