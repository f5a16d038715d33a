//! SaaS V2.0: a signed POST with a JSON body.

use mercer_kernel::http::{Answer as HttpAnswer, Request as HttpRequest};
use mercer_protocol::saas_v2::{
    ChangeInstanceCheck, InstanceStatus, NewInstance, NewInstanceResponse, ProductInfo, ProductInfoForm, QueryInstance,
    QueryInstanceResponse, REQUEST_HEADERS, RefreshInstance, ReleaseInstance, Request, TestFlag, UpdateInstanceStatus,
    UpgradeInstance, signature,
};
use mercer_protocol::time::CompactTime;
use mercer_protocol::{ResultCode, body_sign};
use serde_json::Map;

use super::super::Interface;
use super::super::call::{Prepared, signing_key};
use super::super::judge::{Judged, Question, Verdict, by_code, remark, with_code};
use super::super::look::ChangeTarget;
use super::super::verbs::{Refresh, Status};
use super::InstanceInfo;
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::merchant::InterfaceType;
use crate::message::Message;
use crate::order::Order;

/// Length of the nonce. Source: SaaS V2.0 §2.3.
const NONCE_CHARACTERS: usize = 64;

/// Writes and signs one call.
pub(super) async fn prepare(core: &Core, message: &Message, url: &str) -> Answer<Prepared> {
    let access_key = signing_key(core, message, InterfaceType::Base).await?;
    let request = Request::parse(message.body.as_bytes()).map_err(|refusal| StoreError::Broken(refusal.to_string()))?;
    Ok(signed_post(core, url, with_new_business_id(core, request).to_body(), access_key))
}

/// A POST whose query carries the signature of its body; the order notification is signed in the same way.
pub(super) fn signed_post(core: &Core, url: &str, body: String, access_key: String) -> Prepared {
    // The wall clock: a virtual store is still accepted by any merchant whose clock is right.
    let timestamp = core.foundation.wall.now().as_millis().to_string();
    let nonce = core.foundation.entropy.hex_upper(NONCE_CHARACTERS);
    let signed = signature::sign(&access_key, body.as_bytes(), &timestamp, &nonce);
    let joint = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{joint}signature={}&timestamp={timestamp}&nonce={nonce}", signed.signature);
    let shown = format!("POST {url}\n\n{body}");
    let mut request = HttpRequest::post_json(url, body, core.policies.transport().timeout_ms());
    request.headers = REQUEST_HEADERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Prepared { request, shown, access_key }
}

/// Every attempt carries a business id of its own. Source: SaaS V2.0 §3.1.
fn with_new_business_id(core: &Core, request: Request) -> Request {
    match request {
        Request::NewInstance(mut new) => {
            new.business_id = core.foundation.entropy.uuid(core.foundation.clock.now());
            Request::NewInstance(new)
        }
        other => other,
    }
}

/// Reads an answer. The signature of the answer is optional here: a wrong one is a remark.
pub(super) fn judge(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    let mut judged = with_code(answer, |code| content(question, answer, code));
    let sign = body_sign::verify(question.access_key, &answer.body, answer.header(body_sign::HEADER_NAME));
    if matches!(sign, body_sign::Verdict::Malformed | body_sign::Verdict::Wrong) {
        remark(&mut judged.warning, &sign.wording().en);
    }
    judged
}

fn content(question: Question<'_>, answer: &HttpAnswer, code: &ResultCode) -> Judged {
    match question.interface {
        Interface::NewInstance => opened(question, answer),
        Interface::QueryPoll | Interface::QueryView => queried(question, answer),
        _ => Judged::plain(by_code(question.policy, code)),
    }
}

fn opened(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    let response = match NewInstanceResponse::parse(&answer.body) {
        Ok(response) => response,
        Err(failure) => return Judged::unreadable(&failure),
    };
    Judged::opened(by_code(question.policy, &response.result_code), response.instance_id)
}

