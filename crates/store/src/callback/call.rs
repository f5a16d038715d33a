//! One call of a message: builds the request, signs it, posts it, reads the answer. The network and nothing else.

use mercer_kernel::http::{FailureReason, Request as HttpRequest};
use mercer_protocol::saas_v2::{REQUEST_HEADERS, Request, redacted, signature};

use super::judge::{Asked, Judged, judge};
use crate::Core;
use crate::catalog;
use crate::error::{Answer, StoreError};
use crate::merchant::{self, InterfaceType};
use crate::message::Message;

/// Longest text of a request or answer that is kept, in characters.
const KEPT_CHARACTERS: usize = 16_384;
/// Length of the nonce. Source: SaaS V2.0 §2.3.
const NONCE_CHARACTERS: usize = 64;

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
}

impl Called {
    fn not_made(reason: FailureReason, detail: impl Into<String>) -> Self {
        Self {
            judged: Judged::failed(reason, detail),
            request: String::new(),
            answer: String::new(),
            body: bytes::Bytes::new(),
        }
    }
}

/// Calls the merchant for a message.
pub(super) async fn call(core: &Core, message: &Message) -> Called {
    match prepare(core, message).await {
        Ok(prepared) => post(core, message, prepared).await,
        Err(StoreError::Refused(refusal)) => Called::not_made(FailureReason::NotConfigured, refusal.en),
        Err(error) => {
            tracing::error!(message_id = %message.message_id, %error, "a call could not be prepared");
            Called::not_made(FailureReason::Other, "the call could not be prepared; the store's log has the details")
        }
    }
}

struct Prepared {
    url: String,
    access_key: String,
    body: String,
}

async fn prepare(core: &Core, message: &Message) -> Answer<Prepared> {
    let missing = |en: &str| crate::refusal::Refusal::conflict("callback.not_configured", "", en);
    let foundation = &core.foundation;
    let product = catalog::product(core, &message.product_code).await?.ok_or_else(|| missing("the product is gone"))?;
    let address = merchant::address(foundation, &product.merchant_id, &product.address_id)
        .await?
        .ok_or_else(|| missing("the product has no production address"))?;
    let key = merchant::signing_key(foundation, &product.merchant_id, InterfaceType::Base)
        .await?
        .ok_or_else(|| missing("the merchant has no access key for base interfaces"))?;
    let request = Request::parse(message.body.as_bytes()).map_err(|refusal| StoreError::Broken(refusal.to_string()))?;
    Ok(Prepared { url: address.url, access_key: key.text, body: with_new_business_id(core, request).to_body() })
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

async fn post(core: &Core, message: &Message, prepared: Prepared) -> Called {
    let transport = core.policies.transport();
    if let Some(fault) = transport.refusal(&prepared.url) {
        return Called::not_made(FailureReason::AddressRefused, fault.en);
    }
    // The wall clock: a virtual store is still accepted by any merchant whose clock is right.
    let timestamp = core.foundation.wall.now().as_millis().to_string();
    let nonce = core.foundation.entropy.hex_upper(NONCE_CHARACTERS);
    let signed = signature::sign(&prepared.access_key, prepared.body.as_bytes(), &timestamp, &nonce);
    let joint = if prepared.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{joint}signature={}&timestamp={timestamp}&nonce={nonce}", prepared.url, signed.signature);
    let mut request = HttpRequest::post_json(url.clone(), prepared.body.clone(), transport.timeout_ms());
    request.headers = REQUEST_HEADERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let result = core.foundation.outbound.send(request).await;
    let asked = Asked {
        interface: message.interface,
        policy: core.policies.of(message.interface),
        instance_id: message.instance_id.as_deref().unwrap_or_default(),
        access_key: &prepared.access_key,
    };
    let judged = judge(asked, &result);
    let answer = result.as_ref().map(|answer| {
        let content_type = answer.header("content-type").unwrap_or("(none)");
        format!("HTTP {}\ncontent-type: {content_type}\n\n{}", answer.status, redacted(&answer.body))
    });
    Called {
        judged,
        request: kept(&format!("POST {url}\n\n{}", prepared.body)),
        answer: kept(&answer.unwrap_or_default()),
        body: result.map(|answer| answer.body).unwrap_or_default(),
    }
}

fn kept(text: &str) -> String {
    text.chars().take(KEPT_CHARACTERS).collect()
}
