//! Signing in and out, and the switches of the head line.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::account::{Accounts, Role, SignInRefusal};
use super::console::ConsoleSettings;
use super::language::{LANGUAGE_COOKIE, Language};
use super::layout::Shell;
use super::problem::Problem;
use super::session::{MaybeSignedIn, safe_path};
use super::visit::{PREFERENCE_SECONDS, THEME_COOKIE, Theme, Visit, cookie_value};

/// An account whose password the sign-in page shows, in a store for trying things out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Who that is: English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
}

impl DemoAccount {
    /// Who that is.
    #[must_use]
    pub fn what(&self, language: &Language) -> &str {
        language.pick(&self.en, &self.zh)
    }
}

crate::messages! {
    /// Texts of the sign-in page.
    pub struct LoginTexts;
    title => "Sign in", "登录";
    lead(face: &str) => "Use your {face} account.", "请使用{face}账号登录。";
    name => "User name", "用户名";
    password => "Password", "密码";
    submit => "Sign in", "登录";
    demo => "Accounts of this trial installation", "试用环境的账号";
    wrong => "User name or password is wrong. Check capital letters and try again.", "用户名或密码不正确，请检查大小写后重试。";
    blocked(seconds: u64) => "Too many wrong passwords. Try again in {seconds} seconds.", "密码错误次数过多，请在 {seconds} 秒后重试。";
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    shell: Shell,
    texts: LoginTexts,
    next: String,
    name: String,
    error: String,
    demo: Vec<DemoAccount>,
}

impl LoginPage {
    fn new(visit: Visit, settings: &ConsoleSettings, next: &str) -> Self {
        let language = visit.language;
        Self {
            shell: Shell::new(visit, settings.face),
            texts: LoginTexts(language),
            next: safe_path(next).to_owned(),
            name: String::new(),
            error: String::new(),
            demo: settings.demo_accounts.clone(),
        }
    }
}

/// `/login`, `/logout` and `/preferences`.
pub(super) fn routes(accounts: Accounts) -> Router {
    Router::new()
        .route("/login", get(show).post(sign_in))
        .route("/logout", post(sign_out))
        .route("/preferences", post(prefer))
        .with_state(accounts)
}

#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn show(
    MaybeSignedIn(account): MaybeSignedIn,
    Extension(settings): Extension<ConsoleSettings>,
    Query(Next { next }): Query<Next>,
    visit: Visit,
) -> Response {
    if let Some(account) = account {
        return Redirect::to(landing(&settings, &next, account.role)).into_response();
    }
    let page = LoginPage::new(visit, &settings, &next);
    page.shell.render(&page)
}

#[derive(Deserialize)]
struct SignIn {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    State(accounts): State<Accounts>,
    Extension(settings): Extension<ConsoleSettings>,
    visit: Visit,
    Form(form): Form<SignIn>,
) -> Response {
    let language = visit.language;
    let refusal = match accounts.check(form.name.trim(), &form.password).await {
        Ok(Ok(account)) => {
            return match accounts.start_session(&account, settings.secure_cookies).await {
                Ok(cookie) => {
                    let mut response = Redirect::to(landing(&settings, &form.next, account.role)).into_response();
                    response.headers_mut().append(header::SET_COOKIE, cookie);
                    response
                }
                Err(error) => unavailable(&error, language),
            };
        }
        Ok(Err(refusal)) => refusal,
        Err(error) => return unavailable(&error, language),
    };
    let mut page = LoginPage::new(visit, &settings, &form.next);
    let (status, error) = match refusal {
        SignInRefusal::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, page.texts.wrong().to_owned()),
        SignInRefusal::Blocked { wait_seconds } => (StatusCode::TOO_MANY_REQUESTS, page.texts.blocked(wait_seconds)),
    };
    page.name = form.name;
    page.error = error;
    let mut response = page.shell.render_with(status, &page);
    if let SignInRefusal::Blocked { wait_seconds } = refusal {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_seconds));
    }
    response
}

async fn sign_out(State(accounts): State<Accounts>, headers: HeaderMap, visit: Visit) -> Response {
    match accounts.end_session(&headers).await {
        Ok(cookie) => {
            let mut response = Redirect::to("/").into_response();
            response.headers_mut().append(header::SET_COOKIE, cookie);
            response
        }
        Err(error) => unavailable(&error, visit.language),
    }
}

#[derive(Deserialize)]
struct Preferences {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    next: String,
}

async fn prefer(Form(form): Form<Preferences>) -> Response {
    let mut response = Redirect::to(&without_language(safe_path(&form.next))).into_response();
    let language = Language::parse(&form.lang).map(|language| (LANGUAGE_COOKIE, language.code()));
    let theme = Theme::parse(&form.theme).map(|theme| (THEME_COOKIE, theme.code()));
    for (name, code) in language.into_iter().chain(theme) {
        response.headers_mut().append(header::SET_COOKIE, cookie_value(name, code, PREFERENCE_SECONDS));
    }
    response
}

/// `?lang=` in the address would win over the cookie that was just chosen.
fn without_language(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else { return path.to_owned() };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("lang=")).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// Where a sign-in leads: to the page that asked for it, else to the role's own start page.
fn landing<'a>(settings: &ConsoleSettings, next: &'a str, role: Role) -> &'a str {
    match safe_path(next) {
        "/" => (settings.home_of)(role),
        path => path,
    }
}

fn unavailable(error: &crate::db::DbError, language: Language) -> Response {
    tracing::error!(%error, "accounts cannot be read");
    Problem::unavailable().in_language(language).into_response()
}
