//! Why the signature of a kit call does not fit, for the console and the command line.
//!
//! The usual mistakes of kit chapter 9 and of the vectors are tried one by one.

mod mistake;

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::digest::{equal_ignoring_case, hmac_sha256, lower_hex, sha256};
use crate::kit::auth_token::{self, SignedMembers, decoded_body, spellings};
use crate::kit::x_sign::{self, Form};
use crate::saas_v1::auth_token::{joined, token};
use crate::saas_v1::encoded;
use crate::saas_v2::signature::{Matched, canonical_body};
pub use mistake::{AuthTokenMistake, XSignMistake};

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
