//! My purchased services (已购服务).

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::PageRequest;

use crate::console::desk::Buyer;
use crate::console::fault::Fault;
use crate::console::staff::list::{window, with_pager};
use crate::console::view::{Block, Cell, Empty, Page, Table};
use crate::console::{Console, words};
use crate::instance::{self, InstanceFilter};

mercer_kernel::messages! {
    /// Texts of the list.
    struct Texts;
    title => "My services", "已购服务";
    lead => "What you bought and can use. Open one to see its address and account, or to renew it.",
            "您已购买的服务。打开后可查看应用地址和账号，或续费、升级。";
    service => "Service", "服务";
    state => "State", "状态";
    quantity => "Quantity", "数量";
    expires => "Valid until", "有效期至";
    bought => "Bought", "购买时间";
    none => "You have no services yet", "您还没有已购服务";
    none_text => "Buy a product in the shop; as soon as it is paid, it appears here.", "在商店购买商品并支付后，服务会显示在这里。";
    to_shop => "To the shop", "去商店";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, buyer: Buyer, page: PageRequest) -> Result<Response, Fault> {
    let language = buyer.language();
    let texts = Texts(language);
    let filter = InstanceFilter { buyer_id: buyer.id().to_owned(), ..InstanceFilter::default() };
    let instances = instance::list(&console.core, &filter, window(page)).await?;
    let (instances, pager) = with_pager(instances, page);
    let rows = instances.iter().map(|one| {
        vec![
            Cell::link(format!("/services/{}", one.resource_id), words::name(&one.names, language)),
            Cell::Badge(words::instance_state(one, language)),
            one.quantity.map_or(Cell::Nothing, |quantity| Cell::text(quantity.to_string())),
            Cell::time(one.expire_at),
            Cell::time(Some(one.created_at)),
        ]
    });
    let table = Table::new(&[texts.service(), texts.state(), texts.quantity(), texts.expires(), texts.bought()])
        .rows(rows)
        .or_empty(Empty::new(texts.none(), texts.none_text()).leading("/", texts.to_shop()))
        .paged(pager);
    let page = Page::new(buyer.frame(&console.core), texts.title()).lead(texts.lead());
    Ok(page.block(Block::Table(table)).answer())
}
