//! Secrets that are shown once: from the form that made them to the page after it.
//!
//! A form answers with a redirect, so the secret has to travel. It travels sealed, in a cookie that lives a
//! minute and that the page which shows it takes away; nothing is kept on the server.

use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, header};
use mercer_kernel::vault::Place;
use mercer_kernel::web::language::cookie;
use serde::{Deserialize, Serialize};

use crate::Core;
use crate::error::{Answer, StoreError};

/// The cookie.
const COOKIE: &str = "mercer_once";
/// Longer than a redirect takes, shorter than a break.
const LIFETIME_SECONDS: u32 = 60;
/// Where the vault thinks the text is kept.
const PLACE: Place<'static> = Place { table: "web_once", row: COOKIE, column: "text" };

/// What is shown once: names and texts.
#[derive(Serialize, Deserialize)]
pub(super) struct Once {
    /// For whom; nobody else is shown it.
    pub(super) account: String,
    /// Names and texts.
    pub(super) lines: Vec<(String, String)>,
}

impl Once {
    /// Goes on to `path`, whose page shows the texts.
    ///
    /// # Errors
    /// When they cannot be sealed.
    pub(super) fn and_go_to(&self, core: &Core, path: &str) -> Answer<Response> {
        let text = serde_json::to_string(self).map_err(|error| StoreError::Broken(error.to_string()))?;
        let sealed = core.foundation.vault.seal(PLACE, &text)?;
        let mut response = Redirect::to(path).into_response();
        response.headers_mut().append(header::SET_COOKIE, set(&sealed, LIFETIME_SECONDS)?);
        Ok(response)
    }

    /// What is to be shown to `account`, if something is.
    pub(super) fn of(core: &Core, headers: &HeaderMap, account: &str) -> Option<Self> {
        let sealed = cookie(headers, COOKIE)?;
        let text = core.foundation.vault.open_at(PLACE, &sealed).ok()?;
        let once: Self = serde_json::from_str(&text).ok()?;
        (once.account == account).then_some(once)
    }
}

/// Takes the cookie away from whoever got this answer.
pub(super) fn forget(mut response: Response) -> Response {
    if let Ok(gone) = set("", 0) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response
}

fn set(value: &str, max_age_seconds: u32) -> Answer<HeaderValue> {
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_seconds}");
    HeaderValue::from_str(&text).map_err(|error| StoreError::Broken(error.to_string()))
}
