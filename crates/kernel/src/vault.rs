//! Secrets at rest: AES-256-GCM, bound to the place where they lie.
//!
//! A master key outside the database wraps the data keys inside it; data keys seal the values. A sealed
//! value opens only at its own table, row and column, so rows cannot be swapped. Replacing the master
//! key rewraps the data keys and leaves every value as it is.

use std::path::Path;
use std::sync::Arc;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use zeroize::Zeroizing;

use crate::args;
use crate::db::{Batch, Db, DbError, Migration};
use crate::entropy::Entropy;

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "data keys",
    sql: "CREATE TABLE kernel_data_key (id TEXT PRIMARY KEY, wrapped TEXT NOT NULL);",
}];

crate::statements! {
    FIND_DATA_KEYS = "SELECT id, wrapped FROM kernel_data_key ORDER BY id";
    INSERT_DATA_KEY = "INSERT INTO kernel_data_key (id, wrapped) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
}

/// Why a secret could not be sealed or opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VaultError {
    /// The text was not sealed here, was changed, or belongs to another place.
    #[error("a stored secret cannot be opened: it was changed, or it belongs to another row")]
    NotSealedHere,
    /// The master key does not fit the database.
    #[error("the master key does not open this database; use the key file that was made with it")]
    WrongMasterKey,
    /// The key file cannot be read or written.
    #[error("the master key file {0}")]
    KeyFile(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Where a sealed value lies.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Table name.
    pub table: &'static str,
    /// Primary key of the row.
    pub row: &'a str,
    /// Column name.
    pub column: &'static str,
}

impl Place<'_> {
    fn bound_to(self) -> Vec<u8> {
        format!("{}\0{}\0{}", self.table, self.row, self.column).into_bytes()
    }
}

/// The key that wraps the data keys. 32 bytes, kept outside the database.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// From the Base64 text of 32 bytes.
    ///
    /// # Errors
    /// [`VaultError::KeyFile`] when it is not that.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(BASE64.decode(text.trim().trim_end_matches('=')).unwrap_or_default());
        <[u8; 32]>::try_from(bytes.as_slice())
            .map(|key| Self(Zeroizing::new(key)))
            .map_err(|_| VaultError::KeyFile("must hold 32 bytes in Base64".to_owned()))
    }

    /// Reads the key file, or makes it (readable by its owner only) when there is none.
    ///
    /// # Errors
    /// [`VaultError::KeyFile`] when it cannot be read, written or understood.
    pub fn load_or_create(path: &Path, entropy: &Entropy) -> Result<Self, VaultError> {
        let failed = |error: std::io::Error| VaultError::KeyFile(format!("{}: {error}", path.display()));
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder).map_err(failed)?;
                }
                let key = Self(Zeroizing::new(entropy.bytes()));
                write_private(path, &BASE64.encode(key.0.as_slice())).map_err(failed)?;
                Ok(key)
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn cipher(&self) -> Aes256Gcm {
        cipher(&self.0)
    }
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(key.into())
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

/// Seals and opens secrets. Clones share the keys.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    entropy: Entropy,
    /// The last one seals; all of them open.
    data_keys: Vec<(String, Aes256Gcm)>,
}

impl Vault {
    /// Opens the data keys of a database, making the first one when there is none.
    ///
    /// # Errors
    /// [`VaultError::WrongMasterKey`], or when the database fails.
    pub async fn open(db: &Db, master: &MasterKey, entropy: &Entropy) -> Result<Self, VaultError> {
        db.migrate("vault", MIGRATIONS).await?;
        if db.query(FIND_DATA_KEYS, Vec::new()).await?.is_empty() {
            let key = Zeroizing::new(entropy.bytes::<32>());
            let wrapped = seal(&master.cipher(), entropy, b"kernel_data_key", key.as_slice())?;
            let mut batch = Batch::new();
            // Two processes may start at once; the first key stays.
            batch.any(INSERT_DATA_KEY, args!["k1", wrapped]);
            db.apply(batch).await?;
        }
        let mut data_keys = Vec::new();
        for row in db.query(FIND_DATA_KEYS, Vec::new()).await? {
            let unwrapped = unseal(&master.cipher(), b"kernel_data_key", &row.text(1)?)
                .map(Zeroizing::new)
                .map_err(|_| VaultError::WrongMasterKey)?;
            let key = <[u8; 32]>::try_from(unwrapped.as_slice()).map_err(|_| VaultError::WrongMasterKey)?;
            data_keys.push((row.text(0)?, cipher(&key)));
        }
        Ok(Self(Arc::new(Keys { entropy: entropy.clone(), data_keys })))
    }

