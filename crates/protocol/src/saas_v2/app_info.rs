//! What a merchant tells about an instance: address, account, usage.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::response::ResponseFailure;
use crate::json::Members;

/// Information about one instance (实例信息). Source: SaaS V2.0 §3.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct InstanceInfo {
    /// The merchant's instance.
    pub instance_id: String,
    /// Address and account; left out only when delivered another way.
    pub app_info: Option<AppInfo>,
    /// Usage of pay-per-use and package instances.
    pub usage_info: Vec<UsageInfo>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Address and account of an instance (应用使用信息), in clear text. Source: SaaS V2.0 §3.2.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct AppInfo {
    /// Front address; mandatory by the table, tolerated as absent when read.
    pub front_end_url: Option<String>,
    /// Admin address.
    pub admin_url: Option<String>,
    /// Admin account.
    pub user_name: Option<String>,
    /// Initial admin password.
    pub password: Option<String>,
    /// Remark.
    pub memo: Option<String>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Usage of an instance (使用量). Source: SaaS V2.0 §3.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct UsageInfo {
    /// Pay-per-use instance this usage belongs to.
    pub related_instance_id: Option<String>,
    /// Amount, number text as received (decision D28).
    pub usage_value: Number,
    /// `yyyyMMddHHmmssSSS`, UTC, as received.
    pub statistical_time: String,
    /// Usage dashboard.
    pub dashboard_url: Option<String>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

impl InstanceInfo {
    /// An entry with address and account.
    pub fn with_app_info(instance_id: impl Into<String>, app_info: AppInfo) -> Self {
        Self { instance_id: instance_id.into(), app_info: Some(app_info), usage_info: Vec::new(), unknown: Map::new() }
    }
}

/// Account and password must not reach a log by way of `{:?}`.
impl fmt::Debug for AppInfo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |value: &Option<String>| value.as_ref().map(|_| "***");
        formatter
            .debug_struct("AppInfo")
            .field("front_end_url", &self.front_end_url)
            .field("admin_url", &self.admin_url)
            .field("user_name", &hidden(&self.user_name))
            .field("password", &hidden(&self.password))
            .field("memo", &hidden(&self.memo))
            .finish_non_exhaustive()
    }
}

impl TryFrom<Value> for InstanceInfo {
    type Error = ResponseFailure;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let mut members = Members::of_value(value).ok_or(ResponseFailure::MalformedField { field: "info" })?;
        let instance_id = members.text("instanceId")?.ok_or(ResponseFailure::MissingField { field: "instanceId" })?;
        let mut app_info = members.value("appInfo").map(AppInfo::try_from).transpose()?;
        // Some merchants put the address beside `appInfo` instead of into it (decision D10).
        if let Some(url) = members.text("frontEndUrl")? {
            app_info.get_or_insert_default().front_end_url.get_or_insert(url);
        }
        let mut usage = members.list("usageInfo")?;
        usage.extend(members.list("usageInfos")?);
        let usage_info = usage.into_iter().map(UsageInfo::try_from).collect::<Result<_, _>>()?;
        Ok(Self { instance_id, app_info, usage_info, unknown: members.rest() })
    }
}

impl TryFrom<Value> for AppInfo {
    type Error = ResponseFailure;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let mut members = Members::of_value(value).ok_or(ResponseFailure::MalformedField { field: "appInfo" })?;
        Ok(Self {
            front_end_url: members.text("frontEndUrl")?,
            admin_url: members.text("adminUrl")?,
            user_name: members.text("userName")?,
            password: members.text("password")?,
            memo: members.text("memo")?,
            unknown: members.rest(),
        })
    }
}

impl TryFrom<Value> for UsageInfo {
    type Error = ResponseFailure;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let mut members = Members::of_value(value).ok_or(ResponseFailure::MalformedField { field: "usageInfo" })?;
        Ok(Self {
            related_instance_id: members.text("relatedInstanceId")?,
            usage_value: members.number("usageValue")?.ok_or(ResponseFailure::MissingField { field: "usageValue" })?,
            statistical_time: members
                .text("statisticalTime")?
                .ok_or(ResponseFailure::MissingField { field: "statisticalTime" })?,
            dashboard_url: members.text("dashboardUrl")?,
            unknown: members.rest(),
        })
    }
}

impl From<InstanceInfo> for Value {
    fn from(info: InstanceInfo) -> Self {
        let mut members = Map::new();
        members.insert("instanceId".into(), info.instance_id.into());
        if let Some(app_info) = info.app_info {
            members.insert("appInfo".into(), app_info.into());
        }
        if !info.usage_info.is_empty() {
            members.insert("usageInfo".into(), info.usage_info.into_iter().map(Value::from).collect());
        }
        members.extend(info.unknown);
        Value::Object(members)
    }
}

impl From<AppInfo> for Value {
    fn from(info: AppInfo) -> Self {
        let mut members = Map::new();
        put(&mut members, "frontEndUrl", info.front_end_url);
        put(&mut members, "adminUrl", info.admin_url);
        put(&mut members, "userName", info.user_name);
        put(&mut members, "password", info.password);
        put(&mut members, "memo", info.memo);
        members.extend(info.unknown);
        Value::Object(members)
    }
}

impl From<UsageInfo> for Value {
    fn from(usage: UsageInfo) -> Self {
        let mut members = Map::new();
        put(&mut members, "relatedInstanceId", usage.related_instance_id);
        members.insert("usageValue".into(), Value::Number(usage.usage_value));
        members.insert("statisticalTime".into(), usage.statistical_time.into());
        put(&mut members, "dashboardUrl", usage.dashboard_url);
        members.extend(usage.unknown);
        Value::Object(members)
    }
}

fn put(members: &mut Map<String, Value>, name: &str, text: Option<String>) {
    if let Some(text) = text {
        members.insert(name.to_owned(), text.into());
    }
}
