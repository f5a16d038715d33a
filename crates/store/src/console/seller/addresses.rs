//! Production addresses (生产地址管理): saved, moved, certified.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::{Language, Mood, Notice};

use crate::Core;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused, tell};
use crate::console::fields::{Fields, Sent};
use crate::console::view::{Block, Cell, Empty, Fact, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::merchant::rules::{MAX_ADDRESS_LENGTH, verification_url};
use crate::merchant::{self, AddressState, NewAddress, ProductionAddress};
use crate::refusal::Refusal;

/// The page of addresses.
const PATH: &str = "/seller/addresses";

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "Production addresses", "生产地址管理";
    lead => "The URLs of your system that the store calls. Each product uses one of them.", "云商店调用的您的系统地址，每个商品使用其中一个。";
    url => "URL", "地址";
    id => "Address id", "地址 ID";
    state => "State", "状态";
    added => "Added", "添加时间";
    check => "Verification", "认证";
    check_now => "Verify now", "立即认证";
    none => "No production address yet", "还没有生产地址";
    none_text => "Add the URL of your gateway or of your own production interface below.", "请在下方添加您的网关或自建生产接口的地址。";
    add => "Add an address", "新增生产地址";
    add_lead => "The complete URL without signature parameters.", "填写完整 URL，不含签名参数。";
    url_hint(length: usize) => "for example https://isv.example.com/produce; at most {length} characters", "例如 https://isv.example.com/produce，最多 {length} 个字符";
    submit => "Add the address", "添加";
    move_title(id: &str) => "Change {id}", "修改 {id}";
    move_lead => "Products that use it are called at the new URL at once.", "使用该地址的商品将立即改为调用新地址。";
    move_submit => "Save the URL", "保存";
    added_notice => "The address is saved.", "生产地址已保存。";
    moved_notice => "The address is changed.", "生产地址已修改。";
    certified_notice => "The address is verified.", "生产地址已认证。";
    proof => "How to verify", "认证方法";
    proof_file => "Put this file on the host", "在主机上放置文件";
    proof_text => "with exactly this text", "文件内容";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Result<Response, Fault> {
    Ok(page(&console.core, staff, &Fields::default(), None).await?.answer())
}

/// Saves an address.
pub(super) async fn add(State(console): State<Console>, staff: Staff, Sent(sent): Sent) -> Result<Response, Fault> {
    let core = &console.core;
    let wanted = NewAddress { address_id: None, url: sent.text("url").to_owned() };
    let added = merchant::add_address(&core.foundation, staff.merchant_id(), &wanted, &core.policies).await;
    match refused(added)? {
        Ok(_) => Ok(Notice::new(Mood::Good, Texts(staff.language()).added_notice()).and_go_to(PATH)),
        Err(refusal) => Ok(page(core, staff, &sent, Some(&refusal)).await?.answer_refused()),
    }
}

/// Sends the calls of an address elsewhere.
pub(super) async fn relocate(
    State(console): State<Console>,
    staff: Staff,
    Path(address_id): Path<String>,
    Sent(sent): Sent,
) -> Result<Response, Fault> {
    let core = &console.core;
    let url = sent.text(&format!("url-{address_id}"));
    let wanted = (address_id.as_str(), url);
    let moved = merchant::move_address(&core.foundation, staff.merchant_id(), wanted, &core.policies).await;
    tell(moved, staff.language(), Texts(staff.language()).moved_notice(), PATH)
}

/// Certifies an address.
pub(super) async fn certify(
    State(console): State<Console>,
    staff: Staff,
    Path(address_id): Path<String>,
) -> Result<Response, Fault> {
    let certified = merchant::certify_address(&console.core.foundation, staff.merchant_id(), &address_id).await;
    tell(certified, staff.language(), Texts(staff.language()).certified_notice(), PATH)
}

async fn page(core: &Core, staff: Staff, fields: &Fields, refusal: Option<&Refusal>) -> Result<Page, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let addresses = merchant::addresses(&core.foundation, staff.merchant_id()).await?;
    let table = Table::new(&[texts.url(), texts.id(), texts.state(), texts.added(), texts.check()])
        .rows(addresses.iter().map(|address| row(address, language)))
        .or_empty(Empty::new(texts.none(), texts.none_text()));
    let url = |value: &str| {
        let field = Field::line("url", texts.url(), value).typed("url").required();
        field.hint(texts.url_hint(MAX_ADDRESS_LENGTH))
    };
    let form = Form::post(PATH)
        .titled(texts.add(), texts.add_lead())
        .field(url(fields.text("url")))
        .submit(texts.submit(), "primary")
        .refused(refusal, language);
    let mut page = Page::new(staff.frame(core), texts.title())
        .lead(texts.lead())
        .block(Block::Table(table))
        .block(Block::Form(form));
    for address in &addresses {
        if let Some(facts) = proof(address, language) {
            page = page.block(Block::Facts(format!("{}: {}", texts.proof(), address.url), facts));
        }
        let id = &address.address_id;
        let form = Form::post(format!("{PATH}/{id}/move"))
            .titled(texts.move_title(id), texts.move_lead())
            .field(Field { name: format!("url-{id}"), ..url(&address.url) })
            .submit(texts.move_submit(), "");
        page = page.block(Block::Form(form));
    }
    Ok(page)
}

fn row(address: &ProductionAddress, language: Language) -> Vec<Cell> {
    let texts = Texts(language);
    let check = match address.state {
        AddressState::Certified => Cell::time(address.certified_at),
        AddressState::Unverified => {
            let path = format!("{PATH}/{}/certify", address.address_id);
            Cell::Post(path, texts.check_now().to_owned(), String::new())
        }
    };
    vec![
        Cell::text(&address.url),
        Cell::text(&address.address_id),
        Cell::Badge(words::address_state(address.state, language)),
        Cell::time(Some(address.created_at)),
        check,
    ]
}

/// What to do to prove control over an address; none when it is proved.
fn proof(address: &ProductionAddress, language: Language) -> Option<Vec<Fact>> {
    let texts = Texts(language);
    if address.state == AddressState::Certified {
        return None;
    }
    let file = verification_url(&address.url)?;
    Some(vec![
        Fact::new(texts.proof_file(), Cell::Code(file)),
        Fact::new(texts.proof_text(), Cell::Code(address.verification_token.clone())),
    ])
}