    /// Seals a secret for one place.
    ///
    /// # Errors
    /// [`VaultError::NotSealedHere`] when the text is longer than the cipher allows (64 GiB).
    pub fn seal(&self, place: Place<'_>, plaintext: &str) -> Result<String, VaultError> {
        let (id, key) = self.0.data_keys.last().ok_or(VaultError::WrongMasterKey)?;
        Ok(format!("{id}.{}", seal(key, &self.0.entropy, &place.bound_to(), plaintext.as_bytes())?))
    }

    /// Opens a secret sealed for this very place.
    ///
    /// # Errors
    /// [`VaultError::NotSealedHere`].
    pub fn open_at(&self, place: Place<'_>, sealed: &str) -> Result<String, VaultError> {
        let (id, text) = sealed.split_once('.').ok_or(VaultError::NotSealedHere)?;
        let (_, key) = self.0.data_keys.iter().find(|(known, _)| known == id).ok_or(VaultError::NotSealedHere)?;
        let bytes = unseal(key, &place.bound_to(), text)?;
        String::from_utf8(bytes).map_err(|_| VaultError::NotSealedHere)
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

fn seal(key: &Aes256Gcm, entropy: &Entropy, bound_to: &[u8], plaintext: &[u8]) -> Result<String, VaultError> {
    let nonce = entropy.bytes::<12>();
    let payload = Payload { msg: plaintext, aad: bound_to };
    let sealed = key.encrypt(&nonce.into(), payload).map_err(|_| VaultError::NotSealedHere)?;
    Ok(BASE64.encode([nonce.as_slice(), &sealed].concat()))
}

fn unseal(key: &Aes256Gcm, bound_to: &[u8], text: &str) -> Result<Vec<u8>, VaultError> {
    let bytes = BASE64.decode(text).map_err(|_| VaultError::NotSealedHere)?;
    let (nonce, sealed) = bytes.split_first_chunk::<12>().ok_or(VaultError::NotSealedHere)?;
    key.decrypt(&(*nonce).into(), Payload { msg: sealed, aad: bound_to }).map_err(|_| VaultError::NotSealedHere)
}

/// A secret as pages and logs may show it: the first and last two characters of a long one, nothing of a short one.
#[must_use]
pub fn mask(secret: &str) -> String {
    let characters: Vec<char> = secret.chars().collect();
    match characters.as_slice() {
        [first, second, middle @ .., last_but_one, last] if middle.len() >= 8 => {
            format!("{first}{second}••••••{last_but_one}{last}")
        }
        _ => "••••••".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place { table: "t", row: "1", column: "secret" };

    async fn vault() -> Vault {
        let db = Db::open("sqlite::memory:").await.unwrap();
        let entropy = Entropy::seeded(1);
        Vault::open(&db, &MasterKey(Zeroizing::new([7; 32])), &entropy).await.unwrap()
    }

    #[tokio::test]
    async fn a_secret_opens_only_where_it_was_sealed() {
        let vault = vault().await;
        let sealed = vault.seal(PLACE, "密码 pass").unwrap();
        assert_eq!(vault.open_at(PLACE, &sealed).unwrap(), "密码 pass");
        assert!(vault.open_at(Place { row: "2", ..PLACE }, &sealed).is_err());
        assert!(vault.open_at(PLACE, &sealed.replace('.', ".A")).is_err());
    }

    #[tokio::test]
    async fn another_master_key_is_refused() {
        let db = Db::open("sqlite::memory:").await.unwrap();
        let entropy = Entropy::seeded(1);
        Vault::open(&db, &MasterKey(Zeroizing::new([7; 32])), &entropy).await.unwrap();
        let other = Vault::open(&db, &MasterKey(Zeroizing::new([8; 32])), &entropy).await;
        assert!(matches!(other, Err(VaultError::WrongMasterKey)));
    }

    #[test]
    fn short_secrets_show_nothing() {
        assert_eq!(mask("short"), "••••••");
        assert_eq!(mask("abcdefghijkl"), "ab••••••kl");
    }
}
