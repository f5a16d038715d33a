//! What the merchant tells the buyer about an instance, whatever protocol it came by. Never stored, never
//! logged: it holds the initial password. Source: SaaS V2.0 D23, SaaS V1.0 D15.

use mercer_protocol::saas_v2::{self, UsageInfo};
use serde::Serialize;

/// Where the buyer works and how he gets in.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppInfo {
    /// Address of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) front_end_url: Option<String>,
    /// Address of its administration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) admin_url: Option<String>,
    /// Initial account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_name: Option<String>,
    /// Initial password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
    /// Anything else the buyer must know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memo: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    /// Members that came encrypted and could not be decrypted, by their protocol names.
    pub(crate) unreadable: Vec<&'static str>,
}

impl From<saas_v2::AppInfo> for AppInfo {
    fn from(info: saas_v2::AppInfo) -> Self {
        Self {
            front_end_url: info.front_end_url,
            admin_url: info.admin_url,
            user_name: info.user_name,
            password: info.password,
            memo: info.memo,
            unreadable: Vec::new(),
        }
    }
}

/// What an instance is told about.
#[derive(Clone, Default)]
pub(crate) struct InstanceInfo {
    /// Address and account, when the merchant hands them out this way.
    pub(crate) app_info: Option<AppInfo>,
    /// Usage, when there is some.
    pub(crate) usage_info: Vec<UsageInfo>,
}
