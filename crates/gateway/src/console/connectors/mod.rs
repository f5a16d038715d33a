//! Connectors: how the gateway reaches the app; making, changing, filling and trying them.

mod edit;
mod form;
mod list;
mod pool;
mod texts;
mod trial;

pub(super) use self::edit::{add, change, new, remove, reveal, show};
pub(super) use self::list::list;
pub(super) use self::pool::import;
pub(super) use self::trial::test;
