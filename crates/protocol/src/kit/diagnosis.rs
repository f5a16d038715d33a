//! Why the signature of a kit call does not fit, for the console and the command line.
//!
//! The usual mistakes of kit chapter 9 and of the vectors are tried one by one.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::auth_token::{self, SignedMembers, decoded_body, spellings};
use super::x_sign::{self, Form};
use crate::digest::{equal_ignoring_case, hmac_sha256, lower_hex, sha256};
use crate::saas_v1::auth_token::{joined, token};
use crate::saas_v1::encoded;
use crate::saas_v2::signature::{Matched, canonical_body};
use crate::wording::Wording;

/// Bodies with more members than this are not searched for one that was left out.
const MAX_MEMBERS_LEFT_OUT: usize = 64;

/// Everything there is to know about the `x-sign` of one call and one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XSignDiagnosis {
    /// What the verifier says.
    pub outcome: Result<(Form, Matched), x_sign::Refusal>,
    /// Direct form over the bytes as received.
    pub direct: x_sign::Signed,
    /// Two-step form over the bytes as received.
    pub prehash: x_sign::Signed,
    /// The canonical form of the body, when it has one.
    pub canonical_body: Option<String>,
    /// Direct form over the canonical body.
    pub canonical_direct: Option<x_sign::Signed>,
    /// Two-step form over the canonical body.
    pub canonical_prehash: Option<x_sign::Signed>,
    /// The usual mistake that explains the presented signature.
    pub mistake: Option<XSignMistake>,
}

/// Everything there is to know about the `authToken` of one V1.0 call and one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthTokenDiagnosis {
    /// What the verifier says.
    pub outcome: Result<auth_token::Reading, auth_token::Refusal>,
    /// Values over the body as it stands; none when it cannot be read.
    pub as_sent: Option<auth_token::Signed>,
    /// Values over the percent-decoded texts, when anything in the body is encoded.
    pub percent_decoded: Option<auth_token::Signed>,
    /// The usual mistake that explains the presented token.
    pub mistake: Option<AuthTokenMistake>,
}

/// A usual mistake that reproduces the presented `x-sign`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XSignMistake {
    /// Timestamp before nonce.
    TimestampFirst,
    /// Text to sign without the leading access key.
    KeyNotInMessage,
    /// Body digest of the two-step form made with plain SHA-256.
    PlainDigest,
    /// Body digest of the two-step form in upper case.
    UpperCaseDigest,
    /// Plain SHA-256 instead of HMAC.
    UnkeyedHash,
    /// Signature in Base64.
    Base64Signature,
    /// The right signature, cut off or with something appended.
    WrongLength,
    /// Access key copied with a blank or line break.
    KeyWithBlank,
}

/// A usual mistake that reproduces the presented V1.0 token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthTokenMistake {
    /// Key without the timeStamp behind it.
    KeyWithoutTimestamp,
    /// Members in the order of the body.
    Unsorted,
    /// The JSON text signed instead of the joined members.
    JsonSigned,
    /// One member left out.
    MemberLeftOut,
    /// Token in hexadecimal.
    HexToken,
    /// Values percent-encoded before signing.
    EncodedValues,
    /// Key copied with a blank or line break.
    KeyWithBlank,
}

impl XSignMistake {
    /// Stable text of the mistake.
    pub fn code(self) -> &'static str {
        match self {
            Self::TimestampFirst => "mistake.timestamp_first",
            Self::KeyNotInMessage => "mistake.key_not_in_message",
            Self::PlainDigest => "mistake.plain_digest",
            Self::UpperCaseDigest => "mistake.upper_case_digest",
            Self::UnkeyedHash => "mistake.unkeyed_hash",
            Self::Base64Signature => "mistake.base64_signature",
            Self::WrongLength => "mistake.wrong_length",
            Self::KeyWithBlank => "mistake.key_with_blank",
        }
    }

    /// The mistake as a sentence.
    pub fn wording(self) -> Wording {
        match self {
            Self::TimestampFirst => {
                Wording::fixed("顺序应为 x-nonce 在前、x-timestamp 在后", "x-nonce comes first, then x-timestamp")
            }
            Self::KeyNotInMessage => {
                Wording::fixed("待签名串开头缺少 accessKey", "the text to sign must begin with the access key")
            }
            Self::PlainDigest => Wording::fixed(
                "请求体摘要用了普通 SHA-256，应为 HMAC-SHA256",
                "the body digest was made with plain SHA-256 instead of HMAC-SHA256",
            ),
            Self::UpperCaseDigest => {
                Wording::fixed("请求体摘要应为小写十六进制", "the body digest must be lower-case hexadecimal")
            }
            Self::UnkeyedHash => {
                Wording::fixed("用了普通 SHA-256，应为 HMAC-SHA256", "plain SHA-256 was used instead of HMAC-SHA256")
            }
            Self::Base64Signature => {
                Wording::fixed("签名应为十六进制，而不是 Base64", "the signature must be hexadecimal, not Base64")
            }
            Self::WrongLength => {
                Wording::fixed("签名被截断或多出字符", "the signature was cut off or has extra characters")
            }
            Self::KeyWithBlank => {
                Wording::fixed("密钥前后多了空白字符", "the access key was copied with a blank or line break")
            }
        }
    }
}

