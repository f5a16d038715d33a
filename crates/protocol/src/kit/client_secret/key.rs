//! RSA keys as texts: the merchant's public key as it is pasted into a form, the private key as it is
//! kept. Source: D17.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::{RsaPrivateKey as Pkcs1PrivateKey, RsaPublicKeyRef};
use rsa::pkcs8::der::Decode;
use rsa::pkcs8::spki::SubjectPublicKeyInfoRef;
use rsa::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding, ObjectIdentifier,
    PrivateKeyInfoRef,
};
use rsa::traits::PublicKeyParts;

use super::LENIENT_BASE64;
use super::chance::Chance;
use super::refusal::KeyRefusal;
use crate::json;

/// Fewest bits of a key. Source: kit §4.1.
pub const MIN_KEY_BITS: usize = 3_072;

/// Most bits of a key: each doubling makes a call eight times as long.
pub const MAX_KEY_BITS: usize = 8_192;

/// Longest text of a key; a private one of 8192 bits has about 6,500 characters.
const MAX_CHARACTERS: usize = 16_384;

/// `rsaEncryption`; keys restricted to signatures have another number.
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A checked RSA public key (公钥).
#[derive(Clone, Debug)]
pub struct PublicKey {
    inner: rsa::PublicKey,
}

/// A checked RSA private key (私钥).
#[derive(Clone)]
pub struct PrivateKey {
    inner: rsa::PrivateKey,
}

/// What stands in a text: the label behind BEGIN, if there is one, and the decoded bytes.
struct Decoded {
    label: Option<String>,
    der: Vec<u8>,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo, as PEM or as Base64 without the BEGIN and END lines.
    pub fn parse(text: &str) -> Result<Self, KeyRefusal> {
        // A private key is recognised by its label even when the rest is damaged: it must not be kept.
        if text.contains("PRIVATE KEY-----") {
            return Err(KeyRefusal::PrivateKey);
        }
        let decoded = Decoded::of(text)?;
        if let Some(label) = decoded.label.filter(|label| label != "PUBLIC KEY") {
            return Err(KeyRefusal::OtherForm { label });
        }
        let der = decoded.der.as_slice();
        if PrivateKeyInfoRef::from_der(der).is_ok() || pkcs1_private_key(der).is_some() {
            return Err(KeyRefusal::PrivateKey);
        }
        if RsaPublicKeyRef::from_der(der).is_ok() {
            return Err(KeyRefusal::OtherForm { label: "RSA PUBLIC KEY".to_owned() });
        }
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyRefusal::Unreadable)?;
        if info.algorithm.oid != RSA_ENCRYPTION {
            return Err(KeyRefusal::OtherAlgorithm);
        }
        let key = RsaPublicKeyRef::from_der(info.subject_public_key.raw_bytes()).map_err(|_| KeyRefusal::Unreadable)?;
        check_bits(bits_of(key.modulus.as_bytes()))?;
        let inner = rsa::PublicKey::from_public_key_der(der).map_err(|_| KeyRefusal::Unreadable)?;
        Ok(Self { inner })
    }

    /// Bits of the modulus.
    pub fn bits(&self) -> usize {
        bits_of(&self.inner.n_bytes())
    }

    /// The key as PEM.
    pub fn to_pem(&self) -> String {
        self.inner.to_public_key_pem(LineEnding::LF).expect("a key that was read or made can be written")
    }

    /// The key as one line of Base64, the way the seller centre's form wants it.
    pub fn to_bare(&self) -> String {
        let der = self.inner.to_public_key_der().expect("a key that was read or made can be written");
        STANDARD.encode(der.as_bytes())
    }

    pub(super) fn inner(&self) -> &rsa::PublicKey {
        &self.inner
    }
}

