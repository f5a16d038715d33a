//! States, interfaces, events and times in the reader's words.

use mercer_kernel::clock::Instant;
use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::JobState;
use mercer_kernel::web::Language;
use mercer_kernel::web::session::percent_encode;
use mercer_protocol::ResultCode;
use mercer_protocol::saas_v2::Activity;
use mercer_protocol::{kit, order_notify, saas_v1};

use crate::account::AccountEvent;
use crate::event::EventType;
use crate::inbound::{Family, Verdict};
use crate::instance::{EventKind, State};
use crate::merchant::{InterfaceType, Site};

/// A state as a badge: its colour and its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// `ok`, `busy`, `warn`, `bad`, `idle`.
    pub(super) mood: &'static str,
    /// The word.
    pub(super) text: String,
}

impl Label {
    /// A label.
    pub(super) fn new(mood: &'static str, text: impl Into<String>) -> Self {
        Self { mood, text: text.into() }
    }
}

/// An entry of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// What is sent.
    pub(super) value: String,
    /// What is shown.
    pub(super) text: String,
    /// Whether it is chosen.
    pub(super) chosen: bool,
}

impl Choice {
    /// An entry, chosen when its value is `chosen`.
    pub(super) fn new(value: impl Into<String>, text: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        Self { chosen: value == chosen, value, text: text.into() }
    }
}

/// Where an instance stands.
pub(super) fn state(state: State, language: Language) -> Label {
    match state {
        State::Provisioning => Label::new("busy", language.pick("Opening", "开通中")),
        State::Active => Label::new("ok", language.pick("In use", "使用中")),
        State::Frozen => Label::new("warn", language.pick("Frozen", "已冻结")),
        State::Released => Label::new("idle", language.pick("Released", "已释放")),
        State::Failed => Label::new("bad", language.pick("Failed", "开通失败")),
    }
}

/// How a callback was taken.
pub(super) fn verdict(verdict: Verdict, language: Language) -> Label {
    match verdict {
        Verdict::Accepted => Label::new("ok", language.pick("Accepted", "已受理")),
        Verdict::Repeated => Label::new("idle", language.pick("Repeated", "重复请求")),
        Verdict::Refused => Label::new("bad", language.pick("Refused", "已拒绝")),
        Verdict::Conflict => Label::new("warn", language.pick("Conflict", "内容冲突")),
    }
}

/// How a delivery stands.
pub(super) fn job_state(state: JobState, language: Language) -> Label {
    match state {
        JobState::Waiting => Label::new("busy", language.pick("Waiting", "待投递")),
        JobState::Running => Label::new("busy", language.pick("Under way", "投递中")),
        JobState::Retrying => Label::new("warn", language.pick("Trying again", "重试中")),
        JobState::Done => Label::new("ok", language.pick("Delivered", "已送达")),
        JobState::Failed => Label::new("bad", language.pick("Failed", "投递失败")),
        JobState::Cancelled => Label::new("idle", language.pick("Cancelled", "已取消")),
    }
}

/// An event's kind; the type itself when this version does not know it.
pub(super) fn event(kind: &str, language: Language) -> String {
    match kind.parse() {
        Ok(EventType::Instance(kind)) => instance_event(kind, language).to_owned(),
        Ok(EventType::Account(kind)) => account_event(kind, language).to_owned(),
        Ok(EventType::OrderNotified) => language.pick("Order notification", "订单通知").to_owned(),
        Err(()) => kind.to_owned(),
    }
}

fn instance_event(kind: EventKind, language: Language) -> &'static str {
    match kind {
        EventKind::Created => language.pick("Instance bought", "实例已购买"),
        EventKind::Accepted => language.pick("Accepted, billing starts", "已验收，开始计费"),
        EventKind::Renewed => language.pick("Renewed", "已续费"),
        EventKind::TrialConverted => language.pick("Trial became paid", "试用转正"),
        EventKind::RenewalCancelled => language.pick("Renewal taken back", "续费已退订"),
        EventKind::Changed => language.pick("Changed on renewal", "续费变更"),
        EventKind::Upgraded => language.pick("Upgraded", "已升级"),
        EventKind::Frozen => language.pick("Frozen", "已冻结"),
        EventKind::Unfrozen => language.pick("Unfrozen", "已解冻"),
        EventKind::Released => language.pick("Released", "已释放"),
    }
}

