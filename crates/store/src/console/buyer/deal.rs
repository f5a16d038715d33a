//! The form of a renewal, change, upgrade or trial turned formal: choose, see the price, order.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use mercer_kernel::web::Language;

use super::offers::Deal;
use super::own_instance;
use crate::Core;
use crate::callback;
use crate::catalog::{self, Offer, Product};
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Asked, Fields, Sent};
use crate::console::shop::wish::{Amounts, periods_field, quantity_field, quoted};
use crate::console::view::{Block, Button, Cell, Choice, Fact, Field, Form, Page};
use crate::console::{Console, words};
use crate::error::StoreError;
use crate::instance::Instance;
use crate::order::Quote;
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the four forms.
    struct Texts;
    services => "My services", "已购服务";
    renew => "Renew", "续费";
    renew_lead => "The new period begins where the present one ends.", "新周期从当前到期时间起算。";
    change => "Renew with a change", "续费变更";
    change_lead => "Another size or specification from the next period on. The merchant is asked first whether it is possible.",
                   "下一周期起更换规格或数量。提交时会先向商家确认是否可变更。";
    upgrade => "Upgrade or expand", "升级扩容";
    upgrade_lead => "Effective at once; you pay the difference for the remaining time.", "立即生效，按剩余时长补差价。";
    formal => "Turn the trial formal", "试用转正";
    formal_lead => "The formal period begins when the trial ends. Your data stays.", "正式周期从试用结束时起算，数据保留。";
    target => "Specification and billing", "规格与计费方式";
    to_pay => "To pay", "应付金额";
    new_expiry(date: &str) => "valid until {date}", "有效期至 {date}";
    update => "Update price", "更新价格";
    order => "Order", "提交订单";
    now => "At present", "当前";
    service => "Service", "服务";
    quantity => "Quantity", "数量";
    expires => "Valid until", "有效期至";
    state => "State", "状态";
}

impl Texts {
    fn of(self, deal: Deal) -> (&'static str, &'static str) {
        match deal {
            Deal::Renew => (self.renew(), self.renew_lead()),
            Deal::Change => (self.change(), self.change_lead()),
            Deal::Upgrade => (self.upgrade(), self.upgrade_lead()),
            Deal::Formal => (self.formal(), self.formal_lead()),
        }
    }
}

/// What a form is about.
struct Desk {
    deal: Deal,
    instance: Instance,
    offers: Vec<Offer>,
    /// What the protocol of the product has no call for.
    obstacle: Option<Refusal>,
}

/// The form.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path((resource_id, deal)): Path<(String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let desk = prepare(&console.core, &buyer, &resource_id, &deal).await?;
    Ok(page(&console.core, buyer, &desk, &asked, None).await?.answer())
}

/// Places the order and goes on to its payment.
pub(super) async fn place(
    State(console): State<Console>,
    buyer: Buyer,
    Path((resource_id, deal)): Path<(String, String)>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let desk = prepare(core, &buyer, &resource_id, &deal).await?;
    let placed = match (chosen(&desk, &sent), &desk.deal) {
        (Some(offer), deal) => match amounts(*deal, &sent, offer) {
            Ok(amounts) => refused(deal.place(core, &desk.instance, offer, amounts).await)?,
            Err(refusal) => Err(refusal),
        },
        (None, _) => Err(nothing_fits()),
    };
    match placed {
        Ok(order) => Ok(Redirect::to(&format!("/orders/{}/pay", order.order_id)).into_response()),
        Err(refusal) => Ok(page(core, buyer, &desk, &sent, Some(refusal)).await?.answer_refused()),
    }
}

async fn prepare(core: &Core, buyer: &Buyer, resource_id: &str, deal: &str) -> Result<Desk, Fault> {
    let deal = Deal::parse(deal).ok_or_else(Fault::missing)?;
    let instance = own_instance(core, buyer, resource_id).await?;
    let product: Product = catalog::product(core, &instance.product_code)
        .await?
        .ok_or_else(|| StoreError::Broken(format!("instance {} has no product", instance.resource_id)))?;
    let offers = deal.offers(&instance, &product);
    let obstacle = match deal {
        Deal::Change => callback::check_changes_on_renewal(product.integration.access).err(),
        Deal::Renew | Deal::Upgrade | Deal::Formal => None,
    };
    Ok(Desk { deal, instance, offers, obstacle })
}

