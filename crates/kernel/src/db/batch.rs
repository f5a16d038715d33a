//! A write as data: statements, their arguments, and what each of them must do.

use super::Value;

/// How many rows a statement of a batch must affect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Exactly one; otherwise the batch is a conflict and nothing of it happens.
    One,
    /// None; otherwise the batch is a conflict.
    None,
    /// Any number.
    Any,
}

impl Expect {
    /// Whether `rows_affected` is what was expected.
    #[must_use]
    pub const fn accepts(self, rows_affected: u64) -> bool {
        match self {
            Self::One => rows_affected == 1,
            Self::None => rows_affected == 0,
            Self::Any => true,
        }
    }
}

/// One statement of a batch.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) sql: &'static str,
    pub(super) arguments: Vec<Value>,
    pub(super) expect: Expect,
}

/// Statements that happen together or not at all.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub(super) statements: Vec<Statement>,
    pub(super) nudges: bool,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement that must affect exactly one row.
    pub fn one(&mut self, sql: &'static str, arguments: Vec<Value>) -> &mut Self {
        self.push(sql, arguments, Expect::One)
    }

    /// Adds a statement that must affect no row.
    pub fn none(&mut self, sql: &'static str, arguments: Vec<Value>) -> &mut Self {
        self.push(sql, arguments, Expect::None)
    }

    /// Adds a statement that may affect any number of rows.
    pub fn any(&mut self, sql: &'static str, arguments: Vec<Value>) -> &mut Self {
        self.push(sql, arguments, Expect::Any)
    }

    /// Appends all statements of another batch.
    pub fn extend(&mut self, other: Batch) -> &mut Self {
        self.statements.extend(other.statements);
        self.nudges |= other.nudges;
        self
    }

    /// Asks for the outbox worker to look for work once this batch is durable.
    pub fn nudge(&mut self) -> &mut Self {
        self.nudges = true;
        self
    }

    /// How many statements it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    fn push(&mut self, sql: &'static str, arguments: Vec<Value>, expect: Expect) -> &mut Self {
        self.statements.push(Statement { sql, arguments, expect });
        self
    }
}

/// What one statement of an applied batch did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementResult {
    /// Rows inserted, updated or deleted.
    pub rows_affected: u64,
    /// Rows of its `RETURNING` clause.
    pub rows: Vec<super::Row>,
}

/// Declares the statements of a repository as constants and lists them, so that a test can prepare
/// each one on both engines.
///
/// ```
/// mercer_kernel::statements! {
///     /// Finds a buyer.
///     pub FIND_BUYER = "SELECT name FROM st_buyer WHERE id = $1";
/// }
/// assert_eq!(STATEMENTS.len(), 1);
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$meta:meta])* $visibility:vis $name:ident = $sql:expr;)+) => {
        $($(#[$meta])* $visibility const $name: &str = $sql;)+

        /// Every statement of this repository with its name, for the test that prepares them all.
        pub const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}
