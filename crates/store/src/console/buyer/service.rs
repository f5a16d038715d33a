//! One service: the merchant is asked for address and account there and then (查询资源信息), and everything
//! that can be done with the service is offered.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::{Language, Moment};
use mercer_protocol::saas_v2::UsageInfo;

use super::own_instance;
use crate::Core;
use crate::callback::{self, AppInfo};
use crate::catalog::{self, Integration};
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refused, tell};
use crate::console::view::{Action, Block, Cell, Fact, Page, Table};
use crate::console::{Console, words};
use crate::instance::{self, Instance, InstanceState, rules, terms};
use crate::message;
use crate::order::{self, Order};

/// How often the page looks while the service is being opened or released.
const REFRESH_MS: u32 = 2_000;

mercer_kernel::messages! {
    /// Texts of a service's page.
    struct Texts;
    services => "My services", "已购服务";
    access => "Address and account", "资源信息";
    open_app => "Open the app", "打开应用";
    app => "App address", "应用地址";
    admin => "Admin address", "管理后台地址";
    account => "Account", "账号";
    password => "Initial password", "初始密码";
    reveal => "show", "显示";
    unreadable => "unreadable: it came in a form that cannot be decrypted. Ask the merchant.", "无法解密，请联系商家获取。";
    accept => "Confirm acceptance", "确认验收";
    accept_really => "Confirm that the service is as ordered? The period begins now.", "确认服务符合订单要求？周期将从现在起算。";
    accepted => "Accepted. The period has begun.", "已确认验收，周期开始计算。";
    accepted_at => "Accepted", "验收时间";
    enterprise => "Use it in an enterprise", "企业与成员";
    memo => "Remark of the merchant", "商家备注";
    no_access => "The merchant hands out address and account in another way. Please contact it.", "商家未通过接口提供应用地址和账号，请联系商家。";
    not_now => "Address and account could not be read from the merchant", "暂时无法从商家查询资源信息";
    later => "The service itself is not affected. Load the page again in a moment.", "服务本身不受影响，请稍后刷新页面。";
    opening => "The merchant is opening the service. This page looks again by itself.", "商家正在开通服务，页面会自动刷新。";
    awaiting => "The service is ready. Check it, then confirm acceptance: the period you paid for begins at that moment.", "服务已就绪。请检查后确认验收，您购买的周期从确认时起算。";
    frozen_expired(date: &str) => "The service has expired and is frozen; its data is kept until {date}. Renew it to use it again.", "服务已到期冻结，数据保留至 {date}。续费后可恢复使用。";
    frozen_violation => "The operator has frozen the service because of a violation. Contact the operator.", "服务因违规被冻结，请联系云商店运营。";
    ended => "The service has ended.", "服务已结束。";
    failed => "The service was never opened; the money was given back.", "服务开通失败，款项已退回。";
    usage => "Usage", "使用量";
    value => "Value", "用量";
    at => "Counted at (UTC)", "统计时间（UTC）";
    dashboard => "Dashboard", "看板";
    facts => "Details", "服务信息";
    quantity => "Quantity", "数量";
    expires => "Valid until", "有效期至";
    activated => "Opened", "开通时间";
    resource => "Resource id", "资源 ID";
    instance => "Merchant's instance id", "商家实例 ID";
    doing => "Manage", "管理服务";
    renew => "Renew", "续费";
    change => "Renew with a change", "续费变更";
    upgrade => "Upgrade or expand", "升级扩容";
    formal => "Turn the trial formal", "试用转正";
    cancel_renewal => "Give back a renewal", "退续费";
    unsubscribe => "Unsubscribe", "退订";
    history => "Orders of this service", "相关订单";
    order => "Order", "订单";
    kind => "Kind", "类型";
    amount => "Amount", "金额";
    state => "State", "状态";
    placed => "Placed", "下单时间";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let texts = Texts(language);
    let instance = own_instance(core, &buyer, &resource_id).await?;
    let orders = order::repo::of_instance(&core.foundation.db, &instance.resource_id).await?;
    if let Some(opening) = orders.iter().find(|order| order.order_id == instance.order_id) {
        message::hurry(core, opening).await?;
    }
    let mut page = Page::new(buyer.frame(core), words::name(&instance.names, language))
        .below("/services", texts.services())
        .badge(words::instance_state(&instance, language));
    if let Some(note) = standing(&instance, language) {
        page = page.block(note);
    }
    if rules::check_there(&instance).is_ok() {
        let (blocks, open) = access(core, &instance, language).await?;
        if let Some(action) = open {
            page = page.action(action);
        }
        page = blocks.into_iter().fold(page, Page::block);
    }
    let product = catalog::product(core, &instance.product_code).await?;
    let integration = product.map(|product| product.integration).unwrap_or_default();
    let actions = actions(core, (&instance, &integration), &orders, language);
    let page = page.block(Block::Table(history(&orders, language)));
    let page = if actions.is_empty() { page } else { page.aside(Block::Actions(texts.doing().to_owned(), actions)) };
    let moves = matches!(instance.state, InstanceState::Opening | InstanceState::Releasing);
    let page = page.aside(Block::Facts(texts.facts().to_owned(), facts(&instance, language)));
    Ok(page.refreshing(if moves { REFRESH_MS } else { 0 }).answer())
}

