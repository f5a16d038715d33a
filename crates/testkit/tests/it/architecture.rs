//! The invariants of ARCHITECTURE.md that a machine can check.

use std::fs;
use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Who may use whom. Adding an arrow is a decision: it belongs into ARCHITECTURE.md first.
const ALLOWED: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("kernel", &[]),
    ("gateway", &["protocol", "kernel"]),
    ("store", &["protocol", "kernel"]),
    ("mercer", &["protocol", "kernel", "gateway", "store"]),
    ("testkit", &["protocol", "kernel", "gateway", "store"]),
];

#[test]
fn crates_use_only_what_the_architecture_allows() {
    for entry in fs::read_dir(workspace().join("crates")).unwrap() {
        let folder = entry.unwrap();
        let name = folder.file_name().into_string().unwrap();
        let (_, allowed) = ALLOWED
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("crate {name} is not in the architecture"));
        let manifest = fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        // What tests use besides is not an arrow of the product.
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        for used in dependencies.lines().filter_map(|line| line.trim().strip_prefix("mercer-")) {
            let used = used.split(['.', ' ', '=']).next().unwrap();
            assert!(allowed.contains(&used), "{name} uses {used}; the architecture allows only {allowed:?}");
        }
    }
}

/// What a rule must not know: the database, the network, the machine, other threads.
const IMPURE: &[&str] =
    &["async ", ".await", "kernel::db", "kernel::http", "kernel::outbox", "tokio", "axum", "std::fs"];

#[test]
fn rules_are_pure() {
    let mut seen = 0;
    for path in rust_files(&workspace().join("crates")) {
        let is_rules = path.file_name().is_some_and(|name| name == "rules.rs")
            || path.parent().is_some_and(|folder| folder.ends_with("rules"));
        if !is_rules {
            continue;
        }
        seen += 1;
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for word in IMPURE {
                assert!(!line.contains(word), "{}:{}: a rule names `{word}`", path.display(), number + 1);
            }
        }
    }
    assert!(seen >= 4, "only {seen} files of rules were found; did they move?");
}

#[test]
fn the_protocol_has_no_clock_no_network_and_no_database() {
    for path in rust_files(&workspace().join("crates/protocol/src")) {
        let text = fs::read_to_string(&path).unwrap();
        for word in ["async fn", "tokio", "std::net", "std::fs", "SystemTime", "Timestamp::now", "mercer_kernel"] {
            assert!(!text.contains(word), "{} names `{word}`", path.display());
        }
    }
}

/// Longer files want to be a folder.
const LONGEST_FILE: usize = 500;

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    for path in rust_files(&workspace().join("crates")) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines", path.display());
    }
}

#[test]
fn sql_stands_only_in_statement_tables() {
    for path in rust_files(&workspace().join("crates")) {
        let shown = path.to_string_lossy().replace('\\', "/");
        if ["/tests/", "/testkit/", "tests.rs", "/kernel/src/db/"].iter().any(|part| shown.contains(part)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let holds_sql =
            ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM "].iter().any(|word| text.contains(word));
        assert!(!holds_sql || text.contains("statements!"), "{shown} holds SQL outside a `statements!` table");
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
