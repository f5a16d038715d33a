//! How codes are told to people: every state, kind and unit in both languages, with its colour.

mod identity;

pub(super) use identity::{binding_state, kit_version, member_role, member_state, tenant_state};

use mercer_kernel::money::Money;
use mercer_kernel::web::Language;
use rust_decimal::Decimal;

use super::view::Badge;
use crate::callback::Family;
use crate::catalog::{ChargingMode, LinearAttribute, Names, PeriodType, Price, PriceMode, ProductState, Sku};
use crate::instance::{Instance, InstanceState};
use crate::merchant::{AddressState, CustomerType, InterfaceType};
use crate::message::MessageState;
use crate::notification::AccessType;
use crate::order::{Order, OrderKind, OrderState};

fn badge(state: &'static str, (en, zh): (&'static str, &'static str), language: Language) -> Badge {
    Badge { state, text: language.pick(en, zh) }
}

/// Whichever of two names is in this language.
pub(super) fn name(names: &Names, language: Language) -> String {
    language.pick(&names.en, &names.zh).to_owned()
}

/// The name of an interface, as a heading.
pub(super) fn interface(names: &Names, language: Language) -> String {
    let name = self::name(names, language);
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Where an order stands.
pub(super) fn order_state(state: OrderState, language: Language) -> Badge {
    let (mood, words) = match state {
        OrderState::PendingPayment => ("warn", ("To be paid", "待支付")),
        OrderState::Processing => ("busy", ("Processing", "处理中")),
        OrderState::Cancelled => ("idle", ("Cancelled", "已取消")),
        OrderState::Completed => ("ok", ("Completed", "已完成")),
        OrderState::Failed => ("bad", ("Failed, refunded", "开通失败，已退款")),
    };
    badge(mood, words, language)
}

/// What an order is for.
pub(super) fn order_kind(kind: OrderKind, language: Language) -> &'static str {
    match kind {
        OrderKind::New => language.pick("New purchase", "新购"),
        OrderKind::Trial => language.pick("Trial", "试用"),
        OrderKind::TrialToFormal => language.pick("Trial turned formal", "试用转正"),
        OrderKind::Renew => language.pick("Renewal", "续费"),
        OrderKind::RenewChange => language.pick("Renewal with a change", "续费变更"),
        OrderKind::Change => language.pick("Upgrade", "变更"),
        OrderKind::Unsubscribe => language.pick("Unsubscription", "退订"),
        OrderKind::UnsubscribeRenewal => language.pick("Renewal given back", "退续费"),
    }
}

/// Where an instance stands.
pub(super) fn instance_state(instance: &Instance, language: Language) -> Badge {
    let (mood, words) = match instance.state {
        InstanceState::Opening => ("busy", ("Opening", "开通中")),
        InstanceState::AwaitingAcceptance => ("warn", ("Waits for acceptance", "待验收")),
        InstanceState::Active if instance.trial => ("ok", ("On trial", "试用中")),
        InstanceState::Active => ("ok", ("In use", "使用中")),
        InstanceState::Frozen if instance.frozen_by_violation => ("bad", ("Frozen: violation", "违规冻结")),
        InstanceState::Frozen => ("warn", ("Frozen: expired", "到期冻结")),
        InstanceState::Releasing => ("busy", ("Being released", "释放中")),
        InstanceState::Released => ("idle", ("Released", "已释放")),
        InstanceState::Failed => ("bad", ("Not opened", "开通失败")),
    };
    badge(mood, words, language)
}

/// A state of instances, for filters.
pub(super) fn instance_state_name(state: InstanceState, language: Language) -> &'static str {
    match state {
        InstanceState::Opening => language.pick("Opening", "开通中"),
        InstanceState::AwaitingAcceptance => language.pick("Waits for acceptance", "待验收"),
        InstanceState::Active => language.pick("In use", "使用中"),
        InstanceState::Frozen => language.pick("Frozen", "已冻结"),
        InstanceState::Releasing => language.pick("Being released", "释放中"),
        InstanceState::Released => language.pick("Released", "已释放"),
        InstanceState::Failed => language.pick("Not opened", "开通失败"),
    }
}

/// Where a message stands.
pub(super) fn message_state(state: MessageState, language: Language) -> Badge {
    let (mood, words) = match state {
        MessageState::Waiting => ("idle", ("Waiting", "待调用")),
        MessageState::Running => ("busy", ("Calling", "调用中")),
        MessageState::Succeeded => ("ok", ("Succeeded", "成功")),
        MessageState::Retrying => ("warn", ("Retrying", "重试中")),
        MessageState::AwaitingRestart => ("bad", ("Failed, restart by hand", "失败，待手工重启")),
        MessageState::Failed => ("bad", ("Failed", "失败")),
        MessageState::Superseded => ("idle", ("Superseded", "已被取代")),
        MessageState::Cancelled => ("idle", ("Cancelled", "已取消")),
    };
    badge(mood, words, language)
}

