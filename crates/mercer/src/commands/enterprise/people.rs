//! Departments and members of an enterprise.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};

use super::done;
use crate::commands::{Paging, page};
use crate::failure::Failure;
use crate::input::given_line;
use crate::output::{Column, Output, record, table, text_of};
use crate::remote::Remote;

/// What can be done with departments and members.
#[derive(Debug, Subcommand)]
pub(super) enum People {
    /// List departments, parents first (部门列表)
    Departments {
        /// Enterprise id (企业 ID)
        tenant_id: String,
    },
    /// Create a department (新建部门)
    AddDepartment {
        /// Enterprise id (企业 ID)
        tenant_id: String,
        /// Its name, unique within its level (部门名称)
        #[arg(long)]
        name: String,
        /// Its code; made by the store when left out (部门编码)
        #[arg(long)]
        code: Option<String>,
        /// Code of the one above; a top department when left out (上级部门编码)
        #[arg(long)]
        parent: Option<String>,
    },
    /// Rename or move a department (修改部门)
    ChangeDepartment {
        /// Enterprise id (企业 ID)
        tenant_id: String,
        /// Its code (部门编码)
        org_code: String,
        /// Another name (部门名称)
        #[arg(long)]
        name: Option<String>,
        /// Code of another one above (上级部门编码)
        #[arg(long)]
        parent: Option<String>,
    },
    /// Delete a department with those below it (删除部门)
    RemoveDepartment {
        /// Enterprise id (企业 ID)
        tenant_id: String,
        /// Its code (部门编码)
        org_code: String,
    },
    /// Import departments from CSV: orgCode,orgName,parentCode (导入部门)
    ImportDepartments(Import),
    /// List members (成员列表)
    Members {
        /// Enterprise id (企业 ID)
        tenant_id: String,
        /// Only members of this department (部门编码)
        #[arg(long, default_value = "", hide_default_value = true)]
        department: String,
        /// Part of an account or a name (搜索)
        #[arg(long, default_value = "", hide_default_value = true)]
        text: String,
        #[command(flatten)]
        paging: Paging,
    },
    /// Add a member (新增成员)
    AddMember(NewMember),
    /// Enable a member (启用成员)
    EnableMember(Member),
    /// Disable a member: may not use anything any more (禁用成员)
    DisableMember(Member),
    /// Delete a member (删除成员)
    RemoveMember(Member),
    /// Import members from CSV (导入成员)
    ImportMembers(Import),
}

/// A CSV file.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// Enterprise id (企业 ID)
    tenant_id: String,
    /// CSV file, or - for standard input (CSV 文件)
    #[arg(long, value_name = "FILE|-")]
    file: String,
    /// Leave bad rows out; without it, one bad row and nothing is imported (跳过错误行)
    #[arg(long)]
    skip_bad_rows: bool,
}

/// One member.
#[derive(Debug, Args)]
pub(super) struct Member {
    /// Enterprise id (企业 ID)
    tenant_id: String,
    /// Account name (成员账号)
    user_name: String,
}

/// What a member is made of.
#[derive(Debug, Args)]
pub(super) struct NewMember {
    /// Enterprise id (企业 ID)
    tenant_id: String,
    /// Account name, unique in the enterprise (成员账号)
    #[arg(long)]
    user: String,
    /// Display name (姓名)
    #[arg(long)]
    name: String,
    /// Code of the department (部门编码)
    #[arg(long)]
    department: String,
    /// Role (角色)
    #[arg(long, value_enum, default_value = "user")]
    role: Role,
    /// Phone (手机)
    #[arg(long)]
    mobile: Option<String>,
    /// Mail (邮箱)
    #[arg(long)]
    email: Option<String>,
}

/// Role of a member. Source: kit §1.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Ordinary
    User,
    /// Administrator
    Admin,
}

/// Runs one of them.
pub(super) async fn run(remote: &Remote, action: People, output: Output) -> Result<(), Failure> {
    match action {
        People::Departments { .. }
        | People::AddDepartment { .. }
        | People::ChangeDepartment { .. }
        | People::RemoveDepartment { .. }
        | People::ImportDepartments(_) => departments(remote, action, output).await,
        People::Members { tenant_id, department, text, paging } => {
            let mut query = vec![("orgCode", department), ("text", text)];
            query.extend(paging.pairs());
            let found = remote.get(&format!("/enterprises/{tenant_id}/members"), &query).await?;
            output.show(&found, |language| page(language, MEMBERS, &found));
            Ok(())
        }
        People::AddMember(member) => {
            let path = format!("/enterprises/{}/members", member.tenant_id);
            let made = remote.post(&path, Some(&body_of(&member))).await?;
            output.show(&made, |language| record(language, MEMBERS, &made));
            Ok(())
        }
        People::EnableMember(member) => switch(remote, &member, "enable", output).await,
        People::DisableMember(member) => switch(remote, &member, "disable", output).await,
        People::RemoveMember(member) => {
            done(output, &remote.delete(&member.path()).await?);
            Ok(())
        }
        People::ImportMembers(import) => import_into(remote, &import, "members", output).await,
    }
}

