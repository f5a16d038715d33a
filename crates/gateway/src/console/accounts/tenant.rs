//! One enterprise: the tree of its departments, its bindings, how a long synchronisation goes on.

use askama::Template;
use axum::extract::{Path, State};
use mercer_kernel::web::{Language, Moment, Mood, Notice, PageRequest, Paged, Shell};

use super::super::callbacks::Row as CallRow;
use super::super::fields::{Asked, Fields};
use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{self, Label};
use super::members::{Row as MemberLine, row as member_line};
use super::texts::Texts;
use crate::account::{
    ApplicationRow, DepartmentFilter, DepartmentRow, MemberFilter, SyncRow, SyncState, TenantDetail, TenantRow,
};
use crate::audit::Action;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::inbound::CallbackFilter;

/// Calls shown on the page; the rest is one link away.
const CALLS_SHOWN: u32 = 10;
/// Members shown by a search on the page.
const MEMBERS_SHOWN: u32 = 10;

#[derive(Template)]
#[template(path = "console/account.html")]
struct TenantPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    tenant: TenantRow,
    standing: Label,
    instance_state: Option<Label>,
    bound: Moment,
    changed: Moment,
    others: Vec<(String, String)>,
    counts: String,
    applications: Vec<ApplicationRow>,
    revealed: bool,
    syncs: Vec<SyncLine>,
    is_moving: bool,
    href: String,
    members_href: String,
    text: String,
    is_orphans: bool,
    path: Vec<DepartmentLine>,
    departments: Paged<DepartmentLine>,
    found_members: Vec<MemberLine>,
    calls: Vec<CallRow>,
}

/// A department in the tree.
pub(super) struct DepartmentLine {
    department: DepartmentRow,
    is_deleted: bool,
    href: String,
    members_href: String,
    below: String,
    members: String,
}

/// A long list and how far it is.
struct SyncLine {
    title: String,
    state: Label,
    percent: i64,
    is_running: bool,
    changed: String,
    at: Moment,
}

/// What of the tree is looked at.
struct Looked {
    path: Vec<DepartmentLine>,
    departments: Paged<DepartmentLine>,
    members: Vec<MemberLine>,
}

/// GET /accounts/{id}
pub(in crate::console) async fn show(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(tenant_id): Path<String>,
    page: PageRequest,
    Asked(asked): Asked,
) -> Outcome {
    let detail = find(&gateway, &visitor, (&tenant_id, &asked)).await?;
    render(&gateway, visitor, (detail, false), (page, &asked)).await
}

/// POST /accounts/{id}/reveal: first the record, then the secrets, in this one answer only.
pub(in crate::console) async fn reveal(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(tenant_id): Path<String>,
    Asked(asked): Asked,
) -> Outcome {
    let language = visitor.language;
    let mut detail = find(&gateway, &visitor, (&tenant_id, &asked)).await?;
    visitor.record(&gateway, Action::Reveal, (&tenant_id, "client secrets")).await.told_in(language)?;
    let scope = detail.tenant.scope();
    detail.applications = gateway.applications(&scope, true).await.told_in(language)?;
    let visitor = visitor.at(&super::address(&detail.tenant, ""));
    render(&gateway, visitor, (detail, true), (PageRequest::default(), &asked)).await
}

async fn find(
    gateway: &Gateway,
    visitor: &Visitor,
    (tenant_id, asked): (&str, &Fields),
) -> Result<TenantDetail, mercer_kernel::web::Problem> {
    let instance_id = asked.text("instance");
    gateway.tenant(visitor.merchant_id(), tenant_id, instance_id).await.told_in(visitor.language)
}

