//! What an app knows of the enterprises that use it, built from nothing but the events it heard.
//!
//! Written as a seller would write it: an event that was heard before is passed over, and nothing is asked
//! back. Tests compare it with the enterprise at the store.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::app::Received;

/// One enterprise at one instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enterprise {
    /// Name and login domain, while the enterprise is bound.
    pub tenant: Option<(String, String)>,
    /// Client ids and secrets by application.
    pub applications: BTreeMap<String, (String, String)>,
    /// Name and parent by department code.
    pub departments: BTreeMap<String, (String, String)>,
    /// Members by account name.
    pub members: BTreeMap<String, Member>,
    /// Accounts of members who may not use the app any more; their data is kept.
    pub withdrawn: BTreeSet<String>,
}

/// A member as the app knows him.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// Display name.
    pub name: String,
    /// Department.
    pub org_code: String,
    /// `user` or `admin`.
    pub role: String,
    /// Whether he may sign in.
    pub enabled: bool,
    /// Released to the seller, or empty.
    pub mobile: String,
}

impl Enterprise {
    /// The enterprise of one instance, from all that was heard, in this order.
    #[must_use]
    pub fn heard(events: &[Received], instance_id: &str) -> Self {
        let mut known = Self::default();
        let mut seen = BTreeSet::new();
        for event in events.iter().filter(|event| event.data["instanceId"] == instance_id) {
            if seen.insert(event.id.as_str()) {
                known.hear(&event.kind, &event.data);
            }
        }
        known
    }

    fn hear(&mut self, kind: &str, data: &Value) {
        match kind {
            "mercer.tenant.changed" => self.tenant = Some((text(&data["name"]), text(&data["domainName"]))),
            "mercer.tenant.deleted" => self.tenant = None,
            "mercer.application.changed" => {
                let client = (text(&data["clientId"]), text(&data["clientSecret"]));
                self.applications.insert(text(&data["appId"]), client);
            }
            "mercer.application.deleted" => {
                self.applications.remove(&text(&data["appId"]));
            }
            "mercer.department.changed" => self.put_department(data),
            "mercer.department.deleted" => {
                self.departments.remove(&text(&data["orgCode"]));
            }
            "mercer.departments.synced" => each(data, "departments").iter().for_each(|one| self.put_department(one)),
            "mercer.member.authorized" | "mercer.member.changed" => {
                each(data, "members").iter().for_each(|one| self.put_member(one));
            }
            "mercer.member.withdrawn" => {
                for user_name in each(data, "members").iter().map(|one| text(&one["userName"])) {
                    self.members.remove(&user_name);
                    self.withdrawn.insert(user_name);
                }
            }
            "mercer.member.deleted" => {
                for user_name in each(data, "members").iter().map(|one| text(&one["userName"])) {
                    self.members.remove(&user_name);
                    self.withdrawn.remove(&user_name);
                }
            }
            _ => {}
        }
    }

    fn put_department(&mut self, one: &Value) {
        let department = (text(&one["orgName"]), text(&one["parentCode"]));
        self.departments.insert(text(&one["orgCode"]), department);
    }

    fn put_member(&mut self, one: &Value) {
        let user_name = text(&one["userName"]);
        self.withdrawn.remove(&user_name);
        let member = Member {
            name: text(&one["name"]),
            org_code: text(&one["orgCode"]),
            role: text(&one["role"]),
            enabled: one["enable"] == true,
            mobile: text(&one["mobile"]),
        };
        self.members.insert(user_name, member);
    }
}

fn each<'a>(data: &'a Value, member: &str) -> &'a [Value] {
    data[member].as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