impl PrivateKey {
    /// Reads PKCS#8 or PKCS#1, as PEM or as Base64 without the BEGIN and END lines.
    pub fn parse(text: &str) -> Result<Self, KeyRefusal> {
        if text.contains("ENCRYPTED") {
            return Err(KeyRefusal::Encrypted);
        }
        let decoded = Decoded::of(text)?;
        match decoded.label.as_deref() {
            None | Some("PRIVATE KEY" | "RSA PRIVATE KEY") => {}
            Some("PUBLIC KEY" | "RSA PUBLIC KEY") => return Err(KeyRefusal::PublicKey),
            Some(label) => return Err(KeyRefusal::OtherForm { label: label.to_owned() }),
        }
        let der = decoded.der.as_slice();
        let inner = match PrivateKeyInfoRef::from_der(der) {
            Ok(info) if info.algorithm.oid != RSA_ENCRYPTION => return Err(KeyRefusal::OtherAlgorithm),
            Ok(info) => {
                check_pkcs1(info.private_key.as_bytes())?;
                rsa::PrivateKey::from_pkcs8_der(der).ok()
            }
            Err(_) if SubjectPublicKeyInfoRef::from_der(der).is_ok() => return Err(KeyRefusal::PublicKey),
            Err(_) => {
                check_pkcs1(der)?;
                rsa::pkcs1::DecodeRsaPrivateKey::from_pkcs1_der(der).ok()
            }
        };
        inner.map(|inner| Self { inner }).ok_or(KeyRefusal::Unreadable)
    }

    /// Makes a new key. It takes seconds; do it beside the calls.
    pub fn generate(bits: usize, chance: &mut dyn FnMut(&mut [u8])) -> Result<Self, KeyRefusal> {
        check_bits(bits)?;
        let inner = rsa::PrivateKey::new(&mut Chance::of(chance), bits).map_err(|_| KeyRefusal::Unreadable)?;
        Ok(Self { inner })
    }

    /// Bits of the modulus.
    pub fn bits(&self) -> usize {
        self.public_key().bits()
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey { inner: self.inner.to_public_key() }
    }

    /// The key as PEM in PKCS#8. It is a secret.
    pub fn to_pem(&self) -> String {
        let pem = self.inner.to_pkcs8_pem(LineEnding::LF).expect("a key that was read or made can be written");
        pem.to_string()
    }

    pub(super) fn inner(&self) -> &rsa::PrivateKey {
        &self.inner
    }
}

/// A private key must not reach a log by way of `{:?}`.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PrivateKey").field("bits", &self.bits()).finish_non_exhaustive()
    }
}

impl Decoded {
    fn of(text: &str) -> Result<Self, KeyRefusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyRefusal::Empty);
        }
        if text.len() > MAX_CHARACTERS {
            return Err(KeyRefusal::TooLong { characters: text.chars().count() });
        }
        let (label, body) = match text.strip_prefix("-----BEGIN ") {
            None => (None, text),
            Some(rest) => {
                let (label, rest) = rest.split_once("-----").ok_or(KeyRefusal::NotBase64)?;
                let (body, end) = rest.split_once("-----END ").ok_or(KeyRefusal::NotBase64)?;
                if end.strip_prefix(label).and_then(|end| end.strip_prefix("-----")) != Some("") {
                    return Err(KeyRefusal::NotBase64);
                }
                (Some(json::shortened(label, 64)), body)
            }
        };
        let body: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
        let der = LENIENT_BASE64.decode(body).map_err(|_| KeyRefusal::NotBase64)?;
        Ok(Self { label, der })
    }
}

fn pkcs1_private_key(der: &[u8]) -> Option<Pkcs1PrivateKey<rsa::pkcs8::der::asn1::UintRef<'_>>> {
    Pkcs1PrivateKey::from_der(der).ok()
}

fn check_pkcs1(der: &[u8]) -> Result<(), KeyRefusal> {
    let key = pkcs1_private_key(der).ok_or(KeyRefusal::Unreadable)?;
    check_bits(bits_of(key.modulus.as_bytes()))
}

fn check_bits(bits: usize) -> Result<(), KeyRefusal> {
    match bits {
        bits if bits < MIN_KEY_BITS => Err(KeyRefusal::TooShort { bits }),
        bits if bits > MAX_KEY_BITS => Err(KeyRefusal::TooLarge { bits }),
        _ => Ok(()),
    }
}

/// Bits of a whole number in big-endian bytes.
fn bits_of(bytes: &[u8]) -> usize {
    let significant: &[u8] = bytes.iter().position(|byte| *byte != 0).map_or(&[], |first| &bytes[first..]);
    match significant {
        [] => 0,
        [first, ..] => significant.len() * 8 - usize::try_from(first.leading_zeros()).unwrap_or(0),
    }
}
