//! Why a signature does not fit, for the console and the command line.
//!
//! The verifier says only "wrong". Whoever integrates needs to see both body digests and both canonical
//! strings beside the own ones, and is helped most by the name of the mistake; so the usual mistakes of
//! SaaS V2.0 §2.4 are tried one by one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::signature::{Matched, Refusal, Signed, VerifyInput, canonical_body, sign, verify};
use crate::digest::{equal_ignoring_case, hmac_sha256, lower_hex, sha256};
use crate::json;
use crate::wording::Wording;

/// Everything there is to know about the signature of one call and one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What the verifier says.
    pub outcome: Result<Matched, Refusal>,
    /// Values over the bytes as received.
    pub raw: Signed,
    /// The canonical form of the body, when it has one.
    pub canonical_body: Option<String>,
    /// Values over the canonical form.
    pub canonical: Option<Signed>,
    /// The usual mistake that explains the presented signature.
    pub mistake: Option<Mistake>,
}

/// A usual mistake of integrators that reproduces the presented signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Body digest made with plain SHA-256.
    PlainDigest,
    /// Body put into the canonical string without hashing, as the kit interfaces do.
    KitForm,
    /// Body digest in upper case.
    UpperCaseDigest,
    /// Timestamp before nonce.
    TimestampFirst,
    /// Canonical string without the leading access key.
    KeyNotInMessage,
    /// Canonical string with line breaks between its parts.
    Separators,
    /// Last step made with plain SHA-256.
    UnkeyedOuterHash,
    /// Signature in Base64.
    Base64Signature,
    /// The right signature, cut off or with something appended.
    WrongLength,
    /// Access key copied with a blank or line break.
    KeyWithBlank,
    /// Nested objects sorted or nested nulls dropped as well.
    NestedChanged,
}

impl Mistake {
    /// Stable text of the mistake.
    pub fn code(self) -> &'static str {
        match self {
            Self::PlainDigest => "mistake.plain_digest",
            Self::KitForm => "mistake.kit_form",
            Self::UpperCaseDigest => "mistake.upper_case_digest",
            Self::TimestampFirst => "mistake.timestamp_first",
            Self::KeyNotInMessage => "mistake.key_not_in_message",
            Self::Separators => "mistake.separators",
            Self::UnkeyedOuterHash => "mistake.unkeyed_outer_hash",
            Self::Base64Signature => "mistake.base64_signature",
            Self::WrongLength => "mistake.wrong_length",
            Self::KeyWithBlank => "mistake.key_with_blank",
            Self::NestedChanged => "mistake.nested_changed",
        }
    }

    /// The mistake as a sentence.
    pub fn wording(self) -> Wording {
        match self {
            Self::PlainDigest => Wording::fixed(
                "请求体摘要用了普通 SHA-256，应为 HMAC-SHA256",
                "the body digest was made with plain SHA-256 instead of HMAC-SHA256",
            ),
            Self::KitForm => Wording::fixed(
                "用了联营kit接口的签名方式（未先对请求体做摘要）",
                "the form of the kit interfaces was used (the body was not hashed first)",
            ),
            Self::UpperCaseDigest => {
                Wording::fixed("请求体摘要应为小写十六进制", "the body digest must be lower-case hexadecimal")
            }
            Self::TimestampFirst => {
                Wording::fixed("顺序应为 nonce 在前、timestamp 在后", "nonce comes first, then timestamp")
            }
            Self::KeyNotInMessage => {
                Wording::fixed("待签名串开头缺少 accessKey", "the canonical string must begin with the access key")
            }
            Self::Separators => Wording::fixed(
                "待签名串各部分之间不应有分隔符",
                "the parts of the canonical string are joined without separators",
            ),
            Self::UnkeyedOuterHash => Wording::fixed(
                "最后一步用了普通 SHA-256，应为 HMAC-SHA256",
                "the last step was plain SHA-256 instead of HMAC-SHA256",
            ),
            Self::Base64Signature => {
                Wording::fixed("签名应为十六进制，而不是 Base64", "the signature must be hexadecimal, not Base64")
            }
            Self::WrongLength => {
                Wording::fixed("签名被截断或多出字符", "the signature was cut off or has extra characters")
            }
            Self::KeyWithBlank => {
                Wording::fixed("密钥前后多了空白字符", "the access key was copied with a blank or line break")
            }
            Self::NestedChanged => Wording::fixed(
                "嵌套对象也被排序或去空，只应处理顶层",
                "nested objects were sorted or stripped too; only the top level may be",
            ),
        }
    }
}

