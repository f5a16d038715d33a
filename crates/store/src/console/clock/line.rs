//! The clock in the head line of every page.

use mercer_kernel::clock::Instant;
use mercer_kernel::web::account::{Account, Role};
use mercer_kernel::web::{Moment, Visit};

use crate::Core;
use crate::clock::{self, Progress};

mercer_kernel::messages! {
    /// Texts of the clock.
    pub(in crate::console) struct ClockTexts;
    title => "Store clock", "云商店时钟";
    frozen => "frozen", "已冻结";
    running => "ahead of real time", "已偏离真实时间";
    real => "real time", "真实时间";
    advance => "Advance by", "推进";
    hour => "1 hour", "1 小时";
    day => "1 day", "1 天";
    half_month => "15 days", "15 天";
    month => "30 days", "30 天";
    idle => "Until nothing is left to call", "直到没有待调用的消息";
    to => "To a date (Beijing time)", "推进到指定时间（北京时间）";
    go => "Go", "推进";
    freeze => "Freeze the clock", "冻结时钟";
    resume => "Let it run", "恢复走时";
    freeze_hint => "Freeze it first; then it can be advanced. Do not do this in a store with real buyers.", "先冻结时钟才能推进。有真实买家的商店请勿操作。";
    advancing => "Advancing", "推进中";
    jobs(count: usize) => "steps done: {count}", "已执行 {count} 步";
}

/// An advance under way.
#[derive(Debug, Clone)]
pub(in crate::console) struct Advancing {
    /// How far it has come, 0 to 100; none when the end is open.
    pub(in crate::console) percent: Option<i64>,
    /// What it has done, in words.
    pub(in crate::console) text: String,
}

/// What the head line shows.
#[derive(Debug, Clone)]
pub(in crate::console) struct ClockLine {
    /// The time.
    pub(in crate::console) now: Moment,
    /// `real`, `running` or `frozen`.
    pub(in crate::console) mode: &'static str,
    /// Whether the visitor may change it.
    pub(in crate::console) operates: bool,
    /// The advance under way.
    pub(in crate::console) advancing: Option<Advancing>,
    /// The page to come back to.
    pub(in crate::console) next: String,
    /// The words.
    pub(in crate::console) texts: ClockTexts,
}

impl ClockLine {
    /// The clock as `account` sees it.
    pub(in crate::console) fn of(core: &Core, visit: &Visit, account: Option<&Account>) -> Self {
        let view = clock::view(core);
        let texts = ClockTexts(visit.language);
        Self {
            now: Moment::of(view.now),
            mode: view.mode,
            operates: account.is_some_and(|account| matches!(account.role, Role::Operator | Role::Admin)),
            advancing: view
                .advancing
                .map(|progress| Advancing { percent: percent(&progress), text: texts.jobs(progress.jobs_run) }),
            next: visit.path.clone(),
            texts,
        }
    }

    /// The mode in words.
    pub(in crate::console) fn mode_text(&self) -> &'static str {
        match self.mode {
            "frozen" => self.texts.frozen(),
            "running" => self.texts.running(),
            _ => self.texts.real(),
        }
    }

    /// Whether it shows another time than the wall.
    pub(in crate::console) fn is_virtual(&self) -> bool {
        self.mode != "real"
    }
}

fn percent(progress: &Progress) -> Option<i64> {
    let target = progress.target?;
    let passed = |at: Instant| at.as_micros().saturating_sub(progress.from.as_micros()) / 1_000;
    let whole = passed(target);
    Some(if whole <= 0 { 100 } else { (passed(progress.now).saturating_mul(100) / whole).clamp(0, 100) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_counts_from_start_to_target() {
        let at = Instant::from_millis;
        let progress = |now, target| Progress { from: at(1_000), now: at(now), target, jobs_run: 0 };
        assert_eq!(percent(&progress(1_500, Some(at(3_000)))), Some(25));
        assert_eq!(percent(&progress(1_000, Some(at(1_000)))), Some(100));
        assert_eq!(percent(&progress(1_500, None)), None);
    }
}
