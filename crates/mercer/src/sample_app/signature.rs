//! Checks that a webhook comes from the gateway: Standard Webhooks, as any app in any language does it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use mercer_kernel::clock::Instant;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// How far the timestamp may be from now.
const TOLERANCE_SECONDS: i64 = 300;

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// One of the three headers is missing or unreadable.
    MissingHeader,
    /// Too old or too far ahead.
    StaleTimestamp,
    /// No signature of the list fits.
    WrongSignature,
}

impl Refusal {
    /// The name in the answer.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::MissingHeader => "webhook.header_missing",
            Self::StaleTimestamp => "webhook.timestamp_stale",
            Self::WrongSignature => "webhook.signature_wrong",
        }
    }
}

/// Checks headers and body; the id of the event when all is well.
///
/// # Errors
/// The first check that fails.
pub(crate) fn verify<'a>(secret: &str, headers: &'a HeaderMap, body: &[u8], now: Instant) -> Result<&'a str, Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(Refusal::MissingHeader);
    let (id, timestamp, signatures) =
        (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
    let seconds: i64 = timestamp.parse().map_err(|_| Refusal::MissingHeader)?;
    if seconds.abs_diff(now.as_millis() / 1_000) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(Refusal::StaleTimestamp);
    }
    let key = secret.strip_prefix("whsec_").and_then(|text| BASE64.decode(text).ok()).unwrap_or_default();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    let expected = mac.finalize().into_bytes();
    // A rotation sends several signatures; one that fits is enough.
    let fits = |signature: &str| {
        let presented = signature.strip_prefix("v1,").and_then(|text| BASE64.decode(text).ok()).unwrap_or_default();
        bool::from(presented.as_slice().ct_eq(expected.as_slice()))
    };
    if !key.is_empty() && signatures.split(' ').any(fits) { Ok(id) } else { Err(Refusal::WrongSignature) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn headers(signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek".parse().unwrap());
        headers.insert("webhook-timestamp", "1614265330".parse().unwrap());
        headers.insert("webhook-signature", signature.parse().unwrap());
        headers
    }

    #[test]
    fn the_example_of_the_standard_is_accepted_inside_the_window_only() {
        let good = headers("v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let at = |seconds: i64| verify(SECRET, &good, BODY, Instant::from_millis(seconds * 1_000));
        assert_eq!(at(1_614_265_330), Ok("msg_p5jXN8AQM9LWM0D4loKWxJek"));
        assert!(at(1_614_265_630).is_ok());
        assert_eq!(at(1_614_265_631), Err(Refusal::StaleTimestamp));
    }

    #[test]
    fn a_changed_body_another_secret_and_a_missing_header_are_refused() {
        let now = Instant::from_millis(1_614_265_330_000);
        let good = headers("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(verify(SECRET, &good, b"{}", now), Err(Refusal::WrongSignature));
        assert_eq!(verify("whsec_", &good, BODY, now), Err(Refusal::WrongSignature));
        assert_eq!(verify(SECRET, &HeaderMap::new(), BODY, now), Err(Refusal::MissingHeader));
    }
}
