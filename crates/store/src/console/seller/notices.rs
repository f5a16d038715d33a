//! In-site messages (站内信) about failed calls and orders.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::PageRequest;

use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::console::staff::list::{window, with_pager};
use crate::console::view::{Badge, Block, Cell, Empty, Page, Table};
use crate::console::{Console, words};
use crate::message;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "In-site messages", "站内信";
    lead => "What the store tells you about calls and orders that failed.", "云商店就调用失败和订单失败发给您的通知。";
    when => "When", "时间";
    kind => "About", "类型";
    text => "Message", "内容";
    more => "More", "详情";
    call => "Open", "查看";
    call_failed => "Call failed", "调用失败";
    order_failed => "Order failed", "订单失败";
    delisted => "Delisted", "商品下架";
    none => "Nothing to report", "暂无站内信";
    none_text => "When a call on your production address fails, the store writes to you here.", "生产接口调用失败时，云商店会在这里通知您。";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff, page: PageRequest) -> Result<Response, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let notices = message::notices(&console.core, staff.merchant_id(), window(page)).await?;
    let (notices, pager) = with_pager(notices, page);
    let rows = notices.iter().map(|notice| {
        let badge = match notice.kind.as_str() {
            "orderFailed" => Badge { state: "bad", text: texts.order_failed() },
            "productDelisted" => Badge { state: "bad", text: texts.delisted() },
            _ => Badge { state: "warn", text: texts.call_failed() },
        };
        let link = notice.message_id.as_ref().map(|id| Cell::link(format!("/seller/messages/{id}"), texts.call()));
        vec![
            Cell::time(Some(notice.created_at)),
            Cell::Badge(badge),
            Cell::text(words::name(&notice.text, language)),
            link.unwrap_or(Cell::Nothing),
        ]
    });
    let table = Table::new(&[texts.when(), texts.kind(), texts.text(), texts.more()])
        .rows(rows)
        .or_empty(Empty::new(texts.none(), texts.none_text()))
        .paged(pager);
    let page = Page::new(staff.frame(&console.core), texts.title()).lead(texts.lead());
    Ok(page.block(Block::Table(table)).answer())
}
