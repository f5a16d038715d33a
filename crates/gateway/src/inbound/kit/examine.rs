//! Signature and body of a kit call. Pure work, done aside when the body is long: other calls do not wait
//! for it.

use bytes::Bytes;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::DbError;
use mercer_protocol::kit::{Interface, Request, Version, auth_token, redacted, x_sign};
use mercer_protocol::saas_v2::signature::VerifySettings;

use super::super::desk::{Desk, Objection};
use super::texts;
use super::translate::{Wish, translate};
use crate::error::GatewayError;

/// Longest body that is verified and parsed where it stands.
const AT_ONCE_BYTES: usize = 256 * 1_024;

/// Everything the examination needs, and nothing borrowed.
pub(super) struct Exam {
    version: Version,
    interface: Interface,
    merchant_id: String,
    keys: Vec<String>,
    presented: Presented,
    body: Bytes,
    received_at: Instant,
    settings: VerifySettings,
    v1_freshness_seconds: u32,
}

/// The headers a signature is in.
#[derive(Debug, Default)]
struct Presented {
    sign: Option<String>,
    timestamp: Option<String>,
    nonce: Option<String>,
    auth_token: Option<String>,
}

/// What the examination found.
pub(super) enum Examined {
    /// Nothing shows that the call is the store's.
    Unproven(Objection),
    /// The call is the store's.
    Proven {
        /// Place of the fitting key.
        key_index: usize,
        /// What it asks, or why it cannot be read.
        wish: Result<Wish, Objection>,
    },
}

impl Exam {
    /// The examination of a call at a desk.
    pub(super) fn of(desk: &Desk<'_>, (version, interface): (Version, Interface)) -> Self {
        let settings = desk.gateway.settings();
        let header = |name: &str| {
            desk.call.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            version,
            interface,
            merchant_id: desk.call.merchant_id.clone(),
            keys: texts(&desk.keys()),
            presented: Presented {
                sign: header(x_sign::HEADER_SIGN),
                timestamp: header(x_sign::HEADER_TIMESTAMP),
                nonce: header(x_sign::HEADER_NONCE),
                auth_token: header(auth_token::HEADER_NAME),
            },
            body: desk.call.body.clone(),
            received_at: desk.received_at,
            settings: settings.verify,
            v1_freshness_seconds: u32::try_from(settings.kit_v1_freshness.as_secs()).unwrap_or(u32::MAX),
        }
    }

    /// The nonce that came; empty when none did.
    pub(super) fn nonce(&self) -> &str {
        self.presented.nonce.as_deref().unwrap_or_default()
    }

    /// The headers of the version's signature, `name: value` a line, to be kept with the call.
    pub(super) fn headers(&self) -> String {
        let presented = &self.presented;
        let lines = match self.version {
            Version::V2 => vec![
                (x_sign::HEADER_SIGN, &presented.sign),
                (x_sign::HEADER_TIMESTAMP, &presented.timestamp),
                (x_sign::HEADER_NONCE, &presented.nonce),
            ],
            Version::V1 => vec![(auth_token::HEADER_NAME, &presented.auth_token)],
        };
        let lines = lines.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value.as_ref()?)));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Examines a call; also gives the body as it may be kept.
pub(super) async fn run(exam: Exam) -> Result<(Examined, String), GatewayError> {
    if exam.body.len() <= AT_ONCE_BYTES {
        return Ok(examine(&exam));
    }
    let aside = tokio::task::spawn_blocking(move || examine(&exam)).await;
    aside.map_err(|error| DbError::Unavailable(format!("a long call could not be examined: {error}")).into())
}

/// The refusal of a nonce that was seen before.
pub(super) fn replayed() -> Objection {
    x_sign_objection(&x_sign::Refusal::ReplayedNonce)
}

fn examine(exam: &Exam) -> (Examined, String) {
    let keys: Vec<&str> = exam.keys.iter().map(String::as_str).collect();
    let proven = match exam.version {
        Version::V2 => v2(exam, &keys),
        Version::V1 => v1(exam, &keys),
    };
    let examined = match proven {
        Ok((key_index, wish)) => Examined::Proven { key_index, wish },
        Err(objection) => Examined::Unproven(objection),
    };
    (examined, redacted(&exam.body))
}

type Proven = Result<(usize, Result<Wish, Objection>), Objection>;

fn v2(exam: &Exam, keys: &[&str]) -> Proven {
    let presented = x_sign::Presented {
        sign: exam.presented.sign.as_deref(),
        timestamp: exam.presented.timestamp.as_deref(),
        nonce: exam.presented.nonce.as_deref(),
    };
    let input = x_sign::VerifyInput {
        body: &exam.body,
        presented,
        now_ms: exam.received_at.as_millis(),
        settings: exam.settings,
    };
    let found = x_sign::verify_any(keys, &input).map_err(|refusal| x_sign_objection(&refusal))?;
    Ok((found.key_index, parse(exam, &exam.body)))
}

fn v1(exam: &Exam, keys: &[&str]) -> Proven {
    let input = auth_token::VerifyInput {
        body: &exam.body,
        presented: exam.presented.auth_token.as_deref(),
        now: exam.received_at.to_jiff(),
        settings: auth_token::VerifySettings { freshness_seconds: exam.v1_freshness_seconds },
    };
    let found = auth_token::verify_any(keys, &input).map_err(|refusal| Objection {
        result_code: refusal.result_code(),
        message: None,
        code: refusal.code(),
        wording: refusal.wording(),
    })?;
    Ok((found.key_index, parse(exam, &found.body)))
}

fn parse(exam: &Exam, body: &[u8]) -> Result<Wish, Objection> {
    let request = Request::parse(exam.interface, body).map_err(|refusal| Objection {
        result_code: refusal.result_code(),
        message: Some(refusal.result_message()),
        code: refusal.code(),
        wording: refusal.wording(),
    })?;
    translate(&exam.merchant_id, request)
}

fn x_sign_objection(refusal: &x_sign::Refusal) -> Objection {
    Objection { result_code: refusal.result_code(), message: None, code: refusal.code(), wording: refusal.wording() }
}
