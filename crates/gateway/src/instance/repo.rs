//! The SQL of instances.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, Db, DbError, Row};

use super::{Instance, Specification};

/// Most instances one `queryInstance` names (Source: SaaS V2.0 §3.2, decision D19).
pub(crate) const QUERY_LIMIT: usize = 100;

macro_rules! columns {
    () => {
        "merchant_id, instance_id, order_id, order_line_id, product_id, sku_code, linear_value, charging_mode, \
         period_type, period_number, expire_time, expire_confirmed, trial, state, frozen, failure, version, \
         created_at, updated_at, app_info_sealed, snapshot_order_id, protocol, billing_start, encryption_bits"
    };
}
pub(crate) use columns as instance_columns;

mercer_kernel::statements! {
    /// The instance of an order line.
    pub(crate) FIND_BY_ORDER = concat!(
        "SELECT ", columns!(), ", NULL FROM gw_instance WHERE merchant_id = $1 AND order_id = $2 AND order_line_id = $3"
    );
    /// The instances of one or two order lines.
    pub(crate) FIND_BY_LINES = concat!(
        "SELECT ", columns!(), ", NULL FROM gw_instance WHERE merchant_id = $1 AND order_id = $2 \
         AND order_line_id IN ($3, $4)"
    );
    /// One instance, with the content of an earlier command that had the same effect key.
    pub(crate) FIND_WITH_EFFECT = concat!(
        "SELECT ", columns!(), ", (SELECT c.effect_content FROM gw_callback c WHERE c.merchant_id = $1 \
         AND c.effect_key = $3) FROM gw_instance WHERE merchant_id = $1 AND instance_id = $2"
    );
    /// Up to 100 instances; unused places hold the first id again.
    pub(crate) FIND_MANY = concat!(
        "SELECT ", columns!(), ", NULL FROM gw_instance WHERE merchant_id = $1 AND instance_id IN (\
         $2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,\
         $27,$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50,$51,\
         $52,$53,$54,$55,$56,$57,$58,$59,$60,$61,$62,$63,$64,$65,$66,$67,$68,$69,$70,$71,$72,$73,$74,$75,$76,\
         $77,$78,$79,$80,$81,$82,$83,$84,$85,$86,$87,$88,$89,$90,$91,$92,$93,$94,$95,$96,$97,$98,$99,$100,$101)"
    );
    /// The sealed order snapshot.
    pub(crate) FIND_ORDER = "SELECT order_sealed FROM gw_instance WHERE merchant_id = $1 AND instance_id = $2";
    /// The row of a first call.
    pub(crate) INSERT = "INSERT INTO gw_instance (merchant_id, instance_id, order_id, order_line_id, state, created_at, \
         updated_at, protocol, product_id, sku_code, linear_value, charging_mode, period_type, period_number, \
         expire_time, trial, billing_start, encryption_bits, order_sealed, snapshot_order_id) VALUES ($1, $2, $3, $4, \
         $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, COALESCE($20, '')) \
         ON CONFLICT DO NOTHING";
    /// Everything that changes, guarded by the version that was read. NULL leaves a sealed value as it is.
    pub(crate) UPDATE = "UPDATE gw_instance SET product_id = $4, sku_code = $5, linear_value = $6, charging_mode = $7, \
         period_type = $8, period_number = $9, expire_time = $10, expire_confirmed = $11, trial = $12, state = $13, \
         frozen = $14, failure = $15, updated_at = $16, app_info_sealed = COALESCE($17, app_info_sealed), \
         order_sealed = COALESCE($18, order_sealed), snapshot_order_id = COALESCE($19, snapshot_order_id), \
         billing_start = $20, version = version + 1 WHERE merchant_id = $1 AND instance_id = $2 AND version = $3";
}

/// A row with what is needed beside the instance.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// The instance.
    pub(crate) instance: Instance,
    /// Its sealed app information.
    pub(crate) app_info_sealed: Option<String>,
    /// The order whose content is stored with it; empty when none is.
    pub(crate) snapshot_order_id: String,
    /// Content of an earlier command with the same effect key.
    pub(crate) earlier_content: Option<String>,
}

/// Sealed values that a change replaces.
#[derive(Debug, Clone, Default)]
pub(crate) struct SealedChange {
    /// New app information.
    pub(crate) app_info: Option<String>,
    /// New order snapshot.
    pub(crate) order: Option<String>,
    /// The order of that snapshot.
    pub(crate) snapshot_order_id: Option<String>,
}

/// The instance of an order line.
pub(crate) async fn find_by_order(
    db: &Db,
    merchant_id: &str,
    order_id: &str,
    order_line_id: &str,
) -> Result<Option<Found>, DbError> {
    db.find(FIND_BY_ORDER, args![merchant_id, order_id, order_line_id]).await?.map(|row| found(&row)).transpose()
}