async fn departments(remote: &Remote, action: People, output: Output) -> Result<(), Failure> {
    match action {
        People::Departments { tenant_id } => {
            let found = remote.get(&format!("/enterprises/{tenant_id}/departments"), &[]).await?;
            let rows = found["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            output.show(&found, |language| table(language, DEPARTMENTS, rows));
        }
        People::AddDepartment { tenant_id, name, code, parent } => {
            let body = members_of([("orgName", Some(name)), ("orgCode", code), ("parentCode", parent)]);
            let made = remote.post(&format!("/enterprises/{tenant_id}/departments"), Some(&body)).await?;
            output.show(&made, |language| record(language, DEPARTMENTS, &made));
        }
        People::ChangeDepartment { tenant_id, org_code, name, parent } => {
            let body = members_of([("orgName", name), ("parentCode", parent)]);
            let path = format!("/enterprises/{tenant_id}/departments/{}", segment(&org_code));
            let changed = remote.put(&path, &body).await?;
            output.show(&changed, |language| record(language, DEPARTMENTS, &changed));
        }
        People::RemoveDepartment { tenant_id, org_code } => {
            let path = format!("/enterprises/{tenant_id}/departments/{}", segment(&org_code));
            done(output, &remote.delete(&path).await?);
        }
        People::ImportDepartments(import) => import_into(remote, &import, "departments", output).await?,
        People::Members { .. }
        | People::AddMember(_)
        | People::EnableMember(_)
        | People::DisableMember(_)
        | People::RemoveMember(_)
        | People::ImportMembers(_) => {}
    }
    Ok(())
}

async fn switch(remote: &Remote, member: &Member, verb: &str, output: Output) -> Result<(), Failure> {
    let after = remote.post(&format!("{}/{verb}", member.path()), None).await?;
    output.show(&after, |language| record(language, MEMBERS, &after));
    Ok(())
}

async fn import_into(remote: &Remote, import: &Import, what: &str, output: Output) -> Result<(), Failure> {
    let csv = given_line("--file", &import.file)?;
    let on_bad_rows = if import.skip_bad_rows { "skip" } else { "refuse" };
    let body = json!({"csv": csv, "onBadRows": on_bad_rows});
    let path = format!("/enterprises/{}/{what}/import", import.tenant_id);
    let imported = remote.post(&path, Some(&body)).await?;
    output.show(&imported, |language| {
        let rows = imported["badRows"].as_array().map(Vec::as_slice).unwrap_or_default();
        let head = format!("✓ {} {}", language.pick("已导入", "imported"), imported["added"]);
        if rows.is_empty() { head } else { format!("{head}\n{}", table(language, BAD_ROWS, rows)) }
    });
    Ok(())
}

impl Member {
    fn path(&self) -> String {
        format!("/enterprises/{}/members/{}", self.tenant_id, segment(&self.user_name))
    }
}

fn body_of(member: &NewMember) -> Value {
    let role = match member.role {
        Role::User => "user",
        Role::Admin => "admin",
    };
    members_of([
        ("userName", Some(member.user.clone())),
        ("name", Some(member.name.clone())),
        ("orgCode", Some(member.department.clone())),
        ("role", Some(role.to_owned())),
        ("mobile", member.mobile.clone()),
        ("email", member.email.clone()),
    ])
}

/// The members that were given.
fn members_of<const N: usize>(members: [(&str, Option<String>); N]) -> Value {
    let given = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
    Value::Object(given.collect::<Map<String, Value>>())
}

/// A text as one segment of a path.
fn segment(text: &str) -> String {
    mercer_protocol::saas_v1::encoded(text)
}

const DEPARTMENTS: &[Column] = &[
    Column::new("部门", "department", |row| {
        let depth = usize::try_from(row["depth"].as_u64().unwrap_or(0)).unwrap_or(0);
        format!("{}{}", "  ".repeat(depth), text_of(&row["orgName"]))
    }),
    Column::new("编码", "code", |row| text_of(&row["orgCode"])),
    Column::new("上级编码", "parent", |row| text_of(&row["parentCode"])),
];

const MEMBERS: &[Column] = &[
    Column::new("账号", "user", |row| text_of(&row["userName"])),
    Column::new("姓名", "name", |row| text_of(&row["name"])),
    Column::new("部门", "department", |row| text_of(&row["orgCode"])),
    Column::new("角色", "role", |row| text_of(&row["role"])),
    Column::new("状态", "state", |row| text_of(&row["state"])),
    Column::new("手机", "mobile", |row| text_of(&row["mobile"])),
    Column::new("邮箱", "email", |row| text_of(&row["email"])),
];

const BAD_ROWS: &[Column] = &[
    Column::new("行", "line", |row| text_of(&row["line"])),
    Column::new("列", "column", |row| text_of(&row["column"])),
    Column::new("原因", "reason", |row| {
        let reason = &row["reason"];
        if reason.is_object() {
            format!("{} {}", text_of(&reason["en"]), text_of(&reason["zh"]))
        } else {
            text_of(reason)
        }
    }),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_is_sent() {
        let body = members_of([("orgName", Some("研发".to_owned())), ("orgCode", None)]);
        assert_eq!(body, json!({"orgName": "研发"}));
        let member = Member { tenant_id: "t".to_owned(), user_name: "a/b c".to_owned() };
        assert_eq!(member.path(), "/enterprises/t/members/a%2Fb%20c");
    }
}
