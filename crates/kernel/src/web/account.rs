//! Who may use a console: accounts with a role and an argon2id password, slowed down after wrong guesses.

use std::sync::Arc;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

use super::repo;
use crate::args;
use crate::clock::{Clock, Instant};
use crate::db::{Batch, Db, DbError, Row};
use crate::entropy::Entropy;

/// What an account may do. Each face uses those that mean something there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Everything on this face.
    Admin,
    /// Runs the marketplace.
    Operator,
    /// Sells: sees one merchant.
    Seller,
    /// Buys: sees one buyer.
    Buyer,
    /// Looks, changes nothing.
    Viewer,
}

impl Role {
    const ALL: [Self; 5] = [Self::Admin, Self::Operator, Self::Seller, Self::Buyer, Self::Viewer];

    /// The text it is stored as.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Seller => "seller",
            Self::Buyer => "buyer",
            Self::Viewer => "viewer",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.code() == text).ok_or_else(|| format!("'{text}' is no role"))
    }
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Sign-in name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The buyer or merchant it stands for; empty for operators.
    pub subject: String,
    /// Name shown in pages.
    pub display_name: String,
}

/// Why somebody could not sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInRefusal {
    /// Name or password is wrong. Which of them is not told.
    Wrong,
    /// Too many wrong guesses.
    Blocked {
        /// Seconds until the next try counts.
        wait_seconds: u64,
    },
}

/// Wrong guesses that cost nothing; people mistype.
const FREE_FAILURES: i64 = 5;
/// Wait after the first guess too many; doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// Longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(900);
/// Password checks at once: each takes [`COST`]'s memory and a core for a moment.
const CHECKS_AT_ONCE: usize = 2;
/// Memory in KiB and passes of new passwords: of the combinations that OWASP holds equally strong the one with
/// the least memory, because an idle process keeps what it once had.
const COST: (u32, u32) = (7_168, 5);

/// The accounts of one face. Clones share it.
#[derive(Clone)]
pub struct Accounts {
    pub(super) db: Db,
    pub(super) wall: Clock,
    pub(super) entropy: Entropy,
    pub(super) face: &'static str,
    checks: Arc<Semaphore>,
}

impl Accounts {
    /// Opens the accounts of `face`, making the tables where they are missing.
    ///
    /// # Errors
    /// When the database fails; likewise below.
    pub async fn open(db: &Db, wall: &Clock, entropy: &Entropy, face: &'static str) -> Result<Self, DbError> {
        db.migrate("web", repo::MIGRATIONS).await?;
        let checks = Arc::new(Semaphore::new(CHECKS_AT_ONCE));
        Ok(Self { db: db.clone(), wall: wall.clone(), entropy: entropy.clone(), face, checks })
    }

