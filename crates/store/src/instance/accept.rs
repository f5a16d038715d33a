//! The buyer confirms acceptance (确认验收): the period begins now, and the merchant is told the time.
//! Source: SaaS V1.0 §3.1, D24.

use mercer_kernel::db::Batch;

use super::{Instance, context, life, repo, rules};
use crate::Core;
use crate::callback;
use crate::error::{Answer, StoreError};
use crate::order;

/// Accepts an instance. That the merchant could not be told changes nothing for the buyer.
pub(crate) async fn accept(core: &Core, id: &str) -> Answer<Instance> {
    core.foundation
        .db
        .transact(|| async {
            let found = context::instance(core, id).await?;
            let opening = order::by_id(core, &found.order_id).await?;
            let mut order =
                opening.ok_or_else(|| StoreError::Broken(format!("instance {} has no order", found.resource_id)))?;
            let mut accepted = rules::accept(found, order.period_number, core.foundation.clock.now())?;
            order.expire_after = accepted.expire_at;
            let mut batch = Batch::new();
            repo::update(&mut batch, &accepted);
            order::repo::update(&mut batch, &order);
            life::schedule(core, &mut batch, &accepted);
            callback::accept_instance(core, &mut batch, &accepted, &order).await?;
            accepted.version += 1;
            Ok::<_, StoreError>((batch, accepted))
        })
        .await
}
