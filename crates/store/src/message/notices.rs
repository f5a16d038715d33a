//! In-site messages (站内信) to the merchant about failed calls.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, DbError, Row};
use mercer_kernel::http::FailureReason;
use serde::Serialize;

use super::Message;
use crate::Core;
use crate::callback::Policy;
use crate::catalog::Names;
use crate::error::Answer;
use crate::window::Window;

mercer_kernel::statements! {
    INSERT = "INSERT INTO st_notice (merchant_id, notice_id, kind, message_id, order_id, text_zh, text_en, created_at, position) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    LIST = "SELECT merchant_id, notice_id, kind, message_id, order_id, text_zh, text_en, created_at FROM st_notice \
        WHERE ($1 = '' OR merchant_id = $1) ORDER BY created_at DESC, position DESC LIMIT $2 OFFSET $3";
    PRUNE = "DELETE FROM st_notice WHERE notice_id IN (SELECT notice_id FROM st_notice WHERE created_at < $1 \
        ORDER BY created_at LIMIT $2)";
}

/// One in-site message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Notice {
    /// Its id.
    pub(crate) notice_id: String,
    /// To whom.
    pub(crate) merchant_id: String,
    /// `callFailed`, `orderFailed` or `productDelisted`.
    pub(crate) kind: String,
    /// The message it is about.
    pub(crate) message_id: Option<String>,
    /// The order it is about.
    pub(crate) order_id: Option<String>,
    /// What it says.
    pub(crate) text: Names,
    /// When it was written.
    pub(crate) created_at: Instant,
}

/// Notices to a merchant, or to all when `merchant_id` is empty; newest first.
pub(crate) async fn notices(core: &Core, merchant_id: &str, window: Window) -> Answer<Vec<Notice>> {
    let rows = core.foundation.db.query(LIST, args![merchant_id, window.limit(), window.offset()]).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// What went wrong at a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FailedCall<'a> {
    /// The typed reason.
    pub(crate) reason: FailureReason,
    /// What exactly.
    pub(crate) detail: &'a str,
    /// Whether no other call follows.
    pub(crate) exhausted: bool,
}

/// Adds the notice of a failed call.
pub(crate) fn note_failure(core: &Core, batch: &mut Batch, message: &Message, policy: &Policy, call: FailedCall<'_>) {
    let (english, chinese) = call.reason.explanation();
    let number = message.attempts;
    let about = message.order_id.as_deref().or(message.instance_id.as_deref());
    let about = about.or(message.subject.as_deref()).filter(|about| !about.is_empty()).unwrap_or(&message.message_id);
    let (end_zh, end_en) =
        if call.exhausted { ("不再自动重试。", " No automatic retry follows.") } else { ("", "") };
    let text = Names::new(
        format!("{about}：{}第 {number} 次调用失败。{chinese}{}。{end_zh}", policy.names.zh, call.detail),
        format!("{about}: call {number} of \"{}\" failed. {english} {}.{end_en}", policy.names.en, call.detail),
    );
    insert(core, batch, "callFailed", message, &text);
}

/// Adds the notice that an order failed and was refunded.
pub(crate) fn note_order_failed(core: &Core, batch: &mut Batch, message: &Message, refunded: &str) {
    let order_id = message.order_id.as_deref().unwrap_or_default();
    let text = Names::new(
        format!("订单 {order_id} 因生产接口失败已自动退订，退款 {refunded}。请联系客户。"),
        format!(
            "Order {order_id} failed by its interface, was unsubscribed and refunded {refunded}. Please contact the customer."
        ),
    );
    insert(core, batch, "orderFailed", message, &text);
}

/// Adds the statement that removes old notices, `limit` at a time.
pub(super) fn prune(batch: &mut Batch, before: Instant, limit: i64) {
    batch.any(PRUNE, args![before, limit]);
}

fn insert(core: &Core, batch: &mut Batch, kind: &str, message: &Message, text: &Names) {
    let now = core.foundation.clock.now();
    let notice_id = core.foundation.entropy.id("ntc", now);
    batch.one(
        INSERT,
        args![
            &message.merchant_id,
            notice_id,
            kind,
            &message.message_id,
            message.order_id.as_ref(),
            &text.zh,
            &text.en,
            now,
            core.next_position(),
        ],
    );
}

fn read(row: &Row) -> Result<Notice, DbError> {
    Ok(Notice {
        merchant_id: row.text(0)?,
        notice_id: row.text(1)?,
        kind: row.text(2)?,
        message_id: row.optional_text(3)?,
        order_id: row.optional_text(4)?,
        text: Names::new(row.text(5)?, row.text(6)?),
        created_at: row.instant(7)?,
    })
}
