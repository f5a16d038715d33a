//! The table of accounts a pool is filled with: every bad line is named with its column.

use std::collections::HashMap;

use mercer_kernel::digest::sha256_hex;
use mercer_kernel::lines::Lines;
use mercer_protocol::saas_v2::AppInfo;

use crate::error::{FieldFault, LineFault};
use crate::instance::{AppInfoFault, check_app_info};

/// The columns, the mandatory one first.
const COLUMNS: [&str; 5] = ["frontEndUrl", "adminUrl", "userName", "password", "memo"];
/// Accounts one upload may bring: one batch, one commit.
const ACCOUNTS_PER_IMPORT: usize = 10_000;
/// Line faults that are reported; more help nobody.
const REPORTED_FAULTS: usize = 200;

/// A table that was read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// The accounts with what makes each the same one.
    pub(super) accounts: Vec<(AppInfo, String)>,
    /// The lines that hold none, in order.
    pub(super) faults: Vec<LineFault>,
}

impl Sheet {
    /// The faults that are told.
    pub(super) fn reported_faults(&self) -> Vec<LineFault> {
        self.faults.iter().take(REPORTED_FAULTS).cloned().collect()
    }
}

/// Reads a table; `seen` maps the fingerprints already in the pool to line 0.
pub(super) fn read_sheet(text: &[u8], mut seen: HashMap<String, u64>) -> Result<Sheet, FieldFault> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let headers = reader.headers().cloned().unwrap_or_default();
    let places = COLUMNS.map(|name| headers.iter().position(|header| header.eq_ignore_ascii_case(name)));
    if places[0].is_none() {
        return Err(FieldFault::new(
            "csv",
            format!("a first line naming the columns: {}", COLUMNS.join(",")),
            format!("第一行应为列名：{}", COLUMNS.join(",")),
        ));
    }
    let mut sheet = Sheet::default();
    let mut lines = Lines::new(text);
    for record in reader.records() {
        let account = match record {
            Ok(record) => {
                let line = lines.of(record.position().map_or(0, csv::Position::byte));
                account(&record, places).map_err(|fault| bad_cell(line, &fault)).map(|info| (line, info))
            }
            Err(error) => {
                let line = lines.of(error.position().map_or(0, csv::Position::byte));
                Err(unreadable(line, &error))
            }
        };
        match account.and_then(|(line, info)| first_of_its_kind(&mut seen, line, info)) {
            Ok(account) => sheet.accounts.push(account),
            Err(fault) => sheet.faults.push(fault),
        }
    }
    let is_empty = sheet.accounts.is_empty() && sheet.faults.is_empty();
    if is_empty || sheet.accounts.len() > ACCOUNTS_PER_IMPORT {
        return Err(FieldFault::new("csv", "1 to 10000 accounts", "1 到 10000 个账号"));
    }
    Ok(sheet)
}

fn account(record: &csv::StringRecord, places: [Option<usize>; 5]) -> Result<AppInfo, AppInfoFault> {
    let cell = |place: Option<usize>| {
        place.and_then(|place| record.get(place)).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let [front_end_url, admin_url, user_name, password, memo] = places.map(cell);
    let info = AppInfo { front_end_url, admin_url, user_name, password, memo, ..AppInfo::default() };
    check_app_info(&info).map(|()| info)
}

fn first_of_its_kind(
    seen: &mut HashMap<String, u64>,
    line: u64,
    info: AppInfo,
) -> Result<(AppInfo, String), LineFault> {
    let (fingerprint, column) = fingerprint(&info);
    match seen.get(&fingerprint) {
        None => {
            seen.insert(fingerprint.clone(), line);
            Ok((info, fingerprint))
        }
        Some(0) => Err(LineFault {
            line,
            column: column.to_owned(),
            en: "the account is already in the pool".to_owned(),
            zh: "账号池中已有此账号".to_owned(),
        }),
        Some(earlier) => Err(LineFault {
            line,
            column: column.to_owned(),
            en: format!("the same account as line {earlier}"),
            zh: format!("与第 {earlier} 行重复"),
        }),
    }
}

fn bad_cell(line: u64, fault: &AppInfoFault) -> LineFault {
    let zh = match fault {
        AppInfoFault::Missing(_) => "必填".to_owned(),
        AppInfoFault::TooLong { length, limit, .. } => format!("有 {length} 个字符，最多 {limit} 个"),
        AppInfoFault::NotAnAddress(_) => "不是完整的 http 或 https 地址".to_owned(),
    };
    LineFault { line, column: fault.field().to_owned(), en: fault.to_string(), zh }
}

/// A line that is no row of the table at all: it belongs to no column.
fn unreadable(line: u64, error: &csv::Error) -> LineFault {
    let (en, zh) = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => (
            format!("the line has {len} columns instead of {expected_len}"),
            format!("该行有 {len} 列，应为 {expected_len} 列"),
        ),
        csv::ErrorKind::Utf8 { .. } => ("the line is not UTF-8".to_owned(), "该行不是 UTF-8 编码".to_owned()),
        _ => (format!("the line cannot be read: {error}"), format!("该行无法解析：{error}")),
    };
    LineFault { line, column: String::new(), en, zh }
}

