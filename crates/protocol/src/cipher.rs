//! The encrypted fields of SaaS V1.0: phone and mail on the way to the merchant, the account on the way
//! back.
//!
//! The key is derived as Java's `KeyGenerator` does it when seeded through SHA1PRNG; no prose page says
//! so, only the vendor's sample does. Source: SaaS V1.0 §2.4.

use std::fmt;

use aes::{Aes128, Aes256};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use sha1::{Digest, Sha1};

use crate::digest::lower_hex;
use crate::result_code::ResultCode;
use crate::wording::Wording;

/// Longest wire text of `userName` and `password`, the vector included: 79 bytes of clear text.
/// Source: SaaS V1.0 §2.4.
pub const MAX_ACCOUNT_WIRE_CHARACTERS: usize = 128;

/// Bytes and characters of an initialisation vector.
const IV_BYTES: usize = 16;

const IV_ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Standard alphabet; `=` at the end is written and may be missing when read.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Length of the AES key (加密位数), a property of the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KeySize {
    /// AES256_CBC_PKCS5Padding, `encryptType` 1, the default.
    #[default]
    Bits256,
    /// AES128_CBC_PKCS5Padding, `encryptType` 2.
    Bits128,
}

/// An initialisation vector: 16 letters and digits whose bytes are the vector itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Iv([u8; IV_BYTES]);

/// What was decrypted, and with which of several keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Decrypted {
    /// Position of the key in the list.
    pub key_index: usize,
    /// The clear text.
    pub text: String,
}

/// Why a value cannot be decrypted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub enum Failure {
    /// Nothing there.
    Empty,
    /// Nothing behind the vector, or not even a whole vector.
    TooShort {
        /// Characters given.
        characters: usize,
    },
    /// The first 16 characters are no vector.
    BadIv,
    /// What follows the vector is no Base64.
    NotBase64,
    /// The ciphertext is no multiple of 16 bytes.
    NotWholeBlocks {
        /// Bytes given.
        bytes: usize,
    },
    /// The padding does not fit: another key, another key length, or altered on the way.
    WrongPadding,
    /// What comes out is no text: another key, another key length, or altered on the way.
    NotUtf8,
}

impl KeySize {
    /// Bits of the key.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Bits256 => 256,
            Self::Bits128 => 128,
        }
    }

    /// The size with so many bits.
    pub const fn of_bits(bits: u32) -> Option<Self> {
        match bits {
            256 => Some(Self::Bits256),
            128 => Some(Self::Bits128),
            _ => None,
        }
    }

    /// The value of `encryptType` in an answer.
    pub const fn encrypt_type(self) -> &'static str {
        match self {
            Self::Bits256 => "1",
            Self::Bits128 => "2",
        }
    }

    /// Reads `encryptType`.
    pub fn of_encrypt_type(text: &str) -> Option<Self> {
        [Self::Bits256, Self::Bits128].into_iter().find(|size| size.encrypt_type() == text.trim())
    }

    const fn bytes(self) -> usize {
        match self {
            Self::Bits256 => 32,
            Self::Bits128 => 16,
        }
    }
}

impl Iv {
    /// Reads 16 letters and digits.
    pub fn new(text: &str) -> Result<Self, Failure> {
        let bytes: [u8; IV_BYTES] = text.as_bytes().try_into().map_err(|_| Failure::BadIv)?;
        if bytes.iter().all(u8::is_ascii_alphanumeric) { Ok(Self(bytes)) } else { Err(Failure::BadIv) }
    }

    /// A random vector.
    pub fn of_chance(chance: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut bytes = [0; IV_BYTES];
        chance(&mut bytes);
        // 256 is no multiple of 62; a vector has to be unpredictable, not uniform.
        Self(bytes.map(|byte| IV_ALPHABET[usize::from(byte) % IV_ALPHABET.len()]))
    }
}

/// Clear text must not reach a log by way of `{:?}`.
impl fmt::Debug for Decrypted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Decrypted").field("key_index", &self.key_index).finish_non_exhaustive()
    }
}

impl Failure {
    /// The code of the answer, `000002`.
    pub fn result_code(&self) -> ResultCode {
        ResultCode::InvalidParameter
    }

    /// The `resultMsg` of an answer about the value of `field`.
    pub fn message_for(&self, field: &str) -> String {
        format!(
            "{}: {field} cannot be decrypted, {}",
            ResultCode::InvalidParameter.default_message(),
            self.wording().en
        )
    }

    /// Stable text of the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "cipher.empty",
            Self::TooShort { .. } => "cipher.too_short",
            Self::BadIv => "cipher.bad_iv",
            Self::NotBase64 => "cipher.not_base64",
            Self::NotWholeBlocks { .. } => "cipher.not_whole_blocks",
            Self::WrongPadding => "cipher.wrong_padding",
            Self::NotUtf8 => "cipher.not_utf8",
        }
    }

    /// The failure as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::Empty => Wording::fixed("密文为空", "the value is empty"),
            Self::TooShort { characters } => Wording::of(
                format!("密文只有 {characters} 个字符，应为 16 个字符的 IV 加 Base64"),
                format!("the value has only {characters} characters; expected a 16-character IV and Base64"),
            ),
            Self::BadIv => Wording::fixed(
                "前 16 个字符不是 IV（应为字母和数字）",
                "the first 16 characters are no IV (letters and digits)",
            ),
            Self::NotBase64 => Wording::fixed("IV 之后的部分不是 Base64", "what follows the IV is not Base64"),
            Self::NotWholeBlocks { bytes } => Wording::of(
                format!("密文长 {bytes} 字节，不是 16 的倍数"),
                format!("the ciphertext has {bytes} bytes, no multiple of 16"),
            ),
            Self::WrongPadding => Wording::fixed(
                "填充错误：密钥或加密位数不同，或内容被改动",
                "the padding is wrong: another key or key length, or altered on the way",
            ),
            Self::NotUtf8 => Wording::fixed(
                "解密结果不是文本：密钥或加密位数不同",
                "the result is no text: another key or key length",
            ),
        }
    }
}

