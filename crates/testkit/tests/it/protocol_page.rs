//! `docs/protocol.md` lists every interface, with the numbers of the retry table and files that exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mercer_protocol::{kit, order_notify, order_query, saas_v1, saas_v2};
use serde_json::Value;

/// The one interface that is not a row of the retry table.
const ORDER_QUERY: &str = "openapi.query_order";

/// A row of the page.
#[derive(Debug)]
struct Row {
    call: String,
    calls: String,
    when_all_fail: String,
    files: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    fs::read_to_string(root().join("docs/protocol.md")).unwrap()
}

/// The rows of all its tables of interfaces, by the interface's name.
fn rows() -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    for line in page().lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() >= 6) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [interface, call, at_the_store, at_the_gateway, calls, when_all_fail, code] = cells[..] else {
            panic!("a row has {} cells: {line}", cells.len());
        };
        assert!(!at_the_store.is_empty() && !at_the_gateway.is_empty(), "{line}");
        let row = Row {
            call: call.to_owned(),
            calls: calls.to_owned(),
            when_all_fail: when_all_fail.to_owned(),
            files: links(code),
        };
        let name = interface.trim_matches('`').to_owned();
        assert!(rows.insert(name, row).is_none(), "{interface} stands there twice");
    }
    rows
}

/// Where the links of a text lead.
fn links(text: &str) -> Vec<String> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned).collect()
}

fn table() -> Value {
    let text = fs::read_to_string(root().join("crates/store/data/retry-policies.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// `7 × 10 min`, or `1` for a single call.
fn schedule(series: &Value) -> String {
    let attempts = series["maxAttempts"].as_u64().unwrap();
    match series["intervalSeconds"].as_u64() {
        Some(seconds) if seconds % 3_600 == 0 => format!("{attempts} × {} h", seconds / 3_600),
        Some(seconds) => format!("{attempts} × {} min", seconds / 60),
        None => attempts.to_string(),
    }
}

fn what_follows(series: &Value) -> &'static str {
    match series["after"].as_str().unwrap() {
        "failOrder" => "order fails, refunded",
        "awaitRestart" => "waits for a restart by hand",
        "reportToCaller" => "told to whoever waits",
        "refuseChange" => "change refused",
        other => panic!("the page has no words for {other}"),
    }
}

#[test]
fn every_interface_of_the_retry_table_is_there_with_its_numbers() {
    let (rows, table) = (rows(), table());
    let interfaces = table["interfaces"].as_object().unwrap();
    for (key, interface) in interfaces {
        let row = rows.get(key).unwrap_or_else(|| panic!("docs/protocol.md lacks {key}"));
        let series_of = |row: &Value| table["series"][row["like"].as_str().unwrap()].clone();
        let mut expected = schedule(&series_of(interface));
        for (profile, site) in table["profiles"].as_object().unwrap() {
            if let Some(own) = site["differs"].get(key) {
                expected = format!("{expected}; {profile} {}", schedule(&series_of(own)));
            }
        }
        assert_eq!(row.calls, expected, "{key}");
        assert_eq!(row.when_all_fail, what_follows(&series_of(interface)), "{key}");
    }
    for key in rows.keys() {
        assert!(interfaces.contains_key(key) || key == ORDER_QUERY, "{key} is not an interface of the program");
    }
}

#[test]
fn every_activity_and_path_of_the_protocol_is_there() {
    let rows = rows();
    let mut wanted: Vec<(&str, String)> = vec![
        ("order_notification.", format!("POST `{}`", order_notify::ACTIVITY)),
        ("openapi.", format!("GET `{}`", order_query::PATH)),
    ];
    wanted.extend(saas_v2::Activity::ALL.map(|one| ("saas_v2.", format!("POST `{}`", one.as_str()))));
    wanted.extend(saas_v1::Activity::ALL.map(|one| ("saas_v1.", format!("GET `{}`", one.as_str()))));
    for (family, version) in [("kit_v2.", kit::Version::V2), ("kit_v1.", kit::Version::V1)] {
        wanted.extend(kit::Interface::ALL.map(|one| (family, format!("POST `{}`", one.path(version)))));
    }
    for (family, call) in wanted {
        let found = rows.iter().any(|(key, row)| key.starts_with(family) && row.call.starts_with(&call));
        assert!(found, "docs/protocol.md lacks {call} of {family}");
    }
}

#[test]
fn every_route_of_the_production_address_is_there() {
    let source = fs::read_to_string(root().join("crates/gateway/src/inbound/mod.rs")).unwrap();
    let routes = source.split("ROUTES: &[(&str, &str)] =").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    let parts: Vec<&str> = routes.split('"').skip(1).step_by(2).collect();
    assert!(parts.len() >= 8, "the routes of the production address were not found: {routes}");
    let page = page();
    for pair in parts.chunks(2) {
        let route = format!("`{} {}`", pair[0], pair[1]);
        assert!(page.contains(&route), "docs/protocol.md lacks {route}");
    }
}

#[test]
fn every_file_it_names_exists_on_both_sides_and_in_the_protocol() {
    for (key, row) in rows() {
        for part in ["crates/store/", "crates/gateway/", "crates/protocol/"] {
            assert!(row.files.iter().any(|file| file.contains(part)), "{key} names no file in {part}");
        }
    }
    for file in links(&page()).iter().filter(|file| !file.contains("://")) {
        assert!(root().join("docs").join(file).is_file(), "docs/protocol.md names {file}, which does not exist");
    }
}
