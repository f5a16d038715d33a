//! The members of an enterprise: found, enabled, disabled (已禁用列表), deleted.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::session::percent_encode;
use mercer_kernel::web::{Language, PageRequest};

use super::{own, path};
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, tell};
use crate::console::fields::{Asked, Fields};
use crate::console::staff::list::{state_choices, window, with_pager};
use crate::console::view::{Action, Block, Cell, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::identity::enterprise::Tenant;
use crate::identity::member::{self, Member, MemberFilter, MemberState};

mercer_kernel::messages! {
    /// Texts of the list.
    struct Texts;
    enterprises => "My enterprises", "我的企业";
    title => "Members", "成员管理";
    add => "Add a member", "添加成员";
    import => "Import", "导入";
    export => "Export", "导出";
    text => "Account or name", "账号或姓名";
    state => "State", "状态";
    any => "any", "全部";
    search => "Search", "查询";
    account => "Account", "账号";
    name => "Name", "姓名";
    department => "Department", "部门编码";
    role => "Role", "角色";
    added => "Added", "添加时间";
    act => "Action", "操作";
    disable => "Disable", "禁用";
    enable => "Enable", "启用";
    none => "No members", "没有成员";
    none_text => "Add members one by one or import a CSV file; then authorise them for a bound service.", "逐个添加或用 CSV 文件导入成员，然后为已绑定的服务授权。";
    disabled_done => "The member is disabled; sellers are being told.", "成员已禁用，正在告知商家。";
    enabled_done => "The member is enabled; sellers are being told.", "成员已启用，正在告知商家。";
    deleted_done => "The member is deleted; sellers are being told.", "成员已删除，正在告知商家。";
}

/// The list.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
    page: PageRequest,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let texts = Texts(language);
    let tenant = own(core, &buyer, &tenant_id).await?;
    let filter = MemberFilter {
        state: asked.code("state"),
        org_code: asked.text("orgCode").to_owned(),
        text: asked.text("text").to_owned(),
    };
    let (members, pager) = with_pager(member::list(core, &tenant_id, &filter, window(page)).await?, page);
    let new = path(&tenant, "/members/new");
    let columns =
        [texts.account(), texts.name(), texts.department(), texts.role(), texts.state(), texts.added(), texts.act()];
    let table = Table::new(&columns)
        .rows(members.iter().map(|one| row(&tenant, one, language)))
        .or_empty(Empty::new(texts.none(), texts.none_text()).leading(&new, texts.add()))
        .paged(pager);
    let page = Page::new(buyer.frame(core), texts.title())
        .below("/enterprises", texts.enterprises())
        .below(path(&tenant, ""), &tenant.name)
        .action(Action::link(path(&tenant, "/members/export"), texts.export()))
        .action(Action::link(path(&tenant, "/members/import"), texts.import()))
        .action(Action::primary(new, texts.add()));
    let filters = filters(&path(&tenant, "/members"), &asked, language);
    Ok(page.block(Block::Filters(filters)).block(Block::Table(table)).answer())
}

/// Enables, disables or deletes a member.
pub(super) async fn act(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, user_name, verb)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let texts = Texts(buyer.language());
    let tenant = own(core, &buyer, &tenant_id).await?;
    let back = path(&tenant, "/members");
    match verb.as_str() {
        "enable" | "disable" => {
            let enable = verb == "enable";
            let state = if enable { MemberState::Enabled } else { MemberState::Disabled };
            let done = member::set_state(core, &tenant_id, &user_name, state).await;
            tell(done, buyer.language(), if enable { texts.enabled_done() } else { texts.disabled_done() }, &back)
        }
        "delete" => {
            tell(member::remove(core, &tenant_id, &user_name).await, buyer.language(), texts.deleted_done(), &back)
        }
        _ => Err(Fault::missing()),
    }
}

/// The address of a member's page.
pub(super) fn member_path(tenant: &Tenant, user_name: &str, rest: &str) -> String {
    path(tenant, &format!("/members/{}{rest}", percent_encode(user_name)))
}

fn row(tenant: &Tenant, member: &Member, language: Language) -> Vec<Cell> {
    let texts = Texts(language);
    let (verb, label) = match member.state {
        MemberState::Enabled => ("/disable", texts.disable()),
        MemberState::Disabled => ("/enable", texts.enable()),
    };
    vec![
        Cell::link(member_path(tenant, &member.user_name, ""), &member.user_name),
        Cell::text(&member.profile.name),
        Cell::Code(member.profile.org_code.clone()),
        Cell::text(words::member_role(member.profile.role, language)),
        Cell::Badge(words::member_state(member.state, language)),
        Cell::time(Some(member.created_at)),
        Cell::Post(member_path(tenant, &member.user_name, verb), label.to_owned(), String::new()),
    ]
}

fn filters(action: &str, asked: &Fields, language: Language) -> Form {
    let texts = Texts(language);
    let states = MemberState::ALL.iter().map(|state| (state.code(), words::member_state(*state, language).text));
    Form::get(action)
        .field(Field::line("text", texts.text(), asked.text("text")).typed("search"))
        .field(Field::line("orgCode", texts.department(), asked.text("orgCode")))
        .field(Field::line("state", texts.state(), asked.text("state")).select(state_choices(texts.any(), states)))
        .submit(texts.search(), "")
}
