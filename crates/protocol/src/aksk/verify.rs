//! The store's side: checking a call, in the order of open APIs §2.2.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::canonical::{Computation, Parts, compute, trimmed};
use super::refusal::{Refusal, Step};
use super::{CONTENT_HASH_HEADER, DATE_HEADER, EMPTY_BODY_SHA256, MAX_SKEW_SECONDS, SCHEME, UNSIGNED_PAYLOAD};
use crate::digest::{equal, lower_hex, sha256};
use crate::time::parse_basic_iso;

/// A received call, as it came over the wire.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path exactly as sent.
    pub path: &'a str,
    /// Query exactly as sent, without `?`.
    pub raw_query: &'a str,
    /// Every header, `Authorization` included, any letter case.
    pub headers: &'a [(&'a str, &'a str)],
    /// Body exactly as sent.
    pub body: &'a [u8],
    /// The store's clock.
    pub now: Timestamp,
}

/// How strictly the store checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Greatest difference between `x-sdk-date` and now.
    pub max_skew_seconds: i64,
    /// `store.aksk.hosts`
    pub hosts: Hosts,
    /// `store.aksk.unsigned_payload`
    pub unsigned_payload: UnsignedPayload,
    /// `store.aksk.skew_code`
    pub skew_code: SkewCode,
}

/// The host names the store answers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Any, for a local store that does not know its name.
    Any,
    /// These, compared without regard to case; a name without port also stands for port 443.
    Only(Vec<String>),
}

/// When a body may go unsigned (decision D21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsignedPayload {
    /// For every media type but `application/json` and `application/bson`.
    NonJson,
    /// Always.
    Any,
    /// Never.
    Never,
}

/// Error code of excessive skew (decision D19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkewCode {
    /// `APIGW.0303`, as recorded from the real gateway.
    Apigw0303,
    /// `APIGW.0301`, as the table suggests.
    Apigw0301,
}

/// A call that passed every check that needs no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented {
    access_key_id: String,
    signature: String,
    method: String,
    path: String,
    raw_query: String,
    headers: Vec<(String, String)>,
    date: String,
    payload_hashes: Vec<String>,
}

/// A valid signature is as good as a password inside the time window, so `{:?}` leaves it out.
impl fmt::Debug for Presented {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Presented")
            .field("access_key_id", &self.access_key_id)
            .field("date", &self.date)
            .finish_non_exhaustive()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_skew_seconds: MAX_SKEW_SECONDS,
            hosts: Hosts::Any,
            unsigned_payload: UnsignedPayload::NonJson,
            skew_code: SkewCode::Apigw0303,
        }
    }
}

/// First phase: every check up to the payload hash.
pub fn read(received: &Received<'_>, settings: &Settings) -> Result<Presented, Refusal> {
    let authorization = received.authorization()?;
    let names = signed_names(authorization.signed_headers)?;
    let headers = names.iter().map(|name| received.only(name)).collect::<Result<Vec<_>, _>>()?;
    let date = received.only(DATE_HEADER)?.1;
    received.check_date(&date, settings)?;
    received.check_host(&headers, settings)?;
    let payload_hashes = received.payload_hashes(&headers, settings)?;
    Ok(Presented {
        access_key_id: authorization.access_key_id.to_owned(),
        signature: authorization.signature.to_owned(),
        method: received.method.to_owned(),
        path: received.path.to_owned(),
        raw_query: received.raw_query.to_owned(),
        headers,
        date,
        payload_hashes,
    })
}

impl Presented {
    /// The key to look up.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The presented signature, for a replay guard.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// Second phase: compares with the secret of the access key. None = unknown, disabled or without
    /// programmatic access; it is refused exactly like a wrong signature.
    pub fn check(&self, secret_access_key: Option<&str>) -> Result<Computation, Refusal> {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut computed = String::new();
        for payload_hash in &self.payload_hashes {
            let parts = Parts {
                method: &self.method,
                path: &self.path,
                raw_query: &self.raw_query,
                headers: &headers,
                payload_hash,
                date: &self.date,
            };
            // An unknown key costs the same work, so that timing does not tell it from a wrong signature.
            let computation = compute(&parts, secret_access_key.unwrap_or_default());
            if equal(&computation.signature, &self.signature) && secret_access_key.is_some() {
                return Ok(computation);
            }
            computed = computation.canonical_request;
        }
        let mut refusal = Refusal::at(Step::Compare, "");
        refusal.canonical_request = Some(computed);
        Err(refusal)
    }
}

