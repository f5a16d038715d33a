//! One word for "a rule said no".
//!
//! Rules are pure, so they cannot answer a request themselves; they hand back a refusal that carries
//! everything the door needs: what kind of no it is, a stable code, the field, and the reason in both
//! languages with what would have been allowed.

/// What kind of no it is; the door turns it into an HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The input breaks a rule that the caller can read and obey.
    Invalid,
    /// There is no such thing.
    NotFound,
    /// The thing exists and its present state does not allow this.
    Conflict,
    /// The caller may not do this.
    Forbidden,
    /// The merchant's side was asked and did not agree or did not answer.
    Upstream,
}

impl RefusalKind {
    /// The HTTP status that says the same.
    pub fn status(self) -> u16 {
        match self {
            Self::Invalid => 422,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Forbidden => 403,
            Self::Upstream => 502,
        }
    }
}

/// A rule's no, with its reason in both languages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {en}")]
pub struct Refusal {
    /// What kind of no.
    pub kind: RefusalKind,
    /// Stable code such as `order.quantity`.
    pub code: &'static str,
    /// The field of the input that is at fault, in the JSON spelling; empty when none is.
    pub field: &'static str,
    /// The reason in Chinese.
    pub zh: String,
    /// The reason in English.
    pub en: String,
}

impl Refusal {
    /// The input is not allowed.
    pub fn invalid(code: &'static str, field: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Invalid, code, field, zh: zh.into(), en: en.into() }
    }

    /// There is no such thing.
    pub fn not_found(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind: RefusalKind::NotFound, ..Self::invalid(code, "", zh, en) }
    }

    /// The present state does not allow it.
    pub fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Conflict, ..Self::invalid(code, "", zh, en) }
    }

    /// The caller may not do this.
    pub fn forbidden(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Forbidden, ..Self::invalid(code, "", zh, en) }
    }

    /// The merchant's side said no or said nothing.
    pub fn upstream(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Upstream, ..Self::invalid(code, "", zh, en) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_status() {
        let refusals = [
            Refusal::invalid("a", "f", "不行", "no"),
            Refusal::not_found("a", "没有", "none"),
            Refusal::conflict("a", "冲突", "conflict"),
            Refusal::forbidden("a", "禁止", "forbidden"),
            Refusal::upstream("a", "商家未答复", "no answer"),
        ];
        let statuses: Vec<u16> = refusals.iter().map(|r| r.kind.status()).collect();
        assert_eq!(statuses, [422, 404, 409, 403, 502]);
    }
}
