//! AK/SK of the open APIs: added; the SK is shown once.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use mercer_kernel::web::Language;

use crate::Core;
use crate::console::Console;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Fields, Sent};
use crate::console::once::{self, Once};
use crate::console::view::{Block, Cell, Empty, Field, Form, Page, Table};
use crate::merchant::rules::{MAX_AK_LENGTH, MAX_SK_BYTES};
use crate::merchant::{self, NewCredential};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "AK/SK", "AK/SK 凭证";
    lead => "With a pair your system signs its calls on the store's open APIs, for example \"query order\".",
            "您的系统使用 AK/SK 签名调用云商店开放接口，例如「查询订单」。";
    ak => "AK", "AK";
    sk => "SK", "SK";
    added => "Added", "创建时间";
    none => "No AK/SK yet", "还没有 AK/SK";
    none_text => "Add a pair below and put it into your system; without it orders cannot be read.", "请在下方创建并配置到您的系统，否则无法查询订单。";
    add => "Add a pair", "新增 AK/SK";
    add_lead => "Leave both empty to have them generated.", "留空则自动生成。";
    ak_hint(length: usize) => "at most {length} characters", "最多 {length} 个字符";
    sk_hint(bytes: usize) => "at most {bytes} bytes", "最多 {bytes} 字节";
    submit => "Add the pair", "创建";
    once => "Your new pair", "新的 AK/SK";
    once_warning => "The SK is shown this once only. Copy it now.", "SK 仅显示这一次，请立即复制保存。";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff, headers: HeaderMap) -> Result<Response, Fault> {
    let shown = Once::of(&console.core, &headers, &staff.account.name);
    let had = shown.is_some();
    let answer = page(&console.core, staff, &Fields::default(), (None, shown)).await?.answer();
    Ok(if had { once::forget(answer) } else { answer })
}

/// Adds a pair.
pub(super) async fn add(State(console): State<Console>, staff: Staff, Sent(sent): Sent) -> Result<Response, Fault> {
    let core = &console.core;
    let texts = Texts(staff.language());
    let wanted = NewCredential { ak: sent.some("ak"), sk: sent.some("sk") };
    match refused(merchant::add_credential(&core.foundation, staff.merchant_id(), &wanted).await)? {
        Ok((credential, sk)) => {
            let lines = vec![(texts.ak().to_owned(), credential.ak), (texts.sk().to_owned(), sk)];
            Ok(Once { account: staff.account.name, lines }.and_go_to(core, "/seller/credentials")?.into_response())
        }
        Err(refusal) => Ok(page(core, staff, &sent, (Some(refusal), None)).await?.answer_refused()),
    }
}

async fn page(
    core: &Core,
    staff: Staff,
    fields: &Fields,
    (refusal, shown): (Option<Refusal>, Option<Once>),
) -> Result<Page, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let credentials = merchant::credentials(&core.foundation, staff.merchant_id()).await?;
    let rows = credentials.iter().map(|one| vec![Cell::Code(one.ak.clone()), Cell::time(Some(one.created_at))]);
    let table =
        Table::new(&[texts.ak(), texts.added()]).rows(rows).or_empty(Empty::new(texts.none(), texts.none_text()));
    let form = form(fields, language).refused(refusal.as_ref(), language);
    let once = shown.map(|once| Block::Once(texts.once().to_owned(), texts.once_warning().to_owned(), once.lines));
    let page = Page::new(staff.frame(core), texts.title()).lead(texts.lead());
    Ok(page.maybe(once).block(Block::Table(table)).block(Block::Form(form)))
}

fn form(fields: &Fields, language: Language) -> Form {
    let texts = Texts(language);
    Form::post("/seller/credentials")
        .titled(texts.add(), texts.add_lead())
        .field(Field::line("ak", texts.ak(), fields.text("ak")).hint(texts.ak_hint(MAX_AK_LENGTH)))
        .field(Field::line("sk", texts.sk(), "").hint(texts.sk_hint(MAX_SK_BYTES)))
        .submit(texts.submit(), "primary")
}
