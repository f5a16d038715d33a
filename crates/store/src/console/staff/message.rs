//! One production-interface message: each attempt with request, answer and failure, and the restart (重新启动).

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::http::FailureReason;
use mercer_kernel::web::Language;

use crate::Core;
use crate::callback::policy::{After, Policy};
use crate::catalog;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, tell};
use crate::console::view::{Action, Block, Cell, Event, Fact, Page};
use crate::console::{Console, words};
use crate::merchant;
use crate::message::{self, AttemptView, Message, MessageDetail, MessageState};

/// How often the page looks while calls follow.
const REFRESH_MS: u32 = 3_000;

mercer_kernel::messages! {
    /// Texts of a message's page.
    pub(in crate::console) struct Texts;
    messages => "Interface messages", "生产接口消息";
    facts => "Message", "消息信息";
    id => "Message id", "消息 ID";
    protocol => "Protocol", "协议";
    activity => "activity", "activity";
    address => "Production address", "生产地址";
    scene => "Scene", "场景";
    order => "Order", "订单";
    instance => "Instance", "实例 ID";
    created => "Decided", "创建时间";
    first => "First call", "首次调用";
    last => "Last call", "最近调用";
    next => "Next call", "下次调用";
    calls => "Calls so far", "已调用次数";
    exception => "What went wrong", "异常信息";
    warning => "Remark", "提示";
    attempts => "Attempts, newest first", "调用记录（最新在前）";
    none => "Not called yet", "尚未调用";
    none_note => "The first call follows at once, or when the call before it on the same instance is through.",
                 "将立即调用；同一实例的前一个调用结束后按顺序进行。";
    attempt(number: u32) => "Attempt {number}", "第 {number} 次调用";
    took(ms: i64) => "took {ms} ms", "耗时 {ms} 毫秒";
    early => "The merchant is not ready yet; that is no failure.", "商家尚未就绪，不计为失败。";
    request => "Request", "请求";
    answer => "Answer", "响应";
    restart => "Restart", "重新启动";
    restart_really => "Call the production address once more now?", "立即再次调用生产地址？";
    restarted => "The call is made once more.", "已重新启动，正在调用。";
    rule => "How this interface is repeated", "重试规则";
    once => "Called once while somebody waits; not repeated.", "同步调用一次，不重试。";
    series(calls: u32, every: &str) => "At most {calls} calls, {every} apart.", "最多调用 {calls} 次，间隔 {every}。";
    fails_order => "When all fail, the order fails, is unsubscribed and refunded.", "全部失败后订单开通失败，自动退订并退款。";
    awaits => "When all fail, it waits for a restart by hand.", "全部失败后等待手工重新启动。";
    reports => "A failure is shown to whoever waits.", "失败时直接提示等待者。";
    refuses => "A failure means that the change is not possible.", "失败表示不支持该变更。";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    Path(message_id): Path<String>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = staff.language();
    let texts = Texts(language);
    let MessageDetail { message, restartable, calls } = find(core, &staff, &message_id).await?;
    let policy = core.policies.of(message.interface);
    let messages = staff.path("/messages");
    let address = address(core, &message).await?;
    let facts = facts((&message, &address), policy, &staff, language);
    let mut page = Page::new(staff.frame(core), words::interface(&policy.names, language))
        .below(messages.clone(), texts.messages())
        .badge(words::message_state(message.state, language));
    if restartable {
        let path = format!("{messages}/{message_id}/restart");
        page = page.action(Action::post(path, texts.restart()).asking(texts.restart_really()).styled("primary"));
    }
    let mut events: Vec<Event> = calls.iter().map(|call| event(call, language)).collect();
    if events.is_empty() {
        events.push(Event::new("idle", texts.none(), None).note(texts.none_note()));
    }
    let follows = matches!(message.state, MessageState::Waiting | MessageState::Running | MessageState::Retrying);
    let page = page
        .block(Block::Timeline(texts.attempts().to_owned(), events))
        .aside(Block::Facts(texts.facts().to_owned(), facts))
        .aside(Block::Prose(texts.rule().to_owned(), rule(policy, language)));
    Ok(page.refreshing(if follows { REFRESH_MS } else { 0 }).answer())
}

