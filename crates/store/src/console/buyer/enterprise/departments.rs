//! Departments of an enterprise: the tree, a page of it at a time, and one of them.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::session::percent_encode;
use mercer_kernel::web::{Language, Mood, Notice, PageRequest};

use super::grants::department_field;
use super::{own, path};
use crate::console::Console;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refused, tell};
use crate::console::fields::{Asked, Fields, Sent};
use crate::console::staff::list::with_pager;
use crate::console::view::{Action, Block, Cell, Empty, Field, Form, Page, Table};
use crate::identity::department::rules::{MAX_CODE_LENGTH, MAX_NAME_LENGTH, Placed};
use crate::identity::department::{self, Department, DepartmentChange, NewDepartment};
use crate::identity::enterprise::Tenant;
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the pages.
    struct Texts;
    enterprises => "My enterprises", "我的企业";
    title => "Departments", "部门管理";
    lead => "A tree. Sellers of bound services are told each change.", "部门树。每次变更都会告知已绑定服务的商家。";
    import => "Import", "导入";
    export => "Export", "导出";
    text => "Name or code", "名称或编码";
    search => "Search", "查询";
    name => "Department", "部门";
    code => "Code", "部门编码";
    members => "Own members", "直属成员";
    made => "Made", "创建时间";
    none => "No department found", "没有找到部门";
    none_text => "Search for something else, or make a department below.", "请更换查询条件，或在下方新建部门。";
    add => "Make a department", "新建部门";
    add_lead => "A name is unique within its level, a code in the whole enterprise.", "部门名称在同级内唯一，部门编码在企业内唯一。";
    name_label => "Name", "部门名称";
    name_hint(most: usize) => "1 to {most} characters", "1 到 {most} 个字符";
    code_hint(most: usize) => "Leave empty to have one made; at most {most} letters, digits, underscores, hyphens or dots", "留空自动生成；最多 {most} 个字母、数字、下划线、连字符或点";
    below => "Below", "上级部门";
    submit => "Make", "新建";
    save => "Save", "保存";
    added => "The department is made.", "部门已创建。";
    saved => "Saved.", "已保存。";
    delete => "Delete", "删除部门";
    delete_really(name: &str) => "Delete \"{name}\" and everything below it?", "确定删除「{name}」及其下级部门？";
    deleted => "Deleted.", "部门已删除。";
}

/// The tree.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
    page: PageRequest,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let tenant = own(&console.core, &buyer, &tenant_id).await?;
    Ok(list(&console, buyer, &tenant, (page, &asked), (&Fields::default(), None)).await?.answer())
}

/// Makes a department.
pub(super) async fn add(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let tenant = own(core, &buyer, &tenant_id).await?;
    let wanted = NewDepartment {
        org_code: sent.some("orgCode"),
        org_name: sent.text("orgName").to_owned(),
        parent_code: sent.some("parentCode"),
    };
    match refused(department::add(core, &tenant_id, &wanted).await)? {
        Ok(_) => Ok(Notice::new(Mood::Good, Texts(buyer.language()).added()).and_go_to(&path(&tenant, "/departments"))),
        Err(refusal) => {
            let asked = (PageRequest::default(), &Fields::default());
            Ok(list(&console, buyer, &tenant, asked, (&sent, Some(&refusal))).await?.answer_refused())
        }
    }
}

/// One department.
pub(super) async fn one(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, org_code)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let tenant = own(&console.core, &buyer, &tenant_id).await?;
    let department = department::find(&console.core, &tenant_id, &org_code).await?.ok_or_else(Fault::missing)?;
    let mut filled = Fields::default();
    filled.set("orgName", &department.org_name);
    filled.set("parentCode", &department.parent_code);
    Ok(single(&console, buyer, (&tenant, &department), (&filled, None)).await?.answer())
}

/// Renames or moves it.
pub(super) async fn save(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, org_code)): Path<(String, String)>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let tenant = own(core, &buyer, &tenant_id).await?;
    let department = department::find(core, &tenant_id, &org_code).await?.ok_or_else(Fault::missing)?;
    let wanted = DepartmentChange {
        org_name: Some(sent.text("orgName").to_owned()),
        parent_code: Some(sent.text("parentCode").to_owned()),
    };
    match refused(department::change(core, &tenant_id, &org_code, &wanted).await)? {
        Ok(_) => Ok(Notice::new(Mood::Good, Texts(buyer.language()).saved()).and_go_to(&path(&tenant, "/departments"))),
        Err(refusal) => {
            Ok(single(&console, buyer, (&tenant, &department), (&sent, Some(&refusal))).await?.answer_refused())
        }
    }
}

/// Deletes it with everything below it.
pub(super) async fn delete(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, org_code)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let tenant = own(&console.core, &buyer, &tenant_id).await?;
    let done = department::remove(&console.core, &tenant_id, &org_code).await;
    tell(done, buyer.language(), Texts(buyer.language()).deleted(), &path(&tenant, "/departments"))
}

