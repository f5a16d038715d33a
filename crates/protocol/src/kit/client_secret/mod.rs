//! The client secret of an application (客户端密钥), encrypted with RSA-OAEP for the merchant's key.
//!
//! Neither hash nor mask function is documented, and Java's usual transformation mixes two of them; so
//! the merchant tries three combinations, with every key he has. Source: kit §2.4.1, D16.

mod chance;
mod key;
mod refusal;

use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rsa::Oaep;
use rsa::traits::PublicKeyParts;
use sha1::Sha1;
use sha2::Sha256;

use crate::result_code::ResultCode;
use crate::wording::Wording;
use chance::Chance;
pub use key::{MAX_KEY_BITS, MIN_KEY_BITS, PrivateKey, PublicKey};
pub use refusal::KeyRefusal;

/// Bytes that OAEP takes off the longest clear text besides twice its hash.
const OAEP_OVERHEAD_BYTES: usize = 2;

/// Reads the standard alphabet with or without `=`.
pub(super) const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A combination of hash and mask function. Source: kit §2.4.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Padding {
    /// SHA-256 with MGF1-SHA-256, what the store sends by default.
    #[default]
    Sha256Sha256,
    /// SHA-256 with MGF1-SHA-1, Java's usual result.
    Sha256Sha1,
    /// SHA-1 with MGF1-SHA-1, the default of many libraries.
    Sha1Sha1,
}

/// A private key and the name by which a person knows it.
#[derive(Clone, Copy, Debug)]
pub struct LabelledKey<'a> {
    /// Name for messages, for example the key's id. Not a secret.
    pub label: &'a str,
    /// The key.
    pub key: &'a PrivateKey,
}

/// A decrypted secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Decrypted {
    /// The clear text.
    pub plain: String,
    /// Position of the fitting key in the list.
    pub key_index: usize,
    /// The combination that fitted.
    pub padding: Padding,
}

/// Why a secret cannot be encrypted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub enum EncryptFailure {
    /// Longer than the key allows.
    TooLong {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
}

/// Why a secret cannot be decrypted, and what was tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub struct DecryptFailure {
    /// What is wrong.
    pub reason: DecryptReason,
    /// Names of the keys that were tried, in their order.
    pub tried_keys: Vec<String>,
}

/// What is wrong with an encrypted secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecryptReason {
    /// Nothing there.
    Empty,
    /// Not Base64.
    NotBase64,
    /// There is no private key to try.
    NoKeys,
    /// No key has this length.
    WrongLength {
        /// Bytes of the ciphertext.
        bytes: usize,
    },
    /// No key and no combination gives a text.
    NothingFits,
}

impl Padding {
    /// All three, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::Sha256Sha256, Self::Sha256Sha1, Self::Sha1Sha1];

    /// The word of the setting `store.kit.oaep`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256Sha256 => "sha256/sha256",
            Self::Sha256Sha1 => "sha256/sha1",
            Self::Sha1Sha1 => "sha1/sha1",
        }
    }

    /// Reads the word of the setting.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|padding| padding.as_str() == text)
    }

    /// The combination as people write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sha256Sha256 => "SHA-256/MGF1-SHA-256",
            Self::Sha256Sha1 => "SHA-256/MGF1-SHA-1",
            Self::Sha1Sha1 => "SHA-1/MGF1-SHA-1",
        }
    }

    const fn hash_bytes(self) -> usize {
        match self {
            Self::Sha256Sha256 | Self::Sha256Sha1 => 32,
            Self::Sha1Sha1 => 20,
        }
    }
}

/// A secret must not reach a log by way of `{:?}`.
impl fmt::Debug for Decrypted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Decrypted")
            .field("key_index", &self.key_index)
            .field("padding", &self.padding)
            .finish_non_exhaustive()
    }
}

impl EncryptFailure {
    /// Stable text of the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "client_secret.too_long",
        }
    }

    /// The failure as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::TooLong { bytes, max } => Wording::of(
                format!("密钥长 {bytes} 字节，最多 {max} 字节"),
                format!("the secret has {bytes} bytes, at most {max} are allowed"),
            ),
        }
    }
}

impl DecryptFailure {
    /// The code of the answer, `000002`. Source: D16.
    pub fn result_code(&self) -> ResultCode {
        ResultCode::InvalidParameter
    }

    /// The `resultMsg` of the answer; it names the keys and the combinations.
    pub fn result_message(&self) -> String {
        self.result_code().message_with(&self.wording())
    }

