//! The five requests as types.

use std::fmt;

use serde_json::{Map, Value};

use super::TestFlag;
use super::interface::Interface;
use super::member::{OrgInfo, User};
use crate::time::CompactTime;

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
pub(super) struct Common<'a> {
    pub(super) instance_id: Option<&'a str>,
    pub(super) tenant_id: &'a str,
    pub(super) test_flag: TestFlag,
    pub(super) time_stamp: CompactTime,
    pub(super) unknown: &'a Map<String, Value>,
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

    pub(super) fn common(&self) -> Common<'_> {
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
