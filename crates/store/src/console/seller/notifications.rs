//! Order notification (订单通知): which address is told about which orders, a test call, and the latest calls.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice};

use crate::Core;
use crate::callback::Interface;
use crate::catalog::{self, Product, ProductFilter};
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused, tell};
use crate::console::fields::{Fields, Sent};
use crate::console::staff::messages_table;
use crate::console::view::{Block, Cell, Choice, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::merchant::{self, InterfaceType, ProductionAddress};
use crate::message::{self, MessageFilter, MessageState};
use crate::notification::{self, AccessType, Configuration, NewConfiguration};
use crate::refusal::Refusal;
use crate::window::{WINDOW_LIMIT, Window};

/// The page.
const PATH: &str = "/seller/notifications";
/// Calls shown on the page; the message list has the others.
const LATEST: i64 = 10;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "Order notification", "订单通知";
    lead => "When a buyer purchases, renews, changes or unsubscribes, the store calls orderNotify on the address you choose; your system then queries the order.",
            "买家新购、续费、变更或退订时，云商店调用您指定地址的 orderNotify，您的系统再查询订单详情。";
    covers => "For", "通知范围";
    by_access_type => "every product of this access type", "按接入类型";
    by_product => "this product only", "按商品";
    address => "Production address", "生产地址";
    added => "Added", "添加时间";
    test => "Test", "调试";
    test_now => "Send a test call", "发送调试调用";
    delete => "Delete", "删除";
    delete_really => "Stop telling this address about orders?", "停止向该地址发送订单通知？";
    gone => "Address deleted", "地址已删除";
    none => "No order notification yet", "还没有订单通知配置";
    none_text => "Choose below whose orders are announced to which production address. Without one, your system hears of an order only through the interfaces of the product; products without interfaces need one.",
                 "请在下方选择通知范围和生产地址。未配置时，您的系统只能通过商品接口得知订单；没有接口的商品必须配置订单通知。";
    add => "Add an order notification", "新增订单通知配置";
    add_lead => "By access type or by product. When both match an order, it is announced once, to the address of the product.",
                "按接入类型或按商品配置；同一订单两者都匹配时只通知一次，以商品配置的地址为准。";
    access_type => "Access type", "接入类型";
    product => "Product", "商品";
    nothing => "–", "–";
    one_address => "An access type or a product is tied to one address; to change it, delete the old one first.",
                   "一个接入类型或一个商品只能绑定一个生产地址；如需更换，请先删除原配置。";
    submit => "Add", "添加";
    added_notice => "Orders are announced from now on.", "配置已保存，新订单将发送通知。";
    deleted_notice => "The order notification is deleted.", "订单通知配置已删除。";
    passed => "The test call passed: the answer was 000000.", "调试通过：返回 000000。";
    failed(why: &str) => "The test call failed: {why}", "调试未通过：{why}";
    no_key => "There is no access key for the general interface yet; without it no notification can be signed. Add one under \"Access keys\".",
              "还没有通用接口的访问密钥，无法为通知签名。请在「密钥管理」中添加。";
    latest => "Latest notifications", "最近的通知";
    no_calls => "Nothing announced yet", "暂无通知";
    no_calls_text => "Each notification and each test call appears here with request, answer and failure.",
                     "每次通知和调试调用的请求、响应和异常都会显示在这里。";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Result<Response, Fault> {
    Ok(page(&console.core, staff, &Fields::default(), None).await?.answer())
}

/// Adds a configuration.
pub(super) async fn add(State(console): State<Console>, staff: Staff, Sent(sent): Sent) -> Result<Response, Fault> {
    let core = &console.core;
    let wanted = NewConfiguration {
        access_type: sent.code::<AccessType>("accessType"),
        product_code: sent.some("productCode"),
        address_id: sent.text("addressId").to_owned(),
    };
    match refused(notification::add(core, staff.merchant_id(), &wanted).await)? {
        Ok(_) => Ok(Notice::new(Mood::Good, Texts(staff.language()).added_notice()).and_go_to(PATH)),
        Err(refusal) => Ok(page(core, staff, &sent, Some(&refusal)).await?.answer_refused()),
    }
}

/// Takes a configuration away.
pub(super) async fn remove(
    State(console): State<Console>,
    staff: Staff,
    Path(notification_id): Path<String>,
) -> Result<Response, Fault> {
    let gone = notification::remove(&console.core, staff.merchant_id(), &notification_id).await;
    tell(gone, staff.language(), Texts(staff.language()).deleted_notice(), PATH)
}

/// Calls the address once with the test flag, and leads to what was sent and what came back.
pub(super) async fn test(
    State(console): State<Console>,
    staff: Staff,
    Path(notification_id): Path<String>,
) -> Result<Response, Fault> {
    let texts = Texts(staff.language());
    let called = notification::test_call(&console.core, staff.merchant_id(), &notification_id).await?;
    let notice = if called.state == MessageState::Succeeded {
        Notice::new(Mood::Good, texts.passed())
    } else {
        Notice::new(Mood::Bad, texts.failed(&called.exception))
    };
    Ok(notice.and_go_to(&format!("/seller/messages/{}", called.message_id)))
}

async fn page(core: &Core, staff: Staff, fields: &Fields, refusal: Option<&Refusal>) -> Result<Page, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let merchant_id = staff.merchant_id();
    let configurations = notification::configurations(core, merchant_id).await?;
    let addresses = merchant::addresses(&core.foundation, merchant_id).await?;
    let wanted = ProductFilter { merchant_id: merchant_id.to_owned(), ..ProductFilter::default() };
    let products = catalog::products(core, &wanted, Window::first(WINDOW_LIMIT)).await?;
    let columns = [texts.covers(), texts.address(), texts.added(), texts.test(), texts.delete()];
    let table = Table::new(&columns)
        .rows(configurations.iter().map(|one| row(one, (&products, &addresses), language)))
        .or_empty(Empty::new(texts.none(), texts.none_text()));
    let filter = MessageFilter {
        merchant_id: merchant_id.to_owned(),
        interface: Some(Interface::OrderNotify),
        ..MessageFilter::default()
    };
    let latest = message::list(core, &filter, Window::first(LATEST)).await?;
    let latest = messages_table(core, &staff, &latest, language)
        .titled(texts.latest())
        .or_empty(Empty::new(texts.no_calls(), texts.no_calls_text()));
    let key = merchant::signing_key(&core.foundation, merchant_id, InterfaceType::General).await?;
    let warning = key.is_none().then(|| Block::Note("warn", texts.no_key().to_owned()));
    let form = form(fields, (&products, &addresses), language).refused(refusal, language);
    Ok(Page::new(staff.frame(core), texts.title())
        .lead(texts.lead())
        .maybe(warning)
        .block(Block::Table(table))
        .block(Block::Form(form))
        .block(Block::Table(latest)))
}

