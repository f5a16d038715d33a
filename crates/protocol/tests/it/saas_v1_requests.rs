//! Requests and answers of V1.0: what must be there, what may be missing, what is kept.

use mercer_protocol::cipher::KeySize;
use mercer_protocol::field::{Problem, violations};
use mercer_protocol::order_query::{ChargingMode, PeriodType};
use mercer_protocol::saas_v1::{
    Activity, AppInfo, InstanceInfo, NewInstance, NewInstanceResponse, Parameters, QueryInstanceResponse, Reading,
    Request, ResourceStatus, ResponseFailure, TestFlag, TextForm, redacted, redacted_query,
};
use mercer_protocol::time::{UTC_PLUS_8, parse_offset};
use mercer_protocol::{ParseReason, ParseRefusal, ResultCode};

fn read(query: &str) -> Result<Request, ParseRefusal> {
    Request::parse(&Parameters::decode(query, Reading::FormDecoded).unwrap(), UTC_PLUS_8)
}

fn new_instance(query: &str) -> Box<NewInstance> {
    match read(query) {
        Ok(Request::NewInstance(new)) => new,
        other => panic!("{other:?}"),
    }
}

const NEW: &str = "activity=newInstance&customerId=c&businessId=b&orderId=o&productId=p";

#[test]
fn each_mandatory_parameter_is_missed_by_name() {
    let complete = [
        (NEW, &["customerId", "businessId", "orderId", "productId"][..]),
        (
            "activity=refreshInstance&orderId=o&instanceId=i&expireTime=20250101000000",
            &["orderId", "instanceId", "expireTime"],
        ),
        ("activity=expireInstance&instanceId=i", &["instanceId"]),
        ("activity=releaseInstance&instanceId=i", &["instanceId"]),
        (
            "activity=upgrade&instanceId=i&orderId=o&skuCode=s&productId=p",
            &["instanceId", "orderId", "skuCode", "productId"],
        ),
        ("activity=instanceStatus&instanceId=i&instanceStatus=NORMAL", &["instanceId", "instanceStatus"]),
        ("activity=queryInstance&instanceId=i", &["instanceId"]),
    ];
    for (query, mandatory) in complete {
        assert!(read(query).is_ok(), "{query}");
        for field in mandatory.iter().chain(&["activity"]) {
            let without: Vec<&str> = query.split('&').filter(|part| !part.starts_with(&format!("{field}="))).collect();
            for query in [without.join("&"), format!("{}&{field}=%20", without.join("&"))] {
                let refusal = read(&query).unwrap_err();
                assert_eq!((refusal.field, refusal.reason.clone()), (*field, ParseReason::Missing), "{query}");
                assert_eq!(refusal.result_code(), ResultCode::InvalidParameter);
                assert!(refusal.result_message().contains(field));
            }
        }
    }
}

#[test]
fn values_outside_the_tables_are_refused_by_name() {
    for (rest, field) in [
        ("expireTime=tomorrow", "expireTime"),
        ("expireTime=20230229000000", "expireTime"),
        ("acceptanceTime=1", "acceptanceTime"),
        ("amount=-1", "amount"),
        ("amount=1.5", "amount"),
        ("diskSize=many", "diskSize"),
        ("bandWidth=99999999999999999999", "bandWidth"),
        ("periodNumber=x", "periodNumber"),
        ("orderAmount=1,5", "orderAmount"),
        ("provisionType=later", "provisionType"),
        ("trialFlag=2", "trialFlag"),
        ("testFlag=2", "testFlag"),
    ] {
        assert_eq!(read(&format!("{NEW}&{rest}")).unwrap_err().field, field, "{rest}");
    }
    assert_eq!(read("activity=NewInstance").unwrap_err().field, "activity");
    assert_eq!(
        read("activity=instanceStatus&instanceId=i&instanceStatus=UNFREEZE").unwrap_err().field,
        "instanceStatus"
    );
}

