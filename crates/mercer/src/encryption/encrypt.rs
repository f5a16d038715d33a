//! `mercer encrypt`.

use clap::{Args, Subcommand};
use mercer_kernel::entropy::Entropy;
use mercer_protocol::cipher::{self, Iv};
use mercer_protocol::kit::client_secret::{self, PublicKey};
use serde_json::{Value, json};

use super::{Digest, TextArgs, V1KeyArgs, cipher_failure, key_failure, padding, v1_remark};
use crate::failure::{Exit, Failure};
use crate::input::given_line;
use crate::language::Language;
use crate::output::{Column, Output, record, text_of};

/// Encrypt one value as the protocol does (加密)
#[derive(Debug, Args)]
pub(crate) struct EncryptArgs {
    #[command(subcommand)]
    scheme: Scheme,
}

#[derive(Debug, Subcommand)]
enum Scheme {
    /// Phone, mail, user name or password of SaaS V1.0: AES-CBC (V1.0 手机、邮箱、账号、密码)
    V1(V1),
    /// Client secret of applicationSync: RSA-OAEP (应用同步的 clientSecret)
    ClientSecret(ClientSecret),
}

#[derive(Debug, Args)]
struct V1 {
    #[command(flatten)]
    key: V1KeyArgs,
    /// 16 letters and digits; random when left out (初始向量)
    #[arg(long)]
    iv: Option<String>,
    #[command(flatten)]
    text: TextArgs,
}

#[derive(Debug, Args)]
struct ClientSecret {
    /// Public key, PEM or the text without BEGIN and END: a file, -, or the text (公钥)
    #[arg(long, value_name = "FILE|-|TEXT")]
    public_key: String,
    /// Digest of OAEP (OAEP 摘要)
    #[arg(long, value_enum, default_value = "sha256")]
    hash: Digest,
    /// Digest of its mask generation (MGF1 摘要)
    #[arg(long, value_enum, default_value = "sha256")]
    mgf: Digest,
    #[command(flatten)]
    text: TextArgs,
}

/// Runs the command.
///
/// # Errors
/// When an input cannot be used.
pub(crate) fn run(arguments: &EncryptArgs, output: Output) -> Result<(), Failure> {
    let entropy = Entropy::system();
    let (encrypted, columns): (Value, &[Column]) = match &arguments.scheme {
        Scheme::V1(arguments) => (v1(arguments, &entropy, output.language)?, V1_VALUES),
        Scheme::ClientSecret(arguments) => (client_secret(arguments, &entropy)?, SECRET_VALUES),
    };
    output.show(&encrypted, |language| record(language, columns, &encrypted));
    Ok(())
}

fn v1(arguments: &V1, entropy: &Entropy, language: Language) -> Result<Value, Failure> {
    let text = arguments.text.read()?;
    let iv = match &arguments.iv {
        Some(iv) => Iv::new(iv).map_err(|failure| {
            cipher_failure(&failure, Exit::Usage).input("--iv").allowed("16 个字母或数字", "16 letters and digits")
        })?,
        None => Iv::of_chance(&mut |target| entropy.fill(target)),
    };
    let size = arguments.key.size();
    let wire = cipher::encrypt(&arguments.key.key, size, &iv, &text);
    let too_long = wire.chars().count() > cipher::MAX_ACCOUNT_WIRE_CHARACTERS;
    Ok(json!({
        "bits": size.bits(),
        "encryptType": size.encrypt_type(),
        "iv": wire.chars().take(16).collect::<String>(),
        "derivedKey": arguments.key.derivation(),
        "wire": wire,
        "characters": wire.chars().count(),
        "remark": if too_long {
            language.pick(
                "超过 128 个字符，不能用作 userName 或 password",
                "more than 128 characters: too long for userName or password",
            )
        } else {
            v1_remark(language)
        },
    }))
}

fn client_secret(arguments: &ClientSecret, entropy: &Entropy) -> Result<Value, Failure> {
    let key = given_line("--public-key", &arguments.public_key)?;
    let key = PublicKey::parse(&key).map_err(|refusal| key_failure("--public-key", &refusal))?;
    let padding = padding(arguments.hash, arguments.mgf)?;
    let text = arguments.text.read()?;
    let encrypted = client_secret::encrypt(&key, &text, padding, &mut |target| entropy.fill(target));
    let encrypted = encrypted.map_err(|failure| {
        let wording = failure.wording();
        Failure::new(Exit::Usage, wording.zh, wording.en).code(failure.code())
    })?;
    Ok(json!({
        "keyBits": key.bits(),
        "padding": padding.title(),
        "clientSecret": encrypted,
        "characters": encrypted.len(),
    }))
}

const V1_VALUES: &[Column] = &[
    Column::new("位数", "bits", |row| text_of(&row["bits"])),
    Column::new("encryptType", "encryptType", |row| text_of(&row["encryptType"])),
    Column::new("初始向量", "iv", |row| text_of(&row["iv"])),
    Column::new("派生的 AES 密钥", "derived AES key", |row| text_of(&row["derivedKey"])),
    Column::new("密文", "wire text", |row| text_of(&row["wire"])),
    Column::new("字符数", "characters", |row| text_of(&row["characters"])),
    Column::new("说明", "remark", |row| text_of(&row["remark"])),
];

const SECRET_VALUES: &[Column] = &[
    Column::new("密钥位数", "key bits", |row| text_of(&row["keyBits"])),
    Column::new("填充", "padding", |row| text_of(&row["padding"])),
    Column::new("clientSecret", "clientSecret", |row| text_of(&row["clientSecret"])),
    Column::new("字符数", "characters", |row| text_of(&row["characters"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        encrypt: EncryptArgs,
    }

    fn encrypted(line: &[&str]) -> Value {
        let Scheme::V1(arguments) = Line::try_parse_from(line).unwrap_or_else(|error| panic!("{error}")).encrypt.scheme
        else {
            panic!("v1 was typed")
        };
        v1(&arguments, &Entropy::seeded(1), Language::En).unwrap()
    }

    #[test]
    fn the_example_of_the_contract_is_reproduced() {
        let key = "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44";
        let found = encrypted(&["encrypt", "v1", "--key", key, "--iv", "A1b2C3d4E5f6G7h8", "13800138000"]);
        assert_eq!(found["wire"], "A1b2C3d4E5f6G7h8MIqddB8Xbv1n2iH9e49yag==");
        assert!(found["derivedKey"].is_null(), "a derived key is shown only when it is asked for");
    }

    #[test]
    fn the_derived_key_is_shown_when_asked_for() {
        let line = ["encrypt", "v1", "--key", "xxxxxxx", "--bits", "128", "--show-derivation", "a"];
        let found = encrypted(&line);
        assert_eq!(found["derivedKey"], "c962ef8500ad13239b5ec0eb6a5c570b");
        assert_eq!((found["encryptType"].as_str(), found["iv"].as_str().unwrap().len()), (Some("2"), 16));
    }

    #[test]
    fn text_and_file_exclude_each_other_and_one_is_demanded() {
        assert!(Line::try_parse_from(["encrypt", "v1", "--key", "k"]).is_err());
        assert!(Line::try_parse_from(["encrypt", "v1", "--key", "k", "a", "--file", "-"]).is_err());
    }
}
