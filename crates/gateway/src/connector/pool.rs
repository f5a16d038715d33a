//! Pool connector: accounts that were made beforehand, handed out one per instance.
//!
//! A release gives nothing back: the buyer knows the password of the account.

use std::collections::HashMap;

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError};
use mercer_kernel::vault::Place;
use serde::Serialize;

use super::ConnectorSettings;
use super::pool_csv::read_sheet;
use crate::error::{GatewayError, LineFault};
use crate::gateway::Gateway;
use crate::merchant::row_of;
use mercer_protocol::saas_v2::AppInfo;

mercer_kernel::statements! {
    INSERT = "INSERT INTO gw_pool_account (merchant_id, connector_id, account_id, fingerprint, info_sealed, imported_at) VALUES ($1, $2, $3, $4, $5, $6)";
    FIND_FINGERPRINTS = "SELECT fingerprint FROM gw_pool_account WHERE merchant_id = $1 AND connector_id = $2";
    FIND_CLAIMED = "SELECT account_id, info_sealed FROM gw_pool_account WHERE merchant_id = $1 AND connector_id = $2 AND claimed_by = $3";
    FIND_FREE = "SELECT account_id, info_sealed FROM gw_pool_account WHERE merchant_id = $1 AND connector_id = $2 AND claimed_by IS NULL ORDER BY account_id LIMIT 16";
    CLAIM = "UPDATE gw_pool_account SET claimed_by = $4, claimed_at = $5 WHERE merchant_id = $1 AND connector_id = $2 AND account_id = $3 AND claimed_by IS NULL";
    COUNT = "SELECT COUNT(*), COUNT(claimed_by) FROM gw_pool_account WHERE merchant_id = $1 AND connector_id = $2";
    FORGET = "DELETE FROM gw_pool_account WHERE merchant_id = $1 AND connector_id = $2";
}

/// How full a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolStock {
    /// Accounts ever imported.
    pub total: i64,
    /// Accounts nobody has yet.
    pub free: i64,
    /// Whether `free` is below the connector's mark.
    pub low: bool,
}

/// What an upload brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolImport {
    /// Accounts added.
    pub imported: usize,
    /// Lines left out, when that was asked for.
    pub skipped: usize,
    /// Why they were left out; the first 200.
    pub faults: Vec<LineFault>,
    /// The pool afterwards.
    pub stock: PoolStock,
}

/// What becomes of an upload with bad lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadLines {
    /// Nothing is imported.
    Refuse,
    /// The good lines are imported, the bad ones reported.
    Skip,
}

impl Gateway {
    /// Imports accounts from a CSV with the header `frontEndUrl,adminUrl,userName,password,memo` (any
    /// order, only the first is mandatory). A bad or repeated line refuses the whole upload, or is left out.
    ///
    /// # Errors
    /// [`GatewayError::Lines`] with every bad line, a connector of another kind, or the database.
    pub async fn import_pool(
        &self,
        merchant_id: &str,
        connector_id: &str,
        csv: &[u8],
        bad_lines: BadLines,
    ) -> Result<PoolImport, GatewayError> {
        self.pool_low_mark(merchant_id, connector_id).await?;
        let rows = self.db().query(FIND_FINGERPRINTS, args![merchant_id, connector_id]).await?;
        let mut known = HashMap::new();
        for row in &rows {
            known.insert(row.text(0)?, 0);
        }
        let sheet = read_sheet(csv, known)?;
        if bad_lines == BadLines::Refuse && !sheet.faults.is_empty() {
            return Err(GatewayError::Lines(sheet.reported_faults()));
        }
        let now = self.now();
        let mut batch = Batch::new();
        for (info, fingerprint) in &sheet.accounts {
            let account_id = self.entropy().id("acc", now);
            let json = serde_json::to_string(info).expect("app information is plain data");
            let row = row_of(merchant_id, &account_id);
            let sealed = self.vault().seal(info_place(&row), &json)?;
            batch.one(INSERT, args![merchant_id, connector_id, account_id, fingerprint, sealed, now]);
        }
        self.db().apply(batch).await?;
        Ok(PoolImport {
            imported: sheet.accounts.len(),
            skipped: sheet.faults.len(),
            faults: sheet.reported_faults(),
            stock: self.pool_stock(merchant_id, connector_id).await?,
        })
    }

    /// How full a pool is.
    ///
    /// # Errors
    /// A connector of another kind, or the database.
    pub async fn pool_stock(&self, merchant_id: &str, connector_id: &str) -> Result<PoolStock, GatewayError> {
        let low_mark = self.pool_low_mark(merchant_id, connector_id).await?;
        let row = self.db().query_one(COUNT, args![merchant_id, connector_id]).await?;
        let (total, claimed) = row.map_or(Ok((0, 0)), |row| Ok::<_, DbError>((row.int(0)?, row.int(1)?)))?;
        let free = total - claimed;
        Ok(PoolStock { total, free, low: free < i64::from(low_mark) })
    }

    async fn pool_low_mark(&self, merchant_id: &str, connector_id: &str) -> Result<u32, GatewayError> {
        match self.connector(merchant_id, connector_id).await?.settings {
            ConnectorSettings::Pool { low_mark } => Ok(low_mark),
            ConnectorSettings::Webhook { .. } | ConnectorSettings::Command { .. } | ConnectorSettings::Manual {} => {
                Err(GatewayError::Conflict {
                    code: "connector.not_a_pool",
                    zh: "该连接器不是账号池".to_owned(),
                    en: "the connector is not a pool".to_owned(),
                })
            }
        }
    }
}

/// Adds the claim of an account for an instance, the one it already has if any; none when the pool is
/// empty. Somebody else's claim in between is a conflict of the batch, which runs again.
pub(crate) async fn claim(
    gateway: &Gateway,
    batch: &mut Batch,
    (merchant_id, connector_id): (&str, &str),
    instance_id: &str,
    now: Instant,
) -> Result<Option<AppInfo>, GatewayError> {
    let db: &Db = gateway.db();
    let claimed = db.query_one(FIND_CLAIMED, args![merchant_id, connector_id, instance_id]).await?;
    let (account_id, sealed) = match claimed {
        Some(row) => (row.text(0)?, row.text(1)?),
        None => {
            // Callers in parallel take different ones of the first few, so that conflicts stay rare.
            let free = db.query(FIND_FREE, args![merchant_id, connector_id]).await?;
            let pick = usize::try_from(gateway.entropy().below(free.len() as u64)).unwrap_or(0);
            let Some(row) = free.get(pick) else { return Ok(None) };
            let account_id = row.text(0)?;
            batch.one(CLAIM, args![merchant_id, connector_id, &account_id, instance_id, now]);
            (account_id, row.text(1)?)
        }
    };
    let json = gateway.vault().open_at(info_place(&row_of(merchant_id, &account_id)), &sealed)?;
    let info = serde_json::from_str(&json).map_err(|error| DbError::Decode(format!("pool account: {error}")))?;
    Ok(Some(info))
}

/// Adds the removal of a pool's accounts.
pub(crate) fn forget(batch: &mut Batch, merchant_id: &str, connector_id: &str) {
    batch.any(FORGET, args![merchant_id, connector_id]);
}

fn info_place(row: &str) -> Place<'_> {
    Place { table: "gw_pool_account", row, column: "info_sealed" }
}
