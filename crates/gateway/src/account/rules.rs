//! What a synchronisation does to one record. Pure.
//!
//! The same three laws hold for enterprises, bindings, departments and members: the newest call wins
//! whatever the order of arrival, a repeated call changes nothing, and a deletion always succeeds.

use super::Standing;

/// A record as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record<T> {
    pub(crate) standing: Standing,
    /// What the store described; none for what was deleted before it was ever described.
    pub(crate) content: Option<T>,
    /// The 17-digit time of the call that last set it; empty when the call named none.
    pub(crate) set_by: String,
    /// Counts the changes of the row; 0 for a new one.
    pub(crate) version: i64,
}

/// What a call asks of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change<T> {
    /// It is so: add and modify are both upserts (decision D10).
    Put(T),
    /// No access any more; with the data of the call, where it brings some.
    Withdraw(Option<T>),
    /// It is gone.
    Delete,
}

/// How calls are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Whether an older call changes nothing (`gateway.kit.drop_older`, decision D11).
    pub(crate) drop_older: bool,
    /// Whether a deleted record keeps its content: departments and enterprises do, so that children and
    /// members still show where they belonged; members and secrets do not (decisions D10, D13).
    pub(crate) keeps_deleted: bool,
}

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome<T> {
    /// Nothing: the call is older than what stands, or a repetition.
    Unchanged,
    /// Only remembered, so that a late older call is recognised; the app need not know.
    Noted(Record<T>),
    /// It changed and the app is told, with what it replaces.
    Told {
        /// The record as it becomes.
        record: Record<T>,
        /// What stood before; none when nothing did.
        previous: Option<T>,
    },
}

/// Decides what a call of the time `at` does to a record.
pub(crate) fn decide<T: Clone + PartialEq>(
    known: Option<&Record<T>>,
    change: &Change<T>,
    at: &str,
    policy: Policy,
) -> Outcome<T> {
    if policy.drop_older && known.is_some_and(|record| is_older(at, &record.set_by)) {
        return Outcome::Unchanged;
    }
    let before = known.filter(|record| record.standing != Standing::Deleted);
    let previous = before.and_then(|record| record.content.clone());
    let (standing, content) = match change {
        Change::Put(content) => (Standing::Present, Some(content.clone())),
        Change::Withdraw(content) => (Standing::Withdrawn, content.clone().or_else(|| previous.clone())),
        Change::Delete if policy.keeps_deleted => (Standing::Deleted, known.and_then(|record| record.content.clone())),
        Change::Delete => (Standing::Deleted, None),
    };
    let record = Record {
        standing,
        content,
        set_by: if at.is_empty() {
            known.map(|record| record.set_by.clone()).unwrap_or_default()
        } else {
            at.to_owned()
        },
        version: known.map_or(0, |record| record.version),
    };
    if known == Some(&record) {
        return Outcome::Unchanged;
    }
    let is_told = match standing {
        Standing::Present => {
            before.is_none_or(|before| (before.standing, &before.content) != (standing, &record.content))
        }
        // Who had no access is not told that there is none.
        Standing::Withdrawn => before.is_some_and(|before| before.standing == Standing::Present),
        Standing::Deleted => before.is_some(),
    };
    if is_told { Outcome::Told { record, previous } } else { Outcome::Noted(record) }
}

/// Whether a call is older than the one that set a record. A missing time is never older (decision D11);
/// times of equal length compare as text.
fn is_older(at: &str, set_by: &str) -> bool {
    !at.is_empty() && !set_by.is_empty() && at < set_by
}

/// Each entry once, the last one of a repeated identity: what one call says twice it says in order.
pub(crate) fn last_of_each<T>(entries: Vec<(String, T)>) -> Vec<(String, T)> {
    let mut place_of = std::collections::HashMap::with_capacity(entries.len());
    let mut kept: Vec<(String, T)> = Vec::with_capacity(entries.len());
    for (identity, entry) in entries {
        match place_of.get(&identity) {
            Some(&place) => {
                let kept: &mut Vec<(String, T)> = &mut kept;
                kept[place] = (identity, entry);
            }
            None => {
                place_of.insert(identity.clone(), kept.len());
                kept.push((identity, entry));
            }
        }
    }
    kept
}

/// The address of a sign-in centre as it is kept: with a scheme, without a slash at the end (decision D23).
pub(crate) fn domain_name(text: &str) -> String {
    let text = text.trim().trim_end_matches('/');
    if text.is_empty() || text.contains("://") { text.to_owned() } else { format!("https://{text}") }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
