//! The result: one row per measured process, for people and for machines.

use serde_json::{Value, json};

use super::check::Checked;
use super::full_sync::Synced;
use super::load::Measured;
use super::process::Usage;
use super::{Mix, Protocol};
use crate::failure::{Exit, Failure};
use crate::language::Language;
use crate::output::{Column, table, text_of};

/// What was measured of one process.
pub(super) struct Measurement {
    pub(super) name: &'static str,
    pub(super) measured: Measured,
    pub(super) usage: Usage,
    /// None when the database was not named.
    pub(super) checked: Option<Checked>,
}

/// The whole result.
pub(super) struct Report {
    pub(super) measurements: Vec<Measurement>,
    pub(super) protocol: Protocol,
    pub(super) mix: Mix,
    pub(super) connections: u16,
    pub(super) rate: Option<u64>,
    /// What became of the lists of the background.
    pub(super) synced: Option<Synced>,
}

impl Measurement {
    fn per_second(&self) -> f64 {
        self.measured.latencies.len() as f64 / self.measured.elapsed.as_secs_f64()
    }

    fn json(&self) -> Value {
        let latencies = &self.measured.latencies;
        let taken = self.measured.answered.len() as f64;
        let per_call = |total: Option<u64>| total.map(|total| total as f64 / taken);
        json!({
            "name": self.name,
            "calls": latencies.len(),
            "perSecond": rounded(self.per_second(), 1),
            "p50Ms": milliseconds(latencies.value_at_quantile(0.5)),
            "p99Ms": milliseconds(latencies.value_at_quantile(0.99)),
            "maxMs": milliseconds(latencies.max()),
            "cpuMicrosPerCall": per_call(self.usage.cpu_ms).map(|ms| rounded(ms * 1_000.0, 1)),
            "peakMemoryMiB": self.usage.peak_memory_kib.map(|kib| rounded(kib as f64 / 1_024.0, 1)),
            "commits": self.usage.commits,
            "callsPerCommit": self.usage.commits.filter(|commits| *commits > 0).map(|commits| rounded(taken / commits as f64, 1)),
            "statementsPerCall": per_call(self.usage.statements).map(|count| rounded(count, 2)),
            "refused": self.measured.refused,
            "brokenCalls": self.measured.broken,
            "check": self.checked.map(|checked| json!({
                "answered": checked.answered,
                "missing": checked.missing,
                "doubled": checked.doubled,
                "unansweredRows": checked.unanswered_rows,
                "exactlyOnce": checked.is_sound(),
            })),
        })
    }
}

impl Report {
    /// For machines.
    pub(super) fn json(&self) -> Value {
        let mix = match self.mix {
            Mix::Refresh => "refresh",
            Mix::New => "new",
            Mix::Mixed => "mixed",
        };
        json!({
            "protocol": self.protocol.code(),
            "mix": mix,
            "connections": self.connections,
            "rate": self.rate,
            "measurements": self.measurements.iter().map(Measurement::json).collect::<Vec<_>>(),
            "ratioToBare": self.ratio().map(|ratio| rounded(ratio, 3)),
            "slowdownPercent": self.slowdown_percent(),
            "background": self.synced.map(Synced::json),
        })
    }

    /// For people.
    pub(super) fn table(&self, language: Language) -> String {
        let rows: Vec<Value> = self.measurements.iter().map(Measurement::json).collect();
        let mut text = table(language, &COLUMNS, &rows);
        if let Some(ratio) = self.ratio() {
            text.push_str(&format!("\n{} {ratio:.2}", language.pick("网关 / 裸写 =", "gateway / bare =")));
        }
        if let (Some(synced), Some(slowdown)) = (self.synced, self.slowdown_percent()) {
            text.push_str(&format!("\n{} {slowdown} %", language.pick("吞吐下降", "fewer calls per second:")));
            text.push_str(&match language {
                Language::Zh => format!("；{} 次全量同步，最慢 {} 毫秒应答", synced.lists, synced.answer_ms),
                Language::En => format!("; {} full lists, answered within {} ms", synced.lists, synced.answer_ms),
            });
        }
        for measurement in &self.measurements {
            let line = match measurement.checked {
                Some(checked) if checked.is_sound() => {
                    format!(
                        "✓ {}: {} {}",
                        measurement.name,
                        checked.answered,
                        language.pick(
                            "个已应答的请求在数据库中各恰有一条",
                            "answered calls, each in the database exactly once"
                        )
                    )
                }
                Some(checked) => {
                    format!("✗ {}: missing {}, doubled {}", measurement.name, checked.missing, checked.doubled)
                }
                None => language
                    .pick(
                        "未核对数据库（给出 --database-url 即可核对）",
                        "the database was not checked (give --database-url)",
                    )
                    .to_owned(),
            };
            text.push('\n');
            text.push_str(&line);
        }
        text
    }

