//! Keys and addresses: access keys, the link to the store, and what to paste there.

mod forms;
mod page;
mod texts;

pub(super) use self::forms::{add, put_encryption, put_link, reveal, revoke};
pub(super) use self::page::show;
