//! Paying an order. The payment is simulated: it always succeeds.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::own_order;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, tell};
use crate::console::view::{Action, Block, Fact, Form, Page};
use crate::console::{Console, words};
use crate::order::{self, OrderState};

mercer_kernel::messages! {
    /// Texts of the payment.
    struct Texts;
    title => "Pay", "支付订单";
    lead => "Payment in this store is simulated: nothing leaves your account.", "本商店使用模拟支付，不会产生真实扣款。";
    due(amount: &str) => "Pay {amount}", "支付 {amount}";
    to_pay => "To pay", "应付金额";
    order => "Order", "订单";
    product => "Product", "商品";
    extent => "Quantity and period", "数量与时长";
    kind => "Kind", "类型";
    cancel => "Cancel the order", "取消订单";
    really => "Cancel this order?", "确定取消该订单？";
    paid => "Paid. The merchant is at work.", "支付成功，商家正在处理。";
    cancelled => "The order is cancelled. Nothing was charged.", "订单已取消，未产生费用。";
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
    if order.state != OrderState::PendingPayment {
        return Ok(Redirect::to(&format!("/orders/{order_id}")).into_response());
    }
    let amount = words::money(order.payable);
    let facts = vec![
        Fact::text(texts.order(), &order.order_id),
        Fact::text(texts.kind(), words::order_kind(order.kind, language)),
        Fact::text(texts.product(), words::name(&order.names, language)),
        Fact::text(texts.extent(), words::extent(&order, language)),
    ];
    let form = Form::post(format!("/orders/{order_id}/pay"))
        .costing(&amount, texts.to_pay())
        .submit(texts.due(&amount), "primary");
    let cancel = Action::post(format!("/orders/{order_id}/cancel"), texts.cancel()).asking(texts.really());
    let page = Page::new(buyer.frame(&console.core), texts.title())
        .lead(texts.lead())
        .below(format!("/orders/{order_id}"), &order.order_id)
        .action(cancel)
        .block(Block::Form(form))
        .aside(Block::Facts(String::new(), facts));
    Ok(page.answer())
}

/// Pays.
pub(super) async fn pay(
    State(console): State<Console>,
    buyer: Buyer,
    Path(order_id): Path<String>,
) -> Result<Response, Fault> {
    let texts = Texts(buyer.language());
    own_order(&console.core, &buyer, &order_id).await?;
    let answer = order::pay(&console.core, &order_id).await;
    tell(answer, buyer.language(), texts.paid(), &format!("/orders/{order_id}"))
}

/// Cancels instead.
pub(super) async fn cancel(
    State(console): State<Console>,
    buyer: Buyer,
    Path(order_id): Path<String>,
) -> Result<Response, Fault> {
    let texts = Texts(buyer.language());
    own_order(&console.core, &buyer, &order_id).await?;
    let answer = order::cancel(&console.core, &order_id).await;
    tell(answer, buyer.language(), texts.cancelled(), &format!("/orders/{order_id}"))
}
