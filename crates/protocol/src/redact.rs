//! Bodies for records and pages, with chosen members masked at any depth.

use serde_json::Value;

/// What stands in place of a masked value.
pub(crate) const MASK: &str = "***";

/// `body` with the members of these names masked, also inside texts that hold JSON themselves (the
/// kit's lists in V1.0). A body that is no JSON is not repeated at all, because nothing is known about
/// what stands in it.
pub(crate) fn masked_json(body: &[u8], names: &[&str]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => mask(value, names).to_string(),
        Err(_) => format!("({} bytes, not JSON)", body.len()),
    }
}

fn mask(value: Value, names: &[&str]) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(name, inner)| {
                    let hide = names.contains(&name.as_str()) && !inner.is_null();
                    let inner = if hide { Value::from(MASK) } else { mask(inner, names) };
                    (name, inner)
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| mask(item, names)).collect()),
        Value::String(text) => Value::String(masked_text(text, names)),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain,
    }
}

/// A text that is itself a JSON object or list is masked inside; every other text stays as it is.
fn masked_text(text: String, names: &[&str]) -> String {
    if !text.trim_start().starts_with(['{', '[']) {
        return text;
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(inner) => mask(inner, names).to_string(),
        Err(_) => text,
    }
}
