//! How pages and APIs see accounts.

use mercer_kernel::clock::Instant;
use mercer_kernel::web::page::Paged;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{Scope, Standing};
use crate::instance::State;

/// Which enterprises to list. Empty texts do not filter.
#[derive(Debug, Clone, Default)]
pub struct TenantFilter {
    /// With one standing.
    pub standing: Option<Standing>,
    /// Bound to one instance.
    pub instance_id: String,
    /// Part of a name, short name, enterprise id or instance id.
    pub text: String,
}

/// An enterprise at one instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantRow {
    /// Whose it is.
    pub merchant_id: String,
    /// The instance it is bound to.
    pub instance_id: String,
    /// Where that instance stands; none when the gateway does not know it.
    pub instance_state: Option<State>,
    /// Its id.
    pub tenant_id: String,
    /// Its short name.
    pub tenant_code: String,
    /// Its name.
    pub name: String,
    /// Address of its sign-in centre.
    pub domain_name: String,
    /// The order whose instance was bound.
    pub order_id: String,
    /// How it stands.
    pub standing: Standing,
    /// When it was first described.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl TenantRow {
    /// What everything below it belongs to.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope {
            merchant_id: self.merchant_id.clone(),
            instance_id: self.instance_id.clone(),
            tenant_id: self.tenant_id.clone(),
        }
    }
}

/// An enterprise with its bindings and what is kept below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub tenant: TenantRow,
    /// Every instance it is bound to, this one included.
    pub instance_ids: Vec<String>,
    /// Departments that are not deleted.
    pub departments: i64,
    /// Members that have access.
    pub members: i64,
    /// Its application bindings.
    pub applications: Vec<ApplicationRow>,
    /// Long lists that were or are being applied, newest first, at most 20.
    pub syncs: Vec<SyncRow>,
}

/// An application binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationRow {
    /// The application.
    pub app_id: String,
    /// How the binding stands.
    pub standing: Standing,
    /// OAuth client id; empty once deleted.
    pub client_id: String,
    /// OAuth client secret, masked unless revealed; empty once deleted.
    pub client_secret: String,
    /// When it last changed.
    pub updated_at: Instant,
}

/// Which departments to list. Without a text the list is a level of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepartmentFilter {
    /// Below one department; empty for the top level.
    Below(String),
    /// Whose parent is not known, at least not yet.
    Orphans,
    /// Whose name or code holds a text.
    Text(String),
}

/// A department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DepartmentRow {
    /// Its code.
    pub org_code: String,
    /// Its name.
    pub org_name: String,
    /// Code of the one above; empty for a top department.
    pub parent_code: String,
    /// How it stands; a deleted one keeps its code and its place.
    pub standing: Standing,
    /// Departments directly below it.
    pub children: i64,
    /// Members directly in it.
    pub members: i64,
    /// When it last changed.
    pub updated_at: Instant,
}

/// A level of the tree with the way to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Level {
    /// From the top down to the opened department, that one included.
    pub path: Vec<DepartmentRow>,
    /// What is below it.
    pub departments: Paged<DepartmentRow>,
}

/// Which members to list. Empty texts do not filter.
#[derive(Debug, Clone, Default)]
pub struct MemberFilter {
    /// In one department, not below it.
    pub org_code: String,
    /// Of one application.
    pub app_id: String,
    /// With one standing.
    pub standing: Option<Standing>,
    /// Part of an account name, name or staff number.
    pub text: String,
}

/// A member and what it may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberRow {
    /// The application it was authorised for.
    pub app_id: String,
    /// Account name, unique within the enterprise.
    pub user_name: String,
    /// How it stands: `present` may use the application.
    pub standing: Standing,
    /// Display name.
    pub name: String,
    /// Code of the department.
    pub org_code: String,
    /// `user` or `admin`.
    pub role: String,
    /// Whether the account is enabled.
    pub enable: bool,
    /// Job title.
    pub position: String,
    /// Staff number.
    pub employee_code: String,
    /// 1 regular, 2 intern, 3 labour dispatch, 4 outsourcing.
    pub employee_type: String,
    /// Work place.
    pub work_place: String,
    /// Date of joining.
    pub entry_date: String,
    /// Phone, masked unless revealed.
    pub mobile: String,
    /// Mail, masked unless revealed.
    pub email: String,
    /// Extension fields; empty unless revealed.
    pub extension: Map<String, Json>,
    /// When it last changed.
    pub updated_at: Instant,
}

/// How far a long list is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRow {
    /// Its id; also that of its job.
    pub sync_id: String,
    /// `departments` or `members`.
    pub kind: String,
    /// Entries of the list.
    pub entries: i64,
    /// Part that is applied, in percent.
    pub percent: i64,
    /// Entries that changed something.
    pub changed: i64,
    /// How it stands.
    pub state: SyncState,
    /// When the call came.
    pub created_at: Instant,
    /// When the last entry was applied.
    pub finished_at: Option<Instant>,
}

/// How a long list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SyncState {
    /// 同步中.
    Running,
    /// 已完成.
    Done,
    /// 失败: a person looks at the log and asks the store to call again.
    Failed,
}

impl std::str::FromStr for SyncState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "running" => Ok(Self::Running),
            "done" => Ok(Self::Done),
            "failed" => Ok(Self::Failed),
            _ => Err(()),
        }
    }
}
