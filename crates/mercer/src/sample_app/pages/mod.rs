//! The pages of the sample app: log in, see the plan, write a note, see the enterprises, and the switches.

mod home;
mod login;
mod switchboard;
mod team;
mod texts;

use axum::Router;
use axum::extract::Form;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mercer_kernel::db::DbError;
use mercer_kernel::web::language::{LANGUAGE_COOKIE, Language, cookie};
use mercer_kernel::web::layout::{Face, NavItem, Shell};
use mercer_kernel::web::session::safe_path;
use mercer_kernel::web::visit::{THEME_COOKIE, Theme, Visit};
use mercer_kernel::web::{Problem, assets};
use serde::Deserialize;

use self::texts::Texts;
use super::rules::{Account, State};
use super::{SampleApp, password, repo};

/// The cookie of a log-in; faces on one host share cookies, so it has a name of its own.
const SESSION_COOKIE: &str = "tea_session";
/// Browsers cut longer lives to 400 days.
const PREFERENCE_SECONDS: u32 = 400 * 86_400;

/// Every page.
pub(super) fn router(app: SampleApp) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/notes", post(home::write_note))
        .route("/team", get(team::show))
        .route("/login", get(login::show).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/switches", get(switchboard::show).post(switchboard::set))
        .route("/switches/complete", post(switchboard::complete))
        .route("/preferences", post(prefer))
        .merge(assets::routes())
        .with_state(app)
}

/// The frame of a page, with the name of whoever is logged in.
fn shell(visit: Visit, user: &str) -> Shell {
    let texts = Texts(visit.language);
    let items = vec![
        NavItem::new("/", texts.name()),
        NavItem::new("/team", texts.team()),
        NavItem::new("/switches", texts.switches()),
    ];
    let mut shell = Shell::new(visit, Face::App).with_navigation(items).with_sections_on_top();
    user.clone_into(&mut shell.user);
    shell.offers_sign_in = true;
    shell
}

/// The account whose session the cookie holds; a released one is nobody's any more.
async fn logged_in(app: &SampleApp, headers: &HeaderMap) -> Result<Option<Account>, DbError> {
    let Some(token) = cookie(headers, SESSION_COOKIE) else { return Ok(None) };
    let hash = password::token_hash(&token);
    let Some(instance_id) = repo::session(app.db(), &hash, app.wall().now()).await? else { return Ok(None) };
    let account = repo::account(app.db(), &instance_id).await?;
    Ok(account.filter(|account| account.state != State::Released))
}

fn session_cookie(token: &str, max_age_seconds: u64) -> HeaderValue {
    let text = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}");
    HeaderValue::from_str(&text).expect("tokens are letters and digits")
}

#[derive(Debug, Deserialize)]
struct Preferences {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    next: String,
}

/// The switches of the head line.
async fn prefer(Form(form): Form<Preferences>) -> Response {
    let mut response = Redirect::to(safe_path(&form.next)).into_response();
    let language = Language::parse(&form.lang).map(|language| (LANGUAGE_COOKIE, language.code()));
    let theme = Theme::parse(&form.theme).map(|theme| (THEME_COOKIE, theme.code()));
    for (name, code) in language.into_iter().chain(theme) {
        let text = format!("{name}={code}; Path=/; HttpOnly; SameSite=Lax; Max-Age={PREFERENCE_SECONDS}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

fn unavailable(error: &DbError, language: Language) -> Response {
    tracing::error!(%error, "the sample app's database does not answer");
    Problem::unavailable().in_language(language).into_response()
}

/// A form that only a person who is logged in can send.
fn to_login() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/login")]).into_response()
}
