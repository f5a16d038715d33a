//! What stands in a table cell or behind the name of a fact.

use mercer_kernel::clock::Instant;
use mercer_kernel::web::moment::Moment;

/// A state in words, with its colour and sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::console) struct Badge {
    /// `ok`, `busy`, `warn`, `bad` or `idle`.
    pub(in crate::console) state: &'static str,
    /// The word.
    pub(in crate::console) text: &'static str,
}

/// What stands in a cell.
#[derive(Debug, Clone)]
pub(in crate::console) enum Cell {
    /// A text.
    Text(String),
    /// A text with a smaller one below.
    Lines(String, String),
    /// A link with a smaller text below (empty for none).
    Link(String, String, String),
    /// An address elsewhere, opened in a window of its own.
    Outside(String),
    /// An id, with a button that copies it.
    Code(String),
    /// A state.
    Badge(Badge),
    /// A time.
    Time(Moment),
    /// A secret, hidden until asked for.
    Secret(String, String),
    /// A button that does something: where the form goes, what it says, what the script asks first.
    Post(String, String, String),
    /// Nothing.
    Nothing,
}

impl Cell {
    /// A text.
    pub(in crate::console) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A link.
    pub(in crate::console) fn link(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self::Link(href.into(), label.into(), String::new())
    }

    /// A time, if there is one.
    pub(in crate::console) fn time(at: Option<Instant>) -> Self {
        at.map_or(Self::Nothing, |at| Self::Time(Moment::of(at)))
    }

    /// An id with a copy button, if there is one.
    pub(in crate::console) fn code(id: Option<&str>) -> Self {
        id.map_or(Self::Nothing, |id| Self::Code(id.to_owned()))
    }
}
