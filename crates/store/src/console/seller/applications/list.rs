//! The application credentials of a merchant.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::PageRequest;

use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::console::staff::list::{window, with_pager};
use crate::console::view::{Action, Block, Cell, Empty, Page, Table};
use crate::console::{Console, words};
use crate::identity::application;
use crate::identity::binding;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "Application credentials", "应用凭证管理";
    lead => "A joint product needs one: with it the store tells your system which enterprise, department and member may use the application.",
            "联营商品需要应用凭证：云商店据此将企业、部门和成员的授权同步到您的系统。";
    name => "Application", "应用名称";
    app_id => "Application id", "应用ID";
    version => "Kit version", "联营KIT版本";
    test => "Test", "接口测试";
    made => "Made", "创建时间";
    none => "No application credential yet", "还没有应用凭证";
    none_text => "Have the RSA pair of your system at hand; the public key goes into the form.", "请先准备好您系统的 RSA 密钥对，创建时填写公钥。";
    new => "Apply for a credential", "凭证申请";
}

/// The list.
pub(super) async fn show(State(console): State<Console>, staff: Staff, page: PageRequest) -> Result<Response, Fault> {
    let core = &console.core;
    let language = staff.language();
    let texts = Texts(language);
    let applications = application::list(core, staff.merchant_id(), window(page)).await?;
    let (applications, pager) = with_pager(applications, page);
    let mut rows = Vec::with_capacity(applications.len());
    for one in &applications {
        let test = binding::test_of(core, &one.app_id).await?;
        rows.push(vec![
            Cell::link(super::path(&one.app_id, ""), &one.name),
            Cell::Code(one.app_id.clone()),
            Cell::text(words::kit_version(one.protocol)),
            test.map_or_else(|| Cell::text(""), |test| Cell::Badge(words::binding_state(test.state, language))),
            Cell::time(Some(one.created_at)),
        ]);
    }
    let new = format!("{}/new", super::PATH);
    let columns = [texts.name(), texts.app_id(), texts.version(), texts.test(), texts.made()];
    let table = Table::new(&columns)
        .rows(rows)
        .or_empty(Empty::new(texts.none(), texts.none_text()).leading(&new, texts.new()))
        .paged(pager);
    let page = Page::new(staff.frame(core), texts.title()).lead(texts.lead());
    let page = if applications.is_empty() { page } else { page.action(Action::primary(new, texts.new())) };
    Ok(page.block(Block::Table(table)).answer())
}
