//! The web shell: what every page and every API of both faces stands on.

pub mod account;
pub mod api_token;
pub mod assets;
pub mod console;
pub mod failure;
pub mod language;
pub mod layout;
pub mod login;
pub mod moment;
pub mod page;
pub mod problem;
pub mod session;
pub mod visit;
pub mod wrap;

#[cfg(test)]
mod gallery;
mod repo;

pub use self::language::Language;
pub use self::layout::{Face, NavItem, Shell};
pub use self::moment::Moment;
pub use self::page::{PageRequest, Paged};
pub use self::problem::Problem;
pub use self::repo::STATEMENTS;
pub use self::visit::{Mood, Notice, Theme, Visit};
