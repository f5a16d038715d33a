//! How enterprises, their people and their bindings are told to people.

use mercer_kernel::web::Language;

use super::{Badge, badge};
use crate::identity::KitVersion;
use crate::identity::binding::BindingState;
use crate::identity::enterprise::TenantState;
use crate::identity::member::{MemberState, Role};

/// Where a binding stands.
pub(in crate::console) fn binding_state(state: BindingState, language: Language) -> Badge {
    let (mood, words) = match state {
        BindingState::Syncing => ("busy", ("Synchronising", "同步中")),
        BindingState::Failed => ("bad", ("Synchronisation failed", "同步失败")),
        BindingState::Bound => ("ok", ("Bound", "已绑定")),
        BindingState::Stopped => ("warn", ("Stopped", "已停用")),
        BindingState::Unbound => ("idle", ("Unbound", "已解绑")),
    };
    badge(mood, words, language)
}

/// Whether an enterprise exists.
pub(in crate::console) fn tenant_state(state: TenantState, language: Language) -> Badge {
    let (mood, words) = match state {
        TenantState::Active => ("ok", ("In use", "使用中")),
        TenantState::Dissolved => ("idle", ("Dissolved", "已解散")),
    };
    badge(mood, words, language)
}

/// Whether a member may use what he is authorised for.
pub(in crate::console) fn member_state(state: MemberState, language: Language) -> Badge {
    let (mood, words) = match state {
        MemberState::Enabled => ("ok", ("Enabled", "已启用")),
        MemberState::Disabled => ("warn", ("Disabled", "已禁用")),
    };
    badge(mood, words, language)
}

/// What a member is at the merchant.
pub(in crate::console) fn member_role(role: Role, language: Language) -> &'static str {
    match role {
        Role::User => language.pick("User", "普通用户"),
        Role::Admin => language.pick("Administrator", "管理员"),
    }
}

/// The name of a kit version, the same in both languages.
pub(in crate::console) fn kit_version(version: KitVersion) -> &'static str {
    match version {
        KitVersion::V2 => "V2.0",
        KitVersion::V1 => "V1.0",
    }
}
