//! Who did or saw what: append-only, each entry bound to the one before by its hash.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row};
use mercer_kernel::digest::sha256_hex;
use serde::Serialize;

use crate::error::GatewayError;
use crate::gateway::Gateway;

mercer_kernel::statements! {
    LAST = "SELECT position, hash FROM gw_audit ORDER BY position DESC LIMIT 1";
    INSERT = "INSERT INTO gw_audit (position, at, merchant_id, actor, action, subject, detail, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    OF_SUBJECT = "SELECT position, at, merchant_id, actor, action, subject, detail, previous_hash, hash FROM gw_audit WHERE merchant_id = $1 AND subject = $2 ORDER BY position DESC LIMIT 200";
    FROM_POSITION = "SELECT position, at, merchant_id, actor, action, subject, detail, previous_hash, hash FROM gw_audit WHERE position > $1 ORDER BY position LIMIT 1000";
}

/// What is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Accounts, passwords or personal data were shown in the clear.
    Reveal,
    /// An app's information was entered.
    PutAppInfo,
    /// An instance was given up.
    FailInstance,
    /// A delivery was sent again.
    Resend,
    /// A connector was made, changed or removed.
    ChangeConnector,
    /// An access key was added or revoked.
    ChangeKey,
    /// A merchant's link to the store was entered.
    ChangeStoreLink,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 7] = [
        Self::Reveal,
        Self::PutAppInfo,
        Self::FailInstance,
        Self::Resend,
        Self::ChangeConnector,
        Self::ChangeKey,
        Self::ChangeStoreLink,
    ];

    /// The name in the database and in our APIs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reveal => "reveal",
            Self::PutAppInfo => "put_app_info",
            Self::FailInstance => "fail_instance",
            Self::Resend => "resend",
            Self::ChangeConnector => "change_connector",
            Self::ChangeKey => "change_key",
            Self::ChangeStoreLink => "change_store_link",
        }
    }
}

impl std::str::FromStr for Action {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|action| action.as_str() == text).ok_or(())
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its place, from 1.
    pub position: i64,
    /// When.
    pub at: Instant,
    /// Whose data.
    pub merchant_id: String,
    /// Who: a console user or an API token's name.
    pub actor: String,
    /// What.
    pub action: Action,
    /// About what: an id.
    pub subject: String,
    /// More words; no secrets.
    pub detail: String,
    /// The hash of the entry before.
    #[serde(skip)]
    pub previous_hash: String,
    /// The hash of this one.
    #[serde(skip)]
    pub hash: String,
}

/// Something to record.
#[derive(Debug, Clone)]
pub struct Remark<'a> {
    /// Whose data.
    pub merchant_id: &'a str,
    /// Who.
    pub actor: &'a str,
    /// What.
    pub action: Action,
    /// About what.
    pub subject: &'a str,
    /// More words; no secrets.
    pub detail: &'a str,
}

impl Gateway {
    /// Appends an entry. It is durable when this returns: what must be recorded is recorded first.
    ///
    /// # Errors
    /// The database.
    pub async fn record(&self, remark: &Remark<'_>) -> Result<(), GatewayError> {
        self.db()
            .transact(|| async move {
                let last = self.db().query_one(LAST, Vec::new()).await?;
                let (position, previous_hash) = match last {
                    Some(row) => (row.int(0)? + 1, row.text(1)?),
                    None => (1, String::new()),
                };
                let mut entry = Entry {
                    position,
                    at: self.now(),
                    merchant_id: remark.merchant_id.to_owned(),
                    actor: remark.actor.to_owned(),
                    action: remark.action,
                    subject: remark.subject.to_owned(),
                    detail: remark.detail.to_owned(),
                    previous_hash,
                    hash: String::new(),
                };
                entry.hash = hash(&entry);
                let mut batch = Batch::new();
                batch.one(
                    INSERT,
                    args![
                        entry.position,
                        entry.at,
                        entry.merchant_id,
                        entry.actor,
                        entry.action.as_str(),
                        entry.subject,
                        entry.detail,
                        entry.previous_hash,
                        entry.hash,
                    ],
                );
                Ok((batch, ()))
            })
            .await
    }

    /// Checks the whole chain; the position of the first entry that was changed, if any.
    ///
    /// # Errors
    /// The database.
    pub async fn check_audit(&self) -> Result<Option<i64>, GatewayError> {
        let (mut position, mut previous) = (0, String::new());
        loop {
            let rows = self.db().query(FROM_POSITION, args![position]).await?;
            if rows.is_empty() {
                return Ok(None);
            }
            for row in &rows {
                let entry = entry(row)?;
                if entry.position != position + 1 || entry.previous_hash != previous || hash(&entry) != entry.hash {
                    return Ok(Some(position + 1));
                }
                position = entry.position;
                previous = entry.hash;
            }
        }
    }
}

/// The latest entries about one thing, newest first.
pub(crate) async fn of_subject(db: &Db, merchant_id: &str, subject: &str) -> Result<Vec<Entry>, DbError> {
    db.query(OF_SUBJECT, args![merchant_id, subject]).await?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry, DbError> {
    Ok(Entry {
        position: row.int(0)?,
        at: row.instant(1)?,
        merchant_id: row.text(2)?,
        actor: row.text(3)?,
        action: row.parse(4)?,
        subject: row.text(5)?,
        detail: row.text(6)?,
        previous_hash: row.text(7)?,
        hash: row.text(8)?,
    })
}

fn hash(entry: &Entry) -> String {
    let (position, at) = (entry.position.to_string(), entry.at.as_micros().to_string());
    let parts = [
        position.as_str(),
        &at,
        &entry.merchant_id,
        &entry.actor,
        entry.action.as_str(),
        &entry.subject,
        &entry.detail,
        &entry.previous_hash,
    ];
    let mut joined = Vec::new();
    for part in parts {
        // The length keeps neighbours apart.
        joined.extend((part.len() as u64).to_be_bytes());
        joined.extend(part.as_bytes());
    }
    sha256_hex(joined)
}
