//! Logging in with what the gateway handed out.

use std::time::Duration;

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use mercer_kernel::db::DbError;
use mercer_kernel::web::language::cookie;
use mercer_kernel::web::layout::Shell;
use mercer_kernel::web::visit::Visit;
use serde::Deserialize;

use super::super::rules::State as AccountState;
use super::super::{SampleApp, password, repo};
use super::texts::Texts;
use super::{SESSION_COOKIE, session_cookie, shell, unavailable};

/// How long a log-in lasts.
const SESSION: Duration = Duration::from_secs(12 * 3_600);
/// Length of a session's token.
const TOKEN_LENGTH: usize = 43;

#[derive(Template)]
#[template(path = "tea_login.html")]
struct LoginPage {
    shell: Shell,
    texts: Texts,
    user: String,
    error: &'static str,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Prefilled {
    #[serde(default)]
    user: String,
}

/// The form.
pub(super) async fn show(visit: Visit, Query(prefilled): Query<Prefilled>) -> Response {
    render(visit, prefilled.user, None)
}

#[derive(Debug, Deserialize)]
pub(super) struct LogIn {
    user: String,
    password: String,
}

/// Checks user and password and opens a session.
pub(super) async fn log_in(State(app): State<SampleApp>, visit: Visit, Form(form): Form<LogIn>) -> Response {
    let language = visit.language;
    let texts = Texts(language);
    let account = match repo::account_by_name(app.db(), form.user.trim()).await {
        Ok(account) => account,
        Err(error) => return unavailable(&error, language),
    };
    let right =
        account.filter(|account| password::fits(&account.password_salt, &account.password_hash, &form.password));
    let Some(account) = right else {
        return render(visit, form.user, Some((StatusCode::UNAUTHORIZED, texts.wrong())));
    };
    if account.state == AccountState::Released {
        return render(visit, form.user, Some((StatusCode::GONE, texts.gone())));
    }
    let token = app.entropy().alphanumeric(TOKEN_LENGTH);
    let now = app.wall().now();
    let hash = password::token_hash(&token);
    match repo::insert_session(app.db(), (&hash, &account.instance_id), now, now.plus(SESSION)).await {
        Ok(()) => {
            let mut response = Redirect::to("/").into_response();
            response.headers_mut().append(header::SET_COOKIE, session_cookie(&token, SESSION.as_secs()));
            response
        }
        Err(error) => unavailable(&error, language),
    }
}

/// Ends the session.
pub(super) async fn log_out(State(app): State<SampleApp>, headers: HeaderMap, visit: Visit) -> Response {
    let ended: Result<(), DbError> = match cookie(&headers, SESSION_COOKIE) {
        Some(token) => repo::delete_session(app.db(), &password::token_hash(&token)).await,
        None => Ok(()),
    };
    if let Err(error) = ended {
        return unavailable(&error, visit.language);
    }
    let mut response = Redirect::to("/login").into_response();
    response.headers_mut().append(header::SET_COOKIE, session_cookie("", 0));
    response
}

fn render(visit: Visit, user: String, refusal: Option<(StatusCode, &'static str)>) -> Response {
    let (status, error) = refusal.unwrap_or((StatusCode::OK, ""));
    let texts = Texts(visit.language);
    let page = LoginPage { shell: shell(visit, ""), texts, user, error };
    page.shell.render_with(status, &page)
}
