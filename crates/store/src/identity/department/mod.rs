//! Departments (部门) of an enterprise: a tree, kept as a flat list of codes with the code of the parent.
//!
//! A code is unique in the enterprise and never changes; a name is unique within its level; a department may
//! move. Merchants of bound applications are told each edit after it is made. Source: kit §2.6, §2.7.

mod edit;
mod import;
pub(crate) mod repo;
pub(crate) mod rules;

pub(crate) use edit::{add, change, remove};
pub(crate) use import::{COLUMNS, export, import};

use mercer_kernel::clock::Instant;
use serde::{Deserialize, Serialize};

use crate::Core;
use crate::error::Answer;

/// A department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Department {
    /// Its code.
    pub(crate) org_code: String,
    /// Its name.
    pub(crate) org_name: String,
    /// The code of its parent; empty for a top department.
    pub(crate) parent_code: String,
    /// When it was made.
    pub(crate) created_at: Instant,
}

/// A department to make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewDepartment {
    /// Its code, made by the store when absent.
    #[serde(default)]
    pub(crate) org_code: Option<String>,
    /// Its name.
    pub(crate) org_name: String,
    /// The code of its parent; absent or empty for a top department.
    #[serde(default)]
    pub(crate) parent_code: Option<String>,
}

/// What may change of a department; absent members stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DepartmentChange {
    /// Its name.
    #[serde(default)]
    pub(crate) org_name: Option<String>,
    /// The code of its parent; empty makes it a top department.
    #[serde(default)]
    pub(crate) parent_code: Option<String>,
}

/// All departments of an enterprise, parents before children, siblings by name.
pub(crate) async fn tree(core: &Core, tenant_id: &str) -> Answer<Vec<rules::Placed>> {
    Ok(rules::tree(repo::all(&core.foundation.db, tenant_id).await?))
}

/// The department with this code.
pub(crate) async fn find(core: &Core, tenant_id: &str, org_code: &str) -> Answer<Option<Department>> {
    Ok(repo::find(&core.foundation.db, tenant_id, org_code).await?)
}
