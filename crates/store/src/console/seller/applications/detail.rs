//! One application credential: its test, its test account, its customers, and changing it.

use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderMap;
use mercer_kernel::web::{Language, Mood, Notice};

use super::form::{self, auth_mode, domain_kind};
use crate::Core;
use crate::console::buyer::enterprise::{calls_table, timeline};
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused, tell};
use crate::console::fields::{Fields, Sent};
use crate::console::once::{self, Once};
use crate::console::view::{Action, Block, Cell, Fact, Field, Form, Page};
use crate::console::{Console, words};
use crate::identity::application::{self, Application, ApplicationChange, DomainKind};
use crate::identity::binding::{self, Binding, BindingState};
use crate::identity::enterprise;
use crate::merchant;
use crate::message;
use crate::refusal::Refusal;
use crate::window::Window;

/// How often the page looks while the test is under way.
const REFRESH_MS: u32 = 2_000;
/// Customers shown.
const SHOWN_CUSTOMERS: i64 = 50;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    once => "Application id and secret", "应用ID和密钥";
    once_warning => "The secret is shown this once only. Copy it now.", "密钥仅显示这一次，请立即复制保存。";
    test => "Test of the interfaces", "接口测试";
    failed => "A test call was not answered with 000000. Look at the calls below, mend your system, and test again.", "有测试调用未返回 000000。请查看下方调用记录，修复后重新测试。";
    again => "Test again", "重新测试";
    account => "Test account", "测试账号";
    account_lead => "One per credential, for good. Opening it calls authSync.", "每个凭证一个，不能删除；申请时调用用户授权同步接口。";
    open_account => "Apply for the test account", "申请测试账号";
    domain_name => "Sign-in centre", "域名";
    tenant => "Tenant id", "租户ID";
    user => "Account", "账号";
    password => "Password", "密码";
    reveal => "show", "显示";
    facts => "Details", "凭证信息";
    app_id => "Application id", "应用ID";
    mode => "Sign-in", "鉴权方式";
    version => "Kit version", "联营KIT版本";
    domain => "Kind of login address", "应用登录地址类型";
    made => "Made", "创建时间";
    change => "Change the credential", "修改凭证";
    change_lead => "A changed address, version or key is tested again. Customers learn a new key when you push it.",
                   "修改生产地址、版本或公钥后会重新测试；新公钥需要推送给已绑定的客户。";
    save => "Save", "保存";
    saved => "The credential is changed.", "凭证已修改。";
    opened => "The test account is open.", "测试账号已开通。";
    tested => "The test has started again.", "已重新开始测试。";
    called => "The call is made again.", "已重新调用。";
    push => "Push to customers", "批量订单设置";
    push_really => "Call applicationSync for everything that is bound to this credential?", "向所有已绑定的客户重新调用应用同步接口？";
    pushed(count: usize) => "{count} bindings are told.", "已通知 {count} 个绑定。";
    customer(name: &str) => "Login address of {name}", "{name} 的登录地址";
    customer_lead => "Members of this customer can be authorised once it is set.", "设置后该客户才能授权成员。";
    login => "Login address", "应用登录地址";
    login_set => "The login address is set.", "登录地址已设置。";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Path(app_id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let core = &console.core;
    let application = super::own(core, &staff, &app_id).await?;
    let shown = Once::of(core, &headers, &staff.account.name);
    let had = shown.is_some();
    let fields = form::filled(&application);
    let answer = page(core, staff, (&application, &fields), (None, shown)).await?.answer();
    Ok(if had { once::forget(answer) } else { answer })
}

