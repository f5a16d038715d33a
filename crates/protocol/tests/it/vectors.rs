//! Reads the vector files: one home for paths and for the look into JSON.

use jiff::Timestamp;
use mercer_protocol::time::parse_basic_iso;
use serde_json::Value;

/// The SaaS V2.0 suite.
pub(crate) fn saas_v2() -> Value {
    serde_json::from_str(include_str!("../vectors/saas-v2.json")).unwrap()
}

/// The AK/SK suite.
pub(crate) fn aksk() -> Value {
    serde_json::from_str(include_str!("../vectors/aksk.json")).unwrap()
}

/// The SaaS V1.0 suite.
pub(crate) fn saas_v1() -> Value {
    serde_json::from_str(include_str!("../vectors/saas-v1.json")).unwrap()
}

/// The suite of the joint-operation kit.
pub(crate) fn kit() -> Value {
    serde_json::from_str(include_str!("../vectors/kit.json")).unwrap()
}

/// The order notification suite.
pub(crate) fn order_notify() -> Value {
    serde_json::from_str(include_str!("../vectors/order-notify.json")).unwrap()
}

/// The vectors of one group of the kit suite.
pub(crate) fn group<'a>(suite: &'a Value, name: &str) -> Vec<&'a Value> {
    let found: Vec<&Value> = list(suite, "vectors").iter().filter(|vector| vector["group"] == name).collect();
    assert!(!found.is_empty(), "{name} is empty");
    found
}

/// A list of the suite; it must not be empty, otherwise a test would pass by testing nothing.
pub(crate) fn list<'a>(suite: &'a Value, name: &str) -> &'a [Value] {
    let list = suite[name].as_array().unwrap();
    assert!(!list.is_empty(), "{name} is empty");
    list
}

/// A text member.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is not a text in {value}"))
}

/// A text member that may be null or absent.
pub(crate) fn optional<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// A list of `[name, value]` pairs.
pub(crate) fn pairs<'a>(value: &'a Value, name: &str) -> Vec<(&'a str, &'a str)> {
    let pairs = value[name].as_array().unwrap();
    pairs.iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
}

/// A time member of the form `yyyyMMdd'T'HHmmss'Z'`.
pub(crate) fn time(value: &Value, name: &str) -> Timestamp {
    parse_basic_iso(text(value, name)).unwrap()
}
