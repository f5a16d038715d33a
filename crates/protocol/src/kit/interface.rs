//! The five interfaces and where they are called.

use std::fmt;

use super::fields;
use crate::field::FieldRule;
use crate::wording::Wording;

/// Version of the kit, a property of the path. Source: kit §1.2, D19.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// V2.0: paths with `/v2/`, headers `x-sign`, `x-timestamp`, `x-nonce`.
    V2,
    /// V1.0: paths without, header `authToken`.
    V1,
}

/// A kit interface (联营kit接口). Source: kit chapters 2 and 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Interface {
    /// 企业同步
    TenantSync,
    /// 应用同步
    ApplicationSync,
    /// 用户授权同步
    AuthSync,
    /// 部门增量同步
    SingleOrgSync,
    /// 部门全量同步
    AllOrgSync,
}

impl Version {
    /// Both, the newer one first.
    pub const ALL: [Self; 2] = [Self::V2, Self::V1];

    /// The family's code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::V2 => "kit_v2",
            Self::V1 => "kit_v1",
        }
    }
}

impl Interface {
    /// All five, in the order in which the vendor numbers them.
    pub const ALL: [Self; 5] =
        [Self::TenantSync, Self::ApplicationSync, Self::AuthSync, Self::SingleOrgSync, Self::AllOrgSync];

    /// Last part of the path.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TenantSync => "tenantSync",
            Self::ApplicationSync => "applicationSync",
            Self::AuthSync => "authSync",
            Self::SingleOrgSync => "singleOrgSync",
            Self::AllOrgSync => "allOrgSync",
        }
    }

    /// Reads the last part of the path, letter case included.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|interface| interface.as_str() == text)
    }

    /// What the store appends to the whole production address.
    pub const fn path(self, version: Version) -> &'static str {
        match (version, self) {
            (Version::V2, Self::TenantSync) => "/produceAPI/v2/tenantSync",
            (Version::V2, Self::ApplicationSync) => "/produceAPI/v2/applicationSync",
            (Version::V2, Self::AuthSync) => "/produceAPI/v2/authSync",
            (Version::V2, Self::SingleOrgSync) => "/produceAPI/v2/singleOrgSync",
            (Version::V2, Self::AllOrgSync) => "/produceAPI/v2/allOrgSync",
            (Version::V1, Self::TenantSync) => "/produceAPI/tenantSync",
            (Version::V1, Self::ApplicationSync) => "/produceAPI/applicationSync",
            (Version::V1, Self::AuthSync) => "/produceAPI/authSync",
            (Version::V1, Self::SingleOrgSync) => "/produceAPI/singleOrgSync",
            (Version::V1, Self::AllOrgSync) => "/produceAPI/allOrgSync",
        }
    }

    /// Version and interface of a path that ends in one of the ten sub-paths.
    pub fn of_path(path: &str) -> Option<(Version, Self)> {
        let all = Version::ALL.into_iter().flat_map(|version| Self::ALL.map(|interface| (version, interface)));
        all.into_iter().find(|(version, interface)| path.ends_with(interface.path(*version)))
    }

    /// The interface's name for people.
    pub const fn title(self) -> Wording {
        match self {
            Self::TenantSync => Wording::fixed("企业同步", "Enterprise sync"),
            Self::ApplicationSync => Wording::fixed("应用同步", "Application sync"),
            Self::AuthSync => Wording::fixed("用户授权同步", "Member authorisation sync"),
            Self::SingleOrgSync => Wording::fixed("部门增量同步", "Department sync"),
            Self::AllOrgSync => Wording::fixed("部门全量同步", "Full department sync"),
        }
    }

    /// Rules of the request's members.
    pub const fn request_fields(self, version: Version) -> &'static [FieldRule] {
        match (self, version) {
            (Self::TenantSync, _) => fields::TENANT_SYNC,
            (Self::ApplicationSync, _) => fields::APPLICATION_SYNC,
            (Self::AuthSync, Version::V2) => fields::AUTH_SYNC,
            (Self::AuthSync, Version::V1) => fields::AUTH_SYNC_V1,
            (Self::SingleOrgSync, _) => fields::SINGLE_ORG_SYNC,
            (Self::AllOrgSync, Version::V2) => fields::ALL_ORG_SYNC,
            (Self::AllOrgSync, Version::V1) => fields::ALL_ORG_SYNC_V1,
        }
    }

    /// Rules of the answer's members.
    pub const fn response_fields(self) -> &'static [FieldRule] {
        crate::saas_v2::fields::BASE_RESPONSE
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
