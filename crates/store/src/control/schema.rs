//! Holds JSON against the schemas of the OpenAPI document.
//!
//! The document that people read is also what bodies are checked with; so it says exactly what is
//! accepted, and a refusal can name the field and what would have been allowed. Only the part of JSON
//! Schema that `schemas.json` uses is understood; a test fails on a keyword that is not.

use serde_json::Value;

/// Keywords the check obeys.
#[cfg(test)]
const OBEYED: [&str; 13] = [
    "$ref",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "items",
    "minItems",
    "maxItems",
];
/// Keywords that only inform people.
#[cfg(test)]
const INFORMING: [&str; 4] = ["description", "examples", "format", "title"];

/// Where a body does not fit, and what would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// Stable code.
    pub(super) code: &'static str,
    /// Path of the field; empty for the body itself.
    pub(super) field: String,
    /// What is wrong, in Chinese.
    pub(super) zh: String,
    /// What is wrong, in English.
    pub(super) en: String,
}

/// Checks `value` against the schema named `name`.
///
/// # Errors
/// With the path of the first field that does not fit and what would fit.
pub(super) fn check(schemas: &Value, name: &str, value: &Value) -> Result<(), Misfit> {
    check_value(schemas, &schemas[name], value, "")
}

fn check_value(schemas: &Value, schema: &Value, value: &Value, path: &str) -> Result<(), Misfit> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return check_value(schemas, &schemas[name], value, path);
    }
    check_type(schema, value, path)?;
    check_enum(schema, value, path)?;
    match value {
        Value::Object(_) => check_object(schemas, schema, value, path),
        Value::Array(items) => {
            check_range(schema, ["minItems", "maxItems"], items.len() as f64, path)?;
            for (at, item) in items.iter().enumerate() {
                check_value(schemas, &schema["items"], item, &join(path, &at.to_string()))?;
            }
            Ok(())
        }
        Value::String(text) => {
            let length = text.chars().count() as f64;
            check_range(schema, ["minLength", "maxLength"], length, path)
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            check_range(schema, ["minimum", "maximum"], number, path)
        }
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

fn check_object(schemas: &Value, schema: &Value, value: &Value, path: &str) -> Result<(), Misfit> {
    let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else {
        return Ok(());
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if !members.contains_key(name) {
            let field = join(path, name);
            return Err(misfit(
                "body.missing",
                &field,
                format!("缺少字段 {field}"),
                format!("the field {field} is missing"),
            ));
        }
    }
    for (name, member) in members {
        let field = join(path, name);
        match properties.get(name) {
            Some(property) => check_value(schemas, property, member, &field)?,
            None if schema["additionalProperties"] == Value::Bool(false) => {
                let known: Vec<&str> = properties.keys().map(String::as_str).collect();
                let known = known.join(", ");
                return Err(misfit(
                    "body.unknown",
                    &field,
                    format!("未知字段 {field}，可用字段：{known}"),
                    format!("unknown field {field}; there are: {known}"),
                ));
            }
            None => {}
        }
    }
    Ok(())
}

fn check_type(schema: &Value, value: &Value, path: &str) -> Result<(), Misfit> {
    let allowed: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return Ok(()),
    };
    if allowed.iter().any(|kind| is_of(kind, value)) {
        return Ok(());
    }
    let (field, allowed) = (shown(path), allowed.join(" | "));
    Err(misfit(
        "body.type",
        path,
        format!("{field} 的类型应为 {allowed}"),
        format!("{field} must be of type {allowed}"),
    ))
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => false,
    }
}

fn check_enum(schema: &Value, value: &Value, path: &str) -> Result<(), Misfit> {
    let Some(allowed) = schema["enum"].as_array() else {
        return Ok(());
    };
    if allowed.contains(value) {
        return Ok(());
    }
    let list: Vec<String> =
        allowed.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect();
    let (field, list) = (shown(path), list.join(", "));
    Err(misfit("body.value", path, format!("{field} 允许的值：{list}"), format!("{field} must be one of: {list}")))
}

fn check_range(schema: &Value, names: [&str; 2], size: f64, path: &str) -> Result<(), Misfit> {
    let limit = |name: &str| schema[name].as_f64();
    let (min, max) = (limit(names[0]), limit(names[1]));
    if min.is_none_or(|min| size >= min) && max.is_none_or(|max| size <= max) {
        return Ok(());
    }
    let bound = |limit: Option<f64>| limit.map_or_else(|| "…".to_owned(), |limit| limit.to_string());
    let (field, min, max) = (shown(path), bound(min), bound(max));
    let (zh, en) = match names[0] {
        "minLength" => ("长度", "length "),
        "minItems" => ("项数", "number of items "),
        _ => ("", ""),
    };
    Err(misfit(
        "body.range",
        path,
        format!("{field} 的{zh}允许范围为 {min} 到 {max}"),
        format!("the {en}range of {field} is {min} to {max}"),
    ))
}

fn misfit(code: &'static str, field: &str, zh: String, en: String) -> Misfit {
    Misfit { code, field: field.to_owned(), zh, en }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn shown(path: &str) -> &str {
    if path.is_empty() { "body" } else { path }
}

/// Whether every keyword below `schema` is one this check knows.
#[cfg(test)]
pub(super) fn unknown_keywords(schema: &Value) -> Vec<String> {
    let Some(members) = schema.as_object() else {
        return Vec::new();
    };
    let mut unknown = Vec::new();
    for (keyword, value) in members {
        match keyword.as_str() {
            "properties" => {
                let inner = value.as_object().into_iter().flat_map(|all| all.values());
                unknown.extend(inner.flat_map(unknown_keywords));
            }
            "items" => unknown.extend(unknown_keywords(value)),
            word if OBEYED.contains(&word) || INFORMING.contains(&word) => {}
            word => unknown.push(word.to_owned()),
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schemas() -> Value {
        json!({
            "Thing": {
                "type": "object",
                "required": ["id"],
                "additionalProperties": false,
                "properties": {
                    "id": {"type": "string", "minLength": 1, "maxLength": 3},
                    "count": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
                }
            }
        })
    }

    #[test]
    fn what_fits_passes() {
        let value = json!({"id": "x", "count": null, "kind": "a", "parts": [{"id": "y", "count": 5}]});
        assert_eq!(check(&schemas(), "Thing", &value), Ok(()));
    }

    #[test]
    fn what_does_not_fit_is_named_with_what_would() {
        let cases = [
            (json!([]), "body must be of type object"),
            (json!({}), "the field id is missing"),
            (json!({"id": 1}), "id must be of type string"),
            (json!({"id": ""}), "the length range of id is 1 to 3"),
            (json!({"id": "x", "count": 6}), "the range of count is 1 to 5"),
            (json!({"id": "x", "count": 1.5}), "count must be of type integer | null"),
            (json!({"id": "x", "kind": "c"}), "kind must be one of: a, b"),
            (json!({"id": "x", "idd": 1}), "unknown field idd; there are: id, count, kind, parts"),
            (json!({"id": "x", "parts": [{}]}), "the field parts.0.id is missing"),
        ];
        for (value, expected) in cases {
            assert_eq!(check(&schemas(), "Thing", &value).unwrap_err().en, expected);
        }
    }
}
