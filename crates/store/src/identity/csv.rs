//! Tables of members and departments as CSV: read with every bad row named by line and column, written so that
//! what was exported can be imported again. Pure.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use mercer_kernel::lines::Lines;
use serde::{Deserialize, Serialize};

use crate::catalog::Names;
use crate::refusal::Refusal;

/// Rows of one file: twice the largest enterprise people import at once.
pub(crate) const MAX_ROWS: usize = 20_000;
/// Bad rows that are told; whoever has more fixes these first.
pub(crate) const MAX_TOLD_ROWS: usize = 100;
/// Makes spreadsheet programs read the file as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Beginnings of a cell that spreadsheet programs take for a formula.
const FORMULA_STARTS: [char; 4] = ['=', '+', '-', '@'];

/// A column of a table: its name in the file and what people may call it instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// The name, as the protocol spells it.
    pub(crate) name: &'static str,
    /// The Chinese name, accepted in the head line too.
    pub(crate) chinese: &'static str,
    /// Whether the head line must have it.
    pub(crate) required: bool,
}

/// What to do when some rows are bad.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum OnBadRows {
    /// Import nothing.
    #[default]
    Refuse,
    /// Import the good ones.
    Skip,
}

/// A row that cannot be imported, or a column that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BadRow {
    /// The line of the file, from 1.
    pub(crate) line: u64,
    /// The column; empty when the whole row is bad.
    pub(crate) column: String,
    /// Why.
    pub(crate) reason: Names,
}

impl BadRow {
    /// A row that a rule refused.
    pub(crate) fn of(line: u64, refusal: &Refusal) -> Self {
        Self { line, column: refusal.field.to_owned(), reason: Names::new(&refusal.zh, &refusal.en) }
    }

    fn new(line: u64, column: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { line, column: column.into(), reason: Names::new(zh, en) }
    }
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Imported {
    /// How many rows were imported; 0 when bad rows were refused.
    pub(crate) added: usize,
    /// How many rows are bad.
    pub(crate) bad: usize,
    /// The first bad rows.
    pub(crate) bad_rows: Vec<BadRow>,
}

impl Imported {
    /// What became of a file with these bad rows.
    pub(crate) fn new(added: usize, mut bad_rows: Vec<BadRow>) -> Self {
        let bad = bad_rows.len();
        bad_rows.truncate(MAX_TOLD_ROWS);
        Self { added, bad, bad_rows }
    }
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The line it begins on.
    pub(crate) line: u64,
    cells: HashMap<&'static str, String>,
}

impl Row {
    /// The text of a column; empty when there is none.
    pub(crate) fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// A file, split into its rows; bad ones apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Rows that could be read.
    pub(crate) rows: Vec<Row>,
    /// Rows that could not.
    pub(crate) bad_rows: Vec<BadRow>,
}

/// Reads a file. The head line names the columns, in any order, in either language.
pub(crate) fn read(bytes: &[u8], columns: &[Column]) -> Table {
    let mut table = Table::default();
    if let Err(fault) = std::str::from_utf8(bytes) {
        let line = 1 + bytes[..fault.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() as u64;
        let (zh, en) =
            ("文件不是 UTF-8 编码，请另存为「CSV UTF-8」", "the file is not UTF-8; save it as \"CSV UTF-8\"");
        table.bad_rows.push(BadRow::new(line, "", zh, en));
        return table;
    }
    let mut reader = ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let head = match reader.headers() {
        Ok(head) => places(head, columns),
        Err(fault) => {
            table.bad_rows.push(BadRow::new(
                1,
                "",
                format!("无法读取：{fault}"),
                format!("it cannot be read: {fault}"),
            ));
            return table;
        }
    };
    let (places, missing) = head;
    table.bad_rows.extend(missing);
    if !table.bad_rows.is_empty() {
        return table;
    }
    let mut lines = Lines::new(bytes);
    for record in reader.records() {
        match record {
            Ok(record) => {
                take(&mut table, lines.of(record.position().map_or(0, csv::Position::byte)), &record, &places);
            }
            Err(fault) => {
                let line = lines.of(fault.position().map_or(0, csv::Position::byte));
                let (zh, en) = (format!("无法读取：{fault}"), format!("it cannot be read: {fault}"));
                table.bad_rows.push(BadRow::new(line, "", zh, en));
            }
        }
        if table.rows.len() > MAX_ROWS {
            let line = table.rows.last().map_or(0, |row| row.line);
            table.rows.clear();
            let (zh, en) =
                (format!("一次最多导入 {MAX_ROWS} 行"), format!("at most {MAX_ROWS} rows are imported at once"));
            table.bad_rows = vec![BadRow::new(line, "", zh, en)];
            return table;
        }
    }
    table
}

/// Writes a file with these columns.
pub(crate) fn write(columns: &[Column], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let head: Vec<&str> = columns.iter().map(|column| column.name).collect();
    // Writing into memory fails only for rows of unequal length, which would show in the first test.
    let mut whole = writer.write_record(head).is_ok();
    for row in rows {
        whole &= writer.write_record(row.iter().map(|cell| harmless(cell))).is_ok();
    }
    debug_assert!(whole, "every row has a cell for every column");
    let bytes = writer.into_inner().unwrap_or_default();
    format!("{BYTE_ORDER_MARK}{}", String::from_utf8_lossy(&bytes))
}

/// A cell that no spreadsheet program runs as a formula; [`take`] undoes it.
fn harmless(cell: &str) -> String {
    if cell.starts_with(FORMULA_STARTS) { format!("'{cell}") } else { cell.to_owned() }
}

fn take(table: &mut Table, line: u64, record: &StringRecord, places: &HashMap<usize, &'static str>) {
    if record.iter().all(str::is_empty) {
        return;
    }
    let cells = record.iter().enumerate().filter_map(|(at, text)| {
        let plain = text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA_STARTS)).unwrap_or(text);
        places.get(&at).map(|name| (*name, plain.to_owned()))
    });
    table.rows.push(Row { line, cells: cells.collect() });
}

