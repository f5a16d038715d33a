//! Making, changing and deleting departments; each edit is told to bound applications.

use mercer_kernel::db::Batch;

use super::{Department, DepartmentChange, NewDepartment, repo, rules};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::enterprise;
use crate::identity::sync::{self, Flag};
use crate::identity::{application, binding, member};
use crate::refusal::Refusal;

/// Makes a department.
pub(crate) async fn add(core: &Core, tenant_id: &str, wanted: &NewDepartment) -> Answer<Department> {
    let db = &core.foundation.db;
    let department = Department {
        org_code: wanted
            .org_code
            .as_deref()
            .map(str::trim)
            .filter(|code| !code.is_empty())
            .map_or_else(|| format!("D{}", core.foundation.entropy.alphanumeric(8)), str::to_owned),
        org_name: wanted.org_name.trim().to_owned(),
        parent_code: wanted.parent_code.as_deref().unwrap_or_default().trim().to_owned(),
        created_at: core.foundation.clock.now(),
    };
    let new = &department;
    db.transact(|| async move {
        let tenant = enterprise::active(core, tenant_id).await?;
        let all = repo::all(db, tenant_id).await?;
        if all.iter().any(|one| one.org_code == new.org_code) {
            return Err(rules::code_taken(&new.org_code).into());
        }
        rules::check(&all, new)?;
        let mut batch = Batch::new();
        enterprise::repo::touch(&mut batch, &tenant);
        repo::insert(core, &mut batch, tenant_id, new);
        tell(core, &mut batch, tenant_id, (Flag::Add, std::slice::from_ref(new))).await?;
        Ok::<_, StoreError>((batch, ()))
    })
    .await?;
    Ok(department)
}

/// Renames or moves a department. A move counts anew who is authorised by department.
pub(crate) async fn change(
    core: &Core,
    tenant_id: &str,
    org_code: &str,
    wanted: &DepartmentChange,
) -> Answer<Department> {
    let db = &core.foundation.db;
    db.transact(|| async {
        let tenant = enterprise::active(core, tenant_id).await?;
        let mut all = repo::all(db, tenant_id).await?;
        let before = all.iter().find(|one| one.org_code == org_code).cloned().ok_or_else(|| unknown(org_code))?;
        let after = Department {
            org_name: wanted.org_name.as_deref().unwrap_or(&before.org_name).trim().to_owned(),
            parent_code: wanted.parent_code.as_deref().unwrap_or(&before.parent_code).trim().to_owned(),
            ..before.clone()
        };
        rules::check(&all, &after)?;
        let mut batch = Batch::new();
        if after != before {
            enterprise::repo::touch(&mut batch, &tenant);
            repo::update(&mut batch, tenant_id, &after);
            tell(core, &mut batch, tenant_id, (Flag::Modify, std::slice::from_ref(&after))).await?;
        }
        if after.parent_code != before.parent_code {
            all.iter_mut().filter(|one| one.org_code == org_code).for_each(|one| *one = after.clone());
            binding::recount(core, &mut batch, tenant_id, &all).await?;
        }
        Ok::<_, StoreError>((batch, after))
    })
    .await
}

/// Deletes a department and everything below it, children first; none of them may have members. D13.
pub(crate) async fn remove(core: &Core, tenant_id: &str, org_code: &str) -> Answer<usize> {
    let db = &core.foundation.db;
    db.transact(|| async {
        let tenant = enterprise::active(core, tenant_id).await?;
        let all = repo::all(db, tenant_id).await?;
        let doomed = rules::removal_order(&all, org_code);
        if doomed.is_empty() {
            return Err(unknown(org_code).into());
        }
        if doomed.len() > rules::MAX_REMOVED_AT_ONCE {
            return Err(too_many_at_once().into());
        }
        for department in &doomed {
            let members = member::repo::count_of_department(db, tenant_id, &department.org_code).await?;
            if members > 0 {
                return Err(has_members(department, members).into());
            }
        }
        let mut batch = Batch::new();
        enterprise::repo::touch(&mut batch, &tenant);
        for department in &doomed {
            repo::delete(&mut batch, tenant_id, &department.org_code);
            binding::authorised::forget_department(&mut batch, tenant_id, &department.org_code);
        }
        tell(core, &mut batch, tenant_id, (Flag::Delete, &doomed)).await?;
        Ok::<_, StoreError>((batch, doomed.len()))
    })
    .await
}

/// Adds the calls that tell an edit to every bound application.
async fn tell(
    core: &Core,
    batch: &mut Batch,
    tenant_id: &str,
    (flag, departments): (Flag, &[Department]),
) -> Result<(), StoreError> {
    for one in binding::repo::live(&core.foundation.db, tenant_id).await? {
        if binding::rules::hears_departments(&one) {
            let application = application::known(core, &one.app_id).await?;
            sync::tell_departments(core, batch, (&one, &application), (flag, departments));
        }
    }
    Ok(())
}

fn unknown(org_code: &str) -> Refusal {
    Refusal::not_found(
        "department.unknown",
        format!("没有编码为 {org_code} 的部门"),
        format!("there is no department {org_code}"),
    )
}

fn has_members(department: &Department, members: i64) -> Refusal {
    let name = &department.org_name;
    Refusal::conflict(
        "department.members",
        format!("部门「{name}」还有 {members} 个成员，请先调整或删除这些成员"),
        format!("\"{name}\" still has {members} members; move or delete them first"),
    )
}

fn too_many_at_once() -> Refusal {
    let most = rules::MAX_REMOVED_AT_ONCE;
    Refusal::conflict(
        "department.too_many_at_once",
        format!("一次最多删除 {most} 个部门，请先删除下级部门"),
        format!("at most {most} departments are deleted at once; delete those below first"),
    )
}
