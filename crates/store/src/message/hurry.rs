//! Somebody looks at an order that is being opened: the merchant is asked again at once, instead of the looker
//! waiting for the next poll. Source: SaaS V2.0 §1.4, "buyer opens … the store calls".

use std::time::Duration;

use super::{MessageFilter, MessageState, list, restart};
use crate::Core;
use crate::callback::Interface;
use crate::error::{Answer, StoreError};
use crate::order::{Order, OrderState};
use crate::window::Window;

/// A merchant is not asked more often than this, however many people look.
const LEAST_GAP: Duration = Duration::from_millis(1_500);
/// After this time the usual polls do; a page left open must not call for hours.
const HURRIED_FOR: Duration = Duration::from_secs(300);

/// Polls the instance of an order once more, unless that was done a moment ago.
pub(crate) async fn hurry(core: &Core, order: &Order) -> Answer<()> {
    let now = core.foundation.clock.now();
    let fresh = order.paid_at.is_some_and(|paid_at| now.since(paid_at) < HURRIED_FOR);
    if order.state != OrderState::Processing || !fresh {
        return Ok(());
    }
    let filter = MessageFilter {
        order_id: order.order_id.clone(),
        interface: Some(Interface::QueryPoll),
        state: Some(MessageState::Retrying),
        ..MessageFilter::default()
    };
    let Some(poll) = list(core, &filter, Window::first(1)).await?.pop() else { return Ok(()) };
    if poll.last_call_at.is_none_or(|last| now.since(last) < LEAST_GAP) {
        return Ok(());
    }
    match restart(core, &poll.message_id).await {
        // It moved on meanwhile, which is all that was wanted.
        Ok(_) | Err(StoreError::Refused(_)) => Ok(()),
        Err(other) => Err(other),
    }
}