/// Whether a product can be bought.
pub(super) fn product_state(state: ProductState, language: Language) -> Badge {
    let (mood, words) = match state {
        ProductState::OnSale => ("ok", ("On sale", "在售")),
        ProductState::Hidden => ("idle", ("Hidden", "隐藏")),
        ProductState::SaleStopped => ("warn", ("Sale stopped", "停售")),
        ProductState::Delisted => ("bad", ("Delisted", "已下架")),
    };
    badge(mood, words, language)
}

/// Whether an address is proved.
pub(super) fn address_state(state: AddressState, language: Language) -> Badge {
    match state {
        AddressState::Unverified => badge("warn", ("Not verified", "未认证"), language),
        AddressState::Certified => badge("ok", ("Verified", "已认证"), language),
    }
}

/// What a key signs.
pub(super) fn interface_type(kind: InterfaceType, language: Language) -> &'static str {
    match kind {
        InterfaceType::Base => language.pick("Base interfaces", "基础接口"),
        InterfaceType::Kit => language.pick("Joint-operation kit", "联营SaaS同步接口"),
        InterfaceType::License => language.pick("Licence codes", "License授权码交付接口"),
        InterfaceType::General => language.pick("General interface", "通用接口"),
        InterfaceType::SaasV1 => {
            language.pick("V1 Key (SaaS V1.0 base and kit)", "V1 Key（SaaS V1.0 基础接口与联营kit）")
        }
    }
}

/// A protocol version.
pub(super) fn family(family: Family, language: Language) -> &'static str {
    match family {
        Family::SaasV2 => "SaaS V2.0",
        Family::SaasV1 => "SaaS V1.0",
        Family::KitV2 => language.pick("Joint-operation kit V2.0", "联营kit V2.0"),
        Family::KitV1 => language.pick("Joint-operation kit V1.0", "联营kit V1.0"),
        Family::OrderNotification => language.pick("Order notification", "订单通知"),
    }
}

/// How products of a kind are connected to the store.
pub(super) fn access_type(access_type: AccessType, language: Language) -> &'static str {
    match access_type {
        AccessType::Saas => language.pick("SaaS", "SaaS类"),
        AccessType::License => language.pick("Licence", "License类"),
        AccessType::Api => language.pick("API", "API类"),
        AccessType::Hardware => language.pick("Hardware", "硬件类"),
        AccessType::Service => language.pick("Human service", "人工服务类"),
        AccessType::Other => language.pick("Other", "其他"),
    }
}

/// Person or company.
pub(super) fn customer_type(kind: CustomerType, language: Language) -> &'static str {
    match kind {
        CustomerType::Individual => language.pick("Individual", "个人"),
        CustomerType::Enterprise => language.pick("Company", "企业"),
    }
}

/// How a quantity becomes an amount.
pub(super) fn price_mode(mode: PriceMode, language: Language) -> &'static str {
    match mode {
        PriceMode::Linear => language.pick("per unit", "按量单价"),
        PriceMode::Graduated => {
            language.pick("graduated: each part at the price of its bracket", "阶梯计价：各档分别计价")
        }
        PriceMode::Volume => language.pick("volume: the whole quantity at one price", "整档计价：全部按所在档单价"),
    }
}

/// `¥100.00`.
pub(super) fn money(amount: Money) -> String {
    format!("{}{amount}", amount.currency().sign())
}

/// `3 months`, or `once`.
pub(super) fn period(period: Option<PeriodType>, number: Option<i64>, language: Language) -> String {
    let number = number.unwrap_or(1);
    let (one, many, zh) = match period {
        None => return language.pick("once", "按次").to_owned(),
        Some(PeriodType::Year) => ("year", "years", "年"),
        Some(PeriodType::Month) => ("month", "months", "个月"),
        Some(PeriodType::Day) => ("day", "days", "天"),
    };
    match language {
        Language::En => format!("{number} {}", if number == 1 { one } else { many }),
        Language::Zh => format!("{number} {zh}"),
    }
}

