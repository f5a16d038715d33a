//! Console sessions: a random token in a cookie, its hash in the database, revocable there.

use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri, header};

use super::account::{self, Account, Accounts};
use super::language::cookie;
use super::problem::Problem;
use super::repo;
use crate::args;
use crate::db::{Batch, DbError};
use crate::digest::sha256_hex;

/// How long a sign-in lasts.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3_600);

/// The signed-in account; its extractor sends everybody else to the sign-in page.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Account);

/// The signed-in account, if there is one.
#[derive(Debug, Clone)]
pub struct MaybeSignedIn(pub Option<Account>);

impl Accounts {
    /// Starts a session and returns the cookie to set. `secure` where the face is reached by https.
    ///
    /// # Errors
    /// When the database fails; likewise below.
    pub async fn start_session(&self, account: &Account, secure: bool) -> Result<HeaderValue, DbError> {
        let token = self.entropy.alphanumeric(43);
        let now = self.wall.now();
        let mut batch = Batch::new();
        batch.any(repo::PRUNE_SESSIONS, args![self.face, now]);
        batch.one(repo::INSERT_SESSION, args![self.face, sha256_hex(&token), &account.name, now, now.plus(LIFETIME)]);
        self.db.apply(batch).await?;
        Ok(self.cookie(&token, LIFETIME.as_secs(), secure))
    }

    /// Ends the session of these headers and returns the cookie that forgets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, headers: &HeaderMap) -> Result<HeaderValue, DbError> {
        if let Some(token) = cookie(headers, &self.cookie_name()) {
            let mut batch = Batch::new();
            batch.any(repo::DELETE_SESSION, args![self.face, sha256_hex(&token)]);
            self.db.apply(batch).await?;
        }
        Ok(self.cookie("", 0, false))
    }

    /// Who is signed in with these headers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signed_in(&self, headers: &HeaderMap) -> Result<Option<Account>, DbError> {
        let Some(token) = cookie(headers, &self.cookie_name()) else { return Ok(None) };
        let row = self.db.query_one(repo::FIND_SESSION, args![self.face, sha256_hex(&token), self.wall.now()]).await?;
        row.as_ref().map(account::read).transpose()
    }

    /// Faces on one host share cookies whatever their ports, so each has a name of its own.
    fn cookie_name(&self) -> String {
        format!("mercer_{}_session", self.face)
    }

    fn cookie(&self, token: &str, max_age_seconds: u64, secure: bool) -> HeaderValue {
        let secure = if secure { "; Secure" } else { "" };
        let name = self.cookie_name();
        let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{secure}");
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

impl<S> FromRequestParts<S> for MaybeSignedIn
where
    S: Sync,
    Accounts: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let found = Accounts::from_ref(state).signed_in(&parts.headers).await;
        found.map(Self).map_err(|error| {
            tracing::error!(%error, "sessions cannot be read");
            Problem::unavailable().into_response()
        })
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    S: Sync,
    Accounts: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let MaybeSignedIn(account) = MaybeSignedIn::from_request_parts(parts, state).await?;
        account.map(Self).ok_or_else(|| {
            // After a post the page itself is no place to come back to.
            let next = if parts.method == http::Method::GET { safe_next(&parts.uri) } else { "/".to_owned() };
            Redirect::to(&format!("/login?next={}", percent_encode(&next))).into_response()
        })
    }
}

/// A path on this face that a sign-in may lead to; anything else becomes the start page.
#[must_use]
pub fn safe_path(next: &str) -> &str {
    if next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r']) { next } else { "/" }
}

fn safe_next(uri: &Uri) -> String {
    safe_path(uri.path_and_query().map_or("/", |path| path.as_str())).to_owned()
}

/// Percent-encodes a query value.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A header pair that sets a cookie.
#[must_use]
pub fn set_cookie(value: HeaderValue) -> [(header::HeaderName, HeaderValue); 1] {
    [(header::SET_COOKIE, value)]
}

#[cfg(test)]
mod tests {
    use super::safe_path;

    #[test]
    fn a_sign_in_leads_only_to_this_face() {
        assert_eq!(safe_path("/orders?page=2"), "/orders?page=2");
        for outside in ["//evil.example", "https://evil.example", "/\\evil.example", ""] {
            assert_eq!(safe_path(outside), "/");
        }
    }
}
