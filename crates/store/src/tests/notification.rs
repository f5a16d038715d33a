//! Order notification: who is told about which order, how often, and what follows from it.

use serde_json::json;

use super::merchant_side::Reply;
use super::{World, refusal};
use crate::callback::Interface;
use crate::catalog::{self, Access, NewProduct};
use crate::instance::{self, InstanceState, Renew, Upgrade};
use crate::merchant::{self, NewAddress};
use crate::message::{self, Message, MessageState};
use crate::notification::{self, AccessType, NewConfiguration};
use crate::order::OrderState;
use crate::seed::MERCHANT_ID;

const RENEW: Renew = Renew { product_id: None, period_number: Some(1), pay: true };

fn by_type(access_type: AccessType) -> NewConfiguration {
    NewConfiguration { access_type: Some(access_type), product_code: None, address_id: "addr_demo".to_owned() }
}

fn by_product(product_code: &str, address_id: &str) -> NewConfiguration {
    NewConfiguration {
        access_type: None,
        product_code: Some(product_code.to_owned()),
        address_id: address_id.to_owned(),
    }
}

async fn world() -> World {
    prepared(World::open().await).await
}

/// The world without the notification that the seed brings.
async fn prepared(world: World) -> World {
    for known in notification::configurations(world.core(), MERCHANT_ID).await.unwrap() {
        notification::remove(world.core(), MERCHANT_ID, &known.notification_id).await.unwrap();
    }
    world
}

async fn told(world: &World) -> Vec<Message> {
    let messages = world.messages().await;
    messages.into_iter().filter(|message| message.interface == Interface::OrderNotify).collect()
}

#[tokio::test]
async fn every_node_is_told_once_after_the_interface_of_the_product_is_queued() {
    let world = world().await;
    notification::add(world.core(), MERCHANT_ID, &by_type(AccessType::Saas)).await.unwrap();
    notification::add(world.core(), MERCHANT_ID, &by_product("prd_test", "addr_demo")).await.unwrap();
    let bought = world.buy("basic-month", Some(5)).await;
    instance::renew(world.core(), &bought.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    instance::cancel_renewal(world.core(), &bought.resource_id).await.unwrap();
    world.idle().await;
    let larger = Upgrade { product_id: None, quantity: Some(8), pay: true };
    instance::upgrade(world.core(), &bought.resource_id, &larger).await.unwrap();
    world.idle().await;
    let refund = instance::unsubscribe(world.core(), &bought.resource_id).await.unwrap();
    world.idle().await;

    let told = told(&world).await;
    let nodes: Vec<&str> = told.iter().map(|message| message.scene.as_str()).collect();
    assert_eq!(nodes, ["new", "renewal", "unsubscription", "change", "unsubscription"]);
    assert!(told.iter().all(|message| message.state == MessageState::Succeeded && message.resource_id.is_none()));
    assert_eq!(told[4].order_id.as_ref(), Some(&refund.order_id), "the order that gives the money back");
    let body = &world.merchant.calls("orderNotify")[0].body;
    let line = format!("{}-000001", bought.order_id);
    assert_eq!(
        *body,
        json!({"activity": "orderNotify", "orderId": bought.order_id, "orderLineId": line, "testFlag": "0"})
    );
    let story = world.story().await;
    assert!(story[0].starts_with("new_instance") && story[1].contains("order_notify(new)"), "{story:?}");
}

#[tokio::test]
async fn nobody_is_told_without_a_configuration_or_about_what_is_not_paid() {
    let world = world().await;
    world.buy("once", None).await;
    assert!(told(&world).await.is_empty());
    notification::add(world.core(), MERCHANT_ID, &by_type(AccessType::Other)).await.unwrap();
    world.buy("once", None).await;
    assert!(told(&world).await.is_empty(), "the product is of another access type");
}

#[tokio::test]
async fn the_configuration_of_the_product_counts_before_that_of_its_access_type() {
    let world = world().await;
    let core = world.core();
    let address = NewAddress { address_id: Some("addr_two".to_owned()), url: "http://two.test/p".to_owned() };
    merchant::add_address(&core.foundation, MERCHANT_ID, &address, &core.policies).await.unwrap();
    notification::add(core, MERCHANT_ID, &by_type(AccessType::Saas)).await.unwrap();
    notification::add(core, MERCHANT_ID, &by_product("prd_test", "addr_two")).await.unwrap();
    world.buy("once", None).await;
    let told = told(&world).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].address_id.as_deref(), Some("addr_two"));
}

#[tokio::test]
async fn a_configuration_is_deleted_before_another_address_takes_its_place() {
    let world = world().await;
    let core = world.core();
    let saas = by_type(AccessType::Saas);
    let first = notification::add(core, MERCHANT_ID, &saas).await.unwrap();
    assert_eq!(refusal(notification::add(core, MERCHANT_ID, &saas).await), "notification.taken");
    let nowhere = NewConfiguration { address_id: "addr_none".to_owned(), ..by_type(AccessType::Api) };
    assert_eq!(refusal(notification::add(core, MERCHANT_ID, &nowhere).await), "notification.address");
    let unknown = by_product("prd_none", "addr_demo");
    assert_eq!(refusal(notification::add(core, MERCHANT_ID, &unknown).await), "notification.product");
    notification::remove(core, MERCHANT_ID, &first.notification_id).await.unwrap();
    assert_eq!(refusal(notification::remove(core, MERCHANT_ID, &first.notification_id).await), "notification.unknown");
    notification::add(core, MERCHANT_ID, &saas).await.unwrap();
}

