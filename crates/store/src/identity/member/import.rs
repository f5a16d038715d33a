//! Members from a CSV file, and into one.

use std::collections::HashSet;

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use serde_json::Map;

use super::{Member, MemberState, NewMember, Profile, Role, repo, rules};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::binding::{self, MemberNews};
use crate::identity::csv::{self, BadRow, Column, Imported, OnBadRows, Row};
use crate::identity::{department, enterprise};
use crate::refusal::Refusal;

/// The columns of the file.
pub(crate) const COLUMNS: &[Column] = &[
    Column { name: "userName", chinese: "账号", required: true },
    Column { name: "name", chinese: "姓名", required: true },
    Column { name: "orgCode", chinese: "部门编码", required: true },
    Column { name: "role", chinese: "角色", required: false },
    Column { name: "position", chinese: "职位", required: false },
    Column { name: "employeeCode", chinese: "工号", required: false },
    Column { name: "employeeType", chinese: "员工类型", required: false },
    Column { name: "mobile", chinese: "手机", required: false },
    Column { name: "email", chinese: "邮箱", required: false },
    Column { name: "workPlace", chinese: "工作地", required: false },
    Column { name: "entryDate", chinese: "入职日期", required: false },
    Column { name: "state", chinese: "状态", required: false },
];

/// Adds the members of a file.
pub(crate) async fn import(core: &Core, tenant_id: &str, file: &[u8], on_bad_rows: OnBadRows) -> Answer<Imported> {
    let db = &core.foundation.db;
    let table = csv::read(file, COLUMNS);
    let table = &table;
    db.transact(|| async move {
        let tenant = enterprise::active(core, tenant_id).await?;
        let departments = department::repo::all(db, tenant_id).await?;
        let taken: HashSet<String> = repo::places(db, tenant_id).await?.into_iter().map(|(name, _)| name).collect();
        let codes: HashSet<&str> = departments.iter().map(|one| one.org_code.as_str()).collect();
        let (good, mut bad_rows) = plan((taken, &codes), &table.rows, core.foundation.clock.now());
        bad_rows.extend(table.bad_rows.iter().cloned());
        bad_rows.sort_by_key(|bad| bad.line);
        if good.is_empty() || (!bad_rows.is_empty() && on_bad_rows == OnBadRows::Refuse) {
            return Ok((Batch::new(), Imported::new(0, bad_rows)));
        }
        let mut batch = Batch::new();
        enterprise::repo::touch(&mut batch, &tenant);
        for member in &good {
            repo::insert(core, &mut batch, tenant_id, member);
        }
        binding::tell_members(core, &mut batch, (tenant_id, &departments), MemberNews::Added(&good)).await?;
        Ok::<_, StoreError>((batch, Imported::new(good.len(), bad_rows)))
    })
    .await
}

/// All members of an enterprise as a file.
pub(crate) async fn export(core: &Core, tenant_id: &str) -> Answer<String> {
    let members = repo::all(&core.foundation.db, tenant_id).await?;
    let rows = members.into_iter().map(|member| {
        let profile = member.profile;
        vec![
            member.user_name,
            profile.name,
            profile.org_code,
            profile.role.code().to_owned(),
            profile.position,
            profile.employee_code,
            profile.employee_type.map(|kind| kind.to_string()).unwrap_or_default(),
            profile.mobile,
            profile.email,
            profile.work_place,
            profile.entry_date,
            member.state.code().to_owned(),
        ]
    });
    Ok(csv::write(COLUMNS, rows))
}

/// Which rows become members, and which are bad.
fn plan(
    (mut taken, codes): (HashSet<String>, &HashSet<&str>),
    rows: &[Row],
    now: Instant,
) -> (Vec<Member>, Vec<BadRow>) {
    let (mut good, mut bad_rows) = (Vec::new(), Vec::new());
    for row in rows {
        match member(row, now) {
            Ok(member) if !codes.contains(member.profile.org_code.as_str()) => {
                bad_rows.push(BadRow::of(row.line, &rules::no_department(&member.profile.org_code)));
            }
            Ok(_) if taken.len() >= usize::try_from(rules::MAX_MEMBERS).unwrap_or(usize::MAX) => {
                bad_rows.push(BadRow::of(row.line, &rules::too_many()));
            }
            Ok(member) if !taken.insert(member.user_name.clone()) => {
                bad_rows.push(BadRow::of(row.line, &rules::name_taken(&member.user_name)));
            }
            Ok(member) => good.push(member),
            Err(refusal) => bad_rows.push(BadRow::of(row.line, &refusal)),
        }
    }
    (good, bad_rows)
}

fn member(row: &Row, now: Instant) -> Result<Member, Refusal> {
    let text = |column: &str| row.text(column).to_owned();
    let employee_type = match row.text("employeeType") {
        "" => None,
        // What is no number at all is refused like a number out of range.
        other => Some(other.parse().unwrap_or(0)),
    };
    let new = NewMember {
        user_name: text("userName"),
        profile: Profile {
            name: text("name"),
            org_code: text("orgCode"),
            position: text("position"),
            employee_code: text("employeeCode"),
            employee_type,
            role: code(row, "role", Role::User, Role::ALL.iter().map(|role| role.code()))?,
            mobile: text("mobile"),
            email: text("email"),
            work_place: text("workPlace"),
            entry_date: text("entryDate"),
            extension: Map::new(),
        },
    };
    rules::check_new(&new)?;
    let state = code(row, "state", MemberState::Enabled, MemberState::ALL.iter().map(|state| state.code()))?;
    Ok(Member { user_name: new.user_name, state, profile: new.profile, created_at: now })
}

fn code<T: std::str::FromStr>(
    row: &Row,
    column: &'static str,
    default: T,
    known: impl Iterator<Item = &'static str>,
) -> Result<T, Refusal> {
    let text = row.text(column);
    if text.is_empty() {
        return Ok(default);
    }
    text.parse().map_err(|_| {
        let known = known.collect::<Vec<_>>().join(", ");
        Refusal::invalid(
            "member.code",
            column,
            format!("「{text}」不可用，允许的值：{known}"),
            format!("\"{text}\" is not allowed; there are {known}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bad_row_is_named_by_line_and_column() {
        let file = "账号,name,orgCode,role,email,employeeType,entryDate,state\n\
            good,Good,D1,admin,g@example.com,2,2026-03-01,disabled\n\
            ,Nobody,D1,,,,,\n\
            taken,Again,D1,,,,,\n\
            good,Twice,D1,,,,,\n\
            a,A,nowhere,,,,,\n\
            b,B,D1,boss,,,,\n\
            c,C,D1,,c,,,\n\
            d,D,D1,,,many,,\n\
            e,E,D1,,,,tomorrow,\n\
            f,F,D1,,,,,gone\n";
        let table = csv::read(file.as_bytes(), COLUMNS);
        assert_eq!(table.bad_rows, []);
        let codes = HashSet::from(["D1"]);
        let taken = HashSet::from(["taken".to_owned()]);
        let (good, bad) = plan((taken, &codes), &table.rows, Instant::from_micros(0));
        assert_eq!(good.len(), 1);
        assert_eq!((good[0].state, good[0].profile.role), (MemberState::Disabled, Role::Admin));
        let told: Vec<(u64, &str)> = bad.iter().map(|bad| (bad.line, bad.column.as_str())).collect();
        let expected = [
            (3, "userName"),
            (4, "userName"),
            (5, "userName"),
            (6, "orgCode"),
            (7, "role"),
            (8, "email"),
            (9, "employeeType"),
            (10, "entryDate"),
            (11, "state"),
        ];
        assert_eq!(told, expected);
    }
}