/// Changes the credential.
pub(super) async fn change(
    State(console): State<Console>,
    staff: Staff,
    Path(app_id): Path<String>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let application = super::own(core, &staff, &app_id).await?;
    let wanted = ApplicationChange {
        name: sent.some("name"),
        protocol: sent.code("protocol"),
        address_id: sent.some("addressId"),
        domain_kind: sent.code("domainKind"),
        login_address: sent.some("loginAddress"),
        multi_instance: Some(sent.text("multiInstance") == "yes"),
        public_key: sent.some("publicKey").filter(|key| key.trim() != application.public_key.trim()),
        platforms: None,
        personal_fields: Some(sent.text("personalFields") == "yes"),
    };
    match refused(application::change(core, &app_id, &wanted).await)? {
        Ok(_) => {
            let notice = Notice::new(Mood::Good, Texts(staff.language()).saved());
            Ok(notice.and_go_to(&super::path(&app_id, "")))
        }
        Err(refusal) => Ok(page(core, staff, (&application, &sent), (Some(&refusal), None)).await?.answer_refused()),
    }
}

/// Opens the test account.
pub(super) async fn open_test_account(
    State(console): State<Console>,
    staff: Staff,
    Path(app_id): Path<String>,
) -> Result<Response, Fault> {
    super::own(&console.core, &staff, &app_id).await?;
    let opened = application::open_test_account(&console.core, &app_id).await;
    tell(opened, staff.language(), Texts(staff.language()).opened(), &super::path(&app_id, ""))
}

