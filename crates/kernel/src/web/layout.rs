//! The frame of every page: head line, navigation, language and theme switch, notice, foot.
//!
//! A crate that writes pages puts an `askama.toml` beside its `Cargo.toml`, so that its templates find
//! the frame and the macros of this crate:
//!
//! ```toml
//! [general]
//! dirs = ["templates", "../kernel/templates"]
//! whitespace = "minimize"
//! ```
//!
//! and extends the frame. A template's struct has a field `shell: Shell`:
//!
//! ```html
//! {% extends "base.html" %}
//! {% import "macros.html" as ui %}
//! {% block title %}{{ texts.orders() }}{% endblock %}
//! {% block content %}
//!   <header class="page-head"><h1>{{ texts.orders() }}</h1></header>
//!   {% call ui::badge("ok", texts.done()) %}{% endcall %}
//! {% endblock %}
//! ```
//!
//! ```ignore
//! #[derive(askama::Template)]
//! #[template(path = "orders.html")]
//! struct OrdersPage { shell: Shell, texts: Texts, orders: Paged<OrderRow> }
//!
//! async fn orders(State(state): State<App>, SignedIn(account): SignedIn, visit: Visit, page: PageRequest) -> Response {
//!     let shell = Shell::new(visit, Face::Store).signed_in(&account).with_navigation(navigation(..));
//!     let page = OrdersPage { texts: Texts(shell.language), orders: .., shell };
//!     page.shell.render(&page)
//! }
//! ```
//!
//! Blocks: `title` (text), `head` (end of `<head>`), `header_extra` (right of the face's name), `content` (inside `<main>`).

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::account::Account;
use super::assets;
use super::language::{LANGUAGE_COOKIE, Language};
use super::page::Paged;
use super::problem::Problem;
use super::visit::{NOTICE_COOKIE, Notice, PREFERENCE_SECONDS, Theme, Visit, cookie_value};

/// Which part of Mercer a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// The store, 云商店侧.
    Store,
    /// The merchant's gateway, 商家侧.
    Gateway,
    /// The sample app of `mercer up`.
    App,
}

impl Face {
    /// All, for tests.
    pub const ALL: [Self; 3] = [Self::Store, Self::Gateway, Self::App];

    /// The text in table keys and cookie names.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Gateway => "gateway",
            Self::App => "app",
        }
    }

    /// The name people read.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Store => language.pick("Store", "云商店"),
            Self::Gateway => language.pick("Gateway", "商家网关"),
            Self::App => language.pick("Sample app", "示例应用"),
        }
    }
}

crate::messages! {
    /// Texts of the frame.
    pub struct ShellTexts;
    product => "Mercer", "掌柜";
    skip => "Skip to content", "跳到正文";
    sections => "Sections", "栏目";
    language => "Language", "语言";
    theme => "Appearance", "外观";
    theme_auto => "As the system", "跟随系统";
    theme_light => "Light", "浅色";
    theme_dark => "Dark", "深色";
    sign_out => "Sign out", "退出登录";
    sign_in => "Sign in", "登录";
    copy => "Copy", "复制";
    copied => "Copied", "已复制";
    previous => "Previous", "上一页";
    next => "Next", "下一页";
    pages => "Pages", "分页";
    page_of(page: u32, pages: u32) => "Page {page} of {pages}", "第 {page} / {pages} 页";
    entries(total: u64) => "{total} in all", "共 {total} 条";
    footer => "Mercer connects software sellers with a cloud marketplace.", "掌柜：连接软件商家与云商店。";
}

/// Where the navigation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrangement {
    /// At the left side on wide screens: consoles with many sections.
    #[default]
    Side,
    /// Below the head line: a shop with few sections.
    Top,
}

/// One section of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Its path.
    pub href: String,
    /// Its name.
    pub label: String,
    /// How many things wait there; 0 shows nothing.
    pub waiting: u64,
    /// Heading that begins a group with this item; empty for none.
    pub heading: String,
    /// Whether the page belongs to it; [`Shell::with_navigation`] decides.
    pub current: bool,
}

impl NavItem {
    /// A section.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into(), waiting: 0, heading: String::new(), current: false }
    }

    /// Shows how many things wait there.
    #[must_use]
    pub fn with_waiting(mut self, waiting: u64) -> Self {
        self.waiting = waiting;
        self
    }

    /// Begins a group.
    #[must_use]
    pub fn under(mut self, heading: impl Into<String>) -> Self {
        self.heading = heading.into();
        self
    }

    fn covers(&self, path: &str) -> bool {
        path == self.href
            || path
                .strip_prefix(self.href.as_str())
                .is_some_and(|rest| self.href.ends_with('/') || rest.starts_with('/'))
    }
}

/// The frame around one page; every template has it as `shell`.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The visitor's language.
    pub language: Language,
    /// The frame's texts in that language.
    pub texts: ShellTexts,
    /// The visitor's colours.
    pub theme: Theme,
    /// Which part of Mercer this is.
    pub face: Face,
    /// Path and query of this page.
    pub path: String,
    /// Where the navigation stands.
    pub arrangement: Arrangement,
    /// The sections.
    pub navigation: Vec<NavItem>,
    /// Who is signed in; empty for nobody.
    pub user: String,
    /// Whether the head line offers to sign in when nobody is.
    pub offers_sign_in: bool,
    /// What the form before has done.
    pub notice: Option<Notice>,
}

