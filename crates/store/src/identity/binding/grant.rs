//! Authorising members by hand (手动授权) or by department (自动授权), and withdrawing it (取消授权).
//! Source: kit §1.6, §1.7.

use std::collections::HashSet;

use mercer_kernel::db::Batch;
use serde::Deserialize;

use super::authorised::{self, Authorisation};
use super::bind::not_in_use;
use super::recount::{by_department, put};
use super::rules::{self, Recount};
use super::{Binding, BindingState, client, repo};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::application::{self, Application};
use crate::identity::enterprise::{self, Tenant};
use crate::identity::member::{self, Member, MemberState};
use crate::identity::sync::{self, Flag};
use crate::identity::{check_site, department};
use crate::refusal::Refusal;

/// Members named in one grant: more are granted by department.
pub(crate) const MAX_NAMED: usize = 2_000;

/// Whom to authorise, or whose authorisation to withdraw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Grant {
    /// Account names.
    #[serde(default)]
    pub(crate) users: Vec<String>,
    /// Codes of departments, with everything below them.
    #[serde(default)]
    pub(crate) departments: Vec<String>,
}

/// Authorises; whoever is authorised already stays so.
pub(crate) async fn grant(core: &Core, binding_id: &str, wanted: &Grant) -> Answer<Binding> {
    change(core, binding_id, wanted, true).await
}

/// Withdraws.
pub(crate) async fn withdraw(core: &Core, binding_id: &str, wanted: &Grant) -> Answer<Binding> {
    change(core, binding_id, wanted, false).await
}

/// Releases mobile numbers and mail addresses to the seller, or no more; the merchant is told everybody anew. D34.
pub(crate) async fn release_personal(core: &Core, binding_id: &str, release: bool) -> Answer<Binding> {
    core.foundation
        .db
        .transact(|| async {
            let (mut binding, application, tenant) = in_use(core, binding_id).await?;
            let mut batch = Batch::new();
            enterprise::repo::touch(&mut batch, &tenant);
            if binding.release_personal != release {
                binding.release_personal = release;
                if rules::hears_members(&binding) {
                    let members =
                        member::repo::authorised(&core.foundation.db, &binding.tenant_id, &binding.binding_id).await?;
                    sync::tell_members(core, &mut batch, (&binding, &application), (Flag::Modify, &members));
                }
            }
            repo::update(&mut batch, &binding);
            Ok::<_, StoreError>((batch, binding))
        })
        .await
}

/// Adds the authorisation of a credential's test account; it is told at once when the test has come so far.
pub(crate) async fn authorise_tester(
    core: &Core,
    batch: &mut Batch,
    application: &Application,
    member: &Member,
) -> Answer<()> {
    let Some(binding) = repo::test_of(&core.foundation.db, &application.app_id).await? else { return Ok(()) };
    let created_at = core.foundation.clock.now();
    let row = Authorisation { user_name: member.user_name.clone(), manual: true, automatic: false, created_at };
    authorised::upsert(batch, &binding, &row);
    if rules::hears_members(&binding) {
        let told = (Flag::Add, std::slice::from_ref(member));
        sync::tell_members(core, batch, (&binding, application), told);
    }
    Ok(())
}

async fn change(core: &Core, binding_id: &str, wanted: &Grant, give: bool) -> Answer<Binding> {
    check_site(core)?;
    check_size(wanted)?;
    let db = &core.foundation.db;
    db.transact(|| async {
        let (binding, application, tenant) = in_use(core, binding_id).await?;
        if give && !binding.is_test() {
            let client = client(core, &binding.tenant_id, &binding.app_id).await?;
            rules::check_login_address(&application, &client.map_or_else(String::new, |client| client.login_address))?;
        }
        let mut batch = Batch::new();
        enterprise::repo::touch(&mut batch, &tenant);
        let mut rows = authorised::of_binding(db, &binding).await?;
        let mut recount = Recount::default();
        let members = named(core, &tenant, &wanted.users).await?;
        for member in &members {
            by_hand(&mut recount, &mut rows, (member, give), core)?;
        }
        if !wanted.departments.is_empty() {
            let departments = department::repo::all(db, &tenant.tenant_id).await?;
            let mut granted: HashSet<String> = authorised::departments(db, &binding).await?.into_iter().collect();
            for org_code in &wanted.departments {
                if !departments.iter().any(|one| one.org_code == *org_code) {
                    return Err(member::rules::no_department(org_code).into());
                }
                if give {
                    authorised::add_department(&mut batch, &binding, org_code);
                    granted.insert(org_code.clone());
                } else {
                    authorised::drop_department(&mut batch, &binding, org_code);
                    granted.remove(org_code);
                }
            }
            let places = member::repo::places(db, &tenant.tenant_id).await?;
            merge(&mut recount, by_department(core, (&places, &rows), &departments, &granted));
        }
        put(core, &mut batch, (&binding, &application), &recount).await?;
        repo::update(&mut batch, &binding);
        Ok::<_, StoreError>((batch, binding))
    })
    .await
}

