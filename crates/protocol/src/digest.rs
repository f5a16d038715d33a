//! Hashes and their text forms, in one place so that every comparison is made in constant time.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const LOWER_DIGITS: &[u8; 16] = b"0123456789abcdef";

/// HMAC-SHA256 of the concatenation of `parts`.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// SHA-256 of `data`.
pub(crate) fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

/// Lower-case hexadecimal text.
pub(crate) fn lower_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(LOWER_DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(LOWER_DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Upper-case hexadecimal text.
pub(crate) fn upper_hex(bytes: &[u8]) -> String {
    lower_hex(bytes).to_ascii_uppercase()
}

/// Equality whose duration does not tell where two texts differ.
pub(crate) fn equal(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// As [`equal`], without regard to the case of ASCII letters.
pub(crate) fn equal_ignoring_case(left: &str, right: &str) -> bool {
    equal(&left.to_ascii_lowercase(), &right.to_ascii_lowercase())
}
