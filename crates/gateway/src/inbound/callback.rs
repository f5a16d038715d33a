//! Callbacks (回调): the inbox of everything the store called, and the memory of nonces.
//!
//! The row of a callback is also where an effect that must happen once has its unique key, so that
//! remembering it costs no statement of its own.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError};
use mercer_protocol::Wording;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Family;
use super::kept::KeptRow;
use super::step::Step;

mercer_kernel::statements! {
    /// Remembers a nonce; one that was seen inside the window affects no row.
    pub(crate) REMEMBER_NONCE = "INSERT INTO gw_nonce (merchant_id, mark, seen_at) VALUES ($1, $2, $3) ON CONFLICT (merchant_id, mark) DO UPDATE SET seen_at = excluded.seen_at WHERE gw_nonce.seen_at <= $4";
    /// The inbox row.
    pub(crate) INSERT = "INSERT INTO gw_callback (merchant_id, callback_id, received_at, protocol, activity, instance_id, order_id, test, verdict, refusal, detail, key_id, query, body, headers, request_sealed, result_code, answer, state_before, state_after, event_id, effect_key, effect_content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) ON CONFLICT DO NOTHING";
    /// The answer that went out after all, when the app was ready in time.
    pub(crate) SET_ANSWER = "UPDATE gw_callback SET result_code = $3, answer = $4, state_after = $5 WHERE merchant_id = $1 AND callback_id = $2";
    /// Content of an earlier command with this effect key.
    pub(crate) FIND_EFFECT = "SELECT effect_content FROM gw_callback WHERE merchant_id = $1 AND effect_key = $2";
    /// Forgets nonces that cannot be replayed any more.
    pub(crate) PRUNE_NONCES = "DELETE FROM gw_nonce WHERE (merchant_id, mark) IN (SELECT merchant_id, mark FROM gw_nonce WHERE seen_at <= $1 ORDER BY seen_at LIMIT $2)";
    /// Forgets refused calls that are old.
    pub(crate) PRUNE_OLD_REFUSED = "DELETE FROM gw_callback WHERE verdict = 'refused' AND received_at < $1";
    /// When the newest refused call beyond the limit came.
    pub(crate) FIND_REFUSED_LIMIT = "SELECT received_at FROM gw_callback WHERE verdict = 'refused' ORDER BY received_at DESC LIMIT 1 OFFSET $1";
}

/// Most refused calls that are kept: anybody can cause them.
pub(crate) const REFUSED_KEPT: i64 = 10_000;
/// How long a refused call is kept.
const REFUSED_KEPT_FOR: Duration = Duration::from_secs(30 * 86_400);

/// How a callback was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// It took effect, or was answered.
    Accepted,
    /// It had taken effect before.
    Repeated,
    /// Refused; nothing changed.
    Refused,
    /// The order had come before with another content; nothing changed.
    Conflict,
}

impl Verdict {
    /// Every verdict, for filters.
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Repeated, Self::Refused, Self::Conflict];

    /// The name in the database and in our APIs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Repeated => "repeated",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
        }
    }
}

impl std::str::FromStr for Verdict {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text).ok_or(())
    }
}

/// Counts refused calls between two prunings, so that a flood of them cannot fill the disk.
#[derive(Debug, Default)]
pub(crate) struct Refusals(AtomicI64);

impl Refusals {
    /// Whether one more is recorded.
    pub(crate) fn admits(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed) < REFUSED_KEPT
    }

    /// Starts to count afresh.
    pub(crate) fn restart(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// What the desk adds to a step to make a row of it.
pub(crate) struct NewCallback<'a> {
    pub(crate) callback_id: &'a str,
    pub(crate) received_at: Instant,
    pub(crate) key_id: &'a str,
    pub(crate) kept: KeptRow,
}

/// Adds the nonce of an accepted signature; a replay is a conflict of this statement.
pub(crate) fn remember_nonce(
    batch: &mut Batch,
    merchant_id: &str,
    (key_id, nonce): (&str, &str),
    now: Instant,
    memory: Duration,
) {
    let mut digest = Sha256::new();
    digest.update(key_id);
    digest.update([0]);
    digest.update(nonce);
    // Half a digest is still far beyond guessing and halves the index.
    let mark = digest.finalize()[..16].to_vec();
    batch.one(REMEMBER_NONCE, args![merchant_id, mark, now, now.minus(memory)]);
}

/// Adds the inbox row.
pub(crate) fn insert(batch: &mut Batch, (merchant_id, family): (&str, Family), step: &Step, new: NewCallback<'_>) {
    let (effect_key, effect_content) =
        step.effect.as_ref().map_or((None, None), |effect| (Some(&effect.key), Some(&effect.content)));
    let words = |words: &Wording| serde_json::json!({ "zh": words.zh, "en": words.en }).to_string();
    batch.one(
        INSERT,
        args![
            merchant_id,
            new.callback_id,
            new.received_at,
            family.as_str(),
            step.activity,
            &step.instance_id,
            &step.order_id,
            step.test,
            step.verdict.as_str(),
            step.refusal,
            step.detail.as_ref().map(words).unwrap_or_default(),
            new.key_id,
            new.kept.query,
            new.kept.body,
            new.kept.headers,
            new.kept.sealed,
            step.rendered.code.as_str(),
            step.kept_answer.as_deref().unwrap_or(&step.rendered.body),
            step.state_before,
            step.state_after,
            step.event_ids.join(","),
            effect_key.map(String::as_str),
            effect_content.map(String::as_str),
        ],
    );
}

/// Replaces the answer of a call that was committed before the app was ready.
pub(crate) async fn set_answer(
    db: &Db,
    (merchant_id, callback_id): (&str, &str),
    (result_code, answer): (&str, &str),
    state_after: &str,
) -> Result<(), DbError> {
    let mut batch = Batch::new();
    batch.any(SET_ANSWER, args![merchant_id, callback_id, result_code, answer, state_after]);
    db.apply(batch).await.map(drop)
}

/// Content of an earlier command with this effect key.
pub(crate) async fn find_effect(db: &Db, merchant_id: &str, effect_key: &str) -> Result<Option<String>, DbError> {
    db.query_one(FIND_EFFECT, args![merchant_id, effect_key]).await?.map(|row| row.text(0)).transpose()
}

/// Nonces forgotten in one commit: calls wait behind it.
pub(crate) const PRUNED_AT_ONCE: u64 = 2_000;

/// Forgets what has no use any more, at most [`PRUNED_AT_ONCE`] nonces; returns how many rows that were.
pub(crate) async fn prune(db: &Db, now: Instant, nonce_memory: Duration) -> Result<u64, DbError> {
    let mut batch = Batch::new();
    batch.any(PRUNE_NONCES, args![now.minus(nonce_memory), i64::try_from(PRUNED_AT_ONCE).unwrap_or(i64::MAX)]);
    let by_age = now.minus(REFUSED_KEPT_FOR);
    let by_count =
        db.query_one(FIND_REFUSED_LIMIT, args![REFUSED_KEPT - 1]).await?.map(|row| row.instant(0)).transpose()?;
    batch.any(PRUNE_OLD_REFUSED, args![by_count.map_or(by_age, |limit| limit.max(by_age))]);
    let results = db.apply(batch).await?;
    Ok(results.iter().map(|result| result.rows_affected).sum())
}
