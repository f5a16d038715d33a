//! The rules of the site, to read: profile, life cycle, and how each interface is repeated.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::Language;

use crate::Core;
use crate::console::desk::Staff;
use crate::console::staff::message::rule;
use crate::console::view::{Block, Cell, Fact, Page, Table};
use crate::console::{Console, words};

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "Site settings", "站点设置";
    lead => "To read. They are set in mercer.toml (or MERCER_* variables) and take effect at the next start.",
            "仅供查看。在 mercer.toml（或 MERCER_* 环境变量）中设置，重启后生效。";
    site => "Site", "站点";
    profile => "Profile", "站点类型";
    profile_key => "store.profile", "store.profile";
    timeout => "Longest wait for an answer", "接口超时时间";
    failed => "Failed orders a month before a product is delisted", "每月失败订单上限（超过则下架商品）";
    overlap => "Overlap of a rotated key", "密钥轮换重叠期";
    grace => "Use after expiry (grace)", "到期后宽限期";
    retention => "Kept frozen before release", "冻结保留期";
    messages => "Messages are kept", "消息保留时间";
    digits => "Digits of expireTime", "expireTime 位数";
    days(days: i64) => "{days} days", "{days} 天";
    hours(hours: i64) => "{hours} hours", "{hours} 小时";
    seconds(seconds: u64) => "{seconds} seconds", "{seconds} 秒";
    retries => "How each interface is repeated", "各接口的重试规则";
    interface => "Interface", "接口";
    calls => "Calls", "最多调用次数";
    every => "Apart", "间隔";
    success => "Success", "成功结果码";
    pending => "Not ready yet", "处理中结果码";
    then => "Rule", "说明";
}

/// The page.
pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Response {
    let core = &console.core;
    let language = staff.language();
    let texts = Texts(language);
    let site = Block::Facts(texts.site().to_owned(), site(core, language));
    let retries = Block::Table(retries(core, language));
    Page::new(staff.frame(core), texts.title()).lead(texts.lead()).block(site).block(retries).answer()
}

fn site(core: &Core, language: Language) -> Vec<Fact> {
    let texts = Texts(language);
    let (settings, policies) = (&core.settings, &core.policies);
    vec![
        Fact::new(texts.profile(), Cell::Lines(policies.profile().to_owned(), texts.profile_key().to_owned())),
        Fact::text(texts.timeout(), texts.seconds(policies.transport().timeout_ms() / 1_000)),
        Fact::text(texts.failed(), policies.failed_orders_limit().to_string()),
        Fact::text(texts.grace(), texts.days(settings.lifecycle.grace_days)),
        Fact::text(texts.retention(), texts.days(settings.lifecycle.retention_days)),
        Fact::text(texts.overlap(), texts.hours(settings.key_overlap_hours)),
        Fact::text(texts.messages(), texts.days(settings.message_retention_days)),
        Fact::text(texts.digits(), settings.expire_time_digits.to_string()),
    ]
}

fn retries(core: &Core, language: Language) -> Table {
    let texts = Texts(language);
    let rows = core.policies.interfaces().map(|interface| {
        let policy = core.policies.of(interface);
        let every = match policy.interval_seconds {
            0 => "–".to_owned(),
            seconds => words::duration(seconds, language),
        };
        let pending = if policy.pending.is_empty() { "–".to_owned() } else { policy.pending.join(" ") };
        vec![
            Cell::Lines(words::interface(&policy.names, language), interface.code().to_owned()),
            Cell::text(policy.max_attempts.to_string()),
            Cell::text(every),
            Cell::text(policy.success.join(" ")),
            Cell::text(pending),
            Cell::text(rule(policy, language).join(" ")),
        ]
    });
    let columns = [texts.interface(), texts.calls(), texts.every(), texts.success(), texts.pending(), texts.then()];
    Table::new(&columns).titled(texts.retries()).rows(rows)
}