/// The billing mode of a price: `Yearly`, `Free trial, 15 days`.
pub(super) fn billing(price: &Price, language: Language) -> String {
    match (price.trial_days, price.period_type) {
        (Some(days), _) => match language {
            Language::En => format!("Free trial, {days} days"),
            Language::Zh => format!("免费试用 {days} 天"),
        },
        (None, Some(PeriodType::Year)) => language.pick("Yearly", "包年").to_owned(),
        (None, Some(PeriodType::Month)) => language.pick("Monthly", "包月").to_owned(),
        (None, Some(PeriodType::Day)) => language.pick("Daily", "按天").to_owned(),
        (None, None) if price.charging_mode == ChargingMode::OnDemand => language.pick("By use", "按需").to_owned(),
        (None, None) => language.pick("One-time", "按次").to_owned(),
    }
}

/// The unit price of a price in one line: `¥19 / seat / month`, `from ¥9 …`.
pub(super) fn unit_price(sku: &Sku, price: &Price, sign: &str, language: Language) -> String {
    let (amount, unit) = unit_price_parts(sku, price, sign, language);
    format!("{amount}{unit}")
}

/// The same as amount and unit.
pub(super) fn unit_price_parts(sku: &Sku, price: &Price, sign: &str, language: Language) -> (String, String) {
    if price.is_trial() {
        return (language.pick("free", "免费").to_owned(), String::new());
    }
    let lowest = price.brackets.iter().map(|bracket| bracket.unit_price).min().unwrap_or(Decimal::ZERO);
    let from = if price.brackets.len() > 1 { language.pick("from ", "低至 ") } else { "" };
    let unit = sku.linear.as_ref().map_or(String::new(), |linear| format!(" / {}", unit_of(linear, language)));
    let per = match price.period_type {
        Some(PeriodType::Year) => language.pick(" / year", " / 年"),
        Some(PeriodType::Month) => language.pick(" / month", " / 月"),
        Some(PeriodType::Day) => language.pick(" / day", " / 天"),
        None if price.charging_mode == ChargingMode::OnDemand => language.pick(" / unit used", " / 单位用量"),
        None => "",
    };
    (format!("{from}{sign}{}", decimal(lowest)), format!("{unit}{per}"))
}

/// A unit price: whole, or with at least two decimals.
fn decimal(number: Decimal) -> String {
    let number = number.normalize();
    if number.scale() == 1 { format!("{number:.2}") } else { number.to_string() }
}

/// The name of a quantity attribute as a unit: `Seats` becomes `seat`.
fn unit_of(linear: &LinearAttribute, language: Language) -> String {
    match language {
        Language::En => {
            let name = linear.name.en.to_lowercase();
            name.strip_suffix('s').map_or(name.clone(), str::to_owned)
        }
        Language::Zh => linear.name.zh.trim_end_matches('数').to_owned(),
    }
}

/// What was ordered, in one line: `15 · 2 years`.
pub(super) fn extent(order: &Order, language: Language) -> String {
    if order.charging_mode == ChargingMode::OnDemand {
        return language.pick("by use", "按需").to_owned();
    }
    let period = period(order.period_type, order.period_number, language);
    order.quantity.map_or_else(|| period.clone(), |quantity| format!("{quantity} × {period}"))
}

/// The steps of a price: `up to 10: ¥15; above: ¥9`. Empty with one step.
pub(super) fn brackets(price: &Price, sign: &str, language: Language) -> String {
    if price.brackets.len() < 2 {
        return String::new();
    }
    let steps = price.brackets.iter().map(|bracket| {
        let unit = decimal(bracket.unit_price);
        match (bracket.up_to, language) {
            (Some(end), Language::En) => format!("up to {}: {sign}{unit}", end.normalize()),
            (Some(end), Language::Zh) => format!("{} 以内 {sign}{unit}", end.normalize()),
            (None, Language::En) => format!("above: {sign}{unit}"),
            (None, Language::Zh) => format!("以上 {sign}{unit}"),
        }
    });
    let steps: Vec<String> = steps.collect();
    format!("{}; {}", price_mode(price.mode, language), steps.join(language.pick(", ", "，")))
}

/// A duration: `2 minutes`, `1 hour`.
pub(super) fn duration(seconds: u64, language: Language) -> String {
    let (number, en, zh) = match seconds {
        0..60 => (seconds, "second", "秒"),
        60..3_600 => (seconds / 60, "minute", "分钟"),
        3_600..86_400 => (seconds / 3_600, "hour", "小时"),
        _ => (seconds / 86_400, "day", "天"),
    };
    match language {
        Language::En => format!("{number}\u{a0}{en}{}", if number == 1 { "" } else { "s" }),
        Language::Zh => format!("{number}\u{a0}{zh}"),
    }
}
