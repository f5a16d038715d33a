//! What departments may be called and where they may lie. Pure.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::Department;
use crate::refusal::Refusal;

/// Longest code, as on the wire. Source: kit §2.6.
pub(crate) const MAX_CODE_LENGTH: usize = 64;
/// Longest name, as on the wire.
pub(crate) const MAX_NAME_LENGTH: usize = 128;
/// Departments of one enterprise; one call with the whole list must stay below 8 MiB (kit D12).
pub(crate) const MAX_DEPARTMENTS: usize = 20_000;
/// Deepest tree: deeper than any organisation, and short enough to be shown as a path.
pub(crate) const MAX_DEPTH: usize = 20;
/// Departments that one deletion removes: each of them is a call to each bound application.
pub(crate) const MAX_REMOVED_AT_ONCE: usize = 200;

/// A department with its depth in the tree, 0 for a top department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Placed {
    /// The department.
    #[serde(flatten)]
    pub(crate) department: Department,
    /// How far below the top it lies.
    pub(crate) depth: usize,
}

/// The departments of an enterprise by code.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chart<'a>(HashMap<&'a str, &'a Department>);

impl<'a> Chart<'a> {
    /// The chart of a list.
    pub(crate) fn of(departments: &'a [Department]) -> Self {
        Self(departments.iter().map(|one| (one.org_code.as_str(), one)).collect())
    }

    /// Codes of the departments above one, nearest first.
    fn above(&self, department: &'a Department) -> impl Iterator<Item = &'a Department> + use<'a, '_> {
        let parent = |one: &&'a Department| self.0.get(one.parent_code.as_str()).copied();
        // A broken chart could go round; no path is longer than there are departments.
        std::iter::successors(parent(&department), parent).take(self.0.len())
    }
}

/// Orders departments as a tree: each parent before its children, siblings by name. What hangs from a parent
/// that does not exist stands at the top.
pub(crate) fn tree(departments: Vec<Department>) -> Vec<Placed> {
    let codes: HashSet<String> = departments.iter().map(|one| one.org_code.clone()).collect();
    let mut children: HashMap<String, Vec<Department>> = HashMap::new();
    for department in departments {
        let parent =
            if codes.contains(&department.parent_code) { department.parent_code.clone() } else { String::new() };
        children.entry(parent).or_default().push(department);
    }
    for siblings in children.values_mut() {
        siblings.sort_by(|a, b| b.org_name.cmp(&a.org_name).then_with(|| b.org_code.cmp(&a.org_code)));
    }
    let mut placed = Vec::new();
    let mut waiting: Vec<(Department, usize)> = Vec::new();
    let top = children.remove("").unwrap_or_default();
    waiting.extend(top.into_iter().map(|one| (one, 0)));
    while let Some((department, depth)) = waiting.pop() {
        let below = children.remove(&department.org_code).unwrap_or_default();
        waiting.extend(below.into_iter().map(|one| (one, depth + 1)));
        placed.push(Placed { department, depth });
    }
    placed
}

/// The codes of `roots` and of everything below them.
pub(crate) fn with_descendants(departments: &[Department], roots: &HashSet<String>) -> HashSet<String> {
    if roots.is_empty() {
        return HashSet::new();
    }
    let chart = Chart::of(departments);
    let is_covered = |one: &&Department| {
        roots.contains(&one.org_code) || chart.above(one).any(|above| roots.contains(&above.org_code))
    };
    departments.iter().filter(is_covered).map(|one| one.org_code.clone()).collect()
}

/// Everything below a department and the department itself, children before their parents. Source: kit D13.
pub(crate) fn removal_order(departments: &[Department], org_code: &str) -> Vec<Department> {
    let doomed = with_descendants(departments, &HashSet::from([org_code.to_owned()]));
    let below: Vec<Department> = departments.iter().filter(|one| doomed.contains(&one.org_code)).cloned().collect();
    tree(below).into_iter().rev().map(|placed| placed.department).collect()
}

/// Checks one department against all others of its enterprise, whether it is new or changed.
///
/// # Errors
/// When code, name or place breaks a rule.
pub(crate) fn check(departments: &[Department], wanted: &Department) -> Result<(), Refusal> {
    check_texts(wanted)?;
    let others: Vec<&Department> = departments.iter().filter(|one| one.org_code != wanted.org_code).collect();
    if others.len() >= MAX_DEPARTMENTS {
        return Err(too_many());
    }
    let parent = others.iter().find(|one| one.org_code == wanted.parent_code);
    if !wanted.parent_code.is_empty() && wanted.parent_code != wanted.org_code && parent.is_none() {
        return Err(no_parent(&wanted.parent_code));
    }
    if others.iter().any(|one| one.parent_code == wanted.parent_code && one.org_name == wanted.org_name) {
        return Err(name_taken(&wanted.org_name));
    }
    let chart = Chart(others.iter().map(|one| (one.org_code.as_str(), *one)).collect());
    // The path of the parent as the chart stands without the department: it ends where that would close a circle.
    let goes_round = wanted.parent_code == wanted.org_code
        || parent.is_some_and(|parent| {
            parent.parent_code == wanted.org_code || chart.above(parent).any(|one| one.parent_code == wanted.org_code)
        });
    if goes_round {
        return Err(Refusal::invalid(
            "department.circle",
            "parentCode",
            "部门不能移动到自己或自己的下级部门之下",
            "a department cannot be moved below itself or below one of its own",
        ));
    }
    let depth = parent.map_or(0, |parent| chart.above(parent).count() + 1) + height(departments, &wanted.org_code);
    if depth < MAX_DEPTH {
        return Ok(());
    }
    Err(too_deep())
}

/// How many levels lie below a department.
fn height(departments: &[Department], org_code: &str) -> usize {
    let below = tree(removal_order(departments, org_code));
    below.iter().map(|placed| placed.depth).max().unwrap_or_default()
}

/// Checks code and name for themselves.
///
/// # Errors
/// When one breaks its rule.
pub(crate) fn check_texts(wanted: &Department) -> Result<(), Refusal> {
    let is_plain = wanted.org_code.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | '-' | '.'));
    if !is_plain || !(1..=MAX_CODE_LENGTH).contains(&wanted.org_code.chars().count()) {
        return Err(Refusal::invalid(
            "department.code",
            "orgCode",
            format!("部门编码为 1 到 {MAX_CODE_LENGTH} 个字母、数字、下划线、连字符或点"),
            format!("the code of a department is 1 to {MAX_CODE_LENGTH} letters, digits, underscores, hyphens or dots"),
        ));
    }
    if (1..=MAX_NAME_LENGTH).contains(&wanted.org_name.chars().count()) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "department.name",
        "orgName",
        format!("部门名称为 1 到 {MAX_NAME_LENGTH} 个字符"),
        format!("the name of a department has 1 to {MAX_NAME_LENGTH} characters"),
    ))
}

