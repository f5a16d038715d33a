//! How an event looks to the app.

use mercer_kernel::clock::Instant;
use mercer_protocol::order_query::{OrderInfo, OrderLine};
use serde_json::{Map, Value as Json, json};

use super::{CHANGE_CHECK, Payload};
use crate::gateway::Gateway;
use crate::instance::{EventKind, Instance, Specification};

/// What an event is made of.
pub(super) struct Parts<'a> {
    pub(super) id: &'a str,
    pub(super) kind: EventKind,
    pub(super) payload: &'a Payload,
    /// As it stands before this event is settled.
    pub(super) instance: &'a Instance,
    pub(super) order: Option<&'a OrderInfo>,
}

/// The CloudEvent of a state change. `data` holds the new values; what they replace stands in
/// `data.previous`.
pub(super) fn of_change(gateway: &Gateway, parts: &Parts<'_>) -> Json {
    let (payload, instance) = (parts.payload, parts.instance);
    let own_order = parts.order.filter(|order| order.order_id == payload.order_id);
    let line = own_order.and_then(|order| line_of(order, &payload.order_line_id));
    let specification = specification_after(parts, line);
    let mut data = Map::new();
    data.insert("merchantId".to_owned(), instance.merchant_id.as_str().into());
    data.insert("instanceId".to_owned(), instance.instance_id.as_str().into());
    let order_id = if payload.order_id.is_empty() { &instance.order_id } else { &payload.order_id };
    let order_line_id = if payload.order_line_id.is_empty() { &instance.order_line_id } else { &payload.order_line_id };
    data.insert("orderId".to_owned(), order_id.as_str().into());
    put_text(&mut data, "orderLineId", order_line_id);
    put_text(&mut data, "productId", &specification.product_id);
    put_text(&mut data, "skuCode", &specification.sku_code);
    put(&mut data, "linearValue", specification.linear_value);
    let charging_mode = line.map_or(instance.charging_mode.as_str(), |line| line.charging_mode.as_str());
    put_text(&mut data, "chargingMode", charging_mode);
    let period_type =
        line.and_then(|line| line.period_type.as_ref()).map_or(instance.period_type.as_str(), |kind| kind.as_str());
    put_text(&mut data, "periodType", period_type);
    put(&mut data, "periodNumber", line.and_then(|line| line.period_number).or(instance.period_number));
    put(&mut data, "expireTime", expire_time(parts, line).map(|time| time.to_string()));
    put(&mut data, "billingStart", payload.billing_start.map(|time| time.to_string()));
    data.insert("trial".to_owned(), (payload.trial || is_trial(parts)).into());
    if let Some(order) = parts.order {
        if let Some(buyer) = &order.buyer_info {
            data.insert("buyer".to_owned(), serde_json::to_value(buyer).expect("a buyer is plain data"));
        }
        if own_order.is_some() {
            data.insert("order".to_owned(), serde_json::to_value(order).expect("an order is plain data"));
        }
    }
    let previous = previous(parts, &specification);
    if !previous.is_empty() {
        data.insert("previous".to_owned(), previous.into());
    }
    envelope(gateway, &head_of(instance, parts.id, (parts.kind.as_str(), payload.at)), data.into())
}

/// The question behind `changeInstanceCheck`.
pub(super) fn change_check(gateway: &Gateway, id: &str, instance: &Instance, target: &Specification) -> Json {
    let data = json!({
        "merchantId": instance.merchant_id,
        "instanceId": instance.instance_id,
        "productId": target.product_id,
        "skuCode": target.sku_code,
        "linearValue": target.linear_value,
        "previous": instance.specification,
    });
    envelope(gateway, &head_of(instance, id, (CHANGE_CHECK, gateway.now())), data)
}

/// The attributes of an event (CloudEvents 1.0).
pub(super) struct Head<'a> {
    /// The same on every attempt.
    pub(super) id: &'a str,
    /// The type.
    pub(super) kind: &'a str,
    pub(super) merchant_id: &'a str,
    /// What it is about: an instance, `instance/enterprise`, or an order.
    pub(super) subject: &'a str,
    /// When it was decided.
    pub(super) at: Instant,
}

