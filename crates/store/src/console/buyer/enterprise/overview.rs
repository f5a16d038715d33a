//! One enterprise: what is bound to it, what can be, and the ways to its people.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice};

use super::{own, path};
use crate::Core;
use crate::catalog;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refusal_notice, refused};
use crate::console::fields::Sent;
use crate::console::view::{Action, Block, Cell, Choice, Empty, Fact, Field, Form, Page, Stat, Table};
use crate::console::{Console, words};
use crate::error::Answer;
use crate::identity::binding::{self, Binding, BindingState, NewBinding};
use crate::identity::enterprise::{Tenant, TenantState};
use crate::identity::{department, member};
use crate::instance::{self, Instance, InstanceFilter, InstanceState};
use crate::window::Window;

/// Services looked through for ones that can be bound.
const LOOKED_THROUGH: i64 = 500;
/// How often the page looks while a binding is under way.
const REFRESH_MS: u32 = 2_000;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    enterprises => "My enterprises", "我的企业";
    members => "Members", "成员";
    disabled(count: i64) => "{count} disabled", "已禁用 {count} 人";
    departments => "Departments", "部门";
    services => "Bound services", "已绑定的服务";
    admins => "Admins", "管理员";
    facts => "Enterprise", "企业信息";
    code => "Code", "企业域名";
    domain => "Sign-in address", "登录域名";
    id => "Tenant id", "租户 ID";
    made => "Made", "创建时间";
    service => "Service", "服务";
    state => "State", "状态";
    order => "Order", "订单";
    bound => "Bound", "绑定时间";
    none => "Nothing is bound yet", "还没有绑定服务";
    none_text => "Buy a joint service in the shop and bind it here; then authorise members.", "在商店购买联营服务后，在此绑定并授权成员。";
    to_shop => "To the shop", "去商店";
    bind => "Bind a service", "绑定服务";
    bind_lead => "The seller is told your enterprise, the application and your departments, in this order.", "绑定后将依次向商家同步企业、应用和部门信息。";
    which => "Service you bought", "已购联营服务";
    personal => "Let the seller have mobile numbers and mail addresses of authorised members", "允许向商家提供已授权成员的手机号和邮箱";
    submit => "Bind", "绑定";
    done => "Binding has begun; this page shows how it goes.", "已开始绑定，进度见下方。";
    dissolve => "Dissolve the enterprise", "解散企业";
    dissolved => "This enterprise was dissolved.", "企业已解散。";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let texts = Texts(language);
    let tenant = own(core, &buyer, &tenant_id).await?;
    let bindings = binding::of_tenant(core, &tenant_id).await?;
    let mut moves = false;
    let mut rows = Vec::new();
    for one in &bindings {
        moves |= one.state == BindingState::Syncing;
        rows.push(row(core, &tenant, one, language).await?);
    }
    let table = Table::new(&[texts.service(), texts.state(), texts.order(), texts.bound()])
        .titled(texts.services())
        .rows(rows)
        .or_empty(Empty::new(texts.none(), texts.none_text()).leading("/", texts.to_shop()));
    let is_active = tenant.state == TenantState::Active;
    let form = if is_active { bind_form(core, &buyer, &tenant).await? } else { None };
    let stats = stats(core, &tenant, &bindings, language).await?;
    let page = Page::new(buyer.frame(core), &tenant.name)
        .below("/enterprises", texts.enterprises())
        .badge(words::tenant_state(tenant.state, language))
        .maybe((!is_active).then(|| Block::Note("info", texts.dissolved().to_owned())))
        .block(Block::Stats(stats))
        .block(Block::Table(table))
        .maybe(form.map(Block::Form))
        .aside(Block::Facts(texts.facts().to_owned(), facts(&tenant, language)));
    let page = if is_active {
        let actions = vec![
            Action::link(path(&tenant, "/admins"), texts.admins()),
            Action::link(path(&tenant, "/dissolve"), texts.dissolve()),
        ];
        page.aside(Block::Actions(String::new(), actions))
    } else {
        page
    };
    Ok(page.refreshing(if moves { REFRESH_MS } else { 0 }).answer())
}