/// Tests the interfaces again.
pub(super) async fn test_again(
    State(console): State<Console>,
    staff: Staff,
    Path(app_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    super::own(core, &staff, &app_id).await?;
    let test = binding::test_of(core, &app_id).await?.ok_or_else(Fault::missing)?;
    let again = binding::retry(core, &test.binding_id).await;
    tell(again, staff.language(), Texts(staff.language()).tested(), &super::path(&app_id, ""))
}

/// Makes a failed call of the test again.
pub(super) async fn retry_call(
    State(console): State<Console>,
    staff: Staff,
    Path((app_id, message_id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let core = &console.core;
    super::own(core, &staff, &app_id).await?;
    let test = binding::test_of(core, &app_id).await?.ok_or_else(Fault::missing)?;
    let call = message::find(core, &message_id).await?;
    call.filter(|call| call.message.subject.as_ref() == Some(&test.binding_id)).ok_or_else(Fault::missing)?;
    let again = message::restart(core, &message_id).await;
    tell(again, staff.language(), Texts(staff.language()).called(), &super::path(&app_id, ""))
}

/// Tells every customer the application anew.
pub(super) async fn push(
    State(console): State<Console>,
    staff: Staff,
    Path(app_id): Path<String>,
) -> Result<Response, Fault> {
    super::own(&console.core, &staff, &app_id).await?;
    let told = application::push(&console.core, &app_id).await?;
    Ok(Notice::new(Mood::Good, Texts(staff.language()).pushed(told)).and_go_to(&super::path(&app_id, "")))
}

/// Sets the login address of a customer.
pub(super) async fn set_login_address(
    State(console): State<Console>,
    staff: Staff,
    Path((app_id, tenant_id)): Path<(String, String)>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    super::own(core, &staff, &app_id).await?;
    let set = application::set_login_address(core, &app_id, &tenant_id, sent.text(&customer_field(&tenant_id))).await;
    tell(set, staff.language(), Texts(staff.language()).login_set(), &super::path(&app_id, ""))
}

async fn page(
    core: &Core,
    staff: Staff,
    (application, fields): (&Application, &Fields),
    (refusal, shown): (Option<&Refusal>, Option<Once>),
) -> Result<Page, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let here = super::path(&application.app_id, "");
    let addresses = merchant::addresses(&core.foundation, staff.merchant_id()).await?;
    let once = shown.map(|once| Block::Once(texts.once().to_owned(), texts.once_warning().to_owned(), once.lines));
    let change = Form::post(&here)
        .titled(texts.change(), texts.change_lead())
        .field(Field::line("name", form::Texts(language).name(), fields.text("name")).required());
    let change = form::shared_fields(fields, &addresses, language).into_iter().fold(change, Form::field);
    let change = change.submit(texts.save(), "primary").refused(refusal, language);
    let mut page = Page::new(staff.frame(core), &application.name)
        .below(super::PATH, form::Texts(language).list())
        .action(Action::post(format!("{here}/push"), texts.push()).asking(texts.push_really()))
        .maybe(once);
    if let Some(test) = binding::test_of(core, &application.app_id).await? {
        page = with_test(core, page, (application, &test), language).await?;
    }
    page = page.aside(facts(application, language)).aside(account(core, application, language).await?);
    for form in customers(core, application, language).await? {
        page = page.block(Block::Form(form));
    }
    Ok(page.block(Block::Form(change)))
}

async fn with_test(
    core: &Core,
    page: Page,
    (application, test): (&Application, &Binding),
    language: Language,
) -> Result<Page, Fault> {
    let texts = Texts(language);
    let retry_at = super::path(&application.app_id, "/calls");
    let events = timeline(core, test, language).await?;
    let calls = calls_table(core, test, &retry_at, language).await?;
    let again = super::path(&application.app_id, "/test");
    let mut page = page.badge(words::binding_state(test.state, language)).action(Action::post(again, texts.again()));
    if test.state == BindingState::Failed {
        page = page.block(Block::Note("bad", texts.failed().to_owned()));
    }
    if test.state == BindingState::Syncing {
        page = page.refreshing(REFRESH_MS);
    }
    Ok(page.block(Block::Timeline(texts.test().to_owned(), events)).block(Block::Table(calls)))
}

fn facts(application: &Application, language: Language) -> Block {
    let texts = Texts(language);
    let facts = vec![
        Fact::new(texts.app_id(), Cell::Code(application.app_id.clone())),
        Fact::text(texts.mode(), auth_mode(application.auth_mode)),
        Fact::text(texts.version(), words::kit_version(application.protocol)),
        Fact::text(texts.domain(), domain_kind(application.domain_kind, language)),
        Fact::new(texts.made(), Cell::time(Some(application.created_at))),
    ];
    Block::Facts(texts.facts().to_owned(), facts)
}

/// The test account, or the button that opens it.
async fn account(core: &Core, application: &Application, language: Language) -> Result<Block, Fault> {
    let texts = Texts(language);
    let Some(account) = application::test_account(core, &application.app_id).await? else {
        let form = Form::post(super::path(&application.app_id, "/test-account"))
            .titled(texts.account(), texts.account_lead())
            .submit(texts.open_account(), "");
        return Ok(Block::Form(form));
    };
    let facts = vec![
        Fact::text(texts.domain_name(), account.domain_name),
        Fact::new(texts.tenant(), Cell::Code(account.tenant_id)),
        Fact::new(texts.user(), Cell::Code(format!("{}@{}", account.user_name, account.tenant_code))),
        Fact::new(texts.password(), Cell::Secret(texts.reveal().to_owned(), account.password)),
    ];
    Ok(Block::Facts(texts.account().to_owned(), facts))
}

/// Name of a customer's field; the page has one for each of them, and one for the application itself.
fn customer_field(tenant_id: &str) -> String {
    format!("loginAddress.{tenant_id}")
}

/// One form per customer that needs a login address of its own.
async fn customers(core: &Core, application: &Application, language: Language) -> Result<Vec<Form>, Fault> {
    let texts = Texts(language);
    if application.domain_kind == DomainKind::Shared {
        return Ok(Vec::new());
    }
    let clients = binding::clients_of_application(core, &application.app_id, Window::first(SHOWN_CUSTOMERS)).await?;
    let mut forms = Vec::with_capacity(clients.len());
    for client in clients {
        let tenant = enterprise::find(core, &client.tenant_id).await?;
        let name = tenant.map_or_else(|| client.tenant_id.clone(), |tenant| tenant.name);
        let field = Field::line(customer_field(&client.tenant_id), texts.login(), &client.login_address);
        let field = field.typed("url").required();
        let action = super::path(&application.app_id, &format!("/customers/{}", client.tenant_id));
        let form = Form::post(action).titled(texts.customer(&name), texts.customer_lead());
        forms.push(form.field(field).submit(texts.save(), ""));
    }
    Ok(forms)
}
