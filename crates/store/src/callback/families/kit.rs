//! The joint-operation kit (联营kit), V2.0 and V1.0: POSTs below the production address, signed in headers. What
//! follows from an answer is a matter of the binding. Source: kit chapters 2 and 3.

use mercer_kernel::db::Batch;
use mercer_kernel::http::{Answer as HttpAnswer, FailureReason, Request as HttpRequest};
use mercer_protocol::body_sign;
use mercer_protocol::kit::client_secret::{self, PublicKey};
use mercer_protocol::kit::{self, Request, Version, auth_token, x_sign};

use super::super::call::{Prepared, not_configured, signing_key};
use super::super::judge::{Judged, Question, Verdict, by_code, remark, with_code};
use super::super::{Family, Interface};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::{self, application, binding};
use crate::merchant::InterfaceType;
use crate::message::Message;

/// Length of the nonce, as for the base interfaces. Source: kit D3.
const NONCE_CHARACTERS: usize = 64;

/// Writes and signs one call: signature, nonce and the encrypted client secret are new on each attempt.
pub(super) async fn prepare(core: &Core, message: &Message, url: &str) -> Answer<Prepared> {
    let (version, interface) = call_of(message.interface)?;
    let kind = match version {
        Version::V2 => InterfaceType::Kit,
        Version::V1 => InterfaceType::SaasV1,
    };
    let access_key = signing_key(core, message, kind).await?;
    let stored = Request::parse(interface, message.body.as_bytes());
    let request = stored.map_err(|refusal| StoreError::Broken(refusal.to_string()))?;
    let body = with_client_secret(core, message, request).await?.to_body(version);
    let signature = match version {
        Version::V2 => x_headers(core, &access_key, &body),
        Version::V1 => vec![(auth_token::HEADER_NAME.to_owned(), token(&access_key, &body)?)],
    };
    let url = below(url, interface.path(version));
    let lines: String = signature.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let shown = format!("POST {url}\n{lines}\n{}", kit::redacted(body.as_bytes()));
    let mut request = HttpRequest::post_json(url, body, core.policies.transport().timeout_ms());
    request.headers.extend(signature);
    Ok(Prepared { request, shown, access_key })
}

/// Reads an answer: `000000` or failed. V1.0 demands a signed answer; in V2.0 a wrong signature is a remark. D4.
pub(super) fn judge(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    let mut judged = with_code(answer, |code| Judged::plain(by_code(question.policy, code)));
    let sign = body_sign::verify(question.access_key, &answer.body, answer.header(body_sign::HEADER_NAME));
    match (question.interface.family(), sign) {
        (_, body_sign::Verdict::Valid) | (Family::KitV2, body_sign::Verdict::Absent) => judged,
        (Family::KitV1, _) if matches!(judged.verdict, Verdict::Failed(_)) => judged,
        (Family::KitV1, wrong) => {
            let unsigned = Judged::failed(FailureReason::Refused, wrong.wording().en);
            Judged { result_code: judged.result_code, ..unsigned }
        }
        (_, wrong) => {
            remark(&mut judged.warning, &wrong.wording().en);
            judged
        }
    }
}

/// Adds what follows from success: the next step of the binding.
pub(super) async fn succeeded(core: &Core, batch: &mut Batch, message: &Message) -> Answer<()> {
    identity::succeeded(core, batch, message).await
}

/// Adds what follows when the series is given up: the binding waits for somebody.
pub(super) async fn exhausted(core: &Core, batch: &mut Batch, message: &Message) -> Answer<()> {
    identity::given_up(core, batch, message).await
}

/// The sub-path goes behind the whole address, its own path included; a query stays at the end. Source: kit §1.2.
fn below(address: &str, sub_path: &str) -> String {
    match address.split_once('?') {
        Some((address, query)) => format!("{}{sub_path}?{query}", address.trim_end_matches('/')),
        None => format!("{}{sub_path}", address.trim_end_matches('/')),
    }
}

