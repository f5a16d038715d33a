//! Enterprises (企业) of a buyer: members, departments, and the joint services they use.

mod admins;
mod departments;
mod grants;
mod import;
mod list;
mod member_form;
mod members;
mod overview;
mod quick;
mod service;
mod steps;

pub(in crate::console) use steps::{calls_table, timeline};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::Core;
use crate::console::Console;
use crate::console::desk::Buyer;
use crate::console::fault::Fault;
use crate::identity::binding::{self, Binding};
use crate::identity::enterprise::{self, Tenant, TenantKind};

/// Largest CSV file: 20,000 members with all their columns.
const FILE_LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// The routes of enterprises.
pub(super) fn routes() -> Router<Console> {
    let files = Router::new()
        .route("/enterprises/{tenant_id}/members/import", get(import::members).post(import::import_members))
        .route("/enterprises/{tenant_id}/departments/import", get(import::departments).post(import::import_departments))
        .layer(DefaultBodyLimit::max(FILE_LIMIT_BYTES));
    Router::new()
        .route("/enterprises", get(list::show))
        .route("/enterprises/new", get(list::new).post(list::create))
        .route("/enterprises/{tenant_id}", get(overview::show))
        .route("/enterprises/{tenant_id}/bind", post(overview::bind))
        .route("/enterprises/{tenant_id}/dissolve", get(admins::ask_dissolve).post(admins::dissolve))
        .route("/enterprises/{tenant_id}/admins", get(admins::show).post(admins::invite))
        .route("/enterprises/{tenant_id}/admins/resign", post(admins::resign))
        .route("/enterprises/{tenant_id}/members", get(members::show))
        .route("/enterprises/{tenant_id}/members/new", get(member_form::new).post(member_form::add))
        .route("/enterprises/{tenant_id}/members/export", get(import::export_members))
        .route("/enterprises/{tenant_id}/members/{user_name}", get(member_form::show).post(member_form::save))
        .route("/enterprises/{tenant_id}/members/{user_name}/{verb}", post(members::act))
        .route("/enterprises/{tenant_id}/departments", get(departments::show).post(departments::add))
        .route("/enterprises/{tenant_id}/departments/export", get(import::export_departments))
        .route("/enterprises/{tenant_id}/departments/{org_code}", get(departments::one).post(departments::save))
        .route("/enterprises/{tenant_id}/departments/{org_code}/delete", post(departments::delete))
        .route("/enterprises/{tenant_id}/services/{binding_id}", get(service::show))
        .route("/enterprises/{tenant_id}/services/{binding_id}/grant", post(grants::grant))
        .route("/enterprises/{tenant_id}/services/{binding_id}/withdraw", post(grants::withdraw))
        .route("/enterprises/{tenant_id}/services/{binding_id}/calls/{message_id}", post(service::retry_call))
        .route("/enterprises/{tenant_id}/services/{binding_id}/{verb}", post(service::act))
        .route("/services/{resource_id}/enterprise", get(quick::show).post(quick::save))
        .merge(files)
}

/// An enterprise that this buyer administers.
async fn own(core: &Core, buyer: &Buyer, tenant_id: &str) -> Result<Tenant, Fault> {
    let found = enterprise::find(core, tenant_id).await?.filter(|found| found.kind == TenantKind::Enterprise);
    let tenant = found.ok_or_else(Fault::missing)?;
    if enterprise::is_admin(core, tenant_id, buyer.id()).await? { Ok(tenant) } else { Err(Fault::missing()) }
}

/// A binding of such an enterprise.
async fn own_binding(core: &Core, tenant: &Tenant, binding_id: &str) -> Result<Binding, Fault> {
    let found = binding::find(core, binding_id).await?;
    found.filter(|found| found.tenant_id == tenant.tenant_id).ok_or_else(Fault::missing)
}

/// The address of a page of an enterprise.
fn path(tenant: &Tenant, rest: &str) -> String {
    format!("/enterprises/{}{rest}", tenant.tenant_id)
}