/// Restarts.
pub(super) async fn restart(
    State(console): State<Console>,
    staff: Staff,
    Path(message_id): Path<String>,
) -> Result<Response, Fault> {
    find(&console.core, &staff, &message_id).await?;
    let answer = message::restart(&console.core, &message_id).await;
    let path = staff.path(&format!("/messages/{message_id}"));
    tell(answer, staff.language(), Texts(staff.language()).restarted(), &path)
}

async fn find(core: &Core, staff: &Staff, message_id: &str) -> Result<MessageDetail, Fault> {
    let found = message::find(core, message_id).await?;
    found.filter(|detail| staff.may_see(&detail.message.merchant_id)).ok_or_else(Fault::missing)
}

/// The URL that is called; empty when the address is gone.
async fn address(core: &Core, message: &Message) -> Result<String, Fault> {
    let address_id = match &message.address_id {
        Some(address_id) => address_id.clone(),
        None => catalog::product(core, &message.product_code).await?.map_or_else(String::new, |found| found.address_id),
    };
    let found = merchant::address(&core.foundation, &message.merchant_id, &address_id).await?;
    Ok(found.map_or_else(String::new, |address| address.url))
}

fn facts((message, address): (&Message, &str), policy: &Policy, staff: &Staff, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let mut facts = vec![
        Fact::text(texts.protocol(), words::family(message.interface.family(), language)),
        Fact::text(texts.activity(), &policy.activity),
        Fact::text(texts.address(), address),
        Fact::new(texts.id(), Cell::Code(message.message_id.clone())),
    ];
    if !message.scene.is_empty() {
        facts.push(Fact::text(texts.scene(), &message.scene));
    }
    if let Some(id) = &message.order_id {
        facts.push(Fact::new(texts.order(), Cell::link(staff.path(&format!("/orders/{id}")), id)));
    }
    if let Some(id) = message.instance_id.as_deref().filter(|id| !id.is_empty()) {
        facts.push(Fact::new(texts.instance(), Cell::code(Some(id))));
    }
    facts.push(Fact::text(texts.calls(), format!("{} / {}", message.attempts, policy.max_attempts)));
    facts.push(Fact::new(texts.created(), Cell::time(Some(message.created_at))));
    facts.push(Fact::new(texts.first(), Cell::time(message.first_call_at)));
    facts.push(Fact::new(texts.last(), Cell::time(message.last_call_at)));
    facts.push(Fact::new(texts.next(), Cell::time(message.next_attempt_at)));
    if !message.exception.is_empty() {
        facts.push(Fact::text(texts.exception(), &message.exception));
    }
    if !message.warning.is_empty() {
        facts.push(Fact::text(texts.warning(), &message.warning));
    }
    facts
}

fn event(call: &AttemptView, language: Language) -> Event {
    let texts = Texts(language);
    let state = match call.outcome.as_str() {
        "done" => "ok",
        "pending" => "busy",
        _ => "bad",
    };
    let status = call.http_status.map(|status| format!("HTTP {status}"));
    let parts: Vec<String> =
        status.into_iter().chain(call.result_code.clone()).chain([texts.took(call.duration_ms)]).collect();
    let reason = call.reason.as_deref().and_then(|code| code.parse::<FailureReason>().ok());
    let reason = reason.map(|reason| {
        let (en, zh) = reason.explanation();
        language.pick(en, zh).to_owned()
    });
    let early = if state == "busy" { texts.early() } else { "" };
    Event::new(state, texts.attempt(call.number), Some(call.started_at))
        .note(parts.join(" · "))
        .note(early)
        .note(reason.unwrap_or_default())
        .note(&call.detail)
        .fold(texts.request(), &call.request)
        .fold(texts.answer(), &call.answer)
}

/// The retry rule of an interface in sentences.
pub(in crate::console) fn rule(policy: &Policy, language: Language) -> Vec<String> {
    let texts = Texts(language);
    let series = if policy.max_attempts == 1 {
        texts.once().to_owned()
    } else {
        texts.series(policy.max_attempts, &words::duration(policy.interval_seconds, language))
    };
    let after = match policy.after {
        After::FailOrder => texts.fails_order(),
        After::AwaitRestart => texts.awaits(),
        After::ReportToCaller => texts.reports(),
        After::RefuseChange => texts.refuses(),
    };
    vec![series, after.to_owned()]
}