#[test]
fn every_optional_parameter_of_a_purchase_is_understood() {
    let new = new_instance(&format!(
        "{NEW}&customerName=n&userId=u&userName=un&mobilePhone=mp&email=e&skuCode=s&testFlag=0&trialFlag=1\
         &expireTime=20250101000000&chargingMode=1&saasExtendParams=&amount=30&diskSize=20.0&bandWidth=0&periodType=year\
         &periodNumber=2&orderAmount=1288.50&provisionType=2&acceptanceTime=20240102030405678"
    ));
    assert_eq!(new.charging_mode, Some(ChargingMode::Period));
    assert_eq!((new.linear.amount, new.linear.disk_size, new.linear.band_width), (Some(30), Some(20), Some(0)));
    assert_eq!((new.period_type.clone(), new.period_number), (Some(PeriodType::Year), Some(2)));
    assert_eq!(new.order_amount.as_ref().unwrap().to_string(), "1288.50");
    assert_eq!(new.expire_time.unwrap().at.to_string(), "2024-12-31T16:00:00Z");
    assert_eq!(new.acceptance_time.unwrap().at.to_string(), "2024-01-02T03:04:05.678Z");
    assert!(new.trial_flag.is_trial() && !new.test_flag.is_debug() && new.extend_params.is_none());
    assert!(new.unknown.is_empty());
}

#[test]
fn charging_modes_are_the_four_numbers_of_v1_and_others_are_kept() {
    let mode = |code: &str| new_instance(&format!("{NEW}&chargingMode={code}")).charging_mode.unwrap();
    assert_eq!(mode("0"), ChargingMode::OnDemand);
    assert_eq!(mode("3"), ChargingMode::OneTime);
    assert_eq!(mode("5"), ChargingMode::OnDemandPackage);
    assert_eq!(mode("9"), ChargingMode::Other("9".into()));
}

#[test]
fn the_zone_of_the_expiry_is_a_setting() {
    let query = "activity=refreshInstance&orderId=o&instanceId=i&expireTime=20250101000000";
    let parameters = Parameters::decode(query, Reading::FormDecoded).unwrap();
    for (zone, instant) in
        [("+08:00", "2024-12-31T16:00:00Z"), ("+00:00", "2025-01-01T00:00:00Z"), ("-05:30", "2025-01-01T05:30:00Z")]
    {
        let zone = parse_offset(zone).unwrap();
        let Request::RefreshInstance(refresh) = Request::parse(&parameters, zone).unwrap() else { panic!() };
        assert_eq!(refresh.expire_time.at.to_string(), instant);
        let sent = Request::RefreshInstance(refresh).to_parameters(jiff::Timestamp::UNIX_EPOCH, zone);
        assert_eq!(sent.get("expireTime"), Some("20250101000000"));
    }
}

#[test]
fn any_trial_to_formal_but_zero_is_a_conversion_and_a_refund_is_negative() {
    let refresh = |rest: &str| match read(&format!(
        "activity=refreshInstance&orderId=o&instanceId=i&expireTime=20250101000000{rest}"
    )) {
        Ok(Request::RefreshInstance(refresh)) => refresh,
        other => panic!("{other:?}"),
    };
    assert!(
        !refresh("").is_conversion()
            && !refresh("&trialToFormal=").is_conversion()
            && !refresh("&trialToFormal=0").is_conversion()
    );
    assert!(refresh("&trialToFormal=1").is_conversion() && refresh("&trialToFormal=2").is_conversion());
    assert_eq!(refresh("&orderAmount=-1288.5").order_amount.unwrap().to_string(), "-1288.5");
}

#[test]
fn a_query_names_1_to_100_instances() {
    let ids = |count: usize| read(&format!("activity=queryInstance&instanceId={}", vec!["i"; count].join("%2C")));
    let Ok(Request::QueryInstance(query)) = ids(100) else { panic!() };
    assert_eq!(query.instance_ids.len(), 100);
    assert_eq!(ids(101).unwrap_err().reason, ParseReason::TooMany { count: 101, max: 100 });
    assert_eq!(read("activity=queryInstance&instanceId=%2C,").unwrap_err().reason, ParseReason::Missing);
    let long = format!("activity=queryInstance&instanceId=a,{}", "i".repeat(65));
    assert_eq!(read(&long).unwrap_err().reason, ParseReason::TooLong { characters: 65, max: 64 });
}

