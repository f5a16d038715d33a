//! Conversations of a store that speaks SaaS V1.0 with the gateway.

mod calls;
mod checks;
mod waiting;

use mercer_kernel::web::page::PageRequest;
use mercer_protocol::cipher::{self, KeySize};

use crate::inbound::{CallbackDetail, CallbackFilter};
use crate::instance::{InstanceDetail, State};
use crate::testing::{APP_INFO, MERCHANT, Produced, V1_KEY, World};

/// The app opens at once.
const OPENED: Result<(u16, &str), mercer_kernel::http::FailureReason> = Ok((200, APP_INFO));
/// The app takes the event.
const TAKEN: Result<(u16, &str), mercer_kernel::http::FailureReason> = Ok((204, ""));
/// The app cannot be reached.
const DOWN: Result<(u16, &str), mercer_kernel::http::FailureReason> =
    Err(mercer_kernel::http::FailureReason::ConnectFailed);

/// Parameters of a yearly purchase, with further ones that replace or add.
fn purchase<'a>(order_id: &'a str, business_id: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("activity", "newInstance"),
        ("customerId", "68cbc86abc2018ab880d92f36422fa0e"),
        ("customerName", "Example Ltd"),
        ("businessId", business_id),
        ("orderId", order_id),
        ("skuCode", "S-1"),
        ("productId", "P-1"),
        ("expireTime", "20260101235959"),
        ("chargingMode", "1"),
        ("amount", "50"),
        ("periodType", "year"),
        ("periodNumber", "1"),
        ("orderAmount", "199.5"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more.iter().copied()).collect()
}

/// A change of the instance `b-1`.
fn change<'a>(activity: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [("activity", activity), ("instanceId", "b-1")].into_iter().chain(more.iter().copied()).collect()
}

/// A world in which `b-1` is in use.
async fn opened_world() -> World {
    let world = World::with_app().await;
    world.app_answers(&[OPENED, TAKEN]);
    let answer = world.call_v1(&purchase("O-1", "b-1", &[])).await;
    assert_eq!(answer.code(), "000000", "{}", answer.body);
    world
}

async fn instance(world: &World, instance_id: &str) -> InstanceDetail {
    world.gateway.instance(MERCHANT, instance_id, true).await.unwrap()
}

async fn state(world: &World) -> State {
    instance(world, "b-1").await.summary.state
}

/// The newest callback.
async fn newest(world: &World) -> CallbackDetail {
    let page = PageRequest::new(1, 1);
    let list = world.gateway.callbacks(MERCHANT, &CallbackFilter::default(), page).await.unwrap();
    world.gateway.callback(MERCHANT, &list.items[0].callback_id).await.unwrap()
}

/// A field of the answer's app information, decrypted.
fn clear(answer: &Produced, field: &str, size: KeySize) -> String {
    cipher::decrypt(V1_KEY, size, answer.json["appInfo"][field].as_str().unwrap()).unwrap()
}

fn front_end_url(answer: &Produced) -> &str {
    answer.json["appInfo"]["frontEndUrl"].as_str().unwrap()
}