    /// How many per cent fewer calls were taken beside the background.
    fn slowdown_percent(&self) -> Option<f64> {
        let rate = |name: &str| self.measurements.iter().find(|one| one.name == name).map(Measurement::per_second);
        Some(rounded(100.0 * (1.0 - rate("beside")? / rate("alone").filter(|rate| *rate > 0.0)?), 1))
    }

    /// The gateway's rate to the bare handler's.
    fn ratio(&self) -> Option<f64> {
        let rate = |name: &str| self.measurements.iter().find(|one| one.name == name).map(Measurement::per_second);
        Some(rate("gateway")? / rate("bare").filter(|rate| *rate > 0.0)?)
    }

    /// Failure when an answered call is missing or doubled, or calls broke off.
    ///
    /// # Errors
    /// With what is wrong.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        for measurement in &self.measurements {
            if let Some(checked) = measurement.checked.filter(|checked| !checked.is_sound()) {
                let (missing, doubled) = (checked.missing, checked.doubled);
                return Err(Failure::new(
                    Exit::Failed,
                    format!("{}：{missing} 个已应答的请求不在数据库中，{doubled} 个重复", measurement.name),
                    format!(
                        "{}: {missing} answered calls are not in the database, {doubled} are there twice",
                        measurement.name
                    ),
                ));
            }
            if measurement.measured.broken > 0 || !measurement.measured.refused.is_empty() {
                let (broken, refused) = (measurement.measured.broken, &measurement.measured.refused);
                return Err(Failure::new(
                    Exit::Failed,
                    format!("{}：{broken} 个请求中断，被拒绝：{refused:?}", measurement.name),
                    format!("{}: {broken} calls broke off, refused: {refused:?}", measurement.name),
                ));
            }
        }
        match self.synced {
            Some(synced) if synced.missing != 0 => Err(Failure::new(
                Exit::Failed,
                format!("{} 个已应答的部门不在数据库中", synced.missing),
                format!("{} answered departments are not in the database", synced.missing),
            )),
            Some(_) | None => Ok(()),
        }
    }
}

const COLUMNS: [Column; 10] = [
    Column::new("被测", "measured", |row| text_of(&row["name"])),
    Column::new("请求数", "calls", |row| text_of(&row["calls"])),
    Column::new("每秒", "per second", |row| text_of(&row["perSecond"])),
    Column::new("p50 ms", "p50 ms", |row| text_of(&row["p50Ms"])),
    Column::new("p99 ms", "p99 ms", |row| text_of(&row["p99Ms"])),
    Column::new("最大 ms", "max ms", |row| text_of(&row["maxMs"])),
    Column::new("CPU µs/请求", "CPU µs/call", |row| text_of(&row["cpuMicrosPerCall"])),
    Column::new("内存峰值 MiB", "peak MiB", |row| text_of(&row["peakMemoryMiB"])),
    Column::new("请求/fsync", "calls/fsync", |row| text_of(&row["callsPerCommit"])),
    Column::new("SQL/请求", "SQL/call", |row| text_of(&row["statementsPerCall"])),
];

fn milliseconds(micros: u64) -> f64 {
    rounded(micros as f64 / 1_000.0, 2)
}

fn rounded(value: f64, digits: i32) -> f64 {
    let factor = 10f64.powi(digits);
    (value * factor).round() / factor
}
