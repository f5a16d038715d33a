//! The account in an answer: encrypted on the wire, in clear text on both ends.

use std::fmt;

use super::AppInfo;
use crate::cipher::{self, Failure, Iv, KeySize};
use crate::redact::MASK;

/// The decrypted account of an answer; each value on its own may be unreadable (decision D15).
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// `userName`; none when the answer has none.
    pub user_name: Option<Result<String, Failure>>,
    /// `password`; none when the answer has none.
    pub password: Option<Result<String, Failure>>,
}

/// An account must not reach a log by way of `{:?}`.
impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Result<String, Failure>>| value.as_ref().map(|read| read.clone().map(|_| MASK));
        formatter
            .debug_struct("Account")
            .field("user_name", &shown(&self.user_name))
            .field("password", &shown(&self.password))
            .finish()
    }
}

/// `app_info` with user name and password encrypted, each under its own vector.
pub fn encrypt_account(app_info: &AppInfo, key: &str, key_size: KeySize, chance: &mut dyn FnMut(&mut [u8])) -> AppInfo {
    let mut encrypted = app_info.clone();
    for text in [&mut encrypted.user_name, &mut encrypted.password].into_iter().flatten() {
        *text = cipher::encrypt(key, key_size, &Iv::of_chance(chance), text);
    }
    encrypted
}

/// User name and password of `app_info` decrypted with the first of several keys that fits.
pub fn decrypt_account(app_info: &AppInfo, keys: &[&str], key_size: KeySize) -> Account {
    let read = |value: &Option<String>| {
        value.as_ref().map(|wire| cipher::decrypt_any(keys, key_size, wire).map(|found| found.text))
    };
    Account { user_name: read(&app_info.user_name), password: read(&app_info.password) }
}
