//! SQL of messages.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::{Message, MessageFilter, MessageState};
use crate::Core;
use crate::callback::Interface;
use crate::window::Window;

macro_rules! columns {
    () => {
        "merchant_id, message_id, order_id, order_line_id, resource_id, instance_id, product_code, interface, scene, body, \
         state, attempts, first_call_at, last_call_at, next_attempt_at, http_status, result_code, reason, exception, \
         warning, single_attempt, created_at, version, address_id, subject"
    };
}

mercer_kernel::statements! {
    INSERT = concat!("INSERT INTO st_message (", columns!(), ", position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
        $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, 1, $23, $24, $25)");
    UPDATE = "UPDATE st_message SET instance_id = $3, state = $4, attempts = $5, first_call_at = $6, last_call_at = $7, \
        next_attempt_at = $8, http_status = $9, result_code = $10, reason = $11, exception = $12, warning = $13, \
        version = version + 1 WHERE message_id = $1 AND version = $2";
    FIND = concat!("SELECT ", columns!(), " FROM st_message WHERE message_id = $1");
    OPEN_OF_INSTANCE = concat!("SELECT ", columns!(), " FROM st_message WHERE resource_id = $1 \
        AND state IN ('waiting', 'retrying', 'failedAwaitingManualRestart') ORDER BY created_at, position LIMIT 200");
    COUNT_UNFINISHED = "SELECT COUNT(*) FROM st_message WHERE state IN ('waiting', 'retrying')";
    LIST = concat!("SELECT ", columns!(), " FROM st_message WHERE ($1 = '' OR merchant_id = $1) AND ($2 = '' OR state = $2) \
        AND ($3 = '' OR interface = $3) AND ($4 = '' OR product_code = $4) AND ($5 = '' OR order_id = $5) \
        AND ($6 = '' OR resource_id = $6) AND ($7 = '' OR lower(message_id) LIKE lower($7) \
        OR lower(order_id) LIKE lower($7) OR lower(instance_id) LIKE lower($7)) AND created_at >= $8 AND created_at < $9 \
        AND ($10 = '' OR subject = $10) AND ($11 = '' OR interface LIKE $11) ORDER BY created_at DESC, position DESC \
        LIMIT $12 OFFSET $13");
    PRUNE = "DELETE FROM st_message WHERE message_id IN (SELECT message_id FROM st_message WHERE created_at < $1 \
        AND state NOT IN ('waiting', 'retrying') ORDER BY created_at LIMIT $2)";
}

/// Adds the statement that inserts a message.
pub(crate) fn insert(core: &Core, batch: &mut Batch, message: &Message) {
    batch.one(
        INSERT,
        args![
            &message.merchant_id,
            &message.message_id,
            message.order_id.as_ref(),
            message.order_line_id.as_ref(),
            message.resource_id.as_ref(),
            message.instance_id.as_ref(),
            &message.product_code,
            message.interface,
            &message.scene,
            &message.body,
            message.state,
            message.attempts,
            message.first_call_at,
            message.last_call_at,
            message.next_attempt_at,
            message.http_status,
            message.result_code.as_ref(),
            message.reason.as_ref(),
            &message.exception,
            &message.warning,
            message.single_attempt.as_ref(),
            message.created_at,
            message.address_id.as_ref(),
            message.subject.as_ref(),
            core.next_position(),
        ],
    );
}

/// Adds the statement that writes what may change of a message; a conflict when somebody else was faster.
pub(crate) fn update(batch: &mut Batch, message: &Message) {
    batch.one(
        UPDATE,
        args![
            &message.message_id,
            message.version,
            message.instance_id.as_ref(),
            message.state,
            message.attempts,
            message.first_call_at,
            message.last_call_at,
            message.next_attempt_at,
            message.http_status,
            message.result_code.as_ref(),
            message.reason.as_ref(),
            &message.exception,
            &message.warning,
        ],
    );
}

/// Adds the statement that removes old finished messages, `limit` at a time.
pub(super) fn prune(batch: &mut Batch, before: Instant, limit: i64) {
    batch.any(PRUNE, args![before, limit]);
}

/// The message with this id.
pub(crate) async fn find(db: &Db, message_id: &str) -> Result<Option<Message>, DbError> {
    db.query_one(FIND, args![message_id]).await?.map(|row| read(&row)).transpose()
}

/// Messages of an instance that are unfinished or wait for a restart, oldest first.
pub(crate) async fn open_of_instance(db: &Db, resource_id: &str) -> Result<Vec<Message>, DbError> {
    db.query(OPEN_OF_INSTANCE, args![resource_id]).await?.iter().map(read).collect()
}

/// How many messages still have calls ahead.
pub(crate) async fn count_unfinished(db: &Db) -> Result<i64, DbError> {
    db.query_one(COUNT_UNFINISHED, args![]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Lists messages, newest first.
pub(crate) async fn list(db: &Db, filter: &MessageFilter, window: Window) -> Result<Vec<Message>, DbError> {
    let text = if filter.text.is_empty() { String::new() } else { format!("%{}%", filter.text) };
    let rows = db
        .query(
            LIST,
            args![
                &filter.merchant_id,
                filter.state.map_or("", MessageState::code),
                filter.interface.map_or("", Interface::code),
                &filter.product_code,
                &filter.order_id,
                &filter.resource_id,
                text,
                filter.created_from.unwrap_or(Instant::from_micros(i64::MIN)),
                filter.created_to.unwrap_or(Instant::from_micros(i64::MAX)),
                &filter.subject,
                filter.family.map_or_else(String::new, |family| format!("{}.%", family.code())),
                window.limit(),
                window.offset(),
            ],
        )
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Message, DbError> {
    Ok(Message {
        merchant_id: row.text(0)?,
        message_id: row.text(1)?,
        order_id: row.optional_text(2)?,
        order_line_id: row.optional_text(3)?,
        resource_id: row.optional_text(4)?,
        instance_id: row.optional_text(5)?,
        product_code: row.text(6)?,
        interface: row.parse(7)?,
        scene: row.text(8)?,
        body: row.text(9)?,
        state: row.parse(10)?,
        attempts: row.int(11)?,
        first_call_at: row.optional_instant(12)?,
        last_call_at: row.optional_instant(13)?,
        next_attempt_at: row.optional_instant(14)?,
        http_status: row.optional_int(15)?,
        result_code: row.optional_text(16)?,
        reason: row.optional_text(17)?,
        exception: row.text(18)?,
        warning: row.text(19)?,
        single_attempt: row.optional_text(20)?,
        created_at: row.instant(21)?,
        version: row.int(22)?,
        address_id: row.optional_text(23)?,
        subject: row.optional_text(24)?,
    })
}
