//! Queueing calls: one function per interface, each adding a message and its job to the batch that decided it.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::outbox::NewJob;
use mercer_protocol::saas_v2::{
    InstanceStatus, NewInstance, QueryInstance, RefreshInstance, ReleaseInstance, Request, Scene, TestFlag,
    UpdateInstanceStatus, UpgradeInstance,
};
use mercer_protocol::time::CompactTime;
use serde_json::Map;

use super::Interface;
use crate::Core;
use crate::catalog;
use crate::error::{Answer, StoreError};
use crate::instance::Instance;
use crate::instance::terms::Refund;
use crate::message::{self, Message, MessageState};
use crate::order::Order;

/// What a refresh tells. Source: SaaS V2.0 §3.3.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    /// Why.
    pub(crate) scene: Scene,
    /// The new expiry.
    pub(crate) expire_at: Instant,
    /// The new price, when it changed.
    pub(crate) product_id: Option<String>,
}

/// Asks the merchant to open what an order bought.
pub(crate) async fn new_instance(core: &Core, batch: &mut Batch, instance: &Instance, order: &Order) -> Answer<()> {
    let request = Request::NewInstance(NewInstance {
        order_id: order.order_id.clone(),
        order_line_id: order.order_line_id(),
        // A placeholder: each attempt gets a business id of its own.
        business_id: order.order_id.clone(),
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    });
    put(core, batch, instance, Call { interface: Interface::NewInstance, request, order: Some(order), scene: "" }).await
}

/// Polls until the merchant has the instance ready.
pub(super) async fn poll(core: &Core, batch: &mut Batch, instance: &Instance, order: &Order) -> Answer<()> {
    let request = Request::QueryInstance(query_request(&instance_id(instance)?));
    put(core, batch, instance, Call { interface: Interface::QueryPoll, request, order: Some(order), scene: "" }).await
}

/// Tells a new expiry.
pub(crate) async fn refresh_instance(
    core: &Core,
    batch: &mut Batch,
    (instance, order): (&Instance, &Order),
    refresh: Refresh,
) -> Answer<()> {
    let scene = refresh.scene;
    let request = Request::RefreshInstance(RefreshInstance {
        scene,
        order_id: order.order_id.clone(),
        order_line_id: order.order_line_id(),
        instance_id: instance_id(instance)?,
        product_id: refresh.product_id,
        expire_time: expire_time(core, refresh.expire_at),
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    });
    let call = Call { interface: Interface::Refresh, request, order: Some(order), scene: scene.as_str() };
    put(core, batch, instance, call).await
}

/// Tells to freeze or unfreeze; an older status message that is not through is superseded (D30).
pub(crate) async fn update_status(
    core: &Core,
    batch: &mut Batch,
    instance: &Instance,
    status: InstanceStatus,
) -> Answer<()> {
    supersede(core, batch, instance, |message| message.interface == Interface::UpdateStatus).await?;
    let request = Request::UpdateInstanceStatus(UpdateInstanceStatus {
        instance_id: instance_id(instance)?,
        status,
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    });
    let call = Call { interface: Interface::UpdateStatus, request, order: None, scene: status.as_str() };
    put(core, batch, instance, call).await
}

/// Tells to release; everything of the instance that is not through is superseded (D30).
pub(crate) async fn release_instance(
    core: &Core,
    batch: &mut Batch,
    instance: &Instance,
    order: Option<&Order>,
) -> Answer<()> {
    supersede(core, batch, instance, |_| true).await?;
    put_release(core, batch, instance, order).await
}

/// As [`release_instance`], from within the settlement of `last`, the message that gave the instance up.
pub(super) async fn release_failed(
    core: &Core,
    batch: &mut Batch,
    (instance, order): (&Instance, &Order),
    last: &Message,
) -> Answer<()> {
    supersede(core, batch, instance, |message| message.message_id != last.message_id).await?;
    put_release(core, batch, instance, Some(order)).await
}

async fn put_release(core: &Core, batch: &mut Batch, instance: &Instance, order: Option<&Order>) -> Answer<()> {
    let request = Request::ReleaseInstance(ReleaseInstance {
        instance_id: instance_id(instance)?,
        order_id: order.map(|order| order.order_id.clone()),
        order_line_id: order.map(Order::order_line_id),
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    });
    put(core, batch, instance, Call { interface: Interface::Release, request, order, scene: "" }).await
}