    /// Makes the account unless one with this name exists; an existing one keeps its password and role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ensure(&self, account: &Account, password: &str) -> Result<(), DbError> {
        if self.find(&account.name).await?.is_some() {
            return Ok(());
        }
        let hash = self.hash(password).await;
        let mut batch = Batch::new();
        batch.any(
            repo::INSERT_ACCOUNT,
            args![
                self.face,
                &account.name,
                account.role.code(),
                &account.subject,
                &account.display_name,
                hash,
                self.wall.now()
            ],
        );
        self.db.apply(batch).await.map(drop)
    }

    /// All accounts, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<Account>, DbError> {
        self.db.query(repo::LIST_ACCOUNTS, args![self.face]).await?.iter().map(read).collect()
    }

    /// Sets a new password and ends every session of the account.
    ///
    /// # Errors
    /// A conflict when there is no such account.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), DbError> {
        let hash = self.hash(password).await;
        let mut batch = Batch::new();
        batch.one(repo::SET_PASSWORD, args![self.face, name, hash]);
        batch.any(repo::DELETE_SESSIONS_OF, args![self.face, name]);
        self.db.apply(batch).await.map(drop)
    }

    /// Checks name and password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check(&self, name: &str, password: &str) -> Result<Result<Account, SignInRefusal>, DbError> {
        let row = self.db.query_one(repo::FIND_ACCOUNT, args![self.face, name]).await?;
        let Some(row) = row else {
            // As slow as for a name that exists, so that names cannot be found out.
            self.hash(password).await;
            return Ok(Err(SignInRefusal::Wrong));
        };
        let (now, blocked_until) = (self.wall.now(), row.instant(6)?);
        if blocked_until > now {
            let wait_seconds = blocked_until.since(now).as_secs() + 1;
            return Ok(Err(SignInRefusal::Blocked { wait_seconds }));
        }
        let failures = row.int(5)?;
        let mut batch = Batch::new();
        if self.verify(password, row.text(4)?).await {
            if failures > 0 {
                batch.any(repo::CLEAR_FAILURES, args![self.face, name]);
                self.db.apply(batch).await?;
            }
            return Ok(Ok(read(&row)?));
        }
        batch.any(repo::COUNT_FAILURE, args![self.face, name, blocked_after(failures + 1, now)]);
        self.db.apply(batch).await?;
        Ok(Err(SignInRefusal::Wrong))
    }

    async fn find(&self, name: &str) -> Result<Option<Account>, DbError> {
        self.db.query_one(repo::FIND_ACCOUNT, args![self.face, name]).await?.as_ref().map(read).transpose()
    }

    /// The password as it is stored: memory, passes, salt, key.
    async fn hash(&self, password: &str) -> String {
        let salt = self.entropy.bytes::<16>();
        // Without a key nobody may get in, so a random one takes its place.
        let key = self.derive(password.to_owned(), salt, COST).await.unwrap_or_else(|| self.entropy.bytes());
        format!("{}.{}.{}.{}", COST.0, COST.1, BASE64.encode(salt), BASE64.encode(key))
    }

    async fn verify(&self, password: &str, stored: String) -> bool {
        let Some(stored) = StoredPassword::read(&stored) else { return false };
        let key = self.derive(password.to_owned(), stored.salt, stored.cost).await;
        key.is_some_and(|key| key.as_slice().ct_eq(&stored.key).into())
    }

    async fn derive(&self, password: String, salt: [u8; 16], (memory_kib, passes): (u32, u32)) -> Option<[u8; 32]> {
        // The semaphore is never closed; without a permit the check would only be less polite.
        let _permit = self.checks.acquire().await;
        tokio::task::spawn_blocking(move || {
            let mut key = [0; 32];
            let parameters = Params::new(memory_kib, passes, 1, None).ok()?;
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
            argon2.hash_password_into(password.as_bytes(), &salt, &mut key).ok().map(|()| key)
        })
        .await
        .ok()
        .flatten()
    }
}

/// A password as it lies in the database.
struct StoredPassword {
    cost: (u32, u32),
    salt: [u8; 16],
    key: Vec<u8>,
}

impl StoredPassword {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let cost = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let salt = BASE64.decode(parts.next()?).ok()?.try_into().ok()?;
        Some(Self { cost, salt, key: BASE64.decode(parts.next()?).ok()? })
    }
}

fn blocked_after(failures: i64, now: Instant) -> Instant {
    if failures < FREE_FAILURES {
        return Instant::default();
    }
    let doublings = u32::try_from(failures - FREE_FAILURES).unwrap_or(u32::MAX).min(10);
    now.plus((FIRST_WAIT * 2_u32.pow(doublings)).min(LONGEST_WAIT))
}

/// An account from its first four columns: name, role, subject, display name.
pub(super) fn read(row: &Row) -> Result<Account, DbError> {
    Ok(Account { name: row.text(0)?, role: row.parse(1)?, subject: row.text(2)?, display_name: row.text(3)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn accounts() -> (Accounts, Clock) {
        let db = Db::open("sqlite::memory:").await.unwrap();
        let clock = Clock::manual(Instant::from_millis(0));
        let accounts = Accounts::open(&db, &clock, &Entropy::seeded(1), "store").await.unwrap();
        let account = Account {
            name: "lin".to_owned(),
            role: Role::Buyer,
            subject: "b1".to_owned(),
            display_name: "林".to_owned(),
        };
        accounts.ensure(&account, "right").await.unwrap();
        (accounts, clock)
    }

    #[tokio::test]
    async fn the_right_password_signs_in_and_a_second_ensure_does_not_change_it() {
        let (accounts, _) = accounts().await;
        let account = accounts.check("lin", "right").await.unwrap().unwrap();
        accounts.ensure(&account, "other").await.unwrap();
        assert!(accounts.check("lin", "right").await.unwrap().is_ok());
        assert_eq!(accounts.check("nobody", "right").await.unwrap(), Err(SignInRefusal::Wrong));
    }

    #[tokio::test]
    async fn wrong_guesses_make_the_next_one_wait() {
        let (accounts, clock) = accounts().await;
        for _ in 0..5 {
            assert_eq!(accounts.check("lin", "wrong").await.unwrap(), Err(SignInRefusal::Wrong));
        }
        let blocked = accounts.check("lin", "right").await.unwrap();
        assert_eq!(blocked, Err(SignInRefusal::Blocked { wait_seconds: 31 }));
        clock.advance(Duration::from_secs(31));
        assert!(accounts.check("lin", "right").await.unwrap().is_ok());
    }
}
