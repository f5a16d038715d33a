//! Departments from a CSV file, and into one.

use std::collections::{HashMap, HashSet};

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;

use super::{Department, repo, rules};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::csv::{self, BadRow, Column, Imported, OnBadRows, Row};
use crate::identity::sync;
use crate::identity::{application, binding, enterprise};

/// The columns of the file.
pub(crate) const COLUMNS: &[Column] = &[
    Column { name: "orgCode", chinese: "部门编码", required: true },
    Column { name: "orgName", chinese: "部门名称", required: true },
    Column { name: "parentCode", chinese: "上级部门编码", required: false },
];

/// Adds the departments of a file. Bound applications are told the whole list once, not each department.
pub(crate) async fn import(core: &Core, tenant_id: &str, file: &[u8], on_bad_rows: OnBadRows) -> Answer<Imported> {
    let db = &core.foundation.db;
    let table = csv::read(file, COLUMNS);
    let table = &table;
    db.transact(|| async move {
        let tenant = enterprise::active(core, tenant_id).await?;
        let known = repo::all(db, tenant_id).await?;
        let (good, mut bad_rows) = plan(&known, &table.rows, core.foundation.clock.now());
        bad_rows.extend(table.bad_rows.iter().cloned());
        bad_rows.sort_by_key(|bad| bad.line);
        if good.is_empty() || (!bad_rows.is_empty() && on_bad_rows == OnBadRows::Refuse) {
            return Ok((Batch::new(), Imported::new(0, bad_rows)));
        }
        let mut batch = Batch::new();
        enterprise::repo::touch(&mut batch, &tenant);
        for department in &good {
            repo::insert(core, &mut batch, tenant_id, department);
        }
        let added = good.len();
        let placed = rules::tree(known.into_iter().chain(good).collect());
        for one in binding::repo::live(db, tenant_id).await? {
            if binding::rules::hears_departments(&one) {
                let application = application::known(core, &one.app_id).await?;
                sync::tell_all_departments(core, &mut batch, (&one, &application), &placed);
            }
        }
        Ok::<_, StoreError>((batch, Imported::new(added, bad_rows)))
    })
    .await
}

/// All departments of an enterprise as a file, parents first.
pub(crate) async fn export(core: &Core, tenant_id: &str) -> Answer<String> {
    let placed = super::tree(core, tenant_id).await?;
    let rows = placed.into_iter().map(|placed| {
        let department = placed.department;
        vec![department.org_code, department.org_name, department.parent_code]
    });
    Ok(csv::write(COLUMNS, rows))
}

/// Which rows become departments, and which are bad. A child may stand before its parent; a row below a bad one
/// is bad as well.
fn plan(known: &[Department], rows: &[Row], now: Instant) -> (Vec<Department>, Vec<BadRow>) {
    let mut bad_rows = Vec::new();
    let mut codes: HashSet<String> = known.iter().map(|one| one.org_code.clone()).collect();
    let mut names: HashSet<(String, String)> =
        known.iter().map(|one| (one.parent_code.clone(), one.org_name.clone())).collect();
    let mut wanted: Vec<(u64, Department)> = Vec::new();
    for row in rows {
        let department = Department {
            org_code: row.text("orgCode").to_owned(),
            org_name: row.text("orgName").to_owned(),
            parent_code: row.text("parentCode").to_owned(),
            created_at: now,
        };
        let fault = if codes.len() >= rules::MAX_DEPARTMENTS {
            Some(rules::too_many())
        } else if let Err(refusal) = rules::check_texts(&department) {
            Some(refusal)
        } else if !codes.insert(department.org_code.clone()) {
            Some(rules::code_taken(&department.org_code))
        } else if !names.insert((department.parent_code.clone(), department.org_name.clone())) {
            codes.remove(&department.org_code);
            Some(rules::name_taken(&department.org_name))
        } else {
            None
        };
        match fault {
            Some(refusal) => bad_rows.push(BadRow::of(row.line, &refusal)),
            None => wanted.push((row.line, department)),
        }
    }
    let (good, below) = attached(known, wanted);
    bad_rows.extend(below);
    (good, bad_rows)
}

/// Keeps the departments whose path leads to the top; the others hang from nothing, from themselves, or too deep.
fn attached(known: &[Department], wanted: Vec<(u64, Department)>) -> (Vec<Department>, Vec<BadRow>) {
    let mut levels: HashMap<String, usize> =
        rules::tree(known.to_vec()).into_iter().map(|placed| (placed.department.org_code, placed.depth)).collect();
    let (mut good, mut bad_rows) = (Vec::new(), Vec::new());
    let mut waiting = wanted;
    loop {
        let before = waiting.len();
        let mut later = Vec::new();
        for (line, department) in waiting {
            let level = if department.parent_code.is_empty() {
                Some(0)
            } else {
                levels.get(&department.parent_code).map(|above| above + 1)
            };
            match level {
                Some(level) if level < rules::MAX_DEPTH => {
                    levels.insert(department.org_code.clone(), level);
                    good.push(department);
                }
                Some(_) => bad_rows.push(BadRow::of(line, &rules::too_deep())),
                None => later.push((line, department)),
            }
        }
        if later.is_empty() || later.len() == before {
            let orphan = |(line, one): (u64, Department)| BadRow::of(line, &rules::no_parent(&one.parent_code));
            bad_rows.extend(later.into_iter().map(orphan));
            return (good, bad_rows);
        }
        waiting = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(known: &[(&str, &str, &str)], file: &str) -> (Vec<String>, Vec<(u64, String)>) {
        let department = |(code, name, parent): &(&str, &str, &str)| Department {
            org_code: (*code).to_owned(),
            org_name: (*name).to_owned(),
            parent_code: (*parent).to_owned(),
            created_at: Instant::from_micros(0),
        };
        let known: Vec<Department> = known.iter().map(department).collect();
        let table = csv::read(format!("orgCode,orgName,parentCode\n{file}").as_bytes(), COLUMNS);
        let (good, bad) = plan(&known, &table.rows, Instant::from_micros(0));
        let good = good.into_iter().map(|one| one.org_code).collect();
        (good, bad.into_iter().map(|bad| (bad.line, bad.column)).collect())
    }

    #[test]
    fn children_may_stand_before_their_parents() {
        let (good, bad) = planned(&[("1", "Head", "")], "3,Lab,2\n2,Research,1\n");
        assert_eq!((good, bad), (vec!["2".to_owned(), "3".to_owned()], vec![]));
    }

    #[test]
    fn each_bad_row_is_named_by_line_and_column() {
        let file =
            "1,Again,\n2,,1\n3,Head,\n4,Lost,nowhere\n5,Below lost,4\n6,Self,6\n7,Good,1\n7,Twice,1\n a b,Name,\n";
        let (good, mut bad) = planned(&[("1", "Head", "")], file);
        bad.sort();
        let expected = [
            (2, "orgCode"),
            (3, "orgName"),
            (4, "orgName"),
            (5, "parentCode"),
            (6, "parentCode"),
            (7, "parentCode"),
            (9, "orgCode"),
            (10, "orgCode"),
        ];
        assert_eq!(good, ["7"]);
        assert_eq!(bad, expected.map(|(line, column)| (line, column.to_owned())));
    }
}
