//! `mercer decrypt`.

use clap::{Args, Subcommand};
use mercer_kernel::entropy::Entropy;
use mercer_protocol::cipher;
use mercer_protocol::kit::client_secret::{self, LabelledKey, Padding, PrivateKey};
use serde_json::{Value, json};

use super::{TextArgs, V1KeyArgs, cipher_failure, key_failure};
use crate::failure::{Exit, Failure};
use crate::input::given_line;
use crate::output::{Column, Output, record, text_of};

/// Decrypt one value as the protocol does (解密)
#[derive(Debug, Args)]
pub(crate) struct DecryptArgs {
    #[command(subcommand)]
    scheme: Scheme,
}

#[derive(Debug, Subcommand)]
enum Scheme {
    /// Phone, mail, user name or password of SaaS V1.0: AES-CBC (V1.0 手机、邮箱、账号、密码)
    V1(V1),
    /// Client secret of applicationSync: tries the three OAEP combinations (应用同步的 clientSecret)
    ClientSecret(ClientSecret),
}

#[derive(Debug, Args)]
struct V1 {
    #[command(flatten)]
    key: V1KeyArgs,
    #[command(flatten)]
    text: TextArgs,
}

#[derive(Debug, Args)]
struct ClientSecret {
    /// Private key in PEM; repeat to try several: a file or - (私钥)
    #[arg(long = "private-key", required = true, value_name = "FILE|-")]
    private_keys: Vec<String>,
    #[command(flatten)]
    text: TextArgs,
}

/// Runs the command.
///
/// # Errors
/// When an input cannot be used or does not decrypt.
pub(crate) fn run(arguments: &DecryptArgs, output: Output) -> Result<(), Failure> {
    let (decrypted, columns): (Value, &[Column]) = match &arguments.scheme {
        Scheme::V1(arguments) => (v1(arguments)?, V1_VALUES),
        Scheme::ClientSecret(arguments) => (client_secret(arguments)?, SECRET_VALUES),
    };
    output.show(&decrypted, |language| record(language, columns, &decrypted));
    Ok(())
}

fn v1(arguments: &V1) -> Result<Value, Failure> {
    let wire = arguments.text.read()?;
    let size = arguments.key.size();
    let text = cipher::decrypt(&arguments.key.key, size, &wire).map_err(|failure| {
        // The other length is the usual reason, so it is tried before the person has to.
        let other = if size == cipher::KeySize::Bits256 { cipher::KeySize::Bits128 } else { cipher::KeySize::Bits256 };
        let refused = cipher_failure(&failure, Exit::Failed);
        if cipher::decrypt(&arguments.key.key, other, &wire).is_ok() {
            let bits = other.bits();
            refused.next(format!("用 --bits {bits} 可以解密"), format!("it decrypts with --bits {bits}"))
        } else {
            refused.next(
                "核对 Key 与位数；密文中的「+」可能被解码成了空格",
                "check the Key and the bits; a \"+\" of the text may have become a blank",
            )
        }
    })?;
    Ok(json!({
        "bits": size.bits(),
        "encryptType": size.encrypt_type(),
        "iv": wire.chars().take(16).collect::<String>(),
        "derivedKey": arguments.key.derivation(),
        "text": text,
    }))
}

fn client_secret(arguments: &ClientSecret) -> Result<Value, Failure> {
    let mut keys = Vec::new();
    for source in &arguments.private_keys {
        let pem = given_line("--private-key", source)?;
        keys.push(PrivateKey::parse(&pem).map_err(|refusal| key_failure("--private-key", &refusal))?);
    }
    let labelled: Vec<LabelledKey<'_>> =
        arguments.private_keys.iter().zip(&keys).map(|(source, key)| LabelledKey { label: source, key }).collect();
    let text = arguments.text.read()?;
    let entropy = Entropy::system();
    let found =
        client_secret::decrypt_any(&labelled, &text, &mut |target| entropy.fill(target)).map_err(|failure| {
            let wording = failure.wording();
            let tried: Vec<&str> = Padding::ALL.iter().map(|padding| padding.title()).collect();
            let tried = format!("{} × {}", failure.tried_keys.join(", "), tried.join(", "));
            Failure::new(Exit::Failed, wording.zh, wording.en).code(failure.code()).input(tried).next(
                "确认对方使用的是这把私钥的公钥，且为 OAEP 填充、标准 Base64",
                "make sure the other side has the public key of this private one, uses OAEP and standard Base64",
            )
        })?;
    Ok(json!({
        "privateKey": arguments.private_keys.get(found.key_index),
        "padding": found.padding.title(),
        "text": found.plain,
    }))
}

const V1_VALUES: &[Column] = &[
    Column::new("位数", "bits", |row| text_of(&row["bits"])),
    Column::new("encryptType", "encryptType", |row| text_of(&row["encryptType"])),
    Column::new("初始向量", "iv", |row| text_of(&row["iv"])),
    Column::new("派生的 AES 密钥", "derived AES key", |row| text_of(&row["derivedKey"])),
    Column::new("明文", "plain text", |row| text_of(&row["text"])),
];

const SECRET_VALUES: &[Column] = &[
    Column::new("私钥", "private key", |row| text_of(&row["privateKey"])),
    Column::new("填充", "padding", |row| text_of(&row["padding"])),
    Column::new("明文", "plain text", |row| text_of(&row["text"])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        decrypt: DecryptArgs,
    }

    fn decrypted(line: &[&str]) -> Result<Value, Failure> {
        match Line::try_parse_from(line).unwrap_or_else(|error| panic!("{error}")).decrypt.scheme {
            Scheme::V1(arguments) => v1(&arguments),
            Scheme::ClientSecret(arguments) => client_secret(&arguments),
        }
    }

    #[test]
    fn a_field_of_the_store_is_read_and_another_length_is_suggested() {
        let key = "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44";
        let wire = "A1b2C3d4E5f6G7h8MIqddB8Xbv1n2iH9e49yag==";
        assert_eq!(decrypted(&["decrypt", "v1", "--key", key, wire]).unwrap()["text"], "13800138000");
        let failure = decrypted(&["decrypt", "v1", "--key", key, "--bits", "128", wire]).unwrap_err();
        assert_eq!(failure.exit, Exit::Failed);
        assert!(failure.lines(crate::language::Language::En).contains("--bits 256"));
    }

    #[test]
    fn a_public_key_where_a_private_one_is_meant_is_named() {
        let failure = decrypted(&["decrypt", "client-secret", "--private-key", "MIIB", "AAAA"]).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
    }
}
