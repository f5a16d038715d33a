//! Pool connector: accounts that were made beforehand, handed out one per instance.
//!
//! A release gives nothing back: the buyer knows the password of the account.

use std::collections::HashMap;

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError};
use mercer_kernel::vault::Place;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::ConnectorSettings;
use crate::error::{FieldFault, GatewayError, LineFault};
use crate::gateway::Gateway;
use crate::instance::check_app_info;
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

/// Accounts one upload may bring: one batch, one commit.
const ACCOUNTS_PER_IMPORT: usize = 10_000;
/// Line faults that are reported; more help nobody.
const REPORTED_FAULTS: usize = 200;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolImport {
    /// Accounts added.
    pub imported: usize,
    /// The pool afterwards.
    pub stock: PoolStock,
}

impl Gateway {
    /// Imports accounts from a CSV with the header `frontEndUrl,adminUrl,userName,password,memo` (any
    /// order, only the first is mandatory). One bad or repeated line refuses the whole upload.
    ///
    /// # Errors
    /// [`GatewayError::Lines`] with every bad line, a connector of another kind, or the database.
    pub async fn import_pool(
        &self,
        merchant_id: &str,
        connector_id: &str,
        csv: &[u8],
    ) -> Result<PoolImport, GatewayError> {
        self.pool_low_mark(merchant_id, connector_id).await?;
        let rows = self.db().query(FIND_FINGERPRINTS, args![merchant_id, connector_id]).await?;
        let mut known = HashMap::new();
        for row in &rows {
            known.insert(row.text(0)?, 0);
        }
        let accounts = parse(csv, known)?;
        let now = self.now();
        let mut batch = Batch::new();
        for (info, fingerprint) in &accounts {
            let account_id = self.entropy().id("acc", now);
            let json = serde_json::to_string(info).expect("app information is plain data");
            let row = row_of(merchant_id, &account_id);
            let sealed = self.vault().seal(info_place(&row), &json)?;
            batch.one(INSERT, args![merchant_id, connector_id, account_id, fingerprint, sealed, now]);
        }
        self.db().apply(batch).await?;
        Ok(PoolImport { imported: accounts.len(), stock: self.pool_stock(merchant_id, connector_id).await? })
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

/// Reads a CSV; `seen` maps the fingerprints already there to line 0.
fn parse(text: &[u8], mut seen: HashMap<String, u64>) -> Result<Vec<(AppInfo, String)>, GatewayError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let headers = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let Some(front_end_url) = column("frontEndUrl") else {
        return Err(FieldFault::new(
            "csv",
            "a first line naming the columns: frontEndUrl,adminUrl,userName,password,memo",
            "第一行应为列名：frontEndUrl,adminUrl,userName,password,memo",
        )
        .into());
    };
    let [admin_url, user_name, password, memo] = ["adminUrl", "userName", "password", "memo"].map(column);
    let mut accounts = Vec::new();
    let mut faults = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(LineFault { line, en: error.to_string(), zh: format!("无法解析：{error}") });
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |place: Option<usize>| {
            place.and_then(|place| record.get(place)).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let info = AppInfo {
            front_end_url: cell(Some(front_end_url)),
            admin_url: cell(admin_url),
            user_name: cell(user_name),
            password: cell(password),
            memo: cell(memo),
            ..AppInfo::default()
        };
        if let Err(fault) = check_app_info(&info) {
            faults.push(LineFault { line, en: fault.to_string(), zh: format!("字段 {} 不合法", fault.field()) });
            continue;
        }
        let fingerprint = fingerprint(&info);
        match seen.insert(fingerprint.clone(), line) {
            None => accounts.push((info, fingerprint)),
            Some(0) => faults.push(LineFault {
                line,
                en: "the account is already in the pool".to_owned(),
                zh: "账号池中已有此账号".to_owned(),
            }),
            Some(earlier) => faults.push(LineFault {
                line,
                en: format!("the same account as line {earlier}"),
                zh: format!("与第 {earlier} 行重复"),
            }),
        }
    }
    if faults.is_empty() && !(1..=ACCOUNTS_PER_IMPORT).contains(&accounts.len()) {
        return Err(FieldFault::new("csv", "1 to 10000 accounts", "1 到 10000 个账号").into());
    }
    if faults.is_empty() {
        return Ok(accounts);
    }
    faults.truncate(REPORTED_FAULTS);
    Err(GatewayError::Lines(faults))
}

/// What makes two accounts the same one.
fn fingerprint(info: &AppInfo) -> String {
    let url = info.front_end_url.as_deref().unwrap_or_default();
    let text = match &info.user_name {
        Some(user_name) => format!("{url}\0{user_name}"),
        // Without account names, what is handed out tells two rows apart.
        None => format!(
            "{url}\0\0{}\0{}",
            info.password.as_deref().unwrap_or_default(),
            info.memo.as_deref().unwrap_or_default()
        ),
    };
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_line_is_named_and_nothing_is_taken() {
        let csv = b"frontEndUrl,userName,password\nhttps://a.example.com,u1,p\nnot-an-address,u2,p\nhttps://a.example.com,u1,q\n";
        let Err(GatewayError::Lines(faults)) = parse(csv, HashMap::new()) else { panic!("taken") };
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(faults[1].en, "the same account as line 2");
    }

    #[test]
    fn columns_may_stand_in_any_order_and_a_byte_order_mark_is_ignored() {
        let csv = "\u{feff}password,frontEndUrl\np1,https://a.example.com\n".as_bytes();
        let accounts = parse(csv, HashMap::new()).unwrap();
        assert_eq!(accounts[0].0.password.as_deref(), Some("p1"));
    }
}
