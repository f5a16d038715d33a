//! The canonical request: one text that signer and verifier both arrive at. Source: open APIs §2.1.

use std::fmt;

use crate::digest::{hmac_sha256, lower_hex, sha256};

use super::SCHEME;

/// The parts of a canonical request.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// HTTP method, any case.
    pub method: &'a str,
    /// Path as sent, percent-encoded where needed.
    pub path: &'a str,
    /// Query as sent, without `?`.
    pub raw_query: &'a str,
    /// Signed headers: lower-case name and value, ascending by name.
    pub headers: &'a [(&'a str, &'a str)],
    /// Hex hash of the body, or what `X-Sdk-Content-Sha256` says.
    pub payload_hash: &'a str,
    /// Value of `x-sdk-date`.
    pub date: &'a str,
}

/// A computed signature with what led to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Computation {
    /// The canonical request. It holds no secret.
    pub canonical_request: String,
    /// Scheme, date and hash of the canonical request.
    pub string_to_sign: String,
    /// Lower-case hexadecimal signature.
    pub signature: String,
}

/// A valid signature is as good as a password inside the time window, so `{:?}` leaves it out.
impl fmt::Debug for Computation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Computation")
            .field("canonical_request", &self.canonical_request)
            .finish_non_exhaustive()
    }
}

/// Computes the signature of `parts` with a secret.
pub fn compute(parts: &Parts<'_>, secret_access_key: &str) -> Computation {
    let canonical_request = canonical_request(parts);
    let string_to_sign = format!("{SCHEME}\n{}\n{}", parts.date, lower_hex(&sha256(canonical_request.as_bytes())));
    let signature = lower_hex(&hmac_sha256(secret_access_key.as_bytes(), &[string_to_sign.as_bytes()]));
    Computation { canonical_request, string_to_sign, signature }
}

/// The canonical request of `parts`.
pub fn canonical_request(parts: &Parts<'_>) -> String {
    let headers: String = parts.headers.iter().map(|(name, value)| format!("{name}:{}\n", trimmed(value))).collect();
    let names: Vec<&str> = parts.headers.iter().map(|(name, _)| *name).collect();
    [
        parts.method.to_ascii_uppercase(),
        canonical_uri(parts.path),
        canonical_query(parts.raw_query),
        headers,
        names.join(";"),
        parts.payload_hash.to_owned(),
    ]
    .join("\n")
}

/// The path, each segment decoded once and encoded again, with a final `/` (decision D22).
pub fn canonical_uri(path: &str) -> String {
    let segments: Vec<String> = path.split('/').map(|segment| percent_encoded(&percent_decoded(segment))).collect();
    let mut uri = segments.join("/");
    if !uri.ends_with('/') {
        uri.push('/');
    }
    uri
}

/// The query as sent, decoded, encoded again, sorted. `+` is a plus sign (decision D22).
pub fn canonical_query(raw_query: &str) -> String {
    let pairs = raw_query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_encoded(&percent_decoded(name)), percent_encoded(&percent_decoded(value)))
    });
    joined(pairs.collect())
}

/// The canonical query of already decoded pairs; also a safe way to write a query to be sent.
pub fn canonical_query_of_pairs(pairs: &[(&str, &str)]) -> String {
    joined(
        pairs
            .iter()
            .map(|(name, value)| (percent_encoded(name.as_bytes()), percent_encoded(value.as_bytes())))
            .collect(),
    )
}

/// RFC 3986: unreserved characters stay, everything else becomes `%XX` in upper case.
pub fn percent_encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// Decodes `%XX` once; a `%` that starts no escape stands for itself.
pub fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escape = if bytes[index] == b'%' { bytes.get(index + 1).zip(bytes.get(index + 2)) } else { None };
        match escape.and_then(|(high, low)| Some(hex_digit(*high)? << 4 | hex_digit(*low)?)) {
            Some(byte) => {
                decoded.push(byte);
                index += 3;
            }
            None => {
                decoded.push(bytes[index]);
                index += 1;
            }
        }
    }
    decoded
}

/// A header value without outer blanks.
pub(super) fn trimmed(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn joined(mut pairs: Vec<(String, String)>) -> String {
    pairs.sort();
    pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}