#[tokio::test]
async fn a_product_without_interfaces_is_sold_and_announced() {
    let world = world().await;
    let core = world.core();
    let product: NewProduct = serde_json::from_value(json!({
        "productCode": "prd_box", "merchantId": MERCHANT_ID, "addressId": "addr_demo", "access": "none",
        "name": {"zh": "一体机", "en": "Appliance"},
        "skus": [{"skuCode": "box", "name": {"zh": "标准", "en": "Standard"}, "prices": [
            {"productId": "box-once", "chargingMode": "ONE_TIME", "brackets": [{"upTo": null, "unitPrice": "500"}]}]}],
    }))
    .unwrap();
    assert_eq!(catalog::create(core, product).await.unwrap().integration.access, Access::None);
    notification::add(core, MERCHANT_ID, &by_type(AccessType::Other)).await.unwrap();
    let order = world.order("box-once", None).await;
    assert_eq!((order.state, order.resource_id), (OrderState::Completed, None), "paid is done");
    world.idle().await;
    assert_eq!(world.merchant.activities(), ["orderNotify"]);
    assert_eq!(told(&world).await[0].order_id, Some(order.order_id));
}

#[tokio::test]
async fn a_broken_opening_and_a_broken_notification_do_not_hold_each_other_back() {
    let world = world().await;
    notification::add(world.core(), MERCHANT_ID, &by_type(AccessType::Saas)).await.unwrap();
    world.merchant.answer("newInstance", Reply::Down);
    world.order("once", None).await;
    world.store.run_due().await.unwrap();
    assert_eq!(told(&world).await[0].state, MessageState::Succeeded);
    world.idle().await;
    let nodes: Vec<String> = told(&world).await.into_iter().map(|message| message.scene).collect();
    assert_eq!(nodes, ["new", "unsubscription"], "the refund of the failed order is an order too");
}

#[tokio::test]
async fn a_notification_nobody_accepts_waits_for_a_restart_and_fails_no_order() {
    let world = world().await;
    notification::add(world.core(), MERCHANT_ID, &by_type(AccessType::Saas)).await.unwrap();
    world.merchant.answer("orderNotify", Reply::Json(json!({"resultCode": "000005", "resultMsg": "later"})));
    let bought = world.buy("once", None).await;
    let waiting = told(&world).await.remove(0);
    assert_eq!((waiting.state, waiting.attempts), (MessageState::AwaitingRestart, 4));
    assert_eq!(world.order_of(&bought.order_id).await.state, OrderState::Completed);
    assert_eq!(world.instance(&bought.resource_id).await.state, InstanceState::Active);
    world.merchant.answer("orderNotify", Reply::Well);
    message::restart(world.core(), &waiting.message_id).await.unwrap();
    world.idle().await;
    assert_eq!(told(&world).await[0].state, MessageState::Succeeded);
}

#[tokio::test]
async fn a_release_leaves_the_notification_alone() {
    let world = world().await;
    notification::add(world.core(), MERCHANT_ID, &by_type(AccessType::Saas)).await.unwrap();
    world.merchant.answer("orderNotify", Reply::Down);
    let bought = world.buy("basic-month", Some(1)).await;
    world.merchant.answer("orderNotify", Reply::Well);
    instance::unsubscribe(world.core(), &bought.resource_id).await.unwrap();
    world.idle().await;
    let states: Vec<_> = told(&world).await.into_iter().map(|message| message.state).collect();
    assert_eq!(states, [MessageState::AwaitingRestart, MessageState::Succeeded]);
}

#[tokio::test]
async fn a_store_set_so_fails_the_purchase_and_releases_what_it_opened() {
    let world = prepared(World::open_with(|config| config.store.order_notify.fail_order = true).await).await;
    notification::add(world.core(), MERCHANT_ID, &by_type(AccessType::Saas)).await.unwrap();
    world.merchant.answer("orderNotify", Reply::Down);
    let bought = world.buy("basic-month", Some(2)).await;
    let order = world.order_of(&bought.order_id).await;
    assert_eq!((order.state, order.refunded), (OrderState::Failed, order.payable));
    assert_eq!(world.instance(&bought.resource_id).await.state, InstanceState::Released);
    let told = told(&world).await;
    assert_eq!(told[0].reason.as_deref(), Some("connect_failed"));
    world.merchant.answer("orderNotify", Reply::Well);
    message::restart(world.core(), &told[0].message_id).await.unwrap();
    world.idle().await;
    assert_eq!(world.order_of(&bought.order_id).await.state, OrderState::Failed, "told late, it stays given back");
    let nodes: Vec<&str> = told.iter().map(|message| message.scene.as_str()).collect();
    assert_eq!(nodes, ["new", "unsubscription"]);
}

#[tokio::test]
async fn a_test_call_shows_what_was_sent_and_changes_nothing() {
    let world = world().await;
    let core = world.core();
    let made = notification::add(core, MERCHANT_ID, &by_type(AccessType::Api)).await.unwrap();
    let passed = notification::test_call(core, MERCHANT_ID, &made.notification_id).await.unwrap();
    assert_eq!((passed.state, passed.scene.as_str()), (MessageState::Succeeded, "test"));
    let detail = message::find(core, &passed.message_id).await.unwrap().unwrap();
    assert!(detail.calls[0].request.contains(r#""testFlag":"1""#), "{}", detail.calls[0].request);
    assert!(detail.calls[0].answer.contains("000000"));
    world.merchant.answer("orderNotify", Reply::Json(json!({"resultCode": "000001", "resultMsg": "wrong key"})));
    let failed = notification::test_call(core, MERCHANT_ID, &made.notification_id).await.unwrap();
    assert_eq!((failed.state, failed.exception.as_str()), (MessageState::Failed, "resultCode 000001: wrong key"));
    assert_eq!(refusal(message::restart(core, &failed.message_id).await), "message.finished");
    assert!(message::notices(core, MERCHANT_ID, crate::window::Window::first(9)).await.unwrap().is_empty());
}
