//! The gateway's errors on pages. A problem document becomes a page in the frame on its way out.

use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice, Problem};

use super::fields::allowed;
use crate::api::problem_of;
use crate::error::GatewayError;

/// What a page's handler returns.
pub(super) type Outcome<T = Response> = Result<T, Problem>;

/// Puts an error into the reader's language.
pub(super) trait ToldIn<T> {
    /// The result with its error told in `language`.
    fn told_in(self, language: Language) -> Outcome<T>;
}

impl<T, E: Into<GatewayError>> ToldIn<T> for Result<T, E> {
    fn told_in(self, language: Language) -> Outcome<T> {
        self.map_err(|error| problem_of(&error.into(), language).in_language(language))
    }
}

/// Sends the visitor on to `path` with what a small form has come to: `done`, or why it was refused.
/// Errors that no other value would mend are shown as a page.
pub(super) fn and_go_to<T>(
    result: Result<T, GatewayError>,
    language: Language,
    path: &str,
    done: impl FnOnce(T) -> String,
) -> Outcome {
    let notice = match result {
        Ok(value) => Notice::new(Mood::Good, done(value)),
        Err(GatewayError::Field(fault)) => {
            Notice::new(Mood::Bad, format!("{}: {}", fault.field, allowed(&fault, language)))
        }
        Err(GatewayError::Conflict { zh, en, .. }) => Notice::new(Mood::Bad, language.pick(&en, &zh)),
        Err(error) => return Err(error).told_in(language),
    };
    Ok(notice.and_go_to(path))
}
