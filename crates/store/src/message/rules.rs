//! Which messages can be restarted, and which are told to whom. Pure.

use super::{Message, MessageState};
use crate::callback::{Notify, Policy};
use crate::order::{Order, OrderState};
use crate::refusal::Refusal;

/// Checks that a message can be restarted by hand (重新启动): one that has failed, or is being retried, as long
/// as its order was not unsubscribed. Source: SaaS V2.0 D25.
///
/// # Errors
/// When it cannot.
pub(crate) fn check_restart(message: &Message, policy: &Policy, order: Option<&Order>) -> Result<(), Refusal> {
    if !policy.manual_restart {
        return Err(Refusal::conflict(
            "message.synchronous",
            "同步调用不能重新启动，请重新操作",
            "a call that somebody waited for is not restarted; do the action again",
        ));
    }
    // Enterprises and notifications have reasons of their own; they stay true when an order was given back.
    let acts_for_order = message.interface.family().is_saas();
    let undone = order.filter(|_| acts_for_order).is_some_and(|order| {
        order.state == OrderState::Failed || (order.refunded == order.payable && order.payable.minor() > 0)
    });
    if undone {
        return Err(Refusal::conflict(
            "message.unsubscribed",
            "订单已退订，不能重新启动",
            "the order was unsubscribed; the call is not restarted",
        ));
    }
    match message.state {
        MessageState::Waiting | MessageState::Retrying | MessageState::AwaitingRestart => Ok(()),
        MessageState::Running => {
            Err(Refusal::conflict("message.running", "正在调用中，请稍候", "a call is under way; wait for it"))
        }
        MessageState::Succeeded | MessageState::Failed | MessageState::Superseded | MessageState::Cancelled => {
            Err(Refusal::conflict(
                "message.finished",
                "消息已结束，不能重新启动",
                "the message is finished; it is not restarted",
            ))
        }
    }
}

/// Whether the merchant gets a notice of a failed call.
pub(crate) fn is_notified(notify: Notify, exhausted: bool) -> bool {
    match notify {
        Notify::EachFailure => true,
        Notify::OnExhaustion => exhausted,
        Notify::None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_is_told_or_only_the_last_or_none() {
        let told = |notify| (is_notified(notify, false), is_notified(notify, true));
        assert_eq!(told(Notify::EachFailure), (true, true));
        assert_eq!(told(Notify::OnExhaustion), (false, true));
        assert_eq!(told(Notify::None), (false, false));
    }
}