/// A binding that can be authorised for, with its application and enterprise.
async fn in_use(core: &Core, binding_id: &str) -> Answer<(Binding, Application, Tenant)> {
    let binding = super::known(core, binding_id).await?;
    match binding.state {
        BindingState::Syncing | BindingState::Failed | BindingState::Bound | BindingState::Stopped => {}
        BindingState::Unbound => return Err(not_in_use().into()),
    }
    let application = application::known(core, &binding.app_id).await?;
    let tenant = enterprise::active(core, &binding.tenant_id).await?;
    Ok((binding, application, tenant))
}

fn by_hand(
    recount: &mut Recount,
    rows: &mut Vec<Authorisation>,
    (member, give): (&Member, bool),
    core: &Core,
) -> Result<(), Refusal> {
    let user_name = &member.user_name;
    if give && member.state == MemberState::Disabled {
        return Err(Refusal::conflict(
            "grant.disabled",
            format!("成员 {user_name} 已禁用，启用后才能授权"),
            format!("{user_name} is disabled; enable him first"),
        ));
    }
    let place = rows.iter().position(|row| row.user_name == *user_name);
    let before = place.map(|at| rows[at].clone());
    if !give && before.as_ref().is_some_and(|row| row.automatic) {
        return Err(Refusal::conflict(
            "grant.automatic",
            format!("成员 {user_name} 由部门自动授权，请取消其部门的授权或调整部门"),
            format!("{user_name} is authorised by his department; withdraw that of the department or move him"),
        ));
    }
    let after = Authorisation {
        user_name: user_name.clone(),
        manual: give,
        automatic: before.as_ref().is_some_and(|row| row.automatic),
        created_at: before
            .as_ref()
            .filter(|row| row.is_valid())
            .map_or(core.foundation.clock.now(), |row| row.created_at),
    };
    recount.note(before.as_ref(), after.clone());
    match place {
        Some(at) => rows[at] = after,
        None => rows.push(after),
    }
    Ok(())
}

/// A member named by hand and counted by department is told once.
fn merge(recount: &mut Recount, other: Recount) {
    let known: HashSet<String> = other.rows.iter().map(|row| row.user_name.clone()).collect();
    recount.rows.retain(|row| !known.contains(&row.user_name));
    recount.rows.extend(other.rows);
    let given: HashSet<String> = other.granted.iter().cloned().collect();
    let taken: HashSet<String> = other.withdrawn.iter().cloned().collect();
    // Withdrawn by hand and granted by department in one go, or the other way round: nothing has changed.
    let both: HashSet<String> = recount
        .withdrawn
        .iter()
        .filter(|name| given.contains(*name))
        .chain(recount.granted.iter().filter(|name| taken.contains(*name)))
        .cloned()
        .collect();
    recount.granted.extend(other.granted);
    recount.withdrawn.extend(other.withdrawn);
    recount.granted.retain(|name| !both.contains(name));
    recount.withdrawn.retain(|name| !both.contains(name));
}

fn check_size(wanted: &Grant) -> Result<(), Refusal> {
    if wanted.users.is_empty() && wanted.departments.is_empty() {
        return Err(Refusal::invalid("grant.nobody", "users", "请选择成员或部门", "name members or departments"));
    }
    if wanted.users.len() + wanted.departments.len() <= MAX_NAMED {
        return Ok(());
    }
    Err(Refusal::invalid(
        "grant.too_many",
        "users",
        format!("一次最多指定 {MAX_NAMED} 个成员或部门，更多成员请按部门授权"),
        format!("at most {MAX_NAMED} members or departments are named at once; authorise more by department"),
    ))
}

async fn named(core: &Core, tenant: &Tenant, users: &[String]) -> Answer<Vec<Member>> {
    let mut members = Vec::new();
    let mut seen = HashSet::new();
    for user_name in users.iter().filter(|name| seen.insert(name.as_str())) {
        let found = member::find(core, &tenant.tenant_id, user_name).await?;
        members.push(found.ok_or_else(|| Refusal { field: "users", ..member::unknown(user_name) })?);
    }
    Ok(members)
}
