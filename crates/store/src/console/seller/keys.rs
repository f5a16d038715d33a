//! Access keys (密钥管理): added and rotated; the text is shown once.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use mercer_kernel::clock::Instant;
use mercer_kernel::web::Language;

use crate::Core;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Fields, Sent};
use crate::console::once::{self, Once};
use crate::console::view::{Badge, Block, Cell, Choice, Empty, Field, Form, Page, Table};
use crate::console::{Console, words};
use crate::merchant::rules::{MAX_KEY_BYTES, MAX_OVERLAP_HOURS};
use crate::merchant::{self, AccessKey, InterfaceType, NewKey};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "Access keys", "密钥管理";
    lead => "The store signs its calls with the newest key of their type; your system verifies with the same text.",
            "云商店使用对应类型的最新密钥对调用签名，您的系统使用同一密钥验签。";
    kind => "Signs", "接口类型";
    key => "Key", "密钥";
    id => "Key id", "密钥 ID";
    state => "State", "状态";
    added => "Added", "创建时间";
    ends => "Valid until", "有效期至";
    valid => "Valid", "有效";
    ending => "Being replaced", "轮换中";
    over => "No longer valid", "已失效";
    none => "No access key yet", "还没有访问密钥";
    none_text => "Without a key the store cannot sign its calls. Add one below and put the same text into your system.",
                 "没有密钥时云商店无法签名调用。请在下方添加，并在您的系统中配置相同的密钥。";
    add => "Add or rotate a key", "新增或轮换密钥";
    add_lead => "If a key of this type exists, it stays valid for the overlap so that you can switch without failures.",
                "若该类型已有密钥，旧密钥在重叠期内继续有效，便于平滑切换。";
    text => "Key text", "密钥内容";
    text_hint(bytes: usize) => "Leave empty to have one generated; at most {bytes} bytes.", "留空则自动生成；最多 {bytes} 字节。";
    overlap => "Overlap in hours", "重叠期（小时）";
    overlap_hint(hours: i64) => "0 to {hours}; how long the old key stays valid", "0 到 {hours}，旧密钥继续有效的时间";
    submit => "Add the key", "添加密钥";
    once => "Your new key", "新密钥";
    once_warning => "It is shown this once only. Copy it now and put it into your system.", "仅显示这一次，请立即复制并配置到您的系统。";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff, headers: HeaderMap) -> Result<Response, Fault> {
    let shown = Once::of(&console.core, &headers, &staff.account.name);
    let had = shown.is_some();
    let answer = page(&console.core, staff, &Fields::default(), (None, shown)).await?.answer();
    Ok(if had { once::forget(answer) } else { answer })
}

/// Adds a key.
pub(super) async fn add(State(console): State<Console>, staff: Staff, Sent(sent): Sent) -> Result<Response, Fault> {
    let core = &console.core;
    let wanted = sent.number("overlapHours").map(|overlap_hours| NewKey {
        interface_type: sent.code("interfaceType").unwrap_or(InterfaceType::Base),
        access_key: sent.some("accessKey"),
        overlap_hours,
    });
    let added = match wanted {
        Ok(wanted) => {
            let overlap = core.settings.key_overlap_hours;
            refused(merchant::add_key(&core.foundation, staff.merchant_id(), &wanted, overlap).await)?
        }
        Err(refusal) => Err(refusal),
    };
    match added {
        Ok((key, text)) => {
            let texts = Texts(staff.language());
            let kind = words::interface_type(key.interface_type, staff.language()).to_owned();
            let lines = vec![
                (texts.kind().to_owned(), kind),
                (texts.id().to_owned(), key.key_id),
                (texts.key().to_owned(), text),
            ];
            Ok(Once { account: staff.account.name, lines }.and_go_to(core, "/seller/keys")?.into_response())
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
    let now = core.foundation.wall.now();
    let keys = merchant::keys(&core.foundation, staff.merchant_id()).await?;
    let table = Table::new(&[texts.kind(), texts.key(), texts.id(), texts.state(), texts.added(), texts.ends()])
        .rows(keys.iter().map(|key| row(key, now, language)))
        .or_empty(Empty::new(texts.none(), texts.none_text()));
    let default_overlap = core.settings.key_overlap_hours.to_string();
    let form = form(fields, &default_overlap, language).refused(refusal.as_ref(), language);
    let once = shown.map(|once| Block::Once(texts.once().to_owned(), texts.once_warning().to_owned(), once.lines));
    let page = Page::new(staff.frame(core), texts.title()).lead(texts.lead());
    Ok(page.maybe(once).block(Block::Table(table)).block(Block::Form(form)))
}

fn row(key: &AccessKey, now: Instant, language: Language) -> Vec<Cell> {
    let texts = Texts(language);
    let state = match key.expires_at {
        None => Badge { state: "ok", text: texts.valid() },
        Some(end) if end > now => Badge { state: "warn", text: texts.ending() },
        Some(_) => Badge { state: "idle", text: texts.over() },
    };
    vec![
        Cell::text(words::interface_type(key.interface_type, language)),
        Cell::text(&key.masked),
        Cell::text(&key.key_id),
        Cell::Badge(state),
        Cell::time(Some(key.created_at)),
        Cell::time(key.expires_at),
    ]
}

fn form(fields: &Fields, default_overlap: &str, language: Language) -> Form {
    let texts = Texts(language);
    let kinds = InterfaceType::ALL.iter().map(|kind| Choice::new(kind.code(), words::interface_type(*kind, language)));
    let overlap = fields.some("overlapHours").unwrap_or_else(|| default_overlap.to_owned());
    Form::post("/seller/keys")
        .titled(texts.add(), texts.add_lead())
        .field(Field::line("interfaceType", texts.kind(), fields.text("interfaceType")).select(kinds.collect()))
        .field(Field::line("accessKey", texts.text(), "").hint(texts.text_hint(MAX_KEY_BYTES)))
        .field(
            Field::line("overlapHours", texts.overlap(), overlap)
                .number(0, MAX_OVERLAP_HOURS, 1)
                .hint(texts.overlap_hint(MAX_OVERLAP_HOURS)),
        )
        .submit(texts.submit(), "primary")
}
