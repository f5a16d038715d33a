//! Adding, changing, enabling, disabling and deleting members; whoever is authorised, the merchants hear of.

use mercer_kernel::db::Batch;

use super::{Member, MemberState, NewMember, Profile, repo, rules, unknown};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::binding::{self, MemberNews};
use crate::identity::department::{self, Department};
use crate::identity::enterprise::{self, Tenant};

/// Adds a member.
pub(crate) async fn add(core: &Core, tenant_id: &str, wanted: &NewMember) -> Answer<Member> {
    rules::check_new(wanted)?;
    let db = &core.foundation.db;
    db.transact(|| async {
        let (tenant, departments) = place(core, tenant_id, &wanted.profile).await?;
        if repo::find(db, tenant_id, &wanted.user_name).await?.is_some() {
            return Err(rules::name_taken(&wanted.user_name).into());
        }
        let (enabled, disabled) = repo::count(db, tenant_id).await?;
        if enabled + disabled >= rules::MAX_MEMBERS {
            return Err(rules::too_many().into());
        }
        let member = Member {
            user_name: wanted.user_name.clone(),
            state: MemberState::Enabled,
            profile: wanted.profile.clone(),
            created_at: core.foundation.clock.now(),
        };
        let mut batch = Batch::new();
        enterprise::repo::touch(&mut batch, &tenant);
        repo::insert(core, &mut batch, tenant_id, &member);
        let news = MemberNews::Added(std::slice::from_ref(&member));
        binding::tell_members(core, &mut batch, (tenant_id, &departments), news).await?;
        Ok::<_, StoreError>((batch, member))
    })
    .await
}

/// Changes what is known about a member.
pub(crate) async fn change(core: &Core, tenant_id: &str, user_name: &str, wanted: &Profile) -> Answer<Member> {
    rules::check(wanted)?;
    edit(core, tenant_id, user_name, |before| Member { profile: wanted.clone(), ..before.clone() }).await
}

/// Enables or disables a member. A disabled one keeps his authorisations and can use none of them.
pub(crate) async fn set_state(core: &Core, tenant_id: &str, user_name: &str, state: MemberState) -> Answer<Member> {
    edit(core, tenant_id, user_name, |before| Member { state, ..before.clone() }).await
}

/// Deletes a member.
pub(crate) async fn remove(core: &Core, tenant_id: &str, user_name: &str) -> Answer<()> {
    let db = &core.foundation.db;
    db.transact(|| async {
        let tenant = enterprise::active(core, tenant_id).await?;
        let member = repo::find(db, tenant_id, user_name).await?.ok_or_else(|| unknown(user_name))?;
        let mut batch = Batch::new();
        enterprise::repo::touch(&mut batch, &tenant);
        binding::tell_members(core, &mut batch, (tenant_id, &[]), MemberNews::Removed(&member)).await?;
        repo::delete(&mut batch, tenant_id, user_name);
        Ok::<_, StoreError>((batch, ()))
    })
    .await
}

async fn edit(core: &Core, tenant_id: &str, user_name: &str, after: impl Fn(&Member) -> Member) -> Answer<Member> {
    let (db, after) = (&core.foundation.db, &after);
    db.transact(|| async move {
        let before = repo::find(db, tenant_id, user_name).await?.ok_or_else(|| unknown(user_name))?;
        let after = after(&before);
        let (tenant, departments) = place(core, tenant_id, &after.profile).await?;
        let mut batch = Batch::new();
        if after != before {
            enterprise::repo::touch(&mut batch, &tenant);
            let news = MemberNews::Changed(&before, &after);
            binding::tell_members(core, &mut batch, (tenant_id, &departments), news).await?;
            repo::update(&mut batch, tenant_id, &after);
        }
        Ok::<_, StoreError>((batch, after))
    })
    .await
}

/// The enterprise and its departments, one of which must be the member's.
async fn place(core: &Core, tenant_id: &str, profile: &Profile) -> Answer<(Tenant, Vec<Department>)> {
    let tenant = enterprise::active(core, tenant_id).await?;
    let departments = department::repo::all(&core.foundation.db, tenant_id).await?;
    if departments.iter().any(|one| one.org_code == profile.org_code) {
        return Ok((tenant, departments));
    }
    Err(rules::no_department(&profile.org_code).into())
}
