//! Order notification (订单通知): a signed POST that says no more than which order it is about. Signed and
//! answered like SaaS V2.0, with the key of the general interface. Source: open APIs chapter 4.

use mercer_kernel::db::Batch;
use mercer_kernel::http::Answer as HttpAnswer;

use super::super::call::{Prepared, signing_key};
use super::super::judge::{Judged, Question, by_code, with_code};
use super::super::settled;
use super::saas_v2;
use crate::Core;
use crate::error::Answer;
use crate::merchant::InterfaceType;
use crate::message::Message;
use crate::notification;

/// Signs one call; nothing in its body is new on an attempt.
pub(super) async fn prepare(core: &Core, message: &Message, url: &str) -> Answer<Prepared> {
    let access_key = signing_key(core, message, InterfaceType::General).await?;
    Ok(saas_v2::signed_post(core, url, message.body.clone(), access_key))
}

/// Reads an answer: `000000` is received, anything else has failed.
pub(super) fn judge(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    with_code(answer, |code| Judged::plain(by_code(question.policy, code)))
}

/// Adds what follows when the series is given up: nothing, unless the store is set to fail such orders.
pub(super) async fn exhausted(core: &Core, batch: &mut Batch, message: &Message) -> Answer<()> {
    if let Some(failed) = notification::fail_order(core, batch, message).await? {
        settled::count_failure(core, batch, &failed);
    }
    Ok(())
}
