//! The five calls of the kit: what each says in both versions, and queueing it.
//!
//! A call is decided together with the change it tells. Its body and its `timeStamp` are fixed then, so that a
//! retry says the same; signature, nonce and the encrypted client secret are new on each attempt
//! (`callback::families::kit`). Source: kit chapters 2 and 3.

use std::time::Duration;

use mercer_kernel::clock::Instant;
use mercer_kernel::config::Config;
use mercer_kernel::db::Batch;
use mercer_protocol::kit::client_secret::Padding;
use mercer_protocol::kit::{self, Enable, Request, Version, x_sign};
use mercer_protocol::saas_v2::TestFlag;
use mercer_protocol::time::CompactTime;
use serde_json::Map;

use super::KitVersion;
use super::application::Application;
use super::binding::{Binding, Client};
use super::department::Department;
use super::department::rules::Placed;
use super::enterprise::Tenant;
use super::member::{Member, MemberState, Role};
use crate::Core;
use crate::callback::{self, Interface, NewCall};

/// Stands in a stored body for the client secret, which is encrypted when the call is made.
const SECRET_PLACEHOLDER: &str = "-";

/// What an operator can set about the kit (`store.kit.*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KitSettings {
    /// Members of one authSync. D7.
    pub(crate) auth_batch: usize,
    /// Form of `x-sign`. D1.
    pub(crate) sign_form: x_sign::Form,
    /// Padding of the encrypted client secret. D16.
    pub(crate) padding: Padding,
}

impl KitSettings {
    /// The settings that stand in the configuration, which has checked their texts.
    pub(crate) fn from_config(config: &Config) -> Self {
        let kit = &config.store.kit;
        Self {
            auth_batch: kit.auth_batch.clamp(1, kit::MAX_USERS_PER_CALL),
            sign_form: x_sign::Form::parse(&kit.sign_form).unwrap_or(x_sign::Form::Direct),
            padding: Padding::parse(&kit.oaep).unwrap_or(Padding::Sha256Sha256),
        }
    }
}

/// What happens to a record at the merchant. Source: kit §2.1, decision D10.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    /// It is new, or repeated.
    Add,
    /// It has changed.
    Modify,
    /// It is gone.
    Delete,
    /// The member stays, his authorisation is gone (取消授权).
    Withdraw,
}

impl Flag {
    /// As the message shows it to people.
    fn scene(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Modify => "MODIFY",
            Self::Delete => "DELETE",
            Self::Withdraw => "WITHDRAW",
        }
    }

    /// The flag on the wire for members and departments: V1 knows no withdrawal.
    fn of_people(self, version: KitVersion) -> kit::Flag {
        match (self, version) {
            (Self::Add, _) => kit::Flag::Add,
            (Self::Modify, _) => kit::Flag::Modify,
            (Self::Delete, _) | (Self::Withdraw, KitVersion::V1) => kit::Flag::Delete,
            (Self::Withdraw, KitVersion::V2) => kit::Flag::Withdraw,
        }
    }

    /// The flag on the wire for enterprise and application: V1 knows no change, it is told as new.
    fn of_application(self, version: KitVersion) -> kit::Flag {
        match (self, version) {
            (Self::Modify, KitVersion::V2) => kit::Flag::Modify,
            (Self::Add, _) | (Self::Modify, KitVersion::V1) => kit::Flag::Add,
            (Self::Delete | Self::Withdraw, _) => kit::Flag::Delete,
        }
    }
}

impl KitVersion {
    /// The protocol's word for it.
    pub(crate) fn wire(self) -> Version {
        match self {
            Self::V2 => Version::V2,
            Self::V1 => Version::V1,
        }
    }
}

/// In whose name a call is made: the binding and its application.
pub(crate) type Voice<'a> = (&'a Binding, &'a Application);

/// Tells the enterprise (企业同步); returns the message's id.
pub(crate) fn tell_tenant(core: &Core, batch: &mut Batch, voice: Voice<'_>, (tenant, flag): (&Tenant, Flag)) -> String {
    let (binding, _) = voice;
    let request = Request::TenantSync(kit::TenantSync {
        instance_id: instance_id(binding),
        order_id: Some(binding.order_id.clone()).filter(|id| !id.is_empty()),
        tenant_id: binding.tenant_id.clone(),
        tenant_code: tenant.tenant_code.clone(),
        name: tenant.name.clone(),
        domain_name: tenant.domain_name.clone(),
        flag: flag.of_application(binding.protocol),
        test_flag: test_flag(binding),
        time_stamp: time(now(core)),
        unknown: Map::new(),
    });
    put(core, batch, voice, (&request, flag.scene()))
}

