//! Ending a binding (解绑), and stopping and starting an application (应用启停). Source: kit D22.

use mercer_kernel::db::Batch;

use super::bind::{not_in_use, still_syncing, supersede};
use super::{Binding, BindingState, authorised, client, repo};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::enterprise::{self, Tenant};
use crate::identity::sync::{self, Flag};
use crate::identity::{application, member};
use crate::instance::{self, InstanceState};
use crate::refusal::Refusal;

/// Ends a binding: everybody's authorisation, the application, the enterprise. The order lives on.
pub(crate) async fn unbind(core: &Core, binding_id: &str) -> Answer<Binding> {
    core.foundation
        .db
        .transact(|| async {
            let binding = super::known(core, binding_id).await?;
            if binding.is_test() {
                return Err(Refusal::conflict(
                    "binding.test",
                    "应用凭证的测试企业不能解绑",
                    "the test of a credential is not unbound",
                )
                .into());
            }
            let tenant = enterprise::active(core, &binding.tenant_id).await?;
            let mut batch = Batch::new();
            enterprise::repo::touch(&mut batch, &tenant);
            let ended = put_unbinding(core, &mut batch, binding, &tenant).await?;
            Ok::<_, StoreError>((batch, ended))
        })
        .await
}

/// Adds the end of a binding; the caller raises the version of the enterprise.
pub(crate) async fn put_unbinding(
    core: &Core,
    batch: &mut Batch,
    mut binding: Binding,
    tenant: &Tenant,
) -> Answer<Binding> {
    if binding.state == BindingState::Unbound {
        return Err(not_in_use().into());
    }
    supersede(core, batch, &binding).await?;
    if is_open(core, &binding).await? {
        let application = application::known(core, &binding.app_id).await?;
        let voice = (&binding, &application);
        if binding.state == BindingState::Bound {
            let members =
                member::repo::authorised(&core.foundation.db, &binding.tenant_id, &binding.binding_id).await?;
            sync::tell_members(core, batch, voice, (Flag::Withdraw, &members));
        }
        if let Some(client) = client(core, &binding.tenant_id, &binding.app_id).await? {
            sync::tell_application(core, batch, voice, (&client, Flag::Delete));
        }
        sync::tell_tenant(core, batch, voice, (tenant, Flag::Delete));
    }
    authorised::forget_binding(batch, &binding);
    binding.state = BindingState::Unbound;
    binding.ended_at = Some(core.foundation.clock.now());
    repo::update(batch, &binding);
    Ok(binding)
}

/// Stops an application: everybody's authorisation is withdrawn until it is started again.
pub(crate) async fn stop(core: &Core, binding_id: &str) -> Answer<Binding> {
    switch(core, binding_id, (BindingState::Bound, BindingState::Stopped), Flag::Withdraw).await
}

/// Starts an application again: everybody is authorised as before, with what changed meanwhile.
pub(crate) async fn start(core: &Core, binding_id: &str) -> Answer<Binding> {
    switch(core, binding_id, (BindingState::Stopped, BindingState::Bound), Flag::Add).await
}

async fn switch(
    core: &Core,
    binding_id: &str,
    (from, to): (BindingState, BindingState),
    flag: Flag,
) -> Answer<Binding> {
    core.foundation
        .db
        .transact(|| async {
            let mut binding = super::known(core, binding_id).await?;
            if binding.state != from {
                return Err(match binding.state {
                    BindingState::Syncing | BindingState::Failed => still_syncing(),
                    BindingState::Bound => {
                        Refusal::conflict("binding.started", "应用已启用", "the application is in use")
                    }
                    BindingState::Stopped | BindingState::Unbound => not_in_use(),
                }
                .into());
            }
            let tenant = enterprise::active(core, &binding.tenant_id).await?;
            let application = application::known(core, &binding.app_id).await?;
            let members =
                member::repo::authorised(&core.foundation.db, &binding.tenant_id, &binding.binding_id).await?;
            let mut batch = Batch::new();
            enterprise::repo::touch(&mut batch, &tenant);
            if is_open(core, &binding).await? {
                sync::tell_members(core, &mut batch, (&binding, &application), (flag, &members));
            }
            binding.state = to;
            repo::update(&mut batch, &binding);
            Ok::<_, StoreError>((batch, binding))
        })
        .await
}

/// Whether the merchant still has the instance; one that ended hears nothing more.
async fn is_open(core: &Core, binding: &Binding) -> Answer<bool> {
    let Some(resource_id) = &binding.resource_id else { return Ok(true) };
    let found = instance::find_resource(&core.foundation.db, resource_id).await?;
    Ok(found.is_some_and(|found| matches!(found.state, InstanceState::Active | InstanceState::Frozen)))
}