impl AuthTokenMistake {
    /// Stable text of the mistake.
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyWithoutTimestamp => "mistake.key_without_timestamp",
            Self::Unsorted => "mistake.unsorted",
            Self::JsonSigned => "mistake.json_signed",
            Self::MemberLeftOut => "mistake.member_left_out",
            Self::HexToken => "mistake.hex_token",
            Self::EncodedValues => "mistake.encoded_values",
            Self::KeyWithBlank => "mistake.key_with_blank",
        }
    }

    /// The mistake as a sentence.
    pub fn wording(self) -> Wording {
        match self {
            Self::KeyWithoutTimestamp => Wording::fixed(
                "HMAC 密钥应为 Key 加 timeStamp，而不是单独的 Key",
                "the MAC key is Key followed by timeStamp, not Key alone",
            ),
            Self::Unsorted => Wording::fixed("参数未按名称升序排列", "the members were not sorted by name"),
            Self::JsonSigned => Wording::fixed(
                "应对拼接后的参数签名，而不是 JSON 文本",
                "the joined members are signed, not the JSON text",
            ),
            Self::MemberLeftOut => Wording::fixed(
                "有参数未参与签名，所有顶层参数都要参与",
                "a member was left out; every top-level member takes part",
            ),
            Self::HexToken => {
                Wording::fixed("authToken 应为 Base64，而不是十六进制", "the token is Base64, not hexadecimal")
            }
            Self::EncodedValues => {
                Wording::fixed("签名前不应对值做 URL 编码", "the values must not be percent-encoded before signing")
            }
            Self::KeyWithBlank => {
                Wording::fixed("密钥前后多了空白字符", "the key was copied with a blank or line break")
            }
        }
    }
}

/// Computes all four forms and, when the signature is wrong, looks for the mistake behind it.
pub fn diagnose_x_sign(access_key: &str, input: &x_sign::VerifyInput<'_>) -> XSignDiagnosis {
    let timestamp = input.presented.timestamp.unwrap_or_default();
    let nonce = input.presented.nonce.unwrap_or_default();
    let outcome = x_sign::verify_any(&[access_key], input).map(|found| (found.form, found.matched));
    let canonical_body = canonical_body(input.body);
    let signed = |form, body: &[u8]| x_sign::sign(access_key, form, body, timestamp, nonce);
    let of_canonical = |form| canonical_body.as_ref().map(|body| signed(form, body.as_bytes()));
    let mistake = match (&outcome, input.presented.sign) {
        (Err(x_sign::Refusal::WrongSign), Some(presented)) => {
            [Some(input.body), canonical_body.as_deref().map(str::as_bytes)]
                .into_iter()
                .flatten()
                .find_map(|body| Attempt { access_key, body, timestamp, nonce, presented }.mistake())
        }
        _ => None,
    };
    XSignDiagnosis {
        outcome,
        direct: signed(Form::Direct, input.body),
        prehash: signed(Form::Prehash, input.body),
        canonical_direct: of_canonical(Form::Direct),
        canonical_prehash: of_canonical(Form::Prehash),
        canonical_body,
        mistake,
    }
}

/// Computes both readings and, when the token is wrong, looks for the mistake behind it.
pub fn diagnose_auth_token(key: &str, input: &auth_token::VerifyInput<'_>) -> AuthTokenDiagnosis {
    let outcome = auth_token::verify_any(&[key], input).map(|verified| verified.reading);
    let members = SignedMembers::of_body(input.body).ok();
    let mistake = match (&outcome, &members, input.presented) {
        (Err(auth_token::Refusal::WrongToken), Some(members), Some(presented)) => {
            token_mistake(key, members, input.body, presented)
        }
        _ => None,
    };
    AuthTokenDiagnosis {
        outcome,
        as_sent: members.as_ref().map(|members| members.sign(key)),
        percent_decoded: decoded_body(input.body).map(|(members, _)| members.sign(key)),
        mistake,
    }
}

struct Attempt<'a> {
    access_key: &'a str,
    body: &'a [u8],
    timestamp: &'a str,
    nonce: &'a str,
    presented: &'a str,
}

