//! One call of a message: finds the address, has the family write and sign the request, sends it, has the
//! answer read. The network and nothing else; no word of a protocol version stands here.

use mercer_kernel::http::{FailureReason, Request as HttpRequest};
use mercer_protocol::saas_v2::redacted;

use super::families;
use super::judge::{Judged, Question, judge};
use crate::Core;
use crate::catalog;
use crate::error::{Answer, StoreError};
use crate::merchant::{self, InterfaceType, ProductionAddress};
use crate::message::Message;
use crate::refusal::Refusal;

/// Longest text of a request or answer that is kept, in characters.
const KEPT_CHARACTERS: usize = 16_384;

/// A signed request, ready to be sent once.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    /// The request.
    pub(crate) request: HttpRequest,
    /// The request for people: no secrets, no personal data.
    pub(crate) shown: String,
    /// The key that signed it; the answer is signed with the same one.
    pub(crate) access_key: String,
}

/// A call that was made, or could not be.
#[derive(Debug, Clone)]
pub(crate) struct Called {
    /// What it means.
    pub(super) judged: Judged,
    /// The request as sent, for people.
    pub(super) request: String,
    /// The answer as received, redacted, for people.
    pub(super) answer: String,
    /// The answer's bytes, for somebody who waits; never stored.
    pub(super) body: bytes::Bytes,
    /// The key that signed the call, for somebody who waits; never stored.
    pub(super) access_key: String,
}

impl Called {
    pub(super) fn not_made(reason: FailureReason, detail: impl Into<String>) -> Self {
        Self {
            judged: Judged::failed(reason, detail),
            request: String::new(),
            answer: String::new(),
            body: bytes::Bytes::new(),
            access_key: String::new(),
        }
    }
}

/// Calls the merchant for a message.
pub(super) async fn call(core: &Core, message: &Message) -> Called {
    match prepare(core, message).await {
        Ok(prepared) => send(core, message, prepared).await,
        Err(StoreError::Refused(refusal)) if refusal.code == ADDRESS_REFUSED => {
            Called::not_made(FailureReason::AddressRefused, refusal.en)
        }
        Err(StoreError::Refused(refusal)) => Called::not_made(FailureReason::NotConfigured, refusal.en),
        Err(error) => {
            tracing::error!(message_id = %message.message_id, %error, "a call could not be prepared");
            Called::not_made(FailureReason::Other, "the call could not be prepared; the store's log has the details")
        }
    }
}

/// Code of the refusal of an address that this site does not call.
const ADDRESS_REFUSED: &str = "callback.address";

async fn prepare(core: &Core, message: &Message) -> Answer<Prepared> {
    let address = address(core, message).await?;
    if let Some(fault) = core.policies.transport().refusal(&address.url) {
        return Err(Refusal::conflict(ADDRESS_REFUSED, fault.zh, fault.en).into());
    }
    families::prepare(core, message, &address.url).await
}

/// Where a message goes: the address it names, else that of its product.
async fn address(core: &Core, message: &Message) -> Answer<ProductionAddress> {
    let address_id = match &message.address_id {
        Some(address_id) => address_id.clone(),
        None => {
            let product = catalog::product(core, &message.product_code).await?;
            product.ok_or_else(|| not_configured("the product is gone"))?.address_id
        }
    };
    let found = merchant::address(&core.foundation, &message.merchant_id, &address_id).await?;
    Ok(found.ok_or_else(|| not_configured("there is no such production address"))?)
}

/// The key that signs a merchant's calls of one kind.
///
/// # Errors
/// When the merchant has none.
pub(super) async fn signing_key(core: &Core, message: &Message, kind: InterfaceType) -> Answer<String> {
    let key = merchant::signing_key(&core.foundation, &message.merchant_id, kind).await?;
    let missing = || not_configured(&format!("the merchant has no valid access key of type '{}'", kind.code()));
    Ok(key.ok_or_else(missing)?.text)
}

/// The refusal of a call for which something is missing.
pub(super) fn not_configured(en: &str) -> Refusal {
    Refusal::conflict("callback.not_configured", "", en)
}

async fn send(core: &Core, message: &Message, prepared: Prepared) -> Called {
    let result = core.foundation.outbound.send(prepared.request).await;
    let question = Question {
        interface: message.interface,
        policy: core.policies.of(message.interface),
        instance_id: message.instance_id.as_deref().unwrap_or_default(),
        access_key: &prepared.access_key,
    };
    let judged = judge(question, &result);
    let answer = result.as_ref().map(|answer| {
        let content_type = answer.header("content-type").unwrap_or("(none)");
        format!("HTTP {}\ncontent-type: {content_type}\n\n{}", answer.status, redacted(&answer.body))
    });
    Called {
        judged,
        request: kept(&prepared.shown),
        answer: kept(&answer.unwrap_or_default()),
        body: result.map(|answer| answer.body).unwrap_or_default(),
        access_key: prepared.access_key,
    }
}

fn kept(text: &str) -> String {
    text.chars().take(KEPT_CHARACTERS).collect()
}
