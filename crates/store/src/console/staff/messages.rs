//! Production-interface messages (生产接口消息), filtered by what one looks for.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::{Language, PageRequest};

use super::list::{state_choices, window, with_pager};
use crate::Core;
use crate::callback::{Family, Interface};
use crate::catalog::{self, Product, ProductFilter};
use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::console::fields::{Asked, Fields};
use crate::console::view::{Block, Cell, Choice, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::message::{self, Message, MessageFilter, MessageState};
use crate::window::{WINDOW_LIMIT, Window};

mercer_kernel::messages! {
    /// Texts of the list.
    struct Texts;
    title => "Interface messages", "生产接口消息";
    lead => "Every call of the store on your production address: what was sent, what came back, and what follows.",
            "云商店对生产地址的每次调用：请求、响应以及后续处理。";
    interface => "Interface", "接口";
    about => "Order or instance", "订单 / 实例";
    state => "State", "状态";
    attempts => "Calls", "调用次数";
    last => "Last call", "最近调用";
    next => "Next call", "下次调用";
    result => "Result", "结果";
    search => "Order, instance or message id", "订单号、实例 ID 或消息 ID";
    product => "Product", "商品";
    from => "From", "开始日期";
    to => "To", "结束日期";
    any_state => "Any state", "全部状态";
    any_interface => "Any interface", "全部接口";
    whole_family(family: &str) => "All of {family}", "{family} 全部接口";
    any_product => "Any product", "全部商品";
    go => "Search", "查询";
    none => "No messages here", "暂无消息";
    none_text => "As soon as a buyer pays an order, the store calls newInstance and the call appears here.",
                 "买家支付订单后，云商店会调用 newInstance，调用记录会显示在这里。";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    page: PageRequest,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = staff.language();
    let texts = Texts(language);
    let filter = MessageFilter {
        merchant_id: staff.merchant_id().to_owned(),
        state: asked.code::<MessageState>("state"),
        interface: asked.code::<Interface>("interface"),
        family: asked.code::<Family>("interface"),
        product_code: asked.text("product").to_owned(),
        text: asked.text("text").to_owned(),
        created_from: asked.day("from"),
        created_to: asked.end_of_day("to"),
        ..MessageFilter::default()
    };
    let found = message::list(core, &filter, window(page)).await?;
    // Messages under way come from all merchants and without a window.
    let found = found.into_iter().filter(|message| staff.may_see(&message.merchant_id)).collect();
    let (messages, pager) = with_pager(found, page);
    let wanted = ProductFilter { merchant_id: staff.merchant_id().to_owned(), ..ProductFilter::default() };
    let products = catalog::products(core, &wanted, Window::first(WINDOW_LIMIT)).await?;
    let filters = filters(core, &staff.path("/messages"), (&asked, &products), language);
    let table = table(core, &staff, &messages, language).paged(pager);
    let page = Page::new(staff.frame(core), texts.title()).lead(texts.lead());
    Ok(page.block(Block::Filters(filters)).block(Block::Table(table)).answer())
}

fn filters(core: &Core, path: &str, (asked, products): (&Fields, &[Product]), language: Language) -> Form {
    let texts = Texts(language);
    let states = MessageState::ALL.iter().map(|state| (state.code(), words::message_state(*state, language).text));
    let mut product_choices = vec![Choice::new("", texts.any_product())];
    product_choices.extend(
        products.iter().map(|product| Choice::new(&product.product_code, words::name(&product.name, language))),
    );
    Form::get(path)
        .field(Field::line("text", texts.search(), asked.text("text")).typed("search"))
        .field(
            Field::line("state", texts.state(), asked.text("state")).select(state_choices(texts.any_state(), states)),
        )
        .field(
            Field::line("interface", texts.interface(), asked.text("interface"))
                .groups(vec![Choice::new("", texts.any_interface())], interfaces(core, language)),
        )
        .field(Field::line("product", texts.product(), asked.text("product")).select(product_choices))
        .field(Field::line("from", texts.from(), asked.text("from")).typed("date"))
        .field(Field::line("to", texts.to(), asked.text("to")).typed("date"))
        .submit(texts.go(), "")
}

/// The interfaces of the site below their protocol versions; a version itself means all of its interfaces.
fn interfaces(core: &Core, language: Language) -> Vec<(String, Vec<Choice>)> {
    let of_family = |family: Family| {
        let all = Choice::new(family.code(), Texts(language).whole_family(words::family(family, language)));
        let single =
            core.policies.interfaces().filter(move |interface| interface.family() == family).map(|interface| {
                Choice::new(interface.code(), words::interface(&core.policies.of(interface).names, language))
            });
        (words::family(family, language).to_owned(), std::iter::once(all).chain(single).collect::<Vec<_>>())
    };
    Family::ALL.iter().map(|family| of_family(*family)).filter(|(_, choices)| choices.len() > 1).collect()
}

/// Messages as a table.
pub(in crate::console) fn table(core: &Core, staff: &Staff, messages: &[Message], language: Language) -> Table {
    let texts = Texts(language);
    let rows = messages.iter().map(|message| {
        let policy = core.policies.of(message.interface);
        vec![
            Cell::Link(
                staff.path(&format!("/messages/{}", message.message_id)),
                words::interface(&policy.names, language),
                policy.activity.clone(),
            ),
            about(message),
            Cell::Badge(words::message_state(message.state, language)),
            Cell::text(format!("{}\u{a0}/\u{a0}{}", message.attempts, policy.max_attempts)),
            Cell::text(result(message)),
            Cell::time(message.last_call_at),
            Cell::time(message.next_attempt_at),
        ]
    });
    let columns =
        [texts.interface(), texts.about(), texts.state(), texts.attempts(), texts.result(), texts.last(), texts.next()];
    Table::new(&columns).rows(rows).or_empty(Empty::new(texts.none(), texts.none_text()))
}

/// What a message is about: order, instance, or what it was queued for; below it the scene.
fn about(message: &Message) -> Cell {
    let ids = [&message.order_id, &message.instance_id, &message.subject];
    let id = ids.into_iter().flatten().find(|id| !id.is_empty());
    match (id, message.scene.is_empty()) {
        (Some(id), true) => Cell::text(id),
        (Some(id), false) => Cell::Lines(id.clone(), message.scene.clone()),
        (None, false) => Cell::text(&message.scene),
        (None, true) => Cell::Nothing,
    }
}

/// HTTP status and result code of the latest answer.
fn result(message: &Message) -> String {
    let status = message.http_status.map(|status| format!("HTTP\u{a0}{status}"));
    let parts: Vec<String> = status.into_iter().chain(message.result_code.clone()).collect();
    if parts.is_empty() { "–".to_owned() } else { parts.join(" · ") }
}
