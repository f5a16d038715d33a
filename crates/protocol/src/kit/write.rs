//! How the store writes a kit call.

use serde_json::{Map, Value};

use super::TestFlag;
use super::interface::Version;
use super::request::Request;
use crate::json;
use crate::time::UTC_PLUS_8;

impl Request {
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
}

fn list(version: Version, entries: impl Iterator<Item = Value>) -> Value {
    let entries: Value = entries.collect();
    match version {
        Version::V2 => entries,
        Version::V1 => entries.to_string().into(),
    }
}