impl Attempt<'_> {
    fn mistake(&self) -> Option<XSignMistake> {
        self.wrong_message().or_else(|| self.wrong_digest()).or_else(|| self.wrong_text())
    }

    /// Another text under the right MAC.
    fn wrong_message(&self) -> Option<XSignMistake> {
        let Self { access_key, nonce, timestamp, .. } = *self;
        let key = access_key.as_bytes();
        let digest = lower_hex(&hmac_sha256(key, &[self.body]));
        let heads = [
            (XSignMistake::TimestampFirst, [access_key, timestamp, nonce].concat()),
            (XSignMistake::KeyNotInMessage, [nonce, timestamp].concat()),
        ];
        let found = heads.iter().find(|(_, head)| {
            [self.body, digest.as_bytes()]
                .iter()
                .any(|payload| self.presents(&hmac_sha256(key, &[head.as_bytes(), payload])))
        });
        if let Some((mistake, _)) = found {
            return Some(*mistake);
        }
        let blanks = [format!("{access_key} "), format!(" {access_key}"), format!("{access_key}\n")];
        let with_blank = blanks.iter().any(|key| {
            Form::ALL.into_iter().any(|form| {
                equal_ignoring_case(&x_sign::sign(key, form, self.body, timestamp, nonce).signature, self.presented)
            })
        });
        with_blank.then_some(XSignMistake::KeyWithBlank)
    }

    /// Another digest on the way.
    fn wrong_digest(&self) -> Option<XSignMistake> {
        let Self { access_key, nonce, timestamp, .. } = *self;
        let key = access_key.as_bytes();
        let head = [access_key, nonce, timestamp].concat();
        let keyed = |payload: &[u8]| self.presents(&hmac_sha256(key, &[head.as_bytes(), payload]));
        if keyed(lower_hex(&sha256(self.body)).as_bytes()) {
            return Some(XSignMistake::PlainDigest);
        }
        let digest = lower_hex(&hmac_sha256(key, &[self.body]));
        if keyed(digest.to_ascii_uppercase().as_bytes()) {
            return Some(XSignMistake::UpperCaseDigest);
        }
        let unkeyed = [[head.as_bytes(), self.body].concat(), [head.as_bytes(), digest.as_bytes()].concat()];
        unkeyed.iter().any(|message| self.presents(&sha256(message))).then_some(XSignMistake::UnkeyedHash)
    }

    /// The right signature, written down in another way.
    fn wrong_text(&self) -> Option<XSignMistake> {
        Form::ALL.into_iter().find_map(|form| {
            let signed = x_sign::sign(self.access_key, form, self.body, self.timestamp, self.nonce);
            let head = [self.access_key, self.nonce, self.timestamp].concat();
            let payload = signed.body_digest.as_deref().map_or(self.body, str::as_bytes);
            let mac = hmac_sha256(self.access_key.as_bytes(), &[head.as_bytes(), payload]);
            if self.presented == STANDARD.encode(mac) {
                return Some(XSignMistake::Base64Signature);
            }
            let right = signed.signature.to_ascii_lowercase();
            let given = self.presented.to_ascii_lowercase();
            // Half a signature in common is no coincidence.
            let shared = right.bytes().zip(given.bytes()).take_while(|(left, right)| left == right).count();
            (shared >= 32 && given.len() != right.len()).then_some(XSignMistake::WrongLength)
        })
    }

    fn presents(&self, signature: &[u8; 32]) -> bool {
        equal_ignoring_case(&lower_hex(signature), self.presented)
    }
}

fn token_mistake(key: &str, members: &SignedMembers, body: &[u8], presented: &str) -> Option<AuthTokenMistake> {
    let signed = members.sign(key);
    let pairs = members.pairs();
    let mac_key = [key, &signed.timestamp].concat();
    let order = spellings(body).unwrap_or_default();
    let positions: HashMap<&str, usize> = order.iter().enumerate().map(|(at, (name, _))| (name.as_str(), at)).collect();
    let mut as_sent = pairs.clone();
    as_sent.sort_by_key(|(name, _)| positions.get(name));
    let values: Vec<String> = pairs.iter().map(|(_, value)| encoded(value)).collect();
    let encoded_pairs: Vec<(&str, &str)> =
        pairs.iter().zip(&values).map(|((name, _), value)| (*name, value.as_str())).collect();
    let attempts = [
        (AuthTokenMistake::KeyWithoutTimestamp, token(key, &signed.canonical)),
        (AuthTokenMistake::Unsorted, token(&mac_key, &joined(&as_sent))),
        (AuthTokenMistake::JsonSigned, token(&mac_key, &String::from_utf8_lossy(body))),
        (AuthTokenMistake::EncodedValues, token(&mac_key, &joined(&encoded_pairs))),
        (AuthTokenMistake::KeyWithBlank, token(&format!("{key} {}", signed.timestamp), &signed.canonical)),
        (AuthTokenMistake::KeyWithBlank, token(&format!(" {mac_key}"), &signed.canonical)),
        (AuthTokenMistake::KeyWithBlank, token(&format!("{key}\n{}", signed.timestamp), &signed.canonical)),
    ];
    if let Some((mistake, _)) = attempts.into_iter().find(|(_, token)| token == presented) {
        return Some(mistake);
    }
    let mac = STANDARD.decode(&signed.auth_token).expect("the token is Base64 that was just written");
    if presented.eq_ignore_ascii_case(&lower_hex(&mac)) {
        return Some(AuthTokenMistake::HexToken);
    }
    // Leaving out each in turn is quadratic; a real body has fewer than ten members.
    let tried = if pairs.len() > MAX_MEMBERS_LEFT_OUT { 0 } else { pairs.len() };
    let without_one = (0..tried).any(|left_out| {
        let mut fewer = pairs.clone();
        fewer.remove(left_out);
        token(&mac_key, &joined(&fewer)) == presented
    });
    without_one.then_some(AuthTokenMistake::MemberLeftOut)
}
