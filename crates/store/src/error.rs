//! What can go wrong in the store.

use mercer_kernel::db::DbError;
use mercer_kernel::money::MoneyError;
use mercer_kernel::vault::VaultError;

use crate::callback::TableFault;
use crate::refusal::Refusal;

/// The store's errors.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule said no; the reason is for the caller.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A secret could not be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The retry table or the site profile is wrong.
    #[error(transparent)]
    Table(#[from] TableFault),
    /// Stored things contradict each other.
    #[error("stored data is inconsistent: {0}")]
    Broken(String),
}

/// A result of the store.
pub(crate) type Answer<T> = Result<T, StoreError>;

impl From<MoneyError> for StoreError {
    fn from(_: MoneyError) -> Self {
        Self::Refused(crate::catalog::rules::amount_out_of_range())
    }
}
