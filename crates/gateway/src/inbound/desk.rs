//! The desk (前台): what every family has in common once a call stands at the production address. Which
//! keys may have signed it, one commit for everything it causes, a signed answer.

use std::sync::Arc;

use axum::http::StatusCode;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, DbError};
use mercer_protocol::{ResultCode, Wording, body_sign};

use super::answer::refuse;
use super::callback::{self, NewCallback};
use super::kept::Kept;
use super::step::{Rendered, Step};
use super::{Call, Family, Reply};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::{InterfaceType, OpenedKey, repo as merchant_repo};

/// Runs of one call when somebody else changes the same rows at the same time.
const TRIES: u32 = 10;

/// One call whose merchant is known.
pub(crate) struct Desk<'a> {
    pub(crate) gateway: &'a Gateway,
    pub(crate) call: &'a Call,
    pub(crate) family: Family,
    /// Before anything it causes, so that a timeline tells cause before effect.
    pub(crate) received_at: Instant,
    keys: Arc<Vec<OpenedKey>>,
    kept: Kept,
}

/// Why a call is refused before anything it says is believed.
#[derive(Debug, Clone)]
pub(crate) struct Objection {
    /// What is answered.
    pub(crate) result_code: ResultCode,
    /// `resultMsg`; none sends the code's own text.
    pub(crate) message: Option<String>,
    /// Stable code.
    pub(crate) code: &'static str,
    /// The same for people.
    pub(crate) wording: Wording,
}

/// What showed that a call is the store's.
#[derive(Clone, Copy)]
pub(crate) struct Proof<'k> {
    /// The key whose signature fitted.
    pub(crate) key: &'k OpenedKey,
    /// The nonce to remember, with the refusal of one that was seen before; none where the family has no nonce.
    pub(crate) nonce: Option<(&'k str, &'k Objection)>,
}

/// A call whose step is on disk.
pub(crate) struct Taken {
    pub(crate) callback_id: String,
    pub(crate) step: Step,
}

impl<'a> Desk<'a> {
    /// A desk for a call; none when there is no such merchant ([`unknown_merchant`] answers then).
    pub(crate) async fn open(
        gateway: &'a Gateway,
        call: &'a Call,
        family: Family,
    ) -> Result<Option<Self>, GatewayError> {
        let keys = gateway.keyring().keys(gateway, &call.merchant_id).await?;
        let received_at = gateway.foundation().wall.now();
        Ok(keys.map(|keys| Self { gateway, call, family, received_at, keys, kept: Kept::plain(call) }))
    }

    /// Replaces what is kept of the request, where the request itself holds personal data or secrets.
    #[must_use]
    pub(crate) fn keeping(self, kept: Kept) -> Self {
        Self { kept, ..self }
    }

    /// The valid keys this family's calls may be signed with, newest first.
    pub(crate) fn keys(&self) -> Vec<&OpenedKey> {
        self.keys_of(self.family.interface_type())
    }

    /// Every valid key of the merchant, for work that is done aside.
    pub(crate) fn all_keys(&self) -> Arc<Vec<OpenedKey>> {
        Arc::clone(&self.keys)
    }

    /// The valid keys of one interface type, newest first.
    pub(crate) fn keys_of(&self, interface_type: InterfaceType) -> Vec<&OpenedKey> {
        self.keys.iter().filter(|key| key.interface_type == interface_type).collect()
    }

