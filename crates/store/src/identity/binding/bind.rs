//! Binding an instance to an enterprise, the test of a credential, and trying a failed step again.

use mercer_kernel::db::Batch;
use serde::Deserialize;

use super::{Binding, BindingState, client, fresh_client, insert_client, repo, rules, steps};
use crate::Core;
use crate::catalog;
use crate::error::{Answer, StoreError};
use crate::identity::application::{self, Application};
use crate::identity::enterprise::{self, Tenant};
use crate::identity::sync::{self, Flag};
use crate::identity::{KitVersion, check_site};
use crate::instance;
use crate::message::{self, MessageFilter, MessageState};
use crate::refusal::Refusal;
use crate::window::Window;

/// What to bind to what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewBinding {
    /// The enterprise.
    pub(crate) tenant_id: String,
    /// The instance: the store's id of it, the merchant's, or the order that opened it.
    pub(crate) resource_id: String,
    /// Whether mobile numbers and mail addresses are released to the seller.
    #[serde(default)]
    pub(crate) release_personal: bool,
}

/// Binds an instance; the merchant is told step by step.
pub(crate) async fn bind(core: &Core, wanted: &NewBinding) -> Answer<Binding> {
    check_site(core)?;
    let db = &core.foundation.db;
    db.transact(|| async {
        let tenant = enterprise::active(core, &wanted.tenant_id).await?;
        let instance = instance::find(core, &wanted.resource_id).await?.ok_or_else(unknown_instance)?;
        if !enterprise::is_admin(core, &tenant.tenant_id, &instance.buyer_id).await? {
            return Err(Refusal::forbidden(
                "binding.admin",
                "购买者不是该企业的管理员，不能把服务绑定到该企业",
                "who bought the service is no admin of the enterprise; it cannot be bound there",
            )
            .into());
        }
        let product = catalog::product(core, &instance.product_code).await?.ok_or_else(unknown_instance)?;
        let application = application::known(core, rules::application_of(&product)?).await?;
        let instance_id = rules::check_instance(&instance)?.to_owned();
        let elsewhere = repo::of_resource(db, &instance.resource_id).await?;
        rules::check_free(&application, elsewhere.as_ref(), &repo::of_tenant(db, &tenant.tenant_id).await?)?;
        let mut binding = Binding {
            resource_id: Some(instance.resource_id.clone()),
            instance_id,
            order_id: instance.order_id.clone(),
            product_code: instance.product_code.clone(),
            release_personal: wanted.release_personal,
            ..fresh(core, &application, &tenant, rules::kit_version(&product)?)
        };
        let mut batch = Batch::new();
        if client(core, &tenant.tenant_id, &application.app_id).await?.is_none() {
            insert_client(&mut batch, &fresh_client(core, &tenant.tenant_id, &application.app_id)?);
        }
        enterprise::repo::touch(&mut batch, &tenant);
        first_step(core, &mut batch, (&mut binding, &application), &tenant);
        repo::insert(core, &mut batch, &binding);
        Ok::<_, StoreError>((batch, binding))
    })
    .await
}

/// Adds the test of a new credential: its binding, its client, and the first call.
pub(crate) fn bind_test(core: &Core, batch: &mut Batch, application: &Application, tenant: &Tenant) -> Answer<()> {
    let mut binding = fresh(core, application, tenant, application.protocol);
    insert_client(batch, &fresh_client(core, &tenant.tenant_id, &application.app_id)?);
    first_step(core, batch, (&mut binding, application), tenant);
    repo::insert(core, batch, &binding);
    Ok(())
}

/// Starts all steps of a binding again: after a change of the credential, or because somebody asked for it.
pub(crate) async fn start_over(
    core: &Core,
    batch: &mut Batch,
    (mut binding, application): (Binding, &Application),
    tenant: &Tenant,
) -> Answer<Binding> {
    supersede(core, batch, &binding).await?;
    binding.application_call = None;
    binding.departments_call = None;
    binding.state = BindingState::Syncing;
    first_step(core, batch, (&mut binding, application), tenant);
    repo::update(batch, &binding);
    enterprise::repo::touch(batch, tenant);
    Ok(binding)
}

/// Tries again: the failed step, or, when there is none, all three of them.
pub(crate) async fn retry(core: &Core, binding_id: &str) -> Answer<Binding> {
    let binding = super::known(core, binding_id).await?;
    let failed = steps(core, &binding).await?.into_iter().find_map(|step| {
        step.message.filter(|message| matches!(message.state, MessageState::AwaitingRestart | MessageState::Retrying))
    });
    if let Some(failed) = failed {
        message::restart(core, &failed.message_id).await?;
        return super::known(core, binding_id).await;
    }
    core.foundation
        .db
        .transact(|| async {
            let binding = super::known(core, binding_id).await?;
            match binding.state {
                BindingState::Failed | BindingState::Bound => {}
                BindingState::Syncing => return Err(still_syncing().into()),
                BindingState::Stopped | BindingState::Unbound => return Err(not_in_use().into()),
            }
            let application = application::known(core, &binding.app_id).await?;
            let tenant = enterprise::active(core, &binding.tenant_id).await?;
            let mut batch = Batch::new();
            let after = start_over(core, &mut batch, (binding, &application), &tenant).await?;
            Ok::<_, StoreError>((batch, after))
        })
        .await
}

/// Supersedes the calls of a binding that are not through.
pub(super) async fn supersede(core: &Core, batch: &mut Batch, binding: &Binding) -> Answer<()> {
    let now = core.foundation.clock.now();
    for state in [MessageState::Waiting, MessageState::Retrying, MessageState::AwaitingRestart] {
        let filter =
            MessageFilter { subject: binding.binding_id.clone(), state: Some(state), ..MessageFilter::default() };
        for mut older in message::repo::list(&core.foundation.db, &filter, Window::first(i64::MAX)).await? {
            core.outbox.cancel(batch, &older.message_id, "superseded", now);
            older.state = MessageState::Superseded;
            older.next_attempt_at = None;
            message::repo::update(batch, &older);
        }
    }
    Ok(())
}

/// The refusal that the steps are under way.
pub(super) fn still_syncing() -> Refusal {
    Refusal::conflict(
        "binding.syncing",
        "正在向商家同步，请稍候",
        "the merchant is being told at this moment; please wait",
    )
}

/// The refusal that the application is not in use.
pub(super) fn not_in_use() -> Refusal {
    Refusal::conflict("binding.not_in_use", "应用已停用或已解绑", "the application was stopped or unbound")
}

fn first_step(core: &Core, batch: &mut Batch, (binding, application): (&mut Binding, &Application), tenant: &Tenant) {
    let told = sync::tell_tenant(core, batch, (&*binding, application), (tenant, Flag::Add));
    binding.tenant_call = Some(told);
}

fn fresh(core: &Core, application: &Application, tenant: &Tenant, protocol: KitVersion) -> Binding {
    let now = core.foundation.clock.now();
    Binding {
        binding_id: core.foundation.entropy.id("bnd", now),
        merchant_id: application.merchant_id.clone(),
        tenant_id: tenant.tenant_id.clone(),
        app_id: application.app_id.clone(),
        resource_id: None,
        instance_id: String::new(),
        order_id: String::new(),
        product_code: String::new(),
        protocol,
        state: BindingState::Syncing,
        release_personal: false,
        tenant_call: None,
        application_call: None,
        departments_call: None,
        bound_at: None,
        ended_at: None,
        created_at: now,
        version: 1,
    }
}

fn unknown_instance() -> Refusal {
    Refusal::not_found("instance.unknown", "没有这个服务", "there is no such service")
}