/// Tells the application and its client (应用同步); returns the message's id.
pub(crate) fn tell_application(
    core: &Core,
    batch: &mut Batch,
    voice: Voice<'_>,
    (client, flag): (&Client, Flag),
) -> String {
    let (binding, application) = voice;
    let request = Request::ApplicationSync(kit::ApplicationSync {
        instance_id: instance_id(binding),
        tenant_id: binding.tenant_id.clone(),
        app_id: application.app_id.clone(),
        client_id: client.client_id.clone(),
        client_secret: SECRET_PLACEHOLDER.to_owned(),
        flag: flag.of_application(binding.protocol),
        test_flag: test_flag(binding),
        time_stamp: time(now(core)),
        unknown: Map::new(),
    });
    put(core, batch, voice, (&request, flag.scene()))
}

/// Tells all departments, parents first (部门全量同步); returns the message's id. Source: kit D12.
pub(crate) fn tell_all_departments(core: &Core, batch: &mut Batch, voice: Voice<'_>, departments: &[Placed]) -> String {
    let (binding, _) = voice;
    let listed = departments.iter().map(|placed| kit::OrgInfo {
        org_code: placed.department.org_code.clone(),
        name: placed.department.org_name.clone(),
        parent_code: parent_code(&placed.department),
        unknown: Map::new(),
    });
    let request = Request::AllOrgSync(kit::AllOrgSync {
        instance_id: instance_id(binding),
        tenant_id: binding.tenant_id.clone(),
        departments: listed.collect(),
        test_flag: test_flag(binding),
        time_stamp: time(now(core)),
        unknown: Map::new(),
    });
    put(core, batch, voice, (&request, ""))
}

/// Tells edits of departments, one call each, in this order (部门增量同步).
pub(crate) fn tell_departments(
    core: &Core,
    batch: &mut Batch,
    voice: Voice<'_>,
    (flag, departments): (Flag, &[Department]),
) {
    let (binding, _) = voice;
    for (at, department) in departments.iter().enumerate() {
        let request = Request::SingleOrgSync(kit::SingleOrgSync {
            instance_id: instance_id(binding),
            tenant_id: binding.tenant_id.clone(),
            org_code: department.org_code.clone(),
            org_name: department.org_name.clone(),
            parent_code: parent_code(department),
            flag: flag.of_people(binding.protocol),
            test_flag: test_flag(binding),
            time_stamp: time(own_moment(now(core), at)),
            unknown: Map::new(),
        });
        put(core, batch, voice, (&request, flag.scene()));
    }
}

/// Tells members (用户授权同步), so many per call: each call has its own time, all of them the time at which the
/// set was counted. Nobody to tell, no call. Source: kit D7, D11.
pub(crate) fn tell_members(core: &Core, batch: &mut Batch, voice: Voice<'_>, (flag, members): (Flag, &[Member])) {
    let (binding, application) = voice;
    let counted_at = now(core);
    let personal = application.personal_fields && binding.release_personal || binding.is_test();
    for (at, part) in members.chunks(core.settings.kit.auth_batch).enumerate() {
        let request = Request::AuthSync(kit::AuthSync {
            instance_id: instance_id(binding),
            tenant_id: binding.tenant_id.clone(),
            app_id: application.app_id.clone(),
            users: part.iter().map(|member| user(member, personal)).collect(),
            current_sync_time: Some(time(counted_at)),
            flag: flag.of_people(binding.protocol),
            test_flag: test_flag(binding),
            time_stamp: time(own_moment(counted_at, at)),
            unknown: Map::new(),
        });
        put(core, batch, voice, (&request, flag.scene()));
    }
}

