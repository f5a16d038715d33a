//! Departments and members of an enterprise, one by one and as CSV files.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault::Fault;
use super::operation::Operation;
use super::params::Params;
use super::rim::{Checked, found, one_more, page, written};
use crate::Core;
use crate::identity::department::{self, DepartmentChange, NewDepartment};
use crate::identity::member::{self, MemberFilter, MemberState, NewMember, Profile};
use crate::identity::{Imported, OnBadRows, enterprise};

/// What can be done with departments and members.
pub(super) fn operations() -> Vec<Operation> {
    [departments(), members()].into_iter().flatten().collect()
}

fn departments() -> Vec<Operation> {
    vec![
        Operation::get("/enterprises/{tenantId}/departments", "listDepartments", list_departments)
            .about("部门列表，上级在前", "The departments, parents first")
            .answers(200, "DepartmentList"),
        Operation::post("/enterprises/{tenantId}/departments", "addDepartment", add_department)
            .about("新建部门（singleOrgSync）", "Make a department (singleOrgSync)")
            .takes("NewDepartment")
            .answers(201, "Department"),
        Operation::post("/enterprises/{tenantId}/departments/import", "importDepartments", import_departments)
            .about(
                "导入部门 CSV：列 orgCode,orgName,parentCode；有错误行时不导入，除非 onBadRows 为 skip",
                "Import departments from CSV: orgCode,orgName,parentCode; nothing with bad rows, unless onBadRows is skip",
            )
            .takes("Import")
            .answers(200, "Imported"),
        Operation::get("/enterprises/{tenantId}/departments/export", "exportDepartments", export_departments)
            .about("导出部门 CSV", "The departments as CSV")
            .answers(200, "Csv"),
        Operation::put("/enterprises/{tenantId}/departments/{orgCode}", "changeDepartment", change_department)
            .about("重命名或移动部门（singleOrgSync）", "Rename or move a department (singleOrgSync)")
            .takes("DepartmentChange")
            .answers(200, "Department"),
        Operation::delete("/enterprises/{tenantId}/departments/{orgCode}", "deleteDepartment", remove_department)
            .about("删除部门及其下级，先删下级（singleOrgSync）", "Delete a department and those below, children first")
            .answers(200, "Removed"),
    ]
}

fn members() -> Vec<Operation> {
    vec![
        Operation::get("/enterprises/{tenantId}/members", "listMembers", list_members)
            .about("成员列表", "List members")
            .filters(&["state", "orgCode", "text"])
            .answers(200, "MemberPage"),
        Operation::post("/enterprises/{tenantId}/members", "addMember", add_member)
            .about("新增成员", "Add a member")
            .takes("NewMember")
            .answers(201, "Member"),
        Operation::post("/enterprises/{tenantId}/members/import", "importMembers", import_members)
            .about(
                "导入成员 CSV：有错误行时不导入，除非 onBadRows 为 skip",
                "Import members from CSV; nothing with bad rows, unless onBadRows is skip",
            )
            .takes("Import")
            .answers(200, "Imported"),
        Operation::get("/enterprises/{tenantId}/members/export", "exportMembers", export_members)
            .about("导出成员 CSV", "The members as CSV")
            .answers(200, "Csv"),
        Operation::get("/enterprises/{tenantId}/members/{userName}", "getMember", get_member)
            .about("成员详情", "One member")
            .answers(200, "Member"),
        Operation::put("/enterprises/{tenantId}/members/{userName}", "changeMember", change_member)
            .about("修改成员（authSync flag 2）", "Change a member (authSync flag 2)")
            .takes("MemberProfile")
            .answers(200, "Member"),
        Operation::post("/enterprises/{tenantId}/members/{userName}/enable", "enableMember", enable)
            .about("启用成员", "Enable a member")
            .answers(200, "Member"),
        Operation::post("/enterprises/{tenantId}/members/{userName}/disable", "disableMember", disable)
            .about("禁用成员", "Disable a member")
            .answers(200, "Member"),
        Operation::delete("/enterprises/{tenantId}/members/{userName}", "deleteMember", remove_member)
            .about("删除成员（authSync flag 0）", "Delete a member (authSync flag 0)")
            .answers(200, "Removed"),
    ]
}

/// A CSV file to import.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ImportBody {
    csv: String,
    #[serde(default)]
    on_bad_rows: OnBadRows,
}

type Shown = Result<Json<Value>, Fault>;
type Created = Result<(StatusCode, Json<Value>), Fault>;

async fn list_departments(State(core): State<Arc<Core>>, Path(tenant_id): Path<String>) -> Shown {
    enterprise::active(&core, &tenant_id).await?;
    Ok(Json(json!({ "items": written(&department::tree(&core, &tenant_id).await?)? })))
}

async fn add_department(
    State(core): State<Arc<Core>>,
    Path(tenant_id): Path<String>,
    Checked { value, .. }: Checked<NewDepartment>,
) -> Created {
    Ok((StatusCode::CREATED, Json(written(&department::add(&core, &tenant_id, &value).await?)?)))
}