/// Where each column stands, and which required ones are missing or unknown ones are there.
fn places(head: &StringRecord, columns: &[Column]) -> (HashMap<usize, &'static str>, Vec<BadRow>) {
    let mut places = HashMap::new();
    let mut wrong = Vec::new();
    let known: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let known = known.join(", ");
    for (at, text) in head.iter().enumerate() {
        let is_meant = |column: &&Column| column.name.eq_ignore_ascii_case(text) || column.chinese == text;
        match columns.iter().find(is_meant) {
            Some(column) => {
                places.insert(at, column.name);
            }
            None if text.is_empty() => {}
            None => wrong.push(BadRow::new(
                1,
                text,
                format!("未知的列，可用的列：{known}"),
                format!("unknown column; there are {known}"),
            )),
        }
    }
    for column in columns.iter().filter(|column| column.required) {
        if !places.values().any(|name| *name == column.name) {
            wrong.push(BadRow::new(
                1,
                column.name,
                format!("首行缺少列 {}（{}）", column.name, column.chinese),
                format!("the first line lacks the column {}", column.name),
            ));
        }
    }
    (places, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { name: "code", chinese: "编码", required: true },
        Column { name: "note", chinese: "备注", required: false },
    ];

    #[test]
    fn columns_stand_in_any_order_and_language() {
        let table = read("\u{feff}备注, CODE\r\n\"a, \"\"b\"\"\",1\r\n\r\n,2\r\n".as_bytes(), COLUMNS);
        assert_eq!(table.bad_rows, []);
        let rows: Vec<(u64, &str, &str)> =
            table.rows.iter().map(|row| (row.line, row.text("code"), row.text("note"))).collect();
        assert_eq!(rows, [(2, "1", "a, \"b\""), (4, "2", "")]);
    }

    #[test]
    fn a_head_line_that_does_not_fit_is_explained() {
        let wrong: Vec<String> =
            read(b"note,size\n1,2\n", COLUMNS).bad_rows.into_iter().map(|row| row.column).collect();
        assert_eq!(wrong, ["size", "code"]);
        assert_eq!(read(b"", COLUMNS).bad_rows[0].column, "code");
    }

    #[test]
    fn a_file_that_is_not_utf8_is_told_by_its_line() {
        let table = read(b"code\nok\n\xc4\xe3\n", COLUMNS);
        assert_eq!((table.rows.len(), table.bad_rows[0].line), (0, 3));
    }

    #[test]
    fn as_many_rows_as_allowed_and_not_one_more() {
        let file = |rows: usize| format!("code\n{}", "x\n".repeat(rows));
        assert_eq!(read(file(MAX_ROWS).as_bytes(), COLUMNS).rows.len(), MAX_ROWS);
        let table = read(file(MAX_ROWS + 1).as_bytes(), COLUMNS);
        assert_eq!((table.rows.len(), table.bad_rows.len()), (0, 1));
    }

    #[test]
    fn what_is_written_is_read_again_and_runs_in_no_spreadsheet() {
        let rows = [["=1+1", "a\"b\nc"], ["+86 130", ""]];
        let text = write(COLUMNS, rows.iter().map(|row| row.map(str::to_owned).to_vec()));
        assert!(text.contains("'=1+1") && text.contains("'+86"), "{text}");
        let table = read(text.as_bytes(), COLUMNS);
        assert_eq!(table.rows[0].text("code"), "=1+1");
        assert_eq!(table.rows[0].text("note"), "a\"b\nc");
        assert_eq!(table.rows[1].text("code"), "+86 130");
    }
}
