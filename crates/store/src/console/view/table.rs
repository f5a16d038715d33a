//! Tables; on narrow screens each row becomes a card.

use mercer_kernel::web::{Paged, Shell};

use super::Cell;

/// What a list without rows says: what it is for and what to do.
#[derive(Debug, Clone, Default)]
pub(in crate::console) struct Empty {
    /// That there is nothing.
    pub(in crate::console) title: String,
    /// What to do.
    pub(in crate::console) text: String,
    /// Where to do it: path and label.
    pub(in crate::console) action: Option<(String, String)>,
}

impl Empty {
    /// Only words.
    pub(in crate::console) fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), action: None }
    }

    /// With the way to do it.
    pub(in crate::console) fn leading(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.action = Some((href.into(), label.into()));
        self
    }
}

/// The way to the other pages of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::console) struct Pager {
    /// This page, from 1.
    pub(in crate::console) page: u32,
    /// Whether another follows.
    pub(in crate::console) more: bool,
}

impl Pager {
    /// Link to the page before.
    pub(in crate::console) fn previous(&self, shell: &Shell) -> String {
        shell.previous_link(&self.list())
    }

    /// Link to the page after.
    pub(in crate::console) fn next(&self, shell: &Shell) -> String {
        shell.next_link(&self.list())
    }

    /// The same in the terms of the shell's links: a list of pages with one row each.
    fn list(self) -> Paged<()> {
        let total = u64::from(self.page) + u64::from(self.more);
        Paged { items: Vec::new(), total, page: self.page, page_size: 1 }
    }
}

/// A table.
#[derive(Debug, Clone, Default)]
pub(in crate::console) struct Table {
    /// Heading; empty for none.
    pub(in crate::console) title: String,
    /// Column names.
    pub(in crate::console) columns: Vec<String>,
    /// Rows of as many cells.
    pub(in crate::console) rows: Vec<Vec<Cell>>,
    /// What it says without rows.
    pub(in crate::console) empty: Empty,
    /// The way to other pages, for lists that have some.
    pub(in crate::console) pager: Option<Pager>,
}

impl Table {
    /// A table with these columns.
    pub(in crate::console) fn new(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|&name| name.to_owned()).collect(), ..Self::default() }
    }

    /// Gives it a heading.
    pub(in crate::console) fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// What it says without rows.
    pub(in crate::console) fn or_empty(mut self, empty: Empty) -> Self {
        self.empty = empty;
        self
    }

    /// Fills it.
    pub(in crate::console) fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// Adds the way to other pages.
    pub(in crate::console) fn paged(mut self, pager: Pager) -> Self {
        self.pager = Some(pager);
        self
    }
}
