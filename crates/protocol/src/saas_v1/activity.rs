//! The seven base interfaces of V1.0, told apart by the parameter `activity`.

use std::fmt;

use super::fields;
use crate::field::FieldRule;
use crate::wording::Wording;

/// A base interface of V1.0 (基础接口). Source: SaaS V1.0 §1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Activity {
    /// 新购商品
    NewInstance,
    /// 商品续费
    RefreshInstance,
    /// 商品过期
    ExpireInstance,
    /// 商品资源释放
    ReleaseInstance,
    /// 商品升级
    Upgrade,
    /// 资源状态变更
    InstanceStatus,
    /// 查询实例信息
    QueryInstance,
}

impl Activity {
    /// All seven, in the order of the guide.
    pub const ALL: [Self; 7] = [
        Self::NewInstance,
        Self::RefreshInstance,
        Self::ExpireInstance,
        Self::ReleaseInstance,
        Self::Upgrade,
        Self::InstanceStatus,
        Self::QueryInstance,
    ];

    /// The text of the parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewInstance => "newInstance",
            Self::RefreshInstance => "refreshInstance",
            Self::ExpireInstance => "expireInstance",
            Self::ReleaseInstance => "releaseInstance",
            Self::Upgrade => "upgrade",
            Self::InstanceStatus => "instanceStatus",
            Self::QueryInstance => "queryInstance",
        }
    }

    /// Reads the text of the parameter, letter case included.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|activity| activity.as_str() == text)
    }

    /// The interface's name for people.
    pub const fn title(self) -> Wording {
        match self {
            Self::NewInstance => Wording::fixed("新购商品", "New purchase"),
            Self::RefreshInstance => Wording::fixed("商品续费", "Renewal"),
            Self::ExpireInstance => Wording::fixed("商品过期", "Expiry"),
            Self::ReleaseInstance => Wording::fixed("商品资源释放", "Release of resources"),
            Self::Upgrade => Wording::fixed("商品升级", "Upgrade"),
            Self::InstanceStatus => Wording::fixed("资源状态变更", "Change of resource status"),
            Self::QueryInstance => Wording::fixed("查询实例信息", "Query instance information"),
        }
    }

    /// Rules of the request's parameters.
    pub const fn request_fields(self) -> &'static [FieldRule] {
        match self {
            Self::NewInstance => fields::NEW_INSTANCE,
            Self::RefreshInstance => fields::REFRESH_INSTANCE,
            Self::ExpireInstance => fields::EXPIRE_INSTANCE,
            Self::ReleaseInstance => fields::RELEASE_INSTANCE,
            Self::Upgrade => fields::UPGRADE,
            Self::InstanceStatus => fields::INSTANCE_STATUS,
            Self::QueryInstance => fields::QUERY_INSTANCE,
        }
    }

    /// Rules of the answer's members, those of a successful answer.
    pub const fn response_fields(self) -> &'static [FieldRule] {
        match self {
            Self::NewInstance => fields::NEW_INSTANCE_RESPONSE,
            Self::QueryInstance => fields::QUERY_INSTANCE_RESPONSE,
            Self::RefreshInstance
            | Self::ExpireInstance
            | Self::ReleaseInstance
            | Self::Upgrade
            | Self::InstanceStatus => fields::BASE_RESPONSE,
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
