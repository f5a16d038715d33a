//! SaaS V1.0 base interfaces: GET with query parameters, the order in the request, the answer always
//! signed. Verified in the documented order, then the same commands as every other family.
//! Source: SaaS V1.0 §2.2, §3.

mod answer;
mod command;
mod debugging;
mod order;
mod personal;
#[cfg(test)]
mod tests;
mod wait;

use mercer_protocol::saas_v1::auth_token::{Refusal, VerifyInput, verify_any};
use mercer_protocol::saas_v1::diagnosis::{Mistake, diagnose};
use mercer_protocol::saas_v1::{Reading, Request, redacted_query};
use mercer_protocol::{ParseRefusal, ResultCode, Wording};

use self::command::Talk;
use self::personal::Personal;
use super::answer::refuse;
use super::check::{SignatureCheck, StoredCall};
use super::desk::{Desk, Objection, Proof, unknown_merchant};
use super::kept::Kept;
use super::step::Step;
use super::{Call, Family, Reply};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::OpenedKey;

/// Answers one call.
pub(super) async fn answer(gateway: &Gateway, call: &Call) -> Result<Reply, GatewayError> {
    let Some(desk) = Desk::open(gateway, call, Family::SaasV1).await? else {
        return Ok(unknown_merchant(gateway, call));
    };
    let desk = desk.keeping(Kept::masked(call, redacted_query(&call.query), Vec::new()));
    let keys = desk.keys();
    let texts: Vec<&str> = keys.iter().map(|key| key.text.as_str()).collect();
    let settings = &gateway.settings().saas_v1;
    let input = VerifyInput { raw_query: &call.query, now: desk.received_at.to_jiff(), settings: settings.verify };
    let verified = match verify_any(&texts, &input) {
        Ok(verified) => verified,
        Err(refusal) => return desk.object(&objection(&refusal), None).await,
    };
    let key = keys[verified.key_index];
    let proof = Proof { key, nonce: None };
    let request = match Request::parse(&verified.parameters, settings.expire_time_zone) {
        Ok(request) => request,
        Err(refusal) => {
            let activity = verified.parameters.get("activity").and_then(mercer_protocol::saas_v1::Activity::parse);
            let activity = activity.map_or("", mercer_protocol::saas_v1::Activity::as_str);
            return desk.serve(&proof, |_| std::future::ready(Ok(malformed(gateway, activity, &refusal)))).await;
        }
    };
    let encryption = gateway.keyring().encryption(&call.merchant_id);
    let personal = match Personal::open(&request, &key.text, &encryption) {
        Ok(personal) => personal,
        Err(refusal) => {
            return desk.serve(&proof, |_| std::future::ready(Ok(refusal.step(gateway, &request)))).await;
        }
    };
    let talk = Talk { gateway, call, key, encryption: &encryption, personal: &personal };
    let (talk, request) = (&talk, &request);
    let taken = match desk.take(&proof, |attempt| command::decide(talk, request, attempt)).await? {
        Ok(taken) => taken,
        Err(reply) => return Ok(reply),
    };
    let body = wait::finished(talk, taken).await;
    Ok(desk.reply(body, Some(key)))
}

fn malformed(gateway: &Gateway, activity: &'static str, refusal: &ParseRefusal) -> Step {
    let rendered = refuse(refusal.result_code(), Some(refusal.result_message()), gateway.settings().text_form);
    Step { activity, refusal: refusal.code(), detail: Some(refusal.wording()), ..Step::refused(rendered) }
}

fn objection(refusal: &Refusal) -> Objection {
    let result_code = refusal.result_code();
    // What the caller can mend is named; a wrong token tells a stranger nothing.
    let message = (result_code != ResultCode::AuthenticationFailed).then(|| refusal.wording().en.into_owned());
    Objection { result_code, message, code: refusal.code(), wording: refusal.wording() }
}

/// Computes the token of a stored call again.
pub(super) fn check(gateway: &Gateway, key: &OpenedKey, call: &StoredCall<'_>) -> Option<SignatureCheck> {
    let settings = gateway.settings().saas_v1.verify;
    let input = VerifyInput { raw_query: call.query, now: call.received_at.to_jiff(), settings };
    let diagnosis = diagnose(&key.text, &input);
    let (matched, signed) = match (&diagnosis.outcome, diagnosis.plus_kept) {
        (Ok(Reading::PlusKept), Some(kept)) => ("plus_kept", Some(kept)),
        (Ok(_), _) => ("form_decoded", diagnosis.decoded),
        (Err(_), _) => ("", diagnosis.decoded),
    };
    let signed = signed?;
    let mistake = diagnosis.mistake.map_or_else(|| Wording::fixed("", ""), Mistake::wording);
    Some(SignatureCheck {
        key_id: key.key_id.clone(),
        matched,
        canonical_string: signed.masked_canonical().to_owned(),
        expected_signature: signed.auth_token.clone(),
        presented_signature: diagnosis.presented.unwrap_or_default(),
        mistake_zh: mistake.zh.into_owned(),
        mistake_en: mistake.en.into_owned(),
    })
}
