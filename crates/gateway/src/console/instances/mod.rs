//! Instances: the list, one instance with its story, and what a person can do to it.

mod detail;
mod forms;
mod list;
mod story;
mod texts;

pub(super) use self::detail::{reveal, show};
pub(super) use self::forms::{fail, put_app_info};
pub(super) use self::list::list;