fn put(
    core: &Core,
    batch: &mut Batch,
    (binding, application): Voice<'_>,
    (request, scene): (&Request, &str),
) -> String {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let call = NewCall {
        interface: interface(binding.protocol, request.interface()),
        merchant_id: binding.merchant_id.clone(),
        product_code: binding.product_code.clone(),
        address_id: binding.is_test().then(|| application.address_id.clone()),
        order_id: some(&binding.order_id),
        resource_id: binding.resource_id.clone(),
        instance_id: Some(binding.instance_id.clone()),
        subject: Some(binding.binding_id.clone()),
        lane: binding.lane(),
        endpoint: application.address_id.clone(),
        scene: scene.to_owned(),
        body: request.to_body(binding.protocol.wire()),
    };
    callback::put(core, batch, call).message_id
}

/// The row of the retry table.
fn interface(version: KitVersion, interface: kit::Interface) -> Interface {
    match (version, interface) {
        (KitVersion::V2, kit::Interface::TenantSync) => Interface::KitV2TenantSync,
        (KitVersion::V2, kit::Interface::ApplicationSync) => Interface::KitV2ApplicationSync,
        (KitVersion::V2, kit::Interface::AuthSync) => Interface::KitV2AuthSync,
        (KitVersion::V2, kit::Interface::SingleOrgSync) => Interface::KitV2SingleOrgSync,
        (KitVersion::V2, kit::Interface::AllOrgSync) => Interface::KitV2AllOrgSync,
        (KitVersion::V1, kit::Interface::TenantSync) => Interface::KitV1TenantSync,
        (KitVersion::V1, kit::Interface::ApplicationSync) => Interface::KitV1ApplicationSync,
        (KitVersion::V1, kit::Interface::AuthSync) => Interface::KitV1AuthSync,
        (KitVersion::V1, kit::Interface::SingleOrgSync) => Interface::KitV1SingleOrgSync,
        (KitVersion::V1, kit::Interface::AllOrgSync) => Interface::KitV1AllOrgSync,
    }
}

fn user(member: &Member, personal: bool) -> kit::User {
    let profile = &member.profile;
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    kit::User {
        user_name: member.user_name.clone(),
        name: profile.name.clone(),
        org_code: profile.org_code.clone(),
        role: match profile.role {
            Role::User => kit::Role::User,
            Role::Admin => kit::Role::Admin,
        },
        enable: match member.state {
            MemberState::Enabled => Enable::Enabled,
            MemberState::Disabled => Enable::Disabled,
        },
        position: some(&profile.position),
        employee_code: some(&profile.employee_code),
        employee_type: profile.employee_type.map(|kind| kind.to_string()),
        mobile: some(&profile.mobile).filter(|_| personal),
        email: some(&profile.email).filter(|_| personal),
        work_place: some(&profile.work_place),
        entry_date: some(&profile.entry_date),
        extension: profile.extension.clone(),
        unknown: Map::new(),
    }
}

/// None is sent as an empty text, which only a test may do. D14.
fn instance_id(binding: &Binding) -> Option<String> {
    Some(binding.instance_id.clone()).filter(|id| !id.is_empty())
}

fn parent_code(department: &Department) -> Option<String> {
    Some(department.parent_code.clone()).filter(|code| !code.is_empty())
}

fn test_flag(binding: &Binding) -> TestFlag {
    if binding.is_test() { TestFlag::On } else { TestFlag::Off }
}

/// The wall clock: merchants compare these times with their own and with each other.
fn now(core: &Core) -> Instant {
    core.foundation.wall.now()
}

/// The own moment of the call at this place among several that were decided together.
fn own_moment(decided_at: Instant, place: usize) -> Instant {
    decided_at.plus(Duration::from_millis(place as u64))
}

fn time(at: Instant) -> CompactTime {
    CompactTime::milliseconds(at.to_jiff())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v1_knows_no_withdrawal_and_no_changed_enterprise() {
        let people = |flag: Flag, version| flag.of_people(version).number();
        let application = |flag: Flag, version| flag.of_application(version).number();
        let all = [Flag::Delete, Flag::Add, Flag::Modify, Flag::Withdraw];
        assert_eq!(all.map(|flag| people(flag, KitVersion::V2)), [0, 1, 2, 3]);
        assert_eq!(all.map(|flag| people(flag, KitVersion::V1)), [0, 1, 2, 0]);
        assert_eq!(all[..3].iter().map(|flag| application(*flag, KitVersion::V2)).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(all[..3].iter().map(|flag| application(*flag, KitVersion::V1)).collect::<Vec<_>>(), [0, 1, 1]);
    }
}
