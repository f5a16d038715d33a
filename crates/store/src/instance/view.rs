//! The buyer looks at "my purchased services": the merchant is asked there and then.

use mercer_protocol::saas_v2::UsageInfo;
use serde::Serialize;

use super::{Instance, context, rules};
use crate::Core;
use crate::callback::{self, AppInfo};
use crate::error::Answer;

/// What the buyer sees of an instance. Never stored, never logged: it holds the initial password. D23.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InstanceView {
    /// The instance.
    pub(crate) instance: Instance,
    /// Address and account, when the merchant hands them out this way.
    pub(crate) app_info: Option<AppInfo>,
    /// Usage, when there is some.
    pub(crate) usage_info: Vec<UsageInfo>,
}

/// Asks the merchant for the information of an instance (查询资源信息). Source: SaaS V2.0 §1.4.
pub(crate) async fn view_instance(core: &Core, id: &str) -> Answer<InstanceView> {
    let instance = context::instance(core, id).await?;
    rules::check_there(&instance)?;
    let info = callback::view_instance(core, &instance).await?;
    Ok(InstanceView { instance, app_info: info.app_info, usage_info: info.usage_info })
}