/// The price the form names, else the present one, else the first.
fn chosen<'a>(desk: &'a Desk, fields: &Fields) -> Option<&'a Offer> {
    let by_id = |id: &str| desk.offers.iter().find(|offer| offer.price.product_id == id);
    by_id(fields.text("productId")).or_else(|| by_id(&desk.instance.product_id)).or(desk.offers.first())
}

fn amounts(deal: Deal, fields: &Fields, offer: &Offer) -> Result<Amounts, Refusal> {
    let read = Amounts::read(fields, offer)?;
    Ok(Amounts {
        quantity: read.quantity.filter(|_| deal.takes_quantity()),
        periods: read.periods.filter(|_| deal.takes_periods()),
    })
}

async fn page(
    core: &Core,
    buyer: Buyer,
    desk: &Desk,
    fields: &Fields,
    refusal: Option<Refusal>,
) -> Result<Page, Fault> {
    let language = buyer.language();
    let texts = Texts(language);
    let (title, lead) = texts.of(desk.deal);
    let service = format!("/services/{}", desk.instance.resource_id);
    let page = Page::new(buyer.frame(core), title)
        .lead(lead)
        .below("/services", texts.services())
        .below(&service, words::name(&desk.instance.names, language))
        .aside(Block::Facts(texts.now().to_owned(), present(&desk.instance, language)));
    let against = desk.deal.check(&desk.instance).err().or_else(|| desk.obstacle.clone());
    let Some(offer) = chosen(desk, fields).filter(|_| against.is_none()) else {
        let why = against.unwrap_or_else(nothing_fits);
        return Ok(page.block(Block::Note("warn", language.pick(&why.en, &why.zh).to_owned())));
    };
    let read = amounts(desk.deal, fields, offer);
    let known = read.as_ref().copied().unwrap_or_default();
    let quote = match read {
        Ok(amounts) => quoted(desk.deal.quote(core, &desk.instance, offer, amounts).await)?,
        Err(refusal) => Err(refusal),
    };
    let form = form(desk, offer, known, language);
    let form = match &quote {
        Ok(quote) => priced(form, quote, language),
        Err(refusal) => form.refused(Some(refusal), language),
    };
    Ok(page.block(Block::Form(form.refused(refusal.as_ref(), language))))
}

fn form(desk: &Desk, offer: &Offer, known: Amounts, language: Language) -> Form {
    let texts = Texts(language);
    let path = format!("/services/{}/{}", desk.instance.resource_id, desk.deal.path());
    let choices = desk.offers.iter().map(|one| {
        let sign = one.product.currency.sign();
        Choice {
            value: one.price.product_id.clone(),
            label: format!("{} · {}", words::name(&one.sku.name, language), words::billing(&one.price, language)),
            note: words::unit_price(&one.sku, &one.price, sign, language),
        }
    });
    let target = Field::line("productId", texts.target(), &offer.price.product_id).radio(choices.collect());
    let mut form = Form::get(&path).field(target);
    if let Some(linear) = offer.sku.linear.as_ref().filter(|_| desk.deal.takes_quantity()) {
        let value = known.quantity.or(desk.instance.quantity);
        form = form.field(quantity_field(linear, value, language));
    }
    if let Some(field) = periods_field(&offer.price, known.periods, language).filter(|_| desk.deal.takes_periods()) {
        form = form.field(field);
    }
    // The first button is the one that Enter presses: looking again is harmless, ordering is not.
    form.submit(texts.update(), "").button(Button {
        label: texts.order().to_owned(),
        style: "primary",
        posts_to: path,
        confirm: String::new(),
    })
}

fn priced(form: Form, quote: &Quote, language: Language) -> Form {
    let texts = Texts(language);
    let end = quote.expire_at.map(|at| mercer_kernel::web::Moment::of(at).text());
    let remark =
        end.map_or_else(|| texts.to_pay().to_owned(), |end| format!("{} · {}", texts.to_pay(), texts.new_expiry(&end)));
    form.costing(words::money(quote.payable), remark)
}

fn present(instance: &Instance, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let mut facts = vec![
        Fact::text(texts.service(), words::name(&instance.names, language)),
        Fact::new(texts.state(), Cell::Badge(words::instance_state(instance, language))),
    ];
    facts.extend(instance.quantity.map(|quantity| Fact::text(texts.quantity(), quantity.to_string())));
    facts.push(Fact::new(texts.expires(), Cell::time(instance.expire_at)));
    facts
}

fn nothing_fits() -> Refusal {
    Refusal::conflict(
        "deal.nothing",
        "该商品没有可选的包周期价格",
        "the product has no yearly or monthly price to go to",
    )
}
