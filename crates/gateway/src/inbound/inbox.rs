//! The inbox as pages and APIs see it.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{DbError, Row};
use mercer_kernel::web::page::{PageRequest, Paged};
use serde::Serialize;
use serde_json::Value as Json;

use super::Family;
use super::callback::Verdict;
use super::check::{SignatureCheck, StoredCall, check_again};
use super::kept::Original;
use crate::error::GatewayError;
use crate::gateway::Gateway;

macro_rules! summary_columns {
    () => {
        "callback_id, received_at, activity, instance_id, order_id, test, verdict, refusal, detail, result_code, \
         state_before, state_after, event_id, protocol"
    };
}

macro_rules! filter {
    () => {
        " FROM gw_callback WHERE merchant_id = $1 AND ($2 = '' OR instance_id = $2) AND ($3 = '' OR activity = $3) \
         AND ($4 = '' OR verdict = $4) AND ($5 = '' OR order_id = $5) AND received_at >= $6 AND received_at < $7 \
         AND ($8 = '' OR result_code = $8) \
         AND ($9 = '' OR lower(instance_id) LIKE lower($9) OR lower(order_id) LIKE lower($9)) \
         AND ($10 = '' OR protocol = $10)"
    };
}

mercer_kernel::statements! {
    /// A page of callbacks, newest first.
    pub(crate) LIST = concat!("SELECT ", summary_columns!(), filter!(), " ORDER BY callback_id DESC LIMIT $11 OFFSET $12");
    /// How many there are.
    pub(crate) COUNT = concat!("SELECT COUNT(*)", filter!());
    /// One callback with everything.
    pub(crate) FIND = concat!("SELECT ", summary_columns!(), ", key_id, query, body, answer, headers, request_sealed FROM gw_callback WHERE merchant_id = $1 AND callback_id = $2");
    /// Callbacks about one instance, oldest first.
    pub(crate) OF_INSTANCE = concat!("SELECT ", summary_columns!(), " FROM gw_callback WHERE merchant_id = $1 AND instance_id = $2 AND instance_id <> '' ORDER BY callback_id DESC LIMIT 500");
    /// How many callbacks came since, by verdict.
    pub(crate) COUNT_BY_VERDICT = "SELECT verdict, COUNT(*) FROM gw_callback WHERE merchant_id = $1 AND received_at >= $2 GROUP BY verdict";
}

/// A callback in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallbackSummary {
    /// Our id for it.
    pub callback_id: String,
    /// The document it follows.
    pub protocol: Family,
    /// When it came.
    pub received_at: Instant,
    /// Which interface; empty when that could not be read.
    pub activity: String,
    /// The instance it was about; several are joined by commas.
    pub instance_id: String,
    /// The order it named.
    pub order_id: String,
    /// Whether it was a debug request (`testFlag` 1).
    pub test: bool,
    /// How it was taken.
    pub verdict: Verdict,
    /// Why it was refused, as a stable code; empty otherwise.
    pub refusal: String,
    /// The same in words: `{"zh","en"}`; null otherwise.
    pub detail: Json,
    /// The code that was answered.
    pub result_code: String,
    /// State of the instance before; empty when nothing changed.
    pub state_before: String,
    /// State of the instance after.
    pub state_after: String,
    /// The event that told the app, several joined by commas; empty when there was none.
    pub event_id: String,
}

/// A callback with its raw request and the check of its signature.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallbackDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: CallbackSummary,
    /// The access key whose signature fitted; empty when none did.
    pub key_id: String,
    /// The query; personal data masked.
    pub query: String,
    /// The body, personal data masked; the first 8 KiB of a refused one.
    pub body: String,
    /// Headers that belong to the signature, `name: value` a line.
    pub headers: String,
    /// The answer, passwords masked.
    pub answer: String,
    /// The check of the signature, computed afresh; none when the key is gone.
    pub signature: Option<SignatureCheck>,
}

/// Which callbacks to list. Empty texts do not filter.
#[derive(Debug, Clone, Default)]
pub struct CallbackFilter {
    /// About one instance.
    pub instance_id: String,
    /// Of one interface.
    pub activity: String,
    /// Of one family.
    pub protocol: Option<Family>,
    /// With one verdict.
    pub verdict: Option<Verdict>,
    /// About one order.
    pub order_id: String,
    /// Answered with one code.
    pub result_code: String,
    /// Part of an instance id or order id.
    pub text: String,
    /// Received at or after.
    pub from: Option<Instant>,
    /// Received before.
    pub to: Option<Instant>,
}

