//! How a merchant reads a kit body: both versions' spellings are understood in both versions (D8, D9),
//! numbers and texts stand for each other (D15), unknown members are kept.

use serde_json::Value;

use super::TestFlag;
use super::interface::Interface;
use super::member::{OrgInfo, User};
use super::request::{AllOrgSync, ApplicationSync, AuthSync, Flag, Request, SingleOrgSync, TenantSync};
use crate::json::Members;
use crate::parse_refusal::{ParseReason, ParseRefusal, mandatory, refusal, test_flag, unknown_value};
use crate::time::{CompactTime, UTC_PLUS_8};

impl Request {
    /// Reads the body of a call on the path of `interface`, of either version. It never looks at the
    /// signature; check that first.
    pub fn parse(interface: Interface, body: &[u8]) -> Result<Self, ParseRefusal> {
        let mut members = Members::of_body(body).ok_or_else(|| refusal("body", ParseReason::NotAnObject))?;
        let test_flag = test_flag(&mut members)?;
        let time_stamp = time(&mut members, "timeStamp")?.ok_or_else(|| refusal("timeStamp", ParseReason::Missing))?;
        let reader = Reader { members, test_flag, time_stamp };
        match interface {
            Interface::TenantSync => reader.tenant_sync().map(Self::TenantSync),
            Interface::ApplicationSync => reader.application_sync().map(Self::ApplicationSync),
            Interface::AuthSync => reader.auth_sync().map(Self::AuthSync),
            Interface::SingleOrgSync => reader.single_org_sync().map(Self::SingleOrgSync),
            Interface::AllOrgSync => reader.all_org_sync().map(Self::AllOrgSync),
        }
    }
}

struct Reader {
    members: Members,
    test_flag: TestFlag,
    time_stamp: CompactTime,
}

impl Reader {
    fn tenant_sync(mut self) -> Result<TenantSync, ParseRefusal> {
        let flag = self.flag(Interface::TenantSync)?;
        Ok(TenantSync {
            instance_id: self.instance_id(Some(flag))?,
            order_id: self.members.text("orderId")?,
            tenant_id: mandatory(&mut self.members, "tenantId")?,
            tenant_code: self.need_unless_removed("tenantCode", flag)?,
            name: self.need_unless_removed("name", flag)?,
            domain_name: self.need_unless_removed("domainName", flag)?,
            flag,
            test_flag: self.test_flag,
            time_stamp: self.time_stamp,
            unknown: self.members.rest(),
        })
    }

    fn application_sync(mut self) -> Result<ApplicationSync, ParseRefusal> {
        let flag = self.flag(Interface::ApplicationSync)?;
        Ok(ApplicationSync {
            instance_id: self.instance_id(Some(flag))?,
            tenant_id: mandatory(&mut self.members, "tenantId")?,
            app_id: mandatory(&mut self.members, "appId")?,
            client_id: self.need_unless_removed("clientId", flag)?,
            client_secret: self.need_unless_removed("clientSecret", flag)?,
            flag,
            test_flag: self.test_flag,
            time_stamp: self.time_stamp,
            unknown: self.members.rest(),
        })
    }

    fn auth_sync(mut self) -> Result<AuthSync, ParseRefusal> {
        let flag = self.flag(Interface::AuthSync)?;
        let entries = self.list("userList")?.ok_or_else(|| refusal("userList", ParseReason::Missing))?;
        Ok(AuthSync {
            instance_id: self.instance_id(Some(flag))?,
            tenant_id: mandatory(&mut self.members, "tenantId")?,
            app_id: mandatory(&mut self.members, "appId")?,
            users: entries.into_iter().map(|entry| User::read(entry, flag)).collect::<Result<_, _>>()?,
            current_sync_time: time(&mut self.members, "currentSyncTime")?,
            flag,
            test_flag: self.test_flag,
            time_stamp: self.time_stamp,
            unknown: self.members.rest(),
        })
    }

    fn single_org_sync(mut self) -> Result<SingleOrgSync, ParseRefusal> {
        let flag = self.flag(Interface::SingleOrgSync)?;
        Ok(SingleOrgSync {
            instance_id: self.instance_id(Some(flag))?,
            tenant_id: mandatory(&mut self.members, "tenantId")?,
            org_code: mandatory(&mut self.members, "orgCode")?,
            org_name: self.need_unless_removed("orgName", flag)?,
            parent_code: self.members.text("parentCode")?,
            flag,
            test_flag: self.test_flag,
            time_stamp: self.time_stamp,
            unknown: self.members.rest(),
        })
    }

    fn all_org_sync(mut self) -> Result<AllOrgSync, ParseRefusal> {
        let entries = match self.list("orgInfoList")? {
            Some(entries) => entries,
            None => self.list("orgInfo")?.ok_or_else(|| refusal("orgInfoList", ParseReason::Missing))?,
        };
        Ok(AllOrgSync {
            instance_id: self.instance_id(None)?,
            tenant_id: mandatory(&mut self.members, "tenantId")?,
            departments: entries.into_iter().map(OrgInfo::read).collect::<Result<_, _>>()?,
            test_flag: self.test_flag,
            time_stamp: self.time_stamp,
            unknown: self.members.rest(),
        })
    }

    /// Absent, null and empty are the same; with production data only a delete may lack it (D14).
    fn instance_id(&mut self, flag: Option<Flag>) -> Result<Option<String>, ParseRefusal> {
        let instance_id = self.members.text("instanceId")?;
        if instance_id.is_none() && !self.test_flag.is_debug() && flag != Some(Flag::Delete) {
            return Err(refusal("instanceId", ParseReason::Missing));
        }
        Ok(instance_id)
    }

    fn flag(&mut self, interface: Interface) -> Result<Flag, ParseRefusal> {
        let text = mandatory(&mut self.members, "flag")?;
        let allowed = |flag: &Flag| *flag != Flag::Withdraw || interface == Interface::AuthSync;
        let number = text.trim().parse().ok();
        Flag::ALL
            .into_iter()
            .filter(allowed)
            .find(|flag| number == Some(flag.number()))
            .ok_or_else(|| unknown_value("flag", &text, "0, 1, 2, for authSync also 3"))
    }

    fn need_unless_removed(&mut self, field: &'static str, flag: Flag) -> Result<String, ParseRefusal> {
        match self.members.text(field)? {
            Some(text) => Ok(text),
            None if flag.removes() => Ok(String::new()),
            None => Err(refusal(field, ParseReason::Missing)),
        }
    }

    /// A list, or a text that holds one in strict JSON.
    fn list(&mut self, field: &'static str) -> Result<Option<Vec<Value>>, ParseRefusal> {
        let wrong = || refusal(field, ParseReason::WrongKind);
        match self.members.value(field) {
            None => Ok(None),
            Some(Value::Array(entries)) => Ok(Some(entries)),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => match serde_json::from_str(&text) {
                Ok(Value::Array(entries)) => Ok(Some(entries)),
                Ok(_) | Err(_) => Err(wrong()),
            },
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => Err(wrong()),
        }
    }
}

fn time(members: &mut Members, field: &'static str) -> Result<Option<CompactTime>, ParseRefusal> {
    let Some(text) = members.text(field)? else { return Ok(None) };
    CompactTime::parse_at(text.trim(), UTC_PLUS_8)
        .map(Some)
        .map_err(|_| unknown_value(field, &text, "yyyyMMddHHmmssSSS, UTC+8"))
}
