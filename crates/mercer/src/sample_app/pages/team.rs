//! The enterprises bound to an instance, each with its members: who may enter, as the gateway told.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use mercer_kernel::db::DbError;
use mercer_kernel::web::layout::Shell;
use mercer_kernel::web::visit::Visit;

use super::super::SampleApp;
use super::super::tenant_repo::{self, MemberRow, TenantRow};
use super::texts::Texts;
use super::{logged_in, shell, to_login, unavailable};

#[derive(Template)]
#[template(path = "tea_team.html")]
struct TeamPage {
    shell: Shell,
    texts: Texts,
    tenants: Vec<Tenant>,
}

struct Tenant {
    row: TenantRow,
    members: Vec<MemberRow>,
}

impl Tenant {
    /// Its name with the short one; its id as long as the name has not come.
    fn title(&self) -> String {
        match (self.row.name.as_str(), self.row.tenant_code.as_str()) {
            ("", _) => self.row.tenant_id.clone(),
            (name, "") => name.to_owned(),
            (name, code) => format!("{name} · {code}"),
        }
    }
}

/// The enterprises of whoever is logged in.
pub(super) async fn show(State(app): State<SampleApp>, headers: HeaderMap, visit: Visit) -> Response {
    let language = visit.language;
    match page(&app, &headers, visit).await {
        Ok(Some(page)) => page.shell.render(&page),
        Ok(None) => to_login(),
        Err(error) => unavailable(&error, language),
    }
}

async fn page(app: &SampleApp, headers: &HeaderMap, visit: Visit) -> Result<Option<TeamPage>, DbError> {
    let Some(account) = logged_in(app, headers).await? else { return Ok(None) };
    let mut tenants = Vec::new();
    for row in tenant_repo::tenants(app.db(), &account.instance_id).await? {
        let members = tenant_repo::members(app.db(), (&account.instance_id, &row.tenant_id)).await?;
        tenants.push(Tenant { row, members });
    }
    Ok(Some(TeamPage { texts: Texts(visit.language), shell: shell(visit, &account.user_name), tenants }))
}
