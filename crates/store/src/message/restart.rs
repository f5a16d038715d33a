//! Restarting a message by hand (重新启动).

use mercer_kernel::db::Batch;
use mercer_kernel::outbox::{JobState, Restart};

use super::{Message, MessageState, repo, rules};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::order;
use crate::refusal::Refusal;

/// Calls once more, now. Inside the window this uses up no automatic attempt.
pub(crate) async fn restart(core: &Core, message_id: &str) -> Answer<Message> {
    let db = &core.foundation.db;
    db.transact(|| async {
        let mut message = repo::find(db, message_id)
            .await?
            .ok_or_else(|| Refusal::not_found("message.unknown", "没有这条消息", "there is no such message"))?;
        if let Some(refusal) = obstacle(core, &message).await? {
            return Err(refusal.into());
        }
        let now = core.foundation.clock.now();
        let mut batch = Batch::new();
        core.outbox.restart(&mut batch, message_id, Restart::Once, now);
        message.state = if message.attempts == 0 { MessageState::Waiting } else { MessageState::Retrying };
        message.next_attempt_at = Some(now);
        repo::update(&mut batch, &message);
        message.version += 1;
        Ok::<_, StoreError>((batch, message))
    })
    .await
}

/// Why a message cannot be restarted at present; none when it can.
pub(super) async fn obstacle(core: &Core, message: &Message) -> Answer<Option<Refusal>> {
    let order = match &message.order_id {
        Some(order_id) => order::by_id(core, order_id).await?,
        None => None,
    };
    let mut present = message.clone();
    if core.outbox.job(&message.message_id).await?.is_some_and(|job| job.state == JobState::Running) {
        present.state = MessageState::Running;
    }
    Ok(rules::check_restart(&present, core.policies.of(message.interface), order.as_ref()).err())
}