/// What makes two accounts the same one, and the column that tells them apart.
fn fingerprint(info: &AppInfo) -> (String, &'static str) {
    let url = info.front_end_url.as_deref().unwrap_or_default();
    let (text, column) = match &info.user_name {
        Some(user_name) => (format!("{url}\0{user_name}"), "userName"),
        // Without account names, what is handed out tells two rows apart.
        None => {
            let given = |value: &Option<String>| value.clone().unwrap_or_default();
            (format!("{url}\0\0{}\0{}", given(&info.password), given(&info.memo)), "frontEndUrl")
        }
    };
    (sha256_hex(text), column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_line_is_named_with_its_column() {
        let csv = b"frontEndUrl,userName,memo\nhttps://a.example.com,u1,\nnot-an-address,u2,\nhttps://a.example.com,u1,x\n,u4,\nhttps://a.example.com,u5\n";
        let sheet = read_sheet(csv, HashMap::new()).unwrap();
        let faults: Vec<(u64, &str)> = sheet.faults.iter().map(|fault| (fault.line, fault.column.as_str())).collect();
        assert_eq!(faults, [(3, "frontEndUrl"), (4, "userName"), (5, "frontEndUrl"), (6, "")]);
        assert_eq!(sheet.faults[1].en, "the same account as line 2");
        assert_eq!(sheet.faults[3].en, "the line has 2 columns instead of 3");
        assert_eq!(sheet.accounts.len(), 1);
    }

    #[test]
    fn columns_may_stand_in_any_order_and_a_byte_order_mark_is_ignored() {
        let csv = "\u{feff}password,frontEndUrl\np1,https://a.example.com\n".as_bytes();
        let sheet = read_sheet(csv, HashMap::new()).unwrap();
        assert_eq!(sheet.accounts[0].0.password.as_deref(), Some("p1"));
    }

    #[test]
    fn a_table_without_the_mandatory_column_or_without_lines_is_refused() {
        assert_eq!(read_sheet(b"userName\nu1\n", HashMap::new()).unwrap_err().field, "csv");
        assert_eq!(read_sheet(b"frontEndUrl\n", HashMap::new()).unwrap_err().field, "csv");
    }

    #[test]
    fn ten_thousand_accounts_are_taken_and_one_more_is_not() {
        let table = |rows: usize| {
            let lines: Vec<String> = (0..rows).map(|row| format!("https://a.example.com/{row}")).collect();
            format!("frontEndUrl\n{}\n", lines.join("\n"))
        };
        assert_eq!(read_sheet(table(10_000).as_bytes(), HashMap::new()).unwrap().accounts.len(), 10_000);
        assert!(read_sheet(table(10_001).as_bytes(), HashMap::new()).is_err());
    }

    #[test]
    fn lines_are_counted_as_a_person_counts_them() {
        let csv = b"frontEndUrl,userName\r\nhttps://a.example.com,u1\r\n\r\nbad,u2\r\nhttps://a.example.com,u1\r\n";
        let sheet = read_sheet(csv, HashMap::new()).unwrap();
        assert_eq!(sheet.faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(sheet.faults[1].en, "the same account as line 2");
    }
}
