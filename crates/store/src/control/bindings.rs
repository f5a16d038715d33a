//! Bindings of joint products to enterprises, and who is authorised.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::StatusCode;
use serde_json::{Value, json};

use super::fault::Fault;
use super::messages::shown as shown_message;
use super::operation::Operation;
use super::params::Params;
use super::rim::{Checked, one_more, page, written};
use crate::Core;
use crate::identity::binding::{self, Binding, Grant, NewBinding, StepKind, authorised};

/// What can be done with bindings.
pub(super) fn operations() -> Vec<Operation> {
    let verb = |path, id, zh, en, handler: fn(&'static str, &'static str) -> Operation| {
        handler(path, id).about(zh, en).answers(200, "BindingDetail")
    };
    vec![
        Operation::get("/enterprises/{tenantId}/bindings", "listBindings", list)
            .about("企业绑定的服务", "What is bound to an enterprise")
            .answers(200, "BindingList"),
        Operation::post("/bindings", "bind", bind)
            .about(
                "绑定联营服务到企业：依次调用 tenantSync、applicationSync、allOrgSync",
                "Bind a joint service to an enterprise: calls tenantSync, applicationSync, allOrgSync in order",
            )
            .takes("NewBinding")
            .answers(201, "BindingDetail"),
        verb(
            "/bindings/{bindingId}",
            "getBinding",
            "绑定详情与三步进度",
            "One binding and its three steps",
            |path, id| Operation::get(path, id, get),
        ),
        verb(
            "/bindings/{bindingId}/retry",
            "retryBinding",
            "重试失败的步骤；没有失败时重新同步三步",
            "Try the failed step again; without one, all three",
            |path, id| Operation::post(path, id, retry),
        ),
        verb(
            "/bindings/{bindingId}/unbind",
            "unbind",
            "解绑：撤销授权，删除应用与企业",
            "Unbind: withdraws everybody, deletes application and enterprise at the merchant",
            |path, id| Operation::post(path, id, unbind),
        ),
        verb("/bindings/{bindingId}/stop", "stopApplication", "停用应用", "Stop the application", |path, id| {
            Operation::post(path, id, stop)
        }),
        verb("/bindings/{bindingId}/start", "startApplication", "启用应用", "Start the application", |path, id| {
            Operation::post(path, id, start)
        }),
        Operation::get("/bindings/{bindingId}/authorisations", "listAuthorisations", authorisations)
            .about("已授权成员", "Who is authorised")
            .answers(200, "AuthorisationPage"),
        Operation::post("/bindings/{bindingId}/grants", "grant", grant)
            .about("授权成员或部门（authSync）", "Authorise members or departments (authSync)")
            .takes("Grant")
            .answers(200, "BindingDetail"),
        Operation::post("/bindings/{bindingId}/withdrawals", "withdraw", withdraw)
            .about("取消成员或部门的授权（authSync）", "Withdraw members or departments (authSync)")
            .takes("Grant")
            .answers(200, "BindingDetail"),
        Operation::put("/bindings/{bindingId}/personal-fields", "releasePersonal", release)
            .about("是否向商家提供手机和邮箱", "Whether mobile numbers and mail addresses are released to the seller")
            .takes("PersonalFields")
            .answers(200, "BindingDetail"),
    ]
}

type Shown = Result<Json<Value>, Fault>;

async fn list(State(core): State<Arc<Core>>, Path(tenant_id): Path<String>) -> Shown {
    crate::identity::enterprise::find(&core, &tenant_id).await?.ok_or_else(crate::identity::enterprise::unknown)?;
    Ok(Json(json!({ "items": written(&binding::of_tenant(&core, &tenant_id).await?)? })))
}

async fn bind(
    State(core): State<Arc<Core>>,
    Checked { value, .. }: Checked<NewBinding>,
) -> Result<(StatusCode, Json<Value>), Fault> {
    let made = binding::bind(&core, &value).await?;
    Ok((StatusCode::CREATED, Json(shown_binding(&core, &made).await?)))
}

async fn get(State(core): State<Arc<Core>>, Path(binding_id): Path<String>) -> Shown {
    let found = binding::known(&core, &binding_id).await?;
    Ok(Json(shown_binding(&core, &found).await?))
}

async fn retry(State(core): State<Arc<Core>>, Path(binding_id): Path<String>) -> Shown {
    let after = binding::retry(&core, &binding_id).await?;
    Ok(Json(shown_binding(&core, &after).await?))
}

async fn unbind(State(core): State<Arc<Core>>, Path(binding_id): Path<String>) -> Shown {
    let after = binding::unbind(&core, &binding_id).await?;
    Ok(Json(shown_binding(&core, &after).await?))
}

async fn stop(State(core): State<Arc<Core>>, Path(binding_id): Path<String>) -> Shown {
    let after = binding::stop(&core, &binding_id).await?;
    Ok(Json(shown_binding(&core, &after).await?))
}

async fn start(State(core): State<Arc<Core>>, Path(binding_id): Path<String>) -> Shown {
    let after = binding::start(&core, &binding_id).await?;
    Ok(Json(shown_binding(&core, &after).await?))
}

async fn authorisations(
    State(core): State<Arc<Core>>,
    Path(binding_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Shown {
    let wanted = Params::read(query.as_deref())?.page()?;
    let found = binding::known(&core, &binding_id).await?;
    page(
        authorised::list(&core.foundation.db, &found, one_more(wanted)).await.map_err(crate::StoreError::from)?,
        wanted,
    )
}

async fn grant(
    State(core): State<Arc<Core>>,
    Path(binding_id): Path<String>,
    Checked { value, .. }: Checked<Grant>,
) -> Shown {
    let after = binding::grant(&core, &binding_id, &value).await?;
    Ok(Json(shown_binding(&core, &after).await?))
}

async fn withdraw(
    State(core): State<Arc<Core>>,
    Path(binding_id): Path<String>,
    Checked { value, .. }: Checked<Grant>,
) -> Shown {
    let after = binding::withdraw(&core, &binding_id, &value).await?;
    Ok(Json(shown_binding(&core, &after).await?))
}

async fn release(
    State(core): State<Arc<Core>>,
    Path(binding_id): Path<String>,
    Checked { json, .. }: Checked<Value>,
) -> Shown {
    let release = json["releasePersonal"].as_bool().unwrap_or_default();
    let after = binding::release_personal(&core, &binding_id, release).await?;
    Ok(Json(shown_binding(&core, &after).await?))
}

/// A binding with its three steps, how many are authorised, and for which departments.
pub(super) async fn shown_binding(core: &Core, binding: &Binding) -> Result<Value, Fault> {
    let mut steps = Vec::new();
    for step in binding::steps(core, binding).await? {
        let kind = match step.kind {
            StepKind::Tenant => "tenantSync",
            StepKind::Application => "applicationSync",
            StepKind::Departments => "allOrgSync",
        };
        let mut shown = json!({ "step": kind });
        if let Some(message) = &step.message {
            shown["message"] = shown_message(core, message, message.interface)?;
        }
        steps.push(shown);
    }
    let db = &core.foundation.db;
    let mut shown = written(binding)?;
    shown["steps"] = json!(steps);
    shown["authorised"] = json!(authorised::count(db, binding).await.map_err(crate::StoreError::from)?);
    shown["departments"] = json!(authorised::departments(db, binding).await.map_err(crate::StoreError::from)?);
    Ok(shown)
}
