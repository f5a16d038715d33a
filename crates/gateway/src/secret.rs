//! Secrets of the gateway itself, made at the first start and sealed like every other secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mercer_kernel::args;
use mercer_kernel::db::{Batch, DbError};
use mercer_kernel::foundation::Foundation;
use mercer_kernel::vault::Place;

use crate::error::GatewayError;

mercer_kernel::statements! {
    /// A secret by its name.
    pub(crate) FIND = "SELECT secret_sealed FROM gw_secret WHERE name = $1";
    /// A new secret; the first one stays.
    pub(crate) INSERT = "INSERT INTO gw_secret (name, secret_sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING";
}

/// What makes the addresses of instance pages unguessable.
pub(crate) const INSTANCE_PAGES: &str = "instance pages";

/// The secret of that name: 32 bytes, the same in every process on one database.
pub(crate) async fn of(foundation: &Foundation, name: &str) -> Result<Vec<u8>, GatewayError> {
    let place = Place { table: "gw_secret", row: name, column: "secret_sealed" };
    if foundation.db.query_one(FIND, args![name]).await?.is_none() {
        let text = STANDARD.encode(foundation.entropy.bytes::<32>());
        let mut batch = Batch::new();
        batch.any(INSERT, args![name, foundation.vault.seal(place, &text)?]);
        foundation.db.apply(batch).await?;
    }
    let row = foundation.db.query_one(FIND, args![name]).await?;
    let row = row.ok_or_else(|| DbError::Decode(format!("the secret '{name}' is gone")))?;
    let text = foundation.vault.open_at(place, &row.text(0)?)?;
    Ok(STANDARD.decode(text).map_err(|error| DbError::Decode(format!("the secret '{name}': {error}")))?)
}
