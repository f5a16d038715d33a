//! Confirming an order: what is bought, what it costs, parameters for the merchant.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use mercer_kernel::db::Batch;
use mercer_kernel::web::Language;

use super::wish::{self, Amounts};
use crate::Core;
use crate::catalog::Offer;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Asked, Fields, Sent};
use crate::console::view::{Block, Cell, Fact, Field, Form, Page};
use crate::console::{Console, words};
use crate::order::rules::{EXTEND_NAME_CHARACTERS, EXTEND_PARAM_LIMIT, EXTEND_VALUE_CHARACTERS};
use crate::order::{self, OrderKind, PlaceOrder, Quote};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the confirmation.
    struct Texts;
    title => "Confirm your order", "确认订单";
    lead => "Nothing is charged before you pay on the next page.", "在下一页支付之前不会产生费用。";
    lead_trial => "The trial is free; it starts as soon as you confirm.", "试用免费，确认后立即开通。";
    what => "What you order", "订购内容";
    product => "Product", "商品";
    billing => "Billing", "计费方式";
    quantity => "Quantity", "数量";
    period => "Period", "购买时长";
    expires => "Valid until, if it starts now", "预计有效期至";
    amount => "To pay", "应付金额";
    params => "Parameters for the merchant (optional)", "扩展参数（可选）";
    param_name(number: usize) => "Name {number}", "参数名 {number}";
    param_value(number: usize) => "Value {number}", "参数值 {number}";
    name_hint(characters: usize) => "at most {characters} characters, for example emailDomainName", "最多 {characters} 个字符，例如 emailDomainName";
    value_hint(characters: usize) => "at most {characters} characters", "最多 {characters} 个字符";
    submit => "Submit the order", "提交订单";
    start => "Start the trial", "开始试用";
    back => "Change the choice", "修改选择";
    cannot => "This cannot be ordered as chosen. Go back and change the choice.", "当前选择无法下单，请返回修改。";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, buyer: Buyer, Asked(asked): Asked) -> Result<Response, Fault> {
    let offer = order::offer(&console.core, asked.text("productId")).await?;
    Ok(page(&console.core, buyer, &offer, &asked, None)?.answer())
}

/// Places the order and goes on to the payment; a trial is paid with nothing and goes on to the order.
pub(super) async fn place(State(console): State<Console>, buyer: Buyer, Sent(sent): Sent) -> Result<Response, Fault> {
    let core = &console.core;
    let offer = order::offer(core, sent.text("productId")).await?;
    let wanted = Amounts::read(&sent, &offer).map(|amounts| PlaceOrder {
        buyer_id: buyer.id().to_owned(),
        product_id: offer.price.product_id.clone(),
        quantity: amounts.quantity,
        period_number: amounts.periods,
        extend_params: wish::extend_params(&sent),
        pay: offer.price.is_trial(),
    });
    let placed = match &wanted {
        Ok(wanted) => refused(order::place_order(core, wanted, &|_| Batch::new()).await)?,
        Err(refusal) => Err(refusal.clone()),
    };
    match placed {
        Ok(order) if order.paid_at.is_some() => {
            Ok(Redirect::to(&format!("/orders/{}", order.order_id)).into_response())
        }
        Ok(order) => Ok(Redirect::to(&format!("/orders/{}/pay", order.order_id)).into_response()),
        Err(refusal) => Ok(page(core, buyer, &offer, &sent, Some(&refusal))?.answer_refused()),
    }
}

fn page(core: &Core, buyer: Buyer, offer: &Offer, fields: &Fields, refusal: Option<&Refusal>) -> Result<Page, Fault> {
    let language = buyer.language();
    let texts = Texts(language);
    let quoted = match Amounts::read(fields, offer) {
        Ok(amounts) => wish::quoted(wish::quote(core, offer, OrderKind::New, amounts))?,
        Err(refusal) => Err(refusal),
    };
    let back = format!(
        "/products/{}?productId={}&quantity={}&periodNumber={}",
        offer.product.product_code,
        offer.price.product_id,
        fields.text("quantity"),
        fields.text("periodNumber"),
    );
    let lead = if offer.price.is_trial() { texts.lead_trial() } else { texts.lead() };
    let page = Page::new(buyer.frame(core), texts.title()).lead(lead).below(back, texts.back());
    let quote = match quoted {
        Ok(quote) => quote,
        Err(refusal) => {
            let why = language.pick(&refusal.en, &refusal.zh);
            let why = format!("{} {why}", texts.cannot());
            return Ok(page.block(Block::Note("bad", why)));
        }
    };
    let form = form(offer, &quote, fields, language).refused(refusal, language);
    Ok(page.block(Block::Form(form)).aside(Block::Facts(texts.what().to_owned(), facts(offer, &quote, language))))
}

fn facts(offer: &Offer, quote: &Quote, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let mut facts = vec![
        Fact::text(texts.product(), words::name(&order::rules::names(offer), language)),
        Fact::text(texts.billing(), words::billing(&offer.price, language)),
    ];
    facts.extend(quote.quantity.map(|quantity| Fact::text(texts.quantity(), quantity.to_string())));
    if offer.price.period_type.is_some() {
        let period = words::period(offer.price.period_type, quote.period_number, language);
        facts.push(Fact::text(texts.period(), period));
        facts.push(Fact::new(texts.expires(), Cell::time(quote.expire_at)));
    }
    facts.push(Fact::text(texts.amount(), words::money(quote.payable)));
    facts
}

fn form(offer: &Offer, quote: &Quote, fields: &Fields, language: Language) -> Form {
    let texts = Texts(language);
    let number = |value: Option<i64>| value.map(|number| number.to_string()).unwrap_or_default();
    let periods = quote.period_number.filter(|_| !offer.price.is_trial());
    let params = (1..=EXTEND_PARAM_LIMIT).flat_map(|at| {
        let (name, value) = (format!("extendName{at}"), format!("extendValue{at}"));
        let (name_text, value_text) = (fields.text(&name).to_owned(), fields.text(&value).to_owned());
        [
            Field::line(name, texts.param_name(at), name_text).hint(texts.name_hint(EXTEND_NAME_CHARACTERS)),
            Field::line(value, texts.param_value(at), value_text).hint(texts.value_hint(EXTEND_VALUE_CHARACTERS)),
        ]
    });
    let filled = !wish::extend_params(fields).is_empty();
    let submit = if offer.price.is_trial() { texts.start() } else { texts.submit() };
    Form::post("/orders")
        .carrying("productId", &offer.price.product_id)
        .carrying("quantity", number(quote.quantity))
        .carrying("periodNumber", number(periods))
        .fold(texts.params(), params.collect(), filled)
        .costing(words::money(quote.payable), texts.amount())
        .submit(submit, "primary")
}
