//! Why a text is not the key it should be.

use super::key::{MAX_KEY_BITS, MIN_KEY_BITS};
use crate::wording::Wording;

/// Why a text is no usable key. Source: D17.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub enum KeyRefusal {
    /// Nothing there.
    Empty,
    /// Longer than any key.
    TooLong {
        /// Characters given.
        characters: usize,
    },
    /// A private key where a public one is meant: it must not be stored anywhere.
    PrivateKey,
    /// A public key where a private one is meant.
    PublicKey,
    /// A private key protected by a password.
    Encrypted,
    /// Neither PEM nor Base64.
    NotBase64,
    /// PEM of something else, a certificate for example.
    OtherForm {
        /// What stands behind BEGIN.
        label: String,
    },
    /// A key of another algorithm than RSA.
    OtherAlgorithm,
    /// The bytes are no key.
    Unreadable,
    /// Fewer bits than allowed.
    TooShort {
        /// Bits of the modulus.
        bits: usize,
    },
    /// More bits than anybody wants to compute with.
    TooLarge {
        /// Bits of the modulus.
        bits: usize,
    },
}

impl KeyRefusal {
    /// Stable text of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "rsa_key.empty",
            Self::TooLong { .. } => "rsa_key.too_long",
            Self::PrivateKey => "rsa_key.private",
            Self::PublicKey => "rsa_key.public",
            Self::Encrypted => "rsa_key.encrypted",
            Self::NotBase64 => "rsa_key.not_base64",
            Self::OtherForm { .. } => "rsa_key.other_form",
            Self::OtherAlgorithm => "rsa_key.other_algorithm",
            Self::Unreadable => "rsa_key.unreadable",
            Self::TooShort { .. } => "rsa_key.too_short",
            Self::TooLarge { .. } => "rsa_key.too_large",
        }
    }

    /// The refusal as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::Empty => Wording::fixed("密钥为空", "the key is empty"),
            Self::TooLong { characters } => Wording::of(
                format!("文本有 {characters} 个字符，不是密钥"),
                format!("the text has {characters} characters, that is no key"),
            ),
            Self::PrivateKey => Wording::fixed(
                "这是私钥，请勿外传；此处应填写公钥",
                "this is a private key, keep it to yourself; the public key is wanted here",
            ),
            Self::PublicKey => {
                Wording::fixed("这是公钥，此处应填写私钥", "this is a public key; the private key is wanted here")
            }
            Self::Encrypted => Wording::fixed(
                "私钥有密码保护，请先解密",
                "the private key is protected by a password; decrypt it first",
            ),
            Self::NotBase64 => Wording::fixed("既不是 PEM 也不是 Base64", "the text is neither PEM nor Base64"),
            Self::OtherForm { label } => Wording::of(
                format!("这是“{label}”，不是所需的密钥格式"),
                format!("this is a {label}, not the form of key that is wanted"),
            ),
            Self::OtherAlgorithm => Wording::fixed("不是 RSA 密钥", "this is not an RSA key"),
            Self::Unreadable => Wording::fixed("无法读取密钥内容", "the content of the key cannot be read"),
            Self::TooShort { bits } => Wording::of(
                format!("密钥只有 {bits} 位，至少 {MIN_KEY_BITS} 位"),
                format!("the key has only {bits} bits, at least {MIN_KEY_BITS} are demanded"),
            ),
            Self::TooLarge { bits } => Wording::of(
                format!("密钥有 {bits} 位，最多 {MAX_KEY_BITS} 位"),
                format!("the key has {bits} bits, at most {MAX_KEY_BITS} are allowed"),
            ),
        }
    }
}
