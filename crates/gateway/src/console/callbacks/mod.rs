//! Callbacks: what the store called, why it was taken or refused, and what to do about it.

mod advice;
mod detail;
mod list;
mod texts;

pub(super) use self::detail::show;
pub(super) use self::list::{Row, list};
