//! From a request of the kit, whichever version, to the one thing it asks of the accounts. Pure.

use mercer_protocol::Wording;
use mercer_protocol::kit::{Enable, Flag as WireFlag, OrgInfo, Request, Role, User};
use mercer_protocol::time::{CompactTime, UTC_PLUS_8};

use super::super::desk::Objection;
use super::invalid;
use crate::account::apply::{Call, Page, Sync};
use crate::account::rules::{Change, domain_name, last_of_each};
use crate::account::{Application, Department, Flag, Member, Scope, Tenant};

/// What a request asks.
pub(super) struct Wish {
    pub(super) call: Call,
    /// Verified and answered, with no effect.
    pub(super) is_test: bool,
}

impl Wish {
    /// The client secret as it came; none when the request brings none.
    pub(super) fn encrypted_secret(&self) -> Option<&str> {
        match &self.call.sync {
            Sync::Application { change: Change::Put(application), .. } => Some(&application.client_secret),
            Sync::Application { change: Change::Withdraw(_) | Change::Delete, .. }
            | Sync::Tenant(_)
            | Sync::Members { .. }
            | Sync::Department { .. }
            | Sync::Departments { .. } => None,
        }
    }

    /// Puts the secret in the clear in the place of the encrypted one.
    pub(super) fn set_secret(&mut self, plain: String) {
        if let Sync::Application { change: Change::Put(application), .. } = &mut self.call.sync {
            application.client_secret = plain;
        }
    }
}

/// Translates a request.
pub(super) fn translate(merchant_id: &str, request: Request) -> Result<Wish, Objection> {
    let is_test = request.test_flag().is_debug();
    let instance_id = request.instance_id().unwrap_or_default().to_owned();
    if instance_id.is_empty() && !is_test && request.flag() != Some(WireFlag::Delete) {
        // Empty is right only while the seller applies for the credential (decision D14).
        return Err(missing("instanceId"));
    }
    let tenant_id = request.tenant_id().to_owned();
    let scope = Scope { merchant_id: merchant_id.to_owned(), instance_id, tenant_id };
    let (at, sync) = match request {
        Request::TenantSync(sync) => {
            let tenant = Tenant {
                tenant_code: sync.tenant_code,
                name: sync.name,
                domain_name: domain_name(&sync.domain_name),
                order_id: sync.order_id.unwrap_or_default(),
            };
            (digits(sync.time_stamp), Sync::Tenant(change(sync.flag, tenant)))
        }
        Request::ApplicationSync(sync) => {
            let application = Application { client_id: sync.client_id, client_secret: sync.client_secret };
            let change = change(sync.flag, application);
            (digits(sync.time_stamp), Sync::Application { app_id: sync.app_id, change })
        }
        Request::AuthSync(sync) => {
            let members = last_of_each(sync.users.into_iter().map(member).collect());
            let at = sync.current_sync_time.map(digits).unwrap_or_default();
            (at, Sync::Members { app_id: sync.app_id, flag: flag(sync.flag), members })
        }
        Request::SingleOrgSync(sync) => {
            let department = Department { org_name: sync.org_name, parent_code: sync.parent_code.unwrap_or_default() };
            let change = change(sync.flag, department);
            (digits(sync.time_stamp), Sync::Department { org_code: sync.org_code, change })
        }
        Request::AllOrgSync(sync) => {
            let departments = last_of_each(sync.departments.into_iter().map(department).collect());
            let total = i64::try_from(departments.len()).unwrap_or(i64::MAX);
            let page = Page { number: 1, pages: 1, total };
            (digits(sync.time_stamp), Sync::Departments { departments, page })
        }
    };
    Ok(Wish { call: Call { scope, at, sync }, is_test })
}

fn flag(flag: WireFlag) -> Flag {
    match flag {
        WireFlag::Delete => Flag::Delete,
        WireFlag::Add => Flag::Add,
        WireFlag::Modify => Flag::Modify,
        WireFlag::Withdraw => Flag::Withdraw,
    }
}

fn change<T>(flag: WireFlag, content: T) -> Change<T> {
    match flag {
        WireFlag::Add | WireFlag::Modify => Change::Put(content),
        WireFlag::Withdraw => Change::Withdraw(Some(content)),
        WireFlag::Delete => Change::Delete,
    }
}

fn member(user: User) -> (String, Member) {
    let text = |value: Option<String>| value.unwrap_or_default();
    // Members that the table does not know are kept with the extension fields.
    let mut extension = user.extension;
    extension.extend(user.unknown);
    let member = Member {
        name: user.name,
        org_code: user.org_code,
        role: match user.role {
            Role::User => "user".to_owned(),
            Role::Admin => "admin".to_owned(),
            Role::Other(role) => role,
        },
        enable: match user.enable {
            Enable::Enabled => true,
            Enable::Disabled => false,
        },
        position: text(user.position),
        employee_code: text(user.employee_code),
        employee_type: text(user.employee_type),
        work_place: text(user.work_place),
        entry_date: text(user.entry_date),
        mobile: text(user.mobile),
        email: text(user.email),
        extension,
    };
    (user.user_name, member)
}

fn department(info: OrgInfo) -> (String, Department) {
    (info.org_code, Department { org_name: info.name, parent_code: info.parent_code.unwrap_or_default() })
}

/// A time as 17 digits in UTC+8, in whichever form it came: what records are compared by.
fn digits(time: CompactTime) -> String {
    CompactTime::milliseconds(time.at).format_at(UTC_PLUS_8)
}

fn missing(field: &str) -> Objection {
    invalid(
        "request.field_missing",
        format!("{field} is missing"),
        Wording::of(format!("缺少 {field}"), format!("{field} is missing")),
    )
}
