//! One order: what it was for and how far it has come. Looks again by itself while the merchant is at work.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::http::FailureReason;
use mercer_kernel::web::Language;

use super::own_order;
use crate::Core;
use crate::console::desk::Buyer;
use crate::console::fault::Fault;
use crate::console::view::{Action, Block, Cell, Event, Fact, Page};
use crate::console::{Console, words};
use crate::error::Answer;
use crate::message::{self, MessageFilter};
use crate::order::{Order, OrderKind, OrderState};
use crate::window::Window;

/// Calls of one order that are looked through for the reason of a failure.
const CALLS_READ: i64 = 20;
/// How often the page looks while the order is being processed.
const REFRESH_MS: u32 = 2_000;

mercer_kernel::messages! {
    /// Texts of an order's page.
    struct Texts;
    orders => "My orders", "我的订单";
    order(id: &str) => "Order {id}", "订单 {id}";
    progress => "Progress", "订单进度";
    placed => "Order placed", "已下单";
    to_pay => "Waiting for your payment", "等待支付";
    paid(amount: &str) => "Paid {amount}", "已支付 {amount}";
    free => "Nothing to pay", "无需支付";
    cancelled => "Cancelled, nothing was charged", "已取消，未产生费用";
    opening => "The merchant opens your service", "商家正在开通服务";
    opening_note => "This usually takes less than a minute and may take up to a few hours. The page looks again by itself.",
                    "通常一分钟内完成，最长可能需要数小时。页面会自动刷新。";
    telling => "The merchant is told the new expiry", "正在通知商家更新到期时间";
    upgrading => "The merchant carries out the upgrade", "商家正在处理升级";
    ready => "Ready to use", "开通完成，可以使用";
    done => "Done", "已完成";
    refunded_done(amount: &str) => "Given back {amount}", "已退款 {amount}";
    failed => "The merchant could not do it", "商家未能完成";
    because(reason: &str) => "The store called the merchant's system: {reason}", "云商店调用商家系统的结果：{reason}";
    money_back(amount: &str) => "The order was unsubscribed automatically and {amount} was given back.", "订单已自动退订，{amount} 已原路退回。";
    nothing_charged => "Nothing was charged.", "未产生费用。";
    facts => "Details", "订单信息";
    product => "Product", "商品";
    kind => "Kind", "类型";
    extent => "Quantity and period", "数量与时长";
    amount => "Amount", "金额";
    refunded => "Given back", "已退款";
    expiry => "Valid until", "有效期至";
    related => "Belongs to order", "关联订单";
    param(name: &str) => "Parameter {name}", "扩展参数 {name}";
    pay => "Pay now", "立即支付";
    cancel => "Cancel the order", "取消订单";
    cancel_really => "Cancel this order?", "确定取消该订单？";
    service => "Open my service", "查看我的服务";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path(order_id): Path<String>,
) -> Result<Response, Fault> {
    let language = buyer.language();
    let texts = Texts(language);
    let order = own_order(&console.core, &buyer, &order_id).await?;
    message::hurry(&console.core, &order).await?;
    let waits = order.state == OrderState::Processing;
    let mut page = Page::new(buyer.frame(&console.core), texts.order(&order.order_id))
        .below("/orders", texts.orders())
        .badge(words::order_state(order.state, language));
    match order.state {
        OrderState::PendingPayment => {
            page = page
                .action(
                    Action::post(format!("/orders/{order_id}/cancel"), texts.cancel()).asking(texts.cancel_really()),
                )
                .action(Action::primary(format!("/orders/{order_id}/pay"), texts.pay()));
        }
        OrderState::Completed => {
            if let Some(resource_id) = &order.resource_id {
                page = page.action(Action::primary(format!("/services/{resource_id}"), texts.service()));
            }
        }
        OrderState::Processing | OrderState::Cancelled | OrderState::Failed => {}
    }
    let why = reason(&console.core, &order, language).await?;
    let page = page
        .block(Block::Timeline(texts.progress().to_owned(), steps(&order, &why, language)))
        .aside(Block::Facts(texts.facts().to_owned(), facts(&order, language)));
    Ok(page.refreshing(if waits { REFRESH_MS } else { 0 }).answer())
}