/// Asks to upgrade.
pub(crate) async fn upgrade_instance(core: &Core, batch: &mut Batch, instance: &Instance, order: &Order) -> Answer<()> {
    let request = Request::UpgradeInstance(UpgradeInstance {
        instance_id: instance_id(instance)?,
        order_id: order.order_id.clone(),
        order_line_id: order.order_line_id(),
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    });
    put(core, batch, instance, Call { interface: Interface::Upgrade, request, order: Some(order), scene: "" }).await
}

/// Supersedes the messages of orders that were given back.
pub(crate) async fn supersede_orders(
    core: &Core,
    batch: &mut Batch,
    instance: &Instance,
    refunds: &[Refund],
) -> Answer<()> {
    let is_undone =
        |message: &Message| refunds.iter().any(|refund| message.order_id.as_ref() == Some(&refund.order_id));
    supersede(core, batch, instance, is_undone).await
}

/// The request that asks for one instance. D17.
pub(super) fn query_request(instance_id: &str) -> QueryInstance {
    QueryInstance { instance_ids: vec![instance_id.to_owned()], test_flag: TestFlag::Absent, unknown: Map::new() }
}

/// The merchant's id of an instance.
///
/// # Errors
/// When the merchant has not given one yet, which the rules exclude.
pub(super) fn instance_id(instance: &Instance) -> Answer<String> {
    let missing = || StoreError::Broken(format!("instance {} has no id of the merchant", instance.resource_id));
    instance.instance_id.clone().ok_or_else(missing)
}

/// A message for a call, not yet queued.
pub(super) fn message(core: &Core, instance: &Instance, call: &Call<'_>) -> Message {
    let now = core.foundation.clock.now();
    Message {
        message_id: core.foundation.entropy.id("msg", now),
        merchant_id: instance.merchant_id.clone(),
        order_id: call.order.map(|order| order.order_id.clone()),
        order_line_id: call.order.map(Order::order_line_id),
        resource_id: Some(instance.resource_id.clone()),
        instance_id: instance.instance_id.clone(),
        product_code: instance.product_code.clone(),
        interface: call.interface,
        scene: call.scene.to_owned(),
        body: call.request.to_body(),
        state: MessageState::Waiting,
        attempts: 0,
        first_call_at: None,
        last_call_at: None,
        next_attempt_at: Some(now),
        http_status: None,
        result_code: None,
        reason: None,
        exception: String::new(),
        warning: String::new(),
        single_attempt: None,
        created_at: now,
        version: 1,
    }
}

/// A call to make: of which interface, with which request, for which order.
pub(super) struct Call<'a> {
    pub(super) interface: Interface,
    pub(super) request: Request,
    pub(super) order: Option<&'a Order>,
    pub(super) scene: &'a str,
}

async fn put(core: &Core, batch: &mut Batch, instance: &Instance, call: Call<'_>) -> Answer<()> {
    let message = message(core, instance, &call);
    message::repo::insert(core, batch, &message);
    let product = catalog::product(core, &instance.product_code).await?;
    core.outbox.put(
        batch,
        NewJob {
            id: message.message_id.clone(),
            lane: instance.lane(),
            kind: message::JOB_KIND.to_owned(),
            endpoint: product.map_or_else(String::new, |product| product.address_id),
            merchant_id: instance.merchant_id.clone(),
            subject: instance.resource_id.clone(),
            payload: serde_json::json!({ "interface": call.interface }),
            due: message.created_at,
        },
    );
    Ok(())
}

async fn supersede(
    core: &Core,
    batch: &mut Batch,
    instance: &Instance,
    which: impl Fn(&Message) -> bool,
) -> Answer<()> {
    let now = core.foundation.clock.now();
    let open = message::repo::open_of_instance(&core.foundation.db, &instance.resource_id).await?;
    for mut older in open.into_iter().filter(|message| which(message)) {
        core.outbox.cancel(batch, &older.message_id, "superseded", now);
        older.state = MessageState::Superseded;
        older.next_attempt_at = None;
        message::repo::update(batch, &older);
    }
    Ok(())
}

/// The expiry in 14 or 17 digits, as configured (D8).
fn expire_time(core: &Core, at: Instant) -> CompactTime {
    match core.settings.expire_time_digits {
        17 => CompactTime::milliseconds(at.to_jiff()),
        _ => CompactTime::seconds(at.to_jiff()),
    }
}
