//! The SQL of order notifications.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::{Configuration, Coverage, Node, Scope, rules};

mercer_kernel::statements! {
    /// Every configuration of a merchant, oldest first; a rule limits their number.
    pub(crate) LIST =
        "SELECT notification_id, merchant_id, scope, subject, address_id, created_at FROM st_notification
         WHERE merchant_id = $1 ORDER BY created_at, notification_id";
    /// A new configuration; the unique index keeps an access type or a product at one address.
    pub(crate) INSERT =
        "INSERT INTO st_notification (merchant_id, notification_id, scope, subject, address_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    /// Takes one away.
    pub(crate) DELETE = "DELETE FROM st_notification WHERE merchant_id = $1 AND notification_id = $2";
    /// Remembers what was announced; the key allows one message per order and node.
    pub(crate) INSERT_NOTIFIED =
        "INSERT INTO st_notified (merchant_id, order_id, node, message_id, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING";
}

/// Every configuration of a merchant.
pub(super) async fn list(db: &Db, merchant_id: &str) -> Result<Vec<Configuration>, DbError> {
    db.query(LIST, args![merchant_id]).await?.iter().map(read).collect()
}

/// Adds the statement that inserts a configuration.
pub(super) fn insert(batch: &mut Batch, new: &Configuration) {
    batch.one(
        INSERT,
        args![&new.merchant_id, &new.notification_id, new.scope, rules::subject(new), &new.address_id, new.created_at],
    );
}

/// Adds the statement that takes a configuration away.
pub(super) fn delete(batch: &mut Batch, gone: &Configuration) {
    batch.one(DELETE, args![&gone.merchant_id, &gone.notification_id]);
}

/// Adds the statement that remembers an announcement.
pub(super) fn insert_notified(
    batch: &mut Batch,
    (merchant_id, order_id): (&str, &str),
    node: Node,
    message_id: &str,
    now: Instant,
) {
    batch.one(INSERT_NOTIFIED, args![merchant_id, order_id, node, message_id, now]);
}

fn read(row: &Row) -> Result<Configuration, DbError> {
    let scope: Scope = row.parse(2)?;
    let coverage = match scope {
        Scope::AccessType => Coverage::AccessType(row.parse(3)?),
        Scope::Product => Coverage::Product(row.text(3)?),
    };
    Ok(Configuration::new((row.text(0)?, row.text(1)?), coverage, row.text(4)?, row.instant(5)?))
}
