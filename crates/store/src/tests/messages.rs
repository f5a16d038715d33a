//! What messages keep, what they never keep, and when they go.

use serde_json::json;

use super::merchant_side::Reply;
use super::{World, refusal};
use crate::callback::Interface;
use crate::instance;
use crate::message::{self, MessageFilter, MessageState};
use crate::window::Window;

#[tokio::test]
async fn what_the_buyer_sees_is_never_stored() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    let view = instance::view_instance(world.core(), &instance.resource_id).await.unwrap();
    assert_eq!(view.app_info.unwrap().password.as_deref(), Some("s3cret"));
    for message in world.messages().await {
        let detail = message::find(world.core(), &message.message_id).await.unwrap().unwrap();
        assert_eq!(detail.calls.len(), 1);
        let text = serde_json::to_string(&detail).unwrap();
        assert!(!text.contains("s3cret") && !text.contains("test-base-key"), "{text}");
        assert!(text.contains("signature="), "the request is shown");
    }
}

#[tokio::test]
async fn a_view_without_information_shows_the_merchant_s_reason() {
    let world = World::open().await;
    let instance = world.buy("basic-month", Some(1)).await;
    world.merchant.answer("queryInstance", Reply::Json(json!({"resultCode": "000003", "resultMsg": "unknown"})));
    assert_eq!(
        refusal(instance::view_instance(world.core(), &instance.resource_id).await.map(|_| ())),
        "instance.no_information"
    );
    let failed = world.messages().await.pop().unwrap();
    assert_eq!((failed.interface, failed.state), (Interface::QueryView, MessageState::Failed));
    assert_eq!(failed.exception, "resultCode 000003: unknown");
    assert_eq!(refusal(message::restart(world.core(), &failed.message_id).await), "message.synchronous");
}

#[tokio::test]
async fn an_over_long_instance_id_is_a_warning_and_is_used() {
    let world = World::open().await;
    world.merchant.answer("newInstance", Reply::Json(json!({"resultCode": "000000", "instanceId": "x".repeat(65)})));
    let instance = world.buy("basic-month", Some(1)).await;
    assert_eq!(instance.instance_id, Some("x".repeat(65)));
    assert!(world.messages().await[0].warning.contains("longer than 64"));
}

#[tokio::test]
async fn lists_filter_and_old_messages_go_after_their_retention() {
    let world = World::open().await;
    let instance = world.buy("once", None).await;
    let polls = MessageFilter { interface: Some(Interface::QueryPoll), ..MessageFilter::default() };
    let world = &world;
    let count = |filter: MessageFilter| async move {
        message::list(world.core(), &filter, Window::first(10)).await.unwrap().len()
    };
    assert_eq!(count(polls).await, 1);
    let of_order = MessageFilter { order_id: instance.order_id.clone(), ..MessageFilter::default() };
    assert_eq!(count(of_order.clone()).await, 2);
    let failed = MessageFilter { state: Some(MessageState::Failed), ..MessageFilter::default() };
    assert_eq!(count(failed).await, 0);
    world.advance_to("2026-08-27T00:00:00Z").await;
    assert_eq!(count(of_order.clone()).await, 2);
    world.advance_to("2026-08-30T00:00:00Z").await;
    assert_eq!(count(of_order).await, 0);
}
