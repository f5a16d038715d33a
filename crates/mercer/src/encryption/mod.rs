//! `mercer encrypt` and `mercer decrypt`: the personal fields and accounts of SaaS V1.0, and the client
//! secrets of the kit, so that an integrator sees for one value what his own code should make of it.

pub(crate) mod decrypt;
pub(crate) mod encrypt;

use clap::{Args, ValueEnum};
use mercer_protocol::cipher::{self, KeySize};
use mercer_protocol::kit::client_secret::{KeyRefusal, Padding};
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::input::given_line;
use crate::language::Language;

/// The text to work on.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct TextArgs {
    /// The text itself (文本)
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// File with the text, or - for standard input; one line break at its end does not count (文本文件)
    #[arg(long, value_name = "FILE|-")]
    file: Option<String>,
}

impl TextArgs {
    fn read(&self) -> Result<String, Failure> {
        match (&self.text, &self.file) {
            (Some(text), _) => Ok(text.clone()),
            (None, Some(file)) => given_line("--file", file),
            (None, None) => Ok(String::new()),
        }
    }
}

/// Key and length of SaaS V1.0's cipher.
#[derive(Debug, Args)]
struct V1KeyArgs {
    /// Key of the merchant (Key 值，accessKey)
    #[arg(long)]
    key: String,
    /// Bits of the AES key; 256 is encryptType 1, 128 is encryptType 2 (加密位数)
    #[arg(long, value_enum, default_value = "256")]
    bits: Bits,
    /// Print the AES key derived from the Key as well (显示派生密钥)
    #[arg(long)]
    show_derivation: bool,
}

/// Length of the AES key. Source: SaaS V1.0 §2.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Bits {
    /// AES256_CBC_PKCS5Padding, encryptType 1
    #[value(name = "256")]
    B256,
    /// AES128_CBC_PKCS5Padding, encryptType 2
    #[value(name = "128")]
    B128,
}

impl V1KeyArgs {
    fn size(&self) -> KeySize {
        match self.bits {
            Bits::B256 => KeySize::Bits256,
            Bits::B128 => KeySize::Bits128,
        }
    }

    /// How the AES key comes about; the key itself only for whoever asked.
    fn derivation(&self) -> Value {
        if self.show_derivation { json!(cipher::derived_key_hex(&self.key, self.size())) } else { Value::Null }
    }
}

/// A digest of OAEP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Digest {
    /// SHA-256
    Sha256,
    /// SHA-1
    Sha1,
}

/// The padding two digests make together; SHA-1 with MGF1-SHA-256 does not occur in the kit.
fn padding(hash: Digest, mgf: Digest) -> Result<Padding, Failure> {
    match (hash, mgf) {
        (Digest::Sha256, Digest::Sha256) => Ok(Padding::Sha256Sha256),
        (Digest::Sha256, Digest::Sha1) => Ok(Padding::Sha256Sha1),
        (Digest::Sha1, Digest::Sha1) => Ok(Padding::Sha1Sha1),
        (Digest::Sha1, Digest::Sha256) => {
            Err(Failure::new(Exit::Usage, "没有这种组合", "there is no such combination")
                .input("--hash sha1 --mgf sha256")
                .allowed("sha256/sha256、sha256/sha1、sha1/sha1", "sha256/sha256, sha256/sha1, sha1/sha1"))
        }
    }
}

fn key_failure(option: &str, refusal: &KeyRefusal) -> Failure {
    let wording = refusal.wording();
    Failure::new(Exit::Usage, wording.zh, wording.en)
        .code(refusal.code())
        .input(option)
        .next("用 mercer keys rsa 生成一对密钥", "make a pair with mercer keys rsa")
}

fn cipher_failure(failure: &cipher::Failure, exit: Exit) -> Failure {
    let wording = failure.wording();
    Failure::new(exit, wording.zh, wording.en).code(failure.code())
}

/// What the printed values of the cipher mean.
fn v1_remark(language: Language) -> &'static str {
    language.pick(
        "密文 = 16 个字符的 iv，后接 Base64；AES 密钥由 Key 经 Java SHA1PRNG 派生，CBC，PKCS5 填充",
        "wire text = iv of 16 characters, then Base64; the AES key comes from Key by Java's SHA1PRNG; CBC, PKCS5 padding",
    )
}