/// Computes both forms and, when the signature is wrong, looks for the mistake behind it.
pub fn diagnose(access_key: &str, input: &VerifyInput<'_>) -> Diagnosis {
    let timestamp = input.presented.timestamp.unwrap_or_default();
    let nonce = input.presented.nonce.unwrap_or_default();
    let outcome = verify(access_key, input);
    let raw = sign(access_key, input.body, timestamp, nonce);
    let canonical_body = canonical_body(input.body);
    let canonical = canonical_body.as_ref().map(|body| sign(access_key, body.as_bytes(), timestamp, nonce));
    let mistake = match (&outcome, input.presented.signature) {
        (Err(Refusal::WrongSignature), Some(presented)) => {
            let bodies = [Some(input.body), canonical_body.as_deref().map(str::as_bytes)];
            bodies
                .into_iter()
                .flatten()
                .find_map(|body| Attempt { access_key, body, timestamp, nonce, presented }.mistake())
        }
        _ => None,
    };
    Diagnosis { outcome, raw, canonical_body, canonical, mistake }
}

struct Attempt<'a> {
    access_key: &'a str,
    body: &'a [u8],
    timestamp: &'a str,
    nonce: &'a str,
    presented: &'a str,
}

impl Attempt<'_> {
    fn mistake(&self) -> Option<Mistake> {
        self.wrong_algorithm().or_else(|| self.wrong_text()).or_else(|| self.wrong_input())
    }

    /// Mistakes in the algorithm itself.
    fn wrong_algorithm(&self) -> Option<Mistake> {
        let Self { access_key, nonce, timestamp, .. } = *self;
        let right = sign(access_key, self.body, timestamp, nonce);
        let digest = right.body_digest.as_str();
        let plain_digest = lower_hex(&sha256(self.body));
        let upper_digest = digest.to_ascii_uppercase();
        let keyed: [(Mistake, &[&str]); 5] = [
            (Mistake::PlainDigest, &[access_key, nonce, timestamp, &plain_digest]),
            (Mistake::UpperCaseDigest, &[access_key, nonce, timestamp, &upper_digest]),
            (Mistake::TimestampFirst, &[access_key, timestamp, nonce, digest]),
            (Mistake::KeyNotInMessage, &[nonce, timestamp, digest]),
            (Mistake::Separators, &[access_key, "\n", nonce, "\n", timestamp, "\n", digest]),
        ];
        let found = keyed
            .into_iter()
            .find(|(_, parts)| self.presents(&hmac_sha256(access_key.as_bytes(), &[parts.concat().as_bytes()])));
        if let Some((mistake, _)) = found {
            return Some(mistake);
        }
        let head = [access_key, nonce, timestamp].concat();
        if self.presents(&hmac_sha256(access_key.as_bytes(), &[head.as_bytes(), self.body])) {
            return Some(Mistake::KitForm);
        }
        self.presents(&sha256(right.canonical.as_bytes())).then_some(Mistake::UnkeyedOuterHash)
    }

    /// Mistakes in writing the signature down.
    fn wrong_text(&self) -> Option<Mistake> {
        let right = sign(self.access_key, self.body, self.timestamp, self.nonce);
        if self.presented == STANDARD.encode(hmac_sha256(self.access_key.as_bytes(), &[right.canonical.as_bytes()])) {
            return Some(Mistake::Base64Signature);
        }
        let shared = right
            .signature
            .bytes()
            .zip(self.presented.bytes())
            .take_while(|(left, right)| left.eq_ignore_ascii_case(right))
            .count();
        // Half a signature in common is no coincidence.
        (shared >= 32 && self.presented.len() != right.signature.len()).then_some(Mistake::WrongLength)
    }

    /// The right algorithm over the wrong key or the wrong body.
    fn wrong_input(&self) -> Option<Mistake> {
        let blanks =
            [format!("{} ", self.access_key), format!(" {}", self.access_key), format!("{}\n", self.access_key)];
        if blanks.iter().any(|key| self.fits(key, self.body)) {
            return Some(Mistake::KeyWithBlank);
        }
        let value: serde_json::Value = serde_json::from_slice(self.body).ok()?;
        let stripped = json::without_nulls(value.clone());
        let variants = [sorted_deep(value), stripped.clone(), sorted_deep(stripped)];
        variants
            .iter()
            .any(|variant| self.fits(self.access_key, variant.to_string().as_bytes()))
            .then_some(Mistake::NestedChanged)
    }

    fn fits(&self, access_key: &str, body: &[u8]) -> bool {
        equal_ignoring_case(&sign(access_key, body, self.timestamp, self.nonce).signature, self.presented)
    }

    fn presents(&self, signature: &[u8; 32]) -> bool {
        equal_ignoring_case(&lower_hex(signature), self.presented)
    }
}

fn sorted_deep(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            Value::Object(json::sorted(map.into_iter().map(|(name, inner)| (name, sorted_deep(inner))).collect()))
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted_deep).collect()),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}
