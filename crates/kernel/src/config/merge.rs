//! Lays sources over each other, checking each value against the default's place and type.

use std::collections::HashMap;
use std::path::Path;

use toml::{Table, Value};

use super::{Config, ConfigError};

/// What a setting's environment variable begins with.
pub(super) const PREFIX: &str = "MERCER_";
/// Variables of ours that are no settings: the command line's addresses, and the test run's server.
const NOT_SETTINGS: [&str; 3] = ["MERCER_STORE_URL", "MERCER_STORE_TOKEN", "MERCER_TEST_POSTGRES_URL"];

/// The settings collected so far.
pub(super) struct Settings {
    table: Table,
    /// Where each key that was set came from.
    origins: HashMap<String, String>,
}

impl Settings {
    pub(super) fn new(defaults: &str) -> Self {
        Self { table: defaults.parse().expect("the compiled-in example is valid TOML"), origins: HashMap::new() }
    }

    /// Lays a file's text over what is there.
    pub(super) fn file(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let origin = path.display().to_string();
        let table: Table = text.parse().map_err(|error: toml::de::Error| ConfigError {
            origin: origin.clone(),
            key: "(syntax)".to_owned(),
            value: error.span().and_then(|span| text.get(span)).unwrap_or_default().trim().to_owned(),
            allowed: error.to_string(),
            allowed_zh: format!("不是有效的 TOML：{error}"),
        })?;
        self.remember(&table, "", &origin);
        overlay(&mut self.table, table, "", &origin)
    }

    /// `MERCER_GATEWAY__LISTEN` is `gateway.listen`.
    pub(super) fn environment(&mut self, variable: &str, value: &str) -> Result<(), ConfigError> {
        if NOT_SETTINGS.contains(&variable) {
            return Ok(());
        }
        let key = variable.trim_start_matches(PREFIX).to_lowercase().replace("__", ".");
        self.text(variable, &key, value)
    }

    /// Sets one key from text, read as the type its default has.
    pub(super) fn text(&mut self, origin: &str, key: &str, text: &str) -> Result<(), ConfigError> {
        let unknown = || unknown(origin, key, text);
        let (sections, name) = key.rsplit_once('.').unwrap_or(("", key));
        let mut table = &mut self.table;
        for section in sections.split('.').filter(|section| !section.is_empty()) {
            table = table.get_mut(section).and_then(Value::as_table_mut).ok_or_else(unknown)?;
        }
        let slot = table.get_mut(name).ok_or_else(unknown)?;
        *slot = read_as(slot, text).ok_or_else(|| wrong_type(origin, key, text, slot))?;
        self.origins.insert(key.to_owned(), origin.to_owned());
        Ok(())
    }

    /// Where a key came from: a file, a variable, a flag, or the defaults.
    pub(super) fn origin_of(&self, key: &str) -> String {
        self.origins.get(key).cloned().unwrap_or_else(|| "settings".to_owned())
    }

    fn remember(&mut self, table: &Table, path: &str, origin: &str) {
        for (name, value) in table {
            let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match value {
                Value::Table(section) => self.remember(section, &key, origin),
                _ => drop(self.origins.insert(key, origin.to_owned())),
            }
        }
    }

    pub(super) fn finish(&self) -> Result<Config, ConfigError> {
        Value::Table(self.table.clone()).try_into().map_err(|error: toml::de::Error| ConfigError {
            origin: "settings".to_owned(),
            key: "(value)".to_owned(),
            value: String::new(),
            allowed: error.message().to_owned(),
            allowed_zh: format!("取值无法使用：{}", error.message()),
        })
    }
}

fn overlay(base: &mut Table, over: Table, path: &str, origin: &str) -> Result<(), ConfigError> {
    for (name, value) in over {
        let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match (base.get_mut(&name), value) {
            (None, value) => return Err(unknown(origin, &key, &value.to_string())),
            (Some(Value::Table(base)), Value::Table(over)) => overlay(base, over, &key, origin)?,
            (Some(slot), value) if slot.same_type(&value) && !slot.is_table() => *slot = value,
            (Some(slot), value) => return Err(wrong_type(origin, &key, &value.to_string(), slot)),
        }
    }
    Ok(())
}

fn read_as(default: &Value, text: &str) -> Option<Value> {
    match default {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Integer(_) => text.trim().parse().ok().map(Value::Integer),
        Value::Boolean(_) => match text.trim() {
            "true" | "on" | "1" => Some(Value::Boolean(true)),
            "false" | "off" | "0" => Some(Value::Boolean(false)),
            _ => None,
        },
        Value::Array(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Some(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
        }
        _ => None,
    }
}

fn unknown(origin: &str, key: &str, value: &str) -> ConfigError {
    ConfigError {
        origin: origin.to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
        allowed: "there is no such setting; `mercer config example` lists them all".to_owned(),
        allowed_zh: "没有这个配置项；`mercer config example` 列出全部配置项".to_owned(),
    }
}

fn wrong_type(origin: &str, key: &str, value: &str, default: &Value) -> ConfigError {
    let (allowed, allowed_zh) = match default {
        Value::String(_) => ("a text in quotes is wanted", "应为带引号的文本"),
        Value::Integer(_) => ("a whole number is wanted", "应为整数"),
        Value::Boolean(_) => ("true or false is wanted", "应为 true 或 false"),
        Value::Array(_) => ("a list of texts is wanted", "应为文本列表"),
        Value::Table(_) => {
            ("this is a section: write [section] and its keys below", "这是一个小节：请写 [小节名]，并在其下写各配置项")
        }
        Value::Float(_) | Value::Datetime(_) => ("another type is wanted", "类型不符"),
    };
    ConfigError {
        origin: origin.to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
        allowed: format!("{allowed}, for example {default}"),
        allowed_zh: format!("{allowed_zh}，例如 {default}"),
    }
}
