//! Applying for a credential (凭证申请), and the fields it shares with a change.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use mercer_kernel::web::Language;

use crate::Core;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Fields, Sent};
use crate::console::once::Once;
use crate::console::view::{Block, Choice, Field, Form, Page};
use crate::console::{Console, words};
use crate::identity::KitVersion;
use crate::identity::application::{self, Application, AuthMode, DomainKind, NewApplication, Platform};
use crate::merchant::{self, ProductionAddress};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the forms.
    pub(super) struct Texts;
    list => "Application credentials", "应用凭证管理";
    title => "Apply for a credential", "凭证申请";
    lead => "When it is made, the store calls tenantSync, applicationSync and allOrgSync on the production address with test data.",
            "提交后，云商店使用测试数据调用生产地址的企业同步、应用同步和部门全量同步接口。";
    name => "Name", "应用名称";
    mode => "Sign-in", "鉴权方式";
    address => "Production address", "生产地址";
    version => "Kit version", "联营KIT版本";
    version_hint => "V2.0 is called below /produceAPI/v2, V1.0 below /produceAPI.", "V2.0 的接口路径为 /produceAPI/v2/…，V1.0 为 /produceAPI/…。";
    domain => "Kind of login address", "应用登录地址类型";
    shared => "One for all customers", "共享域名";
    independent => "One per customer", "独立域名";
    login => "Login address", "应用登录地址";
    login_hint => "Users come back here after signing in. With one address per customer this one serves your test only; set each customer's own one later.",
                  "用户登录后返回的地址。选择独立域名时，此地址仅用于测试，之后请为每个客户单独设置。";
    several => "Several orders of one product may be bound to the same enterprise. Once allowed, it stays so.", "支持多实例绑定：同一商品的多个订单可绑定到同一企业，开启后不能关闭。";
    personal => "Receive phone and mail of members when the buyer releases them", "接收成员的手机和邮箱（买家同意提供时）";
    key => "RSA public key", "RSA 公钥";
    key_hint => "At least 3072 bits, PEM with or without the BEGIN and END lines. The gateway shows its key under \"Keys and addresses\"; otherwise `mercer keys rsa` makes a pair.",
                "至少 3072 位，PEM 格式，可省略 BEGIN/END 行。使用网关时可在「密钥与地址」中复制；也可用 mercer keys rsa 生成。";
    platforms => "Other platforms", "支持使用平台";
    submit => "Apply", "提交申请";
    once_id => "Application id", "应用ID";
    once_secret => "Secret", "密钥";
}

/// The form.
pub(super) async fn new(State(console): State<Console>, staff: Staff) -> Result<Response, Fault> {
    Ok(page(&console.core, staff, &Fields::default(), None).await?.answer())
}

/// Makes the credential.
pub(super) async fn create(State(console): State<Console>, staff: Staff, Sent(sent): Sent) -> Result<Response, Fault> {
    let core = &console.core;
    let texts = Texts(staff.language());
    let platforms = Platform::ALL.iter().copied().filter(|one| sent.text(one.code()) == "yes").collect();
    let wanted = NewApplication {
        app_id: None,
        merchant_id: staff.merchant_id().to_owned(),
        name: sent.text("name").to_owned(),
        auth_mode: sent.code("authMode").unwrap_or(AuthMode::OAuth2),
        protocol: sent.code("protocol").unwrap_or(KitVersion::V2),
        address_id: sent.text("addressId").to_owned(),
        domain_kind: sent.code("domainKind").unwrap_or(DomainKind::Shared),
        login_address: sent.text("loginAddress").to_owned(),
        multi_instance: sent.text("multiInstance") == "yes",
        public_key: sent.text("publicKey").to_owned(),
        platforms,
        personal_fields: sent.text("personalFields") == "yes",
    };
    match refused(application::create(core, wanted).await)? {
        Ok((made, secret)) => {
            let lines =
                vec![(texts.once_id().to_owned(), made.app_id.clone()), (texts.once_secret().to_owned(), secret)];
            let once = Once { account: staff.account.name, lines };
            Ok(once.and_go_to(core, &super::path(&made.app_id, ""))?.into_response())
        }
        Err(refusal) => Ok(page(core, staff, &sent, Some(&refusal)).await?.answer_refused()),
    }
}

