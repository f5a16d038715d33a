//! The one place that prints.
//!
//! Results go to standard output, everything else to standard error, so that `--json` can be piped.
//! A command hands over a JSON value and how a person sees it; which of the two is printed is decided
//! here.

use std::io::IsTerminal as _;

use comfy_table::{ContentArrangement, LineStyle, Table, presets};
use mercer_protocol::Wording;
use serde_json::Value;

use crate::failure::Failure;
use crate::language::{Global, Language};

/// Narrowest table that is drawn when the width of the terminal is unknown.
const WIDTH_WITHOUT_TERMINAL: u16 = 160;

/// Where a command prints, and for whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// The language of people's texts.
    pub(crate) language: Language,
    json: bool,
}

impl Output {
    /// As the options say.
    pub(crate) fn new(global: &Global) -> Self {
        Self { language: global.language(), json: global.json }
    }

    /// Whether a person watches the errors' channel, so that a progress bar makes sense.
    pub(crate) fn is_watched(self) -> bool {
        !self.json && std::io::stderr().is_terminal()
    }

    /// A result: the value for machines, or its rendering for people.
    pub(crate) fn show(self, value: &Value, render: impl FnOnce(Language) -> String) {
        let text = if self.json { value.to_string() } else { render(self.language) };
        print_line(std::io::stdout().lock(), &text);
    }

    /// A remark for people, beside the result.
    pub(crate) fn remark(self, wording: &Wording) {
        if !self.json {
            print_line(std::io::stderr().lock(), self.language.of(wording));
        }
    }

    /// A failure.
    pub(crate) fn failure(self, failure: &Failure) {
        let text = if self.json { failure.json(self.language).to_string() } else { failure.lines(self.language) };
        print_line(std::io::stderr().lock(), &text);
    }
}

/// A column of a table: its heading in both languages and what it shows of a row.
pub(crate) struct Column {
    zh: &'static str,
    en: &'static str,
    read: fn(&Value) -> String,
}

impl Column {
    /// A column.
    pub(crate) const fn new(zh: &'static str, en: &'static str, read: fn(&Value) -> String) -> Self {
        Self { zh, en, read }
    }
}

/// A table of many rows.
pub(crate) fn table(language: Language, columns: &[Column], rows: &[Value]) -> String {
    if rows.is_empty() {
        return language.pick("（没有记录）", "(nothing to show)").to_owned();
    }
    let mut table = empty_table();
    table.set_header(columns.iter().map(|column| language.pick(column.zh, column.en)));
    table.add_rows(rows.iter().map(|row| columns.iter().map(|column| (column.read)(row)).collect::<Vec<_>>()));
    table.trim_fmt()
}

/// One thing: a line per property, empty ones left out.
pub(crate) fn record(language: Language, columns: &[Column], value: &Value) -> String {
    let mut table = empty_table();
    for column in columns {
        let text = (column.read)(value);
        if !text.is_empty() {
            table.add_row([language.pick(column.zh, column.en).to_owned(), text]);
        }
    }
    table.trim_fmt()
}

/// A member of a JSON value as people read it: text bare, nothing as nothing.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A time of the APIs to the second.
pub(crate) fn time_of(value: &Value) -> String {
    let text = text_of(value);
    match text.split_once('.') {
        Some((seconds, rest)) if rest.ends_with('Z') => format!("{seconds}Z"),
        Some(_) | None => text,
    }
}

fn empty_table() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()))
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH_WITHOUT_TERMINAL);
    table
}

/// A closed pipe is no failure of ours: whoever reads has read enough.
fn print_line(mut channel: impl std::io::Write, text: &str) {
    let _ = writeln!(channel, "{text}");
    let _ = channel.flush();
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const COLUMNS: [Column; 2] = [
        Column::new("名称", "name", |row| text_of(&row["name"])),
        Column::new("时间", "time", |row| time_of(&row["at"])),
    ];

    #[test]
    fn chinese_columns_line_up() {
        let rows = [json!({"name": "轻舟软件", "at": "2026-11-25T01:02:03.000004Z"}), json!({"name": "a", "at": null})];
        let text = table(Language::Zh, &COLUMNS, &rows);
        assert!(text.contains(" 轻舟软件   2026-11-25T01:02:03Z"), "{text}");
        assert!(text.contains("\n a"), "{text}");
    }

    #[test]
    fn an_empty_table_says_so() {
        assert_eq!(table(Language::En, &COLUMNS, &[]), "(nothing to show)");
    }

    #[test]
    fn a_record_leaves_out_what_is_empty() {
        let text = record(Language::En, &COLUMNS, &json!({"name": "a"}));
        assert!(text.contains("name") && !text.contains("time"), "{text}");
    }
}
