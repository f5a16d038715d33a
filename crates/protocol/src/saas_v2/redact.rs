//! Bodies for records and pages, without what only the buyer may see.

use serde_json::Value;

/// Members that hold an account or a secret, in any message, at any depth. Source: decision D23.
const SENSITIVE: [&str; 6] = ["password", "userName", "mobilePhone", "email", "memo", "customerRealName"];

const MASK: &str = "***";

/// `body` with accounts, secrets and personal data masked. A body that is no JSON is not repeated at
/// all, because nothing is known about what stands in it.
pub fn redacted(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => mask(value).to_string(),
        Err(_) => format!("({} bytes, not JSON)", body.len()),
    }
}

fn mask(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(name, inner)| {
                    let hide = SENSITIVE.contains(&name.as_str()) && !inner.is_null();
                    let inner = if hide { Value::from(MASK) } else { mask(inner) };
                    (name, inner)
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(mask).collect()),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_passwords_never_survive_at_any_depth() {
        let body = br#"{"resultCode":"000000","info":[{"instanceId":"a","appInfo":{"frontEndUrl":"https://x","userName":"u","password":"secret"}}]}"#;
        let text = redacted(body);
        assert!(!text.contains("secret"));
        assert!(text.contains("https://x"));
        assert!(!redacted(b"password=secret").contains("secret"));
    }
}
