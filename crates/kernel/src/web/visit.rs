//! What is known about a visit before any page is chosen: language, theme, address, notice.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};

use super::language::{Language, cookie};
use super::session::percent_encode;

/// The cookie that remembers the choice of colours.
pub const THEME_COOKIE: &str = "mercer_theme";
/// The cookie that carries a notice to the page after a form.
pub const NOTICE_COOKIE: &str = "mercer_notice";
/// How long a choice of language or colours is remembered: the longest that browsers keep a cookie.
pub(super) const PREFERENCE_SECONDS: u32 = 400 * 86_400;
/// Longest notice; a cookie holds little.
const LONGEST_NOTICE_CHARACTERS: usize = 400;
/// How long a notice waits for the page it is meant for.
const NOTICE_LIFETIME_SECONDS: u32 = 30;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the visitor's system has it.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// All, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The text in the cookie and in `<html data-theme>`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// From its code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.code() == text)
    }

    /// What the cookie says, else as the system has it.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        cookie(headers, THEME_COOKIE).and_then(|text| Self::parse(&text)).unwrap_or_default()
    }
}

/// How a notice is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Done.
    Good,
    /// Good to know.
    Info,
    /// Look at it.
    Warning,
    /// Not done.
    Bad,
}

impl Mood {
    /// Suffix of the CSS class.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Info => "info",
            Self::Warning => "warn",
            Self::Bad => "bad",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Good, Self::Info, Self::Warning, Self::Bad].into_iter().find(|mood| mood.code() == text)
    }
}

/// One sentence at the head of the next page: what a form has done, or why it has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it is meant.
    pub mood: Mood,
    /// The sentence, in the visitor's language.
    pub text: String,
}

impl Notice {
    /// Makes one.
    pub fn new(mood: Mood, text: impl Into<String>) -> Self {
        Self { mood, text: text.into() }
    }

    /// Sends the visitor on to `path`, which shows this notice once.
    #[must_use]
    pub fn and_go_to(&self, path: &str) -> Response {
        let text: String = self.text.chars().take(LONGEST_NOTICE_CHARACTERS).collect();
        let value = format!("{}.{}", self.mood.code(), percent_encode(&text));
        let mut response = Redirect::to(path).into_response();
        response.headers_mut().append(header::SET_COOKIE, cookie_value(NOTICE_COOKIE, &value, NOTICE_LIFETIME_SECONDS));
        response
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = cookie(headers, NOTICE_COOKIE)?;
        let (mood, text) = value.split_once('.')?;
        let pair = format!("t={text}");
        let (_, text) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
        Some(Self { mood: Mood::parse(mood)?, text: text.into_owned() })
    }
}

/// A visit. The extractor never fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The visitor's language.
    pub language: Language,
    /// The visitor's colours.
    pub theme: Theme,
    /// Path and query of the page, to come back to.
    pub path: String,
    /// What the form before has done.
    pub notice: Option<Notice>,
}

impl Visit {
    /// Reads a request's head.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        Self {
            language: Language::of(&parts.uri, &parts.headers),
            theme: Theme::of(&parts.headers),
            path: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            notice: Notice::of(&parts.headers),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// A cookie of the shell itself: no secret, readable by the server only.
pub(super) fn cookie_value(name: &str, value: &str, max_age_seconds: u32) -> HeaderValue {
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}");
    HeaderValue::from_str(&text).expect("our cookie values are percent-encoded or fixed words")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(uri: &str, cookies: &str) -> Visit {
        let (parts, ()) = http::Request::get(uri).header("cookie", cookies).body(()).unwrap().into_parts();
        Visit::of(&parts)
    }

    #[test]
    fn the_theme_comes_from_its_cookie_and_defaults_to_the_system() {
        assert_eq!(visit("/", "mercer_theme=dark").theme, Theme::Dark);
        assert_eq!(visit("/", "mercer_theme=pink").theme, Theme::Auto);
        assert_eq!(visit("/orders?page=2", "").path, "/orders?page=2");
    }

    #[test]
    fn a_notice_reaches_the_next_page() {
        let response = Notice::new(Mood::Good, "已支付；订单 #1 & more").and_go_to("/orders");
        assert_eq!(response.headers()[header::LOCATION], "/orders");
        let set = response.headers()[header::SET_COOKIE].to_str().unwrap();
        let visit = visit("/orders", set.split(';').next().unwrap());
        assert_eq!(visit.notice, Some(Notice::new(Mood::Good, "已支付；订单 #1 & more")));
    }
}