/// The instance of an order line, else the one of another line when one is named.
pub(crate) async fn find_by_order_or(
    db: &Db,
    merchant_id: &str,
    order_id: &str,
    (line, otherwise): (&str, Option<&str>),
) -> Result<Option<Found>, DbError> {
    let rows = db.query(FIND_BY_LINES, args![merchant_id, order_id, line, otherwise.unwrap_or(line)]).await?;
    let mut found = rows.iter().map(found).collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|entry| entry.instance.order_line_id != line);
    Ok(found.into_iter().next())
}

/// One instance by its id; `effect_key` also looks for an earlier command.
pub(crate) async fn find(
    db: &Db,
    merchant_id: &str,
    instance_id: &str,
    effect_key: Option<&str>,
) -> Result<Option<Found>, DbError> {
    let arguments = args![merchant_id, instance_id, effect_key.unwrap_or_default()];
    db.find(FIND_WITH_EFFECT, arguments).await?.map(|row| found(&row)).transpose()
}

/// Several instances, in the order asked, each once. `ids` holds at most [`QUERY_LIMIT`].
pub(crate) async fn find_many(db: &Db, merchant_id: &str, ids: &[String]) -> Result<Vec<Found>, DbError> {
    let rows = match ids {
        [] => return Ok(Vec::new()),
        [id] => db.query(FIND_WITH_EFFECT, args![merchant_id, id, ""]).await?,
        [first, ..] => {
            let mut arguments = args![merchant_id];
            arguments.extend((0..QUERY_LIMIT).map(|place| ids.get(place).unwrap_or(first).into()));
            db.query(FIND_MANY, arguments).await?
        }
    };
    let mut found = rows.iter().map(found).collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|entry| ids.iter().position(|id| *id == entry.instance.instance_id));
    Ok(found)
}

/// The sealed order stored with an instance.
pub(crate) async fn order_of(db: &Db, instance: &Instance) -> Result<Option<String>, DbError> {
    let row = db.query_one(FIND_ORDER, args![&instance.merchant_id, &instance.instance_id]).await?;
    Ok(row.map(|row| row.optional_text(0)).transpose()?.flatten())
}

/// Adds the insertion of a new instance; `sealed` holds the order that came with the call.
pub(crate) fn insert(batch: &mut Batch, instance: &Instance, sealed: SealedChange) {
    let specification = &instance.specification;
    batch.one(
        INSERT,
        args![
            &instance.merchant_id,
            &instance.instance_id,
            &instance.order_id,
            &instance.order_line_id,
            instance.state.as_str(),
            instance.created_at,
            instance.updated_at,
            instance.family.as_str(),
            &specification.product_id,
            &specification.sku_code,
            specification.linear_value,
            &instance.charging_mode,
            &instance.period_type,
            instance.period_number,
            instance.expire_time,
            instance.trial,
            instance.billing_start,
            instance.encryption_bits,
            sealed.order,
            sealed.snapshot_order_id,
        ],
    );
}

/// Adds the change of an instance; somebody else's change in between is a conflict.
pub(crate) fn update(batch: &mut Batch, instance: &Instance, sealed: SealedChange) {
    let specification = &instance.specification;
    batch.one(
        UPDATE,
        args![
            &instance.merchant_id,
            &instance.instance_id,
            instance.version,
            &specification.product_id,
            &specification.sku_code,
            specification.linear_value,
            &instance.charging_mode,
            &instance.period_type,
            instance.period_number,
            instance.expire_time,
            instance.expire_confirmed,
            instance.trial,
            instance.state.as_str(),
            instance.frozen,
            &instance.failure,
            instance.updated_at,
            sealed.app_info,
            sealed.order,
            sealed.snapshot_order_id,
            instance.billing_start,
        ],
    );
}

pub(crate) fn found(row: &Row) -> Result<Found, DbError> {
    let app_info_sealed = row.optional_text(19)?;
    Ok(Found {
        instance: Instance {
            merchant_id: row.text(0)?,
            instance_id: row.text(1)?,
            order_id: row.text(2)?,
            order_line_id: row.text(3)?,
            specification: Specification {
                product_id: row.text(4)?,
                sku_code: row.text(5)?,
                linear_value: row.optional_int(6)?,
            },
            charging_mode: row.text(7)?,
            period_type: row.text(8)?,
            period_number: row.optional_int(9)?,
            expire_time: row.optional_int(10)?.map(Instant::from_micros),
            expire_confirmed: row.flag(11)?,
            trial: row.flag(12)?,
            family: row.parse(21)?,
            billing_start: row.optional_instant(22)?,
            encryption_bits: row.optional_int(23)?,
            state: row.parse(13)?,
            frozen: row.flag(14)?,
            has_app_info: app_info_sealed.is_some(),
            failure: row.text(15)?,
            version: row.int(16)?,
            created_at: row.instant(17)?,
            updated_at: row.instant(18)?,
        },
        app_info_sealed,
        snapshot_order_id: row.text(20)?,
        earlier_content: row.optional_text(24)?,
    })
}
