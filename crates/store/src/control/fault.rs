//! Turns every no of the store into a problem document (RFC 9457).
//!
//! A handler does not know the caller's language, so it hands its fault on inside the answer and the
//! outermost layer writes it down.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use mercer_kernel::web::problem::FieldError;
use mercer_kernel::web::{Language, Problem};

use super::schema::Misfit;
use crate::error::StoreError;
use crate::refusal::Refusal;

/// A no on its way to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault(Problem);

impl Fault {
    /// A fault that no rule of the business knows.
    pub(super) fn new(status: u16, code: &str, zh: &str, en: &str) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self(Problem::new(status, code, en, zh))
    }

    /// Adds what is wrong in single places: where, and why.
    pub(super) fn in_places(mut self, places: impl Iterator<Item = (String, String)>) -> Self {
        self.0.errors.extend(places.map(|(field, message)| FieldError { field, message }));
        self
    }

    fn about(mut self, field: &str) -> Self {
        if !field.is_empty() {
            self.0.errors.push(FieldError { field: field.to_owned(), message: String::new() });
        }
        self
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.kind.status(), refusal.code, &refusal.zh, &refusal.en).about(refusal.field)
    }
}

impl From<Misfit> for Fault {
    fn from(misfit: Misfit) -> Self {
        Self::new(422, misfit.code, &misfit.zh, &misfit.en).about(&misfit.field)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::Database(_) => {
                tracing::error!(%error, "the control API could not reach the database");
                Self(Problem::unavailable())
            }
            StoreError::Vault(_) | StoreError::Table(_) | StoreError::Broken(_) => {
                tracing::error!(%error, "the control API met inconsistent data");
                Self(Problem::internal())
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut answer = self.0.clone().into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}

/// Writes faults in the caller's language.
pub(super) async fn in_callers_language(request: Request, next: Next) -> Response {
    let language = Language::of(request.uri(), request.headers());
    let mut answer = next.run(request).await;
    match answer.extensions_mut().remove::<Fault>() {
        Some(Fault(problem)) => problem.in_language(language).into_response(),
        None => answer,
    }
}
