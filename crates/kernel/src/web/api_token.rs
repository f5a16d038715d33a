//! Bearer tokens of the management and control APIs: shown once, kept as hashes.

use axum::extract::{FromRef, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, header};

use super::account::Accounts;
use super::language::Language;
use super::problem::Problem;
use super::repo;
use crate::args;
use crate::db::{Batch, DbError};
use crate::digest::sha256_hex;

impl Accounts {
    /// Makes `token` valid. Doing it again changes nothing.
    ///
    /// # Errors
    /// When the database fails; likewise below.
    pub async fn ensure_token(&self, name: &str, token: &str) -> Result<(), DbError> {
        let mut batch = Batch::new();
        batch.any(repo::INSERT_TOKEN, args![self.face, sha256_hex(token), name, self.wall.now()]);
        self.db.apply(batch).await.map(drop)
    }

    /// A new token's text: `mk_` and 40 characters.
    #[must_use]
    pub fn new_token(&self) -> String {
        format!("mk_{}", self.entropy.alphanumeric(40))
    }

    /// The name of the token these headers carry; None when there is none or it is not valid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_of(&self, headers: &HeaderMap) -> Result<Option<String>, DbError> {
        let Some(token) = bearer(headers) else { return Ok(None) };
        let row = self.db.query_one(repo::FIND_TOKEN, args![self.face, sha256_hex(token)]).await?;
        row.map(|row| row.text(0)).transpose()
    }
}

/// Middleware: lets only requests with a valid token through.
pub async fn require_token<S>(State(state): State<S>, request: Request, next: Next) -> Response
where
    S: Clone + Send + Sync + 'static,
    Accounts: FromRef<S>,
{
    let language = Language::of(request.uri(), request.headers());
    match Accounts::from_ref(&state).token_of(request.headers()).await {
        Ok(Some(_)) => next.run(request).await,
        Ok(None) => {
            let mut response = Problem::unauthorized().in_language(language).into_response();
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
        Err(error) => {
            tracing::error!(%error, "tokens cannot be read");
            Problem::unavailable().in_language(language).into_response()
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
