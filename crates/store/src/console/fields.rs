//! What a form or a query sent: names and texts, read into values with refusals that name the field.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use mercer_kernel::clock::Instant;
use mercer_kernel::web::wrap::too_large;

use super::FORM_LIMIT_BYTES;
use crate::refusal::Refusal;

/// Names and texts. The last one of a name counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(BTreeMap<String, String>);

/// The fields of a POST.
pub(super) struct Sent(pub(super) Fields);

/// The fields of the address.
pub(super) struct Asked(pub(super) Fields);

impl Fields {
    fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// Fills a field in.
    pub(super) fn set(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), text.to_owned());
    }

    /// The text of a field without blanks around it; empty when it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// The text of a field, unless it is empty.
    pub(super) fn some(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A whole number, unless the field is empty.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| {
            Refusal::invalid(
                "form.number",
                name,
                format!("请填写整数，现为「{text}」"),
                format!("write a whole number, not \"{text}\""),
            )
        })
    }

    /// One of the codes of an enum; none when the field is empty or holds something unknown.
    pub(super) fn code<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    /// The beginning of a day in Beijing, from a date field.
    pub(super) fn day(&self, name: &str) -> Option<Instant> {
        format!("{}T00:00:00+08:00", self.text(name)).parse().ok()
    }

    /// The end of a day in Beijing.
    pub(super) fn end_of_day(&self, name: &str) -> Option<Instant> {
        self.day(name).map(|day| crate::instance::calendar::days_after(day, 1))
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

impl<S: Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let body = axum::body::to_bytes(request.into_body(), FORM_LIMIT_BYTES).await;
        body.map(|bytes| Self(Fields::parse(&bytes))).map_err(|_| too_large().into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_is_refused_by_name() {
        let fields = Fields::parse(b"quantity=+5+&periodNumber=many&empty=");
        assert_eq!(fields.number("quantity").unwrap(), Some(5));
        assert_eq!(fields.number("empty").unwrap(), None);
        assert_eq!(fields.number("missing").unwrap(), None);
        assert_eq!(fields.number("periodNumber").unwrap_err().field, "periodNumber");
    }

    #[test]
    fn a_day_begins_in_beijing() {
        let fields = Fields::parse(b"from=2026-11-25&bad=soon");
        assert_eq!(fields.day("from").unwrap().to_string(), "2026-11-24T16:00:00Z");
        assert_eq!(fields.end_of_day("from").unwrap().to_string(), "2026-11-25T16:00:00Z");
        assert_eq!(fields.day("bad"), None);
    }
}