    /// Decides and commits, afresh when somebody else was faster, and answers. `decide` gets the number of the
    /// try, from 0, and must read what it decides on.
    pub(crate) async fn serve<F, Fut>(&self, proof: &Proof<'_>, decide: F) -> Result<Reply, GatewayError>
    where
        F: Fn(u32) -> Fut,
        Fut: Future<Output = Result<Step, GatewayError>>,
    {
        Ok(match self.take(proof, decide).await? {
            Ok(taken) => self.reply(taken.step.rendered.body, Some(proof.key)),
            Err(refused) => refused,
        })
    }

    /// As [`Desk::serve`], for an adapter that does more before it answers; the error is the answer to a replay.
    pub(crate) async fn take<F, Fut>(&self, proof: &Proof<'_>, decide: F) -> Result<Result<Taken, Reply>, GatewayError>
    where
        F: Fn(u32) -> Fut,
        Fut: Future<Output = Result<Step, GatewayError>>,
    {
        for attempt in 0..TRIES {
            let mut step = decide(attempt).await?;
            let effects = std::mem::take(&mut step.effects);
            match (self.commit(&step, effects, proof).await, proof.nonce) {
                (Ok(callback_id), _) => return Ok(Ok(Taken { callback_id, step })),
                (Err(DbError::Conflict { statement: 0 }), Some((_, replayed))) => {
                    return self.object(replayed, Some(proof.key)).await.map(Err);
                }
                // Another call for the same thing was faster: decide on what stands now.
                (Err(DbError::Conflict { .. }), _) => {}
                (Err(error), _) => return Err(error.into()),
            }
        }
        Err(DbError::Unavailable("the same thing is being changed by too many calls".to_owned()).into())
    }

    /// Refuses a call that failed the check of its signature, timestamp or nonce. It changes nothing else.
    /// Without a key that fitted, the newest one signs the answer.
    pub(crate) async fn object(&self, objection: &Objection, key: Option<&OpenedKey>) -> Result<Reply, GatewayError> {
        let form = self.gateway.settings().text_form;
        let rendered = refuse(objection.result_code.clone(), objection.message.clone(), form);
        let step = Step { refusal: objection.code, detail: Some(objection.wording.clone()), ..Step::refused(rendered) };
        tracing::info!(
            merchant_id = self.call.merchant_id,
            family = self.family.as_str(),
            refusal = objection.code,
            "a call was refused"
        );
        // Anybody can send these: what the next pruning would remove is not written at all.
        if self.gateway.refusals().admits() {
            let mut batch = Batch::new();
            self.write_callback(&mut batch, &step, "")?;
            self.gateway.db().apply(batch).await?;
        }
        Ok(self.reply(step.rendered.body, key))
    }

    /// The answer, signed where the family signs its answers.
    pub(crate) fn reply(&self, body: String, key: Option<&OpenedKey>) -> Reply {
        let key = key.or_else(|| self.keys().first().copied());
        let signs = signs_answers(self.gateway, self.family);
        let body_sign = key.filter(|_| signs).map(|key| body_sign::header_value(&key.text, body.as_bytes()));
        Reply { status: StatusCode::OK, body, body_sign }
    }

    /// Writes everything of a decided call in one batch: nonce, callback, and what it changes.
    async fn commit(&self, step: &Step, effects: Batch, proof: &Proof<'_>) -> Result<String, DbError> {
        let now = self.gateway.foundation().wall.now();
        let merchant_id = &self.call.merchant_id;
        let mut batch = Batch::new();
        if let Some((nonce, _)) = proof.nonce {
            let memory = self.gateway.settings().nonce_memory;
            callback::remember_nonce(&mut batch, merchant_id, (&proof.key.key_id, nonce), now, memory);
        }
        let callback_id = self.write_callback(&mut batch, step, &proof.key.key_id)?;
        batch.extend(effects);
        let used = self.keys.iter().filter(|key| step.used_keys.contains(&key.key_id));
        for key in used.chain([proof.key]) {
            if key.claim_touch(now) {
                merchant_repo::touch_key(&mut batch, merchant_id, &key.key_id, now);
            }
        }
        self.gateway.db().apply(batch).await?;
        Ok(callback_id)
    }

    fn write_callback(&self, batch: &mut Batch, step: &Step, key_id: &str) -> Result<String, DbError> {
        let callback_id = self.gateway.entropy().id("cb", self.received_at);
        let merchant_id = &self.call.merchant_id;
        let kept = self.kept.row(self.gateway.vault(), (merchant_id, &callback_id), step.verdict)?;
        let new = NewCallback { callback_id: &callback_id, received_at: self.received_at, key_id, kept };
        callback::insert(batch, (merchant_id, self.family), step, new);
        Ok(callback_id)
    }
}

/// The answer to a call for a merchant that does not exist. Nobody's inbox to put it into: the log is the
/// only place, and there is no key to sign with.
pub(crate) fn unknown_merchant(gateway: &Gateway, call: &Call) -> Reply {
    tracing::warn!(merchant_id = call.merchant_id, "a call names a merchant that does not exist");
    let rendered = refuse(ResultCode::AuthenticationFailed, None, gateway.settings().text_form);
    Reply { status: StatusCode::OK, body: rendered.body, body_sign: None }
}

/// The answer to a call that could not be recorded: never a success. Signed, where a key is at hand.
pub(crate) async fn unavailable(gateway: &Gateway, call: &Call, family: Family, error: &GatewayError) -> Reply {
    tracing::error!(merchant_id = call.merchant_id, %error, "a call could not be recorded and was refused");
    let Rendered { body, .. } = refuse(ResultCode::OtherError, None, gateway.settings().text_form);
    let keys = gateway.keyring().keys(gateway, &call.merchant_id).await.ok().flatten();
    let newest = keys.iter().flat_map(|keys| keys.iter()).find(|key| key.interface_type == family.interface_type());
    let body_sign = newest
        .filter(|_| signs_answers(gateway, family))
        .map(|key| body_sign::header_value(&key.text, body.as_bytes()));
    Reply { status: StatusCode::SERVICE_UNAVAILABLE, body, body_sign }
}

/// V1.0 demands a signed answer (Source: SaaS V1.0 §2.3); elsewhere it is a setting.
fn signs_answers(gateway: &Gateway, family: Family) -> bool {
    match family {
        Family::SaasV1 | Family::KitV1 => true,
        Family::SaasV2 | Family::OrderNotification => gateway.settings().body_sign,
        Family::KitV2 => gateway.settings().kit_v2_body_sign,
    }
}
