//! Passwords of the sample app: long and random, so a salted hash is enough; a real app with passwords
//! chosen by people takes argon2id.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Salt and hash of a password.
pub(crate) fn hashed(salt: &str, password: &str) -> (String, String) {
    (salt.to_owned(), BASE64.encode(keyed(salt, password)))
}

/// Whether a password is the one that was hashed.
pub(crate) fn fits(salt: &str, hash: &str, password: &str) -> bool {
    let stored = BASE64.decode(hash).unwrap_or_default();
    keyed(salt, password).as_slice().ct_eq(&stored).into()
}

/// What is stored of a session's token.
pub(crate) fn token_hash(token: &str) -> String {
    BASE64.encode(Sha256::digest(token.as_bytes()))
}

fn keyed(salt: &str, password: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(password.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let (salt, hash) = hashed("salt", "right");
        assert!(fits(&salt, &hash, "right"));
        assert!(!fits(&salt, &hash, "wrong") && !fits("other", &hash, "right") && !fits(&salt, "", "right"));
    }
}