/// The buyer confirms acceptance (确认验收).
pub(super) async fn accept(
    State(console): State<Console>,
    buyer: Buyer,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let instance = own_instance(&console.core, &buyer, &resource_id).await?;
    let answer = instance::accept(&console.core, &instance.resource_id).await;
    let language = buyer.language();
    tell(answer, language, Texts(language).accepted(), &format!("/services/{resource_id}"))
}

/// What the state means for the buyer.
fn standing(instance: &Instance, language: Language) -> Option<Block> {
    let texts = Texts(language);
    let (mood, text) = match instance.state {
        InstanceState::Opening => ("info", texts.opening().to_owned()),
        InstanceState::AwaitingAcceptance => ("warn", texts.awaiting().to_owned()),
        InstanceState::Frozen if instance.frozen_by_violation => ("bad", texts.frozen_violation().to_owned()),
        InstanceState::Frozen => {
            let until = instance.release_at.map(|at| Moment::of(at).text()).unwrap_or_default();
            ("warn", texts.frozen_expired(&until))
        }
        InstanceState::Releasing | InstanceState::Released => ("info", texts.ended().to_owned()),
        InstanceState::Failed => ("bad", texts.failed().to_owned()),
        InstanceState::Active => return None,
    };
    Some(Block::Note(mood, text))
}

/// What the merchant answers to the query: blocks, and the button that opens the app.
async fn access(core: &Core, instance: &Instance, language: Language) -> Result<(Vec<Block>, Option<Action>), Fault> {
    let texts = Texts(language);
    let view = match refused(instance::view_instance(core, &instance.resource_id).await)? {
        Ok(view) => view,
        Err(refusal) => {
            let why = language.pick(&refusal.en, &refusal.zh);
            let note = Block::Prose(texts.not_now().to_owned(), vec![why.to_owned(), texts.later().to_owned()]);
            return Ok((vec![note], None));
        }
    };
    let mut blocks = Vec::new();
    let mut open = None;
    match &view.app_info {
        Some(info) => {
            blocks.push(Block::Facts(texts.access().to_owned(), app_facts(info, language)));
            let address = info.front_end_url.as_deref().filter(|address| is_web(address));
            let usable = matches!(instance.state, InstanceState::Active | InstanceState::AwaitingAcceptance);
            open = address
                .filter(|_| usable)
                .map(|address| Action::Open { href: address.to_owned(), label: texts.open_app().to_owned() });
        }
        None => blocks.push(Block::Note("info", texts.no_access().to_owned())),
    }
    if !view.usage_info.is_empty() {
        blocks.push(Block::Table(usage(&view.usage_info, language)));
    }
    Ok((blocks, open))
}

