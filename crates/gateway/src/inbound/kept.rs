//! What is kept of a request: as it came, or masked with the original sealed beside it, so that the check
//! of its signature can still be shown.

use bytes::Bytes;
use mercer_kernel::db::DbError;
use mercer_kernel::vault::{Place, Vault};
use serde::{Deserialize, Serialize};

use super::Call;
use super::callback::Verdict;
use crate::merchant::row_of;

/// How much of the body of a refused call is kept.
const REFUSED_BODY_BYTES: usize = 8 * 1_024;
/// How much of a query is kept.
const QUERY_BYTES: usize = 4 * 1_024;
/// Longest request of a refused call that is sealed: anybody can send those.
const SEALED_REFUSED_BYTES: usize = 8 * 1_024;

/// What is kept of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    query: String,
    body: Bytes,
    headers: String,
    original: Option<Original>,
}

/// A request as it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Original {
    pub(crate) query: String,
    pub(crate) body: String,
}

/// The columns of a callback's row.
#[derive(Debug)]
pub(crate) struct KeptRow {
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
    pub(crate) headers: String,
    pub(crate) sealed: Option<String>,
}

impl Kept {
    /// The request as it came: it holds neither personal data nor secrets.
    pub(crate) fn plain(call: &Call) -> Self {
        Self { query: call.query.clone(), body: call.body.clone(), ..Self::default() }
    }

    /// The request in a masked form; the original is sealed.
    pub(crate) fn masked(call: &Call, query: String, body: Vec<u8>) -> Self {
        let original = Original { query: call.query.clone(), body: String::from_utf8_lossy(&call.body).into_owned() };
        Self { query, body: body.into(), headers: String::new(), original: Some(original) }
    }

    /// The beginning of a request, already masked, whose original is not kept.
    pub(crate) fn part(call: &Call, body: Vec<u8>) -> Self {
        Self { query: call.query.clone(), body: body.into(), ..Self::default() }
    }

    /// Keeps headers too, `name: value` a line: those a signature is in.
    #[must_use]
    pub(crate) fn with_headers(self, headers: String) -> Self {
        Self { headers, ..self }
    }

    /// The columns of one row.
    pub(super) fn row(
        &self,
        vault: &Vault,
        (merchant_id, callback_id): (&str, &str),
        verdict: Verdict,
    ) -> Result<KeptRow, DbError> {
        let is_refused = verdict == Verdict::Refused;
        let body_bytes = if is_refused { self.body.len().min(REFUSED_BODY_BYTES) } else { self.body.len() };
        let fits =
            |original: &&Original| !is_refused || original.query.len() + original.body.len() <= SEALED_REFUSED_BYTES;
        let sealed = self.original.as_ref().filter(fits).map(|original| {
            let text = serde_json::to_string(original).expect("two texts are plain data");
            let row = row_of(merchant_id, callback_id);
            vault.seal(place(&row), &text).map_err(|error| DbError::Decode(format!("a request: {error}")))
        });
        Ok(KeptRow {
            query: cut(&self.query, QUERY_BYTES).to_owned(),
            body: self.body[..body_bytes].to_vec(),
            headers: cut(&self.headers, QUERY_BYTES).to_owned(),
            sealed: sealed.transpose()?,
        })
    }
}

impl Original {
    /// Opens a sealed request.
    pub(super) fn open(vault: &Vault, (merchant_id, callback_id): (&str, &str), sealed: &str) -> Option<Self> {
        let row = row_of(merchant_id, callback_id);
        serde_json::from_str(&vault.open_at(place(&row), sealed).ok()?).ok()
    }
}

fn place(row: &str) -> Place<'_> {
    Place { table: "gw_callback", row, column: "request_sealed" }
}

/// At most `limit` bytes of a text, cut between characters.
fn cut(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
