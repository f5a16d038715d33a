//! Who administers an enterprise: invited by an admin, resigning by himself. Source: kit §1.7.

use mercer_kernel::db::Batch;

use super::{Admin, active, repo, rules};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::merchant;
use crate::refusal::Refusal;

/// The admins of an enterprise, its creator first.
pub(crate) async fn admins(core: &Core, tenant_id: &str) -> Answer<Vec<Admin>> {
    Ok(repo::admins(&core.foundation.db, tenant_id).await?)
}

/// Makes a buyer an admin, by customer id or account name; one who is stays one.
pub(crate) async fn invite(core: &Core, tenant_id: &str, buyer: &str) -> Answer<Vec<Admin>> {
    let foundation = &core.foundation;
    let invited = merchant::buyer_by_id_or_name(foundation, buyer).await?.ok_or_else(|| {
        Refusal::invalid(
            "enterprise.buyer",
            "buyerId",
            format!("没有客户 {buyer}"),
            format!("there is no buyer {buyer}"),
        )
    })?;
    let invited = &invited;
    foundation
        .db
        .transact(|| async move {
            let tenant = active(core, tenant_id).await?;
            let mut admins = admins(core, tenant_id).await?;
            let mut batch = Batch::new();
            if admins.iter().any(|admin| admin.buyer_id == invited.customer_id) {
                return Ok((batch, admins));
            }
            if admins.len() >= rules::MAX_ADMINS {
                let most = rules::MAX_ADMINS;
                return Err(Refusal::conflict(
                    "enterprise.too_many_admins",
                    format!("每个企业最多 {most} 位管理员"),
                    format!("an enterprise has at most {most} admins"),
                )
                .into());
            }
            let admin = Admin {
                buyer_id: invited.customer_id.clone(),
                creator: false,
                created_at: core.foundation.clock.now(),
            };
            repo::touch(&mut batch, &tenant);
            repo::insert_admin(&mut batch, tenant_id, &admin);
            admins.push(admin);
            Ok::<_, StoreError>((batch, admins))
        })
        .await
}

/// An invited admin resigns.
pub(crate) async fn resign(core: &Core, tenant_id: &str, buyer_id: &str) -> Answer<Vec<Admin>> {
    core.foundation
        .db
        .transact(|| async {
            let tenant = active(core, tenant_id).await?;
            let mut admins = admins(core, tenant_id).await?;
            rules::check_resignation(&admins, buyer_id)?;
            let mut batch = Batch::new();
            repo::touch(&mut batch, &tenant);
            repo::delete_admin(&mut batch, tenant_id, buyer_id);
            admins.retain(|admin| admin.buyer_id != buyer_id);
            Ok::<_, StoreError>((batch, admins))
        })
        .await
}
