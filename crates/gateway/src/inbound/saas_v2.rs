//! SaaS V2.0 base interfaces: verify in the documented order, decide, commit once, answer.
//! Source: SaaS V2.0 §2.4, §3.

use std::borrow::Cow;

use mercer_protocol::Wording;
use mercer_protocol::saas_v2::diagnosis::{Mistake, diagnose};
use mercer_protocol::saas_v2::signature::{Matched, Presented, Refusal, VerifyInput, verify_any};
use mercer_protocol::saas_v2::{ParseRefusal, Request};

use super::answer::refuse;
use super::check::{SignatureCheck, StoredCall};
use super::command;
use super::desk::{Desk, Objection, Proof, unknown_merchant};
use super::step::Step;
use super::{Call, Family, Reply};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::OpenedKey;

/// The three query parameters, decoded; a repeated one counts by its first value.
#[derive(Default)]
struct Parameters<'a> {
    timestamp: Option<Cow<'a, str>>,
    nonce: Option<Cow<'a, str>>,
    signature: Option<Cow<'a, str>>,
}

impl<'a> Parameters<'a> {
    fn read(query: &'a str) -> Self {
        let mut parameters = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let place = match name.as_ref() {
                "timestamp" => &mut parameters.timestamp,
                "nonce" => &mut parameters.nonce,
                "signature" => &mut parameters.signature,
                _ => continue,
            };
            place.get_or_insert(value);
        }
        parameters
    }

    fn presented(&self) -> Presented<'_> {
        Presented {
            timestamp: self.timestamp.as_deref(),
            nonce: self.nonce.as_deref(),
            signature: self.signature.as_deref(),
        }
    }
}

/// Answers one call.
pub(super) async fn answer(gateway: &Gateway, call: &Call) -> Result<Reply, GatewayError> {
    let Some(desk) = Desk::open(gateway, call, Family::SaasV2).await? else {
        return Ok(unknown_merchant(gateway, call));
    };
    let proven = match prove(&desk) {
        Ok(proven) => proven,
        Err(objection) => return desk.object(&objection, None).await,
    };
    let proof = proven.proof();
    let request = match Request::parse(&call.body) {
        Ok(request) => request,
        Err(refusal) => return desk.serve(&proof, |_| std::future::ready(Ok(malformed(gateway, &refusal)))).await,
    };
    // The app is asked once, outside every try.
    let permission = &command::ask_permission(gateway, &call.merchant_id, &request).await?;
    let request = &request;
    desk.serve(&proof, |attempt| command::decide(gateway, &call.merchant_id, request, (permission, attempt))).await
}

/// The key whose signature fitted, and the nonce that came with it.
pub(super) struct Proven<'d> {
    key: &'d OpenedKey,
    nonce: Cow<'d, str>,
    replayed: Objection,
}

impl Proven<'_> {
    pub(super) fn proof(&self) -> Proof<'_> {
        Proof { key: self.key, nonce: Some((&self.nonce, &self.replayed)) }
    }
}

/// Checks the signature in the query of a call with the keys of its family.
pub(super) fn prove<'d>(desk: &'d Desk<'_>) -> Result<Proven<'d>, Objection> {
    let keys = desk.keys();
    let texts: Vec<&str> = keys.iter().map(|key| key.text.as_str()).collect();
    let parameters = Parameters::read(&desk.call.query);
    let input = VerifyInput {
        body: &desk.call.body,
        presented: parameters.presented(),
        now_ms: desk.received_at.as_millis(),
        settings: desk.gateway.settings().verify,
    };
    let found = verify_any(&texts, &input).map_err(|refusal| objection(&refusal))?;
    Ok(Proven {
        key: keys[found.key_index],
        nonce: parameters.nonce.unwrap_or_default(),
        replayed: objection(&Refusal::ReplayedNonce),
    })
}

pub(super) fn malformed(gateway: &Gateway, refusal: &ParseRefusal) -> Step {
    let rendered = refuse(refusal.result_code(), Some(refusal.result_message()), gateway.settings().text_form);
    Step { refusal: refusal.code(), detail: Some(refusal.wording()), ..Step::refused(rendered) }
}

fn objection(refusal: &Refusal) -> Objection {
    Objection { result_code: refusal.result_code(), message: None, code: refusal.code(), wording: refusal.wording() }
}

/// Computes the signature of a stored call again.
pub(super) fn check(gateway: &Gateway, key: &OpenedKey, call: &StoredCall<'_>) -> SignatureCheck {
    let parameters = Parameters::read(call.query);
    let input = VerifyInput {
        body: call.body,
        presented: parameters.presented(),
        now_ms: call.received_at.as_millis(),
        settings: gateway.settings().verify,
    };
    let diagnosis = diagnose(&key.text, &input);
    let matched = match &diagnosis.outcome {
        Ok(Matched::Raw) => "raw",
        Ok(Matched::Canonical) => "canonical",
        Err(_) => "",
    };
    let signed = match (&diagnosis.outcome, &diagnosis.canonical) {
        (Ok(Matched::Canonical), Some(canonical)) => canonical,
        _ => &diagnosis.raw,
    };
    let mistake = diagnosis.mistake.map_or_else(|| Wording::fixed("", ""), Mistake::wording);
    SignatureCheck {
        key_id: key.key_id.clone(),
        matched,
        canonical_string: signed.masked_canonical(),
        expected_signature: signed.signature.clone(),
        presented_signature: parameters.signature.as_deref().unwrap_or_default().to_owned(),
        mistake_zh: mistake.zh.into_owned(),
        mistake_en: mistake.en.into_owned(),
    }
}
