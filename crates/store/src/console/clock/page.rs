//! The clock's own page: how it stands, and for the operator what is due next.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::clock::Instant;
use mercer_kernel::web::Language;

use super::line::ClockTexts;
use crate::Core;
use crate::clock;
use crate::console::Console;
use crate::console::desk::{Staff, Visitor};
use crate::console::fault::Fault;
use crate::console::view::{Block, Cell, Empty, Fact, Page, Table};
use crate::console::{repo, words};
use crate::error::Answer;
use crate::instance::rules::{Due, due};
use crate::{instance, message};

/// Lines of what is due next: what fits on a screen.
const UPCOMING: i64 = 20;
/// How often a page looks while the clock is being advanced.
const REFRESH_MS: u32 = 1_000;

mercer_kernel::messages! {
    /// Texts of the clock's page.
    struct Texts;
    title => "Clock", "时钟";
    lead => "The store's own time. Orders, expiry and retries follow it; signatures carry real time.",
            "云商店自己的时间。订单、到期和重试都按它计算；签名使用真实时间。";
    state => "How it stands", "当前状态";
    store_time => "Store time", "商店时间";
    wall_time => "Real time", "真实时间";
    mode => "Mode", "状态";
    advancing => "Advance under way", "正在推进";
    target => "Until", "推进至";
    open_end => "until nothing is left to call", "直到没有待调用的消息";
    done => "Done so far", "已执行";
    upcoming => "Due next", "接下来到期的事项";
    when => "When", "时间";
    what => "What", "事项";
    about => "About", "对象";
    nothing => "Nothing is due", "没有到期事项";
    nothing_text => "Calls that are retried and instances that expire are listed here in the order in which they come.",
                    "重试中的调用和即将到期的实例会按时间顺序显示在这里。";
    will_freeze => "Expires, is frozen", "到期冻结";
    will_release => "Retention over, is released", "保留期满释放";
    help => "Advance, freeze and resume are in the clock at the head of every page.", "推进、冻结和恢复在每页顶部的时钟菜单中。";
}

/// The page everybody may see.
pub(super) async fn public(State(console): State<Console>, visitor: Visitor) -> Response {
    let language = visitor.language();
    let texts = Texts(language);
    let state = state(&console.core, language);
    let advancing = console.core.clock_desk.is_advancing();
    let page = Page::new(visitor.frame(&console.core), texts.title()).lead(texts.lead()).block(state);
    page.refreshing(if advancing { REFRESH_MS } else { 0 }).answer()
}

/// The operator's page.
pub(super) async fn operator(State(console): State<Console>, staff: Staff) -> Result<Response, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let upcoming = upcoming(&console.core, language).await?;
    let table = Table::new(&[texts.when(), texts.what(), texts.about()])
        .titled(texts.upcoming())
        .or_empty(Empty::new(texts.nothing(), texts.nothing_text()))
        .rows(upcoming);
    let advancing = console.core.clock_desk.is_advancing();
    let page = Page::new(staff.frame(&console.core), texts.title())
        .lead(texts.lead())
        .block(state(&console.core, language))
        .block(Block::Note("info", texts.help().to_owned()))
        .block(Block::Table(table));
    Ok(page.refreshing(if advancing { REFRESH_MS } else { 0 }).answer())
}

fn state(core: &Core, language: Language) -> Block {
    let (texts, clock_texts) = (Texts(language), ClockTexts(language));
    let view = clock::view(core);
    let mode = match view.mode {
        "frozen" => clock_texts.frozen(),
        "running" => clock_texts.running(),
        _ => clock_texts.real(),
    };
    let mut facts = vec![
        Fact::new(texts.store_time(), Cell::time(Some(view.now))),
        Fact::new(texts.wall_time(), Cell::time(Some(view.wall))),
        Fact::text(texts.mode(), mode),
    ];
    if let Some(progress) = view.advancing {
        let end = progress.target.map_or_else(|| Cell::text(texts.open_end()), |at| Cell::time(Some(at)));
        facts.push(Fact::text(texts.advancing(), clock_texts.advancing()));
        facts.push(Fact::new(texts.target(), end));
        facts.push(Fact::text(texts.done(), clock_texts.jobs(progress.jobs_run)));
    }
    Block::Facts(texts.state().to_owned(), facts)
}

/// What comes next, soonest first: calls, then what time does to instances.
async fn upcoming(core: &Core, language: Language) -> Answer<Vec<Vec<Cell>>> {
    let texts = Texts(language);
    let db = &core.foundation.db;
    let now = core.foundation.clock.now();
    let mut rows: Vec<(Instant, Vec<Cell>)> = Vec::new();
    for id in repo::next_calls(db, UPCOMING).await? {
        let Some(message) = message::find(core, &id).await?.map(|detail| detail.message) else { continue };
        let Some(at) = message.next_attempt_at else { continue };
        let policy = core.policies.of(message.interface);
        let about = message.order_id.or(message.instance_id).unwrap_or_default();
        let link = Cell::link(format!("/operator/messages/{id}"), words::interface(&policy.names, language));
        rows.push((at, vec![Cell::time(Some(at)), link, Cell::text(about)]));
    }
    for id in repo::next_expiries(db, UPCOMING).await? {
        let Some(instance) = instance::find(core, &id).await? else { continue };
        let (at, what) = match due(&instance, core.settings.lifecycle, now) {
            Due::At(at) if instance.frozen_by_expiry => (at, texts.will_release()),
            Due::At(at) => (at, texts.will_freeze()),
            Due::Freeze => (now, texts.will_freeze()),
            Due::Release => (now, texts.will_release()),
            Due::Never => continue,
        };
        let name = words::name(&instance.names, language);
        let link = Cell::link(format!("/operator/instances/{id}"), name);
        rows.push((at, vec![Cell::time(Some(at)), Cell::text(what), link]));
    }
    rows.sort_by_key(|(at, _)| *at);
    rows.truncate(usize::try_from(UPCOMING).unwrap_or(usize::MAX));
    Ok(rows.into_iter().map(|(_, cells)| cells).collect())
}
