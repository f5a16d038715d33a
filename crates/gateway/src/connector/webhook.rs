//! Webhook connector: posts a CloudEvent to the app, signed as Standard Webhooks.
//!
//! The app answers 200 with its information, 202 to complete later by the management API, 200 or 204
//! to events that need no information, 410 or 422 with `{"error":{"message":…}}` to refuse for good.
//! Everything else is tried again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mercer_kernel::entropy::Entropy;
use mercer_kernel::http::{Answer, FailureReason, Request};
use mercer_kernel::outbox::AttemptRecord;
use mercer_kernel::vault::mask;
use serde_json::Value as Json;
use sha2::Sha256;

use super::{Delivered, Parcel, Reaction};
use crate::error::FieldFault;
use crate::event::redact;
use crate::gateway::Gateway;
use crate::instance::{check_app_info, has_address};
use mercer_protocol::saas_v2::AppInfo;

/// Prefix of a Standard Webhooks secret.
const SECRET_PREFIX: &str = "whsec_";
/// Longest part of an answer that is kept for people.
const KEPT_ANSWER: usize = 4_096;
/// Longest reason of a refusal: it becomes `resultMsg` (Source: SaaS V2.0 §3.1).
const LONGEST_REASON: usize = 255;

/// Where a webhook goes.
pub(super) struct Target<'a> {
    pub(super) url: &'a str,
    pub(super) secret: &'a str,
    pub(super) timeout_ms: u64,
}

/// The `webhook-signature` of a message: `v1,` and Base64 of HMAC-SHA256 over `id.timestamp.body`.
///
/// None when `secret` is not `whsec_` and Base64.
#[must_use]
pub fn sign(secret: &str, id: &str, timestamp_seconds: i64, body: &[u8]) -> Option<String> {
    let key = BASE64.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp_seconds}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
}

/// A new secret of 32 bytes.
pub(super) fn new_secret(entropy: &Entropy) -> String {
    format!("{SECRET_PREFIX}{}", BASE64.encode(entropy.bytes::<32>()))
}

/// A secret given by a person must hold 24 to 64 bytes, as Standard Webhooks asks.
pub(super) fn check_secret(secret: &str) -> Result<(), FieldFault> {
    let bytes = secret.strip_prefix(SECRET_PREFIX).and_then(|text| BASE64.decode(text).ok());
    if bytes.is_some_and(|bytes| (24..=64).contains(&bytes.len())) {
        return Ok(());
    }
    Err(FieldFault::new("secret", "whsec_ and the Base64 of 24 to 64 bytes", "whsec_ 加 24 到 64 字节的 Base64"))
}

/// Posts one event.
pub(super) async fn deliver(gateway: &Gateway, target: &Target<'_>, parcel: &Parcel<'_>) -> Delivered {
    let body = parcel.event.to_string();
    let timestamp = gateway.foundation().wall.now().as_millis() / 1_000;
    let Some(signature) = sign(target.secret, parcel.id, timestamp, body.as_bytes()) else {
        return Delivered::failed(FailureReason::NotConfigured, "the connector has no valid webhook secret");
    };
    let mut request = Request::post_json(target.url.to_owned(), body, target.timeout_ms)
        .header("webhook-id", parcel.id)
        .header("webhook-timestamp", timestamp.to_string())
        .header("webhook-signature", signature);
    for (name, value) in &mut request.headers {
        if name == "Content-Type" {
            "application/cloudevents+json; charset=utf-8".clone_into(value);
        }
    }
    let shown = format!(
        "POST {}\nwebhook-id: {}\nwebhook-timestamp: {timestamp}\n\n{}",
        target.url,
        parcel.id,
        redact(parcel.event)
    );
    match gateway.foundation().outbound.send(request).await {
        Ok(answer) => {
            let (reaction, detail) = read(&answer, parcel.opens);
            let record = AttemptRecord {
                request: shown,
                answer: shown_answer(&answer),
                http_status: Some(answer.status),
                result_code: None,
                detail,
            };
            Delivered { reaction, record }
        }
        Err(failure) => {
            let record = AttemptRecord { request: shown, detail: failure.detail, ..AttemptRecord::default() };
            Delivered { reaction: Reaction::Retry(failure.reason), record }
        }
    }
}

