//! One instance as the operator sees it: its data, its calls, and freezing because of a violation.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::Language;

use crate::Core;
use crate::callback;
use crate::catalog;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, tell};
use crate::console::staff::messages_table;
use crate::console::view::{Action, Block, Cell, Fact, Page, Table};
use crate::console::{Console, words};
use crate::error::Answer;
use crate::instance::{self, Instance, InstanceState, rules};
use crate::message::{self, MessageFilter};
use crate::order::{self, Order};
use crate::window::Window;

/// Calls shown with an instance.
const MESSAGES_SHOWN: i64 = 50;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    instances => "Instances", "实例";
    facts => "Instance", "实例信息";
    resource => "Resource id", "资源 ID";
    instance => "Merchant's instance id", "商家实例 ID";
    merchant => "Merchant id", "商家 ID";
    buyer => "Customer id", "客户 ID";
    opening => "Opened by order", "开通订单";
    product_id => "productId", "productId";
    quantity => "Quantity", "数量";
    activated => "Ready since", "开通时间";
    expires => "Expires", "到期时间";
    frozen => "Frozen since", "冻结时间";
    release => "Will be released", "计划释放时间";
    released => "Released", "释放时间";
    freeze => "Freeze: violation", "违规冻结";
    freeze_really => "Freeze this instance? The buyer can no longer use it.", "确定冻结该实例？买家将无法使用。";
    unfreeze => "Clear the violation", "解除冻结";
    frozen_done => "The instance is frozen; the merchant is told.", "实例已冻结，正在通知商家。";
    unfrozen_done => "The violation is cleared.", "已解除违规冻结。";
    accepted => "Accepted by the buyer", "买家验收时间";
    by_expiry => "This product is reached by SaaS V1.0, which freezes a yearly or monthly service by expireInstance and has no call that unfreezes it. A violation is told by expireInstance; clearing it is not told to the merchant, who unfreezes at the next renewal. Tell him in person if the buyer is to go on before that.",
                 "该商品通过 SaaS V1.0 接入：包周期服务以 expireInstance 冻结，没有解冻接口。违规冻结会调用 expireInstance；解除冻结不会通知商家，商家在下次续费时恢复服务。如需立即恢复，请另行联系商家。";
    orders => "Orders", "相关订单";
    order => "Order", "订单";
    kind => "Kind", "类型";
    amount => "Amount", "金额";
    state => "State", "状态";
    placed => "Placed", "下单时间";
    messages => "Calls of this instance", "该实例的生产接口消息";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = staff.language();
    let texts = Texts(language);
    let instance = instance::find(core, &resource_id).await?.ok_or_else(Fault::missing)?;
    let orders = order::repo::of_instance(&core.foundation.db, &instance.resource_id).await?;
    let filter = MessageFilter { resource_id: instance.resource_id.clone(), ..MessageFilter::default() };
    let calls = message::list(core, &filter, Window::first(MESSAGES_SHOWN)).await?;
    let table = messages_table(core, &staff, &calls, language).titled(texts.messages());
    let mut page = Page::new(staff.frame(core), words::name(&instance.names, language))
        .below("/operator/instances", texts.instances())
        .badge(words::instance_state(&instance, language));
    if let Some(action) = action(core, &instance, language) {
        page = page.action(action);
    }
    let product = catalog::product(core, &instance.product_code).await?;
    let by_expiry = product.is_some_and(|product| callback::freezes_by_expiry(product.integration.access));
    if by_expiry && rules::check_usable(&instance).is_ok() && instance.expire_at.is_some() {
        page = page.block(Block::Note("info", texts.by_expiry().to_owned()));
    }
    let page = page
        .block(Block::Facts(texts.facts().to_owned(), facts(&instance, language)))
        .block(Block::Table(history(&orders, language)))
        .block(Block::Table(table));
    Ok(page.answer())
}

/// Freezes because of a violation.
pub(super) async fn freeze(
    State(console): State<Console>,
    staff: Staff,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let answer: Answer<Instance> = instance::freeze(&console.core, &resource_id).await;
    let texts = Texts(staff.language());
    tell(answer, staff.language(), texts.frozen_done(), &format!("/operator/instances/{resource_id}"))
}

/// Clears the violation.
pub(super) async fn unfreeze(
    State(console): State<Console>,
    staff: Staff,
    Path(resource_id): Path<String>,
) -> Result<Response, Fault> {
    let answer: Answer<Instance> = instance::unfreeze(&console.core, &resource_id).await;
    let texts = Texts(staff.language());
    tell(answer, staff.language(), texts.unfrozen_done(), &format!("/operator/instances/{resource_id}"))
}

fn action(core: &Core, instance: &Instance, language: Language) -> Option<Action> {
    let texts = Texts(language);
    let path = |verb: &str| format!("/operator/instances/{}/{verb}", instance.resource_id);
    if instance.state == InstanceState::Frozen && instance.frozen_by_violation {
        return Some(Action::post(path("unfreeze"), texts.unfreeze()).styled("primary"));
    }
    let allowed = rules::freeze(instance.clone(), core.foundation.clock.now()).is_ok();
    let freeze = Action::post(path("freeze"), texts.freeze()).asking(texts.freeze_really()).styled("danger");
    allowed.then_some(freeze)
}

fn facts(instance: &Instance, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let order = Cell::link(format!("/operator/orders/{}", instance.order_id), &instance.order_id);
    let mut facts = vec![
        Fact::new(texts.resource(), Cell::Code(instance.resource_id.clone())),
        Fact::new(texts.instance(), Cell::code(instance.instance_id.as_deref())),
        Fact::new(texts.merchant(), Cell::Code(instance.merchant_id.clone())),
        Fact::new(texts.buyer(), Cell::Code(instance.buyer_id.clone())),
        Fact::new(texts.opening(), order),
        Fact::new(texts.product_id(), Cell::Code(instance.product_id.clone())),
    ];
    facts.extend(instance.quantity.map(|quantity| Fact::text(texts.quantity(), quantity.to_string())));
    let times = [
        (texts.activated(), instance.activated_at),
        (texts.accepted(), instance.accepted_at),
        (texts.expires(), instance.expire_at),
        (texts.frozen(), instance.frozen_at),
        (texts.release(), instance.release_at),
        (texts.released(), instance.released_at),
    ];
    let times = times.into_iter().filter(|(_, at)| at.is_some());
    facts.extend(times.map(|(label, at)| Fact::new(label, Cell::time(at))));
    facts
}

fn history(orders: &[Order], language: Language) -> Table {
    let texts = Texts(language);
    let rows = orders.iter().map(|order| {
        vec![
            Cell::link(format!("/operator/orders/{}", order.order_id), &order.order_id),
            Cell::text(words::order_kind(order.kind, language)),
            Cell::text(words::money(order.payable)),
            Cell::Badge(words::order_state(order.state, language)),
            Cell::time(Some(order.created_at)),
        ]
    });
    Table::new(&[texts.order(), texts.kind(), texts.amount(), texts.state(), texts.placed()])
        .titled(texts.orders())
        .rows(rows)
}
