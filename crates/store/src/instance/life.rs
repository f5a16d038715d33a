//! What happens to an instance by itself: one timer per instance, standing at the next such time.

use mercer_kernel::db::Batch;
use mercer_kernel::outbox::{Job, NewJob, Outcome, Settlement};

use super::rules::{self, Due, Told};
use super::{Instance, InstanceState, context, repo};
use crate::Core;
use crate::callback::{self, Status};
use crate::error::Answer;
use crate::order::{self, Order, OrderKind};

/// Kind of the timers.
pub(crate) const JOB_KIND: &str = "life";

/// The instance a paid order opens.
pub(crate) fn opened_by(core: &Core, order: &Order, acceptance: bool) -> Instance {
    let now = core.foundation.clock.now();
    Instance {
        resource_id: core.foundation.entropy.id("ins", now),
        instance_id: None,
        merchant_id: order.merchant_id.clone(),
        buyer_id: order.buyer_id.clone(),
        order_id: order.order_id.clone(),
        product_code: order.product_code.clone(),
        sku_code: order.sku_code.clone(),
        product_id: order.product_id.clone(),
        names: order.names.clone(),
        charging_mode: order.charging_mode,
        period_type: order.period_type,
        quantity: order.quantity,
        trial: order.kind == OrderKind::Trial,
        state: InstanceState::Opening,
        frozen_by_expiry: false,
        frozen_by_violation: false,
        acceptance,
        accepted_at: None,
        activated_at: None,
        formal_at: None,
        expire_at: None,
        frozen_at: None,
        release_at: None,
        released_at: None,
        created_at: now,
        version: 1,
    }
}

/// Adds the timer of an instance to a batch, or moves it: to the next time something happens by itself.
pub(crate) fn schedule(core: &Core, batch: &mut Batch, instance: &Instance) {
    let now = core.foundation.clock.now();
    let id = format!("life_{}", instance.resource_id);
    let due = match rules::due(instance, core.settings.lifecycle, now) {
        Due::At(due) => due,
        Due::Freeze | Due::Release => now,
        Due::Never => {
            core.outbox.cancel(batch, &id, "the instance has ended", now);
            return;
        }
    };
    core.outbox.put_or_move(
        batch,
        NewJob {
            id,
            lane: String::new(),
            kind: JOB_KIND.to_owned(),
            endpoint: "timer".to_owned(),
            merchant_id: instance.merchant_id.clone(),
            subject: instance.resource_id.clone(),
            payload: serde_json::Value::Null,
            due,
        },
    );
}

/// The timer has come: freezes, releases, or looks again later.
pub(crate) async fn settle_life(core: &Core, job: &Job) -> Answer<Settlement> {
    let mut effects = Batch::new();
    let now = core.foundation.clock.now();
    let lifecycle = core.settings.lifecycle;
    let Some(instance) = repo::find_resource(&core.foundation.db, &job.subject).await? else {
        return Ok(Settlement { outcome: Outcome::Done, effects, record: None });
    };
    let after = match rules::due(&instance, lifecycle, now) {
        Due::Never | Due::At(_) => instance,
        Due::Freeze => {
            let (frozen, told) = rules::expire(instance, lifecycle, now);
            repo::update(&mut effects, &frozen);
            tell(core, &mut effects, &frozen, told).await?;
            frozen
        }
        Due::Release => {
            let released = rules::release(instance);
            repo::update(&mut effects, &released);
            let orders = order::repo::of_instance(&core.foundation.db, &released.resource_id).await?;
            context::cancel_unpaid(core, &mut effects, &orders);
            super::unsubscribe::refund_unfinished(core, &mut effects, &orders).await?;
            callback::release_instance(core, &mut effects, &released, None).await?;
            released
        }
    };
    let outcome = match rules::due(&after, lifecycle, now) {
        Due::At(due) => Outcome::Again(due),
        Due::Freeze | Due::Release => Outcome::Again(now),
        Due::Never => Outcome::Done,
    };
    Ok(Settlement { outcome, effects, record: None })
}

/// Adds the callback that tells the merchant about a status.
pub(crate) async fn tell(core: &Core, batch: &mut Batch, instance: &Instance, told: Told) -> Answer<()> {
    match told {
        Told::Nothing => Ok(()),
        Told::Freeze => callback::update_status(core, batch, instance, Status::Freeze).await,
        Told::Unfreeze => callback::update_status(core, batch, instance, Status::Unfreeze).await,
    }
}
