//! The seven base interfaces, told apart by the body member `activity`.

use std::fmt;

use super::fields;
use crate::field::FieldRule;
use crate::wording::Wording;

/// A base interface (基础接口). Source: SaaS V2.0 §1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Activity {
    /// 创建实例
    NewInstance,
    /// 查询实例信息
    QueryInstance,
    /// 更新实例
    RefreshInstance,
    /// 更新实例状态
    UpdateInstanceStatus,
    /// 释放实例
    ReleaseInstance,
    /// 实例升级
    UpgradeInstance,
    /// 续费变更校验
    ChangeInstanceCheck,
}

impl Activity {
    /// All seven, in the order of the guide.
    pub const ALL: [Self; 7] = [
        Self::NewInstance,
        Self::QueryInstance,
        Self::RefreshInstance,
        Self::UpdateInstanceStatus,
        Self::ReleaseInstance,
        Self::UpgradeInstance,
        Self::ChangeInstanceCheck,
    ];

    /// The text of the body member.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewInstance => "newInstance",
            Self::QueryInstance => "queryInstance",
            Self::RefreshInstance => "refreshInstance",
            Self::UpdateInstanceStatus => "updateInstanceStatus",
            Self::ReleaseInstance => "releaseInstance",
            Self::UpgradeInstance => "upgradeInstance",
            Self::ChangeInstanceCheck => "changeInstanceCheck",
        }
    }

    /// Reads the text of the body member, letter case included.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|activity| activity.as_str() == text)
    }

    /// The interface's name for people.
    pub const fn title(self) -> Wording {
        match self {
            Self::NewInstance => Wording::fixed("创建实例", "Create instance"),
            Self::QueryInstance => Wording::fixed("查询实例信息", "Query instance information"),
            Self::RefreshInstance => Wording::fixed("更新实例", "Update instance"),
            Self::UpdateInstanceStatus => Wording::fixed("更新实例状态", "Update instance status"),
            Self::ReleaseInstance => Wording::fixed("释放实例", "Release instance"),
            Self::UpgradeInstance => Wording::fixed("实例升级", "Upgrade instance"),
            Self::ChangeInstanceCheck => Wording::fixed("续费变更校验", "Verify a change on renewal"),
        }
    }

    /// Rules of the request's members.
    pub const fn request_fields(self) -> &'static [FieldRule] {
        match self {
            Self::NewInstance => fields::NEW_INSTANCE,
            Self::QueryInstance => fields::QUERY_INSTANCE,
            Self::RefreshInstance => fields::REFRESH_INSTANCE,
            Self::UpdateInstanceStatus => fields::UPDATE_INSTANCE_STATUS,
            Self::ReleaseInstance => fields::RELEASE_INSTANCE,
            Self::UpgradeInstance => fields::UPGRADE_INSTANCE,
            Self::ChangeInstanceCheck => fields::CHANGE_INSTANCE_CHECK,
        }
    }

    /// Rules of the answer's members, those of a successful answer.
    pub const fn response_fields(self) -> &'static [FieldRule] {
        match self {
            Self::NewInstance => fields::NEW_INSTANCE_RESPONSE,
            Self::QueryInstance => fields::QUERY_INSTANCE_RESPONSE,
            Self::RefreshInstance
            | Self::UpdateInstanceStatus
            | Self::ReleaseInstance
            | Self::UpgradeInstance
            | Self::ChangeInstanceCheck => fields::BASE_RESPONSE,
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
