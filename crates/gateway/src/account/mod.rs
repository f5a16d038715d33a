//! Accounts (联营账号): the enterprises that buyers bind to their instances, with application bindings,
//! departments, members and what each member may use.
//!
//! The store synchronises them (Source: kit V2.0 §2, V1.0 §3); the gateway keeps them, shows them, and
//! tells the app what changed. What a call does to a record is decided in [`rules`]; [`apply`] reads, has
//! the rules decide and gathers what one commit holds; a list that is too long for one commit goes through
//! [`bulk`]. Nothing here outlives its instance: [`wipe`] removes it after the release.

pub(crate) mod apply;
pub(crate) mod bulk;
#[cfg(test)]
mod load_tests;
mod member;
mod query;
pub(crate) mod read;
pub(crate) mod repo;
pub(crate) mod rules;
pub(crate) mod seal;
#[cfg(test)]
mod tests;
mod told;
mod view;
pub(crate) mod wipe;

pub use member::Member;
pub use view::{
    ApplicationRow, DepartmentFilter, DepartmentRow, Level, MemberFilter, MemberRow, SyncRow, SyncState, TenantDetail,
    TenantFilter, TenantRow,
};

use serde::{Deserialize, Serialize};

/// One enterprise at one instance: what every record belongs to (Source: kit V2.0 §2.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Whose it is.
    pub merchant_id: String,
    /// The instance the enterprise is bound to; the gateway need not know it (decision D21).
    pub instance_id: String,
    /// The enterprise (企业).
    pub tenant_id: String,
}

/// An enterprise (企业, 租户) as the store described it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// Short name (企业简称): the login name is `account@tenantCode`.
    pub tenant_code: String,
    /// Its name.
    pub name: String,
    /// Base address of its sign-in centre, with scheme and without a slash at the end (decision D23).
    pub domain_name: String,
    /// The order whose instance was bound.
    pub order_id: String,
}

/// The OAuth client of one application in one enterprise.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Client id issued by the sign-in centre.
    pub client_id: String,
    /// Its secret, decrypted.
    pub client_secret: String,
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// A department (部门).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Department {
    /// Its name, unique within its level.
    pub org_name: String,
    /// Code of the department above; empty for a top department. It need not be known (decision D12).
    pub parent_code: String,
}

/// What a call says about a record (decision D10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
    /// 0 删除.
    Delete,
    /// 1 新增: an upsert.
    Add,
    /// 2 修改: an upsert as well.
    Modify,
    /// 3 取消授权: the member stays without access.
    Withdraw,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 4] = [Self::Delete, Self::Add, Self::Modify, Self::Withdraw];

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Add => "add",
            Self::Modify => "modify",
            Self::Withdraw => "withdraw",
        }
    }
}

impl std::str::FromStr for Flag {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|flag| flag.as_str() == text).ok_or(())
    }
}

/// How a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// 有效.
    Present,
    /// 已取消授权: a member without access.
    Withdrawn,
    /// 已删除.
    Deleted,
}

impl Standing {
    /// Every standing, for filters.
    pub const ALL: [Self; 3] = [Self::Present, Self::Withdrawn, Self::Deleted];

    /// The name in the database and in our APIs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Withdrawn => "withdrawn",
            Self::Deleted => "deleted",
        }
    }
}

impl std::str::FromStr for Standing {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text).ok_or(())
    }
}

/// Which event tells the app of a synchronisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountEvent {
    /// An enterprise was bound or changed.
    TenantChanged,
    /// An enterprise was taken away.
    TenantDeleted,
    /// An application binding is new or changed.
    ApplicationChanged,
    /// An application binding was taken away.
    ApplicationDeleted,
    /// Members may use the application.
    MemberAuthorized,
    /// Data of members changed.
    MemberChanged,
    /// Members may not use the application any more.
    MemberWithdrawn,
    /// Members were removed.
    MemberDeleted,
    /// A department is new or changed.
    DepartmentChanged,
    /// A department was deleted.
    DepartmentDeleted,
    /// The whole list of departments came; one event for each page of it in which something changed.
    DepartmentsSynced,
}

impl AccountEvent {
    /// Every kind, for documentation and tests.
    pub const ALL: [Self; 11] = [
        Self::TenantChanged,
        Self::TenantDeleted,
        Self::ApplicationChanged,
        Self::ApplicationDeleted,
        Self::MemberAuthorized,
        Self::MemberChanged,
        Self::MemberWithdrawn,
        Self::MemberDeleted,
        Self::DepartmentChanged,
        Self::DepartmentDeleted,
        Self::DepartmentsSynced,
    ];

    /// The `type` of the CloudEvent and the kind of its outbox job.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TenantChanged => "mercer.tenant.changed",
            Self::TenantDeleted => "mercer.tenant.deleted",
            Self::ApplicationChanged => "mercer.application.changed",
            Self::ApplicationDeleted => "mercer.application.deleted",
            Self::MemberAuthorized => "mercer.member.authorized",
            Self::MemberChanged => "mercer.member.changed",
            Self::MemberWithdrawn => "mercer.member.withdrawn",
            Self::MemberDeleted => "mercer.member.deleted",
            Self::DepartmentChanged => "mercer.department.changed",
            Self::DepartmentDeleted => "mercer.department.deleted",
            Self::DepartmentsSynced => "mercer.departments.synced",
        }
    }

    /// What a synchronisation of members with this flag tells.
    pub(crate) const fn of_members(flag: Flag) -> Self {
        match flag {
            Flag::Add => Self::MemberAuthorized,
            Flag::Modify => Self::MemberChanged,
            Flag::Withdraw => Self::MemberWithdrawn,
            Flag::Delete => Self::MemberDeleted,
        }
    }
}

impl std::str::FromStr for AccountEvent {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}
