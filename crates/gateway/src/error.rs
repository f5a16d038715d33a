//! What can go wrong in the gateway, for its callers.

use mercer_kernel::db::DbError;
use mercer_kernel::vault::VaultError;

/// Why the gateway did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A stored secret cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// There is no such thing.
    #[error("there is no {kind} with the id '{id}'")]
    UnknownId {
        /// What was looked for: `instance`, `callback`, `connector` …
        kind: &'static str,
        /// The id that was given.
        id: String,
    },
    /// A value is not allowed.
    #[error(transparent)]
    Field(#[from] FieldFault),
    /// What stands does not allow it.
    #[error("{en}")]
    Conflict {
        /// Stable code.
        code: &'static str,
        /// Chinese text.
        zh: String,
        /// English text.
        en: String,
    },
    /// Several lines of an uploaded table are wrong; nothing was taken from it.
    #[error("{} lines cannot be taken", .0.len())]
    Lines(Vec<LineFault>),
}

/// A field with a value that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: allowed is {allowed_en}")]
pub struct FieldFault {
    /// The field, as callers name it.
    pub field: String,
    /// What is allowed, in English.
    pub allowed_en: String,
    /// What is allowed, in Chinese.
    pub allowed_zh: String,
}

/// A line of an uploaded table that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LineFault {
    /// Its number, the header being line 1.
    pub line: u64,
    /// The column it is about; empty when the line as a whole cannot be read.
    pub column: String,
    /// Why, in English.
    pub en: String,
    /// Why, in Chinese.
    pub zh: String,
}

impl FieldFault {
    /// A fault of `field` with what is allowed in both languages.
    #[must_use]
    pub fn new(field: &str, allowed_en: impl Into<String>, allowed_zh: impl Into<String>) -> Self {
        Self { field: field.to_owned(), allowed_en: allowed_en.into(), allowed_zh: allowed_zh.into() }
    }
}
