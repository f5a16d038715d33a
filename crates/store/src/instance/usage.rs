//! How much of an instance is used, as the merchant counts it. The store keeps nothing of it.
//! Source: SaaS V1.0 §3.7.

use mercer_kernel::db::Batch;
use mercer_protocol::saas_v2::UsageInfo;

use super::{context, rules};
use crate::Core;
use crate::callback;
use crate::error::Answer;
use crate::message::Message;

/// Asks the merchant for the usage of an instance because the buyer looks.
pub(crate) async fn view_usage(core: &Core, id: &str) -> Answer<Vec<UsageInfo>> {
    let instance = context::instance(core, id).await?;
    rules::check_usable(&instance)?;
    callback::view_usage(core, &instance).await
}

/// Has the store collect the usage of an instance, with the retries of a queued call.
pub(crate) async fn collect_usage(core: &Core, id: &str) -> Answer<Message> {
    let instance = context::instance(core, id).await?;
    rules::check_usable(&instance)?;
    let mut batch = Batch::new();
    let message = callback::collect_usage(core, &mut batch, &instance).await?;
    core.foundation.db.apply(batch).await?;
    Ok(message)
}
