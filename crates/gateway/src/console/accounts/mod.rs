//! Accounts: enterprises, their departments as a tree that opens level by level, members and what they
//! may use, application bindings.

mod list;
mod members;
mod tenant;
mod texts;

pub(super) use list::list;
pub(super) use members::{reveal as reveal_members, show as show_members};
pub(super) use tenant::{reveal, show};

use mercer_kernel::web::Language;
use mercer_kernel::web::session::percent_encode;

use super::words::Label;
use crate::account::{Standing, TenantRow};

/// How a record stands.
fn standing(standing: Standing, language: Language) -> Label {
    match standing {
        Standing::Present => Label::new("ok", language.pick("Present", "有效")),
        Standing::Withdrawn => Label::new("warn", language.pick("Withdrawn", "已取消授权")),
        Standing::Deleted => Label::new("idle", language.pick("Deleted", "已删除")),
    }
}

/// The address of an enterprise's page, or of a page below it; the instance is part of the identity.
fn address(tenant: &TenantRow, below: &str) -> String {
    format!("/accounts/{}{below}?instance={}", encoded(&tenant.tenant_id), encoded(&tenant.instance_id))
}

/// A text as a part of a path or a query; a plus would stay a plus in a path.
fn encoded(text: &str) -> String {
    percent_encode(text).replace('+', "%20")
}
