//! SaaS V2.0 base interfaces: verify in the documented order, decide, commit once, answer.
//! Source: SaaS V2.0 §2.4, §3.

use std::borrow::Cow;

use axum::http::StatusCode;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, DbError};
use mercer_protocol::saas_v2::Request;
use mercer_protocol::saas_v2::diagnosis::{Mistake, diagnose};
use mercer_protocol::saas_v2::signature::{Matched, Presented, Refusal, VerifyInput, verify_any};
use mercer_protocol::{ResultCode, Wording, body_sign};
use serde::Serialize;

use super::answer::refuse;
use super::callback::{self, NewCallback};
use super::command::{self, Step};
use super::{Call, Reply};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::{InterfaceType, OpenedKey, repo as merchant_repo};

/// Runs of one call when somebody else changes the same instance at the same time.
const TRIES: u32 = 10;

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

/// Answers one call. Whatever cannot be written is not answered with success.
pub(super) async fn answer(gateway: &Gateway, call: &Call) -> Reply {
    match handle(gateway, call).await {
        Ok(reply) => reply,
        Err(error) => {
            tracing::error!(merchant_id = call.merchant_id, %error, "a call could not be recorded and was refused");
            let rendered = refuse(ResultCode::OtherError, None, gateway.settings().text_form);
            Reply { status: StatusCode::SERVICE_UNAVAILABLE, body: rendered.body, body_sign: None }
        }
    }
}

async fn handle(gateway: &Gateway, call: &Call) -> Result<Reply, GatewayError> {
    let Some(keys) = gateway.keyring().keys(gateway, &call.merchant_id).await? else {
        // Nobody's inbox to put it into: the log is the only place.
        tracing::warn!(merchant_id = call.merchant_id, "a call names a merchant that does not exist");
        let rendered = refuse(ResultCode::AuthenticationFailed, None, gateway.settings().text_form);
        return Ok(Reply { status: StatusCode::OK, body: rendered.body, body_sign: None });
    };
    let base: Vec<&OpenedKey> = keys.iter().filter(|key| key.interface_type == InterfaceType::Base).collect();
    let texts: Vec<&str> = base.iter().map(|key| key.text.as_str()).collect();
    let parameters = Parameters::read(&call.query);
    let received_at = gateway.foundation().wall.now();
    let input = VerifyInput {
        body: &call.body,
        presented: parameters.presented(),
        now_ms: received_at.as_millis(),
        settings: gateway.settings().verify,
    };
    let desk = Desk { gateway, call, nonce: input.presented.nonce.unwrap_or_default(), received_at };
    match verify_any(&texts, &input) {
        Ok(found) => desk.take(base[found.key_index]).await,
        Err(refusal) => desk.refuse_unsigned(&refusal, base.first().copied()).await,
    }
}

/// One call whose merchant is known.
struct Desk<'a> {
    gateway: &'a Gateway,
    call: &'a Call,
    nonce: &'a str,
    /// Before anything it causes, so that a timeline tells cause before effect.
    received_at: Instant,
}

