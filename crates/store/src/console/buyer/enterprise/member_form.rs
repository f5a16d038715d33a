//! One member: added, looked at, changed.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice};

use super::grants::department_field;
use super::members::member_path;
use super::{own, path};
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Fields, Sent};
use crate::console::view::{Action, Block, Button, Choice, Field, Form, Page};
use crate::console::{Console, words};
use crate::identity::enterprise::{TOP_DEPARTMENT, Tenant};
use crate::identity::member::{self, Member, NewMember, Profile, Role};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the form.
    struct Texts;
    enterprises => "My enterprises", "我的企业";
    members => "Members", "成员管理";
    new => "Add a member", "添加成员";
    new_lead => "The account is unique in your enterprise; the member signs in as account@code.", "账号在企业内唯一，成员使用「账号@企业域名」登录。";
    account => "Account", "账号";
    account_hint => "Letters, digits, dots, underscores, hyphens", "字母、数字、点、下划线或连字符";
    name => "Name", "姓名";
    role => "Role", "角色";
    more => "Further fields", "更多信息";
    position => "Job title", "职位";
    employee_code => "Staff number", "工号";
    employee_type => "Kind of employment", "员工类型";
    unknown => "–", "–";
    regular => "Regular", "正式员工";
    intern => "Intern", "实习";
    dispatch => "Labour dispatch", "劳务派遣";
    outsourced => "Outsourced", "外包";
    mobile => "Mobile number", "手机";
    email => "Mail address", "邮箱";
    work_place => "Work place", "工作地";
    entry_date => "Joined on", "入职日期";
    date_hint => "yyyy-MM-dd", "yyyy-MM-dd";
    extension => "Extension fields (JSON)", "扩展字段（JSON）";
    extension_hint => "An object such as {\"accountSet\":\"01\"}; for applications with several account sets", "JSON 对象，如 {\"accountSet\":\"01\"}，用于多账套等场景";
    extension_wrong => "Write a JSON object", "请填写 JSON 对象";
    add => "Add", "添加";
    save => "Save", "保存";
    added => "The member is added.", "成员已添加。";
    saved => "Saved; sellers whose services the member may use are being told.", "已保存，正在告知相关商家。";
    delete => "Delete the member", "删除成员";
    delete_really(name: &str) => "Delete {name}? Sellers delete the account as well.", "确定删除 {name}？商家也会删除该账号。";
}

/// The form of a new member.
pub(super) async fn new(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    let tenant = own(&console.core, &buyer, &tenant_id).await?;
    let mut filled = Fields::default();
    filled.set("orgCode", TOP_DEPARTMENT);
    Ok(page(&console, buyer, (&tenant, None), (&filled, None)).await?.answer())
}

/// Adds the member.
pub(super) async fn add(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let tenant = own(core, &buyer, &tenant_id).await?;
    let added = match profile(&sent) {
        Ok(profile) => {
            let wanted = NewMember { user_name: sent.text("userName").to_owned(), profile };
            refused(member::add(core, &tenant_id, &wanted).await)?
        }
        Err(refusal) => Err(refusal),
    };
    match added {
        Ok(_) => Ok(Notice::new(Mood::Good, Texts(buyer.language()).added()).and_go_to(&path(&tenant, "/members"))),
        Err(refusal) => Ok(page(&console, buyer, (&tenant, None), (&sent, Some(&refusal))).await?.answer_refused()),
    }
}

/// The form of a known member.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, user_name)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let tenant = own(&console.core, &buyer, &tenant_id).await?;
    let member = member::find(&console.core, &tenant_id, &user_name).await?.ok_or_else(Fault::missing)?;
    let filled = filled(&member);
    Ok(page(&console, buyer, (&tenant, Some(&member)), (&filled, None)).await?.answer())
}

/// Changes the member.
pub(super) async fn save(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, user_name)): Path<(String, String)>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let tenant = own(core, &buyer, &tenant_id).await?;
    let member = member::find(core, &tenant_id, &user_name).await?.ok_or_else(Fault::missing)?;
    let saved = match profile(&sent) {
        Ok(profile) => refused(member::change(core, &tenant_id, &user_name, &profile).await)?,
        Err(refusal) => Err(refusal),
    };
    match saved {
        Ok(_) => {
            let notice = Notice::new(Mood::Good, Texts(buyer.language()).saved());
            Ok(notice.and_go_to(&member_path(&tenant, &user_name, "")))
        }
        Err(refusal) => {
            let known = (&tenant, Some(&member));
            Ok(page(&console, buyer, known, (&sent, Some(&refusal))).await?.answer_refused())
        }
    }
}

