//! What a finished series of SaaS calls means for the order and the instance, whatever the protocol version.

use mercer_kernel::db::Batch;

use super::judge::{Verdict, remark};
use super::policy::{After, Policy};
use super::{Interface, verbs};
use crate::Core;
use crate::catalog::{self, FailedOrder, Names};
use crate::error::{Answer, StoreError};
use crate::instance::rules::Told;
use crate::instance::{self, Instance, InstanceState, calendar};
use crate::message::{self, Message, MessageState};
use crate::notification;
use crate::order::{self, Order, OrderKind, OrderState};

/// Adds what follows from success to a batch.
pub(super) async fn succeeded(core: &Core, batch: &mut Batch, message: &mut Message, verdict: &Verdict) -> Answer<()> {
    let Some(instance) = instance_of(core, message).await? else { return Ok(()) };
    if let Verdict::Opened { instance_id } = verdict {
        return opened(core, batch, message, (instance, instance_id)).await;
    }
    match message.interface {
        Interface::QueryPoll => ready(core, batch, message, instance).await,
        Interface::Refresh | Interface::V1Refresh => refreshed(core, batch, message, instance).await,
        Interface::Upgrade | Interface::V1Upgrade => upgraded(core, batch, message, instance).await,
        Interface::Release | Interface::V1Release => {
            let released = instance::rules::released(instance.clone(), core.foundation.clock.now());
            if released != instance {
                instance::update(batch, &released);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Adds what follows when a series is given up.
pub(super) async fn exhausted(core: &Core, batch: &mut Batch, message: &Message, policy: &Policy) -> Answer<()> {
    match policy.after {
        After::FailOrder => fail_order(core, batch, message).await,
        After::AwaitRestart | After::ReportToCaller | After::RefuseChange => Ok(()),
    }
}

/// newInstance was accepted: remember the merchant's id. The first id counts (D20). In V2.0 the polls begin;
/// in V1.0 the answer itself completes the order.
async fn opened(
    core: &Core,
    batch: &mut Batch,
    message: &mut Message,
    (mut instance, id): (Instance, &str),
) -> Answer<()> {
    match &instance.instance_id {
        Some(known) if known != id => {
            remark(&mut message.warning, &format!("another instanceId on a resend: {id}; {known} stays"));
        }
        Some(_) => {}
        None => instance.instance_id = Some(id.to_owned()),
    }
    message.instance_id.clone_from(&instance.instance_id);
    if instance.state != InstanceState::Opening {
        return Ok(());
    }
    if message.interface == Interface::V1NewInstance {
        return ready(core, batch, message, instance).await;
    }
    let order = order_of(core, message).await?;
    instance::update(batch, &instance);
    verbs::poll(core, batch, &instance, &order).await
}

/// The instance information is there: the order is completed, the period begins.
async fn ready(core: &Core, batch: &mut Batch, message: &Message, instance: Instance) -> Answer<()> {
    let order = order_of(core, message).await?;
    if instance.state != InstanceState::Opening || order.state != OrderState::Processing {
        return Ok(());
    }
    let now = core.foundation.clock.now();
    let active = instance::rules::activate(instance, order.period_number, now)?;
    let mut completed = order::rules::completed(order, now);
    completed.expire_after = active.expire_at;
    instance::update(batch, &active);
    order::repo::update(batch, &completed);
    instance::schedule(core, batch, &active);
    Ok(())
}

/// The merchant knows the new expiry: the order is completed, and an instance frozen by expiry comes back.
async fn refreshed(core: &Core, batch: &mut Batch, message: &Message, instance: Instance) -> Answer<()> {
    let now = core.foundation.clock.now();
    complete(core, batch, message).await?;
    // The expiry is absolute: this answer covers older renewals whose own call was given up.
    let open = message::repo::open_of_instance(&core.foundation.db, &instance.resource_id).await?;
    let covered = open.into_iter().filter(|older| {
        older.interface.is_refresh()
            && older.state == MessageState::AwaitingRestart
            && older.message_id != message.message_id
            && older.created_at <= message.created_at
    });
    for mut older in covered {
        complete(core, batch, &older).await?;
        older.state = MessageState::Superseded;
        message::repo::update(batch, &older);
    }
    let (after, told) = instance::rules::refreshed(instance.clone(), core.settings.lifecycle, now);
    if after != instance {
        instance::update(batch, &after);
        instance::schedule(core, batch, &after);
    }
    // A V1.0 merchant unfreezes at every renewal by itself; a violation that still holds is told once more.
    let told = if message.interface == Interface::V1Refresh && after.frozen_by_violation { Told::Freeze } else { told };
    instance::tell(core, batch, &after, told).await
}

/// The merchant has upgraded: the instance is what the order bought.
async fn upgraded(core: &Core, batch: &mut Batch, message: &Message, mut instance: Instance) -> Answer<()> {
    let order = order_of(core, message).await?;
    if order.state != OrderState::Processing {
        return Ok(());
    }
    instance.sku_code.clone_from(&order.sku_code);
    instance.product_id.clone_from(&order.product_id);
    instance.names.clone_from(&order.names);
    instance.quantity = order.quantity;
    instance::update(batch, &instance);
    order::repo::update(batch, &order::rules::completed(order, core.foundation.clock.now()));
    Ok(())
}

/// The order fails, is unsubscribed and refunded in full, and counts towards
/// delisting the product. Source: SaaS V2.0 §3.8.
async fn fail_order(core: &Core, batch: &mut Batch, message: &Message) -> Answer<()> {
    let order = order_of(core, message).await?;
    let Some(instance) = instance_of(core, message).await? else { return Ok(()) };
    if order.state != OrderState::Processing {
        return Ok(());
    }
    let (failed, refund) = give_back(core, batch, order, message);
    count_failure(core, batch, &failed);
    notification::queue(core, batch, &refund).await?;
    if failed.kind == OrderKind::Change {
        return Ok(());
    }
    let opened = instance.instance_id.is_some();
    let dead = instance::rules::fail(instance);
    instance::update(batch, &dead);
    if opened {
        // The merchant has something under this id; it is told that nobody wants it any more.
        verbs::release_failed(core, batch, (&dead, &refund), message).await?;
    }
    Ok(())
}

/// Fails an order because of a message that was given up, and refunds it in full; the merchant is told. Returns the
/// failed order and its refund.
pub(crate) fn give_back(core: &Core, batch: &mut Batch, order: Order, message: &Message) -> (Order, Order) {
    let now = core.foundation.clock.now();
    let failed = order::rules::failed(order, &message.exception, now);
    let kind = OrderKind::Unsubscribe;
    let refund = order::rules::refund_order(kind, &failed, failed.payable, order::new_id(core, now), now);
    order::repo::update(batch, &failed);
    order::repo::insert(core, batch, &refund);
    message::note_order_failed(core, batch, message, &format!("{} {}", failed.currency.sign(), failed.payable));
    (failed, refund)
}

/// Counts an order that failed by an interface; too many in a month delist the product.
pub(super) fn count_failure(core: &Core, batch: &mut Batch, order: &Order) {
    let now = core.foundation.clock.now();
    let limit = core.policies.failed_orders_limit();
    let text = Names::new(
        format!("商品 {} 本月因生产接口失败的订单超过 {limit} 个，已下架。", order.names.zh),
        format!("{} had more than {limit} failed orders this month and is delisted.", order.names.en),
    );
    catalog::delist_after_failures(
        batch,
        &FailedOrder {
            merchant_id: &order.merchant_id,
            product_code: &order.product_code,
            month: &calendar::month(now),
            limit,
            notice_id: &core.foundation.entropy.id("ntc", now),
            text: &text,
            now,
            position: core.next_position(),
        },
    );
}

async fn complete(core: &Core, batch: &mut Batch, message: &Message) -> Answer<()> {
    let order = order_of(core, message).await?;
    if order.state == OrderState::Processing {
        order::repo::update(batch, &order::rules::completed(order, core.foundation.clock.now()));
    }
    Ok(())
}

async fn order_of(core: &Core, message: &Message) -> Answer<Order> {
    let order_id = message.order_id.as_deref().unwrap_or_default();
    let missing = || StoreError::Broken(format!("message {} has no order", message.message_id));
    order::repo::find(&core.foundation.db, order_id).await?.ok_or_else(missing)
}

async fn instance_of(core: &Core, message: &Message) -> Answer<Option<Instance>> {
    let resource_id = message.resource_id.as_deref().unwrap_or_default();
    Ok(instance::find_resource(&core.foundation.db, resource_id).await?)
}
