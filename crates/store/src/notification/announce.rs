//! Queueing the notification of an order, in the commit that decided the order.

use mercer_kernel::db::Batch;
use mercer_protocol::order_notify::OrderNotify;
use mercer_protocol::saas_v2::TestFlag;

use super::{Node, repo, rules};
use crate::Core;
use crate::callback::{self, Interface, NewCall};
use crate::catalog;
use crate::error::Answer;
use crate::order::Order;

/// Adds the notification of an order to the batch that pays it, or makes it when it gives money back. Nothing is
/// added when no configuration matches. Called after the interfaces of the product have been queued (D24).
pub(crate) async fn queue(core: &Core, batch: &mut Batch, order: &Order) -> Answer<()> {
    let configurations = repo::list(&core.foundation.db, &order.merchant_id).await?;
    if configurations.is_empty() {
        return Ok(());
    }
    let Some(product) = catalog::product(core, &order.product_code).await? else { return Ok(()) };
    let access = product.integration.access;
    let matching = rules::matching(&configurations, &product.product_code, access);
    let Some(configuration) = matching else { return Ok(()) };
    let node = rules::node(order.kind);
    let body = body(&order.order_id, &order.order_line_id(), TestFlag::Off);
    let message = callback::put(core, batch, call(order, node, configuration.address_id.clone(), body));
    let key = (order.merchant_id.as_str(), order.order_id.as_str());
    repo::insert_notified(batch, key, node, &message.message_id, core.foundation.clock.now());
    Ok(())
}

/// The body of a call.
pub(super) fn body(order_id: &str, order_line_id: &str, test_flag: TestFlag) -> String {
    let (order_id, order_line_id) = (order_id.to_owned(), order_line_id.to_owned());
    OrderNotify { order_id, order_line_id, test_flag, unknown: serde_json::Map::new() }.to_body()
}

/// The call has a lane of its own: neither a broken newInstance holds it back, nor the other way round. It names
/// no instance, so that the release of one does not end it.
fn call(order: &Order, node: Node, address_id: String, body: String) -> NewCall {
    NewCall {
        interface: Interface::OrderNotify,
        merchant_id: order.merchant_id.clone(),
        product_code: order.product_code.clone(),
        endpoint: address_id.clone(),
        address_id: Some(address_id),
        order_id: Some(order.order_id.clone()),
        resource_id: None,
        instance_id: None,
        subject: None,
        lane: format!("order/{}", order.order_id),
        scene: node.code().to_owned(),
        body,
    }
}
