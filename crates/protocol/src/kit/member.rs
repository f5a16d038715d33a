//! Members and departments: the entries of the kit's two lists.

use std::fmt;

use serde_json::{Map, Value};

use super::interface::Version;
use super::request::Flag;
use crate::json::Members;
use crate::parse_refusal::{ParseReason, ParseRefusal, refusal, unknown_value};
use crate::redact::MASK;

/// A member of an enterprise (联营账号). Source: kit §2.5.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Account name, unique inside the tenant only.
    pub user_name: String,
    /// Display name.
    pub name: String,
    /// Code of the member's department.
    pub org_code: String,
    /// What the member may do.
    pub role: Role,
    /// Whether the member may use the application.
    pub enable: Enable,
    /// Job title.
    pub position: Option<String>,
    /// Staff number.
    pub employee_code: Option<String>,
    /// 1 regular, 2 intern, 3 labour dispatch, 4 outsourcing.
    pub employee_type: Option<String>,
    /// Phone.
    pub mobile: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Work place.
    pub work_place: Option<String>,
    /// Date of joining, as received.
    pub entry_date: Option<String>,
    /// Extension fields other than those above (D9).
    pub extension: Map<String, Value>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Role of a member. Source: kit §1.5.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// 普通用户
    User,
    /// 管理员
    Admin,
    /// Another word, as received.
    Other(String),
}

/// Whether a member is enabled (是否启用). Source: kit §2.5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Enable {
    /// `"true"`
    #[default]
    Enabled,
    /// `"false"`
    Disabled,
}

/// A department (部门). Source: kit §2.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgInfo {
    /// Code, unique in the tenant.
    pub org_code: String,
    /// Name, unique within its level.
    pub name: String,
    /// Code of the parent; none for a top department.
    pub parent_code: Option<String>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Personal data must not reach a log by way of `{:?}`.
impl fmt::Debug for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("User")
            .field("user_name", &self.user_name)
            .field("org_code", &self.org_code)
            .field("role", &self.role)
            .field("enable", &self.enable)
            .field("mobile", &self.mobile.as_ref().map(|_| MASK))
            .field("email", &self.email.as_ref().map(|_| MASK))
            .finish_non_exhaustive()
    }
}

impl Role {
    /// Reads the word.
    pub fn parse(text: &str) -> Self {
        match text {
            "user" => Self::User,
            "admin" => Self::Admin,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Other(text) => text,
        }
    }
}

impl Enable {
    /// The text on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "true",
            Self::Disabled => "false",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Enabled, Self::Disabled].into_iter().find(|enable| text.trim().eq_ignore_ascii_case(enable.as_str()))
    }
}

impl User {
    /// A member with the mandatory fields.
    pub fn new(user_name: impl Into<String>, name: impl Into<String>, org_code: impl Into<String>, role: Role) -> Self {
        Self {
            user_name: user_name.into(),
            name: name.into(),
            org_code: org_code.into(),
            role,
            enable: Enable::Enabled,
            position: None,
            employee_code: None,
            employee_type: None,
            mobile: None,
            email: None,
            work_place: None,
            entry_date: None,
            extension: Map::new(),
            unknown: Map::new(),
        }
    }

