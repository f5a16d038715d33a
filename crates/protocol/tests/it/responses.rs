//! How answers are written and read.

use mercer_protocol::ResultCode;
use mercer_protocol::saas_v2::{
    AppInfo, BaseResponse, InstanceInfo, NewInstanceResponse, QueryInstanceResponse, ResponseFailure, TextForm,
};

#[test]
fn a_text_always_goes_with_the_code() {
    assert_eq!(
        BaseResponse::new(ResultCode::Success).to_json(TextForm::AsciiEscapes),
        r#"{"resultCode":"000000","resultMsg":"success."}"#
    );
    assert_eq!(
        NewInstanceResponse::with_instance(ResultCode::Processing, "a-1").to_json(TextForm::AsciiEscapes),
        r#"{"resultCode":"000004","resultMsg":"request is processing","instanceId":"a-1"}"#
    );
}

#[test]
fn everything_outside_ascii_is_escaped_on_request() {
    let response = BaseResponse::with_message(ResultCode::OtherError, "你好😀/<");
    assert_eq!(
        response.to_json(TextForm::AsciiEscapes),
        r#"{"resultCode":"000005","resultMsg":"\u4f60\u597d\ud83d\ude00/<"}"#
    );
    assert_eq!(response.to_json(TextForm::RawUtf8), r#"{"resultCode":"000005","resultMsg":"你好😀/<"}"#);
    for form in [TextForm::AsciiEscapes, TextForm::RawUtf8] {
        assert_eq!(BaseResponse::parse(response.to_json(form).as_bytes()).unwrap(), response);
    }
}

#[test]
fn a_result_text_is_cut_at_255_characters() {
    for (given, sent) in [(255, 255), (256, 255)] {
        let response = BaseResponse::with_message(ResultCode::OtherError, "长".repeat(given));
        let read = BaseResponse::parse(response.to_json(TextForm::AsciiEscapes).as_bytes()).unwrap();
        assert_eq!(read.result_msg.unwrap().chars().count(), sent);
    }
}

#[test]
fn the_documented_query_answer_is_read_and_written_back() {
    let body = r#"{"resultCode":"000000","resultMsg":"success.","info":[{"instanceId":"a-1","appInfo":{"frontEndUrl":"https://app.example.com","memo":"\u4f60\u597d"},"usageInfo":[{"relatedInstanceId":"p-9","usageValue":12.5,"statisticalTime":"20250101000000123"}]}]}"#;
    let response = QueryInstanceResponse::parse(body.as_bytes()).unwrap();
    assert_eq!(response.to_json(TextForm::AsciiEscapes), body);
    let entry = response.entry("a-1").unwrap();
    assert_eq!(entry.app_info.as_ref().unwrap().memo.as_deref(), Some("你好"));
    assert_eq!(entry.usage_info[0].usage_value.to_string(), "12.5");
    assert!(response.entry("a-2").is_none());
}

#[test]
fn odd_but_understandable_answers_are_read() {
    let body = br#"{"resultCode":"000000","info":{"instanceId":7,"frontEndUrl":"https://x","encryptType":"1","usageInfos":[{"usageValue":"12.5000","statisticalTime":20250101000000123}]}}"#;
    let response = QueryInstanceResponse::parse(body).unwrap();
    let entry = response.entry("7").unwrap();
    assert_eq!(entry.app_info.as_ref().unwrap().front_end_url.as_deref(), Some("https://x"));
    assert_eq!(entry.usage_info[0].statistical_time, "20250101000000123");
    assert_eq!(entry.unknown["encryptType"], "1");
}

#[test]
fn the_address_of_a_new_instance_is_found_wherever_it_stands() {
    for body in [
        r#"{"resultCode":"000000","instanceId":"a","frontEndUrl":"https://x"}"#,
        r#"{"resultCode":"000000","instanceId":"a","appInfo":{"frontEndUrl":"https://x"}}"#,
    ] {
        assert_eq!(NewInstanceResponse::parse(body.as_bytes()).unwrap().front_end_url.as_deref(), Some("https://x"));
    }
    assert_eq!(NewInstanceResponse::parse(br#"{"resultCode":"000000","instanceId":"a"}"#).unwrap().front_end_url, None);
}

#[test]
fn answers_that_cannot_be_used_say_why() {
    for body in [&b""[..], b"<html>", b"[]", b"\"000000\""] {
        assert_eq!(BaseResponse::parse(body), Err(ResponseFailure::UnreadableBody));
    }
    assert_eq!(BaseResponse::parse(b"{}"), Err(ResponseFailure::MissingResultCode));
    assert_eq!(BaseResponse::parse(br#"{"resultCode":null}"#), Err(ResponseFailure::MissingResultCode));
    let missing = |field| ResponseFailure::MissingField { field };
    for code in ["000000", "000004"] {
        let body = format!(r#"{{"resultCode":"{code}"}}"#);
        assert_eq!(NewInstanceResponse::parse(body.as_bytes()), Err(missing("instanceId")));
    }
    assert!(NewInstanceResponse::parse(br#"{"resultCode":"000005"}"#).is_ok());
    let query =
        |info: &str| QueryInstanceResponse::parse(format!(r#"{{"resultCode":"000000","info":{info}}}"#).as_bytes());
    assert_eq!(query(r#"[{"appInfo":{}}]"#), Err(missing("instanceId")));
    assert_eq!(query(r#"[{"instanceId":"a","usageInfo":[{"usageValue":1}]}]"#), Err(missing("statisticalTime")));
    assert_eq!(query(r#"[{"instanceId":"a","usageInfo":[{"statisticalTime":"1"}]}]"#), Err(missing("usageValue")));
    assert_eq!(query(r#""text""#), Err(ResponseFailure::MalformedField { field: "info" }));
}

#[test]
fn accounts_stay_out_of_debug_output_but_go_over_the_wire() {
    let app_info =
        AppInfo { user_name: Some("root-user".into()), password: Some("s3cret".into()), ..AppInfo::default() };
    let response = QueryInstanceResponse::found(vec![InstanceInfo::with_app_info("a", app_info)]);
    assert!(!format!("{response:?}").contains("s3cret") && !format!("{response:?}").contains("root-user"));
    assert!(response.to_json(TextForm::AsciiEscapes).contains("s3cret"));
}
