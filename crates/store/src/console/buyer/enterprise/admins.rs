//! Who administers an enterprise, and dissolving it.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::Language;

use super::{own, path};
use crate::console::Console;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, tell};
use crate::console::fields::Sent;
use crate::console::view::{Action, Block, Cell, Field, Form, Page, Table};
use crate::identity::enterprise::{self, Admin};
use crate::merchant;

mercer_kernel::messages! {
    /// Texts of the pages.
    struct Texts;
    enterprises => "My enterprises", "我的企业";
    title => "Admins", "企业管理员";
    lead => "Every admin may do everything here. The creator cannot resign.", "管理员均可管理企业，创建者不能辞任。";
    account => "Account", "账号";
    role => "Role", "身份";
    creator => "Creator", "创建者";
    invited => "Invited", "受邀管理员";
    since => "Since", "加入时间";
    invite => "Invite an admin", "邀请管理员";
    buyer => "Account name or customer id", "账号名或客户 ID";
    submit => "Invite", "邀请";
    done => "The admin was added.", "已添加管理员。";
    resign => "Resign as admin", "辞去管理员";
    resign_really => "Resign? You will no longer see this enterprise.", "辞任后将无法再管理该企业，确定？";
    resigned => "You have resigned.", "您已辞任。";
    dissolve => "Dissolve the enterprise", "解散企业";
    dissolve_lead => "Every bound service is unbound and every authorisation withdrawn. The services you bought go on; the code of the enterprise stays taken. This cannot be undone.",
                     "将解绑所有服务并撤销所有授权。已购服务不受影响，企业域名不可再次使用。此操作不可恢复。";
    dissolved => "The enterprise is dissolved; sellers are being told.", "企业已解散，正在告知商家。";
}

/// The admins.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let texts = Texts(language);
    let tenant = own(core, &buyer, &tenant_id).await?;
    let admins = enterprise::admins(core, &tenant_id).await?;
    let mut rows = Vec::new();
    for admin in &admins {
        let known = merchant::buyer(&core.foundation, &admin.buyer_id).await?;
        rows.push(row(admin, known.map_or_else(|| admin.buyer_id.clone(), |known| known.customer_name), language));
    }
    let table = Table::new(&[texts.account(), texts.role(), texts.since()]).rows(rows);
    let form = Form::post(path(&tenant, "/admins"))
        .titled(texts.invite(), "")
        .field(Field::line("buyer", texts.buyer(), "").required())
        .submit(texts.submit(), "primary");
    let mut page = Page::new(buyer.clone().frame(core), texts.title())
        .lead(texts.lead())
        .below("/enterprises", texts.enterprises())
        .below(path(&tenant, ""), &tenant.name);
    if enterprise::rules::check_resignation(&admins, buyer.id()).is_ok() {
        let resign = Action::post(path(&tenant, "/admins/resign"), texts.resign());
        page = page.action(resign.asking(texts.resign_really()).styled("danger"));
    }
    Ok(page.block(Block::Table(table)).block(Block::Form(form)).answer())
}

/// Invites one.
pub(super) async fn invite(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let tenant = own(&console.core, &buyer, &tenant_id).await?;
    let done = enterprise::invite(&console.core, &tenant_id, sent.text("buyer")).await;
    tell(done, buyer.language(), Texts(buyer.language()).done(), &path(&tenant, "/admins"))
}

/// The admin who asks resigns.
pub(super) async fn resign(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    own(&console.core, &buyer, &tenant_id).await?;
    let done = enterprise::resign(&console.core, &tenant_id, buyer.id()).await;
    tell(done, buyer.language(), Texts(buyer.language()).resigned(), "/enterprises")
}

/// Asks before dissolving.
pub(super) async fn ask_dissolve(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    let texts = Texts(buyer.language());
    let tenant = own(&console.core, &buyer, &tenant_id).await?;
    let form = Form::post(path(&tenant, "/dissolve"))
        .titled(texts.dissolve(), texts.dissolve_lead())
        .submit(texts.dissolve(), "danger")
        .or_back(path(&tenant, ""), &tenant.name);
    let page = Page::new(buyer.frame(&console.core), texts.dissolve())
        .below("/enterprises", texts.enterprises())
        .below(path(&tenant, ""), &tenant.name);
    Ok(page.block(Block::Form(form)).answer())
}

/// Dissolves.
pub(super) async fn dissolve(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    own(&console.core, &buyer, &tenant_id).await?;
    let done = enterprise::dissolve(&console.core, &tenant_id).await;
    tell(done, buyer.language(), Texts(buyer.language()).dissolved(), "/enterprises")
}

fn row(admin: &Admin, name: String, language: Language) -> Vec<Cell> {
    let texts = Texts(language);
    let role = if admin.creator { texts.creator() } else { texts.invited() };
    vec![Cell::text(name), Cell::text(role), Cell::time(Some(admin.created_at))]
}
