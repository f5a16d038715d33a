//! `saasExtendParams`: JSON in Base64 inside a query.
//!
//! Content is up to the merchant and nothing may fail because of it; so the raw text is kept beside
//! what could be read (decision D25).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::cipher::lenient_base64;
use crate::order_query::ExtendParam;

/// Extended parameters (扩展参数). Source: SaaS V1.0 §3.1.
#[derive(Clone, PartialEq, Eq)]
pub struct ExtendParams {
    raw: String,
    entries: Option<Vec<ExtendParam>>,
}

impl ExtendParams {
    /// These entries, written as the store writes them.
    pub fn of(entries: &[ExtendParam]) -> Self {
        let json = Value::from_iter(entries.iter().cloned().map(Value::from)).to_string();
        Self { raw: STANDARD.encode(json), entries: Some(entries.to_vec()) }
    }

    /// A received value; blanks are taken for lost plus signs.
    pub fn read(raw: impl Into<String>) -> Self {
        let raw = raw.into();
        let entries = entries_of(&raw);
        Self { raw, entries }
    }

    /// The value as it was or will be sent, before the encoding of the query.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// What could be read; none when the value is unreadable.
    pub fn entries(&self) -> Option<&[ExtendParam]> {
        self.entries.as_deref()
    }
}

/// The content may hold personal data of the buyer.
impl fmt::Debug for ExtendParams {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.entries.as_ref().map(Vec::len);
        formatter.debug_struct("ExtendParams").field("entries", &entries).finish_non_exhaustive()
    }
}

fn entries_of(raw: &str) -> Option<Vec<ExtendParam>> {
    let json = lenient_base64(raw)?;
    match serde_json::from_slice(&json).ok()? {
        Value::Array(items) => items.into_iter().map(|item| ExtendParam::try_from(item).ok()).collect(),
        _ => None,
    }
}
