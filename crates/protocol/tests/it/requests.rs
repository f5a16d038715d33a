//! How requests are read: liberal in kinds, strict in what must be there.

use mercer_protocol::ResultCode;
use mercer_protocol::saas_v2::{Activity, ParseReason, ProductInfoForm, Request, Scene, TestFlag};
use mercer_protocol::time::CompactForm;
use serde_json::{Value, json};

fn parse(body: &Value) -> Result<Request, (&'static str, ParseReason)> {
    Request::parse(body.to_string().as_bytes()).map_err(|refusal| {
        assert_eq!(refusal.result_code(), ResultCode::InvalidParameter);
        assert!(refusal.reason == ParseReason::NotAnObject || refusal.result_message().contains(refusal.field));
        (refusal.field, refusal.reason)
    })
}

/// A complete body of each interface.
fn complete(activity: Activity) -> Value {
    match activity {
        Activity::NewInstance => json!({"orderId": "O", "orderLineId": "O-1", "businessId": "B"}),
        Activity::QueryInstance => json!({"instanceId": "a-1"}),
        Activity::RefreshInstance => {
            json!({"scene": "RENEWAL", "orderId": "O", "orderLineId": "O-1", "instanceId": "a-1", "expireTime": "20270101000000"})
        }
        Activity::UpdateInstanceStatus => json!({"instanceId": "a-1", "status": "FREEZE"}),
        Activity::ReleaseInstance => json!({"instanceId": "a-1"}),
        Activity::UpgradeInstance => json!({"instanceId": "a-1", "orderId": "O", "orderLineId": "O-1"}),
        Activity::ChangeInstanceCheck => {
            json!({"instanceId": "a-1", "productInfo": {"productId": "P", "skuCode": "S"}})
        }
    }
}

fn body(activity: Activity) -> Value {
    let mut body = complete(activity);
    body["activity"] = activity.as_str().into();
    body
}

#[test]
fn every_interface_is_read_and_every_mandatory_member_is_missed_by_name() {
    for activity in Activity::ALL {
        assert_eq!(parse(&body(activity)).unwrap().activity(), activity);
        for name in complete(activity).as_object().unwrap().keys() {
            for nothing in [None, Some(Value::Null), Some(json!("")), Some(json!("  "))] {
                let mut body = body(activity);
                match nothing {
                    Some(value) if name != "productInfo" || value.is_null() => body[name] = value,
                    _ => drop(body.as_object_mut().unwrap().remove(name)),
                }
                let (field, reason) = parse(&body).unwrap_err();
                assert_eq!((field, reason), (name.as_str(), ParseReason::Missing), "{activity}");
            }
        }
    }
}

#[test]
fn mandatory_members_of_the_reader_are_those_of_the_table() {
    for activity in Activity::ALL {
        let complete = complete(activity);
        for rule in activity.request_fields() {
            let read = rule.name == "activity" || complete.get(rule.name).is_some();
            let mandatory = rule.presence == mercer_protocol::field::Presence::Mandatory;
            assert_eq!(mandatory, read, "{activity} {}", rule.name);
        }
    }
}

