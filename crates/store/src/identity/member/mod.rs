//! Members (成员) of an enterprise: the accounts that may be authorised to use what it bought.
//!
//! A user name is unique in its enterprise only. A disabled member uses nothing until he is enabled again.
//! Source: kit §1.7, §2.5.

mod edit;
mod import;
pub(crate) mod repo;
pub(crate) mod rules;

pub(crate) use edit::{add, change, remove, set_state};
pub(crate) use import::{COLUMNS, export, import};

use mercer_kernel::clock::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Core;
use crate::codes::codes;
use crate::error::Answer;
use crate::refusal::Refusal;
use crate::window::Window;

codes! {
    /// What a member is at the merchant (角色). Source: kit §2.5.
    Role {
        /// Ordinary user (普通用户).
        User = "user",
        /// Administrator (管理员).
        Admin = "admin",
    }
}

codes! {
    /// Whether a member may use what he is authorised for (成员状态).
    MemberState {
        /// Yes.
        Enabled = "enabled",
        /// No (已禁用).
        Disabled = "disabled",
    }
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    /// Account name (联营账号).
    pub(crate) user_name: String,
    /// Whether he may use anything.
    pub(crate) state: MemberState,
    /// Everything else.
    #[serde(flatten)]
    pub(crate) profile: Profile,
    /// When he was added.
    pub(crate) created_at: Instant,
}

/// What is known about a member. Source: kit §2.5, decision D9.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    /// Display name.
    pub(crate) name: String,
    /// Code of his department.
    pub(crate) org_code: String,
    /// Job title (职位).
    #[serde(default)]
    pub(crate) position: String,
    /// Staff number (工号).
    #[serde(default)]
    pub(crate) employee_code: String,
    /// 1 regular, 2 intern, 3 labour dispatch, 4 outsourcing (员工类型).
    #[serde(default)]
    pub(crate) employee_type: Option<i64>,
    /// What he is at the merchant.
    #[serde(default = "ordinary")]
    pub(crate) role: Role,
    /// Mobile number.
    #[serde(default)]
    pub(crate) mobile: String,
    /// Mail address.
    #[serde(default)]
    pub(crate) email: String,
    /// Work place (工作地).
    #[serde(default)]
    pub(crate) work_place: String,
    /// Date of joining, `yyyy-MM-dd` (入职日期).
    #[serde(default)]
    pub(crate) entry_date: String,
    /// Further fields (扩展字段).
    #[serde(default)]
    pub(crate) extension: Map<String, Value>,
}

/// A member to add.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewMember {
    /// Account name.
    pub(crate) user_name: String,
    /// Everything else.
    #[serde(flatten)]
    pub(crate) profile: Profile,
}

/// Which members to list; empty and none mean any.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemberFilter {
    /// In this state.
    pub(crate) state: Option<MemberState>,
    /// Of this department.
    pub(crate) org_code: String,
    /// Whose account or name holds this text, without regard to case.
    pub(crate) text: String,
}

fn ordinary() -> Role {
    Role::User
}

/// Members by account name.
pub(crate) async fn list(core: &Core, tenant_id: &str, filter: &MemberFilter, window: Window) -> Answer<Vec<Member>> {
    Ok(repo::list(&core.foundation.db, tenant_id, filter, window).await?)
}

/// The member with this account name.
pub(crate) async fn find(core: &Core, tenant_id: &str, user_name: &str) -> Answer<Option<Member>> {
    Ok(repo::find(&core.foundation.db, tenant_id, user_name).await?)
}

/// The refusal that there is no such member.
pub(crate) fn unknown(user_name: &str) -> Refusal {
    Refusal::not_found(
        "member.unknown",
        format!("企业没有账号 {user_name}"),
        format!("the enterprise has no member {user_name}"),
    )
}
