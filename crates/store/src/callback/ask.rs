//! Calls that somebody waits for: the buyer who looks, and the check before a change on renewal.

use mercer_kernel::db::Batch;
use mercer_kernel::http::FailureReason;
use mercer_protocol::saas_v2::{
    ChangeInstanceCheck, InstanceInfo, ProductInfo, ProductInfoForm, QueryInstanceResponse, Request, TestFlag,
};
use serde_json::Map;

use super::Interface;
use super::call::{Called, call};
use super::judge::Verdict;
use super::queue::{Call, instance_id, message, query_request};
use crate::Core;
use crate::error::Answer;
use crate::instance::Instance;
use crate::message::{self, AttemptView, FailedCall, MessageState};
use crate::refusal::Refusal;

/// What an instance is to become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChangeTarget<'a> {
    /// The target price.
    pub(crate) product_id: &'a str,
    /// The target specification.
    pub(crate) sku_code: &'a str,
    /// The target value of the quantity attribute.
    pub(crate) quantity: Option<i64>,
}

/// Asks whether a change is possible (续费变更校验). Anything but success refuses it. D14.
pub(crate) async fn change_instance_check(core: &Core, instance: &Instance, target: ChangeTarget<'_>) -> Answer<()> {
    let form = if core.settings.product_info_as_text { ProductInfoForm::Text } else { ProductInfoForm::Object };
    let request = Request::ChangeInstanceCheck(ChangeInstanceCheck {
        instance_id: instance_id(instance)?,
        product_info: ProductInfo {
            product_id: target.product_id.to_owned(),
            sku_code: target.sku_code.to_owned(),
            linear_value: target.quantity.map(Into::into),
            unknown: Map::new(),
        },
        product_info_form: form,
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    });
    let call = Call { interface: Interface::ChangeCheck, request, order: None, scene: "" };
    let called = ask(core, instance, call).await?;
    match called.judged.verdict {
        Verdict::Done => Ok(()),
        Verdict::Opened { .. } | Verdict::Pending | Verdict::Failed(_) => {
            let why = &called.judged.detail;
            Err(Refusal::upstream(
                "change.refused",
                format!("商家不允许变更：{why}"),
                format!("the merchant refuses the change: {why}"),
            )
            .into())
        }
    }
}

/// Asks for the information of an instance because the buyer looks. It is shown and never stored (D23).
pub(crate) async fn query_instance(core: &Core, instance: &Instance) -> Answer<InstanceInfo> {
    let instance_id = instance_id(instance)?;
    let request = Request::QueryInstance(query_request(&instance_id));
    let called = ask(core, instance, Call { interface: Interface::QueryView, request, order: None, scene: "" }).await?;
    let info = match called.judged.verdict {
        Verdict::Done => {
            QueryInstanceResponse::parse(&called.body).ok().and_then(|found| found.entry(&instance_id).cloned())
        }
        Verdict::Opened { .. } | Verdict::Pending | Verdict::Failed(_) => None,
    };
    info.ok_or_else(|| {
        let why =
            if called.judged.detail.is_empty() { "the instance is not in the answer" } else { &called.judged.detail };
        Refusal::upstream(
            "instance.no_information",
            format!("商家未返回使用信息：{why}"),
            format!("the merchant gave no information: {why}"),
        )
        .into()
    })
}

/// Makes the call and keeps it as a finished message with its one attempt.
async fn ask(core: &Core, instance: &Instance, asked: Call<'_>) -> Answer<Called> {
    let mut message = message(core, instance, &asked);
    let stopwatch = core.foundation.wall.stopwatch();
    let called = call(core, &message).await;
    let judged = &called.judged;
    let failure = match &judged.verdict {
        Verdict::Done => None,
        Verdict::Failed(reason) => Some(*reason),
        Verdict::Opened { .. } | Verdict::Pending => Some(FailureReason::MissingField),
    };
    message.state = if failure.is_none() { MessageState::Succeeded } else { MessageState::Failed };
    message.attempts = 1;
    message.first_call_at = Some(message.created_at);
    message.last_call_at = Some(message.created_at);
    message.next_attempt_at = None;
    message.http_status = judged.http_status.map(i64::from);
    message.result_code.clone_from(&judged.result_code);
    message.reason = failure.map(|reason| reason.code().to_owned());
    message.exception = if failure.is_some() { judged.detail.clone() } else { String::new() };
    message.warning.clone_from(&judged.warning);
    let attempt = AttemptView {
        number: 1,
        started_at: message.created_at,
        duration_ms: stopwatch.elapsed_ms(),
        outcome: if failure.is_none() { "done" } else { "final" }.to_owned(),
        http_status: judged.http_status,
        result_code: judged.result_code.clone(),
        reason: message.reason.clone(),
        detail: judged.detail.clone(),
        request: called.request.clone(),
        answer: called.answer.clone(),
    };
    message.single_attempt = Some(serde_json::json!(attempt).to_string());
    let mut batch = Batch::new();
    message::repo::insert(core, &mut batch, &message);
    let policy = core.policies.of(message.interface);
    if let Some(reason) = failure.filter(|_| message::rules::is_notified(policy.notify, true)) {
        let failed = FailedCall { reason, detail: &judged.detail, exhausted: true };
        message::note_failure(core, &mut batch, &message, policy, failed);
    }
    core.foundation.db.apply(batch).await?;
    Ok(called)
}
