//! The blocks of a page.

use mercer_kernel::clock::Instant;
use mercer_kernel::web::moment::Moment;

use super::{Action, Cell, Form, Table};

/// One line "name: value".
#[derive(Debug, Clone)]
pub(in crate::console) struct Fact {
    /// The name.
    pub(in crate::console) label: String,
    /// The value.
    pub(in crate::console) value: Cell,
}

impl Fact {
    /// A line.
    pub(in crate::console) fn new(label: impl Into<String>, value: Cell) -> Self {
        Self { label: label.into(), value }
    }

    /// A line with a text.
    pub(in crate::console) fn text(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(label, Cell::Text(value.into()))
    }
}

/// A number with its meaning, leading to where it comes from.
#[derive(Debug, Clone)]
pub(in crate::console) struct Stat {
    /// Colour; empty for none.
    pub(in crate::console) state: &'static str,
    /// What is counted.
    pub(in crate::console) label: String,
    /// The number.
    pub(in crate::console) value: String,
    /// A remark.
    pub(in crate::console) hint: String,
    /// Where it leads.
    pub(in crate::console) href: String,
}

/// One step of something that happens over time.
#[derive(Debug, Clone)]
pub(in crate::console) struct Event {
    /// `ok`, `busy`, `warn`, `bad` or `idle`.
    pub(in crate::console) state: &'static str,
    /// What.
    pub(in crate::console) title: String,
    /// When, if it has happened.
    pub(in crate::console) at: Option<Moment>,
    /// Sentences about it.
    pub(in crate::console) notes: Vec<String>,
    /// Texts to unfold: name and content.
    pub(in crate::console) folds: Vec<(String, String)>,
}

impl Event {
    /// A step without details.
    pub(in crate::console) fn new(state: &'static str, title: impl Into<String>, at: Option<Instant>) -> Self {
        Self { state, title: title.into(), at: at.map(Moment::of), notes: Vec::new(), folds: Vec::new() }
    }

    /// Adds a sentence, unless it is empty.
    pub(in crate::console) fn note(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.notes.push(text);
        }
        self
    }

    /// Adds a text to unfold, unless it is empty.
    pub(in crate::console) fn fold(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.folds.push((name.into(), text));
        }
        self
    }
}

/// A block of a page.
#[derive(Debug, Clone)]
pub(in crate::console) enum Block {
    /// A table.
    Table(Table),
    /// Lines "name: value" below a heading (empty for none).
    Facts(String, Vec<Fact>),
    /// A form.
    Form(Form),
    /// A filter line above a table.
    Filters(Form),
    /// Numbers.
    Stats(Vec<Stat>),
    /// What happened, below a heading.
    Timeline(String, Vec<Event>),
    /// Something to know: mood (`ok`, `info`, `warn`, `bad`) and text.
    Note(&'static str, String),
    /// Paragraphs below a heading.
    Prose(String, Vec<String>),
    /// Buttons below a heading.
    Actions(String, Vec<Action>),
    /// A text shown this once: heading, warning, lines "name: value".
    Once(String, String, Vec<(String, String)>),
}
