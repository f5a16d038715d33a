//! RSA private keys: they open the client secrets that the store encrypts for an application credential
//! (应用凭证). The store gets the public key only.

use mercer_kernel::entropy::Entropy;
use mercer_protocol::kit::client_secret::{KeyRefusal, PrivateKey};
use sha2::{Digest as _, Sha256};

use crate::error::{FieldFault, GatewayError};

/// Length of a generated key: the shortest one the store takes.
const BITS: usize = 3_072;
/// Bytes of the fingerprint that is shown; enough to tell a handful of keys apart.
const FINGERPRINT_BYTES: usize = 8;

/// A new private key as PEM. Seconds of work, done beside the calls.
pub(super) async fn generate(entropy: &Entropy) -> Result<String, GatewayError> {
    let entropy = entropy.clone();
    let made = tokio::task::spawn_blocking(move || PrivateKey::generate(BITS, &mut |target| entropy.fill(target)));
    match made.await {
        Ok(Ok(key)) => Ok(key.to_pem()),
        Ok(Err(refusal)) => Err(fault(&refusal).into()),
        Err(error) => {
            tracing::error!(%error, "an RSA key could not be generated");
            Err(GatewayError::Conflict {
                code: "key.not_generated",
                zh: "RSA 密钥生成失败，请重试，或粘贴已有的私钥".to_owned(),
                en: "the RSA key could not be generated; try again, or paste one of your own".to_owned(),
            })
        }
    }
}

/// A pasted private key, in the form it is kept in (PKCS#8).
pub(super) fn read(pem: &str) -> Result<String, FieldFault> {
    PrivateKey::parse(pem).map(|key| key.to_pem()).map_err(|refusal| fault(&refusal))
}

/// How a private key is shown, and its public key as PEM.
pub(super) fn shown(pem: &str) -> (String, Option<String>) {
    let Ok(key) = PrivateKey::parse(pem) else { return ("RSA".to_owned(), None) };
    let public = key.public_key();
    let digest = Sha256::digest(public.to_bare());
    let fingerprint: String = digest[..FINGERPRINT_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
    (format!("RSA {} · {fingerprint}", key.bits()), Some(public.to_pem()))
}

fn fault(refusal: &KeyRefusal) -> FieldFault {
    let words = refusal.wording();
    FieldFault::new(
        "text",
        format!("an RSA private key of at least 3072 bits as PEM (PKCS#8 or PKCS#1); {}", words.en),
        format!("至少 3072 位的 RSA 私钥（PEM，PKCS#8 或 PKCS#1）；{}", words.zh),
    )
}
