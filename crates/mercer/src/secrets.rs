//! Secrets that the program makes at its first start and keeps: keys that store and gateway must agree
//! on, API tokens, and the first passwords of the consoles.
//!
//! They lie sealed in the database, so a restart, or a second process on the same server, finds them.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError, Migration};
use mercer_kernel::entropy::Entropy;
use mercer_kernel::vault::{Place, Vault, VaultError};

/// Length of an access key. Source: SaaS V2.0 decision D22.
pub(crate) const ACCESS_KEY_LENGTH: usize = 32;

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "secrets of the program",
    sql: "CREATE TABLE mercer_secret (name TEXT PRIMARY KEY, sealed TEXT NOT NULL);
          CREATE TABLE mercer_start (name TEXT PRIMARY KEY, starts BIGINT NOT NULL);",
}];

mercer_kernel::statements! {
    /// One secret.
    FIND = "SELECT sealed FROM mercer_secret WHERE name = $1";
    /// A new secret; the first one stays.
    INSERT = "INSERT INTO mercer_secret (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    /// Counts a start.
    COUNT_START = "INSERT INTO mercer_start (name, starts) VALUES ('up', 1) ON CONFLICT (name) DO UPDATE SET starts = mercer_start.starts + 1 RETURNING starts";
}

/// Why the secrets cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A stored secret cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// What form a secret has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Letters and digits: access keys, AK, SK.
    Alphanumeric(usize),
    /// A SaaS V1.0 Key: 36 characters, as a UUID.
    UuidLike,
    /// A bearer token of our APIs.
    Token,
    /// A Standard Webhooks secret of 32 bytes.
    Webhook,
    /// A password people type: three groups of four, without characters that look alike.
    Password,
}

/// The secrets of one database. Making one and reading one are the same call.
#[derive(Clone)]
pub(crate) struct Secrets {
    db: Db,
    vault: Vault,
    entropy: Entropy,
}

/// A secret and whether it was made just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    /// Its text.
    pub(crate) text: String,
    /// Whether this is the first start that has it.
    pub(crate) is_new: bool,
}

impl Secrets {
    /// Opens the secrets of a database.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn open(db: &Db, vault: &Vault, entropy: &Entropy) -> Result<Self, SecretError> {
        db.migrate("mercer", MIGRATIONS).await?;
        Ok(Self { db: db.clone(), vault: vault.clone(), entropy: entropy.clone() })
    }

    /// The secret of that name, made when there is none yet.
    ///
    /// # Errors
    /// The database, or a secret that cannot be opened.
    pub(crate) async fn secret(&self, name: &'static str, form: Form) -> Result<Secret, SecretError> {
        if let Some(text) = self.find(name).await? {
            return Ok(Secret { text, is_new: false });
        }
        let text = self.keep(name, &make(&self.entropy, form)).await?;
        Ok(Secret { text, is_new: true })
    }

    /// Keeps a secret that was made elsewhere; the one that is kept, for the first one stays.
    ///
    /// # Errors
    /// As [`Secrets::secret`].
    pub(crate) async fn keep(&self, name: &'static str, text: &str) -> Result<String, SecretError> {
        let sealed = self.vault.seal(place(name), text)?;
        let mut batch = Batch::new();
        batch.any(INSERT, args![name, sealed]);
        self.db.apply(batch).await?;
        // Another process may have been first; its secret is the one both use.
        Ok(self.find(name).await?.unwrap_or_default())
    }

    /// Counts this start: 1 for the first.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn count_start(&self) -> Result<u64, SecretError> {
        let mut batch = Batch::new();
        batch.one(COUNT_START, Vec::new());
        let results = self.db.apply(batch).await?;
        let starts = results.first().and_then(|result| result.rows.first()).map(|row| row.int(0)).transpose()?;
        Ok(starts.and_then(|starts| u64::try_from(starts).ok()).unwrap_or(1))
    }

    /// The secret of that name, when there is one.
    ///
    /// # Errors
    /// As [`Secrets::secret`].
    pub(crate) async fn find(&self, name: &str) -> Result<Option<String>, SecretError> {
        match self.db.query_one(FIND, args![name]).await? {
            Some(row) => Ok(Some(self.vault.open_at(place(name), &row.text(0)?)?)),
            None => Ok(None),
        }
    }
}

/// A random UUID of version 4, the form of a SaaS V1.0 Key. Source: SaaS V1.0 §2.1.
pub(crate) fn uuid_like(entropy: &Entropy) -> String {
    let mut bytes = entropy.bytes::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn place(name: &str) -> Place<'_> {
    Place { table: "mercer_secret", row: name, column: "sealed" }
}

fn make(entropy: &Entropy, form: Form) -> String {
    match form {
        Form::Alphanumeric(length) => entropy.alphanumeric(length),
        Form::UuidLike => uuid_like(entropy),
        Form::Token => format!("mk_{}", entropy.alphanumeric(40)),
        Form::Webhook => {
            use base64::Engine as _;
            let key = base64::engine::general_purpose::STANDARD.encode(entropy.bytes::<32>());
            format!("whsec_{key}")
        }
        Form::Password => {
            const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
            let character = || char::from(ALPHABET[entropy.below(ALPHABET.len() as u64) as usize]);
            let group = || (0..4).map(|_| character()).collect::<String>();
            [group(), group(), group()].join("-")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mercer_kernel::vault::MasterKey;

    #[tokio::test]
    async fn a_secret_is_made_once_and_kept() {
        let db = Db::open("sqlite::memory:").await.unwrap();
        let entropy = Entropy::seeded(3);
        let key = MasterKey::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
        let vault = Vault::open(&db, &key, &entropy).await.unwrap();
        let secrets = Secrets::open(&db, &vault, &entropy).await.unwrap();
        let first = secrets.secret("password", Form::Password).await.unwrap();
        let again = secrets.secret("password", Form::Password).await.unwrap();
        assert!(first.is_new && !again.is_new);
        assert_eq!((first.text.len(), &first.text), (14, &again.text));
        assert_eq!(secrets.keep("password", "another").await.unwrap(), first.text);
        assert_eq!((secrets.count_start().await.unwrap(), secrets.count_start().await.unwrap()), (1, 2));
        for (name, sql) in STATEMENTS {
            db.check_statement(sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}
