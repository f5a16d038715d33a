//! What the gateway's events about enterprises, their members and departments do here: the newest values
//! are kept, what is withdrawn may not enter any more, what is deleted is gone.
//!
//! The gateway sends the events of one instance in order and drops what is late, so nothing is compared
//! here; the event's id makes sure that each does its work once.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::vault::{Place, VaultError};
use serde::Deserialize;

use super::SampleApp;
use super::tenant_repo as repo;

/// `data` of every event about an enterprise, as far as this app reads it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Told {
    pub(crate) instance_id: String,
    pub(crate) tenant_id: String,
    tenant_code: String,
    name: String,
    domain_name: String,
    client_id: String,
    client_secret: String,
    org_code: String,
    org_name: String,
    parent_code: String,
    members: Vec<Member>,
    departments: Vec<Department>,
}

/// A member of an event.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Member {
    user_name: String,
    name: String,
    org_code: String,
    role: String,
    enable: bool,
}

/// A department of an event.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Department {
    org_code: String,
    org_name: String,
    parent_code: String,
}

/// Puts what an event means into the batch that remembers the event.
///
/// # Errors
/// When a secret cannot be sealed.
pub(crate) fn apply(
    app: &SampleApp,
    batch: &mut Batch,
    (kind, told): (&str, &Told),
    now: Instant,
) -> Result<(), VaultError> {
    let scope = (told.instance_id.as_str(), told.tenant_id.as_str());
    match kind {
        "mercer.tenant.changed" => {
            repo::put_tenant(batch, scope, (&told.tenant_code, &told.name, &told.domain_name), now);
        }
        "mercer.tenant.deleted" => repo::delete_tenant(batch, scope),
        "mercer.application.changed" => {
            let place = secret_place(&told.tenant_id);
            let sealed = app.vault().seal(place, &told.client_secret)?;
            repo::put_client(batch, scope, (&told.client_id, Some(sealed)), now);
        }
        "mercer.application.deleted" => repo::put_client(batch, scope, ("", None), now),
        "mercer.member.authorized" | "mercer.member.changed" => {
            for member in &told.members {
                let row = repo::MemberRow {
                    user_name: member.user_name.clone(),
                    name: member.name.clone(),
                    org_code: member.org_code.clone(),
                    role: member.role.clone(),
                    may_enter: member.enable,
                };
                repo::put_member(batch, scope, &row, now);
            }
        }
        "mercer.member.withdrawn" => {
            told.members.iter().for_each(|member| repo::bar_member(batch, scope, &member.user_name, now));
        }
        "mercer.member.deleted" => {
            told.members.iter().for_each(|member| repo::delete_member(batch, scope, &member.user_name));
        }
        "mercer.department.changed" => {
            repo::put_department(batch, scope, (&told.org_code, &told.org_name, &told.parent_code));
        }
        "mercer.department.deleted" => repo::delete_department(batch, scope, &told.org_code),
        "mercer.departments.synced" => {
            for one in &told.departments {
                repo::put_department(batch, scope, (&one.org_code, &one.org_name, &one.parent_code));
            }
        }
        // An event of a newer gateway harms nobody.
        _ => {}
    }
    Ok(())
}

/// Where the client secret of an enterprise lies.
fn secret_place(tenant_id: &str) -> Place<'_> {
    Place { table: "app_tenant", row: tenant_id, column: "client_secret_sealed" }
}
