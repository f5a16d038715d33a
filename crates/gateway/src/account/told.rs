//! What an event tells of a record: new values, and those they replace. Pure.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::Standing;
use super::rules::Record;

/// What the app is told of one record: the new values, and in `previous` those they replace. Of a deleted
/// one only its identity and what it was.
pub(super) fn entry<T: Serialize>(
    identity: &Map<String, Json>,
    record: &Record<T>,
    previous: Option<&T>,
) -> Map<String, Json> {
    let mut told = identity.clone();
    let before = previous.map(values);
    let after = record.content.as_ref().filter(|_| record.standing != Standing::Deleted).map(values);
    let replaced = match (&before, &after) {
        (Some(before), Some(after)) => replaced(before, after),
        (Some(before), None) => before.clone(),
        (None, _) => Map::new(),
    };
    told.extend(after.unwrap_or_default());
    if !replaced.is_empty() {
        told.insert("previous".to_owned(), replaced.into());
    }
    told
}

/// The values of `before` that differ; null for what was not there.
fn replaced(before: &Map<String, Json>, after: &Map<String, Json>) -> Map<String, Json> {
    let mut replaced = Map::new();
    for name in before.keys().chain(after.keys()) {
        if before.get(name) != after.get(name) {
            replaced.insert(name.clone(), before.get(name).cloned().unwrap_or(Json::Null));
        }
    }
    replaced
}

fn values<T: Serialize>(content: &T) -> Map<String, Json> {
    match serde_json::to_value(content).expect("account data is plain data") {
        Json::Object(members) => members,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Map::new(),
    }
}

/// An identity.
pub(super) fn named(name: &str, id: &str) -> Map<String, Json> {
    Map::from_iter([(name.to_owned(), id.into())])
}

/// An identity and a list.
pub(super) fn named_list(name: &str, id: &str, (list, entries): (&str, Vec<Json>)) -> Map<String, Json> {
    let mut data = named(name, id);
    data.insert(list.to_owned(), json!(entries));
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Department;

    fn record(standing: Standing, name: &str) -> Record<Department> {
        let content = Department { org_name: name.to_owned(), parent_code: String::new() };
        Record { standing, content: Some(content), set_by: String::new(), version: 1 }
    }

    #[test]
    fn only_what_differs_is_told_as_previous() {
        let before = Department { org_name: "Old".to_owned(), parent_code: String::new() };
        let told = entry(&named("orgCode", "D1"), &record(Standing::Present, "New"), Some(&before));
        assert_eq!(
            Json::from(told),
            json!({ "orgCode": "D1", "orgName": "New", "parentCode": "", "previous": { "orgName": "Old" } })
        );
    }

    #[test]
    fn of_a_deleted_record_only_what_it_was_is_told() {
        let before = Department { org_name: "Old".to_owned(), parent_code: "D0".to_owned() };
        let told = entry(&named("orgCode", "D1"), &record(Standing::Deleted, "Old"), Some(&before));
        assert_eq!(Json::from(told), json!({ "orgCode": "D1", "previous": { "orgName": "Old", "parentCode": "D0" } }));
    }

    #[test]
    fn what_was_not_there_was_null() {
        let (before, after) = (named("a", "1"), named("b", "2"));
        assert_eq!(Json::from(replaced(&before, &after)), json!({ "a": "1", "b": null }));
    }
}
