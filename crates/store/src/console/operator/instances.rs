//! All instances of the store.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::PageRequest;

use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::console::fields::Asked;
use crate::console::staff::list::{state_choices, window, with_pager};
use crate::console::view::{Block, Cell, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::instance::{self, InstanceFilter, InstanceState};
use crate::merchant;

mercer_kernel::messages! {
    /// Texts of the list.
    struct Texts;
    title => "Instances", "实例";
    lead => "What orders opened. Open one to freeze it because of a violation, or to clear that.", "订单开通的实例。打开后可违规冻结或解除冻结。";
    service => "Service", "服务";
    buyer => "Buyer", "买家";
    state => "State", "状态";
    expires => "Expires", "到期时间";
    release => "Released at", "计划释放时间";
    created => "Opened", "创建时间";
    search => "Id or name", "ID 或名称";
    any => "Any state", "全部状态";
    go => "Search", "查询";
    none => "No instances here", "暂无实例";
    none_text => "An instance appears as soon as a buyer pays an order.", "买家支付订单后会创建实例。";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    page: PageRequest,
    Asked(asked): Asked,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = staff.language();
    let texts = Texts(language);
    let filter = InstanceFilter {
        state: asked.code::<InstanceState>("state"),
        text: asked.text("text").to_owned(),
        ..InstanceFilter::default()
    };
    let (instances, pager) = with_pager(instance::list(core, &filter, window(page)).await?, page);
    let mut rows = Vec::with_capacity(instances.len());
    for one in &instances {
        let buyer = merchant::buyer(&core.foundation, &one.buyer_id).await?;
        let buyer = buyer.map_or_else(|| one.buyer_id.clone(), |buyer| buyer.customer_name);
        rows.push(vec![
            Cell::Link(
                format!("/operator/instances/{}", one.resource_id),
                words::name(&one.names, language),
                one.instance_id.clone().unwrap_or_default(),
            ),
            Cell::text(buyer),
            Cell::Badge(words::instance_state(one, language)),
            Cell::time(one.expire_at),
            Cell::time(one.release_at),
            Cell::time(Some(one.created_at)),
        ]);
    }
    let columns = [texts.service(), texts.buyer(), texts.state(), texts.expires(), texts.release(), texts.created()];
    let table = Table::new(&columns).rows(rows).or_empty(Empty::new(texts.none(), texts.none_text())).paged(pager);
    let states = InstanceState::ALL.iter().map(|state| (state.code(), words::instance_state_name(*state, language)));
    let filters = Form::get("/operator/instances")
        .field(Field::line("text", texts.search(), asked.text("text")).typed("search"))
        .field(Field::line("state", texts.state(), asked.text("state")).select(state_choices(texts.any(), states)))
        .submit(texts.go(), "");
    let page = Page::new(staff.frame(core), texts.title()).lead(texts.lead());
    Ok(page.block(Block::Filters(filters)).block(Block::Table(table)).answer())
}