fn app_facts(info: &AppInfo, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let address = |label: &str, url: &Option<String>| {
        let url = url.as_deref().filter(|url| !url.is_empty())?;
        Some(Fact::new(label, if is_web(url) { Cell::Outside(url.to_owned()) } else { Cell::text(url) }))
    };
    let mut facts: Vec<Fact> = Vec::new();
    facts.extend(address(texts.app(), &info.front_end_url));
    facts.extend(address(texts.admin(), &info.admin_url));
    facts.extend(info.user_name.as_ref().map(|name| Fact::new(texts.account(), Cell::Code(name.clone()))));
    facts.extend(
        info.password
            .as_ref()
            .map(|password| Fact::new(texts.password(), Cell::Secret(texts.reveal().to_owned(), password.clone()))),
    );
    let unreadable =
        |name: &str, label: &str| info.unreadable.contains(&name).then(|| Fact::text(label, texts.unreadable()));
    facts.extend(unreadable("userName", texts.account()));
    facts.extend(unreadable("password", texts.password()));
    facts.extend(info.memo.as_ref().map(|memo| Fact::text(texts.memo(), memo)));
    facts
}

/// Whether an address the merchant gave is one a browser may be sent to.
fn is_web(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn usage(usages: &[UsageInfo], language: Language) -> Table {
    let texts = Texts(language);
    let rows = usages.iter().map(|usage| {
        let dashboard = usage.dashboard_url.clone().filter(|url| is_web(url));
        vec![
            Cell::text(usage.usage_value.to_string()),
            Cell::text(&usage.statistical_time),
            dashboard.map_or(Cell::Nothing, Cell::Outside),
        ]
    });
    Table::new(&[texts.value(), texts.at(), texts.dashboard()]).titled(texts.usage()).rows(rows)
}

fn facts(instance: &Instance, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let mut facts = Vec::new();
    facts.extend(instance.quantity.map(|quantity| Fact::text(texts.quantity(), quantity.to_string())));
    facts.extend(instance.expire_at.map(|at| Fact::new(texts.expires(), Cell::time(Some(at)))));
    facts.push(Fact::new(texts.activated(), Cell::time(instance.activated_at)));
    facts.extend(instance.accepted_at.map(|at| Fact::new(texts.accepted_at(), Cell::time(Some(at)))));
    facts.push(Fact::new(texts.resource(), Cell::Code(instance.resource_id.clone())));
    facts.push(Fact::new(texts.instance(), Cell::code(instance.instance_id.as_deref())));
    facts
}

/// What the rules allow at this moment.
fn actions(
    core: &Core,
    (instance, integration): (&Instance, &Integration),
    orders: &[Order],
    language: Language,
) -> Vec<Action> {
    let texts = Texts(language);
    let path = |rest: &str| format!("/services/{}/{rest}", instance.resource_id);
    let mut actions = Vec::new();
    if instance.state == InstanceState::AwaitingAcceptance {
        let accept = Action::post(path("accept"), texts.accept());
        actions.push(accept.asking(texts.accept_really()).styled("primary"));
    }
    if rules::check_trial(instance).is_ok() {
        actions.push(Action::primary(path("formal"), texts.formal()));
    }
    if rules::check_renewable(instance).is_ok() {
        actions.push(Action::primary(path("renew"), texts.renew()));
        if callback::changes_on_renewal(integration.access) {
            actions.push(Action::link(path("change"), texts.change()));
        }
    }
    if rules::check_upgradable(instance).is_ok() {
        actions.push(Action::link(path("upgrade"), texts.upgrade()));
    }
    if integration.joint && rules::check_there(instance).is_ok() {
        actions.push(Action::link(path("enterprise"), texts.enterprise()));
    }
    let now = core.foundation.clock.now();
    if terms::renewal_refund(instance, orders, now).is_ok() {
        actions.push(Action::link(path("cancel-renewal"), texts.cancel_renewal()));
    }
    if rules::check_there(instance).is_ok() {
        actions.push(Action::link(path("unsubscribe"), texts.unsubscribe()));
    }
    actions
}

fn history(orders: &[Order], language: Language) -> Table {
    let texts = Texts(language);
    let rows = orders.iter().map(|order| {
        vec![
            Cell::link(format!("/orders/{}", order.order_id), &order.order_id),
            Cell::text(words::order_kind(order.kind, language)),
            Cell::text(words::money(order.payable)),
            Cell::Badge(words::order_state(order.state, language)),
            Cell::time(Some(order.created_at)),
        ]
    });
    Table::new(&[texts.order(), texts.kind(), texts.amount(), texts.state(), texts.placed()])
        .titled(texts.history())
        .rows(rows)
}