/// Binds a service.
pub(super) async fn bind(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let tenant = own(core, &buyer, &tenant_id).await?;
    let wanted = NewBinding {
        tenant_id,
        resource_id: sent.text("resourceId").to_owned(),
        release_personal: sent.text("releasePersonal") == "yes",
    };
    let owned = instance::find(core, &wanted.resource_id).await?.filter(|found| found.buyer_id == buyer.id());
    if owned.is_none() {
        return Err(Fault::missing());
    }
    Ok(match refused(binding::bind(core, &wanted).await)? {
        Ok(made) => Notice::new(Mood::Good, Texts(language).done())
            .and_go_to(&path(&tenant, &format!("/services/{}", made.binding_id))),
        Err(refusal) => refusal_notice(&refusal, language).and_go_to(&path(&tenant, "")),
    })
}

/// Joint services of a buyer that are bound to no enterprise.
pub(super) async fn bindable(core: &Core, buyer_id: &str) -> Answer<Vec<Instance>> {
    let filter = InstanceFilter { buyer_id: buyer_id.to_owned(), ..InstanceFilter::default() };
    let mut found = Vec::new();
    for one in instance::list(core, &filter, Window::first(LOOKED_THROUGH)).await? {
        let is_open = matches!(one.state, InstanceState::Active | InstanceState::Frozen);
        if !is_open || binding::of_resource(core, &one.resource_id).await?.is_some() {
            continue;
        }
        let product = catalog::product(core, &one.product_code).await?;
        if product.is_some_and(|product| product.integration.joint) {
            found.push(one);
        }
    }
    Ok(found)
}

async fn bind_form(core: &Core, buyer: &Buyer, tenant: &Tenant) -> Result<Option<Form>, Fault> {
    let language = buyer.language();
    let texts = Texts(language);
    let services = bindable(core, buyer.id()).await?;
    if services.is_empty() {
        return Ok(None);
    }
    let choices = services
        .iter()
        .map(|one| Choice::new(&one.resource_id, format!("{} · {}", words::name(&one.names, language), one.order_id)));
    let form = Form::post(path(tenant, "/bind"))
        .titled(texts.bind(), texts.bind_lead())
        .field(Field::line("resourceId", texts.which(), "").select(choices.collect()))
        .field(Field::line("releasePersonal", texts.personal(), "").check())
        .submit(texts.submit(), "primary");
    Ok(Some(form))
}

async fn row(core: &Core, tenant: &Tenant, binding: &Binding, language: Language) -> Answer<Vec<Cell>> {
    let instance = match &binding.resource_id {
        Some(resource_id) => instance::find_resource(&core.foundation.db, resource_id).await?,
        None => None,
    };
    let name = instance.map_or_else(|| binding.instance_id.clone(), |found| words::name(&found.names, language));
    Ok(vec![
        Cell::link(path(tenant, &format!("/services/{}", binding.binding_id)), name),
        Cell::Badge(words::binding_state(binding.state, language)),
        Cell::link(format!("/orders/{}", binding.order_id), &binding.order_id),
        Cell::time(binding.bound_at),
    ])
}

async fn stats(core: &Core, tenant: &Tenant, bindings: &[Binding], language: Language) -> Answer<Vec<Stat>> {
    let texts = Texts(language);
    let db = &core.foundation.db;
    let (enabled, disabled) = member::repo::count(db, &tenant.tenant_id).await?;
    let departments = department::repo::count(db, &tenant.tenant_id).await?;
    let bound = bindings.iter().filter(|one| one.state != BindingState::Unbound).count();
    let hint = if disabled > 0 { texts.disabled(disabled) } else { String::new() };
    let stat = |label: &str, value: String, hint: String, href: &str| Stat {
        state: "",
        label: label.to_owned(),
        value,
        hint,
        href: path(tenant, href),
    };
    Ok(vec![
        stat(texts.members(), (enabled + disabled).to_string(), hint, "/members"),
        stat(texts.departments(), departments.to_string(), String::new(), "/departments"),
        stat(texts.services(), bound.to_string(), String::new(), ""),
    ])
}

fn facts(tenant: &Tenant, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    vec![
        Fact::new(texts.code(), Cell::Code(tenant.tenant_code.clone())),
        Fact::new(texts.domain(), Cell::Code(tenant.domain_name.clone())),
        Fact::new(texts.id(), Cell::Code(tenant.tenant_id.clone())),
        Fact::new(texts.made(), Cell::time(Some(tenant.created_at))),
    ]
}
