//! Every no of the store on its way to a page. The web shell turns it into a page in the frame.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use mercer_kernel::db::DbError;
use mercer_kernel::web::{Language, Mood, Notice, Problem};

use crate::error::StoreError;
use crate::refusal::{Refusal, RefusalKind};

/// Why a page cannot be shown.
#[derive(Debug)]
pub(super) struct Fault(Problem);

impl Fault {
    /// There is no such thing, or it is somebody else's: both look the same.
    pub(super) fn missing() -> Self {
        Self(Problem::not_found(
            "page.missing",
            "There is nothing at this address, or it belongs to another account.",
            "内容不存在，或属于其他账号。",
        ))
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let status = StatusCode::from_u16(refusal.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self(Problem::new(status, refusal.code, refusal.en, refusal.zh))
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::Database(_) => {
                tracing::error!(%error, "a page could not reach the database");
                Self(Problem::unavailable())
            }
            StoreError::Vault(_) | StoreError::Table(_) | StoreError::Broken(_) => {
                tracing::error!(%error, "a page met inconsistent data");
                Self(Problem::internal())
            }
        }
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        StoreError::from(error).into()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// Splits a result into what was done and what a rule refused; everything else is a fault.
///
/// # Errors
/// When it failed for another reason than a refusal that the form can show.
pub(super) fn refused<T>(answer: Result<T, StoreError>) -> Result<Result<T, Refusal>, Fault> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(StoreError::Refused(refusal)) if refusal.kind != RefusalKind::NotFound => Ok(Err(refusal)),
        Err(error) => Err(error.into()),
    }
}

/// After a button: goes on to `path` with what was done, or with why it was not.
///
/// # Errors
/// When it failed for another reason than a refusal.
pub(super) fn tell<T>(
    answer: Result<T, StoreError>,
    language: Language,
    done: &str,
    path: &str,
) -> Result<Response, Fault> {
    Ok(match refused(answer)? {
        Ok(_) => Notice::new(Mood::Good, done).and_go_to(path),
        Err(refusal) => refusal_notice(&refusal, language).and_go_to(path),
    })
}

/// The notice that tells a refusal.
pub(super) fn refusal_notice(refusal: &Refusal, language: Language) -> Notice {
    Notice::new(Mood::Bad, language.pick(&refusal.en, &refusal.zh))
}
