//! Queueing a call: a message and its job, added to the batch that decided it. The same for every interface.

use mercer_kernel::db::Batch;
use mercer_kernel::outbox::NewJob;

use super::{Family, Interface};
use crate::Core;
use crate::error::Answer;
use crate::instance::Instance;
use crate::instance::terms::Refund;
use crate::message::{self, Message, MessageState};

/// A call to make. Empty texts and none mean that it concerns no such thing.
#[derive(Debug, Clone)]
pub(crate) struct NewCall {
    /// The interface.
    pub(crate) interface: Interface,
    /// Who is called.
    pub(crate) merchant_id: String,
    /// The product.
    pub(crate) product_code: String,
    /// Where; none means the production address of the product at the time of each call.
    pub(crate) address_id: Option<String>,
    /// The order that is the reason.
    pub(crate) order_id: Option<String>,
    /// The store's id of the instance.
    pub(crate) resource_id: Option<String>,
    /// The merchant's id of the instance.
    pub(crate) instance_id: Option<String>,
    /// What else it is about, by the id of whoever queues it; empty calls of an instance have none.
    pub(crate) subject: Option<String>,
    /// Calls of one lane are made one at a time, in order.
    pub(crate) lane: String,
    /// What bounds how many calls are made at once: the address.
    pub(crate) endpoint: String,
    /// Scene, node or wanted status; for people and for the settlement.
    pub(crate) scene: String,
    /// The body as its family reads it, without what is new on each attempt and without secrets.
    pub(crate) body: String,
}

/// Adds a call to a batch: its message, and the job that makes it now and repeats it by the retry table.
pub(crate) fn put(core: &Core, batch: &mut Batch, new: NewCall) -> Message {
    let (lane, endpoint) = (new.lane.clone(), new.endpoint.clone());
    let message = message(core, new);
    message::repo::insert(core, batch, &message);
    core.outbox.put(
        batch,
        NewJob {
            id: message.message_id.clone(),
            lane,
            kind: message::JOB_KIND.to_owned(),
            endpoint,
            merchant_id: message.merchant_id.clone(),
            subject: message.resource_id.clone().unwrap_or_default(),
            payload: serde_json::json!({ "interface": message.interface }),
            due: message.created_at,
        },
    );
    message
}

/// A message for a call, not yet queued.
pub(super) fn message(core: &Core, new: NewCall) -> Message {
    let now = core.foundation.clock.now();
    Message {
        message_id: core.foundation.entropy.id("msg", now),
        merchant_id: new.merchant_id,
        order_line_id: new.order_id.as_ref().map(|order_id| format!("{order_id}-000001")),
        order_id: new.order_id,
        resource_id: new.resource_id,
        instance_id: new.instance_id,
        product_code: new.product_code,
        address_id: new.address_id,
        subject: new.subject,
        interface: new.interface,
        scene: new.scene,
        body: new.body,
        state: MessageState::Waiting,
        attempts: 0,
        first_call_at: None,
        last_call_at: None,
        next_attempt_at: Some(now),
        http_status: None,
        result_code: None,
        reason: None,
        exception: String::new(),
        warning: String::new(),
        single_attempt: None,
        created_at: now,
        version: 1,
    }
}

/// Supersedes the messages of orders that were given back.
pub(crate) async fn supersede_orders(
    core: &Core,
    batch: &mut Batch,
    instance: &Instance,
    refunds: &[Refund],
) -> Answer<()> {
    let is_undone =
        |message: &Message| refunds.iter().any(|refund| message.order_id.as_ref() == Some(&refund.order_id));
    supersede(core, batch, instance, is_undone).await
}

/// Ends the unfinished messages of an instance that `which` picks (D30). What orders were notified of stays:
/// it is about the order, and true whatever becomes of the instance.
pub(super) async fn supersede(
    core: &Core,
    batch: &mut Batch,
    instance: &Instance,
    which: impl Fn(&Message) -> bool,
) -> Answer<()> {
    let now = core.foundation.clock.now();
    let open = message::repo::open_of_instance(&core.foundation.db, &instance.resource_id).await?;
    let open = open.into_iter().filter(|message| message.interface.family() != Family::OrderNotification);
    for mut older in open.filter(|message| which(message)) {
        core.outbox.cancel(batch, &older.message_id, "superseded", now);
        older.state = MessageState::Superseded;
        older.next_attempt_at = None;
        message::repo::update(batch, &older);
    }
    Ok(())
}
