//! Events for the app: CloudEvents 1.0, one per change, in order per instance.
//!
//! An event is an outbox row written together with the change it tells. It is delivered later, when
//! the order is fetched and the connector is asked. What comes back for an event about an instance is
//! settled together with the instance; events about an enterprise or an order ([`message`]) only tell.

mod account;
mod cloud_event;
mod deliver;
mod kind;
mod message;
mod order;
mod settle;
#[cfg(test)]
mod tests;

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::outbox::{NewJob, TakenJob};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub(crate) use account::{STATEMENTS, put_account};
pub(crate) use deliver::{Delivery, deliver};
pub use kind::EventType;
pub(crate) use message::{deliver_message, settle_message};
pub(crate) use order::put_order_notified;
pub(crate) use settle::settle;

use crate::connector::Parcel;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::instance::{Event, EventKind, Instance, Specification};

/// The `type` of the question behind `changeInstanceCheck`. Not an event: nothing changed, and the app
/// answers while the store waits.
pub const CHANGE_CHECK: &str = "mercer.instance.change_check";

/// What an event's job carries: decided values only, no personal data and no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payload {
    /// When the change was decided.
    pub(crate) at: Instant,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) order_id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) order_line_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expire_time: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous_expire_time: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) product_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous_product_id: Option<String>,
    #[serde(default)]
    pub(crate) trial: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) billing_start: Option<Instant>,
}

/// Adds an event's job to the batch of the change it tells; returns its id.
pub(crate) fn put(gateway: &Gateway, batch: &mut Batch, instance: &Instance, event: &Event) -> String {
    let job = job_of(gateway, instance, event);
    let id = job.id.clone();
    gateway.outbox().put(batch, job);
    id
}

/// The same for the first event of an instance, which the caller itself offers to the app after the commit; none
/// beside the id when the app may not be called just now.
pub(crate) fn put_taken(
    gateway: &Gateway,
    batch: &mut Batch,
    instance: &Instance,
    event: &Event,
) -> (String, Option<TakenJob>) {
    let job = job_of(gateway, instance, event);
    let id = job.id.clone();
    (id, gateway.outbox().put_taken(batch, job))
}

fn job_of(gateway: &Gateway, instance: &Instance, event: &Event) -> NewJob {
    let now = gateway.now();
    let id = gateway.entropy().id("ev", now);
    let payload = Payload {
        at: now,
        order_id: event.order_id.clone(),
        order_line_id: event.order_line_id.clone(),
        expire_time: event.expire_time,
        previous_expire_time: event.previous_expire_time,
        product_id: event.product_id.clone(),
        previous_product_id: event.previous_product_id.clone(),
        trial: event.trial,
        billing_start: event.billing_start,
    };
    NewJob {
        id,
        lane: crate::instance::lane(&instance.merchant_id, &instance.instance_id),
        kind: event.kind.as_str().to_owned(),
        endpoint: format!("app/{}", instance.merchant_id),
        merchant_id: instance.merchant_id.clone(),
        subject: instance.instance_id.clone(),
        payload: serde_json::to_value(payload).expect("a payload is plain data"),
        due: now,
    }
}

/// Asks the app whether an instance may become `target`; the reason when not. Without a connector that
/// can be asked, every change is allowed.
pub(crate) async fn ask_change(
    gateway: &Gateway,
    instance: &Instance,
    target: &Specification,
) -> Result<Result<(), String>, GatewayError> {
    let Some(connector) = gateway.connector_for(&instance.merchant_id, &instance.specification).await? else {
        return Ok(Ok(()));
    };
    let id = gateway.entropy().id("chk", gateway.now());
    let event = cloud_event::change_check(gateway, &id, instance, target);
    let parcel = Parcel { id: &id, opens: false, event: &event };
    Ok(connector.check_change(gateway, &parcel).await)
}

/// Longest record of an event: one about 500 members would fill the page and, tried again, the disk.
const KEPT_EVENT_BYTES: usize = 16 * 1_024;

/// An event as records may keep it: personal data, accounts and secrets masked, a long one cut.
pub(crate) fn redact(event: &Json) -> String {
    let mut event = event.clone();
    redact_accounts(&mut event);
    let text = mercer_protocol::saas_v2::redacted(event.to_string().as_bytes());
    if text.len() <= KEPT_EVENT_BYTES {
        return text;
    }
    let mut end = KEPT_EVENT_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{} … ({} bytes)", &text[..end], text.len())
}

/// Masks what only events about accounts hold, at every depth.
fn redact_accounts(value: &mut Json) {
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                match name.as_str() {
                    "clientSecret" | "mobile" | "extension" if !value.is_null() => *value = "***".into(),
                    _ => redact_accounts(value),
                }
            }
        }
        Json::Array(entries) => entries.iter_mut().for_each(redact_accounts),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// Whether the app must answer an event with its information.
pub(crate) fn opens(kind: EventKind) -> bool {
    kind == EventKind::Created
}
