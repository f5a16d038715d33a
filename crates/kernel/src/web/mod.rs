//! The web shell.
pub mod page;
