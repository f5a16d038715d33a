//! What forms and filters send: texts by name, read into types at the rim.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use mercer_kernel::clock::Instant;
use mercer_kernel::web::Language;

use crate::error::FieldFault;

/// Pages show Beijing time, so people type it too.
const TYPED_ZONE: Offset = Offset::constant(8);

/// Names and values as they were sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

/// Fields of the query: filters.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked(pub(super) Fields);

/// Fields of the body: a form.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent(pub(super) Fields);

impl Fields {
    /// Reads `a=b&c=d`.
    pub(super) fn read(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// A value without blanks around it; empty when it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// A value as it was sent: blanks in passwords count.
    pub(super) fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.as_str())
    }

    /// A value that may be missing.
    pub(super) fn optional(&self, name: &str) -> Option<String> {
        Some(self.exact(name)).filter(|text| !text.trim().is_empty()).map(str::to_owned)
    }

    /// A value of a closed list; none when it is empty.
    pub(super) fn choice<T: FromStr>(&self, name: &str, allowed: &[&str]) -> Result<Option<T>, FieldFault> {
        match self.text(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                let allowed = allowed.join(", ");
                FieldFault::new(name, format!("one of {allowed}"), format!("{allowed} 之一"))
            }),
        }
    }

    /// A whole number; `otherwise` when it is empty.
    pub(super) fn number(&self, name: &str, otherwise: u64) -> Result<u64, FieldFault> {
        match self.text(name) {
            "" => Ok(otherwise),
            text => text.parse().map_err(|_| FieldFault::new(name, "a whole number", "整数")),
        }
    }

    /// A time as a browser's time field sends it (Beijing time), or in RFC 3339.
    pub(super) fn instant(&self, name: &str) -> Result<Option<Instant>, FieldFault> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        let typed = |text: &str| {
            let civil: DateTime = text.parse().ok()?;
            let zoned = civil.to_zoned_datetime(TimeZone::fixed(TYPED_ZONE)).ok()?;
            Some(Instant::from_jiff(zoned.timestamp()))
        };
        text.parse().ok().or_else(|| typed(text)).map(Some).ok_or_else(|| {
            FieldFault::new(
                name,
                "a time such as 2026-01-31T08:00 (Beijing time) or 2026-01-31T00:00:00Z",
                "形如 2026-01-31T08:00（北京时间）或 2026-01-31T00:00:00Z 的时间",
            )
        })
    }
}

/// What is wrong with a form, beside its fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults(Vec<(String, String)>);

impl Faults {
    /// A form with one wrong field.
    pub(super) fn one(fault: &FieldFault, language: Language) -> Self {
        let mut faults = Self::default();
        faults.add(fault, language);
        faults
    }

    /// Notes a wrong field.
    pub(super) fn add(&mut self, fault: &FieldFault, language: Language) {
        self.0.push((fault.field.clone(), allowed(fault, language)));
    }

    /// Takes a value, or notes why there is none.
    pub(super) fn take<T: Default>(&mut self, result: Result<T, FieldFault>, language: Language) -> T {
        result.unwrap_or_else(|fault| {
            self.add(&fault, language);
            T::default()
        })
    }

    /// What is wrong with a field; empty when nothing is.
    pub(super) fn at(&self, field: &str) -> &str {
        self.0.iter().find(|(found, _)| found == field).map_or("", |(_, text)| text.as_str())
    }

    /// Every fault as a sentence, for the head of a page.
    pub(super) fn sentences(&self) -> Vec<String> {
        self.0.iter().map(|(field, text)| format!("{field}: {text}")).collect()
    }
}

/// "Allowed: …" in the reader's language.
pub(super) fn allowed(fault: &FieldFault, language: Language) -> String {
    match language {
        Language::En => format!("Allowed: {}.", fault.allowed_en),
        Language::Zh => format!("允许的取值：{}。", fault.allowed_zh),
    }
}

/// A time for the value of a browser's time field.
pub(super) fn typed_time(at: Option<Instant>) -> String {
    at.map_or_else(String::new, |at| {
        at.to_jiff().to_zoned_datetime(TimeZone::fixed(TYPED_ZONE)).strftime("%Y-%m-%dT%H:%M").to_string()
    })
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Fields::read(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let body = Bytes::from_request(request, state).await.map_err(axum::response::IntoResponse::into_response)?;
        Ok(Self(Fields::read(&body)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_taken_in_beijing_time_or_with_its_zone() {
        let fields = Fields::read(b"a=2026-11-25T16%3A00&b=2026-11-25T08:00:00Z&c=yesterday");
        let expected: Instant = "2026-11-25T08:00:00Z".parse().unwrap();
        assert_eq!(fields.instant("a").unwrap(), Some(expected));
        assert_eq!(fields.instant("b").unwrap(), Some(expected));
        assert_eq!(fields.instant("d").unwrap(), None);
        assert_eq!(fields.instant("c").unwrap_err().field, "c");
        assert_eq!(typed_time(Some(expected)), "2026-11-25T16:00");
    }

    #[test]
    fn a_wrong_choice_names_the_field_and_what_is_allowed() {
        let fields = Fields::read(b"n=x");
        let fault = fields.choice::<u64>("n", &["1", "2"]).unwrap_err();
        let faults = Faults::one(&fault, Language::En);
        assert_eq!(faults.at("n"), "Allowed: one of 1, 2.");
        assert_eq!(faults.sentences(), ["n: Allowed: one of 1, 2."]);
    }
}
