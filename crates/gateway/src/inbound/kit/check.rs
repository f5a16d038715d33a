//! The signature of a stored kit call, computed again for the console.

use mercer_protocol::Wording;
use mercer_protocol::kit::diagnosis::{AuthTokenMistake, XSignMistake, diagnose_auth_token, diagnose_x_sign};
use mercer_protocol::kit::{Version, auth_token, x_sign};
use mercer_protocol::saas_v2::signature::Matched;

use super::super::check::{SignatureCheck, StoredCall};
use crate::gateway::Gateway;
use crate::merchant::OpenedKey;

/// Computes the signature again; none when the request is not kept whole.
pub(in crate::inbound) fn check(
    gateway: &Gateway,
    key: &OpenedKey,
    (version, call): (Version, &StoredCall<'_>),
) -> Option<SignatureCheck> {
    if call.headers.is_empty() {
        return None;
    }
    match version {
        Version::V2 => Some(v2(gateway, key, call)),
        Version::V1 => v1(gateway, key, call),
    }
}

fn v2(gateway: &Gateway, key: &OpenedKey, call: &StoredCall<'_>) -> SignatureCheck {
    let presented = x_sign::Presented {
        sign: header(call.headers, x_sign::HEADER_SIGN),
        timestamp: header(call.headers, x_sign::HEADER_TIMESTAMP),
        nonce: header(call.headers, x_sign::HEADER_NONCE),
    };
    let presented_signature = presented.sign.unwrap_or_default().to_owned();
    let input = x_sign::VerifyInput {
        body: call.body,
        presented,
        now_ms: call.received_at.as_millis(),
        settings: gateway.settings().verify,
    };
    let diagnosis = diagnose_x_sign(&key.text, &input);
    let (matched, signed) = match diagnosis.outcome {
        Ok((x_sign::Form::Direct, Matched::Raw)) => ("direct", &diagnosis.direct),
        Ok((x_sign::Form::Prehash, Matched::Raw)) => ("prehash", &diagnosis.prehash),
        Ok((x_sign::Form::Direct, Matched::Canonical)) => {
            ("direct_canonical", diagnosis.canonical_direct.as_ref().unwrap_or(&diagnosis.direct))
        }
        Ok((x_sign::Form::Prehash, Matched::Canonical)) => {
            ("prehash_canonical", diagnosis.canonical_prehash.as_ref().unwrap_or(&diagnosis.prehash))
        }
        Err(_) => ("", &diagnosis.direct),
    };
    let mistake = diagnosis.mistake.map_or_else(|| Wording::fixed("", ""), XSignMistake::wording);
    SignatureCheck {
        key_id: key.key_id.clone(),
        matched,
        canonical_string: signed.masked_canonical(),
        expected_signature: signed.signature.clone(),
        presented_signature,
        mistake_zh: mistake.zh.into_owned(),
        mistake_en: mistake.en.into_owned(),
    }
}

fn v1(gateway: &Gateway, key: &OpenedKey, call: &StoredCall<'_>) -> Option<SignatureCheck> {
    let presented = header(call.headers, auth_token::HEADER_NAME);
    let seconds = gateway.settings().kit_v1_freshness.as_secs();
    let input = auth_token::VerifyInput {
        body: call.body,
        presented,
        now: call.received_at.to_jiff(),
        settings: auth_token::VerifySettings { freshness_seconds: u32::try_from(seconds).unwrap_or(u32::MAX) },
    };
    let diagnosis = diagnose_auth_token(&key.text, &input);
    let (matched, signed) = match diagnosis.outcome {
        Ok(auth_token::Reading::AsSent) => ("as_sent", diagnosis.as_sent),
        Ok(auth_token::Reading::PercentDecoded) => ("percent_decoded", diagnosis.percent_decoded),
        Err(_) => ("", diagnosis.as_sent),
    };
    let signed = signed?;
    let mistake = diagnosis.mistake.map_or_else(|| Wording::fixed("", ""), AuthTokenMistake::wording);
    Some(SignatureCheck {
        key_id: key.key_id.clone(),
        matched,
        canonical_string: signed.canonical,
        expected_signature: signed.auth_token,
        presented_signature: presented.unwrap_or_default().to_owned(),
        mistake_zh: mistake.zh.into_owned(),
        mistake_en: mistake.en.into_owned(),
    })
}

/// A header as it was kept.
fn header<'a>(lines: &'a str, name: &str) -> Option<&'a str> {
    lines.lines().find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}