impl Desk<'_> {
    /// A call that is properly signed.
    async fn take(&self, key: &OpenedKey) -> Result<Reply, GatewayError> {
        let request = match Request::parse(&self.call.body) {
            Ok(request) => request,
            Err(refusal) => {
                let form = self.gateway.settings().text_form;
                let rendered = refuse(refusal.result_code(), Some(refusal.result_message()), form);
                let step = Step { refusal: refusal.code(), detail: Some(refusal.wording()), ..Step::refused(rendered) };
                return match self.commit(&step, Batch::new(), key).await {
                    Ok(()) => Ok(self.reply(step.rendered.body, Some(key))),
                    Err(DbError::Conflict { statement: 0 }) => {
                        self.refuse_unsigned(&Refusal::ReplayedNonce, Some(key)).await
                    }
                    Err(error) => Err(error.into()),
                };
            }
        };
        // The app is asked once, outside every try.
        let permission = command::ask_permission(self.gateway, &self.call.merchant_id, &request).await?;
        for attempt in 0..TRIES {
            let mut step =
                command::decide(self.gateway, &self.call.merchant_id, &request, (&permission, attempt)).await?;
            let effects = std::mem::take(&mut step.effects);
            match self.commit(&step, effects, key).await {
                Ok(()) => return Ok(self.reply(step.rendered.body, Some(key))),
                Err(DbError::Conflict { statement: 0 }) => {
                    return self.refuse_unsigned(&Refusal::ReplayedNonce, Some(key)).await;
                }
                // Another call for the same instance was faster: decide on what stands now.
                Err(DbError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DbError::Unavailable("the same instance is being changed by too many calls".to_owned()).into())
    }

    /// Writes everything of a decided call in one batch: nonce, callback, instance, event.
    async fn commit(&self, step: &Step, effects: Batch, key: &OpenedKey) -> Result<(), DbError> {
        let now = self.gateway.foundation().wall.now();
        let mut batch = Batch::new();
        let memory = self.gateway.settings().nonce_memory;
        callback::remember_nonce(&mut batch, &self.call.merchant_id, (&key.key_id, self.nonce), now, memory);
        callback::insert(&mut batch, self.call, self.row(step, &key.key_id));
        batch.extend(effects);
        if key.claim_touch(now) {
            merchant_repo::touch_key(&mut batch, &self.call.merchant_id, &key.key_id, now);
        }
        self.gateway.db().apply(batch).await.map(drop)
    }

    /// A call that failed the check of its signature, timestamp or nonce. It changes nothing else.
    async fn refuse_unsigned(&self, refusal: &Refusal, key: Option<&OpenedKey>) -> Result<Reply, GatewayError> {
        let rendered = refuse(refusal.result_code(), None, self.gateway.settings().text_form);
        let step = Step { refusal: refusal.code(), detail: Some(refusal.wording()), ..Step::refused(rendered) };
        tracing::info!(merchant_id = self.call.merchant_id, refusal = refusal.code(), "a call was refused");
        // Anybody can send these: what the next pruning would remove is not written at all.
        if self.gateway.refusals().admits() {
            let mut batch = Batch::new();
            callback::insert(&mut batch, self.call, self.row(&step, ""));
            self.gateway.db().apply(batch).await?;
        }
        Ok(self.reply(step.rendered.body, key))
    }

    fn row<'s>(&self, step: &'s Step, key_id: &'s str) -> NewCallback<'s> {
        NewCallback {
            callback_id: self.gateway.entropy().id("cb", self.received_at),
            received_at: self.received_at,
            activity: step.activity,
            instance_id: &step.instance_id,
            order_id: &step.order_id,
            test: step.test,
            verdict: step.verdict,
            refusal: step.refusal,
            detail: step.detail.clone(),
            key_id,
            result_code: step.rendered.code.as_str(),
            answer: step.kept_answer(),
            state_before: step.state_before,
            state_after: step.state_after,
            event_id: &step.event_id,
            effect: step.effect.clone(),
        }
    }

    fn reply(&self, body: String, key: Option<&OpenedKey>) -> Reply {
        let signs = self.gateway.settings().body_sign;
        let body_sign = key.filter(|_| signs).map(|key| body_sign::header_value(&key.text, body.as_bytes()));
        Reply { status: StatusCode::OK, body, body_sign }
    }
}

/// The check of a stored call's signature, for the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignatureCheck {
    /// The key it was computed with.
    pub key_id: String,
    /// `raw` or `canonical`: the form of the body that fitted; empty when none did.
    pub matched: &'static str,
    /// Canonical string over the raw body, the key masked.
    pub canonical_string: String,
    /// The signature that string gives.
    pub expected_signature: String,
    /// The signature that came.
    pub presented_signature: String,
    /// The usual mistake that explains a wrong signature, in Chinese; empty when unknown.
    pub mistake_zh: String,
    /// The same in English.
    pub mistake_en: String,
}

/// Computes the signature of a stored call again, with the key that fitted or else the newest one.
pub(super) async fn check_again(
    gateway: &Gateway,
    merchant_id: &str,
    key_id: &str,
    (query, body): (&str, &[u8]),
    received_at: Instant,
) -> Result<Option<SignatureCheck>, GatewayError> {
    let Some(keys) = gateway.keyring().keys(gateway, merchant_id).await? else { return Ok(None) };
    let mut base = keys.iter().filter(|key| key.interface_type == InterfaceType::Base);
    let Some(key) = base.clone().find(|key| key.key_id == key_id).or_else(|| base.next()) else { return Ok(None) };
    let parameters = Parameters::read(query);
    let input = VerifyInput {
        body,
        presented: parameters.presented(),
        now_ms: received_at.as_millis(),
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
    Ok(Some(SignatureCheck {
        key_id: key.key_id.clone(),
        matched,
        canonical_string: signed.masked_canonical(),
        expected_signature: signed.signature.clone(),
        presented_signature: parameters.signature.as_deref().unwrap_or_default().to_owned(),
        mistake_zh: mistake.zh.into_owned(),
        mistake_en: mistake.en.into_owned(),
    }))
}
