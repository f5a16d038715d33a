//! Bindings (绑定): an instance of a joint product that an enterprise uses, and who in it is authorised.
//!
//! At binding the merchant is told enterprise, application and departments, strictly in this order, each call
//! after the success of the one before; whoever is authorised is told after these three (kit D21). The test of
//! an application credential is a binding too: of its own enterprise, without an instance.
//!
//! One instance is bound to one enterprise at a time; several instances of one application are bound to one
//! enterprise only when its credential allows it. Source: kit §1.6, §4.1, decisions D10, D14, D21, D22, D33.

pub(crate) mod authorised;
mod bind;
mod client;
mod grant;
mod recount;
pub(crate) mod repo;
pub(crate) mod rules;
mod settled;
mod unbind;

pub(crate) use bind::{NewBinding, bind, bind_test, retry, start_over};
pub(crate) use client::{
    Client, client, clients_of_application, fresh_client, insert_client, open_secret, set_login_address,
};
pub(crate) use grant::{Grant, authorise_tester, grant, release_personal, withdraw};
pub(crate) use recount::{MemberNews, recount, tell_members};
pub(crate) use settled::{given_up, succeeded};
pub(crate) use unbind::{put_unbinding, start, stop, unbind};

use mercer_kernel::clock::Instant;
use serde::Serialize;

use super::KitVersion;
use crate::Core;
use crate::codes::codes;
use crate::error::Answer;
use crate::message::{self, Message};
use crate::refusal::Refusal;

codes! {
    /// Where a binding stands (绑定状态).
    BindingState {
        /// The merchant is being told enterprise, application, departments (同步中).
        Syncing = "syncing",
        /// One of the three calls was given up; it can be tried again (同步失败).
        Failed = "failed",
        /// The merchant knows everything (已绑定).
        Bound = "bound",
        /// Stopped by an admin: nobody is authorised until it is started again (已停用).
        Stopped = "stopped",
        /// Ended (已解绑).
        Unbound = "unbound",
    }
}

/// A binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Binding {
    /// Its id.
    pub(crate) binding_id: String,
    /// Whose application.
    pub(crate) merchant_id: String,
    /// Which enterprise.
    pub(crate) tenant_id: String,
    /// Which application credential.
    pub(crate) app_id: String,
    /// The store's id of the instance; none for the test of a credential.
    pub(crate) resource_id: Option<String>,
    /// The merchant's id of the instance; empty for a test. D14.
    pub(crate) instance_id: String,
    /// The order that opened the instance; empty for a test.
    pub(crate) order_id: String,
    /// The product; empty for a test.
    pub(crate) product_code: String,
    /// The kit version that is spoken.
    pub(crate) protocol: KitVersion,
    /// Where it stands.
    pub(crate) state: BindingState,
    /// Whether the buyer releases mobile numbers and mail addresses. D34.
    pub(crate) release_personal: bool,
    /// The message that tells the enterprise.
    pub(crate) tenant_call: Option<String>,
    /// The message that tells the application.
    pub(crate) application_call: Option<String>,
    /// The message that tells the departments.
    pub(crate) departments_call: Option<String>,
    /// When the merchant knew everything.
    pub(crate) bound_at: Option<Instant>,
    /// When it ended.
    pub(crate) ended_at: Option<Instant>,
    /// When it was made.
    pub(crate) created_at: Instant,
    /// Grows with every change.
    #[serde(skip)]
    pub(crate) version: i64,
}

impl Binding {
    /// Its calls are made in order, and hold back nobody else's.
    pub(crate) fn lane(&self) -> String {
        format!("kit/{}", self.resource_id.as_ref().unwrap_or(&self.app_id))
    }

    /// Whether it is the test of a credential.
    pub(crate) fn is_test(&self) -> bool {
        self.resource_id.is_none()
    }
}

/// One of the three steps of a binding, for people.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Which.
    pub(crate) kind: StepKind,
    /// Its message, once it was decided.
    pub(crate) message: Option<Message>,
}

/// The steps of a binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepKind {
    /// 企业同步.
    Tenant,
    /// 应用同步.
    Application,
    /// 部门全量同步.
    Departments,
}

/// The binding with this id.
pub(crate) async fn find(core: &Core, binding_id: &str) -> Answer<Option<Binding>> {
    Ok(repo::find(&core.foundation.db, binding_id).await?)
}

/// The binding that tests a credential: of its test tenant, to no instance.
pub(crate) async fn test_of(core: &Core, app_id: &str) -> Answer<Option<Binding>> {
    Ok(repo::test_of(&core.foundation.db, app_id).await?)
}

/// The binding with this id, or the refusal that there is none.
pub(crate) async fn known(core: &Core, binding_id: &str) -> Answer<Binding> {
    Ok(find(core, binding_id)
        .await?
        .ok_or_else(|| Refusal::not_found("binding.unknown", "没有这个绑定", "there is no such binding"))?)
}

/// The binding of an instance that has not ended.
pub(crate) async fn of_resource(core: &Core, resource_id: &str) -> Answer<Option<Binding>> {
    Ok(repo::of_resource(&core.foundation.db, resource_id).await?)
}

/// All bindings of an enterprise, newest first, the ended ones included; a rule bounds how many there are.
pub(crate) async fn of_tenant(core: &Core, tenant_id: &str) -> Answer<Vec<Binding>> {
    Ok(repo::of_tenant(&core.foundation.db, tenant_id).await?)
}

/// The three steps of a binding as they stand.
pub(crate) async fn steps(core: &Core, binding: &Binding) -> Answer<Vec<Step>> {
    let mut steps = Vec::new();
    for (kind, call) in [
        (StepKind::Tenant, &binding.tenant_call),
        (StepKind::Application, &binding.application_call),
        (StepKind::Departments, &binding.departments_call),
    ] {
        let message = match call {
            Some(message_id) => message::find(core, message_id).await?.map(|detail| detail.message),
            None => None,
        };
        steps.push(Step { kind, message });
    }
    Ok(steps)
}