impl Gateway {
    /// A page of a merchant's callbacks, newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn callbacks(
        &self,
        merchant_id: &str,
        filter: &CallbackFilter,
        page: PageRequest,
    ) -> Result<Paged<CallbackSummary>, GatewayError> {
        let pattern = if filter.text.is_empty() { String::new() } else { format!("%{}%", filter.text) };
        let mut arguments = args![
            merchant_id,
            &filter.instance_id,
            &filter.activity,
            filter.verdict.map_or("", Verdict::as_str),
            &filter.order_id,
            filter.from.unwrap_or(Instant::from_micros(i64::MIN)),
            filter.to.unwrap_or(Instant::from_micros(i64::MAX)),
            &filter.result_code,
            pattern,
            filter.protocol.map_or("", Family::as_str),
        ];
        let total = self.db().query_one(COUNT, arguments.clone()).await?.map_or(Ok(0), |row| row.int(0))?;
        arguments.extend(args![page.limit(), page.offset()]);
        let rows = self.db().query(LIST, arguments).await?;
        let items = rows.iter().map(summary).collect::<Result<Vec<_>, _>>()?;
        Ok(Paged::new(items, u64::try_from(total).unwrap_or(0), page))
    }

    /// One callback with its raw request and the check of its signature.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn callback(&self, merchant_id: &str, callback_id: &str) -> Result<CallbackDetail, GatewayError> {
        let row = self
            .db()
            .query_one(FIND, args![merchant_id, callback_id])
            .await?
            .ok_or_else(|| GatewayError::UnknownId { kind: "callback", id: callback_id.to_owned() })?;
        let summary = summary(&row)?;
        let (key_id, query, body) = (row.text(14)?, row.text(15)?, row.bytes(16)?);
        let (headers, sealed) = (row.text(18)?, row.optional_text(19)?);
        let place = (merchant_id, callback_id);
        let original = sealed.and_then(|sealed| Original::open(self.vault(), place, &sealed));
        let received = original
            .as_ref()
            .map_or((query.as_str(), body.as_slice()), |original| (original.query.as_str(), original.body.as_bytes()));
        let stored = StoredCall {
            family: summary.protocol,
            query: received.0,
            body: received.1,
            headers: &headers,
            received_at: summary.received_at,
        };
        let signature = check_again(self, (merchant_id, &key_id), &stored).await?;
        Ok(CallbackDetail {
            summary,
            key_id,
            query,
            body: String::from_utf8_lossy(&body).into_owned(),
            headers,
            answer: row.text(17)?,
            signature,
        })
    }

    /// How many callbacks a merchant got since `since`, by verdict.
    ///
    /// # Errors
    /// The database.
    pub async fn callback_counts(
        &self,
        merchant_id: &str,
        since: Instant,
    ) -> Result<Vec<(Verdict, i64)>, GatewayError> {
        let rows = self.db().query(COUNT_BY_VERDICT, args![merchant_id, since]).await?;
        Ok(rows.iter().map(|row| Ok((row.parse(0)?, row.int(1)?))).collect::<Result<_, DbError>>()?)
    }

    pub(crate) async fn callbacks_of_instance(
        &self,
        merchant_id: &str,
        instance_id: &str,
    ) -> Result<Vec<CallbackSummary>, DbError> {
        self.db().query(OF_INSTANCE, args![merchant_id, instance_id]).await?.iter().map(summary).collect()
    }
}

fn summary(row: &Row) -> Result<CallbackSummary, DbError> {
    let detail = row.text(8)?;
    Ok(CallbackSummary {
        callback_id: row.text(0)?,
        received_at: row.instant(1)?,
        activity: row.text(2)?,
        instance_id: row.text(3)?,
        order_id: row.text(4)?,
        test: row.flag(5)?,
        verdict: row.parse(6)?,
        refusal: row.text(7)?,
        detail: serde_json::from_str(&detail).unwrap_or(Json::Null),
        result_code: row.text(9)?,
        state_before: row.text(10)?,
        state_after: row.text(11)?,
        event_id: row.text(12)?,
        protocol: row.parse(13)?,
    })
}