/// A poll is done with `000000` and an entry for the instance; without the entry it is not ready (D17).
fn queried(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    let response = match QueryInstanceResponse::parse(&answer.body) {
        Ok(response) => response,
        Err(failure) => return Judged::unreadable(&failure),
    };
    let ready = response.entry(question.instance_id).is_some();
    match by_code(question.policy, &response.result_code) {
        Verdict::Done if !ready => Judged::plain(Verdict::Pending),
        other => Judged::plain(other),
    }
}

/// The body that asks to open what an order bought.
pub(in crate::callback) fn new_instance(order: &Order) -> String {
    Request::NewInstance(NewInstance {
        order_id: order.order_id.clone(),
        order_line_id: order.order_line_id(),
        // A placeholder: each attempt gets a business id of its own.
        business_id: order.order_id.clone(),
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    })
    .to_body()
}

/// The body that asks for one instance. D17.
pub(in crate::callback) fn query_instance(instance_id: &str) -> String {
    Request::QueryInstance(QueryInstance {
        instance_ids: vec![instance_id.to_owned()],
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    })
    .to_body()
}

/// What an answer to [`query_instance`] tells about the instance.
pub(in crate::callback) fn instance_info(body: &[u8], instance_id: &str) -> Option<InstanceInfo> {
    let response = QueryInstanceResponse::parse(body).ok()?;
    let entry = response.entry(instance_id)?.clone();
    Some(InstanceInfo { app_info: entry.app_info.map(Into::into), usage_info: entry.usage_info })
}

/// The body that tells a new expiry.
pub(in crate::callback) fn refresh_instance(
    core: &Core,
    instance_id: &str,
    order: &Order,
    refresh: &Refresh,
) -> String {
    Request::RefreshInstance(RefreshInstance {
        scene: refresh.scene,
        order_id: order.order_id.clone(),
        order_line_id: order.order_line_id(),
        instance_id: instance_id.to_owned(),
        product_id: refresh.product_id.clone(),
        expire_time: match core.settings.expire_time_digits {
            17 => CompactTime::milliseconds(refresh.expire_at.to_jiff()),
            _ => CompactTime::seconds(refresh.expire_at.to_jiff()),
        },
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    })
    .to_body()
}

/// What the wire calls a status.
pub(in crate::callback) fn wire_status(status: Status) -> InstanceStatus {
    match status {
        Status::Freeze => InstanceStatus::Freeze,
        Status::Unfreeze => InstanceStatus::Unfreeze,
    }
}

/// The body that tells to freeze or unfreeze.
pub(in crate::callback) fn update_status(instance_id: &str, status: Status) -> String {
    Request::UpdateInstanceStatus(UpdateInstanceStatus {
        instance_id: instance_id.to_owned(),
        status: wire_status(status),
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    })
    .to_body()
}

/// The body that tells to release; `order` is the unsubscription that is the reason.
pub(in crate::callback) fn release_instance(instance_id: &str, order: Option<&Order>) -> String {
    Request::ReleaseInstance(ReleaseInstance {
        instance_id: instance_id.to_owned(),
        order_id: order.map(|order| order.order_id.clone()),
        order_line_id: order.map(Order::order_line_id),
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    })
    .to_body()
}

/// The body that asks to upgrade.
pub(in crate::callback) fn upgrade_instance(instance_id: &str, order: &Order) -> String {
    Request::UpgradeInstance(UpgradeInstance {
        instance_id: instance_id.to_owned(),
        order_id: order.order_id.clone(),
        order_line_id: order.order_line_id(),
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    })
    .to_body()
}

/// The body that asks whether a change on renewal is possible. D13, D14.
pub(in crate::callback) fn change_instance_check(core: &Core, instance_id: &str, target: ChangeTarget<'_>) -> String {
    let form = if core.settings.product_info_as_text { ProductInfoForm::Text } else { ProductInfoForm::Object };
    Request::ChangeInstanceCheck(ChangeInstanceCheck {
        instance_id: instance_id.to_owned(),
        product_info: ProductInfo {
            product_id: target.product_id.to_owned(),
            sku_code: target.sku_code.to_owned(),
            linear_value: target.quantity.map(Into::into),
            unknown: Map::new(),
        },
        product_info_form: form,
        test_flag: TestFlag::Absent,
        unknown: Map::new(),
    })
    .to_body()
}