async fn page(
    console: &Console,
    buyer: Buyer,
    (tenant, member): (&Tenant, Option<&Member>),
    (fields, refusal): (&Fields, Option<&Refusal>),
) -> Result<Page, Fault> {
    let language = buyer.language();
    let texts = Texts(language);
    let department = department_field(&console.core, tenant, ("orgCode", fields.text("orgCode")), language).await?;
    let form = form((tenant, member), fields, department, language).refused(refusal, language);
    let title = member.map_or_else(|| texts.new().to_owned(), |member| member.user_name.clone());
    let mut page = Page::new(buyer.frame(&console.core), title)
        .below("/enterprises", texts.enterprises())
        .below(path(tenant, ""), &tenant.name)
        .below(path(tenant, "/members"), texts.members());
    match member {
        None => page = page.lead(texts.new_lead()),
        Some(member) => {
            page = page.badge(words::member_state(member.state, language)).action(
                Action::post(member_path(tenant, &member.user_name, "/delete"), texts.delete())
                    .asking(texts.delete_really(&member.user_name))
                    .styled("danger"),
            );
        }
    }
    Ok(page.block(Block::Form(form)))
}

fn form((tenant, member): (&Tenant, Option<&Member>), fields: &Fields, department: Field, language: Language) -> Form {
    let texts = Texts(language);
    let line = |name: &str, label: &str| Field::line(name, label, fields.text(name));
    let roles = Role::ALL.iter().map(|role| Choice::new(role.code(), words::member_role(*role, language)));
    let kinds = [texts.unknown(), texts.regular(), texts.intern(), texts.dispatch(), texts.outsourced()];
    let kinds = kinds
        .iter()
        .enumerate()
        .map(|(at, name)| Choice::new(if at == 0 { String::new() } else { at.to_string() }, *name));
    let further = vec![
        line("position", texts.position()),
        line("employeeCode", texts.employee_code()),
        line("employeeType", texts.employee_type()).select(kinds.collect()),
        line("mobile", texts.mobile()).typed("tel"),
        line("email", texts.email()).typed("email"),
        line("workPlace", texts.work_place()),
        line("entryDate", texts.entry_date()).hint(texts.date_hint()),
        line("extension", texts.extension()).area().hint(texts.extension_hint()),
    ];
    let is_open = further.iter().any(|field| !field.value.is_empty());
    let action = member.map_or_else(|| path(tenant, "/members/new"), |known| member_path(tenant, &known.user_name, ""));
    let mut form = Form::post(action);
    if member.is_none() {
        form = form.field(line("userName", texts.account()).hint(texts.account_hint()).required());
    }
    form.field(line("name", texts.name()).required())
        .field(department)
        .field(line("role", texts.role()).select(roles.collect()))
        .fold(texts.more(), further, is_open)
        .button(Button {
            label: if member.is_some() { texts.save() } else { texts.add() }.to_owned(),
            style: "primary",
            posts_to: String::new(),
            confirm: String::new(),
        })
        .or_back(path(tenant, "/members"), texts.members())
}

fn profile(sent: &Fields) -> Result<Profile, Refusal> {
    let text = |name: &str| sent.text(name).to_owned();
    let extension = match sent.text("extension") {
        "" => serde_json::Map::new(),
        other => serde_json::from_str(other).map_err(|_| {
            let (zh, en) = (Texts(Language::Zh).extension_wrong(), Texts(Language::En).extension_wrong());
            Refusal::invalid("member.extension", "extension", zh, en)
        })?,
    };
    Ok(Profile {
        name: text("name"),
        org_code: text("orgCode"),
        position: text("position"),
        employee_code: text("employeeCode"),
        employee_type: sent.number("employeeType")?,
        role: sent.code("role").unwrap_or(Role::User),
        mobile: text("mobile"),
        email: text("email"),
        work_place: text("workPlace"),
        entry_date: text("entryDate"),
        extension,
    })
}

fn filled(member: &Member) -> Fields {
    let profile = &member.profile;
    let mut fields = Fields::default();
    for (name, value) in [
        ("name", &profile.name),
        ("orgCode", &profile.org_code),
        ("position", &profile.position),
        ("employeeCode", &profile.employee_code),
        ("mobile", &profile.mobile),
        ("email", &profile.email),
        ("workPlace", &profile.work_place),
        ("entryDate", &profile.entry_date),
    ] {
        fields.set(name, value);
    }
    fields.set("role", profile.role.code());
    if let Some(kind) = profile.employee_type {
        fields.set("employeeType", &kind.to_string());
    }
    if !profile.extension.is_empty() {
        fields.set("extension", &serde_json::json!(profile.extension).to_string());
    }
    fields
}
