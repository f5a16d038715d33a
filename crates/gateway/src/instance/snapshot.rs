//! Orders that came with a call (SaaS V1.0): kept sealed, because the store cannot be asked for them again.
//!
//! The order of the purchase lies with the instance, where an order that was fetched would lie. Those of
//! renewals and upgrades lie beside it, so that each event finds its own.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::vault::Place;
use mercer_protocol::order_query::OrderInfo;

use super::repo::{self, Found};
use super::{Instance, seal};
use crate::error::GatewayError;
use crate::gateway::Gateway;

mercer_kernel::statements! {
    /// An order that came with a call; the first one of an id stays.
    pub(crate) INSERT = "INSERT INTO gw_order_snapshot (merchant_id, instance_id, order_id, order_sealed, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    /// The order of a renewal or an upgrade.
    pub(crate) FIND = "SELECT order_sealed FROM gw_order_snapshot WHERE merchant_id = $1 AND instance_id = $2 AND order_id = $3";
}

/// Adds the order of a renewal or an upgrade.
pub(crate) fn put(
    gateway: &Gateway,
    batch: &mut Batch,
    instance: &Instance,
    order: &OrderInfo,
    now: Instant,
) -> Result<(), GatewayError> {
    let json = serde_json::to_string(order).expect("an order is plain data");
    let row = row(instance, &order.order_id);
    let sealed = gateway.vault().seal(place(&row), &json)?;
    batch.any(INSERT, args![&instance.merchant_id, &instance.instance_id, &order.order_id, sealed, now]);
    Ok(())
}

/// The order behind an event of an instance whose calls bring their orders along; without an order id, the one of
/// the purchase. The buyer stands in the latter only and is taken from there.
pub(crate) async fn order_for(
    gateway: &Gateway,
    found: &Found,
    order_id: &str,
) -> Result<Option<OrderInfo>, GatewayError> {
    let instance = &found.instance;
    let purchase = match repo::order_of(gateway.db(), instance).await? {
        Some(sealed) => Some(read(&seal::open_order(gateway.vault(), instance, &sealed)?)?),
        None => None,
    };
    if order_id.is_empty() || found.snapshot_order_id == order_id {
        return Ok(purchase);
    }
    let arguments = args![&instance.merchant_id, &instance.instance_id, order_id];
    let Some(stored) = gateway.db().query_one(FIND, arguments).await? else { return Ok(None) };
    let row = row(instance, order_id);
    let own = read(&gateway.vault().open_at(place(&row), &stored.text(0)?)?)?;
    let buyer_info = own.buyer_info.clone().or_else(|| purchase.and_then(|order| order.buyer_info));
    Ok(Some(OrderInfo { buyer_info, ..own }))
}

fn read(json: &str) -> Result<OrderInfo, GatewayError> {
    Ok(serde_json::from_str(json).map_err(|error| seal::unreadable("order", &error))?)
}

fn row(instance: &Instance, order_id: &str) -> String {
    format!("{}/{}/{order_id}", instance.merchant_id, instance.instance_id)
}

fn place(row: &str) -> Place<'_> {
    Place { table: "gw_order_snapshot", row, column: "order_sealed" }
}
