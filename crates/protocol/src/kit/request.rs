//! The five requests as types, and how the store writes them.

use std::fmt;

use serde_json::{Map, Value};

use super::TestFlag;
use super::interface::{Interface, Version};
use super::member::{OrgInfo, User};
use crate::json;
use crate::time::{CompactTime, UTC_PLUS_8};

/// A kit call of the store. Source: kit chapters 2 and 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// 企业同步
    TenantSync(TenantSync),
    /// 应用同步
    ApplicationSync(ApplicationSync),
    /// 用户授权同步
    AuthSync(AuthSync),
    /// 部门增量同步
    SingleOrgSync(SingleOrgSync),
    /// 部门全量同步
    AllOrgSync(AllOrgSync),
}

/// What is done with the record (操作标识). Source: kit §2.1, D10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flag {
    /// 删除
    Delete,
    /// 新增
    Add,
    /// 修改
    Modify,
    /// 取消授权, `authSync` only.
    Withdraw,
}

/// `tenantSync`. Source: kit §2.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantSync {
    /// The merchant's instance; none for the credential test.
    pub instance_id: Option<String>,
    /// The buyer's order; none for the credential test.
    pub order_id: Option<String>,
    /// Tenant.
    pub tenant_id: String,
    /// Enterprise domain, immutable; may be empty on a delete.
    pub tenant_code: String,
    /// Enterprise name; may be empty on a delete.
    pub name: String,
    /// Address of the sign-in centre, see [`normal_domain`]; may be empty on a delete.
    pub domain_name: String,
    /// What is done.
    pub flag: Flag,
    /// Production or test data.
    pub test_flag: TestFlag,
    /// Time of the call.
    pub time_stamp: CompactTime,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `applicationSync`. Source: kit §2.4.
#[derive(Clone, PartialEq, Eq)]
pub struct ApplicationSync {
    /// The merchant's instance; none for the credential test.
    pub instance_id: Option<String>,
    /// Tenant.
    pub tenant_id: String,
    /// Application of the credential.
    pub app_id: String,
    /// OAuth client of this application in this tenant; may be empty on a delete.
    pub client_id: String,
    /// Its secret, still encrypted; may be empty on a delete.
    pub client_secret: String,
    /// What is done.
    pub flag: Flag,
    /// Production or test data.
    pub test_flag: TestFlag,
    /// Time of the call.
    pub time_stamp: CompactTime,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `authSync`. Source: kit §2.5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSync {
    /// The merchant's instance; none for the credential test.
    pub instance_id: Option<String>,
    /// Tenant.
    pub tenant_id: String,
    /// Application of the credential.
    pub app_id: String,
    /// The members.
    pub users: Vec<User>,
    /// When the set was computed; an older one is dropped (D11).
    pub current_sync_time: Option<CompactTime>,
    /// What is done.
    pub flag: Flag,
    /// Production or test data.
    pub test_flag: TestFlag,
    /// Time of the call.
    pub time_stamp: CompactTime,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `singleOrgSync`. Source: kit §2.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleOrgSync {
    /// The merchant's instance; none for the credential test.
    pub instance_id: Option<String>,
    /// Tenant.
    pub tenant_id: String,
    /// Department, unique in the tenant.
    pub org_code: String,
    /// Its name; may be empty on a delete.
    pub org_name: String,
    /// Its parent; none for a top department.
    pub parent_code: Option<String>,
    /// What is done.
    pub flag: Flag,
    /// Production or test data.
    pub test_flag: TestFlag,
    /// Time of the call.
    pub time_stamp: CompactTime,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `allOrgSync`. Source: kit §2.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllOrgSync {
    /// The merchant's instance; none for the credential test.
    pub instance_id: Option<String>,
    /// Tenant.
    pub tenant_id: String,
    /// Flat list; children may precede their parents (D12).
    pub departments: Vec<OrgInfo>,
    /// Production or test data.
    pub test_flag: TestFlag,
    /// Time of the call.
    pub time_stamp: CompactTime,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// What every call has.
struct Common<'a> {
    instance_id: Option<&'a str>,
    tenant_id: &'a str,
    test_flag: TestFlag,
    time_stamp: CompactTime,
    unknown: &'a Map<String, Value>,
}

/// The secret must not reach a log by way of `{:?}`, not even encrypted.
impl fmt::Debug for ApplicationSync {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApplicationSync")
            .field("instance_id", &self.instance_id)
            .field("tenant_id", &self.tenant_id)
            .field("app_id", &self.app_id)
            .field("client_id", &self.client_id)
            .field("flag", &self.flag)
            .field("test_flag", &self.test_flag)
            .field("time_stamp", &self.time_stamp)
            .finish_non_exhaustive()
    }
}

impl Flag {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Delete, Self::Add, Self::Modify, Self::Withdraw];

    /// The number on the wire.
    pub const fn number(self) -> i64 {
        match self {
            Self::Delete => 0,
            Self::Add => 1,
            Self::Modify => 2,
            Self::Withdraw => 3,
        }
    }

    /// Whether the record or its right goes away, so that identifying it is enough.
    pub const fn removes(self) -> bool {
        matches!(self, Self::Delete | Self::Withdraw)
    }
}

impl Request {
    /// Which interface is called.
    pub fn interface(&self) -> Interface {
        match self {
            Self::TenantSync(_) => Interface::TenantSync,
            Self::ApplicationSync(_) => Interface::ApplicationSync,
            Self::AuthSync(_) => Interface::AuthSync,
            Self::SingleOrgSync(_) => Interface::SingleOrgSync,
            Self::AllOrgSync(_) => Interface::AllOrgSync,
        }
    }

