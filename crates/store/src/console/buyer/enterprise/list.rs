//! The enterprises of a buyer, and making one.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice, PageRequest};

use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Fields, Sent};
use crate::console::staff::list::{window, with_pager};
use crate::console::view::{Action, Block, Cell, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::identity::enterprise::rules::{MAX_CODE_LENGTH, MAX_NAME_LENGTH, MIN_CODE_LENGTH};
use crate::identity::enterprise::{self, NewEnterprise};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the pages.
    struct Texts;
    title => "My enterprises", "我的企业";
    lead => "An enterprise has members and departments. Bind a joint service to it and authorise members, and the seller's application knows who may sign in.",
            "企业包含成员和部门。将联营服务绑定到企业并授权成员后，商家的应用即可识别谁能登录。";
    name => "Enterprise", "企业名称";
    code => "Code", "企业域名";
    state => "State", "状态";
    made => "Made", "创建时间";
    none => "You have no enterprise yet", "您还没有企业";
    none_text => "Make one; it takes a name and a short code. You can also make it while binding a joint service you bought.",
                 "填写名称和企业域名即可创建；也可以在绑定已购联营服务时一并创建。";
    new => "Make an enterprise", "创建企业";
    new_lead => "Name and code cannot be changed later.", "企业名称和企业域名创建后不能修改。";
    name_hint(most: usize) => "1 to {most} characters", "1 到 {most} 个字符";
    code_hint(least: usize, most: usize) => "{least} to {most} lower-case letters, digits or hyphens. Members sign in as account@code.",
                                            "{least} 到 {most} 个小写字母、数字或连字符。成员使用「账号@企业域名」登录。";
    first => "Account of the first member", "首个成员账号";
    first_hint => "You, with your own name, phone and mail. Leave empty to begin without members.", "即您本人，自动带入姓名、手机和邮箱；留空则暂不添加成员。";
    submit => "Make the enterprise", "创建";
    done => "The enterprise is there.", "企业已创建。";
}

/// The list.
pub(super) async fn show(State(console): State<Console>, buyer: Buyer, page: PageRequest) -> Result<Response, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let texts = Texts(language);
    let tenants = enterprise::list(core, buyer.id(), window(page)).await?;
    let (tenants, pager) = with_pager(tenants, page);
    let rows = tenants.iter().map(|tenant| {
        vec![
            Cell::link(super::path(tenant, ""), &tenant.name),
            Cell::Code(tenant.tenant_code.clone()),
            Cell::Badge(words::tenant_state(tenant.state, language)),
            Cell::time(Some(tenant.created_at)),
        ]
    });
    let table = Table::new(&[texts.name(), texts.code(), texts.state(), texts.made()])
        .rows(rows)
        .or_empty(Empty::new(texts.none(), texts.none_text()).leading("/enterprises/new", texts.new()))
        .paged(pager);
    let page = Page::new(buyer.frame(core), texts.title()).lead(texts.lead());
    let page = if tenants.is_empty() { page } else { page.action(Action::primary("/enterprises/new", texts.new())) };
    Ok(page.block(Block::Table(table)).answer())
}

/// The form, with what is known about the buyer filled in.
pub(super) async fn new(State(console): State<Console>, buyer: Buyer) -> Result<Response, Fault> {
    let suggested = enterprise::suggest(&console.core, buyer.id()).await?;
    Ok(form_page(&console, buyer, &suggested, None).answer())
}

/// Makes it.
pub(super) async fn create(State(console): State<Console>, buyer: Buyer, Sent(sent): Sent) -> Result<Response, Fault> {
    let texts = Texts(buyer.language());
    let wanted = wanted(&sent, buyer.id());
    match refused(enterprise::create(&console.core, &wanted).await)? {
        Ok(tenant) => Ok(Notice::new(Mood::Good, texts.done()).and_go_to(&super::path(&tenant, ""))),
        Err(refusal) => Ok(form_page(&console, buyer, &wanted, Some(&refusal)).answer_refused()),
    }
}

/// What a form asks for.
pub(super) fn wanted(sent: &Fields, buyer_id: &str) -> NewEnterprise {
    NewEnterprise {
        buyer_id: buyer_id.to_owned(),
        name: sent.text("name").to_owned(),
        tenant_code: sent.text("tenantCode").to_owned(),
        first_member: sent.some("firstMember"),
    }
}

/// The fields of a new enterprise.
pub(super) fn fields(filled: &NewEnterprise, language: Language) -> Vec<Field> {
    let texts = Texts(language);
    vec![
        Field::line("name", texts.name(), &filled.name).hint(texts.name_hint(MAX_NAME_LENGTH)).required(),
        Field::line("tenantCode", texts.code(), &filled.tenant_code)
            .hint(texts.code_hint(MIN_CODE_LENGTH, MAX_CODE_LENGTH))
            .required(),
        Field::line("firstMember", texts.first(), filled.first_member.clone().unwrap_or_default())
            .hint(texts.first_hint()),
    ]
}

fn form_page(console: &Console, buyer: Buyer, filled: &NewEnterprise, refusal: Option<&Refusal>) -> Page {
    let language = buyer.language();
    let texts = Texts(language);
    let form = fields(filled, language).into_iter().fold(Form::post("/enterprises/new"), Form::field);
    let form = form.submit(texts.submit(), "primary").or_back("/enterprises", texts.title());
    Page::new(buyer.frame(&console.core), texts.new())
        .lead(texts.new_lead())
        .below("/enterprises", texts.title())
        .block(Block::Form(form.refused(refusal, language)))
}
