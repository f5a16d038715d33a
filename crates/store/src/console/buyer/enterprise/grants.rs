//! Who is authorised to use a bound service: by name (手动授权) or by department (自动授权).

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::session::percent_encode;
use mercer_kernel::web::{Language, PageRequest};

use super::{own, own_binding, path};
use crate::Core;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, tell};
use crate::console::fields::{Asked, Fields, Sent};
use crate::console::staff::list::{window, with_pager};
use crate::console::view::{Cell, Choice, Empty, Field, Form, Table};
use crate::console::{Console, words};
use crate::identity::binding::{self, Binding, Grant, authorised};
use crate::identity::department;
use crate::identity::enterprise::Tenant;
use crate::identity::member::{self, MemberFilter, MemberState};
use crate::window::Window;

/// Members offered in the form; more are named by typing, or granted by department.
const OFFERED_MEMBERS: i64 = 100;
/// Departments offered in a list; of more the code is typed.
const OFFERED_DEPARTMENTS: usize = 300;

mercer_kernel::messages! {
    /// Texts of grants.
    struct Texts;
    authorised(count: i64) => "Authorised members ({count})", "已授权成员（{count}）";
    account => "Account", "账号";
    name => "Name", "姓名";
    why => "Authorised", "授权方式";
    by_hand => "By name", "手动授权";
    by_department => "By department", "自动授权（部门）";
    state => "State", "状态";
    since => "Since", "授权时间";
    act => "Action", "操作";
    withdraw => "Withdraw", "取消授权";
    nobody => "Nobody is authorised yet", "还没有授权成员";
    nobody_text => "Choose a member or a department below; the seller is told at once.", "在下方选择成员或部门授权，将立即告知商家。";
    grant => "Authorise", "授权";
    grant_lead => "A department includes everything below it, and members who join it later.", "按部门授权包含其下级部门和以后加入的成员。";
    one => "Member", "成员";
    more => "Further accounts, one per line", "更多账号（每行一个）";
    department => "Department", "部门";
    nothing => "–", "–";
    code_hint => "The code of the department, as the page of departments shows it", "部门编码，见部门页面";
    everybody(name: &str) => "everybody: {name}", "全员：{name}";
    departments => "Authorised departments", "自动授权的部门";
    no_departments => "No department is authorised", "没有自动授权的部门";
    no_departments_text => "Authorise one above, and its members need not be named.", "在上方按部门授权后，无需逐个指定成员。";
    done => "Authorised; the seller is being told.", "已授权，正在告知商家。";
    withdrawn => "Withdrawn; the seller is being told.", "已取消授权，正在告知商家。";
}

/// Authorises.
pub(super) async fn grant(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, binding_id)): Path<(String, String)>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    change(&console, &buyer, (&tenant_id, &binding_id), (&sent, true)).await
}

/// Withdraws.
pub(super) async fn withdraw(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, binding_id)): Path<(String, String)>,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    change(&console, &buyer, (&tenant_id, &binding_id), (&asked, false)).await
}

async fn change(
    console: &Console,
    buyer: &Buyer,
    (tenant_id, binding_id): (&str, &str),
    (sent, give): (&Fields, bool),
) -> Result<Response, Fault> {
    let core = &console.core;
    let texts = Texts(buyer.language());
    let tenant = own(core, buyer, tenant_id).await?;
    own_binding(core, &tenant, binding_id).await?;
    let wanted = wanted(sent);
    let done = if give {
        binding::grant(core, binding_id, &wanted).await
    } else {
        binding::withdraw(core, binding_id, &wanted).await
    };
    let told = if give { texts.done() } else { texts.withdrawn() };
    tell(done, buyer.language(), told, &path(&tenant, &format!("/services/{binding_id}")))
}

/// Whom a form names.
pub(super) fn wanted(sent: &Fields) -> Grant {
    let typed = sent.text("users").lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    Grant {
        users: sent.some("user").into_iter().chain(typed).collect(),
        departments: sent.some("department").into_iter().collect(),
    }
}

