//! Kit bodies: both spellings in both versions, what may be missing, what is kept.

use mercer_protocol::field::{Problem, violations};
use mercer_protocol::kit::{
    AllOrgSync, AuthSync, Enable, Flag, Interface, MAX_USERS_PER_CALL, OrgInfo, Request, Role, TestFlag, User, Version,
    normal_domain,
};
use mercer_protocol::time::{CompactTime, UTC_PLUS_8};
use mercer_protocol::{ParseReason, ParseRefusal};
use serde_json::{Map, Value, json};

fn read(interface: Interface, body: &Value) -> Result<Request, ParseRefusal> {
    Request::parse(interface, body.to_string().as_bytes())
}

fn tenant() -> Value {
    json!({"instanceId": "i", "orderId": "o", "tenantId": "t", "tenantCode": "acme", "name": "Acme", "domainName": "d",
        "flag": 1, "testFlag": 0, "timeStamp": "20240311093015120"})
}

fn application() -> Value {
    json!({"instanceId": "i", "tenantId": "t", "appId": "a", "clientId": "c", "clientSecret": "s", "flag": 1,
        "testFlag": 0, "timeStamp": "20240311093015120"})
}

fn authorisation(users: Value) -> Value {
    let body = json!({"instanceId": "i", "tenantId": "t", "appId": "a", "currentSyncTime": "20240311094500001",
        "flag": 1, "testFlag": 0, "timeStamp": "20240311093015120"});
    with(body, "userList", users)
}

fn department() -> Value {
    json!({"instanceId": "i", "tenantId": "t", "orgCode": "D1", "orgName": "R&D", "parentCode": "D0", "flag": 1,
        "testFlag": 0, "timeStamp": "20240311093015120"})
}

fn departments(list: Value) -> Value {
    let body = json!({"instanceId": "i", "tenantId": "t", "testFlag": 0, "timeStamp": "20240311093015120"});
    with(body, "orgInfoList", list)
}

