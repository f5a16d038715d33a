//! Who sells.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice, PageRequest};

use crate::Core;
use crate::console::Console;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Fields, Sent};
use crate::console::repo;
use crate::console::staff::list::{window, with_pager};
use crate::console::view::{Block, Cell, Empty, Field, Form, Page, Table};
use crate::merchant::rules::MAX_NAME_LENGTH;
use crate::merchant::{self, NewMerchant};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "Merchants", "商家";
    lead => "The accounts that sell in this store.", "在本商店销售商品的账号。";
    name => "Name", "名称";
    id => "Merchant id", "商家 ID";
    products => "Products", "商品";
    orders => "Orders", "订单";
    joined => "Joined", "加入时间";
    none => "No merchants yet", "还没有商家";
    none_text => "Add the first one below; then it gets keys and a production address by the control API or the seller centre.",
                 "请在下方添加，然后通过控制 API 或卖家中心配置密钥和生产地址。";
    add => "Add a merchant", "新增商家";
    add_lead => "Its keys, addresses and AK/SK follow by POST /api/v1/merchants/{id}/… or in the seller centre.",
                "密钥、生产地址和 AK/SK 通过 POST /api/v1/merchants/{id}/… 或卖家中心配置。";
    name_zh => "Name in Chinese", "中文名称";
    name_en => "Name in English", "英文名称";
    name_hint(length: usize) => "at most {length} characters", "最多 {length} 个字符";
    submit => "Add", "添加";
    added => "The merchant is added.", "商家已添加。";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff, page: PageRequest) -> Result<Response, Fault> {
    Ok(render(&console.core, staff, page, (&Fields::default(), None)).await?.answer())
}

/// Adds a merchant.
pub(super) async fn add(State(console): State<Console>, staff: Staff, Sent(sent): Sent) -> Result<Response, Fault> {
    let core = &console.core;
    let wanted = NewMerchant { merchant_id: None, name: sent.text("name").to_owned(), name_en: sent.some("nameEn") };
    match refused(merchant::add_merchant(&core.foundation, &wanted).await)? {
        Ok(_) => Ok(Notice::new(Mood::Good, Texts(staff.language()).added()).and_go_to("/operator/merchants")),
        Err(refusal) => Ok(render(core, staff, PageRequest::default(), (&sent, Some(refusal))).await?.answer_refused()),
    }
}

async fn render(
    core: &Core,
    staff: Staff,
    page: PageRequest,
    (fields, refusal): (&Fields, Option<Refusal>),
) -> Result<Page, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let (merchants, pager) = with_pager(merchant::list(&core.foundation, window(page)).await?, page);
    let mut rows = Vec::with_capacity(merchants.len());
    for one in &merchants {
        let counts = repo::overview(&core.foundation.db, &one.merchant_id).await?;
        rows.push(vec![
            Cell::text(language.pick(&one.name_en, &one.name)),
            Cell::Code(one.merchant_id.clone()),
            Cell::text(counts.products.all().to_string()),
            Cell::text(counts.orders.all().to_string()),
            Cell::time(Some(one.created_at)),
        ]);
    }
    let table = Table::new(&[texts.name(), texts.id(), texts.products(), texts.orders(), texts.joined()])
        .rows(rows)
        .or_empty(Empty::new(texts.none(), texts.none_text()))
        .paged(pager);
    let form = form(fields, language).refused(refusal.as_ref(), language);
    let page = Page::new(staff.frame(core), texts.title()).lead(texts.lead());
    Ok(page.block(Block::Table(table)).block(Block::Form(form)))
}

fn form(fields: &Fields, language: Language) -> Form {
    let texts = Texts(language);
    let hint = texts.name_hint(MAX_NAME_LENGTH);
    Form::post("/operator/merchants")
        .titled(texts.add(), texts.add_lead())
        .field(Field::line("name", texts.name_zh(), fields.text("name")).hint(&hint).required())
        .field(Field::line("nameEn", texts.name_en(), fields.text("nameEn")).hint(&hint))
        .submit(texts.submit(), "primary")
}