/// Who is authorised.
pub(super) async fn members_table(
    core: &Core,
    binding: &Binding,
    (base, page): (&str, PageRequest),
    language: Language,
) -> Result<Table, Fault> {
    let texts = Texts(language);
    let db = &core.foundation.db;
    let count = authorised::count(db, binding).await?;
    let (listed, pager) = with_pager(authorised::list(db, binding, window(page)).await?, page);
    let rows = listed.iter().map(|one| {
        let row = &one.authorisation;
        let why = if row.automatic { texts.by_department() } else { texts.by_hand() };
        let withdraw = if row.automatic {
            Cell::Nothing
        } else {
            let query = format!("{base}/withdraw?user={}", percent_encode(&row.user_name));
            Cell::Post(query, texts.withdraw().to_owned(), String::new())
        };
        vec![
            Cell::text(&row.user_name),
            Cell::text(&one.name),
            Cell::text(why),
            Cell::Badge(words::member_state(one.state, language)),
            Cell::time(Some(row.created_at)),
            withdraw,
        ]
    });
    let columns = [texts.account(), texts.name(), texts.why(), texts.state(), texts.since(), texts.act()];
    Ok(Table::new(&columns)
        .titled(texts.authorised(count))
        .rows(rows)
        .or_empty(Empty::new(texts.nobody(), texts.nobody_text()))
        .paged(pager))
}

/// The form that authorises.
pub(super) async fn grant_form(core: &Core, tenant: &Tenant, base: &str, language: Language) -> Result<Form, Fault> {
    let texts = Texts(language);
    let filter = MemberFilter { state: Some(MemberState::Enabled), ..MemberFilter::default() };
    let members = member::list(core, &tenant.tenant_id, &filter, Window::first(OFFERED_MEMBERS)).await?;
    let nothing = std::iter::once(Choice::new("", texts.nothing()));
    let names =
        members.iter().map(|one| Choice::new(&one.user_name, format!("{} · {}", one.profile.name, one.user_name)));
    Ok(Form::post(format!("{base}/grant"))
        .titled(texts.grant(), texts.grant_lead())
        .field(Field::line("user", texts.one(), "").select(nothing.chain(names).collect()))
        .field(department_field(core, tenant, ("department", ""), language).await?)
        .fold(texts.more(), vec![Field::line("users", texts.more(), "").area()], false)
        .submit(texts.grant(), "primary"))
}

/// A field that asks for a department: a list that shows the tree, or, when that would be too long, its code.
pub(super) async fn department_field(
    core: &Core,
    tenant: &Tenant,
    (name, value): (&str, &str),
    language: Language,
) -> Result<Field, Fault> {
    let texts = Texts(language);
    let field = Field::line(name, texts.department(), value);
    let placed = department::tree(core, &tenant.tenant_id).await?;
    if placed.len() > OFFERED_DEPARTMENTS {
        return Ok(field.hint(texts.code_hint()));
    }
    let tops = placed.iter().filter(|one| one.depth == 0).count();
    let choice = |one: department::rules::Placed| {
        let name = if one.depth == 0 && tops == 1 {
            texts.everybody(&one.department.org_name)
        } else {
            format!("{}{}", "\u{3000}".repeat(one.depth), one.department.org_name)
        };
        Choice::new(one.department.org_code, name)
    };
    let nothing = std::iter::once(Choice::new("", texts.nothing()));
    Ok(field.select(nothing.chain(placed.into_iter().map(choice)).collect()))
}

/// The departments that are authorised.
pub(super) async fn departments_table(
    core: &Core,
    binding: &Binding,
    base: &str,
    language: Language,
) -> Result<Table, Fault> {
    let texts = Texts(language);
    let mut rows = Vec::new();
    for org_code in authorised::departments(&core.foundation.db, binding).await? {
        let found = department::find(core, &binding.tenant_id, &org_code).await?;
        let name = found.map_or_else(|| org_code.clone(), |found| found.org_name);
        let query = format!("{base}/withdraw?department={}", percent_encode(&org_code));
        rows.push(vec![
            Cell::text(name),
            Cell::Code(org_code),
            Cell::Post(query, texts.withdraw().to_owned(), String::new()),
        ]);
    }
    Ok(Table::new(&[texts.department(), "orgCode", texts.act()])
        .titled(texts.departments())
        .rows(rows)
        .or_empty(Empty::new(texts.no_departments(), texts.no_departments_text())))
}
