//! Giving back: a whole service (退订), or renewals that have not begun (退续费).

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::money::Money;
use mercer_kernel::web::Language;

use super::own_instance;
use crate::Core;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refusal_notice, refused};
use crate::console::view::{Block, Button, Cell, Fact, Form, Page};
use crate::console::{Console, words};
use crate::error::Answer;
use crate::instance::{self, Instance, calendar, terms};
use crate::order::{self, Order};
use crate::refusal::Refusal;
use mercer_kernel::web::{Mood, Notice};

mercer_kernel::messages! {
    /// Texts of the two confirmations.
    struct Texts;
    services => "My services", "已购服务";
    unsubscribe => "Unsubscribe", "退订服务";
    unsubscribe_lead => "The service ends at once and the merchant deletes its data. This cannot be undone.",
                        "服务将立即终止，商家会删除数据，无法恢复。";
    renewal => "Give back a renewal", "退续费";
    renewal_lead => "Renewals that have not begun are given back; the service runs on to the expiry before them.",
                    "退回尚未开始的续费，服务继续使用到续费前的到期时间。";
    back => "You get back", "退款金额";
    expires => "Valid until afterwards", "退订后有效期至";
    quota => "This takes one of your ten no-reason refunds of the year.", "将使用您本年度 10 次无理由退订中的 1 次。";
    do_unsubscribe => "Unsubscribe and get the money back", "确认退订并退款";
    do_renewal => "Give the renewal back", "确认退续费";
    really => "Really unsubscribe? The data is deleted.", "确定退订？数据将被删除。";
    really_renewal => "Give the renewal back?", "确定退续费？";
    keep => "Keep it", "暂不退订";
    unsubscribed => "Unsubscribed. The money is on its way back.", "已退订，款项将原路退回。";
    renewal_given_back => "The renewal was given back.", "续费已退订。";
}

/// The confirmation of an unsubscription.
pub(super) async fn ask_unsubscribe(
    State(console): State<Console>,
    buyer: Buyer,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let texts = Texts(language);
    let instance = own_instance(core, &buyer, &resource_id).await?;
    let orders = order::repo::of_instance(&core.foundation.db, &instance.resource_id).await?;
    let now = core.foundation.clock.now();
    let bounds = calendar::year_bounds(calendar::year(now));
    let used = order::repo::count_quota(&core.foundation.db, &instance.buyer_id, bounds).await?;
    let page = page(core, buyer, &instance, (texts.unsubscribe(), texts.unsubscribe_lead()));
    let planned = match terms::unsubscription(&instance, &orders, used, now) {
        Ok(planned) => planned,
        Err(refusal) => return Ok(refuse(page, &refusal, language).answer()),
    };
    let money = total(&planned.refunds, &orders)?;
    let form = Form::post(format!("/services/{resource_id}/unsubscribe"))
        .titled("", if planned.uses_quota { texts.quota() } else { "" })
        .costing(money.map(words::money).unwrap_or_default(), texts.back())
        .button(Button {
            label: texts.do_unsubscribe().to_owned(),
            style: "danger",
            posts_to: String::new(),
            confirm: texts.really().to_owned(),
        })
        .or_back(format!("/services/{resource_id}"), texts.keep());
    Ok(page.block(Block::Form(form)).answer())
}

/// Unsubscribes.
pub(super) async fn unsubscribe(
    State(console): State<Console>,
    buyer: Buyer,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let texts = Texts(buyer.language());
    let instance = own_instance(&console.core, &buyer, &resource_id).await?;
    let answer = instance::unsubscribe(&console.core, &instance.resource_id).await;
    finish(answer, buyer.language(), texts.unsubscribed(), &resource_id)
}

/// The confirmation of giving back renewals.
pub(super) async fn ask_cancel_renewal(
    State(console): State<Console>,
    buyer: Buyer,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let texts = Texts(language);
    let instance = own_instance(core, &buyer, &resource_id).await?;
    let orders = order::repo::of_instance(&core.foundation.db, &instance.resource_id).await?;
    let now = core.foundation.clock.now();
    let page = page(core, buyer, &instance, (texts.renewal(), texts.renewal_lead()));
    let planned = match terms::renewal_refund(&instance, &orders, now) {
        Ok(planned) => planned,
        Err(refusal) => return Ok(refuse(page, &refusal, language).answer()),
    };
    let money = total(&planned.refunds, &orders)?;
    let form = Form::post(format!("/services/{resource_id}/cancel-renewal"))
        .costing(money.map(words::money).unwrap_or_default(), texts.back())
        .button(Button {
            label: texts.do_renewal().to_owned(),
            style: "danger",
            posts_to: String::new(),
            confirm: texts.really_renewal().to_owned(),
        })
        .or_back(format!("/services/{resource_id}"), texts.keep());
    let after = vec![Fact::new(texts.expires(), Cell::time(Some(planned.expire_at)))];
    Ok(page.block(Block::Form(form)).aside(Block::Facts(String::new(), after)).answer())
}

/// Gives back renewals.
pub(super) async fn cancel_renewal(
    State(console): State<Console>,
    buyer: Buyer,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let texts = Texts(buyer.language());
    let instance = own_instance(&console.core, &buyer, &resource_id).await?;
    let answer = instance::cancel_renewal(&console.core, &instance.resource_id).await;
    finish(answer, buyer.language(), texts.renewal_given_back(), &resource_id)
}

fn page(core: &Core, buyer: Buyer, instance: &Instance, (title, lead): (&str, &str)) -> Page {
    let language = buyer.language();
    let texts = Texts(language);
    let name = words::name(&instance.names, language);
    Page::new(buyer.frame(core), title)
        .lead(lead)
        .below("/services", texts.services())
        .below(format!("/services/{}", instance.resource_id), name)
}

fn refuse(page: Page, refusal: &Refusal, language: Language) -> Page {
    page.block(Block::Note("warn", language.pick(&refusal.en, &refusal.zh).to_owned()))
}

fn total(refunds: &[terms::Refund], orders: &[Order]) -> Answer<Option<Money>> {
    let Some(first) = orders.first() else { return Ok(None) };
    terms::total(refunds, first.currency).map(Some)
}

/// To the refund's order, or back to the service with the reason.
fn finish(answer: Answer<Order>, language: Language, done: &str, resource_id: &str) -> Result<Response, Fault> {
    Ok(match refused(answer)? {
        Ok(order) => Notice::new(Mood::Good, done).and_go_to(&format!("/orders/{}", order.order_id)),
        Err(refusal) => refusal_notice(&refusal, language).and_go_to(&format!("/services/{resource_id}")),
    })
}