fn account_event(kind: AccountEvent, language: Language) -> &'static str {
    match kind {
        AccountEvent::TenantChanged => language.pick("Enterprise bound or changed", "企业已绑定或变更"),
        AccountEvent::TenantDeleted => language.pick("Enterprise taken away", "企业已解绑"),
        AccountEvent::ApplicationChanged => language.pick("Application bound or changed", "应用已绑定或变更"),
        AccountEvent::ApplicationDeleted => language.pick("Application binding taken away", "应用已解绑"),
        AccountEvent::MemberAuthorized => language.pick("Members authorised", "成员已授权"),
        AccountEvent::MemberChanged => language.pick("Members changed", "成员已变更"),
        AccountEvent::MemberWithdrawn => language.pick("Authorisation withdrawn", "成员已取消授权"),
        AccountEvent::MemberDeleted => language.pick("Members removed", "成员已删除"),
        AccountEvent::DepartmentChanged => language.pick("Department new or changed", "部门已新增或变更"),
        AccountEvent::DepartmentDeleted => language.pick("Department deleted", "部门已删除"),
        AccountEvent::DepartmentsSynced => language.pick("All departments synchronised", "部门已全量同步"),
    }
}

/// Where the thing an event is about is shown.
pub(super) fn subject_href(kind: &str, subject: &str) -> String {
    let encoded = percent_encode(subject).replace('+', "%20");
    match kind.parse() {
        Ok(EventType::OrderNotified) => format!("/callbacks?order={encoded}"),
        Ok(EventType::Instance(_) | EventType::Account(_)) | Err(()) => format!("/instances/{encoded}"),
    }
}

/// An interface with its name. Calls that are refused for their signature are not read that far.
pub(super) fn activity(activity: &str, language: Language) -> String {
    let base = Activity::parse(activity).map(Activity::title);
    let base = base.or_else(|| saas_v1::Activity::parse(activity).map(saas_v1::Activity::title));
    let title = base.or_else(|| kit::Interface::parse(activity).map(kit::Interface::title));
    match title {
        Some(title) => language.pick(&title.en, &title.zh).to_owned(),
        None if activity == order_notify::ACTIVITY => language.pick("Order notification", "订单通知").to_owned(),
        None if activity.is_empty() => language.pick("Refused call", "被拒绝的请求").to_owned(),
        None => activity.to_owned(),
    }
}

/// Every interface of every family, each name once.
pub(super) fn activities() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Activity::ALL.into_iter().map(Activity::as_str).collect();
    names.extend(saas_v1::Activity::ALL.into_iter().map(saas_v1::Activity::as_str));
    names.extend(kit::Interface::ALL.into_iter().map(kit::Interface::as_str));
    names.push(order_notify::ACTIVITY);
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    names
}

/// What a result code means.
pub(super) fn result_code(code: &str, language: Language) -> String {
    let meaning = ResultCode::parse(code).meaning();
    language.pick(&meaning.en, &meaning.zh).to_owned()
}

/// Why an attempt failed, in a sentence; the code itself when this version does not know it.
pub(super) fn failure(reason: &str, language: Language) -> String {
    match reason.parse::<FailureReason>() {
        Ok(reason) => {
            let (en, zh) = reason.explanation();
            language.pick(en, zh).to_owned()
        }
        Err(_) => reason.to_owned(),
    }
}

/// What a key is bound to.
pub(super) fn interface_type(kind: InterfaceType, language: Language) -> &'static str {
    match kind {
        InterfaceType::Base => language.pick("Base interfaces", "基础接口"),
        InterfaceType::Kit => language.pick("Kit (SaaS synchronisation)", "联营SaaS同步接口"),
        InterfaceType::LicenseCode => language.pick("Licence code delivery", "License授权码交付接口"),
        InterfaceType::General => language.pick("General interfaces", "通用接口"),
        InterfaceType::SaasV1 => language.pick("SaaS V1.0 Key (base and kit)", "SaaS V1.0 Key（基础与联营接口）"),
        InterfaceType::Rsa => language.pick("RSA private key (kit client secrets)", "RSA私钥（联营应用凭证）"),
    }
}

/// The document a call follows.
pub(super) fn family(family: Family, language: Language) -> &'static str {
    match family {
        Family::SaasV2 => "SaaS V2.0",
        Family::SaasV1 => "SaaS V1.0",
        Family::KitV2 => language.pick("Kit V2.0", "联营KIT V2.0"),
        Family::KitV1 => language.pick("Kit V1.0", "联营KIT V1.0"),
        Family::OrderNotification => language.pick("Order notification", "订单通知"),
    }
}

