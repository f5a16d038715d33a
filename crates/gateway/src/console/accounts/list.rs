//! The list of enterprises.

use askama::Template;
use axum::extract::State;
use mercer_kernel::web::{Language, Moment, PageRequest, Paged, Shell};

use super::super::fields::{Asked, Faults};
use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{self, Choice, Label};
use super::texts::Texts;
use crate::account::{Standing, TenantFilter, TenantRow};
use crate::gateway::Gateway;

#[derive(Template)]
#[template(path = "console/accounts.html")]
struct ListPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    faults: Vec<String>,
    standings: Vec<Choice>,
    text: String,
    is_filtered: bool,
    tenants: Paged<Row>,
}

/// A row of the list.
struct Row {
    href: String,
    name: String,
    tenant_code: String,
    tenant_id: String,
    standing: Label,
    instance_id: String,
    instance_state: Option<Label>,
    bound: Moment,
    changed: Moment,
}

/// GET /accounts
pub(in crate::console) async fn list(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    page: PageRequest,
    Asked(asked): Asked,
) -> Outcome {
    let language = visitor.language;
    let mut faults = Faults::default();
    let standing: Option<Standing> =
        faults.take(asked.choice("standing", &Standing::ALL.map(Standing::as_str)), language);
    let filter =
        TenantFilter { standing, instance_id: asked.text("instance").to_owned(), text: asked.text("text").to_owned() };
    let tenants = gateway.tenants(visitor.merchant_id(), &filter, page).await.told_in(language)?;
    let page = ListPage {
        common: CommonTexts(language),
        texts: Texts(language),
        faults: faults.sentences(),
        standings: choices(standing, language),
        is_filtered: standing.is_some() || !filter.text.is_empty() || !filter.instance_id.is_empty(),
        // A link from an instance's page names it in full.
        text: if filter.text.is_empty() { filter.instance_id } else { filter.text },
        tenants: tenants.map(|tenant| row(tenant, language)),
        shell: visitor.shell,
        frame: visitor.frame,
    };
    Ok(page.shell.render(&page))
}

/// Standings an enterprise can have; withdrawn is for members.
fn choices(chosen: Option<Standing>, language: Language) -> Vec<Choice> {
    let chosen = chosen.map_or("", Standing::as_str);
    [Standing::Present, Standing::Deleted]
        .into_iter()
        .map(|standing| Choice::new(standing.as_str(), super::standing(standing, language).text, chosen))
        .collect()
}

fn row(tenant: TenantRow, language: Language) -> Row {
    Row {
        href: super::address(&tenant, ""),
        standing: super::standing(tenant.standing, language),
        instance_state: tenant.instance_state.map(|state| words::state(state, language)),
        bound: Moment::of(tenant.created_at),
        changed: Moment::of(tenant.updated_at),
        name: tenant.name,
        tenant_code: tenant.tenant_code,
        tenant_id: tenant.tenant_id,
        instance_id: tenant.instance_id,
    }
}
