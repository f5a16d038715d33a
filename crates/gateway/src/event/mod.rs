//! Events for the app: CloudEvents 1.0, one per state change, in order per instance.
//!
//! An event is an outbox row written together with the change it tells. It is delivered later, when
//! the order is fetched and the connector is asked; what comes back is settled together with the
//! instance.

mod cloud_event;
mod deliver;
mod settle;
#[cfg(test)]
mod tests;

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::outbox::NewJob;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub(crate) use deliver::{Delivery, deliver};
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
}

/// Adds an event's job to the batch of the change it tells; returns its id.
pub(crate) fn put(gateway: &Gateway, batch: &mut Batch, instance: &Instance, event: &Event) -> String {
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
    };
    let job = NewJob {
        id: id.clone(),
        lane: format!("{}/{}", instance.merchant_id, instance.instance_id),
        kind: event.kind.as_str().to_owned(),
        endpoint: format!("app/{}", instance.merchant_id),
        merchant_id: instance.merchant_id.clone(),
        subject: instance.instance_id.clone(),
        payload: serde_json::to_value(payload).expect("a payload is plain data"),
        due: now,
    };
    gateway.outbox().put(batch, job);
    id
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

/// An event as records may keep it: personal data and accounts masked.
pub(crate) fn redact(event: &Json) -> String {
    mercer_protocol::saas_v2::redacted(event.to_string().as_bytes())
}

/// Whether the app must answer an event with its information.
pub(crate) fn opens(kind: EventKind) -> bool {
    kind == EventKind::Created
}
