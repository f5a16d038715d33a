//! The field tables as data.

use mercer_protocol::field::{FieldKind, FieldRule, Problem, violations};
use mercer_protocol::kit::{self, Interface, Version};
use mercer_protocol::saas_v2::Activity;
use mercer_protocol::{order_notify, order_query, saas_v1};
use serde_json::{Value, json};

fn problems(rules: &'static [FieldRule], value: &Value) -> Vec<(String, Problem)> {
    violations(rules, value.as_object().unwrap()).into_iter().map(|found| (found.path, found.problem)).collect()
}

#[test]
fn lengths_are_counted_in_characters_at_the_limit_and_one_past_it() {
    let rules = Activity::NewInstance.response_fields();
    let answer = |id: usize| json!({"resultCode": "000000", "resultMsg": "ok", "instanceId": "例".repeat(id)});
    assert_eq!(problems(rules, &answer(64)), []);
    assert_eq!(problems(rules, &answer(65)), [("instanceId".to_owned(), Problem::TooLong { characters: 65, max: 64 })]);
}

#[test]
fn nested_members_are_named_by_their_path() {
    let answer = json!({"resultCode": "000000", "info": [
        {"instanceId": "a", "appInfo": {"adminUrl": 1}},
        {"appInfo": {"frontEndUrl": "x", "memo": "m".repeat(1025)}, "usageInfo": [{"usageValue": 1.23456, "statisticalTime": ""}]},
    ]});
    assert_eq!(
        problems(Activity::QueryInstance.response_fields(), &answer),
        [
            ("info[0].appInfo.frontEndUrl".to_owned(), Problem::Missing),
            ("info[1].instanceId".to_owned(), Problem::Missing),
            ("info[1].appInfo.memo".to_owned(), Problem::TooLong { characters: 1025, max: 1024 }),
            ("info[1].usageInfo[0].usageValue".to_owned(), Problem::TooManyDecimals { max: 4 }),
            ("info[1].usageInfo[0].statisticalTime".to_owned(), Problem::Missing),
        ]
    );
}

#[test]
fn values_of_the_wrong_kind_are_named() {
    let answer = json!({"resultCode": {}, "info": "x"});
    assert_eq!(
        problems(Activity::QueryInstance.response_fields(), &answer),
        [("resultCode".to_owned(), Problem::WrongKind), ("info".to_owned(), Problem::WrongKind)]
    );
    let usage = json!({"resultCode": "0", "info": [{"instanceId": "a", "usageInfo": [{"usageValue": "x", "statisticalTime": "1"}]}]});
    assert_eq!(
        problems(Activity::QueryInstance.response_fields(), &usage),
        [("info[0].usageInfo[0].usageValue".to_owned(), Problem::WrongKind)]
    );
}

#[test]
fn unknown_members_break_no_rule() {
    let body = json!({"activity": "releaseInstance", "instanceId": "a", "more": {"x": [1]}});
    assert_eq!(problems(Activity::ReleaseInstance.request_fields(), &body), []);
}

#[test]
fn every_rule_is_explained_in_both_languages_and_named_once() {
    let mut tables = vec![order_query::fields::QUERY, order_query::fields::RESPONSE];
    tables.extend(Activity::ALL.map(Activity::request_fields));
    tables.extend(Activity::ALL.map(Activity::response_fields));
    tables.extend(saas_v1::Activity::ALL.map(saas_v1::Activity::request_fields));
    tables.extend(saas_v1::Activity::ALL.map(saas_v1::Activity::response_fields));
    for version in Version::ALL {
        tables.extend(Interface::ALL.map(|interface| interface.request_fields(version)));
    }
    tables.extend([kit::fields::USER, kit::fields::ORG_INFO, kit::fields::ORG_INFO_V1]);
    tables.extend([order_notify::fields::REQUEST, order_notify::fields::RESPONSE]);
    while let Some(table) = tables.pop() {
        for (index, rule) in table.iter().enumerate() {
            assert!(!rule.zh.is_empty() && !rule.en.is_empty() && rule.en.is_ascii(), "{}", rule.name);
            assert!(table[..index].iter().all(|earlier| earlier.name != rule.name), "{}", rule.name);
            match rule.kind {
                FieldKind::Object(inner) | FieldKind::List(inner) => tables.push(inner),
                FieldKind::Text | FieldKind::Decimal { .. } | FieldKind::Integer => {}
            }
        }
    }
}
