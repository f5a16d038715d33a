//! `mercer keys`: the keys of the protocol, made on this machine.
//!
//! A private key is written to a file that only its owner can read, and an existing file is never
//! written over: whoever loses a private key cannot decrypt the secrets that were made for it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use mercer_kernel::entropy::Entropy;
use mercer_protocol::kit::client_secret::PrivateKey;
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::output::{Column, Output, record, text_of};
use crate::secrets::{ACCESS_KEY_LENGTH, uuid_like};

/// File of the private key.
const PRIVATE_FILE: &str = "mercer-rsa-private.pem";
/// File of the public key.
const PUBLIC_FILE: &str = "mercer-rsa-public.pem";

/// Make keys of the protocol (生成密钥)
#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// A pair for the application credential: the store encrypts client secrets for it (应用凭证的 RSA 密钥对)
    Rsa {
        /// Bits of the key; the store wants 3072 or more (位数)
        #[arg(long, default_value_t = 3072, value_parser = clap::value_parser!(u32).range(3072..=8192))]
        bits: u32,
        /// Folder for the two files, made when it is not there (目录)
        #[arg(long, default_value = ".", value_name = "FOLDER")]
        out: PathBuf,
    },
    /// A key shared by store and merchant, to try things out; the real store makes its own (访问密钥)
    Generate {
        /// v1: the form of a SaaS V1.0 Key; access: the form of an access key (类型)
        #[arg(long = "type", value_enum, default_value = "access")]
        kind: Kind,
    },
}

/// Form of a shared key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// 36 characters, as a UUID
    V1,
    /// 32 letters and digits
    Access,
}

/// Runs the command.
///
/// # Errors
/// When the files exist or cannot be written.
pub(crate) fn run(arguments: &KeysArgs, output: Output) -> Result<(), Failure> {
    let entropy = Entropy::system();
    match &arguments.action {
        Action::Rsa { bits, out } => {
            let made = rsa(*bits, out, &entropy)?;
            output.show(&made, |language| {
                // On a line of its own, so that no table cuts what is pasted.
                let label = language.pick("粘贴到云商店的公钥：", "To paste into the store:");
                format!("{}\n\n{label}\n{}", record(language, RSA_VALUES, &made), text_of(&made["paste"]))
            });
        }
        Action::Generate { kind } => {
            let made = generate(*kind, &entropy);
            output.show(&made, |language| record(language, KEY_VALUES, &made));
        }
    }
    Ok(())
}

fn rsa(bits: u32, folder: &Path, entropy: &Entropy) -> Result<Value, Failure> {
    let (private_file, public_file) = (folder.join(PRIVATE_FILE), folder.join(PUBLIC_FILE));
    // Said before seconds are spent on the pair.
    if let Some(taken) = [&private_file, &public_file].into_iter().find(|file| file.exists()) {
        return Err(exists(taken));
    }
    let bits = usize::try_from(bits).expect("a few thousand fit into every usize");
    let pair = PrivateKey::generate(bits, &mut |target| entropy.fill(target)).map_err(|refusal| {
        let wording = refusal.wording();
        Failure::new(Exit::Failed, wording.zh, wording.en).code(refusal.code())
    })?;
    let public = pair.public_key();
    make_folder(folder)?;
    write_new(&private_file, &pair.to_pem(), Access::Owner)?;
    write_new(&public_file, &public.to_pem(), Access::Everybody)?;
    Ok(json!({
        "bits": public.bits(),
        "privateKeyFile": private_file,
        "publicKeyFile": public_file,
        "paste": public.to_bare(),
    }))
}

fn generate(kind: Kind, entropy: &Entropy) -> Value {
    let (name, key) = match kind {
        Kind::V1 => ("v1", uuid_like(entropy)),
        Kind::Access => ("access", entropy.alphanumeric(ACCESS_KEY_LENGTH)),
    };
    json!({"type": name, "key": key})
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Owner,
    Everybody,
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| unwritable(folder, &error))
}

fn write_new(path: &Path, text: &str, access: Access) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path),
        _ => unwritable(path, &error),
    })
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Data, "写不了密钥文件", "the key file cannot be written")
        .input(format!("{}: {error}", path.display()))
        .next("换一个可写的目录：--out FOLDER", "choose a folder that can be written: --out FOLDER")
}

fn exists(path: &Path) -> Failure {
    Failure::new(Exit::Data, "密钥文件已存在，不会覆盖", "the key file exists and is not written over")
        .input(path.display().to_string())
        .next("换一个目录：--out FOLDER", "choose another folder: --out FOLDER")
}

const RSA_VALUES: &[Column] = &[
    Column::new("位数", "bits", |row| text_of(&row["bits"])),
    Column::new("私钥文件（保密，导入网关）", "private key (secret, for the gateway)", |row| {
        text_of(&row["privateKeyFile"])
    }),
    Column::new("公钥文件", "public key", |row| text_of(&row["publicKeyFile"])),
];

const KEY_VALUES: &[Column] =
    &[Column::new("类型", "type", |row| text_of(&row["type"])), Column::new("密钥", "key", |row| text_of(&row["key"]))];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_keys_have_the_form_of_the_store() {
        let entropy = Entropy::seeded(5);
        let v1 = text_of(&generate(Kind::V1, &entropy)["key"]);
        assert_eq!((v1.len(), v1.matches('-').count(), v1.as_bytes()[14]), (36, 4, b'4'));
        assert_eq!(text_of(&generate(Kind::Access, &entropy)["key"]).len(), 32);
    }

    #[test]
    fn a_private_key_is_private_and_never_written_over() {
        let folder = std::env::temp_dir().join(format!("mercer-keys-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(PRIVATE_FILE);
        write_new(&file, "secret", Access::Owner).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(write_new(&file, "other", Access::Owner).unwrap_err().exit, Exit::Data);
        assert_eq!(rsa(3072, &folder, &Entropy::seeded(1)).unwrap_err().exit, Exit::Data);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "secret");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
