//! Freezing because of a violation, and clearing it: commands of the store's operator.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;

use super::rules::{self, Told};
use super::{Instance, context, life, repo};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::refusal::Refusal;

/// Freezes an instance because of a violation (违规冻结).
pub(crate) async fn freeze(core: &Core, id: &str) -> Answer<Instance> {
    decide(core, id, rules::freeze).await
}

/// Clears the violation (解除冻结).
pub(crate) async fn unfreeze(core: &Core, id: &str) -> Answer<Instance> {
    decide(core, id, |instance, _| rules::unfreeze(instance)).await
}

async fn decide(
    core: &Core,
    id: &str,
    rule: impl Fn(Instance, Instant) -> Result<(Instance, Told), Refusal>,
) -> Answer<Instance> {
    core.foundation
        .db
        .transact(|| async {
            let found = context::instance(core, id).await?;
            let (mut instance, told) = rule(found, core.foundation.clock.now())?;
            let mut batch = Batch::new();
            repo::update(&mut batch, &instance);
            life::tell(core, &mut batch, &instance, told).await?;
            instance.version += 1;
            Ok::<_, StoreError>((batch, instance))
        })
        .await
}