async fn page(core: &Core, staff: Staff, fields: &Fields, refusal: Option<&Refusal>) -> Result<Page, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let addresses = merchant::addresses(&core.foundation, staff.merchant_id()).await?;
    let modes = AuthMode::ALL.iter().map(|mode| Choice::new(mode.code(), auth_mode(*mode))).collect();
    let form = Form::post(format!("{}/new", super::PATH))
        .field(Field::line("name", texts.name(), fields.text("name")).required())
        .field(Field::line("authMode", texts.mode(), fields.text("authMode")).select(modes));
    let form = shared_fields(fields, &addresses, language).into_iter().fold(form, Form::field);
    let platforms = Platform::ALL
        .iter()
        .map(|one| Field::line(one.code(), platform(*one, language), fields.text(one.code())).check());
    let form = form
        .fold(texts.platforms(), platforms.collect(), false)
        .submit(texts.submit(), "primary")
        .or_back(super::PATH, texts.list())
        .refused(refusal, language);
    Ok(Page::new(staff.frame(core), texts.title())
        .lead(texts.lead())
        .below(super::PATH, texts.list())
        .block(Block::Form(form)))
}

/// The fields that can be changed later too.
pub(super) fn shared_fields(fields: &Fields, addresses: &[ProductionAddress], language: Language) -> Vec<Field> {
    let texts = Texts(language);
    let urls = addresses.iter().map(|address| Choice::new(&address.address_id, &address.url)).collect();
    let versions = KitVersion::ALL.iter().map(|one| Choice::new(one.code(), words::kit_version(*one))).collect();
    let kinds = DomainKind::ALL.iter().map(|kind| Choice::new(kind.code(), domain_kind(*kind, language))).collect();
    vec![
        Field::line("addressId", texts.address(), fields.text("addressId")).select(urls).required(),
        Field::line("protocol", texts.version(), fields.text("protocol")).select(versions).hint(texts.version_hint()),
        Field::line("domainKind", texts.domain(), fields.text("domainKind")).select(kinds),
        Field::line("loginAddress", texts.login(), fields.text("loginAddress"))
            .typed("url")
            .hint(texts.login_hint())
            .required(),
        Field::line("multiInstance", texts.several(), fields.text("multiInstance")).check(),
        Field::line("personalFields", texts.personal(), fields.text("personalFields")).check(),
        Field::line("publicKey", texts.key(), fields.text("publicKey")).area().hint(texts.key_hint()).required(),
    ]
}

/// What a form of a credential holds before anybody has typed.
pub(super) fn filled(application: &Application) -> Fields {
    let yes = |flag: bool| if flag { "yes" } else { "" };
    let mut fields = Fields::default();
    for (name, text) in [
        ("name", application.name.as_str()),
        ("addressId", &application.address_id),
        ("protocol", application.protocol.code()),
        ("domainKind", application.domain_kind.code()),
        ("loginAddress", &application.login_address),
        ("multiInstance", yes(application.multi_instance)),
        ("personalFields", yes(application.personal_fields)),
        ("publicKey", &application.public_key),
    ] {
        fields.set(name, text);
    }
    fields
}

/// How users sign in, the same in both languages.
pub(super) fn auth_mode(mode: AuthMode) -> &'static str {
    match mode {
        AuthMode::OAuth2 => "OAuth2.0",
        AuthMode::Sdk => "SDK",
    }
}

/// Whose login address counts.
pub(super) fn domain_kind(kind: DomainKind, language: Language) -> &'static str {
    match kind {
        DomainKind::Shared => Texts(language).shared(),
        DomainKind::Independent => Texts(language).independent(),
    }
}

fn platform(platform: Platform, language: Language) -> &'static str {
    match platform {
        Platform::WeLink => language.pick("WeLink", "WeLink 开放平台"),
        Platform::Industry => language.pick("Industrial software cloud", "工业软件云"),
    }
}
