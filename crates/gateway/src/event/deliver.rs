//! One attempt to deliver an event: fetch the order when it is needed and not known, ask the connector.

use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::{AttemptRecord, Job};
use mercer_protocol::order_query::{OrderInfo, Query};

use super::cloud_event::{self, Parts};
use super::{Payload, opens};
use crate::connector::{Delivered, Parcel};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::inbound::Family;
use crate::instance::repo::Found;
use crate::instance::{EventKind, Specification, repo, seal, snapshot};
use crate::storefront::{self, OrderFailure};

/// What an attempt brought.
pub(crate) struct Delivery {
    pub(super) kind: EventKind,
    pub(super) payload: Payload,
    /// The order, when this attempt fetched it.
    pub(super) fetched: Option<OrderInfo>,
    pub(super) delivered: Delivered,
}

/// Offers an event to the app; none when the job is no event of ours.
pub(crate) async fn deliver(gateway: &Gateway, job: &Job) -> Option<Delivery> {
    let kind: EventKind = job.kind.parse().ok()?;
    let payload: Payload = serde_json::from_value(job.payload.clone()).ok()?;
    let mut fetched = None;
    let delivered = match attempt(gateway, job, (kind, &payload), &mut fetched).await {
        Ok(delivered) => delivered,
        Err(error) => Delivered::failed(FailureReason::Other, error.to_string()),
    };
    Some(Delivery { kind, payload, fetched, delivered })
}

async fn attempt(
    gateway: &Gateway,
    job: &Job,
    (kind, payload): (EventKind, &Payload),
    fetched: &mut Option<OrderInfo>,
) -> Result<Delivered, GatewayError> {
    let Some(found) = repo::find(gateway.db(), &job.merchant_id, &job.subject, None).await? else {
        return Ok(Delivered::failed(FailureReason::Other, "the instance does not exist"));
    };
    let order = match known_order(gateway, &found, kind, payload).await? {
        Some(order) => Some(order),
        None if kind.needs_order() => match fetch(gateway, job, payload).await {
            Ok(order) => {
                *fetched = Some(order.clone());
                Some(order)
            }
            Err(failure) => return Ok(without_order(failure)),
        },
        None => None,
    };
    let parts = Parts { id: &job.id, kind, payload, instance: &found.instance, order: order.as_ref() };
    let served = served_by(&parts);
    let event = cloud_event::of_change(gateway, &parts);
    hand_over(gateway, &job.merchant_id, &served, &Parcel { id: &job.id, opens: opens(kind), event: &event }).await
}

/// Gives an event to the connector that serves a product.
pub(super) async fn hand_over(
    gateway: &Gateway,
    merchant_id: &str,
    served: &Specification,
    parcel: &Parcel<'_>,
) -> Result<Delivered, GatewayError> {
    let Some(connector) = gateway.connector_for(merchant_id, served).await? else {
        let detail = format!(
            "no connector serves product '{}' (SKU '{}') and the merchant has no default one",
            served.product_id, served.sku_code
        );
        return Ok(Delivered::failed(FailureReason::NotConfigured, detail));
    };
    Ok(connector.deliver(gateway, parcel).await)
}

/// The order stored with the instance: the event's own one, or any, for the buyer's sake.
async fn known_order(
    gateway: &Gateway,
    found: &Found,
    kind: EventKind,
    payload: &Payload,
) -> Result<Option<OrderInfo>, GatewayError> {
    if found.instance.family == Family::SaasV1 {
        return snapshot::order_for(gateway, found, &payload.order_id).await;
    }
    let is_own = found.snapshot_order_id == payload.order_id;
    if found.snapshot_order_id.is_empty() || (kind.needs_order() && !is_own) {
        return Ok(None);
    }
    repo::order_of(gateway.db(), &found.instance)
        .await?
        .map(|sealed| {
            let json = seal::open_order(gateway.vault(), &found.instance, &sealed)?;
            serde_json::from_str(&json).map_err(|error| seal::unreadable("order", &error).into())
        })
        .transpose()
}

async fn fetch(gateway: &Gateway, job: &Job, payload: &Payload) -> Result<OrderInfo, OrderFailure> {
    let order_line_id = (!payload.order_line_id.is_empty()).then(|| payload.order_line_id.clone());
    let query = Query { order_id: payload.order_id.clone(), order_line_id };
    storefront::query_order(gateway, &job.merchant_id, &query).await
}

/// The specification that picks the connector: the one the instance had before a change, so that the
/// connector which opened it also hears of the change.
fn served_by(parts: &Parts<'_>) -> Specification {
    let of_line = || {
        let line = cloud_event::line_of(parts.order?, &parts.payload.order_line_id)?;
        cloud_event::specification_of(line)
    };
    let before = &parts.instance.specification;
    if before.product_id.is_empty() { of_line().unwrap_or_default() } else { before.clone() }
}

/// An attempt that ended before the app was asked.
pub(super) fn without_order(failure: OrderFailure) -> Delivered {
    let record = AttemptRecord {
        request: failure.request,
        http_status: failure.http_status,
        result_code: failure.result_code,
        detail: failure.detail,
        ..AttemptRecord::default()
    };
    Delivered { reaction: crate::connector::Reaction::Retry(failure.reason), record }
}
