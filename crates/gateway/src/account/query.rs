//! Accounts as pages and APIs ask for them.

use std::collections::HashSet;

use mercer_kernel::args;
use mercer_kernel::db::{Row, Value};
use mercer_kernel::web::page::{PageRequest, Paged};

use super::view::{
    ApplicationRow, DepartmentFilter, DepartmentRow, Level, MemberFilter, MemberRow, TenantDetail, TenantFilter,
    TenantRow,
};
use super::{Scope, Standing, read, repo};
use crate::error::GatewayError;
use crate::gateway::Gateway;

/// Departments between the top and an opened one that are shown; a chain that is longer, or bites its own
/// tail, is cut.
const DEEPEST: usize = 64;

impl Gateway {
    /// A page of a merchant's enterprises, one entry for each instance they are bound to, newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn tenants(
        &self,
        merchant_id: &str,
        filter: &TenantFilter,
        page: PageRequest,
    ) -> Result<Paged<TenantRow>, GatewayError> {
        let standing = filter.standing.map_or("", Standing::as_str);
        let arguments = args![merchant_id, standing, &filter.instance_id, pattern(&filter.text)];
        let (total, rows) = self.page_of((read::COUNT_TENANTS, read::LIST_TENANTS), arguments, page).await?;
        let items = rows.iter().map(|row| read::tenant(merchant_id, row)).collect::<Result<Vec<_>, _>>()?;
        Ok(Paged::new(items, total, page))
    }

    /// One enterprise at an instance; at the one it was bound to last when `instance_id` is empty.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn tenant(
        &self,
        merchant_id: &str,
        tenant_id: &str,
        instance_id: &str,
    ) -> Result<TenantDetail, GatewayError> {
        let rows = self.db().query(read::FIND_TENANTS, args![merchant_id, tenant_id]).await?;
        let bound = rows.iter().map(|row| read::tenant(merchant_id, row)).collect::<Result<Vec<_>, _>>()?;
        let instance_ids = bound.iter().map(|tenant| tenant.instance_id.clone()).collect();
        let tenant = bound
            .into_iter()
            .find(|tenant| instance_id.is_empty() || tenant.instance_id == instance_id)
            .ok_or_else(|| GatewayError::UnknownId { kind: "tenant", id: tenant_id.to_owned() })?;
        let scope = tenant.scope();
        Ok(TenantDetail {
            instance_ids,
            departments: self.count_of(read::COUNT_DEPARTMENTS, repo::key(&scope)).await?,
            members: self.count_of(read::COUNT_PRESENT_MEMBERS, repo::key(&scope)).await?,
            applications: self.applications(&scope, false).await?,
            syncs: read::syncs(self, &scope).await?,
            tenant,
        })
    }

    /// The application bindings of an enterprise. `reveal` shows secrets in the clear; the caller records
    /// who asked.
    ///
    /// # Errors
    /// The database.
    pub async fn applications(&self, scope: &Scope, reveal: bool) -> Result<Vec<ApplicationRow>, GatewayError> {
        let rows = self.db().query(read::LIST_APPLICATIONS, repo::key(scope)).await?;
        rows.iter().map(|row| read::application(self, scope, row, reveal)).collect()
    }

    /// A page of departments by name.
    ///
    /// # Errors
    /// The database.
    pub async fn departments(
        &self,
        scope: &Scope,
        filter: &DepartmentFilter,
        page: PageRequest,
    ) -> Result<Paged<DepartmentRow>, GatewayError> {
        let mut arguments = repo::key(scope);
        arguments.push(match filter {
            DepartmentFilter::Below(org_code) => org_code.into(),
            DepartmentFilter::Orphans => "".into(),
            DepartmentFilter::Text(text) => pattern(text).into(),
        });
        let (total, rows) = self.page_of(read::department_statements(filter), arguments, page).await?;
        let items = rows.iter().map(read::department).collect::<Result<Vec<_>, _>>()?;
        Ok(Paged::new(items, total, page))
    }

    /// A level of the tree with the way to it; `opened` is empty for the top level.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn department_level(
        &self,
        scope: &Scope,
        opened: &str,
        page: PageRequest,
    ) -> Result<Level, GatewayError> {
        let mut path = Vec::new();
        let mut seen = HashSet::new();
        let mut code = opened.to_owned();
        while !code.is_empty() && path.len() < DEEPEST && seen.insert(code.clone()) {
            let mut arguments = repo::key(scope);
            arguments.push(code.clone().into());
            let Some(row) = self.db().query_one(read::FIND_DEPARTMENT, arguments).await? else { break };
            let department = read::department(&row)?;
            code.clone_from(&department.parent_code);
            path.push(department);
        }
        if path.is_empty() && !opened.is_empty() {
            return Err(GatewayError::UnknownId { kind: "department", id: opened.to_owned() });
        }
        path.reverse();
        let filter = DepartmentFilter::Below(opened.to_owned());
        Ok(Level { path, departments: self.departments(scope, &filter, page).await? })
    }

    /// A page of members by account name. `reveal` shows phone, mail and extension fields in the clear; the
    /// caller records who asked.
    ///
    /// # Errors
    /// The database.
    pub async fn members(
        &self,
        scope: &Scope,
        filter: &MemberFilter,
        (page, reveal): (PageRequest, bool),
    ) -> Result<Paged<MemberRow>, GatewayError> {
        let mut arguments = repo::key(scope);
        let standing = filter.standing.map_or("", Standing::as_str);
        arguments.extend(args![&filter.app_id, standing, pattern(&filter.text)]);
        let statements = if filter.org_code.is_empty() {
            (read::COUNT_MEMBERS, read::LIST_MEMBERS)
        } else {
            arguments.push((&filter.org_code).into());
            (read::COUNT_MEMBERS_IN, read::LIST_MEMBERS_IN)
        };
        let (total, rows) = self.page_of(statements, arguments, page).await?;
        let items = rows.iter().map(|row| read::member(self, scope, row, reveal)).collect::<Result<Vec<_>, _>>()?;
        Ok(Paged::new(items, total, page))
    }

    async fn page_of(
        &self,
        (count, list): (&'static str, &'static str),
        mut arguments: Vec<Value>,
        page: PageRequest,
    ) -> Result<(u64, Vec<Row>), GatewayError> {
        let total = self.count_of(count, arguments.clone()).await?;
        arguments.extend(args![page.limit(), page.offset()]);
        Ok((u64::try_from(total).unwrap_or(0), self.db().query(list, arguments).await?))
    }

    async fn count_of(&self, count: &'static str, arguments: Vec<Value>) -> Result<i64, GatewayError> {
        Ok(self.db().query_one(count, arguments).await?.map_or(Ok(0), |row| row.int(0))?)
    }
}

fn pattern(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("%{text}%") }
}
