//! Answers in the protocol's words.

use mercer_protocol::ResultCode;
use mercer_protocol::saas_v2::{
    Activity, BaseResponse, InstanceInfo, NewInstanceResponse, QueryInstanceResponse, TextForm,
};

use super::step::Rendered;
use crate::instance::rules::{Answer, ResultKind};
use crate::settings::Settings;

/// Writes the answer of one interface; `info` belongs to `queryInstance`.
pub(crate) fn render(settings: &Settings, activity: Activity, answer: &Answer, info: Vec<InstanceInfo>) -> Rendered {
    let form = settings.text_form;
    let code = match (activity, answer.result) {
        (Activity::ChangeInstanceCheck, ResultKind::InternalError) => settings.change_refusal_code.clone(),
        (_, result) => code_of(result),
    };
    let message = (!answer.detail.is_empty()).then(|| answer.detail.clone());
    let body = match activity {
        Activity::NewInstance => {
            let instance_id = answer.instance_id.clone().unwrap_or_default();
            let response = NewInstanceResponse::with_instance(code.clone(), instance_id);
            NewInstanceResponse { result_msg: message, ..response }.to_json(form)
        }
        Activity::QueryInstance => {
            let response = QueryInstanceResponse::found(info);
            QueryInstanceResponse { result_code: code.clone(), result_msg: message, ..response }.to_json(form)
        }
        Activity::RefreshInstance
        | Activity::UpdateInstanceStatus
        | Activity::ReleaseInstance
        | Activity::UpgradeInstance
        | Activity::ChangeInstanceCheck => {
            BaseResponse { result_msg: message, ..BaseResponse::new(code.clone()) }.to_json(form)
        }
    };
    Rendered { body, code }
}

/// An answer that only refuses.
pub(crate) fn refuse(code: ResultCode, message: Option<String>, form: TextForm) -> Rendered {
    let body = BaseResponse { result_msg: message, ..BaseResponse::new(code.clone()) }.to_json(form);
    Rendered { body, code }
}

/// The code of a kind of result; the families share them (Source: SaaS V2.0 ch. 4, SaaS V1.0 ch. 4).
pub(crate) fn code_of(result: ResultKind) -> ResultCode {
    match result {
        ResultKind::Success => ResultCode::Success,
        ResultKind::Processing => ResultCode::Processing,
        ResultKind::UnknownInstance => ResultCode::UnknownInstance,
        ResultKind::InvalidParameter => ResultCode::InvalidParameter,
        ResultKind::InternalError => ResultCode::OtherError,
    }
}
