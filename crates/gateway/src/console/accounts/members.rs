//! The members of an enterprise, of one department, or those a text finds.

use askama::Template;
use axum::extract::{Path, State};
use mercer_kernel::web::{Language, Moment, Mood, Notice, PageRequest, Paged, Shell};

use super::super::fields::{Asked, Faults, Fields};
use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{Choice, Label};
use super::texts::Texts;
use crate::account::{MemberFilter, MemberRow, Standing, TenantRow};
use crate::audit::Action;
use crate::gateway::Gateway;

#[derive(Template)]
#[template(path = "console/account_members.html")]
struct MembersPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    faults: Vec<String>,
    tenant: TenantRow,
    tenant_href: String,
    members_href: String,
    reveal_href: String,
    standings: Vec<Choice>,
    text: String,
    department: String,
    is_filtered: bool,
    revealed: bool,
    members: Paged<Row>,
}

/// A member in a list.
pub(super) struct Row {
    pub(super) member: MemberRow,
    pub(super) standing: Label,
    pub(super) role: String,
    pub(super) changed: Moment,
}

/// GET /accounts/{id}/members
pub(in crate::console) async fn show(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(tenant_id): Path<String>,
    page: PageRequest,
    Asked(asked): Asked,
) -> Outcome {
    render(&gateway, visitor, &tenant_id, (page, &asked, false)).await
}

/// POST /accounts/{id}/members: first the record, then phones and mail addresses, in this one answer only.
pub(in crate::console) async fn reveal(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(tenant_id): Path<String>,
    page: PageRequest,
    Asked(asked): Asked,
) -> Outcome {
    let language = visitor.language;
    // An unknown id gets no entry in the log.
    gateway.tenant(visitor.merchant_id(), &tenant_id, asked.text("instance")).await.told_in(language)?;
    visitor.record(&gateway, Action::Reveal, (&tenant_id, "members")).await.told_in(language)?;
    render(&gateway, visitor, &tenant_id, (page, &asked, true)).await
}

async fn render(
    gateway: &Gateway,
    visitor: Visitor,
    tenant_id: &str,
    (page, asked, revealed): (PageRequest, &Fields, bool),
) -> Outcome {
    let language = visitor.language;
    let texts = Texts(language);
    let found = gateway.tenant(visitor.merchant_id(), tenant_id, asked.text("instance")).await;
    let tenant = found.told_in(language)?.tenant;
    let mut faults = Faults::default();
    let filter = MemberFilter {
        org_code: asked.text("department").to_owned(),
        app_id: asked.text("app").to_owned(),
        standing: faults.take(asked.choice("standing", &Standing::ALL.map(Standing::as_str)), language),
        text: asked.text("text").to_owned(),
    };
    let members = gateway.members(&tenant.scope(), &filter, (page, revealed)).await.told_in(language)?;
    let shell =
        if revealed { visitor.shell.with_notice(Notice::new(Mood::Info, texts.revealed())) } else { visitor.shell };
    let page = MembersPage {
        common: CommonTexts(language),
        texts,
        faults: faults.sentences(),
        tenant_href: super::address(&tenant, ""),
        members_href: super::address(&tenant, "/members"),
        reveal_href: shell.path.clone(),
        standings: choices(filter.standing, language),
        is_filtered: filter.standing.is_some() || !filter.text.is_empty() || !filter.org_code.is_empty(),
        text: filter.text,
        department: filter.org_code,
        revealed,
        members: members.map(|member| row(member, language)),
        tenant,
        frame: visitor.frame,
        shell,
    };
    Ok(page.shell.render(&page))
}

fn choices(chosen: Option<Standing>, language: Language) -> Vec<Choice> {
    let chosen = chosen.map_or("", Standing::as_str);
    Standing::ALL
        .into_iter()
        .map(|standing| Choice::new(standing.as_str(), super::standing(standing, language).text, chosen))
        .collect()
}

/// A member in the reader's language.
pub(super) fn row(member: MemberRow, language: Language) -> Row {
    let texts = Texts(language);
    let role = match member.role.as_str() {
        "admin" => texts.administrator().to_owned(),
        "user" => texts.ordinary().to_owned(),
        other => other.to_owned(),
    };
    Row { standing: super::standing(member.standing, language), role, changed: Moment::of(member.updated_at), member }
}
