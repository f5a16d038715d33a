//! What differs between the protocol versions, one file each: how a message becomes a signed request, how its
//! answer is read, and what follows when a series ends.

mod kit;
mod order_notify;
pub(super) mod saas_v1;
pub(super) mod saas_v2;
mod view;

pub(crate) use view::{AppInfo, InstanceInfo};

use mercer_kernel::db::Batch;
use mercer_kernel::http::Answer as HttpAnswer;

use super::call::Prepared;
use super::judge::{Judged, Question, Verdict};
use super::{Family, Policy, settled};
use crate::Core;
use crate::error::Answer;
use crate::message::Message;

/// Writes and signs one call of a message to `url`: time, nonce and business id are new on each attempt.
pub(super) async fn prepare(core: &Core, message: &Message, url: &str) -> Answer<Prepared> {
    match message.interface.family() {
        Family::SaasV2 => saas_v2::prepare(core, message, url).await,
        Family::SaasV1 => saas_v1::prepare(core, message, url).await,
        Family::KitV2 | Family::KitV1 => kit::prepare(core, message, url).await,
        Family::OrderNotification => order_notify::prepare(core, message, url).await,
    }
}

/// Reads an answer with status 200 and a JSON content-type. Pure.
pub(super) fn judge(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    match question.interface.family() {
        Family::SaasV2 => saas_v2::judge(question, answer),
        Family::SaasV1 => saas_v1::judge(question, answer),
        Family::KitV2 | Family::KitV1 => kit::judge(question, answer),
        Family::OrderNotification => order_notify::judge(question, answer),
    }
}

/// Adds what follows from success to the commit of the attempt.
pub(super) async fn succeeded(core: &Core, batch: &mut Batch, message: &mut Message, verdict: &Verdict) -> Answer<()> {
    match message.interface.family() {
        Family::SaasV2 | Family::SaasV1 => settled::succeeded(core, batch, message, verdict).await,
        Family::KitV2 | Family::KitV1 => kit::succeeded(core, batch, message).await,
        Family::OrderNotification => Ok(()),
    }
}

/// Adds what follows when no automatic attempt is left to the commit of the last one.
pub(super) async fn exhausted(core: &Core, batch: &mut Batch, message: &Message, policy: &Policy) -> Answer<()> {
    match message.interface.family() {
        Family::SaasV2 | Family::SaasV1 => settled::exhausted(core, batch, message, policy).await,
        Family::KitV2 | Family::KitV1 => kit::exhausted(core, batch, message).await,
        Family::OrderNotification => order_notify::exhausted(core, batch, message).await,
    }
}
