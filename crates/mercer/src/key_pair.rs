//! The RSA pair of the seeded merchant: the store encrypts client secrets with the public half, the gateway
//! decrypts them with the private one.
//!
//! Finding two primes of 1,536 bits takes a second or so, much longer in a debug build. Nothing needs the
//! pair before a buyer binds a joint product, so the first start does not wait for it: it is made beside
//! the work and given to both faces when it is there.

use std::path::Path;

use mercer_gateway::Gateway;
use mercer_gateway::merchant::InterfaceType;
use mercer_kernel::entropy::Entropy;
use mercer_protocol::kit::client_secret::{KeyRefusal, PrivateKey};
use mercer_store::{Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::failure::{Exit, Failure};
use crate::secrets::{SecretError, Secrets};

/// Bits of the pair. Source: kit §2.4, the smallest the store takes.
const BITS: usize = 3_072;
/// Its name among the secrets.
const SECRET: &str = "rsa_private_key";

/// The pair of a composition, and whom it is given to.
pub(crate) struct KeyPair {
    pub(crate) secrets: Secrets,
    pub(crate) store: Store,
    pub(crate) gateway: Gateway,
    pub(crate) merchant_id: String,
    pub(crate) entropy: Entropy,
}

/// Why the pair could not be given to both faces.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyPairError {
    /// It cannot be kept or read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It cannot be made, or what is kept is none.
    #[error("{}", .0.wording().en)]
    Key(KeyRefusal),
    /// The work on it ended early.
    #[error(transparent)]
    Interrupted(#[from] tokio::task::JoinError),
    /// The gateway did not take it.
    #[error(transparent)]
    Gateway(#[from] mercer_gateway::GatewayError),
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps a pair that a person brought, unless there is one already.
///
/// # Errors
/// When the file is no private key of the right length.
pub(crate) async fn bring(secrets: &Secrets, file: &Path) -> Result<(), Failure> {
    let refused = |zh: String, en: String| {
        Failure::new(Exit::Usage, zh, en)
            .input(format!("--rsa-key {}", file.display()))
            .next("用 mercer keys rsa 生成一对密钥", "make a pair with mercer keys rsa")
    };
    let pem = std::fs::read_to_string(file)
        .map_err(|error| refused(format!("读不到私钥：{error}"), format!("the private key cannot be read: {error}")))?;
    let key = PrivateKey::parse(&pem).map_err(|refusal| {
        let wording = refusal.wording();
        refused(wording.zh.into_owned(), wording.en.into_owned())
    })?;
    secrets.keep(SECRET, &key.to_pem()).await.map(drop).map_err(|error| {
        Failure::new(Exit::Data, format!("无法保存私钥：{error}"), format!("the private key cannot be kept: {error}"))
    })
}

impl KeyPair {
    /// Gives the pair to both faces when it is there already; otherwise it must be made.
    ///
    /// # Errors
    /// When a face does not take it.
    pub(crate) async fn give_known(self) -> Result<Option<Self>, KeyPairError> {
        match self.secrets.find(SECRET).await? {
            Some(pem) => self.give(&pem).await.map(|()| None),
            None => Ok(Some(self)),
        }
    }

    /// Makes the pair, keeps it and gives it to both faces; a stop leaves it to the next start.
    pub(crate) async fn make(self, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            made = self.make_and_give() => {
                if let Err(error) = made {
                    tracing::error!(%error, "the RSA pair of the seeded merchant could not be made");
                }
            }
        }
    }

    async fn make_and_give(&self) -> Result<(), KeyPairError> {
        let entropy = self.entropy.clone();
        let generate = move || PrivateKey::generate(BITS, &mut |target| entropy.fill(target));
        let key = tokio::task::spawn_blocking(generate).await?.map_err(KeyPairError::Key)?;
        let pem = self.secrets.keep(SECRET, &key.to_pem()).await?;
        self.give(&pem).await
    }

    async fn give(&self, pem: &str) -> Result<(), KeyPairError> {
        let key = PrivateKey::parse(pem).map_err(KeyPairError::Key)?;
        self.gateway.ensure_key(&self.merchant_id, InterfaceType::Rsa, pem).await?;
        match mercer_store::seed::seed_credential(&self.store, &key.public_key().to_pem()).await {
            // Some sites have no kit; nothing else depends on the pair there.
            Err(StoreError::Refused(refusal)) => {
                tracing::info!(%refusal, "the store took no application credential");
                Ok(())
            }
            other => Ok(other?),
        }
    }
}
