//! Who buys.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice, PageRequest};

use crate::Core;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Fields, Sent};
use crate::console::staff::list::{window, with_pager};
use crate::console::view::{Block, Cell, Choice, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::merchant::rules::MAX_NAME_LENGTH;
use crate::merchant::{self, CustomerType, NewBuyer};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "Buyers", "买家";
    lead => "The accounts that order in this store.", "在本商店下单的账号。";
    name => "Account name", "账号名";
    real_name => "Real name", "实名";
    id => "Customer id", "客户 ID";
    kind => "Kind", "类型";
    email => "Mail", "邮箱";
    phone => "Mobile number", "手机号";
    joined => "Joined", "加入时间";
    none => "No buyers yet", "还没有买家";
    none_text => "Add the first one below; orders can then be placed for it by POST /api/v1/orders.",
                 "请在下方添加，之后可通过 POST /api/v1/orders 为其下单。";
    add => "Add a buyer", "新增买家";
    name_hint(length: usize) => "unique, at most {length} characters", "不可重复，最多 {length} 个字符";
    submit => "Add", "添加";
    added => "The buyer is added.", "买家已添加。";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff, page: PageRequest) -> Result<Response, Fault> {
    Ok(render(&console.core, staff, page, (&Fields::default(), None)).await?.answer())
}

/// Adds a buyer.
pub(super) async fn add(State(console): State<Console>, staff: Staff, Sent(sent): Sent) -> Result<Response, Fault> {
    let core = &console.core;
    let wanted = NewBuyer {
        customer_id: None,
        customer_name: sent.text("customerName").to_owned(),
        customer_real_name: sent.some("customerRealName"),
        customer_type: sent.code::<CustomerType>("customerType"),
        mobile_phone: sent.some("mobilePhone"),
        email: sent.some("email"),
        user_id: None,
        user_name: None,
    };
    match refused(merchant::add_buyer(&core.foundation, &wanted).await)? {
        Ok(_) => Ok(Notice::new(Mood::Good, Texts(staff.language()).added()).and_go_to("/operator/buyers")),
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
    let (buyers, pager) = with_pager(merchant::buyers(&core.foundation, window(page)).await?, page);
    let rows = buyers.iter().map(|buyer| {
        let optional = |text: &Option<String>| text.clone().map_or(Cell::Nothing, Cell::Text);
        vec![
            Cell::text(&buyer.customer_name),
            optional(&buyer.customer_real_name),
            Cell::text(words::customer_type(buyer.customer_type, language)),
            Cell::Code(buyer.customer_id.clone()),
            optional(&buyer.email),
            Cell::time(Some(buyer.created_at)),
        ]
    });
    let columns = [texts.name(), texts.real_name(), texts.kind(), texts.id(), texts.email(), texts.joined()];
    let table = Table::new(&columns).rows(rows).or_empty(Empty::new(texts.none(), texts.none_text())).paged(pager);
    let form = form(fields, language).refused(refusal.as_ref(), language);
    let page = Page::new(staff.frame(core), texts.title()).lead(texts.lead());
    Ok(page.block(Block::Table(table)).block(Block::Form(form)))
}

fn form(fields: &Fields, language: Language) -> Form {
    let texts = Texts(language);
    let value = |name: &str| fields.text(name).to_owned();
    let kinds = CustomerType::ALL.iter().map(|kind| Choice::new(kind.code(), words::customer_type(*kind, language)));
    let name = Field::line("customerName", texts.name(), value("customerName"));
    Form::post("/operator/buyers")
        .titled(texts.add(), "")
        .field(name.hint(texts.name_hint(MAX_NAME_LENGTH)).required())
        .field(Field::line("customerRealName", texts.real_name(), value("customerRealName")))
        .field(Field::line("customerType", texts.kind(), value("customerType")).select(kinds.collect()))
        .field(Field::line("email", texts.email(), value("email")).typed("email"))
        .field(Field::line("mobilePhone", texts.phone(), value("mobilePhone")).typed("tel"))
        .submit(texts.submit(), "primary")
}