fn user() -> Value {
    json!({"userName": "liwei", "name": "Li Wei", "orgCode": "D1", "role": "admin", "enable": "true"})
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

fn without(mut body: Value, name: &str) -> Value {
    body.as_object_mut().unwrap().shift_remove(name);
    body
}

fn users_of(body: &Value) -> Vec<User> {
    match read(Interface::AuthSync, body) {
        Ok(Request::AuthSync(AuthSync { users, .. })) => users,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_mandatory_member_is_missed_by_name() {
    let calls = [
        (
            Interface::TenantSync,
            tenant(),
            &["tenantId", "tenantCode", "name", "domainName", "flag", "timeStamp", "instanceId"][..],
        ),
        (
            Interface::ApplicationSync,
            application(),
            &["tenantId", "appId", "clientId", "clientSecret", "flag", "timeStamp", "instanceId"],
        ),
        (
            Interface::AuthSync,
            authorisation(json!([user()])),
            &["tenantId", "appId", "userList", "flag", "timeStamp", "instanceId"],
        ),
        (
            Interface::SingleOrgSync,
            department(),
            &["tenantId", "orgCode", "orgName", "flag", "timeStamp", "instanceId"],
        ),
        (Interface::AllOrgSync, departments(json!([])), &["tenantId", "orgInfoList", "timeStamp", "instanceId"]),
    ];
    for (interface, body, mandatory) in calls {
        assert!(read(interface, &body).is_ok(), "{interface}");
        for field in mandatory {
            for body in [
                without(body.clone(), field),
                with(body.clone(), field, Value::Null),
                with(body.clone(), field, json!("")),
            ] {
                let refusal = read(interface, &body).unwrap_err();
                assert_eq!((refusal.field, refusal.reason), (*field, ParseReason::Missing), "{interface}");
            }
        }
    }
    assert_eq!(Request::parse(Interface::TenantSync, b"{").unwrap_err().reason, ParseReason::NotAnObject);
}

#[test]
fn an_empty_instance_is_allowed_for_test_data_and_for_deletes_only() {
    for empty in [Value::Null, json!(""), json!(" ")] {
        let body = with(tenant(), "instanceId", empty);
        assert_eq!(read(Interface::TenantSync, &body).unwrap_err().field, "instanceId");
        assert_eq!(read(Interface::TenantSync, &with(body.clone(), "testFlag", json!(1))).unwrap().instance_id(), None);
        assert_eq!(read(Interface::TenantSync, &with(body, "flag", json!(0))).unwrap().instance_id(), None);
    }
}

#[test]
fn a_delete_needs_only_what_identifies_the_record() {
    let delete =
        |body: Value, names: &[&str]| names.iter().fold(with(body, "flag", json!(0)), |body, name| without(body, name));
    assert!(read(Interface::TenantSync, &delete(tenant(), &["tenantCode", "name", "domainName", "orderId"])).is_ok());
    assert!(read(Interface::ApplicationSync, &delete(application(), &["clientId", "clientSecret"])).is_ok());
    assert!(read(Interface::SingleOrgSync, &delete(department(), &["orgName", "parentCode"])).is_ok());
    for flag in [0, 3] {
        let body = with(authorisation(json!([{"userName": "liwei"}])), "flag", json!(flag));
        assert_eq!(users_of(&body)[0].user_name, "liwei");
    }
    let body = authorisation(json!([{"userName": "liwei"}]));
    assert_eq!(read(Interface::AuthSync, &body).unwrap_err().field, "userList.name");
    let body = with(authorisation(json!([{}])), "flag", json!(0));
    assert_eq!(read(Interface::AuthSync, &body).unwrap_err().field, "userList.userName");
}

#[test]
fn numbers_and_texts_stand_for_each_other_and_unknown_flags_are_refused() {
    let body = with(with(tenant(), "flag", json!("2")), "testFlag", json!("1"));
    let request = read(Interface::TenantSync, &body).unwrap();
    assert_eq!((request.flag(), request.test_flag()), (Some(Flag::Modify), TestFlag::On));
    for flag in [json!(4), json!(-1), json!("x"), json!(true), json!(1.5)] {
        assert_eq!(read(Interface::TenantSync, &with(tenant(), "flag", flag)).unwrap_err().field, "flag");
    }
    assert_eq!(read(Interface::TenantSync, &with(tenant(), "flag", json!(3))).unwrap_err().field, "flag");
    let body = with(authorisation(json!([user()])), "flag", json!(3));
    assert_eq!(read(Interface::AuthSync, &body).unwrap().flag(), Some(Flag::Withdraw));
    for (enable, wanted) in
        [(json!("true"), Enable::Enabled), (json!(false), Enable::Disabled), (json!("FALSE"), Enable::Disabled)]
    {
        assert_eq!(users_of(&authorisation(json!([with(user(), "enable", enable)])))[0].enable, wanted);
    }
    let body = authorisation(json!([with(user(), "enable", json!("maybe"))]));
    assert_eq!(read(Interface::AuthSync, &body).unwrap_err().field, "userList.enable");
}

#[test]
fn lists_are_arrays_or_texts_of_strict_json_in_both_versions() {
    let as_array = authorisation(json!([user()]));
    let as_text = authorisation(json!(json!([user()]).to_string()));
    assert_eq!(read(Interface::AuthSync, &as_array), read(Interface::AuthSync, &as_text));
    for bad in [json!("[{userName:\"a\"}]"), json!("{}"), json!({}), json!(1), json!([1])] {
        assert_eq!(read(Interface::AuthSync, &authorisation(bad)).unwrap_err().reason, ParseReason::WrongKind);
    }
    let list = json!([{"orgCode": "D1", "name": "Head office"}, {"orgCode": "D2", "orgName": "研发部", "parentCode": "D1", "flag": 1}]);
    let body = with(without(departments(json!([])), "orgInfoList"), "orgInfo", json!(list.to_string()));
    let Ok(Request::AllOrgSync(AllOrgSync { departments: read, .. })) = read(Interface::AllOrgSync, &body) else {
        panic!()
    };
    assert_eq!((read[0].name.as_str(), read[1].parent_code.as_deref()), ("Head office", Some("D1")));
    assert_eq!(read[1].unknown.get("flag"), Some(&json!(1)), "unknown members are kept");
}

#[test]
fn plain_fields_come_before_the_extension() {
    let entry = |extra: Value| {
        let mut entry = user();
        entry.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        users_of(&authorisation(json!([entry]))).remove(0)
    };
    let inside = entry(
        json!({"extension": {"entryDate": "2024-03-1", "employeeType": 2, "workPlace": "Nanjing", "accountSet": {"a": 1}}}),
    );
    assert_eq!((inside.entry_date.as_deref(), inside.employee_type.as_deref()), (Some("2024-03-1"), Some("2")));
    assert_eq!((inside.work_place.as_deref(), inside.extension.len()), (Some("Nanjing"), 1));
    let both = entry(json!({"entryDate": "plain", "extension": {"entryDate": "inside"}}));
    assert_eq!((both.entry_date.as_deref(), both.extension.len()), (Some("plain"), 0));
    for nothing in [json!({}), json!(""), Value::Null, json!("{}")] {
        assert!(entry(json!({"extension": nothing})).extension.is_empty());
    }
    let body = authorisation(json!([with(user(), "extension", json!([1]))]));
    assert_eq!(read(Interface::AuthSync, &body).unwrap_err().field, "userList.extension");
}

#[test]
fn each_version_writes_its_own_spelling() {
    let mut member = User::new("liwei", "Li Wei", "D1", Role::Admin);
    member.employee_type = Some("1".into());
    member.entry_date = Some("2024-03-1".into());
    let call = Request::AuthSync(AuthSync {
        instance_id: Some("i".into()),
        tenant_id: "t".into(),
        app_id: "a".into(),
        users: vec![member],
        current_sync_time: None,
        flag: Flag::Add,
        test_flag: TestFlag::Off,
        time_stamp: CompactTime::parse_at("20240311093015120", UTC_PLUS_8).unwrap(),
        unknown: Map::new(),
    });
    assert_eq!(
        call.to_body(Version::V2),
        r#"{"appId":"a","flag":1,"instanceId":"i","tenantId":"t","testFlag":0,"timeStamp":"20240311093015120","userList":[{"userName":"liwei","name":"Li Wei","orgCode":"D1","role":"admin","enable":"true","employeeType":1,"entryDate":"2024-03-1"}]}"#
    );
    let body: Value = serde_json::from_str(&call.to_body(Version::V1)).unwrap();
    assert_eq!(
        body["userList"],
        r#"[{"userName":"liwei","name":"Li Wei","orgCode":"D1","role":"admin","enable":"true","extension":{"entryDate":"2024-03-1","employeeType":"1"}}]"#
    );
    let call = Request::AllOrgSync(AllOrgSync {
        instance_id: None,
        tenant_id: "t".into(),
        departments: vec![OrgInfo::new("D1", "Head office", None)],
        test_flag: TestFlag::On,
        time_stamp: call.time_stamp(),
        unknown: Map::new(),
    });
    let v1: Value = serde_json::from_str(&call.to_body(Version::V1)).unwrap();
    assert_eq!(v1["orgInfo"], r#"[{"orgCode":"D1","name":"Head office"}]"#);
    assert_eq!((&v1["instanceId"], v1.get("orgInfoList")), (&json!(""), None));
}

#[test]
fn lengths_are_not_enforced_when_received_but_known_to_the_debugger() {
    let long = with(user(), "mobile", json!("1".repeat(33)));
    let body = with(authorisation(json!([long])), "instanceId", json!("i".repeat(65)));
    assert!(read(Interface::AuthSync, &body).is_ok());
    let found = violations(Interface::AuthSync.request_fields(Version::V2), body.as_object().unwrap());
    let found: Vec<(&str, Problem)> =
        found.iter().map(|breach| (breach.path.as_str(), breach.problem.clone())).collect();
    assert_eq!(
        found,
        [
            ("instanceId", Problem::TooLong { characters: 65, max: 64 }),
            ("userList[0].mobile", Problem::TooLong { characters: 33, max: 32 }),
        ]
    );
}

#[test]
fn more_members_than_the_store_sends_are_read() {
    let users =
        Value::from_iter((0..=MAX_USERS_PER_CALL).map(|index| with(user(), "userName", json!(format!("u{index}")))));
    assert_eq!(users_of(&authorisation(users)).len(), 501);
}

#[test]
fn domains_have_one_form() {
    for (given, wanted) in [
        ("acme.login.example.net", "https://acme.login.example.net"),
        (" https://acme.example/ ", "https://acme.example"),
        ("http://127.0.0.1:8080//", "http://127.0.0.1:8080"),
        ("", ""),
    ] {
        assert_eq!(normal_domain(given), wanted);
    }
}