#[test]
fn bodies_that_are_no_request_are_refused() {
    for bytes in [&b""[..], b"[]", b"null", b"\"x\"", b"{", b"\xff\xfe", b"\xef\xbb\xbf{}", br#"{"activity":"\ud800"}"#]
    {
        let refusal = Request::parse(bytes).unwrap_err();
        assert_eq!((refusal.field, &refusal.reason), ("body", &ParseReason::NotAnObject));
    }
    assert_eq!(parse(&json!({})).unwrap_err(), ("activity", ParseReason::Missing));
    assert!(matches!(
        parse(&json!({"activity": "orderNotify"})).unwrap_err(),
        ("activity", ParseReason::UnknownValue { .. })
    ));
    assert!(matches!(
        parse(&json!({"activity": "newinstance"})).unwrap_err(),
        ("activity", ParseReason::UnknownValue { .. })
    ));
    assert_eq!(parse(&json!({"activity": {}})).unwrap_err(), ("activity", ParseReason::WrongKind));
}

#[test]
fn numbers_and_booleans_stand_for_their_text() {
    let request = parse(&json!({"activity": "newInstance", "orderId": 12345678901234567890_u64, "orderLineId": true, "businessId": 1.50, "testFlag": 1})).unwrap();
    let Request::NewInstance(new) = &request else { panic!("{request:?}") };
    assert_eq!((new.order_id.as_str(), new.order_line_id.as_str()), ("12345678901234567890", "true"));
    assert_eq!(new.test_flag, TestFlag::On);
    assert_eq!(
        parse(&json!({"activity": "newInstance", "orderId": [1], "orderLineId": "x", "businessId": "y"})).unwrap_err(),
        ("orderId", ParseReason::WrongKind)
    );
}

#[test]
fn the_test_flag_is_absent_zero_or_one_as_text_or_number() {
    let flag = |value: Value| {
        let mut body = body(Activity::ReleaseInstance);
        body["testFlag"] = value;
        parse(&body).map(|request| request.test_flag())
    };
    assert_eq!(parse(&body(Activity::ReleaseInstance)).unwrap().test_flag(), TestFlag::Absent);
    assert_eq!(flag(Value::Null), Ok(TestFlag::Absent));
    assert_eq!(flag(json!("0")), Ok(TestFlag::Off));
    assert_eq!(flag(json!(0)), Ok(TestFlag::Off));
    assert_eq!(flag(json!("1")), Ok(TestFlag::On));
    assert_eq!(flag(json!(1)), Ok(TestFlag::On));
    assert!(matches!(flag(json!("2")), Err(("testFlag", ParseReason::UnknownValue { .. }))));
}

#[test]
fn one_query_asks_for_1_to_100_ids_of_at_most_64_characters() {
    let query = |ids: &str| parse(&json!({"activity": "queryInstance", "instanceId": ids}));
    let Request::QueryInstance(found) = query("a, b,,c").unwrap() else { panic!() };
    assert_eq!(found.instance_ids, ["a", "b", "c"]);
    assert!(query(&vec!["id"; 100].join(",")).is_ok());
    assert_eq!(
        query(&vec!["id"; 101].join(",")).unwrap_err(),
        ("instanceId", ParseReason::TooMany { count: 101, max: 100 })
    );
    assert!(query(&"实".repeat(64)).is_ok());
    assert_eq!(query(&"实".repeat(65)).unwrap_err(), ("instanceId", ParseReason::TooLong { characters: 65, max: 64 }));
    assert_eq!(query(",,").unwrap_err(), ("instanceId", ParseReason::Missing));
}

#[test]
fn expiry_has_14_or_17_digits_and_a_scene_of_the_table() {
    let refresh = |name: &str, value: &str| {
        let mut body = body(Activity::RefreshInstance);
        body[name] = value.into();
        parse(&body)
    };
    for (text, form) in [("20270101000000", CompactForm::Seconds), ("20270101000000123", CompactForm::Milliseconds)] {
        let Request::RefreshInstance(found) = refresh("expireTime", text).unwrap() else { panic!() };
        assert_eq!((found.expire_time.form, found.expire_time.to_string().as_str()), (form, text));
    }
    for text in ["2027-01-01", "202701010000", "20271301000000"] {
        assert!(
            matches!(refresh("expireTime", text).unwrap_err(), ("expireTime", ParseReason::UnknownValue { .. })),
            "{text}"
        );
    }
    for scene in Scene::ALL {
        let Request::RefreshInstance(found) = refresh("scene", scene.as_str()).unwrap() else { panic!() };
        assert_eq!(found.scene, scene);
    }
    assert!(matches!(refresh("scene", "SOMETHING").unwrap_err(), ("scene", ParseReason::UnknownValue { .. })));
}

#[test]
fn product_info_is_an_object_or_a_text_that_holds_one() {
    let check =
        |product: Value| parse(&json!({"activity": "changeInstanceCheck", "instanceId": "a", "productInfo": product}));
    let object = json!({"skuCode": "S", "productId": "P", "linearValue": "20", "more": {"b": 1, "a": 2}});
    for (product, form) in
        [(object.clone(), ProductInfoForm::Object), (json!(object.to_string()), ProductInfoForm::Text)]
    {
        let request = check(product).unwrap();
        let Request::ChangeInstanceCheck(found) = &request else { panic!() };
        assert_eq!(found.product_info_form, form);
        assert_eq!(found.product_info.linear_integer(), Some(20));
        assert_eq!(found.product_info.unknown["more"]["a"], 2);
        assert_eq!(Request::parse(request.to_body().as_bytes()).unwrap(), request);
    }
    assert_eq!(check(json!({"productId": "P"})).unwrap_err(), ("productInfo.skuCode", ParseReason::Missing));
    assert_eq!(
        check(json!({"productId": "P", "skuCode": "S", "linearValue": "many"})).unwrap_err(),
        ("productInfo.linearValue", ParseReason::WrongKind)
    );
    for wrong in [json!("text"), json!(1), json!([])] {
        assert_eq!(check(wrong).unwrap_err(), ("productInfo", ParseReason::WrongKind));
    }
}

#[test]
fn what_the_store_sends_is_sorted_compact_and_without_nulls() {
    let body = r#"{"z":null,"activity":"changeInstanceCheck", "productInfo":{"skuCode":"S","productId":"P","linearValue":20},"instanceId":"a-1","b":{"y":null,"x":[{"n":null}]}}"#;
    let request = Request::parse(body.as_bytes()).unwrap();
    assert_eq!(
        request.to_body(),
        r#"{"activity":"changeInstanceCheck","b":{"x":[{}]},"instanceId":"a-1","productInfo":{"linearValue":20,"productId":"P","skuCode":"S"}}"#
    );
}
