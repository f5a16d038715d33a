//! SaaS V1.0: a signed GET whose parameters carry everything, and an answer that must be signed.
//! Source: SaaS V1.0 chapters 2 and 3.

mod answer;
mod bodies;
mod personal;

pub(super) use answer::judge;
pub(in crate::callback) use answer::{instance_info, usage};
pub(crate) use bodies::check_extend_params;
pub(in crate::callback) use bodies::{
    expire_instance, new_instance, query_instance, refresh_instance, release_instance, status, upgrade,
};

use mercer_kernel::http::Request as HttpRequest;
use mercer_protocol::saas_v1::{Parameters, auth_token, redacted_query};
use mercer_protocol::time::CompactTime;
use serde_json::{Map, Value};

use super::super::Interface;
use super::super::call::{Prepared, signing_key};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::merchant::InterfaceType;
use crate::message::Message;

/// Parameter with the time of the call. Source: SaaS V1.0 §2.2.
const TIME_STAMP: &str = "timeStamp";
/// Parameter that differs on every request, repeated ones included. Source: SaaS V1.0 §3.1 row 10.
const BUSINESS_ID: &str = "businessId";

/// Writes and signs one call: the stored parameters, and what is new on each attempt.
pub(super) async fn prepare(core: &Core, message: &Message, url: &str) -> Answer<Prepared> {
    let access_key = signing_key(core, message, InterfaceType::SaasV1).await?;
    let mut parameters = stored(message)?;
    let foundation = &core.foundation;
    if is_new_instance(message.interface) {
        personal::fill_in(core, message, &access_key, &mut parameters).await?;
        parameters.set(BUSINESS_ID, foundation.entropy.uuid(foundation.clock.now()));
    }
    // The wall clock: a virtual store is still accepted by any merchant whose clock is right.
    parameters.set(TIME_STAMP, CompactTime::milliseconds(foundation.wall.now().to_jiff()).to_string());
    let query = auth_token::signed_query(&access_key, &parameters);
    let joint = if url.contains('?') { '&' } else { '?' };
    Ok(Prepared {
        shown: format!("GET {url}{joint}{}", redacted_query(&query)),
        request: HttpRequest::get(format!("{url}{joint}{query}"), core.policies.transport().timeout_ms())
            .header("Accept", "application/json"),
        access_key,
    })
}

fn is_new_instance(interface: Interface) -> bool {
    matches!(interface, Interface::V1NewInstance | Interface::V1View | Interface::V1Acceptance)
}

/// The parameters of a message as they were stored.
fn stored(message: &Message) -> Answer<Parameters> {
    let members: Map<String, Value> = serde_json::from_str(&message.body)
        .map_err(|reason| StoreError::Broken(format!("message {}: {reason}", message.message_id)))?;
    let mut parameters = Parameters::new();
    for (name, value) in members {
        parameters.set(&name, value.as_str().unwrap_or_default());
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests;
