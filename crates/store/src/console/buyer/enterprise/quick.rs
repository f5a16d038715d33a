//! From bought to authorised in one form (授权使用): choose or make an enterprise, bind, authorise oneself.
//! Source: kit §1.7.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice};

use super::list::{fields, wanted};
use super::path;
use crate::Core;
use crate::console::Console;
use crate::console::buyer::own_instance;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refusal_notice, refused};
use crate::console::fields::{Fields, Sent};
use crate::console::view::{Block, Choice, Field, Form, Page};
use crate::console::words;
use crate::identity::binding::{self, Grant, NewBinding};
use crate::identity::enterprise::{self, NewEnterprise, Tenant, TenantState};
use crate::instance::Instance;
use crate::refusal::Refusal;
use crate::window::Window;

/// Enterprises offered in the list; nobody has more of them at hand.
const OFFERED: i64 = 100;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    services => "My services", "已购服务";
    title => "Use it in an enterprise", "授权使用";
    lead => "The service is bound to an enterprise, and its members sign in with one account. Everything is filled in; change what you like.",
            "将服务绑定到企业后，成员使用统一账号登录。以下内容已自动填写，可按需修改。";
    which => "Enterprise", "企业";
    new => "Make a new one", "新建企业";
    new_fields => "The new enterprise", "新企业";
    personal => "Let the seller have mobile numbers and mail addresses of authorised members", "允许向商家提供已授权成员的手机号和邮箱";
    agree => "I agree that the seller is told the members I authorise", "我同意向商家同步已授权成员的信息";
    agree_first => "Tick this to go on.", "请勾选同意后继续。";
    submit => "Bind and authorise", "确认授权";
    submit_known => "Bind, then choose members", "绑定并选择成员";
    done_known => "Binding has begun. Choose below who may use it.", "已开始绑定。请在下方选择可使用的成员。";
    done => "Binding has begun; the first member is authorised as soon as the seller knows your enterprise.", "已开始绑定，三步同步完成后将自动告知商家首个成员的授权。";
}

/// The form; a service that is bound already leads to its page.
pub(in crate::console) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let instance = own_instance(core, &buyer, &resource_id).await?;
    if let Some(bound) = binding::of_resource(core, &instance.resource_id).await? {
        let there = format!("/enterprises/{}/services/{}", bound.tenant_id, bound.binding_id);
        return Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&there)));
    }
    let suggested = enterprise::suggest(core, buyer.id()).await?;
    let mut filled = Fields::default();
    filled.set("agree", "yes");
    Ok(page(core, buyer, &instance, (&suggested, &filled, None)).await?.answer())
}

/// Makes the enterprise if need be, binds, authorises.
pub(in crate::console) async fn save(
    State(console): State<Console>,
    buyer: Buyer,
    Path(resource_id): Path<String>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let texts = Texts(buyer.language());
    let instance = own_instance(core, &buyer, &resource_id).await?;
    let new = wanted(&sent, buyer.id());
    if sent.text("agree") != "yes" {
        let (zh, en) = (Texts(Language::Zh).agree_first(), Texts(Language::En).agree_first());
        let refusal = Refusal::invalid("binding.agree", "agree", zh, en);
        return Ok(page(core, buyer, &instance, (&new, &sent, Some(&refusal))).await?.answer_refused());
    }
    let tenant = match tenant(core, &buyer, (&sent, &new)).await? {
        Ok(tenant) => tenant,
        Err(refusal) => {
            return Ok(page(core, buyer, &instance, (&new, &sent, Some(&refusal))).await?.answer_refused());
        }
    };
    let wanted = NewBinding {
        tenant_id: tenant.tenant_id.clone(),
        resource_id: instance.resource_id.clone(),
        release_personal: sent.text("releasePersonal") == "yes",
    };
    let bound = match refused(binding::bind(core, &wanted).await)? {
        Ok(bound) => bound,
        Err(refusal) => return Ok(refusal_notice(&refusal, buyer.language()).and_go_to(&path(&tenant, ""))),
    };
    let there = path(&tenant, &format!("/services/{}", bound.binding_id));
    let is_known = !sent.text("tenantId").is_empty();
    if let Some(first) = new.first_member.filter(|_| !is_known) {
        let grant = Grant { users: vec![first], departments: Vec::new() };
        if let Err(refusal) = refused(binding::grant(core, &bound.binding_id, &grant).await)? {
            return Ok(refusal_notice(&refusal, buyer.language()).and_go_to(&there));
        }
    }
    let told = if is_known { texts.done_known() } else { texts.done() };
    Ok(Notice::new(Mood::Good, told).and_go_to(&there))
}

/// The chosen enterprise, or the new one.
async fn tenant(
    core: &Core,
    buyer: &Buyer,
    (sent, new): (&Fields, &NewEnterprise),
) -> Result<Result<Tenant, Refusal>, Fault> {
    match sent.some("tenantId") {
        Some(tenant_id) => super::own(core, buyer, &tenant_id).await.map(Ok),
        None => refused(enterprise::create(core, new).await),
    }
}

async fn page(
    core: &Core,
    buyer: Buyer,
    instance: &Instance,
    (new, sent, refusal): (&NewEnterprise, &Fields, Option<&Refusal>),
) -> Result<Page, Fault> {
    let language = buyer.language();
    let texts = Texts(language);
    let mut known = enterprise::list(core, buyer.id(), Window::first(OFFERED)).await?;
    known.retain(|one| one.state == TenantState::Active);
    let base = format!("/services/{}", instance.resource_id);
    let submit = if known.is_empty() { texts.submit() } else { texts.submit_known() };
    let mut form = Form::post(format!("{base}/enterprise"));
    if known.is_empty() {
        form = fields(new, language).into_iter().fold(form, Form::field);
    } else {
        let chosen = sent.some("tenantId").unwrap_or_else(|| known[0].tenant_id.clone());
        let choices =
            known.iter().map(|one| Choice::new(&one.tenant_id, format!("{} · {}", one.name, one.tenant_code)));
        let choices = choices.chain([Choice::new("", texts.new())]).collect();
        let optional = fields(new, language).into_iter().map(|field| Field { required: false, ..field }).collect();
        form = form.field(Field::line("tenantId", texts.which(), chosen).select(choices)).fold(
            texts.new_fields(),
            optional,
            false,
        );
    }
    let form = form
        .field(Field::line("releasePersonal", texts.personal(), sent.text("releasePersonal")).check())
        .field(Field::line("agree", texts.agree(), sent.text("agree")).check())
        .submit(submit, "primary")
        .or_back(&base, words::name(&instance.names, language))
        .refused(refusal, language);
    Ok(Page::new(buyer.frame(core), texts.title())
        .lead(texts.lead())
        .below("/services", texts.services())
        .below(&base, words::name(&instance.names, language))
        .block(Block::Form(form)))
}
