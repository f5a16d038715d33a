//! The event about an order: the store only names it, the worker asks for the rest. Source: open APIs §4.1.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::{Job, NewJob};
use mercer_protocol::order_query::Query;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::EventType;
use super::cloud_event::{Head, envelope, line_of, specification_of};
use super::deliver::without_order;
use crate::connector::{Delivered, Parcel};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::storefront;

/// What the job carries.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    at: Instant,
    order_id: String,
    order_line_id: String,
}

/// Adds the event of an order notification to its commit; returns its id.
pub(crate) fn put_order_notified(
    gateway: &Gateway,
    batch: &mut Batch,
    merchant_id: &str,
    (order_id, order_line_id): (&str, &str),
) -> String {
    let now = gateway.now();
    let id = gateway.entropy().id("ev", now);
    let payload = Payload { at: now, order_id: order_id.to_owned(), order_line_id: order_line_id.to_owned() };
    let job = NewJob {
        id: id.clone(),
        lane: format!("order/{merchant_id}/{order_id}"),
        kind: EventType::OrderNotified.as_str().to_owned(),
        endpoint: format!("app/{merchant_id}"),
        merchant_id: merchant_id.to_owned(),
        subject: order_id.to_owned(),
        payload: serde_json::to_value(payload).expect("a payload is plain data"),
        due: now,
    };
    gateway.outbox().put(batch, job);
    id
}

/// Asks the store for the order and offers the event to the app.
pub(super) async fn deliver(gateway: &Gateway, job: &Job) -> Result<Delivered, GatewayError> {
    let Ok(payload) = serde_json::from_value::<Payload>(job.payload.clone()) else {
        return Ok(Delivered::failed(FailureReason::Other, "the event cannot be read"));
    };
    let query = Query { order_id: payload.order_id.clone(), order_line_id: Some(payload.order_line_id.clone()) };
    let order = match storefront::query_order(gateway, &job.merchant_id, &query).await {
        Ok(order) => order,
        Err(failure) => return Ok(without_order(failure)),
    };
    let data = json!({
        "merchantId": job.merchant_id,
        "orderId": payload.order_id,
        "orderLineId": payload.order_line_id,
        "orderType": order.order_type.as_str(),
        "buyer": order.buyer_info,
        "order": order,
    });
    let head = Head {
        id: &job.id,
        kind: EventType::OrderNotified.as_str(),
        merchant_id: &job.merchant_id,
        subject: &payload.order_id,
        at: payload.at,
    };
    let event = envelope(gateway, &head, data);
    let served = line_of(&order, &payload.order_line_id).and_then(specification_of).unwrap_or_default();
    super::deliver::hand_over(gateway, &job.merchant_id, &served, &Parcel { id: &job.id, opens: false, event: &event })
        .await
}