struct Authorization<'a> {
    access_key_id: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Received<'a> {
    fn authorization(&self) -> Result<Authorization<'a>, Refusal> {
        let mut values = self.values("authorization");
        let (Some(header), None) = (values.next(), values.next()) else {
            return Err(Refusal::at(Step::Parse, ""));
        };
        parse_authorization(header).ok_or_else(|| Refusal::at(Step::Parse, ""))
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The one header of that name, lower-cased, without outer blanks.
    fn only(&self, name: &str) -> Result<(String, String), Refusal> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (Some(value), None) => Ok((name.to_ascii_lowercase(), trimmed(value).to_owned())),
            (None, _) | (Some(_), Some(_)) => Err(Refusal::at(Step::SignedHeaderPresent, "")),
        }
    }

    fn check_date(&self, text: &str, settings: &Settings) -> Result<(), Refusal> {
        let date = parse_basic_iso(text).map_err(|_| Refusal::at(Step::DateFormat, ""))?;
        let skew = self.now.duration_since(date);
        if skew.abs() <= SignedDuration::from_secs(settings.max_skew_seconds) {
            return Ok(());
        }
        let refusal = Refusal::at(Step::ClockSkew, format!("signature expired, time: {text}"));
        Err(match settings.skew_code {
            SkewCode::Apigw0303 => refusal,
            SkewCode::Apigw0301 => refusal.under_bad_iam(),
        })
    }

    fn check_host(&self, headers: &[(String, String)], settings: &Settings) -> Result<(), Refusal> {
        let Some((_, host)) = headers.iter().find(|(name, _)| name == "host") else { return Ok(()) };
        let known = match &settings.hosts {
            Hosts::Any => true,
            Hosts::Only(names) => names
                .iter()
                .any(|name| host.eq_ignore_ascii_case(name) || host.eq_ignore_ascii_case(&format!("{name}:443"))),
        };
        if known { Ok(()) } else { Err(Refusal::at(Step::Host, host.clone())) }
    }

    /// The hashes to try: one, or two when an empty body is announced as unsigned.
    fn payload_hashes(&self, headers: &[(String, String)], settings: &Settings) -> Result<Vec<String>, Refusal> {
        let refusal = || Refusal::at(Step::PayloadHash, "");
        let actual = lower_hex(&sha256(self.body));
        let mut values = self.values(CONTENT_HASH_HEADER);
        let announced = match (values.next(), values.next()) {
            (None, _) => return Ok(vec![actual]),
            (Some(value), None) => trimmed(value),
            (Some(_), Some(_)) => return Err(refusal()),
        };
        if announced != UNSIGNED_PAYLOAD {
            return if announced.eq_ignore_ascii_case(&actual) {
                Ok(vec![announced.to_owned()])
            } else {
                Err(refusal())
            };
        }
        let is_signed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(CONTENT_HASH_HEADER));
        if !is_signed || !self.may_be_unsigned(settings) {
            return Err(refusal());
        }
        let mut hashes = vec![UNSIGNED_PAYLOAD.to_owned()];
        if self.body.is_empty() {
            hashes.push(EMPTY_BODY_SHA256.to_owned());
        }
        Ok(hashes)
    }

    fn may_be_unsigned(&self, settings: &Settings) -> bool {
        match settings.unsigned_payload {
            UnsignedPayload::Any => true,
            UnsignedPayload::Never => false,
            UnsignedPayload::NonJson => !self.values("content-type").any(|value| {
                let value = trimmed(value).to_ascii_lowercase();
                value.starts_with("application/json") || value.starts_with("application/bson")
            }),
        }
    }
}

/// Scheme, then `Access`, `SignedHeaders`, `Signature` in that order; blanks around commas are free.
fn parse_authorization(header: &str) -> Option<Authorization<'_>> {
    let rest = trimmed(header).strip_prefix(SCHEME)?;
    let mut parts = rest.strip_prefix([' ', '\t'])?.split(',').map(trimmed);
    let mut next = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=').filter(|value| !value.is_empty());
    let authorization = Authorization {
        access_key_id: next("Access")?,
        signed_headers: next("SignedHeaders")?,
        signature: next("Signature")?,
    };
    parts.next().is_none().then_some(authorization)
}

fn signed_names(list: &str) -> Result<Vec<&str>, Refusal> {
    let names: Vec<&str> = list.split(';').collect();
    let plain = names.iter().all(|name| !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase()));
    if !plain || !names.is_sorted_by(|left, right| left < right) {
        return Err(Refusal::at(Step::SignedHeadersForm, ""));
    }
    if names.iter().any(|name| name.eq_ignore_ascii_case(DATE_HEADER)) {
        Ok(names)
    } else {
        Err(Refusal::at(Step::DateSigned, ""))
    }
}
