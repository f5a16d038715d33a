//! Reading answers. They must be signed; account and password come encrypted. Pure.
//! Source: SaaS V1.0 §2.3, §2.4, §3.1, §6.2.

use mercer_kernel::http::{Answer as HttpAnswer, FailureReason};
use mercer_protocol::saas_v1::{Account, NewInstanceResponse, QueryInstanceResponse, UsageInfo, decrypt_account};
use mercer_protocol::{ResultCode, body_sign};

use super::super::super::Interface;
use super::super::super::judge::{Judged, Question, Verdict, by_code, remark, with_code};
use super::super::{AppInfo, InstanceInfo};

/// Reads an answer. Without a right Body-Sign the call has failed, whatever the answer says.
pub(in crate::callback::families) fn judge(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    let judged = with_code(answer, |code| content(question, answer, code));
    if matches!(judged.verdict, Verdict::Failed(_)) {
        return judged;
    }
    let sign = body_sign::verify(question.access_key, &answer.body, answer.header(body_sign::HEADER_NAME));
    match sign {
        body_sign::Verdict::Valid => judged,
        body_sign::Verdict::Absent | body_sign::Verdict::Malformed | body_sign::Verdict::Wrong => {
            let unsigned = Judged::failed(FailureReason::Refused, sign.wording().en);
            Judged { result_code: judged.result_code, ..unsigned }
        }
    }
}

fn content(question: Question<'_>, answer: &HttpAnswer, code: &ResultCode) -> Judged {
    match question.interface {
        Interface::V1NewInstance | Interface::V1View | Interface::V1Acceptance => opened(question, answer),
        Interface::V1Query | Interface::V1QueryView => queried(question, answer),
        _ => Judged::plain(by_code(question.policy, code)),
    }
}

fn opened(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    let response = match NewInstanceResponse::parse(&answer.body) {
        Ok(response) => response,
        Err(failure) => return Judged::unreadable(&failure),
    };
    let mut judged = Judged::opened(by_code(question.policy, &response.result_code), response.instance_id);
    // D13: demanded in debugging, a remark in production.
    let front_end_url = response.app_info.and_then(|info| info.front_end_url);
    if matches!(judged.verdict, Verdict::Opened { .. }) && front_end_url.is_none_or(|url| url.is_empty()) {
        remark(&mut judged.warning, "the answer lacks appInfo.frontEndUrl");
    }
    judged
}

fn queried(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    let response = match QueryInstanceResponse::parse(&answer.body) {
        Ok(response) => response,
        Err(failure) => return Judged::unreadable(&failure),
    };
    match by_code(question.policy, &response.result_code) {
        Verdict::Done if response.entry(question.instance_id).is_none() => {
            Judged::failed(FailureReason::MissingField, "the answer lacks an entry for the instance")
        }
        other => Judged::plain(other),
    }
}

/// What an answer to newInstance tells the buyer, decrypted. What does not decrypt is named (D15).
pub(in crate::callback) fn instance_info(body: &[u8], access_key: &str) -> Option<InstanceInfo> {
    let response = NewInstanceResponse::parse(body).ok()?;
    let size = response.key_size();
    let app_info = response.app_info.map(|info| {
        let account = size.map(|size| decrypt_account(&info, &[access_key], size));
        let sent = (info.user_name.is_some(), info.password.is_some());
        let mut shown = AppInfo::from(info);
        (shown.user_name, shown.password) = (None, None);
        read_account(&mut shown, account, sent);
        shown
    });
    Some(InstanceInfo { app_info, usage_info: Vec::new() })
}

fn read_account(shown: &mut AppInfo, account: Option<Account>, (user_name, password): (bool, bool)) {
    let (name, secret) = account.map_or((None, None), |account| (account.user_name, account.password));
    shown.user_name = name.and_then(Result::ok);
    shown.password = secret.and_then(Result::ok);
    if user_name && shown.user_name.is_none() {
        shown.unreadable.push("userName");
    }
    if password && shown.password.is_none() {
        shown.unreadable.push("password");
    }
}

/// What an answer to queryInstance tells about the usage of an instance.
pub(in crate::callback) fn usage(body: &[u8], instance_id: &str) -> Vec<UsageInfo> {
    let response = QueryInstanceResponse::parse(body).ok();
    let entry = response.as_ref().and_then(|response| response.entry(instance_id));
    entry.map(|entry| entry.usage_info.clone()).unwrap_or_default()
}