async fn import_departments(
    State(core): State<Arc<Core>>,
    Path(tenant_id): Path<String>,
    Checked { value, .. }: Checked<ImportBody>,
) -> Shown {
    imported(&department::import(&core, &tenant_id, value.csv.as_bytes(), value.on_bad_rows).await?)
}

async fn export_departments(State(core): State<Arc<Core>>, Path(tenant_id): Path<String>) -> Shown {
    enterprise::active(&core, &tenant_id).await?;
    Ok(Json(json!({ "csv": department::export(&core, &tenant_id).await? })))
}

async fn change_department(
    State(core): State<Arc<Core>>,
    Path((tenant_id, org_code)): Path<(String, String)>,
    Checked { value, .. }: Checked<DepartmentChange>,
) -> Shown {
    Ok(Json(written(&department::change(&core, &tenant_id, &org_code, &value).await?)?))
}

async fn remove_department(
    State(core): State<Arc<Core>>,
    Path((tenant_id, org_code)): Path<(String, String)>,
) -> Shown {
    Ok(Json(json!({ "removed": department::remove(&core, &tenant_id, &org_code).await? })))
}

async fn list_members(
    State(core): State<Arc<Core>>,
    Path(tenant_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Shown {
    let mut params = Params::read(query.as_deref())?;
    let filter = MemberFilter {
        state: params.code::<MemberState>("state", &["enabled", "disabled"])?,
        org_code: params.text("orgCode").unwrap_or_default(),
        text: params.text("text").unwrap_or_default(),
    };
    let wanted = params.page()?;
    enterprise::active(&core, &tenant_id).await?;
    page(member::list(&core, &tenant_id, &filter, one_more(wanted)).await?, wanted)
}

async fn add_member(
    State(core): State<Arc<Core>>,
    Path(tenant_id): Path<String>,
    Checked { value, .. }: Checked<NewMember>,
) -> Created {
    Ok((StatusCode::CREATED, Json(written(&member::add(&core, &tenant_id, &value).await?)?)))
}

async fn import_members(
    State(core): State<Arc<Core>>,
    Path(tenant_id): Path<String>,
    Checked { value, .. }: Checked<ImportBody>,
) -> Shown {
    imported(&member::import(&core, &tenant_id, value.csv.as_bytes(), value.on_bad_rows).await?)
}

async fn export_members(State(core): State<Arc<Core>>, Path(tenant_id): Path<String>) -> Shown {
    enterprise::active(&core, &tenant_id).await?;
    Ok(Json(json!({ "csv": member::export(&core, &tenant_id).await? })))
}

async fn get_member(State(core): State<Arc<Core>>, Path((tenant_id, user_name)): Path<(String, String)>) -> Shown {
    let member = member::find(&core, &tenant_id, &user_name).await;
    Ok(Json(written(&found(member, "member.unknown", "没有这个成员", "there is no such member")?)?))
}

async fn change_member(
    State(core): State<Arc<Core>>,
    Path((tenant_id, user_name)): Path<(String, String)>,
    Checked { value, .. }: Checked<Profile>,
) -> Shown {
    Ok(Json(written(&member::change(&core, &tenant_id, &user_name, &value).await?)?))
}

async fn enable(State(core): State<Arc<Core>>, Path((tenant_id, user_name)): Path<(String, String)>) -> Shown {
    Ok(Json(written(&member::set_state(&core, &tenant_id, &user_name, MemberState::Enabled).await?)?))
}

async fn disable(State(core): State<Arc<Core>>, Path((tenant_id, user_name)): Path<(String, String)>) -> Shown {
    Ok(Json(written(&member::set_state(&core, &tenant_id, &user_name, MemberState::Disabled).await?)?))
}

async fn remove_member(State(core): State<Arc<Core>>, Path((tenant_id, user_name)): Path<(String, String)>) -> Shown {
    member::remove(&core, &tenant_id, &user_name).await?;
    Ok(Json(json!({ "removed": 1 })))
}

/// A file of which nothing was imported because of bad rows is a no that names them.
fn imported(imported: &Imported) -> Shown {
    if imported.added > 0 || imported.bad == 0 {
        return Ok(Json(written(imported)?));
    }
    let bad = imported.bad;
    let fault = Fault::new(
        422,
        "import.bad_rows",
        &format!("有 {bad} 行不能导入，未导入任何内容；修正后重试，或用 onBadRows: skip 跳过这些行"),
        &format!("{bad} rows cannot be imported, so nothing was; correct them, or leave them out with onBadRows: skip"),
    );
    Err(fault.in_places(imported.bad_rows.iter().map(|row| {
        let column = if row.column.is_empty() { String::new() } else { format!(", column {}", row.column) };
        (format!("line {}{column}", row.line), format!("{} {}", row.reason.en, row.reason.zh))
    })))
}