fn read(answer: &Answer, opens: bool) -> (Reaction, String) {
    let json = || serde_json::from_slice::<Json>(&answer.body).ok();
    match answer.status {
        202 if opens => (Reaction::Later, "the app completes later by the management API".to_owned()),
        200 | 201 | 202 | 204 => read_success(answer, opens),
        410 => (Reaction::Refused(reason(json().as_ref(), "the app answered 410 Gone")), String::new()),
        422 if json().is_some_and(|json| json.get("error").is_some()) => {
            (Reaction::Refused(reason(json().as_ref(), "the app refused")), String::new())
        }
        status => (Reaction::Retry(FailureReason::HttpStatus), format!("the app answered with HTTP {status}")),
    }
}

fn read_success(answer: &Answer, opens: bool) -> (Reaction, String) {
    let info = if answer.body.is_empty() { None } else { serde_json::from_slice::<AppInfo>(&answer.body).ok() };
    let info = info.filter(|info| opens || has_address(info));
    match info.map(|info| (check_app_info(&info), info)) {
        Some((Ok(()), info)) => (Reaction::Opened(info), String::new()),
        Some((Err(fault), _)) => (Reaction::Retry(FailureReason::MissingField), fault.to_string()),
        None if !opens => (Reaction::Done, String::new()),
        None if answer.body.is_empty() => (
            Reaction::Retry(FailureReason::MissingField),
            "frontEndUrl is missing; answer 202 to complete later by the management API".to_owned(),
        ),
        None => (
            Reaction::Retry(FailureReason::UnreadableBody),
            "the answer is not the JSON of the app information".to_owned(),
        ),
    }
}

fn reason(json: Option<&Json>, otherwise: &str) -> String {
    let error = json.and_then(|json| json.get("error"));
    let text = error.and_then(|error| error.get("message").unwrap_or(error).as_str()).unwrap_or(otherwise);
    text.chars().take(LONGEST_REASON).collect()
}

fn shown_answer(answer: &Answer) -> String {
    let Ok(mut json) = serde_json::from_slice::<Json>(&answer.body) else {
        return String::from_utf8_lossy(&answer.body).chars().take(KEPT_ANSWER).collect();
    };
    for secret in ["password", "userName"] {
        if let Some(Json::String(text)) = json.get_mut(secret) {
            *text = mask(text);
        }
    }
    json.to_string().chars().take(KEPT_ANSWER).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: http::HeaderMap::new(), body: body.to_owned().into() }
    }

    #[test]
    fn the_signature_is_the_one_of_the_standard() {
        // The example of the Standard Webhooks specification.
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn answers_of_the_app_are_told_apart() {
        let info = r#"{"frontEndUrl":"https://a.example.com","password":"p"}"#;
        assert!(matches!(read(&answer(200, info), true).0, Reaction::Opened(_)));
        assert_eq!(read(&answer(202, ""), true).0, Reaction::Later);
        assert_eq!(read(&answer(204, ""), false).0, Reaction::Done);
        assert_eq!(read(&answer(200, "ok"), false).0, Reaction::Done);
        assert_eq!(read(&answer(200, ""), true).0, Reaction::Retry(FailureReason::MissingField));
        assert_eq!(read(&answer(200, "ok"), true).0, Reaction::Retry(FailureReason::UnreadableBody));
        assert_eq!(read(&answer(503, ""), true).0, Reaction::Retry(FailureReason::HttpStatus));
        let refusal = r#"{"error":{"message":"no seats left"}}"#;
        assert_eq!(read(&answer(422, refusal), true).0, Reaction::Refused("no seats left".to_owned()));
        assert_eq!(read(&answer(422, "{}"), true).0, Reaction::Retry(FailureReason::HttpStatus));
    }

    #[test]
    fn the_password_of_an_answer_is_not_kept() {
        let shown =
            shown_answer(&answer(200, r#"{"frontEndUrl":"https://a.example.com","password":"secret-password-1"}"#));
        assert!(!shown.contains("secret-password-1"));
    }
}
