//! A member as the store described it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// A member (联营账号成员) without its identity. Source: kit V2.0 §2.5.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Display name.
    pub name: String,
    /// Code of the member's department; it need not be known.
    pub org_code: String,
    /// `user` or `admin`; other words are kept as they come.
    pub role: String,
    /// Whether the account may be used.
    pub enable: bool,
    /// Job title.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub position: String,
    /// Staff number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub employee_code: String,
    /// 1 regular, 2 intern, 3 labour dispatch, 4 outsourcing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub employee_type: String,
    /// Work place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub work_place: String,
    /// Date of joining, as it came.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub entry_date: String,
    /// Phone; sealed at rest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mobile: String,
    /// Mail; sealed at rest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Extension fields as they came; sealed at rest, for they may hold phone or mail (decision D9).
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extension: Map<String, Json>,
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name: _, mobile: _, email: _, extension: _, .. } = self;
        f.debug_struct("Member")
            .field("org_code", &self.org_code)
            .field("role", &self.role)
            .field("enable", &self.enable)
            .finish_non_exhaustive()
    }
}

/// What of a member is sealed at rest.
#[derive(Serialize, Deserialize)]
pub(crate) struct Private {
    mobile: String,
    email: String,
    extension: Map<String, Json>,
}

impl Member {
    /// What is sealed; none when there is nothing to seal.
    pub(crate) fn private(&self) -> Option<Private> {
        let is_empty = self.mobile.is_empty() && self.email.is_empty() && self.extension.is_empty();
        (!is_empty).then(|| Private {
            mobile: self.mobile.clone(),
            email: self.email.clone(),
            extension: self.extension.clone(),
        })
    }

    /// The member with what was sealed.
    #[must_use]
    pub(crate) fn with_private(self, private: Private) -> Self {
        Self { mobile: private.mobile, email: private.email, extension: private.extension, ..self }
    }
}
