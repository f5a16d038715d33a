//! From a synchronisation to everything its commit holds: read, pure decision, records and event.

use mercer_kernel::db::Batch;
use serde_json::{Map, Value as Json};

use super::rules::{self, Change, Outcome, Policy, Record};
use super::told::{entry, named, named_list};
use super::{AccountEvent, Application, Department, Flag, Member, Scope, Standing, Tenant, repo};
use crate::error::GatewayError;
use crate::event;
use crate::gateway::Gateway;
use crate::instance::State;

/// One call of the store, whichever version it came in.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) scope: Scope,
    /// The 17-digit time it counts by; empty when it names none.
    pub(crate) at: String,
    pub(crate) sync: Sync,
}

/// What a call synchronises.
#[derive(Debug, Clone)]
pub(crate) enum Sync {
    /// 企业同步 (Source: kit V2.0 §2.3).
    Tenant(Change<Tenant>),
    /// 应用同步 (Source: kit V2.0 §2.4).
    Application {
        /// 应用ID.
        app_id: String,
        /// The binding.
        change: Change<Application>,
    },
    /// 用户授权同步 (Source: kit V2.0 §2.5).
    Members {
        /// 应用ID.
        app_id: String,
        /// What is said about all of them.
        flag: Flag,
        /// Account name and data.
        members: Vec<(String, Member)>,
    },
    /// 部门增量同步 (Source: kit V2.0 §2.6).
    Department {
        /// Its code.
        org_code: String,
        /// The department.
        change: Change<Department>,
    },
    /// 部门全量同步, or a page of it (Source: kit V2.0 §2.7). What is missing from it stays (decision D12).
    Departments {
        /// Code and data.
        departments: Vec<(String, Department)>,
        /// Which part of the list this is.
        page: Page,
    },
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// From 1.
    pub(crate) number: i64,
    /// How many there are.
    pub(crate) pages: i64,
    /// Entries of the whole list.
    pub(crate) total: i64,
}

/// What a call comes to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Applied {
    /// Records, and the event for the app.
    pub(crate) effects: Batch,
    /// Records the app is told about; none means that the call repeats or is older than what stands.
    pub(crate) changed: i64,
    /// The event; empty when there is none.
    pub(crate) event_id: String,
}

/// Decides a call on what stands now. Nothing is kept for an instance that was released.
pub(crate) async fn apply(gateway: &Gateway, call: &Call) -> Result<Applied, GatewayError> {
    if repo::instance_state(gateway.db(), &call.scope).await? == Some(State::Released) {
        return Ok(Applied::default());
    }
    match &call.sync {
        Sync::Tenant(change) => tenant(gateway, call, change).await,
        Sync::Application { app_id, change } => application(gateway, call, (app_id, change)).await,
        Sync::Members { app_id, flag, members: entries } => members(gateway, call, (app_id, *flag, entries)).await,
        Sync::Department { org_code, change } => department(gateway, call, (org_code, change)).await,
        Sync::Departments { departments: entries, page } => departments(gateway, call, (entries, *page)).await,
    }
}

/// How records are decided that keep their content when they are deleted, or do not.
fn policy(gateway: &Gateway, keeps_deleted: bool) -> Policy {
    Policy { drop_older: gateway.settings().kit_drop_older, keeps_deleted }
}

async fn tenant(gateway: &Gateway, call: &Call, change: &Change<Tenant>) -> Result<Applied, GatewayError> {
    let known = repo::tenant(gateway.db(), &call.scope).await?;
    let mut applied = Applied::default();
    let (record, told) = match rules::decide(known.as_ref(), change, &call.at, policy(gateway, true)) {
        Outcome::Unchanged => return Ok(applied),
        Outcome::Noted(record) => (record, None),
        Outcome::Told { record, previous } => {
            let kind = either(&record, AccountEvent::TenantChanged, AccountEvent::TenantDeleted);
            let told = (kind, entry(&Map::new(), &record, previous.as_ref()));
            (record, Some(told))
        }
    };
    repo::put_tenant(&mut applied.effects, &call.scope, &record, gateway.now());
    applied.tell_one(gateway, call, told)?;
    Ok(applied)
}

async fn application(
    gateway: &Gateway,
    call: &Call,
    (app_id, change): (&str, &Change<Application>),
) -> Result<Applied, GatewayError> {
    let stores = (gateway.db(), gateway.vault());
    let known = repo::application(stores, &call.scope, app_id).await?;
    let mut applied = Applied::default();
    let (record, told) = match rules::decide(known.as_ref(), change, &call.at, policy(gateway, false)) {
        Outcome::Unchanged => return Ok(applied),
        Outcome::Noted(record) => (record, None),
        Outcome::Told { record, previous } => {
            let kind = either(&record, AccountEvent::ApplicationChanged, AccountEvent::ApplicationDeleted);
            let mut data = entry(&named("appId", app_id), &record, previous.as_ref());
            // A secret that is no longer valid helps nobody.
            if let Some(Json::Object(previous)) = data.get_mut("previous") {
                previous.remove("clientSecret");
            }
            if let Some(tenant) = repo::tenant(stores.0, &call.scope).await?.and_then(|tenant| tenant.content) {
                data.insert("tenantCode".to_owned(), tenant.tenant_code.into());
                data.insert("domainName".to_owned(), tenant.domain_name.into());
            }
            (record, Some((kind, data)))
        }
    };
    repo::put_application(&mut applied.effects, (stores.1, &call.scope, app_id), &record, gateway.now())?;
    applied.tell_one(gateway, call, told)?;
    Ok(applied)
}