/// Encrypts `text` into the wire form: the vector's 16 characters, then Base64.
pub fn encrypt(key: &str, key_size: KeySize, iv: &Iv, text: &str) -> String {
    let derived = key_stream(key, key_size.bytes());
    let ciphertext = match key_size {
        KeySize::Bits256 => cbc::Encryptor::<Aes256>::new_from_slices(&derived, &iv.0)
            .expect("32 bytes of key and 16 of vector")
            .encrypt_padded_vec::<Pkcs7>(text.as_bytes()),
        KeySize::Bits128 => cbc::Encryptor::<Aes128>::new_from_slices(&derived, &iv.0)
            .expect("16 bytes of key and of vector")
            .encrypt_padded_vec::<Pkcs7>(text.as_bytes()),
    };
    let iv: String = iv.0.iter().map(|byte| char::from(*byte)).collect();
    format!("{iv}{}", BASE64.encode(ciphertext))
}

/// Decrypts a wire text. Blanks are taken for lost plus signs, `=` at the end may be missing (D15).
pub fn decrypt(key: &str, key_size: KeySize, wire: &str) -> Result<String, Failure> {
    let (iv, ciphertext) = taken_apart(wire)?;
    let derived = key_stream(key, key_size.bytes());
    let plain = match key_size {
        KeySize::Bits256 => cbc::Decryptor::<Aes256>::new_from_slices(&derived, &iv.0)
            .expect("32 bytes of key and 16 of vector")
            .decrypt_padded_vec::<Pkcs7>(&ciphertext),
        KeySize::Bits128 => cbc::Decryptor::<Aes128>::new_from_slices(&derived, &iv.0)
            .expect("16 bytes of key and of vector")
            .decrypt_padded_vec::<Pkcs7>(&ciphertext),
    };
    String::from_utf8(plain.map_err(|_| Failure::WrongPadding)?).map_err(|_| Failure::NotUtf8)
}

/// Decrypts with the first of several keys that fits; the failure is that of the first key.
pub fn decrypt_any(keys: &[&str], key_size: KeySize, wire: &str) -> Result<Decrypted, Failure> {
    let mut failure = None;
    for (key_index, key) in keys.iter().enumerate() {
        match decrypt(key, key_size, wire) {
            Ok(text) => return Ok(Decrypted { key_index, text }),
            Err(found) => {
                failure.get_or_insert(found);
            }
        }
    }
    Err(failure.unwrap_or(Failure::WrongPadding))
}

/// The first bytes of Java's SHA1PRNG stream when it is seeded with the key.
pub fn key_stream(key: &str, bytes: usize) -> Vec<u8> {
    let mut state: [u8; 20] = Sha1::digest(key.as_bytes()).into();
    let mut stream = Vec::with_capacity(bytes + 20);
    while stream.len() < bytes {
        let output: [u8; 20] = Sha1::digest(state).into();
        stream.extend_from_slice(&output);
        advance(&mut state, &output);
    }
    stream.truncate(bytes);
    stream
}

/// The AES key as lower-case hexadecimal, for whoever compares his own derivation. It is a secret.
pub fn derived_key_hex(key: &str, key_size: KeySize) -> String {
    lower_hex(&key_stream(key, key_size.bytes()))
}

/// Base64 with the repairs of decision D15: blanks are lost plus signs, `=` may be missing.
pub(crate) fn lenient_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.replace(' ', "+")).ok()
}

/// Adds the output to the state. Java's bytes are signed, so the carry may be negative too.
fn advance(state: &mut [u8; 20], output: &[u8; 20]) {
    let mut carry = 1_i32;
    let mut is_changed = false;
    for (byte, added) in state.iter_mut().zip(output) {
        let sum = i32::from(byte.cast_signed()) + i32::from(added.cast_signed()) + carry;
        let [low, ..] = sum.to_le_bytes();
        is_changed |= *byte != low;
        *byte = low;
        carry = sum >> 8;
    }
    if !is_changed {
        state[0] = state[0].wrapping_add(1);
    }
}

fn taken_apart(wire: &str) -> Result<(Iv, Vec<u8>), Failure> {
    if wire.is_empty() {
        return Err(Failure::Empty);
    }
    let too_short = || Failure::TooShort { characters: wire.chars().count() };
    if wire.len() <= IV_BYTES {
        return Err(too_short());
    }
    let (iv, rest) = wire.split_at_checked(IV_BYTES).ok_or(Failure::BadIv)?;
    let iv = Iv::new(iv)?;
    let ciphertext = lenient_base64(rest).ok_or(Failure::NotBase64)?;
    match ciphertext.len() {
        0 => Err(too_short()),
        bytes if bytes % IV_BYTES != 0 => Err(Failure::NotWholeBlocks { bytes }),
        _ => Ok((iv, ciphertext)),
    }
}
