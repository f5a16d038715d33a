//! What changes of members and departments mean for who is authorised, and telling the merchants.

use std::collections::HashSet;

use mercer_kernel::db::Batch;

use super::authorised::{self, Authorisation};
use super::rules::{self, Recount};
use super::{Binding, repo};
use crate::Core;
use crate::error::Answer;
use crate::identity::application;
use crate::identity::department::Department;
use crate::identity::department::rules::with_descendants;
use crate::identity::member::{self, Member};
use crate::identity::sync::{self, Flag, Voice};

/// What happened to members of an enterprise.
#[derive(Debug, Clone, Copy)]
pub(crate) enum MemberNews<'a> {
    /// They are new.
    Added(&'a [Member]),
    /// One has changed: before, after.
    Changed(&'a Member, &'a Member),
    /// One was deleted.
    Removed(&'a Member),
}

/// Adds everything that follows from news of members: authorisations by department, and the calls. Call it
/// before the batch changes the members; it reads what stands.
pub(crate) async fn tell_members(
    core: &Core,
    batch: &mut Batch,
    (tenant_id, departments): (&str, &[Department]),
    news: MemberNews<'_>,
) -> Answer<()> {
    let db = &core.foundation.db;
    let mine = match news {
        MemberNews::Added(_) => Vec::new(),
        MemberNews::Changed(_, member) | MemberNews::Removed(member) => {
            authorised::of_member(db, tenant_id, &member.user_name).await?
        }
    };
    for binding in repo::live(db, tenant_id).await? {
        let row = mine.iter().find(|(binding_id, _)| *binding_id == binding.binding_id).map(|(_, row)| row);
        let application = application::known(core, &binding.app_id).await?;
        let voice = (&binding, &application);
        match news {
            MemberNews::Removed(member) => {
                if row.is_some() && rules::hears_deletions(&binding) {
                    sync::tell_members(core, batch, voice, (Flag::Delete, std::slice::from_ref(member)));
                }
            }
            MemberNews::Added(members) => {
                let covered = covered(core, &binding, departments).await?;
                let joined: Vec<Member> =
                    members.iter().filter(|member| covered.contains(&member.profile.org_code)).cloned().collect();
                for member in &joined {
                    let now = core.foundation.clock.now();
                    let user_name = member.user_name.clone();
                    let row = Authorisation { user_name, manual: false, automatic: true, created_at: now };
                    authorised::upsert(batch, &binding, &row);
                }
                tell(core, batch, voice, (Flag::Add, &joined));
            }
            MemberNews::Changed(before, after) => {
                let automatic = if before.profile.org_code == after.profile.org_code {
                    row.is_some_and(|row| row.automatic)
                } else {
                    covered(core, &binding, departments).await?.contains(&after.profile.org_code)
                };
                changed(core, batch, voice, (row, automatic, after));
            }
        }
    }
    if let MemberNews::Removed(member) = news {
        authorised::forget_member(batch, tenant_id, &member.user_name);
    }
    Ok(())
}

fn changed(
    core: &Core,
    batch: &mut Batch,
    voice: Voice<'_>,
    (row, automatic, after): (Option<&Authorisation>, bool, &Member),
) {
    let was = row.is_some_and(Authorisation::is_valid);
    let next = Authorisation {
        user_name: after.user_name.clone(),
        manual: row.is_some_and(|row| row.manual),
        automatic,
        created_at: row.map_or(core.foundation.clock.now(), |row| row.created_at),
    };
    let flag = match (was, next.is_valid()) {
        (true, true) => Flag::Modify,
        (false, true) => Flag::Add,
        (true, false) => Flag::Withdraw,
        (false, false) => return,
    };
    if row != Some(&next) {
        authorised::upsert(batch, voice.0, &next);
    }
    tell(core, batch, voice, (flag, std::slice::from_ref(after)));
}

/// Adds what a changed tree of departments means for who is authorised by department.
pub(crate) async fn recount(core: &Core, batch: &mut Batch, tenant_id: &str, departments: &[Department]) -> Answer<()> {
    let db = &core.foundation.db;
    for binding in repo::live(db, tenant_id).await? {
        let granted: HashSet<String> = authorised::departments(db, &binding).await?.into_iter().collect();
        if granted.is_empty() {
            continue;
        }
        let application = application::known(core, &binding.app_id).await?;
        let rows = authorised::of_binding(db, &binding).await?;
        let places = member::repo::places(db, tenant_id).await?;
        let recount = by_department(core, (&places, &rows), departments, &granted);
        put(core, batch, (&binding, &application), &recount).await?;
    }
    Ok(())
}

/// Counts who is authorised when these departments are.
pub(super) fn by_department(
    core: &Core,
    (places, rows): (&[(String, String)], &[Authorisation]),
    departments: &[Department],
    granted: &HashSet<String>,
) -> Recount {
    rules::recounted(places, rows, &with_descendants(departments, granted), core.foundation.clock.now())
}

/// Adds the rows of a new count, and the calls that tell it.
pub(super) async fn put(core: &Core, batch: &mut Batch, voice: Voice<'_>, recount: &Recount) -> Answer<()> {
    let (binding, _) = voice;
    for row in &recount.rows {
        authorised::upsert(batch, binding, row);
    }
    if !rules::hears_members(binding) {
        return Ok(());
    }
    for (flag, names) in [(Flag::Withdraw, &recount.withdrawn), (Flag::Add, &recount.granted)] {
        let mut members = member::repo::named(&core.foundation.db, &binding.tenant_id, names).await?;
        members.sort_by(|one, other| one.user_name.cmp(&other.user_name));
        sync::tell_members(core, batch, voice, (flag, &members));
    }
    Ok(())
}

fn tell(core: &Core, batch: &mut Batch, voice: Voice<'_>, what: (Flag, &[Member])) {
    if rules::hears_members(voice.0) {
        sync::tell_members(core, batch, voice, what);
    }
}

/// The departments whose members are authorised automatically, with everything below them.
async fn covered(core: &Core, binding: &Binding, departments: &[Department]) -> Answer<HashSet<String>> {
    let granted = authorised::departments(&core.foundation.db, binding).await?;
    Ok(with_descendants(departments, &granted.into_iter().collect()))
}