async fn members(
    gateway: &Gateway,
    call: &Call,
    (app_id, flag, entries): (&str, Flag, &[(String, Member)]),
) -> Result<Applied, GatewayError> {
    let names: Vec<&str> = entries.iter().map(|(user_name, _)| user_name.as_str()).collect();
    let known = repo::members((gateway.db(), gateway.vault()), (&call.scope, app_id), &names).await?;
    let (policy, now) = (policy(gateway, false), gateway.now());
    let mut applied = Applied::default();
    let mut told: Vec<Json> = Vec::new();
    for (user_name, member) in entries {
        let change = match flag {
            Flag::Add | Flag::Modify => Change::Put(member.clone()),
            Flag::Withdraw => Change::Withdraw(Some(member.clone())),
            Flag::Delete => Change::Delete,
        };
        let record = match rules::decide(known.get(user_name), &change, &call.at, policy) {
            Outcome::Unchanged => continue,
            Outcome::Noted(record) => record,
            Outcome::Told { record, previous } => {
                told.push(entry(&named("userName", user_name), &record, previous.as_ref()).into());
                record
            }
        };
        let place = (gateway.vault(), &call.scope);
        repo::put_member(&mut applied.effects, place, (app_id, user_name), &record, now)?;
    }
    applied.changed = count(told.len());
    if !told.is_empty() {
        let data = named_list("appId", app_id, ("members", told));
        applied.event_id =
            event::put_account(gateway, &mut applied.effects, call, (AccountEvent::of_members(flag), data))?;
    }
    Ok(applied)
}

async fn department(
    gateway: &Gateway,
    call: &Call,
    (org_code, change): (&str, &Change<Department>),
) -> Result<Applied, GatewayError> {
    let mut known = repo::departments(gateway.db(), &call.scope, &[org_code]).await?;
    let known = known.remove(org_code);
    let mut applied = Applied::default();
    let (record, told) = match rules::decide(known.as_ref(), change, &call.at, policy(gateway, true)) {
        Outcome::Unchanged => return Ok(applied),
        Outcome::Noted(record) => (record, None),
        Outcome::Told { record, previous } => {
            let kind = either(&record, AccountEvent::DepartmentChanged, AccountEvent::DepartmentDeleted);
            let told = (kind, entry(&named("orgCode", org_code), &record, previous.as_ref()));
            (record, Some(told))
        }
    };
    repo::put_department(&mut applied.effects, (&call.scope, org_code), &record, gateway.now());
    applied.tell_one(gateway, call, told)?;
    Ok(applied)
}

async fn departments(
    gateway: &Gateway,
    call: &Call,
    (entries, page): (&[(String, Department)], Page),
) -> Result<Applied, GatewayError> {
    let codes: Vec<&str> = entries.iter().map(|(org_code, _)| org_code.as_str()).collect();
    let known = repo::departments(gateway.db(), &call.scope, &codes).await?;
    let (policy, now) = (policy(gateway, true), gateway.now());
    let mut applied = Applied::default();
    let mut told: Vec<Json> = Vec::new();
    for (org_code, department) in entries {
        let change = Change::Put(department.clone());
        let record = match rules::decide(known.get(org_code), &change, &call.at, policy) {
            Outcome::Unchanged => continue,
            Outcome::Noted(record) => record,
            Outcome::Told { record, previous } => {
                told.push(entry(&named("orgCode", org_code), &record, previous.as_ref()).into());
                record
            }
        };
        repo::put_department(&mut applied.effects, (&call.scope, org_code), &record, now);
    }
    applied.changed = count(told.len());
    if !told.is_empty() {
        let mut data = Map::new();
        data.extend(
            [("page", page.number), ("pages", page.pages), ("total", page.total)]
                .map(|(name, number)| (name.to_owned(), number.into())),
        );
        data.insert("departments".to_owned(), told.into());
        applied.event_id =
            event::put_account(gateway, &mut applied.effects, call, (AccountEvent::DepartmentsSynced, data))?;
    }
    Ok(applied)
}

impl Applied {
    fn tell_one(
        &mut self,
        gateway: &Gateway,
        call: &Call,
        told: Option<(AccountEvent, Map<String, Json>)>,
    ) -> Result<(), GatewayError> {
        if let Some(told) = told {
            self.changed = 1;
            self.event_id = event::put_account(gateway, &mut self.effects, call, told)?;
        }
        Ok(())
    }
}

fn either<T>(record: &Record<T>, changed: AccountEvent, deleted: AccountEvent) -> AccountEvent {
    match record.standing {
        Standing::Present | Standing::Withdrawn => changed,
        Standing::Deleted => deleted,
    }
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