/// A site of the store.
pub(super) fn site(site: Site, language: Language) -> &'static str {
    match site {
        Site::Cn => language.pick("Chinese site", "中国站"),
        Site::Intl => language.pick("International site", "国际站"),
        Site::Eu => language.pick("European site", "欧洲站"),
        Site::Sandbox => language.pick("Local store", "本地云商店"),
    }
}

/// How something is charged, with its periods; the protocol's own word when this version does not know it.
pub(super) fn charging(mode: &str, period: Option<(i64, &str)>, language: Language) -> String {
    let mode = match mode {
        "PERIOD" => language.pick("By period", "包周期"),
        "ONE_TIME" => language.pick("One-time", "一次性"),
        "ON_DEMAND" => language.pick("Pay per use", "按需"),
        "ON_DEMAND_PKG" => language.pick("Pay per use, package", "按需套餐包"),
        other => other,
    };
    let Some((number, unit)) = period else { return mode.to_owned() };
    let unit = match unit {
        "year" => language.pick("year(s)", "年"),
        "month" => language.pick("month(s)", "个月"),
        "day" => language.pick("day(s)", "天"),
        other => other,
    };
    format!("{mode} · {number} {unit}")
}

/// How long something takes or is ago, in its two largest units.
pub(super) fn duration(seconds: u64, language: Language) -> String {
    let units = [(86_400, "d", "天"), (3_600, "h", "小时"), (60, "min", "分钟"), (1, "s", "秒")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (length, en, zh) in units {
        if rest >= length {
            parts.push(format!("{} {}", rest / length, language.pick(en, zh)));
            rest %= length;
        } else if !parts.is_empty() {
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    if parts.is_empty() { format!("0 {}", language.pick("s", "秒")) } else { parts.join(" ") }
}

/// How long ago `at` was.
pub(super) fn age(at: Instant, now: Instant, language: Language) -> String {
    duration(now.since(at).as_secs(), language)
}

/// A time in UTC to stand beside Beijing time; with its day where that differs.
pub(super) fn utc_beside(at: Instant) -> String {
    let utc = at.to_jiff();
    // Beijing is eight hours ahead: from 16:00 UTC on it has the next day.
    let is_same_day = utc.strftime("%H").to_string().as_str() < "16";
    utc.strftime(if is_same_day { "%H:%M:%S UTC" } else { "%Y-%m-%d %H:%M:%S UTC" }).to_string()
}

/// Milliseconds for people.
pub(super) fn milliseconds(duration_ms: i64) -> String {
    if duration_ms < 10_000 { format!("{duration_ms} ms") } else { format!("{} s", duration_ms / 1_000) }
}

/// JSON with line breaks; other text as it is.
pub(super) fn readable(text: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value @ (serde_json::Value::Object(_) | serde_json::Value::Array(_))) => format!("{value:#}"),
        _ => text.to_owned(),
    }
}

/// An HTTP message as it was recorded: head as it is, a JSON body with line breaks.
pub(super) fn readable_message(text: &str) -> String {
    match text.split_once("\n\n") {
        Some((head, body)) => format!("{head}\n\n{}", readable(body)),
        None => readable(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_its_two_largest_units() {
        assert_eq!(duration(0, Language::En), "0 s");
        assert_eq!(duration(59, Language::En), "59 s");
        assert_eq!(duration(3_600, Language::En), "1 h");
        assert_eq!(duration(90_061, Language::Zh), "1 天 1 小时");
        assert_eq!(duration(86_460, Language::En), "1 d");
    }

    #[test]
    fn every_event_and_reason_is_told_in_words() {
        for language in Language::ALL {
            for kind in EventType::all() {
                assert!(!event(kind.as_str(), language).contains("mercer."));
            }
            for reason in FailureReason::ALL {
                assert_ne!(failure(reason.code(), language), reason.code());
            }
        }
    }

    #[test]
    fn the_day_in_utc_is_named_where_it_differs_from_beijing() {
        let at = |text: &str| utc_beside(text.parse().unwrap());
        assert_eq!(at("2026-11-25T15:59:59Z"), "15:59:59 UTC");
        assert_eq!(at("2026-11-25T16:00:00Z"), "2026-11-25 16:00:00 UTC");
    }

    #[test]
    fn only_json_is_broken_into_lines() {
        assert_eq!(readable(r#"{"a":1}"#), "{\n  \"a\": 1\n}");
        assert_eq!(readable("not json"), "not json");
        assert_eq!(readable_message("POST /\nx: y\n\n{\"a\":1}"), "POST /\nx: y\n\n{\n  \"a\": 1\n}");
    }
}