/// The refusal that the parent does not exist.
pub(crate) fn no_parent(parent_code: &str) -> Refusal {
    Refusal::invalid(
        "department.parent",
        "parentCode",
        format!("没有编码为 {parent_code} 的上级部门"),
        format!("there is no department {parent_code} to lie below"),
    )
}

/// The refusal that the name is taken within its level.
pub(crate) fn name_taken(org_name: &str) -> Refusal {
    Refusal::invalid(
        "department.name_taken",
        "orgName",
        format!("同一级已有名为「{org_name}」的部门"),
        format!("there is a department \"{org_name}\" at this level already"),
    )
}

/// The refusal that the code is taken.
pub(crate) fn code_taken(org_code: &str) -> Refusal {
    Refusal::invalid(
        "department.code_taken",
        "orgCode",
        format!("部门编码 {org_code} 已存在"),
        format!("there is a department with the code {org_code} already"),
    )
}

/// The refusal that the department would lie too deep.
pub(crate) fn too_deep() -> Refusal {
    Refusal::invalid(
        "department.depth",
        "parentCode",
        format!("部门最多 {MAX_DEPTH} 级"),
        format!("departments have at most {MAX_DEPTH} levels"),
    )
}

/// The refusal that there are too many departments.
pub(crate) fn too_many() -> Refusal {
    Refusal::conflict(
        "department.too_many",
        format!("每个企业最多 {MAX_DEPARTMENTS} 个部门"),
        format!("an enterprise has at most {MAX_DEPARTMENTS} departments"),
    )
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