    /// Reads one entry; with a flag that removes only the account name is demanded.
    pub(super) fn read(value: Value, flag: Flag) -> Result<Self, ParseRefusal> {
        let mut members = Members::of_value(value).ok_or_else(|| refusal("userList", ParseReason::WrongKind))?;
        let user_name = members.text("userName")?.ok_or_else(|| refusal("userList.userName", ParseReason::Missing))?;
        let mut need = |field: &'static str, path: &'static str| match members.text(field)? {
            Some(text) => Ok(text),
            None if flag.removes() => Ok(String::new()),
            None => Err(refusal(path, ParseReason::Missing)),
        };
        let name = need("name", "userList.name")?;
        let org_code = need("orgCode", "userList.orgCode")?;
        let role = need("role", "userList.role")?;
        let enable = need("enable", "userList.enable")?;
        let enable = match enable.as_str() {
            "" => Enable::default(),
            text => Enable::parse(text).ok_or_else(|| unknown_value("userList.enable", text, "true, false"))?,
        };
        let mut extension = read_extension(&mut members)?;
        let mut plain_or_extended = |field: &'static str| match members.text(field)? {
            Some(text) => {
                extension.shift_remove(field);
                Ok::<_, ParseRefusal>(Some(text))
            }
            None => Ok(taken_text(&mut extension, field)),
        };
        Ok(Self {
            employee_type: plain_or_extended("employeeType")?,
            work_place: plain_or_extended("workPlace")?,
            entry_date: plain_or_extended("entryDate")?,
            user_name,
            name,
            org_code,
            role: Role::parse(&role),
            enable,
            position: members.text("position")?,
            employee_code: members.text("employeeCode")?,
            mobile: members.text("mobile")?,
            email: members.text("email")?,
            extension,
            unknown: members.rest(),
        })
    }

    /// The entry as the store writes it: in V2.0 plain fields and `extension` only for others, in V1.0
    /// as the vendor's sample has it (D9).
    pub(super) fn write(&self, version: Version) -> Value {
        let mut members = Map::new();
        let mut extension = Map::new();
        let position = ("position", &self.position);
        put(&mut members, "userName", Some(&self.user_name));
        put(&mut members, "name", Some(&self.name));
        if version == Version::V1 {
            put(&mut members, position.0, position.1.as_ref());
        }
        put(&mut members, "orgCode", Some(&self.org_code));
        members.insert("role".to_owned(), self.role.as_str().into());
        members.insert("enable".to_owned(), self.enable.as_str().into());
        if version == Version::V2 {
            put(&mut members, position.0, position.1.as_ref());
        }
        put(&mut members, "employeeCode", self.employee_code.as_ref());
        match version {
            Version::V2 => {
                if let Some(text) = &self.employee_type {
                    members.insert("employeeType".to_owned(), number_or_text(text));
                }
                put(&mut members, "mobile", self.mobile.as_ref());
                put(&mut members, "email", self.email.as_ref());
                put(&mut members, "workPlace", self.work_place.as_ref());
                put(&mut members, "entryDate", self.entry_date.as_ref());
            }
            Version::V1 => {
                put(&mut members, "mobile", self.mobile.as_ref());
                put(&mut members, "email", self.email.as_ref());
                put(&mut extension, "entryDate", self.entry_date.as_ref());
                put(&mut extension, "employeeType", self.employee_type.as_ref());
                put(&mut extension, "workPlace", self.work_place.as_ref());
            }
        }
        extension.extend(self.extension.clone());
        if !extension.is_empty() {
            members.insert("extension".to_owned(), Value::Object(extension));
        }
        members.extend(self.unknown.clone());
        Value::Object(members)
    }
}

impl OrgInfo {
    /// A department.
    pub fn new(org_code: impl Into<String>, name: impl Into<String>, parent_code: Option<String>) -> Self {
        Self { org_code: org_code.into(), name: name.into(), parent_code, unknown: Map::new() }
    }

    /// Reads one entry; `orgName` of V2.0 and `name` of V1.0 are both understood.
    pub(super) fn read(value: Value) -> Result<Self, ParseRefusal> {
        let mut members = Members::of_value(value).ok_or_else(|| refusal("orgInfoList", ParseReason::WrongKind))?;
        let org_code = members.text("orgCode")?.ok_or_else(|| refusal("orgInfoList.orgCode", ParseReason::Missing))?;
        let name = match members.text("orgName")? {
            Some(name) => name,
            None => members.text("name")?.ok_or_else(|| refusal("orgInfoList.orgName", ParseReason::Missing))?,
        };
        Ok(Self { org_code, name, parent_code: members.text("parentCode")?, unknown: members.rest() })
    }

    /// The entry as the store writes it.
    pub(super) fn write(&self, version: Version) -> Value {
        let name = match version {
            Version::V2 => "orgName",
            Version::V1 => "name",
        };
        let mut members = Map::new();
        put(&mut members, "orgCode", Some(&self.org_code));
        put(&mut members, name, Some(&self.name));
        put(&mut members, "parentCode", self.parent_code.as_ref());
        members.extend(self.unknown.clone());
        Value::Object(members)
    }
}

/// `extension` as an object; "nothing was passed" has many spellings.
fn read_extension(members: &mut Members) -> Result<Map<String, Value>, ParseRefusal> {
    let wrong = || refusal("userList.extension", ParseReason::WrongKind);
    match members.value("extension") {
        None => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Map::new()),
        Some(Value::String(text)) => serde_json::from_str(&text).map_err(|_| wrong()),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) => Err(wrong()),
    }
}

/// Takes a text or number out of the extension; anything else stays there as it is.
fn taken_text(extension: &mut Map<String, Value>, field: &str) -> Option<String> {
    let text = match extension.get(field)? {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null => None,
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    extension.shift_remove(field);
    text
}

fn put(members: &mut Map<String, Value>, name: &str, text: Option<&String>) {
    if let Some(text) = text {
        members.insert(name.to_owned(), text.clone().into());
    }
}

/// `employeeType` is a number on the wire of V2.0; a word that is none is sent as it is.
fn number_or_text(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
}