    /// The merchant's instance; none for the credential test.
    pub fn instance_id(&self) -> Option<&str> {
        self.common().instance_id
    }

    /// Tenant.
    pub fn tenant_id(&self) -> &str {
        self.common().tenant_id
    }

    /// Production or test data.
    pub fn test_flag(&self) -> TestFlag {
        self.common().test_flag
    }

    /// Time of the call.
    pub fn time_stamp(&self) -> CompactTime {
        self.common().time_stamp
    }

    /// What is done; none for the full department sync, which has no flag.
    pub fn flag(&self) -> Option<Flag> {
        match self {
            Self::TenantSync(call) => Some(call.flag),
            Self::ApplicationSync(call) => Some(call.flag),
            Self::AuthSync(call) => Some(call.flag),
            Self::SingleOrgSync(call) => Some(call.flag),
            Self::AllOrgSync(_) => None,
        }
    }

    /// Members this version does not know.
    pub fn unknown(&self) -> &Map<String, Value> {
        self.common().unknown
    }

    /// The body in the form in which the store sends and signs it (D2): top-level members ascending by
    /// name, no nulls, compact; in V1.0 the lists are texts (D8).
    pub fn to_body(&self, version: Version) -> String {
        let common = self.common();
        let mut members: Map<String, Value> =
            common.unknown.iter().filter(|(_, value)| !value.is_null()).map(|(n, v)| (n.clone(), v.clone())).collect();
        let mut put = |name: &str, value: Value| {
            members.insert(name.to_owned(), value);
        };
        put("instanceId", common.instance_id.unwrap_or_default().into());
        put("tenantId", common.tenant_id.into());
        put("timeStamp", common.time_stamp.format_at(UTC_PLUS_8).into());
        match common.test_flag {
            TestFlag::Absent => {}
            TestFlag::Off => put("testFlag", 0.into()),
            TestFlag::On => put("testFlag", 1.into()),
        }
        if let Some(flag) = self.flag() {
            put("flag", flag.number().into());
        }
        match self {
            Self::TenantSync(call) => {
                put("orderId", call.order_id.clone().unwrap_or_default().into());
                put("tenantCode", call.tenant_code.clone().into());
                put("name", call.name.clone().into());
                put("domainName", call.domain_name.clone().into());
            }
            Self::ApplicationSync(call) => {
                put("appId", call.app_id.clone().into());
                put("clientId", call.client_id.clone().into());
                put("clientSecret", call.client_secret.clone().into());
            }
            Self::AuthSync(call) => {
                put("appId", call.app_id.clone().into());
                if let Some(time) = call.current_sync_time {
                    put("currentSyncTime", time.format_at(UTC_PLUS_8).into());
                }
                put("userList", list(version, call.users.iter().map(|user| user.write(version))));
            }
            Self::SingleOrgSync(call) => {
                put("orgCode", call.org_code.clone().into());
                put("orgName", call.org_name.clone().into());
                if let Some(parent_code) = &call.parent_code {
                    put("parentCode", parent_code.clone().into());
                }
            }
            Self::AllOrgSync(call) => {
                let name = match version {
                    Version::V2 => "orgInfoList",
                    Version::V1 => "orgInfo",
                };
                put(name, list(version, call.departments.iter().map(|department| department.write(version))));
            }
        }
        json::compact(&json::sorted(members))
    }

    fn common(&self) -> Common<'_> {
        match self {
            Self::TenantSync(call) => {
                common(&call.instance_id, &call.tenant_id, call.test_flag, call.time_stamp, &call.unknown)
            }
            Self::ApplicationSync(call) => {
                common(&call.instance_id, &call.tenant_id, call.test_flag, call.time_stamp, &call.unknown)
            }
            Self::AuthSync(call) => {
                common(&call.instance_id, &call.tenant_id, call.test_flag, call.time_stamp, &call.unknown)
            }
            Self::SingleOrgSync(call) => {
                common(&call.instance_id, &call.tenant_id, call.test_flag, call.time_stamp, &call.unknown)
            }
            Self::AllOrgSync(call) => {
                common(&call.instance_id, &call.tenant_id, call.test_flag, call.time_stamp, &call.unknown)
            }
        }
    }
}

/// The address of a sign-in centre in one form: with a scheme, without a slash at the end (D23).
pub fn normal_domain(domain_name: &str) -> String {
    let domain = domain_name.trim().trim_end_matches('/');
    if domain.is_empty() || domain.contains("://") { domain.to_owned() } else { format!("https://{domain}") }
}

fn common<'a>(
    instance_id: &'a Option<String>,
    tenant_id: &'a str,
    test_flag: TestFlag,
    time_stamp: CompactTime,
    unknown: &'a Map<String, Value>,
) -> Common<'a> {
    Common { instance_id: instance_id.as_deref(), tenant_id, test_flag, time_stamp, unknown }
}

fn list(version: Version, entries: impl Iterator<Item = Value>) -> Value {
    let entries: Value = entries.collect();
    match version {
        Version::V2 => entries,
        Version::V1 => entries.to_string().into(),
    }
}
