//! How the three steps of a binding stand, and the calls made for it; sellers see the same.

use mercer_kernel::web::Language;

use crate::Core;
use crate::console::view::{Cell, Empty, Event, Table};
use crate::console::words;
use crate::error::Answer;
use crate::identity::binding::{self, Binding, Step, StepKind};
use crate::message::{self, Message, MessageFilter, MessageState};
use crate::window::Window;

/// Calls shown; the message list of the seller has them all.
const SHOWN_CALLS: i64 = 20;

mercer_kernel::messages! {
    /// Texts of steps and calls.
    struct Texts;
    tenant => "1. The seller learns your enterprise", "1. 企业同步";
    application => "2. The seller gets the application's sign-in client", "2. 应用同步";
    departments => "3. The seller gets all departments", "3. 部门全量同步";
    not_yet => "Follows when the step before it has succeeded.", "上一步成功后自动进行。";
    again(number: i64) => "Call {number} failed; the next one follows by itself.", "第 {number} 次调用失败，将自动重试。";
    given_up => "Given up. Press \"Try again\" when the seller's system is back.", "已停止自动重试。商家系统恢复后请点击「重试」。";
    calls => "Latest calls", "最近的同步调用";
    call => "Call", "同步";
    state => "State", "状态";
    tried => "Calls", "调用次数";
    when => "When", "时间";
    act => "Action", "操作";
    retry => "Try again", "重试";
    none => "No call yet", "还没有同步调用";
    none_text => "As soon as something is to be told to the seller, it appears here.", "有变更需要告知商家时会显示在这里。";
    add => "Added or granted", "新增 / 授权";
    modify => "Changed", "修改";
    delete => "Deleted", "删除";
    withdraw => "Withdrawn", "取消授权";
}

/// The three steps, as a person would tell them.
pub(in crate::console) async fn timeline(core: &Core, binding: &Binding, language: Language) -> Answer<Vec<Event>> {
    let steps = binding::steps(core, binding).await?;
    Ok(steps.iter().map(|step| event(step, language)).collect())
}

/// The latest calls of a binding; a failed one has a button that calls again, below `retry_at`.
pub(in crate::console) async fn calls_table(
    core: &Core,
    binding: &Binding,
    retry_at: &str,
    language: Language,
) -> Answer<Table> {
    let texts = Texts(language);
    let filter = MessageFilter { subject: binding.binding_id.clone(), ..MessageFilter::default() };
    let calls = message::list(core, &filter, Window::first(SHOWN_CALLS)).await?;
    let rows = calls.iter().map(|call| {
        let names = &core.policies.of(call.interface).names;
        let retry = match call.state {
            MessageState::AwaitingRestart | MessageState::Retrying => {
                Cell::Post(format!("{retry_at}/{}", call.message_id), texts.retry().to_owned(), String::new())
            }
            MessageState::Waiting
            | MessageState::Running
            | MessageState::Succeeded
            | MessageState::Failed
            | MessageState::Superseded
            | MessageState::Cancelled => Cell::Nothing,
        };
        let told: Vec<&str> =
            [flag(call, language), &call.exception].into_iter().filter(|text| !text.is_empty()).collect();
        vec![
            Cell::Lines(words::interface(names, language), told.join(": ")),
            Cell::Badge(words::message_state(call.state, language)),
            Cell::text(call.attempts.to_string()),
            Cell::time(Some(call.created_at)),
            retry,
        ]
    });
    let columns = [texts.call(), texts.state(), texts.tried(), texts.when(), texts.act()];
    Ok(Table::new(&columns).titled(texts.calls()).rows(rows).or_empty(Empty::new(texts.none(), texts.none_text())))
}

fn event(step: &Step, language: Language) -> Event {
    let texts = Texts(language);
    let title = match step.kind {
        StepKind::Tenant => texts.tenant(),
        StepKind::Application => texts.application(),
        StepKind::Departments => texts.departments(),
    };
    let Some(message) = &step.message else { return Event::new("idle", title, None).note(texts.not_yet()) };
    let badge = words::message_state(message.state, language);
    let note = match message.state {
        MessageState::Retrying => texts.again(message.attempts),
        MessageState::AwaitingRestart => texts.given_up().to_owned(),
        MessageState::Waiting
        | MessageState::Running
        | MessageState::Succeeded
        | MessageState::Failed
        | MessageState::Superseded
        | MessageState::Cancelled => badge.text.to_owned(),
    };
    Event::new(badge.state, title, message.last_call_at).note(note).note(&message.exception)
}

fn flag(call: &Message, language: Language) -> &'static str {
    let texts = Texts(language);
    match call.scene.as_str() {
        "ADD" => texts.add(),
        "MODIFY" => texts.modify(),
        "DELETE" => texts.delete(),
        "WITHDRAW" => texts.withdraw(),
        _ => "",
    }
}
