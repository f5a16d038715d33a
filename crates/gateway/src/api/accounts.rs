//! Enterprises, departments, members and application bindings.

use axum::Json;
use axum::extract::{Path, State};
use mercer_kernel::web::Paged;

use super::input::Caller;
use super::merchants::remark;
use super::problem::{ApiResult, InLanguage as _};
use crate::account::{
    ApplicationRow, DepartmentFilter, DepartmentRow, MemberFilter, MemberRow, Scope, Standing, TenantDetail,
    TenantFilter, TenantRow,
};
use crate::audit::Action;
use crate::gateway::Gateway;

/// GET /tenants
pub(super) async fn list(State(gateway): State<Gateway>, caller: Caller) -> ApiResult<Json<Paged<TenantRow>>> {
    caller.allow(&["instance", "standing", "text"])?;
    let merchant_id = caller.merchant(&gateway).await?;
    let filter = TenantFilter {
        standing: caller.choice("standing", &Standing::ALL.map(Standing::as_str))?,
        instance_id: caller.text("instance"),
        text: caller.text("text"),
    };
    gateway.tenants(&merchant_id, &filter, caller.page).await.told_in(caller.language).map(Json)
}

/// GET /tenants/{id}
pub(super) async fn show(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(tenant_id): Path<String>,
) -> ApiResult<Json<TenantDetail>> {
    caller.allow(&["instance"])?;
    tenant(&gateway, &caller, &tenant_id).await.map(Json)
}

/// GET /tenants/{id}/applications
pub(super) async fn applications(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(tenant_id): Path<String>,
) -> ApiResult<Json<Paged<ApplicationRow>>> {
    caller.allow(&["instance", "reveal"])?;
    let scope = scope(&gateway, &caller, &tenant_id).await?;
    let reveal = caller.flag("reveal")?;
    if reveal {
        // First the record, then the secret.
        remark(&gateway, &caller, (&scope.merchant_id, Action::Reveal), (&tenant_id, "client secrets")).await?;
    }
    let all = gateway.applications(&scope, reveal).await.told_in(caller.language)?;
    let total = all.len() as u64;
    let first = usize::try_from(caller.page.offset()).unwrap_or(usize::MAX);
    let items = all.into_iter().skip(first).take(caller.page.page_size() as usize).collect();
    Ok(Json(Paged::new(items, total, caller.page)))
}

/// GET /tenants/{id}/departments
pub(super) async fn departments(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(tenant_id): Path<String>,
) -> ApiResult<Json<Paged<DepartmentRow>>> {
    caller.allow(&["instance", "parent", "orphans", "text"])?;
    let scope = scope(&gateway, &caller, &tenant_id).await?;
    let text = caller.text("text");
    let filter = match (caller.flag("orphans")?, text.is_empty()) {
        (true, _) => DepartmentFilter::Orphans,
        (false, false) => DepartmentFilter::Text(text),
        (false, true) => DepartmentFilter::Below(caller.text("parent")),
    };
    gateway.departments(&scope, &filter, caller.page).await.told_in(caller.language).map(Json)
}

/// GET /tenants/{id}/members
pub(super) async fn members(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path(tenant_id): Path<String>,
) -> ApiResult<Json<Paged<MemberRow>>> {
    caller.allow(&["instance", "department", "app", "standing", "text", "reveal"])?;
    let scope = scope(&gateway, &caller, &tenant_id).await?;
    let filter = MemberFilter {
        org_code: caller.text("department"),
        app_id: caller.text("app"),
        standing: caller.choice("standing", &Standing::ALL.map(Standing::as_str))?,
        text: caller.text("text"),
    };
    let reveal = caller.flag("reveal")?;
    if reveal {
        remark(&gateway, &caller, (&scope.merchant_id, Action::Reveal), (&tenant_id, "members")).await?;
    }
    gateway.members(&scope, &filter, (caller.page, reveal)).await.told_in(caller.language).map(Json)
}

async fn tenant(gateway: &Gateway, caller: &Caller, tenant_id: &str) -> ApiResult<TenantDetail> {
    let merchant_id = caller.merchant(gateway).await?;
    gateway.tenant(&merchant_id, tenant_id, &caller.text("instance")).await.told_in(caller.language)
}

async fn scope(gateway: &Gateway, caller: &Caller, tenant_id: &str) -> ApiResult<Scope> {
    Ok(tenant(gateway, caller, tenant_id).await?.tenant.scope())
}
