//! The operator's start page: how the store is doing.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::Language;

use crate::console::Console;
use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::console::repo::{self, Overview};
use crate::console::staff::messages_table;
use crate::console::view::{Block, Page, Stat};
use crate::message::{self, MessageFilter, MessageState};
use crate::window::Window;

/// Messages shown on the start page.
const LATEST: i64 = 8;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "Store overview", "云商店概览";
    lead => "All merchants and buyers together.", "全部商家和买家的情况。";
    orders => "Orders", "订单";
    orders_hint(processing: i64) => "{processing} in progress", "{processing} 个处理中";
    instances => "Instances in use", "使用中的实例";
    instances_hint(frozen: i64) => "{frozen} frozen", "{frozen} 个已冻结";
    products => "Products on sale", "在售商品";
    products_hint(all: i64) => "of {all}", "共 {all} 个";
    failed => "Failed calls", "失败的调用";
    failed_hint(retrying: i64) => "{retrying} being repeated", "{retrying} 个重试中";
    latest => "Latest calls", "最近的生产接口消息";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Result<Response, Fault> {
    let core = &console.core;
    let language = staff.language();
    let texts = Texts(language);
    let counts = repo::overview(&core.foundation.db, "").await?;
    let latest = message::list(core, &MessageFilter::default(), Window::first(LATEST)).await?;
    let table = messages_table(core, &staff, &latest, language).titled(texts.latest());
    let page = Page::new(staff.frame(core), texts.title()).lead(texts.lead());
    Ok(page.block(Block::Stats(stats(&counts, language))).block(Block::Table(table)).answer())
}

fn stats(counts: &Overview, language: Language) -> Vec<Stat> {
    let texts = Texts(language);
    let waiting = MessageState::AwaitingRestart.code();
    let failed = counts.messages.of(&[waiting]);
    let stat = |state, label: &str, value: i64, hint: String, href: &str| Stat {
        state,
        label: label.to_owned(),
        value: value.to_string(),
        hint,
        href: href.to_owned(),
    };
    let (processing, frozen) = (counts.orders.of(&["processing"]), counts.instances.of(&["frozen"]));
    vec![
        stat("", texts.orders(), counts.orders.all(), texts.orders_hint(processing), "/operator/orders"),
        stat(
            "",
            texts.instances(),
            counts.instances.of(&["active"]),
            texts.instances_hint(frozen),
            "/operator/instances",
        ),
        stat("", texts.products(), counts.products.of(&["onSale"]), texts.products_hint(counts.products.all()), "/"),
        stat(
            if failed > 0 { "bad" } else { "" },
            texts.failed(),
            failed,
            texts.failed_hint(counts.messages.of(&["retrying"])),
            &format!("/operator/messages?state={waiting}"),
        ),
    ]
}
