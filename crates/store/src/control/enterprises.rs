//! Enterprises (企业) and their admins.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::StatusCode;
use serde_json::{Value, json};

use super::fault::Fault;
use super::operation::Operation;
use super::params::Params;
use super::rim::{Checked, found, one_more, page, written};
use crate::Core;
use crate::identity::enterprise::{self, NewEnterprise};

/// What can be done with enterprises.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/enterprises", "listEnterprises", list)
            .about("企业列表", "List enterprises")
            .filters(&["buyerId"])
            .answers(200, "EnterprisePage"),
        Operation::post("/enterprises", "addEnterprise", add)
            .about("创建企业（带一个顶级部门）", "Make an enterprise, with one top department")
            .takes("NewEnterprise")
            .answers(201, "Enterprise"),
        Operation::get("/enterprises/{tenantId}", "getEnterprise", get)
            .about("企业详情", "One enterprise")
            .answers(200, "Enterprise"),
        Operation::post("/enterprises/{tenantId}/dissolve", "dissolveEnterprise", dissolve)
            .about("解散企业：解绑全部服务", "Dissolve an enterprise: unbinds everything")
            .answers(200, "Enterprise"),
        Operation::get("/enterprises/{tenantId}/admins", "listAdmins", admins)
            .about("企业管理员列表", "List the admins of an enterprise")
            .answers(200, "AdminList"),
        Operation::post("/enterprises/{tenantId}/admins", "inviteAdmin", invite)
            .about("邀请管理员", "Make a buyer an admin of the enterprise")
            .takes("Invitation")
            .answers(200, "AdminList"),
        Operation::post("/enterprises/{tenantId}/admins/{buyerId}/resign", "resignAdmin", resign)
            .about("管理员辞任", "An invited admin resigns")
            .answers(200, "AdminList"),
    ]
}

type Shown = Result<Json<Value>, Fault>;

async fn list(State(core): State<Arc<Core>>, RawQuery(query): RawQuery) -> Shown {
    let mut params = Params::read(query.as_deref())?;
    let buyer_id = params.text("buyerId").unwrap_or_default();
    let wanted = params.page()?;
    page(enterprise::list(&core, &buyer_id, one_more(wanted)).await?, wanted)
}

async fn add(
    State(core): State<Arc<Core>>,
    Checked { value, .. }: Checked<NewEnterprise>,
) -> Result<(StatusCode, Json<Value>), Fault> {
    Ok((StatusCode::CREATED, Json(written(&enterprise::create(&core, &value).await?)?)))
}

async fn get(State(core): State<Arc<Core>>, Path(tenant_id): Path<String>) -> Shown {
    let tenant = enterprise::find(&core, &tenant_id).await;
    Ok(Json(written(&found(tenant, "enterprise.unknown", "没有这个企业", "there is no such enterprise")?)?))
}

async fn dissolve(State(core): State<Arc<Core>>, Path(tenant_id): Path<String>) -> Shown {
    Ok(Json(written(&enterprise::dissolve(&core, &tenant_id).await?)?))
}

async fn admins(State(core): State<Arc<Core>>, Path(tenant_id): Path<String>) -> Shown {
    enterprise::active(&core, &tenant_id).await?;
    Ok(Json(json!({ "items": written(&enterprise::admins(&core, &tenant_id).await?)? })))
}

async fn invite(
    State(core): State<Arc<Core>>,
    Path(tenant_id): Path<String>,
    Checked { json, .. }: Checked<Value>,
) -> Shown {
    let buyer = json["buyer"].as_str().unwrap_or_default();
    Ok(Json(json!({ "items": written(&enterprise::invite(&core, &tenant_id, buyer).await?)? })))
}

async fn resign(State(core): State<Arc<Core>>, Path((tenant_id, buyer_id)): Path<(String, String)>) -> Shown {
    Ok(Json(json!({ "items": written(&enterprise::resign(&core, &tenant_id, &buyer_id).await?)? })))
}
