//! Trying a configuration out (应用接入调试): one call with the test flag while the seller waits.

use mercer_protocol::order_query::mock_orders;
use mercer_protocol::saas_v2::TestFlag;

use super::announce::body;
use super::configuration::find;
use crate::Core;
use crate::callback::{self, Interface, NewCall};
use crate::error::Answer;
use crate::message::Message;

/// What the message list shows as the scene of such a call.
const SCENE: &str = "test";

/// Calls the address of a configuration once about an order of the documented examples, which the open API
/// answers for everybody. Kept as a finished message with request, answer and verdict; nothing follows from it.
pub(crate) async fn test_call(core: &Core, merchant_id: &str, notification_id: &str) -> Answer<Message> {
    let configuration = find(core, merchant_id, notification_id).await?;
    let example = mock_orders(core.foundation.clock.now().to_jiff()).into_iter().next();
    let order_id = example.as_ref().map_or("", |order| &order.order_id);
    let line = example.as_ref().and_then(|order| order.order_line.first());
    let order_line_id = line.map(|line| line.order_line_id.clone()).unwrap_or_default();
    let call = NewCall {
        interface: Interface::OrderNotify,
        merchant_id: configuration.merchant_id,
        product_code: configuration.product_code.unwrap_or_default(),
        endpoint: configuration.address_id.clone(),
        address_id: Some(configuration.address_id),
        order_id: None,
        resource_id: None,
        instance_id: None,
        subject: Some(configuration.notification_id),
        lane: String::new(),
        scene: SCENE.to_owned(),
        body: body(order_id, &order_line_id, TestFlag::On),
    };
    Ok(callback::ask(core, call).await?.message)
}
