//! A repeated request with the same `Idempotency-Key` gets the stored answer.
//!
//! The row that remembers the answer is written in the batch of its effect, so there is no moment at
//! which one exists without the other.

use std::time::Duration;

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError};
use serde_json::Value;

use crate::refusal::Refusal;

/// Longest key a caller may choose.
pub(super) const MAX_KEY_LENGTH: usize = 255;
/// How long an answer is remembered: a week covers any client that retries.
const MEMORY: Duration = Duration::from_secs(7 * 24 * 3600);

mercer_kernel::statements! {
    /// The stored content and answer of a key.
    pub(crate) FIND = "SELECT content, answer FROM st_idempotency WHERE scope = $1 AND key = $2";
    /// Remembers an answer; a taken key makes the whole batch a conflict.
    pub(crate) REMEMBER =
        "INSERT INTO st_idempotency (scope, key, content, answer, created_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    /// Forgets what is older than the memory.
    pub(crate) FORGET = "DELETE FROM st_idempotency WHERE created_at < $1";
}

/// A key in its scope, with the content it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    scope: &'static str,
    key: String,
    content: String,
}

impl Key {
    /// Reads the header's value.
    ///
    /// # Errors
    /// When it is empty, too long, or not visible ASCII.
    pub(super) fn read(scope: &'static str, key: &str, content: &Value) -> Result<Self, Refusal> {
        let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        if key.is_empty() || key.len() > MAX_KEY_LENGTH || !visible {
            return Err(Refusal::invalid(
                "idempotency.key",
                "Idempotency-Key",
                format!("Idempotency-Key 为 1 到 {MAX_KEY_LENGTH} 个可见 ASCII 字符"),
                format!("an Idempotency-Key has 1 to {MAX_KEY_LENGTH} visible ASCII characters"),
            ));
        }
        Ok(Self { scope, key: key.to_owned(), content: sorted(content).to_string() })
    }

    /// The statements that remember `answer`, for the batch of the effect.
    pub(super) fn remember(&self, answer: &Value, now: Instant) -> Batch {
        let mut batch = Batch::new();
        batch
            .any(FORGET, args![now.minus(MEMORY)])
            .one(REMEMBER, args![self.scope, &self.key, &self.content, answer.to_string(), now]);
        batch
    }

    /// The stored answer of this key, if it was used before.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub(super) async fn stored(&self, db: &Db) -> Result<Option<Stored>, DbError> {
        let row = db.query_one(FIND, args![self.scope, &self.key]).await?;
        row.map(|row| Ok(Stored { content: row.text(0)?, answer: row.json(1)? })).transpose()
    }

    /// The stored answer, when it was given for the same content.
    ///
    /// # Errors
    /// A conflict when the content was another.
    pub(super) fn replay(&self, stored: Stored) -> Result<Value, Refusal> {
        if stored.content == self.content {
            return Ok(stored.answer);
        }
        Err(Refusal::conflict(
            "idempotency.conflict",
            "该 Idempotency-Key 已用于内容不同的请求，请换一个",
            "this Idempotency-Key was used for a request with other content; choose another",
        ))
    }
}

/// What a key stood for, and what was answered.
pub(super) struct Stored {
    content: String,
    answer: Value,
}

/// The same JSON with sorted members, so that their order does not make another content.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            names.into_iter().map(|name| (name.clone(), sorted(&members[name]))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_members_does_not_matter_and_their_values_do() {
        let key = |content: Value| Key::read("orders", "k-1", &content).unwrap();
        let first = key(json!({"a": 1, "b": {"c": 2, "d": 3}}));
        let stored = || Stored { content: first.content.clone(), answer: json!({"orderId": "o"}) };
        let same = key(json!({"b": {"d": 3, "c": 2}, "a": 1}));
        assert_eq!(same.replay(stored()).unwrap(), json!({"orderId": "o"}));
        let other = key(json!({"a": 2, "b": {"c": 2, "d": 3}}));
        assert_eq!(other.replay(stored()).unwrap_err().code, "idempotency.conflict");
    }

    #[test]
    fn keys_are_limited() {
        let read = |key: &str| Key::read("orders", key, &Value::Null);
        assert!(read(&"k".repeat(MAX_KEY_LENGTH)).is_ok());
        for bad in ["", "a b", "键", &"k".repeat(MAX_KEY_LENGTH + 1)] {
            assert!(read(bad).is_err());
        }
    }
}