    /// Stable text of the failure.
    pub fn code(&self) -> &'static str {
        match self.reason {
            DecryptReason::Empty => "client_secret.empty",
            DecryptReason::NotBase64 => "client_secret.not_base64",
            DecryptReason::NoKeys => "client_secret.no_keys",
            DecryptReason::WrongLength { .. } => "client_secret.wrong_length",
            DecryptReason::NothingFits => "client_secret.nothing_fits",
        }
    }

    /// The failure as a sentence.
    pub fn wording(&self) -> Wording {
        let (zh, en) = match self.reason {
            DecryptReason::Empty => ("值为空".to_owned(), "it is empty".to_owned()),
            DecryptReason::NotBase64 => ("不是 Base64".to_owned(), "it is not Base64".to_owned()),
            DecryptReason::NoKeys => ("没有可用的 RSA 私钥".to_owned(), "there is no RSA private key".to_owned()),
            DecryptReason::WrongLength { bytes } => (
                format!("密文长 {bytes} 字节，与任何密钥的长度都不符；已尝试的密钥：{}", self.keys()),
                format!("its {bytes} bytes fit the length of no key; keys: {}", self.keys()),
            ),
            DecryptReason::NothingFits => (
                format!("已尝试的密钥：{}；已尝试的填充：{}", self.keys(), paddings()),
                format!("keys tried: {}; paddings tried: {}", self.keys(), paddings()),
            ),
        };
        Wording::of(format!("clientSecret 无法解密：{zh}"), format!("clientSecret cannot be decrypted: {en}"))
    }

    fn keys(&self) -> String {
        self.tried_keys.join(", ")
    }
}

/// Encrypts a secret for the owner of `public_key`, in standard Base64.
pub fn encrypt(
    public_key: &PublicKey,
    plain: &str,
    padding: Padding,
    chance: &mut dyn FnMut(&mut [u8]),
) -> Result<String, EncryptFailure> {
    let max = public_key.inner().size() - 2 * padding.hash_bytes() - OAEP_OVERHEAD_BYTES;
    let too_long = || EncryptFailure::TooLong { bytes: plain.len(), max };
    if plain.len() > max {
        return Err(too_long());
    }
    let (key, rng, text) = (public_key.inner(), &mut Chance::of(chance), plain.as_bytes());
    let encrypted = match padding {
        Padding::Sha256Sha256 => key.encrypt(rng, Oaep::<Sha256>::new(), text),
        Padding::Sha256Sha1 => key.encrypt(rng, Oaep::<Sha256, Sha1>::new_with_mgf_hash(), text),
        Padding::Sha1Sha1 => key.encrypt(rng, Oaep::<Sha1>::new(), text),
    };
    // A checked key and a checked length leave no other reason.
    encrypted.map(|bytes| STANDARD.encode(bytes)).map_err(|_| too_long())
}

/// Decrypts a secret with whichever of several keys and of the three combinations fits. White space is
/// ignored, both alphabets of Base64 are read, `=` may be missing. `chance` blinds the computation, so
/// that its duration tells nothing about the key.
pub fn decrypt_any(
    keys: &[LabelledKey<'_>],
    text: &str,
    chance: &mut dyn FnMut(&mut [u8]),
) -> Result<Decrypted, DecryptFailure> {
    let failure = |reason| {
        let tried_keys = keys.iter().map(|key| key.label.to_owned()).collect();
        DecryptFailure { reason, tried_keys }
    };
    let ciphertext = ciphertext_of(text).map_err(failure)?;
    if keys.is_empty() {
        return Err(failure(DecryptReason::NoKeys));
    }
    let fits = |key: &LabelledKey<'_>| key.key.inner().size() == ciphertext.len();
    if !keys.iter().any(fits) {
        return Err(failure(DecryptReason::WrongLength { bytes: ciphertext.len() }));
    }
    let mut rng = Chance::of(chance);
    for (key_index, labelled) in keys.iter().enumerate().filter(|(_, key)| fits(key)) {
        for padding in Padding::ALL {
            if let Some(plain) = decrypted(labelled.key, &ciphertext, padding, &mut rng) {
                return Ok(Decrypted { plain, key_index, padding });
            }
        }
    }
    Err(failure(DecryptReason::NothingFits))
}

fn decrypted(key: &PrivateKey, ciphertext: &[u8], padding: Padding, rng: &mut Chance<'_>) -> Option<String> {
    let key = key.inner();
    let plain = match padding {
        Padding::Sha256Sha256 => key.decrypt_blinded(rng, Oaep::<Sha256>::new(), ciphertext),
        Padding::Sha256Sha1 => key.decrypt_blinded(rng, Oaep::<Sha256, Sha1>::new_with_mgf_hash(), ciphertext),
        Padding::Sha1Sha1 => key.decrypt_blinded(rng, Oaep::<Sha1>::new(), ciphertext),
    };
    String::from_utf8(plain.ok()?).ok()
}

fn ciphertext_of(text: &str) -> Result<Vec<u8>, DecryptReason> {
    let text: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    if text.is_empty() {
        return Err(DecryptReason::Empty);
    }
    LENIENT_BASE64.decode(text.replace('-', "+").replace('_', "/")).map_err(|_| DecryptReason::NotBase64)
}

fn paddings() -> String {
    Padding::ALL.map(Padding::title).join(", ")
}