/// An event with what it tells.
pub(super) fn envelope(gateway: &Gateway, head: &Head<'_>, data: Json) -> Json {
    let mut event = json!({
        "specversion": "1.0",
        "id": head.id,
        "source": format!("{}/merchants/{}", gateway.foundation().public_url, head.merchant_id),
        "type": head.kind,
        "subject": head.subject,
        "time": head.at,
        "datacontenttype": "application/json",
    });
    event["data"] = data;
    event
}

/// The line of an order, or its only one.
pub(super) fn line_of<'a>(order: &'a OrderInfo, order_line_id: &str) -> Option<&'a OrderLine> {
    let named = order.order_line.iter().find(|line| line.order_line_id == order_line_id);
    named.or_else(|| order.order_line.first().filter(|_| order.order_line.len() == 1))
}

/// What was bought by a line; none when it names no product.
pub(super) fn specification_of(line: &OrderLine) -> Option<Specification> {
    line.product_info.first().map(|product| Specification {
        product_id: product.product_id.clone(),
        sku_code: product.sku_code.clone(),
        linear_value: product.linear_value,
    })
}

fn specification_after(parts: &Parts<'_>, line: Option<&OrderLine>) -> Specification {
    let mut after = match parts.kind {
        EventKind::Created | EventKind::TrialConverted | EventKind::Changed | EventKind::Upgraded => {
            line.and_then(specification_of).unwrap_or_else(|| parts.instance.specification.clone())
        }
        EventKind::Accepted
        | EventKind::Renewed
        | EventKind::RenewalCancelled
        | EventKind::Frozen
        | EventKind::Unfrozen
        | EventKind::Released => parts.instance.specification.clone(),
    };
    if let Some(product_id) = &parts.payload.product_id {
        after.product_id.clone_from(product_id);
    }
    after
}

fn expire_time(parts: &Parts<'_>, line: Option<&OrderLine>) -> Option<Instant> {
    let by_order = || line.and_then(|line| line.expire_time).map(|time| Instant::from_jiff(time.at));
    parts.payload.expire_time.or_else(|| if parts.kind == EventKind::Created { by_order() } else { None })
}

fn is_trial(parts: &Parts<'_>) -> bool {
    use mercer_protocol::order_query::OrderType;
    parts.kind == EventKind::Created && parts.order.is_some_and(|order| order.order_type == OrderType::Trial)
}

fn previous(parts: &Parts<'_>, after: &Specification) -> Map<String, Json> {
    let before = &parts.instance.specification;
    let mut previous = Map::new();
    if parts.kind == EventKind::Created {
        return previous;
    }
    let payload = parts.payload;
    if payload.previous_expire_time != payload.expire_time {
        put(&mut previous, "expireTime", payload.previous_expire_time.map(|time| time.to_string()));
    }
    match &payload.previous_product_id {
        Some(product_id) => put_text(&mut previous, "productId", product_id),
        None if before.product_id != after.product_id => put_text(&mut previous, "productId", &before.product_id),
        None => {}
    }
    if before.sku_code != after.sku_code {
        put_text(&mut previous, "skuCode", &before.sku_code);
    }
    if before.linear_value != after.linear_value {
        put(&mut previous, "linearValue", before.linear_value);
    }
    previous
}

fn head_of<'a>(instance: &'a Instance, id: &'a str, (kind, at): (&'a str, Instant)) -> Head<'a> {
    Head { id, kind, merchant_id: &instance.merchant_id, subject: &instance.instance_id, at }
}

fn put(members: &mut Map<String, Json>, name: &str, value: Option<impl Into<Json>>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value.into());
    }
}

fn put_text(members: &mut Map<String, Json>, name: &str, value: &str) {
    if !value.is_empty() {
        members.insert(name.to_owned(), value.into());
    }
}