impl Shell {
    /// A frame without sections and without a user.
    #[must_use]
    pub fn new(visit: Visit, face: Face) -> Self {
        Self {
            language: visit.language,
            texts: ShellTexts(visit.language),
            theme: visit.theme,
            face,
            path: visit.path,
            arrangement: Arrangement::default(),
            navigation: Vec::new(),
            user: String::new(),
            offers_sign_in: false,
            notice: visit.notice,
        }
    }

    /// Shows who is signed in.
    #[must_use]
    pub fn signed_in(mut self, account: &Account) -> Self {
        self.user.clone_from(&account.display_name);
        self
    }

    /// Shows who is signed in, or offers to sign in.
    #[must_use]
    pub fn visited_by(mut self, account: Option<&Account>) -> Self {
        self.offers_sign_in = account.is_none();
        self.user = account.map(|account| account.display_name.clone()).unwrap_or_default();
        self
    }

    /// Shows the sections and marks the one with the longest path above this page.
    #[must_use]
    pub fn with_navigation(mut self, mut items: Vec<NavItem>) -> Self {
        let path = self.path.split('?').next().unwrap_or_default();
        let nearest = items.iter().filter(|item| item.covers(path)).map(|item| item.href.len()).max();
        for item in &mut items {
            item.current = Some(item.href.len()) == nearest && item.covers(path);
        }
        self.navigation = items;
        self
    }

    /// Puts the sections below the head line.
    #[must_use]
    pub fn with_sections_on_top(mut self) -> Self {
        self.arrangement = Arrangement::Top;
        self
    }

    /// Shows a notice on this page.
    #[must_use]
    pub fn with_notice(mut self, notice: Notice) -> Self {
        self.notice = Some(notice);
        self
    }

    /// Writes the page.
    #[must_use]
    pub fn render(&self, page: &impl Template) -> Response {
        self.render_with(StatusCode::OK, page)
    }

    /// Writes the page with another status, for example 422 for a form with mistakes.
    #[must_use]
    pub fn render_with(&self, status: StatusCode, page: &impl Template) -> Response {
        let mut response = match page.render() {
            Ok(text) => (status, Html(text)).into_response(),
            Err(error) => {
                tracing::error!(%error, path = %self.path, "a page could not be written");
                return Problem::internal().in_language(self.language).into_response();
            }
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.language.tag()));
        if self.notice.is_some() {
            headers.append(header::SET_COOKIE, cookie_value(NOTICE_COOKIE, "", 0));
        }
        if self.path.split(['?', '&']).any(|part| part.starts_with("lang=")) {
            let remembered = cookie_value(LANGUAGE_COOKIE, self.language.code(), PREFERENCE_SECONDS);
            headers.append(header::SET_COOKIE, remembered);
        }
        response
    }

    /// Address of the style sheet.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        assets::STYLESHEET.path()
    }

    /// Address of the script.
    #[must_use]
    pub fn script(&self) -> String {
        assets::SCRIPT.path()
    }

    /// The name of the face.
    #[must_use]
    pub fn face_name(&self) -> &'static str {
        self.face.name(self.language)
    }

    /// The language one can switch to, by its own name.
    #[must_use]
    pub fn other_language(&self) -> (Language, &'static str) {
        match self.language {
            Language::En => (Language::Zh, "中文"),
            Language::Zh => (Language::En, "English"),
        }
    }

    /// The themes with their names.
    #[must_use]
    pub fn themes(&self) -> [(Theme, &'static str); 3] {
        Theme::ALL.map(|theme| {
            let name = match theme {
                Theme::Auto => self.texts.theme_auto(),
                Theme::Light => self.texts.theme_light(),
                Theme::Dark => self.texts.theme_dark(),
            };
            (theme, name)
        })
    }

    /// Whether the sections stand at the side.
    #[must_use]
    pub fn sections_at_side(&self) -> bool {
        self.arrangement == Arrangement::Side && !self.navigation.is_empty()
    }

    /// Whether this theme is chosen.
    #[must_use]
    pub fn has_theme(&self, theme: &Theme) -> bool {
        self.theme == *theme
    }

    /// How long a list is and which part of it this page shows.
    #[must_use]
    pub fn list_summary<T>(&self, list: &Paged<T>) -> String {
        let entries = self.texts.entries(list.total);
        if list.pages() > 1 { format!("{entries} · {}", self.texts.page_of(list.page, list.pages())) } else { entries }
    }

    /// Link to the page before; empty on the first.
    #[must_use]
    pub fn previous_link<T>(&self, list: &Paged<T>) -> String {
        if list.page > 1 { self.page_link(list.page - 1) } else { String::new() }
    }

    /// Link to the page after; empty on the last.
    #[must_use]
    pub fn next_link<T>(&self, list: &Paged<T>) -> String {
        if list.page < list.pages() { self.page_link(list.page + 1) } else { String::new() }
    }

    /// This page with another page number, keeping every other part of the query.
    fn page_link(&self, page: u32) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("page="));
        let pairs: Vec<String> = kept.map(str::to_owned).chain([format!("page={page}")]).collect();
        format!("{path}?{}", pairs.join("&"))
    }
}