async fn list(
    console: &Console,
    buyer: Buyer,
    tenant: &Tenant,
    (page, asked): (PageRequest, &Fields),
    (fields, refusal): (&Fields, Option<&Refusal>),
) -> Result<Page, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let texts = Texts(language);
    let text = asked.text("text").to_lowercase();
    let is_meant = |one: &Placed| {
        text.is_empty()
            || one.department.org_name.to_lowercase().contains(&text)
            || one.department.org_code.to_lowercase().contains(&text)
    };
    let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let taken = usize::try_from(page.limit() + 1).unwrap_or(usize::MAX);
    let placed = department::tree(core, &tenant.tenant_id).await?;
    let placed: Vec<Placed> = placed.into_iter().filter(is_meant).skip(skipped).take(taken).collect();
    let (placed, pager) = with_pager(placed, page);
    let members: HashMap<String, i64> =
        department::repo::members(&core.foundation.db, &tenant.tenant_id).await?.into_iter().collect();
    let rows = placed.iter().map(|one| row(tenant, one, members.get(&one.department.org_code).copied()));
    let table = Table::new(&[texts.name(), texts.code(), texts.members(), texts.made()])
        .rows(rows)
        .or_empty(Empty::new(texts.none(), texts.none_text()))
        .paged(pager);
    let parent = department_field(core, tenant, ("parentCode", fields.text("parentCode")), language).await?;
    let base = path(tenant, "/departments");
    let filters = Form::get(&base)
        .field(Field::line("text", texts.text(), asked.text("text")).typed("search"))
        .submit(texts.search(), "");
    let form = Form::post(&base)
        .titled(texts.add(), texts.add_lead())
        .field(name_field(fields, language))
        .field(Field { label: texts.below().to_owned(), ..parent })
        .field(Field::line("orgCode", texts.code(), fields.text("orgCode")).hint(texts.code_hint(MAX_CODE_LENGTH)))
        .submit(texts.submit(), "primary")
        .refused(refusal, language);
    Ok(Page::new(buyer.frame(core), texts.title())
        .lead(texts.lead())
        .below("/enterprises", texts.enterprises())
        .below(path(tenant, ""), &tenant.name)
        .action(Action::link(path(tenant, "/departments/export"), texts.export()))
        .action(Action::link(path(tenant, "/departments/import"), texts.import()))
        .block(Block::Filters(filters))
        .block(Block::Table(table))
        .block(Block::Form(form)))
}

async fn single(
    console: &Console,
    buyer: Buyer,
    (tenant, department): (&Tenant, &Department),
    (fields, refusal): (&Fields, Option<&Refusal>),
) -> Result<Page, Fault> {
    let language = buyer.language();
    let texts = Texts(language);
    let parent = ("parentCode", fields.text("parentCode"));
    let parent = department_field(&console.core, tenant, parent, language).await?;
    let base = department_path(tenant, &department.org_code);
    let form = Form::post(&base)
        .field(name_field(fields, language))
        .field(Field { label: texts.below().to_owned(), ..parent })
        .submit(texts.save(), "primary")
        .or_back(path(tenant, "/departments"), texts.title())
        .refused(refusal, language);
    let delete = Action::post(format!("{base}/delete"), texts.delete())
        .asking(texts.delete_really(&department.org_name))
        .styled("danger");
    Ok(Page::new(buyer.frame(&console.core), &department.org_name)
        .below("/enterprises", texts.enterprises())
        .below(path(tenant, ""), &tenant.name)
        .below(path(tenant, "/departments"), texts.title())
        .action(delete)
        .block(Block::Form(form)))
}

fn name_field(fields: &Fields, language: Language) -> Field {
    let texts = Texts(language);
    Field::line("orgName", texts.name_label(), fields.text("orgName")).hint(texts.name_hint(MAX_NAME_LENGTH)).required()
}

fn row(tenant: &Tenant, placed: &Placed, members: Option<i64>) -> Vec<Cell> {
    let department = &placed.department;
    let branch = if placed.depth == 0 { "" } else { "└ " };
    let name = format!("{}{branch}{}", "\u{3000}".repeat(placed.depth.saturating_sub(1)), department.org_name);
    let listed = path(tenant, &format!("/members?orgCode={}", percent_encode(&department.org_code)));
    vec![
        Cell::link(department_path(tenant, &department.org_code), name),
        Cell::Code(department.org_code.clone()),
        members.map_or(Cell::Nothing, |count| Cell::link(listed, count.to_string())),
        Cell::time(Some(department.created_at)),
    ]
}

fn department_path(tenant: &Tenant, org_code: &str) -> String {
    path(tenant, &format!("/departments/{}", percent_encode(org_code)))
}
