//! The web shell: what every page and every API of both faces stands on.

pub mod account;
pub mod api_token;
pub mod language;
pub mod page;
pub mod problem;
pub mod session;
pub mod wrap;

mod repo;

pub use self::language::Language;
pub use self::page::{PageRequest, Paged};
pub use self::problem::Problem;
pub use self::repo::STATEMENTS;
