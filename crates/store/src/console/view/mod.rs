//! What pages are made of: a head, blocks in one or two columns, cells in tables, fields in forms.
//!
//! Handlers fill these types, one template writes them. So every list looks and works like every other.

mod block;
mod cell;
mod form;
mod table;

pub(in crate::console) use block::{Block, Event, Fact, Stat};
pub(in crate::console) use cell::{Badge, Cell};
pub(in crate::console) use form::{Button, Choice, Field, Form, Kind};
pub(in crate::console) use table::{Empty, Pager, Table};

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use mercer_kernel::web::layout::Shell;

use super::clock::ClockLine;
use super::frame::Frame;

/// A link or a one-button form at the head of a page.
#[derive(Debug, Clone)]
pub(in crate::console) enum Action {
    /// Leads to another page.
    Link {
        /// Where to.
        href: String,
        /// What it says.
        label: String,
        /// Whether it is what most people want here.
        primary: bool,
    },
    /// Opens an address elsewhere in a window of its own.
    Open {
        /// Where to.
        href: String,
        /// What it says.
        label: String,
    },
    /// Does something at once.
    Post {
        /// Where the form goes.
        action: String,
        /// What it says.
        label: String,
        /// What the script asks first; empty for nothing.
        confirm: String,
        /// Suffix of the button's class: `primary`, `danger` or empty.
        style: &'static str,
    },
}

impl Action {
    /// A link.
    pub(in crate::console) fn link(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self::Link { href: href.into(), label: label.into(), primary: false }
    }

    /// The link most people want here.
    pub(in crate::console) fn primary(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self::Link { href: href.into(), label: label.into(), primary: true }
    }

    /// A button that does something at once.
    pub(in crate::console) fn post(action: impl Into<String>, label: impl Into<String>) -> Self {
        Self::Post { action: action.into(), label: label.into(), confirm: String::new(), style: "" }
    }

    /// Asks before it does it.
    pub(in crate::console) fn asking(self, question: impl Into<String>) -> Self {
        match self {
            Self::Post { action, label, style, .. } => Self::Post { action, label, confirm: question.into(), style },
            link @ (Self::Link { .. } | Self::Open { .. }) => link,
        }
    }

    /// Gives the button a style.
    pub(in crate::console) fn styled(self, style: &'static str) -> Self {
        match self {
            Self::Post { action, label, confirm, .. } => Self::Post { action, label, confirm, style },
            link @ (Self::Link { .. } | Self::Open { .. }) => link,
        }
    }
}

/// One page of blocks.
#[derive(Template)]
#[template(path = "page.html")]
pub(in crate::console) struct Page {
    shell: Shell,
    clock: ClockLine,
    title: String,
    lead: String,
    crumbs: Vec<(String, String)>,
    badge: Option<Badge>,
    actions: Vec<Action>,
    main: Vec<Block>,
    aside: Vec<Block>,
    refresh_ms: u32,
}

impl Page {
    /// A page with its heading.
    pub(in crate::console) fn new(frame: Frame, title: impl Into<String>) -> Self {
        Self {
            shell: frame.shell,
            clock: frame.clock,
            title: title.into(),
            lead: String::new(),
            crumbs: Vec::new(),
            badge: None,
            actions: Vec::new(),
            main: Vec::new(),
            aside: Vec::new(),
            refresh_ms: 0,
        }
    }

    /// One sentence below the heading.
    pub(in crate::console) fn lead(mut self, text: impl Into<String>) -> Self {
        self.lead = text.into();
        self
    }

    /// A page above this one.
    pub(in crate::console) fn below(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.crumbs.push((href.into(), label.into()));
        self
    }

    /// The state of the thing shown.
    pub(in crate::console) fn badge(mut self, badge: Badge) -> Self {
        self.badge = Some(badge);
        self
    }

    /// Something to do here.
    pub(in crate::console) fn action(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    /// Adds a block to the main column.
    pub(in crate::console) fn block(mut self, block: Block) -> Self {
        self.main.push(block);
        self
    }

    /// Adds a block to the main column when there is one.
    pub(in crate::console) fn maybe(mut self, block: Option<Block>) -> Self {
        self.main.extend(block);
        self
    }

    /// Adds a block to the side column.
    pub(in crate::console) fn aside(mut self, block: Block) -> Self {
        self.aside.push(block);
        self
    }

    /// Looks again by itself every so often.
    pub(in crate::console) fn refreshing(mut self, every_ms: u32) -> Self {
        self.refresh_ms = every_ms;
        self
    }

    /// Writes the page.
    pub(in crate::console) fn answer(&self) -> Response {
        self.shell.render(self)
    }

    /// Writes the page after a form with a mistake.
    pub(in crate::console) fn answer_refused(&self) -> Response {
        self.shell.render_with(StatusCode::UNPROCESSABLE_ENTITY, self)
    }

    /// Seconds for browsers without script; at least one.
    fn refresh_seconds(&self) -> u32 {
        (self.refresh_ms / 1_000).max(1)
    }
}
