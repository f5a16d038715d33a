//! The seller's start page: what needs attention, and the way to a connected product.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::Language;

use crate::Core;
use crate::console::Console;
use crate::console::desk::Staff;
use crate::console::fault::Fault;
use crate::console::repo::{self, Overview};
use crate::console::staff::messages_table;
use crate::console::view::{Block, Event, Page, Stat};
use crate::error::Answer;
use crate::merchant::{self, AddressState, InterfaceType};
use crate::message::{self, MessageFilter, MessageState};
use crate::window::Window;

/// Messages shown on the start page.
const LATEST: i64 = 5;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    lead => "Your products in the store, and how the store's calls on your system went.", "您在云商店的商品，以及云商店调用您的系统的情况。";
    failed => "Failed calls", "失败的调用";
    failed_hint => "wait for your restart", "等待手工重启";
    retrying => "Calls being repeated", "重试中的调用";
    retrying_hint => "the store goes on by itself", "云商店会自动重试";
    processing => "Orders in progress", "处理中的订单";
    processing_hint(all: i64) => "of {all} orders", "共 {all} 个订单";
    active => "Instances in use", "使用中的实例";
    active_hint(all: i64) => "of {all} opened", "累计开通 {all} 个";
    on_sale => "Products on sale", "在售商品";
    on_sale_hint(all: i64) => "of {all} products", "共 {all} 个商品";
    setup => "Getting connected", "对接步骤";
    address => "A production address that the store calls", "添加并认证生产地址";
    key => "An access key that signs those calls", "配置基础接口的访问密钥";
    credential => "AK/SK with which your system reads orders", "创建用于查询订单的 AK/SK";
    product => "A product on sale", "发布并上架商品";
    first_order => "A first order", "收到第一个订单";
    latest => "Latest calls", "最近的调用";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Result<Response, Fault> {
    let core = &console.core;
    let foundation = &core.foundation;
    let language = staff.language();
    let texts = Texts(language);
    let merchant_id = staff.merchant_id().to_owned();
    let merchant = merchant::find(foundation, &merchant_id).await?;
    let title = merchant.map_or_else(|| merchant_id.clone(), |one| language.pick(&one.name_en, &one.name).to_owned());
    let counts = repo::overview(&foundation.db, &merchant_id).await?;
    let addresses = merchant::addresses(foundation, &merchant_id).await?;
    let done = [
        addresses.iter().any(|address| address.state == AddressState::Certified),
        signs(core, &merchant_id).await?,
        !merchant::credentials(foundation, &merchant_id).await?.is_empty(),
        counts.products.of(&["onSale"]) > 0,
        counts.orders.all() > 0,
    ];
    let filter = MessageFilter { merchant_id, ..MessageFilter::default() };
    let latest = message::list(core, &filter, Window::first(LATEST)).await?;
    let table = messages_table(core, &staff, &latest, language).titled(texts.latest());
    let stats = stats(&counts, language);
    let setup = Block::Timeline(texts.setup().to_owned(), steps(done, language));
    let mut page = Page::new(staff.frame(core), title).lead(texts.lead()).block(Block::Stats(stats));
    // Once everything is connected the steps have nothing to say any more.
    if done.contains(&false) {
        page = page.block(setup);
    }
    Ok(page.block(Block::Table(table)).answer())
}

/// Whether a key of either protocol version signs the calls of this merchant.
async fn signs(core: &Core, merchant_id: &str) -> Answer<bool> {
    for kind in [InterfaceType::Base, InterfaceType::SaasV1] {
        if merchant::signing_key(&core.foundation, merchant_id, kind).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn stats(counts: &Overview, language: Language) -> Vec<Stat> {
    let texts = Texts(language);
    let waiting = MessageState::AwaitingRestart.code();
    let failed = counts.messages.of(&[waiting]);
    let retrying = counts.messages.of(&[MessageState::Retrying.code()]);
    let stat = |state, label: &str, value: i64, hint: String, href: &str| Stat {
        state,
        label: label.to_owned(),
        value: value.to_string(),
        hint,
        href: href.to_owned(),
    };
    let processing = counts.orders.of(&["processing"]);
    vec![
        stat(
            if failed > 0 { "bad" } else { "" },
            texts.failed(),
            failed,
            texts.failed_hint().to_owned(),
            &format!("/seller/messages?state={waiting}"),
        ),
        stat(
            if retrying > 0 { "warn" } else { "" },
            texts.retrying(),
            retrying,
            texts.retrying_hint().to_owned(),
            "/seller/messages?state=retrying",
        ),
        stat(
            if processing > 0 { "busy" } else { "" },
            texts.processing(),
            processing,
            texts.processing_hint(counts.orders.all()),
            "/seller/orders?state=processing",
        ),
        stat(
            "",
            texts.active(),
            counts.instances.of(&["active"]),
            texts.active_hint(counts.instances.all()),
            "/seller/orders",
        ),
        stat(
            "",
            texts.on_sale(),
            counts.products.of(&["onSale"]),
            texts.on_sale_hint(counts.products.all()),
            "/seller/products",
        ),
    ]
}

fn steps(done: [bool; 5], language: Language) -> Vec<Event> {
    let texts = Texts(language);
    let names = [texts.address(), texts.key(), texts.credential(), texts.product(), texts.first_order()];
    names.into_iter().zip(done).map(|(name, done)| Event::new(if done { "ok" } else { "idle" }, name, None)).collect()
}
