use bytes::Bytes;
use mercer_kernel::http::HeaderMap;

use super::*;
use crate::callback::Policies;
use mercer_protocol::body_sign;

const KEY: &str = "k-demo";

fn answer(status: u16, content_type: &str, body: &str) -> Result<Answer, Failure> {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", content_type.parse().unwrap());
    Ok(Answer { status, headers, body: Bytes::copy_from_slice(body.as_bytes()) })
}

fn read(interface: Interface, result: &Result<Answer, Failure>) -> Judged {
    let policies = Policies::load("cn").unwrap();
    let asked = Question { interface, policy: policies.of(interface), instance_id: "a-1", access_key: KEY };
    judge(asked, result)
}

fn verdict(interface: Interface, body: &str) -> Verdict {
    read(interface, &answer(200, "application/json", body)).verdict
}

#[test]
fn the_conditions_are_checked_in_their_order() {
    let failed = |result| match read(Interface::NewInstance, &result).verdict {
        Verdict::Failed(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(failed(Err(Failure::new(FailureReason::Timeout, "20 s"))), FailureReason::Timeout);
    assert_eq!(failed(answer(500, "text/html", "<html>")), FailureReason::HttpStatus);
    assert_eq!(failed(answer(201, "application/json", "{}")), FailureReason::HttpStatus);
    assert_eq!(failed(answer(200, "text/html", "{}")), FailureReason::ContentType);
    assert_eq!(failed(answer(200, "application/json", "[]")), FailureReason::UnreadableBody);
    assert_eq!(failed(answer(200, "application/json", r#"{"resultMsg":"x"}"#)), FailureReason::UnreadableBody);
    assert_eq!(failed(answer(200, "application/json", r#"{"resultCode":"000000"}"#)), FailureReason::MissingField);
    assert_eq!(failed(answer(200, "application/json", r#"{"resultCode":"000100"}"#)), FailureReason::ResultCode);
}

#[test]
fn creation_is_accepted_with_both_codes_and_other_calls_with_success_only() {
    let opened = Verdict::Opened { instance_id: "a-1".to_owned() };
    assert_eq!(verdict(Interface::NewInstance, r#"{"resultCode":"000000","instanceId":"a-1"}"#), opened);
    assert_eq!(verdict(Interface::NewInstance, r#"{"resultCode":"000004","instanceId":"a-1"}"#), opened);
    for interface in
        [Interface::Refresh, Interface::UpdateStatus, Interface::Release, Interface::Upgrade, Interface::ChangeCheck]
    {
        assert_eq!(verdict(interface, r#"{"resultCode":"000000"}"#), Verdict::Done);
        assert_eq!(verdict(interface, r#"{"resultCode":"000004"}"#), Verdict::Failed(FailureReason::ResultCode));
    }
}

#[test]
fn a_poll_is_done_only_with_an_entry_for_the_instance() {
    let poll = |body| verdict(Interface::QueryPoll, body);
    assert_eq!(poll(r#"{"resultCode":"000000","info":[{"instanceId":"a-1"}]}"#), Verdict::Done);
    assert_eq!(poll(r#"{"resultCode":"000000","info":[{"instanceId":"a-2"}]}"#), Verdict::Pending);
    assert_eq!(poll(r#"{"resultCode":"000000"}"#), Verdict::Pending);
    assert_eq!(poll(r#"{"resultCode":"000004"}"#), Verdict::Pending);
    assert_eq!(poll(r#"{"resultCode":"000003"}"#), Verdict::Failed(FailureReason::ResultCode));
}

#[test]
fn a_wrong_body_sign_is_a_warning_and_an_absent_one_is_nothing() {
    let body = r#"{"resultCode":"000000"}"#;
    let mut signed = answer(200, "application/json;charset=utf8", body).unwrap();
    assert_eq!(read(Interface::Refresh, &Ok(signed.clone())).warning, "");
    signed.headers.insert("body-sign", body_sign::header_value(KEY, body.as_bytes()).parse().unwrap());
    assert_eq!(read(Interface::Refresh, &Ok(signed.clone())).warning, "");
    signed.headers.insert("body-sign", body_sign::header_value("other", body.as_bytes()).parse().unwrap());
    let judged = read(Interface::Refresh, &Ok(signed));
    assert!(judged.warning.contains("Body-Sign"));
    assert_eq!(judged.verdict, Verdict::Done);
}

#[test]
fn the_merchant_s_words_are_kept() {
    let judged = read(
        Interface::Refresh,
        &answer(200, "application/json", r#"{"resultCode":"000005","resultMsg":"disk full"}"#),
    );
    assert_eq!(judged.detail, "resultCode 000005: disk full");
    assert_eq!((judged.http_status, judged.result_code.as_deref()), (Some(200), Some("000005")));
}
