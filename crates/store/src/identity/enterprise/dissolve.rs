//! Dissolving an enterprise (解散企业): every bound instance is unbound. Source: kit D22.

use mercer_kernel::db::Batch;

use super::{Tenant, TenantState, active, repo};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::binding::{self, BindingState};

/// Dissolves an enterprise; its code stays taken, its orders live on.
pub(crate) async fn dissolve(core: &Core, tenant_id: &str) -> Answer<Tenant> {
    core.foundation
        .db
        .transact(|| async {
            let mut tenant = active(core, tenant_id).await?;
            let mut batch = Batch::new();
            for one in binding::of_tenant(core, tenant_id).await? {
                if one.state != BindingState::Unbound {
                    binding::put_unbinding(core, &mut batch, one, &tenant).await?;
                }
            }
            tenant.state = TenantState::Dissolved;
            repo::set_state(&mut batch, &tenant);
            Ok::<_, StoreError>((batch, tenant))
        })
        .await
}
