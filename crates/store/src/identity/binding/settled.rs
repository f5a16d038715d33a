//! What follows a call of the kit: the next step of its binding, or that it failed.

use mercer_kernel::db::Batch;

use super::{Binding, BindingState, client, repo};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::sync::{self, Flag};
use crate::identity::{application, department, enterprise, member};
use crate::message::Message;

/// A call succeeded: the next step follows, and after the third everybody authorised. Source: kit D21.
pub(crate) async fn succeeded(core: &Core, batch: &mut Batch, message: &Message) -> Answer<()> {
    let Some(mut binding) = of_message(core, message).await? else { return Ok(()) };
    if !matches!(binding.state, BindingState::Syncing | BindingState::Failed) {
        return Ok(());
    }
    let is = |call: &Option<String>| call.as_ref() == Some(&message.message_id);
    let application = application::known(core, &binding.app_id).await?;
    let db = &core.foundation.db;
    if is(&binding.tenant_call) {
        let missing = || StoreError::Broken(format!("binding {} has no client", binding.binding_id));
        let client = client(core, &binding.tenant_id, &binding.app_id).await?.ok_or_else(missing)?;
        binding.application_call =
            Some(sync::tell_application(core, batch, (&binding, &application), (&client, Flag::Add)));
        binding.state = BindingState::Syncing;
    } else if is(&binding.application_call) {
        let departments = department::tree(core, &binding.tenant_id).await?;
        touch_tenant(core, batch, &binding).await?;
        binding.departments_call =
            Some(sync::tell_all_departments(core, batch, (&binding, &application), &departments));
        binding.state = BindingState::Syncing;
    } else if is(&binding.departments_call) {
        let members = member::repo::authorised(db, &binding.tenant_id, &binding.binding_id).await?;
        touch_tenant(core, batch, &binding).await?;
        sync::tell_members(core, batch, (&binding, &application), (Flag::Add, &members));
        binding.state = BindingState::Bound;
        binding.bound_at = Some(core.foundation.clock.now());
    } else {
        return Ok(());
    }
    repo::update(batch, &binding);
    Ok(())
}

/// A call was given up: a binding whose step it was has failed, until the step is tried again.
pub(crate) async fn given_up(core: &Core, batch: &mut Batch, message: &Message) -> Answer<()> {
    let Some(mut binding) = of_message(core, message).await? else { return Ok(()) };
    let calls = [&binding.tenant_call, &binding.application_call, &binding.departments_call];
    let is_step = calls.iter().any(|call| call.as_ref() == Some(&message.message_id));
    if is_step && binding.state == BindingState::Syncing {
        binding.state = BindingState::Failed;
        repo::update(batch, &binding);
    }
    Ok(())
}

async fn of_message(core: &Core, message: &Message) -> Answer<Option<Binding>> {
    match &message.subject {
        Some(binding_id) => Ok(repo::find(&core.foundation.db, binding_id).await?),
        None => Ok(None),
    }
}

/// Whoever edits departments or members at this moment meets a conflict and reads again.
async fn touch_tenant(core: &Core, batch: &mut Batch, binding: &Binding) -> Answer<()> {
    if let Some(tenant) = enterprise::find(core, &binding.tenant_id).await? {
        enterprise::repo::touch(batch, &tenant);
    }
    Ok(())
}