/// Version and call of a row of the retry table.
fn call_of(interface: Interface) -> Answer<(Version, kit::Interface)> {
    Ok(match interface {
        Interface::KitV2TenantSync => (Version::V2, kit::Interface::TenantSync),
        Interface::KitV2ApplicationSync => (Version::V2, kit::Interface::ApplicationSync),
        Interface::KitV2AuthSync => (Version::V2, kit::Interface::AuthSync),
        Interface::KitV2SingleOrgSync => (Version::V2, kit::Interface::SingleOrgSync),
        Interface::KitV2AllOrgSync => (Version::V2, kit::Interface::AllOrgSync),
        Interface::KitV1TenantSync => (Version::V1, kit::Interface::TenantSync),
        Interface::KitV1ApplicationSync => (Version::V1, kit::Interface::ApplicationSync),
        Interface::KitV1AuthSync => (Version::V1, kit::Interface::AuthSync),
        Interface::KitV1SingleOrgSync => (Version::V1, kit::Interface::SingleOrgSync),
        Interface::KitV1AllOrgSync => (Version::V1, kit::Interface::AllOrgSync),
        other => return Err(StoreError::Broken(format!("{} is no call of the kit", other.code()))),
    })
}

/// The secret of the client, encrypted for the application at the time of the call; it is never stored so.
async fn with_client_secret(core: &Core, message: &Message, request: Request) -> Answer<Request> {
    let Request::ApplicationSync(mut sync) = request else { return Ok(request) };
    let application = application::known(core, &sync.app_id).await?;
    let client = binding::client(core, &sync.tenant_id, &sync.app_id).await?;
    let client = client.ok_or_else(|| not_configured("the enterprise has no client of the application"))?;
    let secret = binding::open_secret(core, &client)?;
    let unusable = |why: String| not_configured(&format!("the application's public key cannot be used: {why}"));
    let key =
        PublicKey::parse(&application.public_key).map_err(|refusal| unusable(refusal.wording().en.into_owned()))?;
    let chance = &mut |target: &mut [u8]| core.foundation.entropy.fill(target);
    let encrypted = client_secret::encrypt(&key, &secret, core.settings.kit.padding, chance);
    sync.client_secret = encrypted.map_err(|failure| {
        tracing::error!(message_id = %message.message_id, "a client secret does not fit the application's key");
        unusable(failure.to_string())
    })?;
    Ok(Request::ApplicationSync(sync))
}

/// The three headers of V2.0, with the wall clock's time.
fn x_headers(core: &Core, access_key: &str, body: &str) -> Vec<(String, String)> {
    let timestamp = core.foundation.wall.now().as_millis().to_string();
    let nonce = core.foundation.entropy.hex_upper(NONCE_CHARACTERS);
    let signed = x_sign::sign(access_key, core.settings.kit.sign_form, body.as_bytes(), &timestamp, &nonce);
    vec![
        (x_sign::HEADER_SIGN.to_owned(), signed.signature),
        (x_sign::HEADER_TIMESTAMP.to_owned(), timestamp),
        (x_sign::HEADER_NONCE.to_owned(), nonce),
    ]
}

/// The one header of V1.0.
fn token(key: &str, body: &str) -> Answer<String> {
    let signed = auth_token::sign(key, body.as_bytes());
    Ok(signed.map_err(|refusal| StoreError::Broken(refusal.wording().en.into_owned()))?.auth_token)
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn the_sub_path_follows_the_whole_address() {
        let cases = [
            ("https://isv.example.com", "https://isv.example.com/produceAPI/v2/tenantSync"),
            ("https://isv.example.com/", "https://isv.example.com/produceAPI/v2/tenantSync"),
            ("https://isv.example.com/api/saas", "https://isv.example.com/api/saas/produceAPI/v2/tenantSync"),
            ("https://isv.example.com/p?shop=1", "https://isv.example.com/p/produceAPI/v2/tenantSync?shop=1"),
        ];
        for (address, expected) in cases {
            assert_eq!(below(address, "/produceAPI/v2/tenantSync"), expected);
        }
    }
}
