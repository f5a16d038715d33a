//! JSON as the protocol wants it: ordered members, no blanks, number text untouched.

use serde_json::{Map, Number, Value};

/// A member holds a JSON value of a kind that cannot stand for what is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongKind {
    /// Name of the member.
    pub(crate) name: &'static str,
}

/// Members of an object that are taken out one by one; what is left is unknown and kept.
pub(crate) struct Members {
    map: Map<String, Value>,
}

impl Members {
    /// The members of `body`, which must be one JSON object.
    pub(crate) fn of_body(body: &[u8]) -> Option<Self> {
        Self::of_value(serde_json::from_slice(body).ok()?)
    }

    /// The members of `value`, which must be an object.
    pub(crate) fn of_value(value: Value) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Self { map }),
            _ => None,
        }
    }

    /// Takes a text; numbers and booleans stand for their text, null and blank text for absence.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, WrongKind> {
        match self.map.shift_remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok((!text.trim().is_empty()).then_some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(Value::Bool(flag)) => Ok(Some(flag.to_string())),
            Some(Value::Array(_) | Value::Object(_)) => Err(WrongKind { name }),
        }
    }

    /// Takes a number; a numeric text stands for the number it spells.
    pub(crate) fn number(&mut self, name: &'static str) -> Result<Option<Number>, WrongKind> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| WrongKind { name })
    }

    /// Takes a whole number; `20.0` and `"20"` are 20.
    pub(crate) fn integer(&mut self, name: &'static str) -> Result<Option<i64>, WrongKind> {
        let Some(number) = self.number(name)? else { return Ok(None) };
        whole_number(&number).map(Some).ok_or(WrongKind { name })
    }

    /// Takes whatever stands there, null counting as absent.
    pub(crate) fn value(&mut self, name: &str) -> Option<Value> {
        self.map.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Takes a list; null counts as empty, a single object as a list of one.
    pub(crate) fn list(&mut self, name: &'static str) -> Result<Vec<Value>, WrongKind> {
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(object @ Value::Object(_)) => Ok(vec![object]),
            Some(Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null) => Err(WrongKind { name }),
        }
    }

    /// What nobody took.
    pub(crate) fn rest(self) -> Map<String, Value> {
        self.map
    }
}

/// The whole number that `number` spells, if it is one.
pub(crate) fn whole_number(number: &Number) -> Option<i64> {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.bytes().all(|digit| digit == b'0') { whole.parse().ok() } else { None }
}

/// Sorts the members of one object by name, in UTF-16 code units as the vendor's Java does.
pub(crate) fn sorted(map: Map<String, Value>) -> Map<String, Value> {
    let mut members: Vec<(String, Value)> = map.into_iter().collect();
    members.sort_by(|left, right| left.0.encode_utf16().cmp(right.0.encode_utf16()));
    members.into_iter().collect()
}

/// Drops null members of `value` and of everything inside it.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .filter(|(_, inner)| !inner.is_null())
                .map(|(name, inner)| (name, without_nulls(inner)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

/// Drops null members of an object, at every depth.
pub(crate) fn dropping_nulls(members: Map<String, Value>) -> Map<String, Value> {
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name, without_nulls(value)))
        .collect()
}

/// Compact text of an object.
pub(crate) fn compact(map: &Map<String, Value>) -> String {
    serde_json::to_string(map).expect("a JSON value in memory can always be written")
}

/// Replaces everything outside ASCII by `\uXXXX`. In JSON text it can only stand inside strings.
pub(crate) fn escape_non_ascii(json: &str) -> String {
    if json.is_ascii() {
        return json.to_owned();
    }
    let mut escaped = String::with_capacity(json.len() * 2);
    let mut units = [0_u16; 2];
    for character in json.chars() {
        if character.is_ascii() {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut units) {
            escaped.push_str(&format!("\\u{unit:04x}"));
        }
    }
    escaped
}

/// The first `max` characters of `text`.
pub(crate) fn shortened(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}