/// Why an order failed, in words for the buyer: what the store met when it last called the merchant.
async fn reason(core: &Core, order: &Order, language: Language) -> Answer<String> {
    if order.state != OrderState::Failed {
        return Ok(String::new());
    }
    let filter = MessageFilter { order_id: order.order_id.clone(), ..MessageFilter::default() };
    let calls = message::list(core, &filter, Window::first(CALLS_READ)).await?;
    let told = calls.iter().find_map(|call| call.reason.as_deref()?.parse::<FailureReason>().ok());
    Ok(told.map_or_else(
        || order.failure.clone(),
        |reason| {
            let (en, zh) = reason.explanation();
            Texts(language).because(language.pick(en, zh))
        },
    ))
}

/// The way of an order: placed, paid, with the merchant, done.
fn steps(order: &Order, why: &str, language: Language) -> Vec<Event> {
    let texts = Texts(language);
    let mut steps = vec![Event::new("ok", texts.placed(), Some(order.created_at))];
    if order.kind.is_refund() {
        let back = texts.refunded_done(&words::money(order.payable));
        steps.push(Event::new("ok", back, order.finished_at));
        return steps;
    }
    let paid =
        if order.payable.minor() == 0 { texts.free().to_owned() } else { texts.paid(&words::money(order.payable)) };
    let (working, end) = match order.kind {
        OrderKind::New | OrderKind::Trial => (texts.opening(), texts.ready()),
        OrderKind::Change => (texts.upgrading(), texts.done()),
        OrderKind::TrialToFormal | OrderKind::Renew | OrderKind::RenewChange => (texts.telling(), texts.done()),
        OrderKind::Unsubscribe | OrderKind::UnsubscribeRenewal => (texts.done(), texts.done()),
    };
    match order.state {
        OrderState::PendingPayment => {
            steps.push(Event::new("warn", texts.to_pay(), None));
            steps.push(Event::new("idle", working, None));
            steps.push(Event::new("idle", end, None));
        }
        OrderState::Cancelled => steps.push(Event::new("idle", texts.cancelled(), order.finished_at)),
        OrderState::Processing => {
            steps.push(Event::new("ok", paid, order.paid_at));
            steps.push(Event::new("busy", working, None).note(texts.opening_note()));
            steps.push(Event::new("idle", end, None));
        }
        OrderState::Completed => {
            steps.push(Event::new("ok", paid, order.paid_at));
            steps.push(Event::new("ok", end, order.finished_at));
        }
        OrderState::Failed => {
            steps.push(Event::new("ok", paid, order.paid_at));
            let back = if order.refunded.minor() == 0 {
                texts.nothing_charged().to_owned()
            } else {
                texts.money_back(&words::money(order.refunded))
            };
            steps.push(Event::new("bad", texts.failed(), order.finished_at).note(why).note(back));
        }
    }
    steps
}

fn facts(order: &Order, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let mut facts = vec![
        Fact::text(texts.product(), words::name(&order.names, language)),
        Fact::text(texts.kind(), words::order_kind(order.kind, language)),
        Fact::text(texts.extent(), words::extent(order, language)),
        Fact::text(texts.amount(), words::money(order.payable)),
    ];
    if order.refunded.minor() > 0 {
        facts.push(Fact::text(texts.refunded(), words::money(order.refunded)));
    }
    if let Some(at) = order.expire_after {
        facts.push(Fact::new(texts.expiry(), Cell::time(Some(at))));
    }
    if let Some(id) = &order.related_order_id {
        facts.push(Fact::new(texts.related(), Cell::link(format!("/orders/{id}"), id)));
    }
    facts.extend(order.extend_params.iter().map(|param| Fact::text(texts.param(&param.name), &param.value)));
    facts
}