fn row(
    configuration: &Configuration,
    (products, addresses): (&[Product], &[ProductionAddress]),
    language: Language,
) -> Vec<Cell> {
    let texts = Texts(language);
    let covers = match (configuration.access_type, configuration.product_code.as_deref()) {
        (Some(access_type), _) => {
            Cell::Lines(words::access_type(access_type, language).to_owned(), texts.by_access_type().to_owned())
        }
        (None, code) => {
            let code = code.unwrap_or_default();
            let known = products.iter().find(|product| product.product_code == code);
            let name = known.map_or_else(|| code.to_owned(), |product| words::name(&product.name, language));
            Cell::Lines(name, texts.by_product().to_owned())
        }
    };
    let address = addresses.iter().find(|address| address.address_id == configuration.address_id);
    let path = format!("{PATH}/{}", configuration.notification_id);
    vec![
        covers,
        Cell::text(address.map_or(texts.gone(), |address| &address.url)),
        Cell::time(Some(configuration.created_at)),
        Cell::Post(format!("{path}/test"), texts.test_now().to_owned(), String::new()),
        Cell::Post(format!("{path}/delete"), texts.delete().to_owned(), texts.delete_really().to_owned()),
    ]
}

fn form(fields: &Fields, (products, addresses): (&[Product], &[ProductionAddress]), language: Language) -> Form {
    let texts = Texts(language);
    let none = || Choice::new("", texts.nothing());
    let types = AccessType::ALL.iter().map(|one| Choice::new(one.code(), words::access_type(*one, language)));
    let types = std::iter::once(none()).chain(types).collect();
    let products =
        products.iter().map(|product| Choice::new(&product.product_code, words::name(&product.name, language)));
    let products = std::iter::once(none()).chain(products).collect();
    let urls = addresses.iter().map(|address| Choice::new(&address.address_id, &address.url)).collect();
    Form::post(PATH)
        .titled(texts.add(), texts.add_lead())
        .field(Field::line("accessType", texts.access_type(), fields.text("accessType")).select(types))
        .field(Field::line("productCode", texts.product(), fields.text("productCode")).select(products))
        .field(
            Field::line("addressId", texts.address(), fields.text("addressId"))
                .select(urls)
                .hint(texts.one_address())
                .required(),
        )
        .submit(texts.submit(), "primary")
}
