//! Application credentials (应用凭证) of the joint-operation kit: made, changed, tested.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::StatusCode;
use serde_json::{Value, json};

use super::bindings::shown_binding;
use super::fault::Fault;
use super::operation::Operation;
use super::params::Params;
use super::rim::{Checked, found, one_more, page, written};
use crate::Core;
use crate::identity::application::{self, ApplicationChange, NewApplication};
use crate::identity::binding;

/// What can be done with application credentials.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/application-credentials", "listApplications", list)
            .about("应用凭证列表", "List application credentials")
            .filters(&["merchantId"])
            .answers(200, "ApplicationPage"),
        Operation::post("/application-credentials", "addApplication", add)
            .about(
                "创建应用凭证：用测试数据调用 tenantSync、applicationSync、allOrgSync；密钥只返回一次",
                "Make a credential: calls tenantSync, applicationSync, allOrgSync with test data; the secret is returned this once",
            )
            .takes("NewApplication")
            .answers(201, "AddedApplication"),
        Operation::get("/application-credentials/{appId}", "getApplication", get)
            .about("应用凭证详情", "One credential")
            .answers(200, "Application"),
        Operation::put("/application-credentials/{appId}", "changeApplication", change)
            .about(
                "修改应用凭证；地址、公钥或登录地址变化时重新测试",
                "Change a credential; a changed address, key or login address is tested again",
            )
            .takes("ApplicationChange")
            .answers(200, "Application"),
        Operation::get("/application-credentials/{appId}/test", "getApplicationTest", test)
            .about("应用凭证的测试进度", "How the test of a credential stands")
            .answers(200, "BindingDetail"),
        Operation::post("/application-credentials/{appId}/test", "retryApplicationTest", retry_test)
            .about("重新测试应用凭证", "Test a credential again")
            .answers(200, "BindingDetail"),
        Operation::post("/application-credentials/{appId}/push", "pushApplication", push)
            .about(
                "批量订单设置：把新的公钥告知已绑定的客户（applicationSync）",
                "Tell the application anew for everything bound to it (applicationSync)",
            )
            .answers(200, "Told"),
        Operation::get("/application-credentials/{appId}/test-account", "getTestAccount", test_account)
            .about("测试账号", "The test account")
            .answers(200, "TestAccount"),
        Operation::post("/application-credentials/{appId}/test-account", "openTestAccount", open_test_account)
            .about("申请测试账号（每个凭证一个，不能删除）", "Apply for the test account: one per credential, for good")
            .answers(201, "TestAccount"),
        Operation::get("/application-credentials/{appId}/customers", "listCustomers", customers)
            .about("使用该应用的企业及其登录地址", "The enterprises that use the application, with their login addresses")
            .answers(200, "CustomerPage"),
        Operation::put("/application-credentials/{appId}/customers/{tenantId}", "setCustomerLogin", set_login)
            .about("设置客户的登录地址（独立域名）", "Set the login address of one customer (independent domains)")
            .takes("LoginAddress")
            .answers(200, "Customer"),
    ]
}

type Shown = Result<Json<Value>, Fault>;
type Created = Result<(StatusCode, Json<Value>), Fault>;

async fn list(State(core): State<Arc<Core>>, RawQuery(query): RawQuery) -> Shown {
    let mut params = Params::read(query.as_deref())?;
    let merchant_id = params.text("merchantId").unwrap_or_default();
    let wanted = params.page()?;
    page(application::list(&core, &merchant_id, one_more(wanted)).await?, wanted)
}

async fn add(State(core): State<Arc<Core>>, Checked { value, .. }: Checked<NewApplication>) -> Created {
    let (made, secret) = application::create(&core, value).await?;
    let mut shown = written(&made)?;
    shown["secret"] = json!(secret);
    Ok((StatusCode::CREATED, Json(shown)))
}

async fn get(State(core): State<Arc<Core>>, Path(app_id): Path<String>) -> Shown {
    Ok(Json(written(&application::known(&core, &app_id).await?)?))
}

async fn change(
    State(core): State<Arc<Core>>,
    Path(app_id): Path<String>,
    Checked { value, .. }: Checked<ApplicationChange>,
) -> Shown {
    Ok(Json(written(&application::change(&core, &app_id, &value).await?)?))
}

async fn test(State(core): State<Arc<Core>>, Path(app_id): Path<String>) -> Shown {
    application::known(&core, &app_id).await?;
    let test = binding::test_of(&core, &app_id).await;
    let test = found(test, "binding.unknown", "没有测试", "there is no test")?;
    Ok(Json(shown_binding(&core, &test).await?))
}

async fn retry_test(State(core): State<Arc<Core>>, Path(app_id): Path<String>) -> Shown {
    application::known(&core, &app_id).await?;
    let test = binding::test_of(&core, &app_id).await;
    let test = found(test, "binding.unknown", "没有测试", "there is no test")?;
    let again = binding::retry(&core, &test.binding_id).await?;
    Ok(Json(shown_binding(&core, &again).await?))
}

async fn push(State(core): State<Arc<Core>>, Path(app_id): Path<String>) -> Shown {
    Ok(Json(json!({ "told": application::push(&core, &app_id).await? })))
}

async fn test_account(State(core): State<Arc<Core>>, Path(app_id): Path<String>) -> Shown {
    let (zh, en) = ("还没有测试账号", "there is no test account yet");
    let account = found(application::test_account(&core, &app_id).await, "application.no_test_account", zh, en)?;
    Ok(Json(written(&account)?))
}

async fn open_test_account(State(core): State<Arc<Core>>, Path(app_id): Path<String>) -> Created {
    let account = application::open_test_account(&core, &app_id).await?;
    Ok((StatusCode::CREATED, Json(written(&account)?)))
}

async fn customers(State(core): State<Arc<Core>>, Path(app_id): Path<String>, RawQuery(query): RawQuery) -> Shown {
    let wanted = Params::read(query.as_deref())?.page()?;
    application::known(&core, &app_id).await?;
    page(binding::clients_of_application(&core, &app_id, one_more(wanted)).await?, wanted)
}

async fn set_login(
    State(core): State<Arc<Core>>,
    Path((app_id, tenant_id)): Path<(String, String)>,
    Checked { json, .. }: Checked<Value>,
) -> Shown {
    let address = json["loginAddress"].as_str().unwrap_or_default();
    Ok(Json(written(&application::set_login_address(&core, &app_id, &tenant_id, address).await?)?))
}