async fn render(
    gateway: &Gateway,
    visitor: Visitor,
    (detail, revealed): (TenantDetail, bool),
    (page, asked): (PageRequest, &Fields),
) -> Outcome {
    let language = visitor.language;
    let texts = Texts(language);
    let tenant = detail.tenant;
    let looked = look(gateway, &tenant, (page, asked), language).await.told_in(language)?;
    let calls = calls(gateway, &tenant).await.told_in(language)?;
    let shell =
        if revealed { visitor.shell.with_notice(Notice::new(Mood::Info, texts.revealed())) } else { visitor.shell };
    let of_other = |id: &String| {
        let other = TenantRow { instance_id: id.clone(), ..tenant.clone() };
        (id.clone(), super::address(&other, ""))
    };
    let page = TenantPage {
        common: CommonTexts(language),
        texts,
        standing: super::standing(tenant.standing, language),
        instance_state: tenant.instance_state.map(|state| words::state(state, language)),
        bound: Moment::of(tenant.created_at),
        changed: Moment::of(tenant.updated_at),
        others: detail.instance_ids.iter().filter(|id| **id != tenant.instance_id).map(of_other).collect(),
        counts: format!("{} · {}", texts.department_count(detail.departments), texts.member_count(detail.members)),
        applications: detail.applications,
        revealed,
        is_moving: !revealed && detail.syncs.iter().any(|sync| sync.state == SyncState::Running),
        syncs: detail.syncs.iter().map(|sync| sync_line(sync, texts)).collect(),
        href: super::address(&tenant, ""),
        members_href: super::address(&tenant, "/members"),
        text: asked.text("text").to_owned(),
        is_orphans: asked.text("orphans") == "1",
        path: looked.path,
        departments: looked.departments,
        found_members: looked.members,
        calls: calls.iter().map(|call| CallRow::of(call, language)).collect(),
        tenant,
        frame: visitor.frame,
        shell,
    };
    Ok(page.shell.render(&page))
}

/// A level of the tree, the departments without a known parent, or what a text finds.
async fn look(
    gateway: &Gateway,
    tenant: &TenantRow,
    (page, asked): (PageRequest, &Fields),
    language: Language,
) -> Result<Looked, GatewayError> {
    let scope = tenant.scope();
    let texts = Texts(language);
    let line = |department| department_line(tenant, department, texts);
    let text = asked.text("text");
    let filter = match (text.is_empty(), asked.text("orphans") == "1") {
        (false, _) => DepartmentFilter::Text(text.to_owned()),
        (true, true) => DepartmentFilter::Orphans,
        (true, false) => {
            let level = gateway.department_level(&scope, asked.text("open"), page).await?;
            let path = level.path.into_iter().map(line).collect();
            return Ok(Looked { path, departments: level.departments.map(line), members: Vec::new() });
        }
    };
    let departments = gateway.departments(&scope, &filter, page).await?.map(line);
    let mut members = Vec::new();
    if !text.is_empty() {
        let filter = MemberFilter { text: text.to_owned(), ..MemberFilter::default() };
        let found = gateway.members(&scope, &filter, (PageRequest::new(1, MEMBERS_SHOWN), false)).await?;
        members = found.items.into_iter().map(|member| member_line(member, language)).collect();
    }
    Ok(Looked { path: Vec::new(), departments, members })
}

/// The latest calls for the instance.
async fn calls(gateway: &Gateway, tenant: &TenantRow) -> Result<Vec<crate::inbound::CallbackSummary>, GatewayError> {
    let filter = CallbackFilter { instance_id: tenant.instance_id.clone(), ..CallbackFilter::default() };
    let page = PageRequest::new(1, CALLS_SHOWN);
    Ok(gateway.callbacks(&tenant.merchant_id, &filter, page).await?.items)
}

fn department_line(tenant: &TenantRow, department: DepartmentRow, texts: Texts) -> DepartmentLine {
    let told = |count: i64, text: String| if count > 0 { text } else { String::new() };
    let code = super::encoded(&department.org_code);
    DepartmentLine {
        is_deleted: department.standing != crate::account::Standing::Present,
        href: format!("{}&open={code}", super::address(tenant, "")),
        members_href: format!("{}&department={code}", super::address(tenant, "/members")),
        below: told(department.children, texts.below(department.children)),
        members: told(department.members, texts.members_in(department.members)),
        department,
    }
}

fn sync_line(sync: &SyncRow, texts: Texts) -> SyncLine {
    let state = match sync.state {
        SyncState::Running => Label::new("busy", texts.sync_running()),
        SyncState::Done => Label::new("ok", texts.sync_done()),
        SyncState::Failed => Label::new("bad", texts.sync_failed()),
    };
    SyncLine {
        title: if sync.kind == "members" {
            texts.sync_members(sync.entries)
        } else {
            texts.sync_departments(sync.entries)
        },
        state,
        percent: sync.percent,
        is_running: sync.state == SyncState::Running,
        changed: texts.sync_changed(sync.changed),
        at: Moment::of(sync.finished_at.unwrap_or(sync.created_at)),
    }
}