#[test]
fn lengths_are_not_enforced_when_received_but_known_to_the_debugger() {
    let query = format!(
        "{NEW}&customerName={}&amount=12345678&orderAmount=1.2345&authToken=t&timeStamp=20240101080910123",
        "例".repeat(65)
    );
    assert!(read(&query).is_ok());
    let members = Parameters::decode(&query, Reading::FormDecoded).unwrap().to_members();
    let found = violations(Activity::NewInstance.request_fields(), &members);
    let found: Vec<(&str, Problem)> = found.into_iter().map(|breach| (breach.name, breach.problem)).collect();
    assert_eq!(
        found,
        [
            ("customerName", Problem::TooLong { characters: 65, max: 64 }),
            ("amount", Problem::TooLong { characters: 8, max: 7 }),
            ("orderAmount", Problem::TooManyDecimals { max: 3 }),
        ]
    );
}

#[test]
fn unknown_parameters_are_kept_and_sent_again() {
    let Ok(Request::InstanceStatus(change)) =
        read("activity=instanceStatus&instanceId=i&instanceStatus=FREEZE&saasExtendParams=x&zz=%2B")
    else {
        panic!()
    };
    assert_eq!((change.status, change.test_flag), (ResourceStatus::Freeze, TestFlag::Absent));
    assert_eq!(change.unknown.iter().collect::<Vec<_>>(), [("saasExtendParams", "x"), ("zz", "+")]);
    let sent = Request::InstanceStatus(change).to_parameters(jiff::Timestamp::UNIX_EPOCH, UTC_PLUS_8);
    assert_eq!(sent.get("zz"), Some("+"));
    assert_eq!(sent.get("timeStamp"), Some("19700101000000000"));
}

#[test]
fn an_opened_instance_is_answered_in_ascii_and_read_back() {
    let app_info = AppInfo {
        front_end_url: Some("https://app.example.com".into()),
        memo: Some("首次登录请改密码".into()),
        ..AppInfo::default()
    };
    let answer = NewInstanceResponse::opened("inst-1", app_info, KeySize::Bits128);
    let body = answer.to_json(TextForm::AsciiEscapes);
    assert!(body.is_ascii() && body.contains("\\u9996") && body.contains(r#""encryptType":"2""#), "{body}");
    let read = NewInstanceResponse::parse(body.as_bytes()).unwrap();
    assert_eq!(read.key_size(), Some(KeySize::Bits128));
    assert_eq!((read.instance_id, read.app_info), (answer.instance_id, answer.app_info));
    let found =
        QueryInstanceResponse::found(vec![InstanceInfo::with_app_info("a", AppInfo::default())], KeySize::Bits256);
    let read = QueryInstanceResponse::parse(found.to_json(TextForm::RawUtf8).as_bytes()).unwrap();
    assert!(read.entry("a").is_some() && read.entry("b").is_none());
}

#[test]
fn merchants_spellings_of_answers_are_understood() {
    let read = |body: &str| NewInstanceResponse::parse(body.as_bytes());
    assert_eq!(read(r#"{"resultCode":"000000"}"#), Err(ResponseFailure::MissingField { field: "instanceId" }));
    assert_eq!(read(r#"{"resultMsg":"x"}"#), Err(ResponseFailure::MissingResultCode));
    assert_eq!(read("oops"), Err(ResponseFailure::UnreadableBody));
    let busy = read(r#"{"resultCode":"000004"}"#).unwrap();
    assert_eq!((busy.result_code, busy.instance_id), (ResultCode::Processing, None));
    let beside = read(r#"{"resultCode":"000000","instanceId":"i","frontEndUrl":"https://x"}"#).unwrap();
    assert_eq!(beside.app_info.as_ref().unwrap().front_end_url.as_deref(), Some("https://x"));
    assert_eq!(beside.key_size(), Some(KeySize::Bits256), "absent means 256");
    assert_eq!(read(r#"{"resultCode":"000000","instanceId":"i","encryptType":9}"#).unwrap().key_size(), None);
    let usages = br#"{"resultCode":"000000","info":[{"instanceId":"p","usageInfos":[{"usageValue":"3.5","statisticalTime":"20240101080910123"}]}]}"#;
    assert_eq!(QueryInstanceResponse::parse(usages).unwrap().info[0].usage_info[0].usage_value.to_string(), "3.5");
}

#[test]
fn records_show_neither_accounts_nor_phones() {
    let query = redacted_query(&format!("{NEW}&mobilePhone=secret&email=secret&authToken=secret"));
    assert!(query.contains("orderId=o") && !query.contains("secret"));
    let body = redacted(br#"{"resultCode":"000000","appInfo":{"userName":"secret","password":"secret"}}"#);
    assert!(!body.contains("secret"));
}
