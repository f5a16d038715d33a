//! The outbox's SQL.

use serde::Serialize;

use super::{AttemptRecord, Job, JobState, Outbox};
use crate::args;
use crate::clock::Instant;
use crate::db::{Batch, DbError, EngineKind, Migration, Row};
use crate::web::page::{PageRequest, Paged};

/// The outbox's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "jobs and attempts", sql: include_str!("../../migrations/0001_outbox.sql") },
    Migration { version: 2, name: "one index by lane", sql: include_str!("../../migrations/0002_outbox_lane.sql") },
];

macro_rules! job_columns {
    () => {
        "id, lane, kind, endpoint, merchant_id, subject, payload, state, due_at, attempt, automatic, manual, \
         first_attempt_at, last_attempt_at, reason, detail, created_at, finished_at"
    };
}

/// A job that may start: due, not held back by an earlier one of its lane, its endpoint open.
macro_rules! startable {
    ($closed_endpoints:expr) => {
        concat!(
            "SELECT j.id FROM outbox_job j WHERE j.owner = $1 AND j.state IN ('waiting', 'retrying') \
             AND j.due_at <= $2 AND j.endpoint NOT IN (",
            $closed_endpoints,
            ") AND NOT EXISTS (SELECT 1 FROM outbox_job e WHERE e.owner = j.owner AND e.lane = j.lane \
             AND e.finished_at IS NULL AND e.position < j.position) \
             ORDER BY j.due_at, j.position LIMIT $4"
        )
    };
}

macro_rules! claim {
    ($startable:expr) => {
        concat!(
            "UPDATE outbox_job SET state = 'running', attempt = attempt + 1, automatic = automatic + 1 - manual, \
             first_attempt_at = COALESCE(first_attempt_at, $2), last_attempt_at = $2, lease_token = $5, \
             lease_until = $6 WHERE owner = $1 AND id IN (",
            $startable,
            ") RETURNING ",
            job_columns!()
        )
    };
}

crate::statements! {
    pub(super) PUT = "INSERT INTO outbox_job (owner, id, position, lane, kind, endpoint, merchant_id, subject, payload,
        state, due_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10, $11)
        ON CONFLICT (owner, id) DO NOTHING";
    pub(super) PUT_OR_MOVE = "INSERT INTO outbox_job (owner, id, position, lane, kind, endpoint, merchant_id, subject,
        payload, state, due_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10, $11)
        ON CONFLICT (owner, id) DO UPDATE SET position = excluded.position, payload = excluded.payload,
        state = 'waiting', due_at = excluded.due_at, automatic = 0, manual = 0, first_attempt_at = NULL,
        lease_token = NULL, lease_until = NULL, reason = NULL, detail = NULL, finished_at = NULL";
    pub(super) PUT_TAKEN = "INSERT INTO outbox_job (owner, id, position, lane, kind, endpoint, merchant_id, subject,
        payload, state, due_at, created_at, attempt, automatic, first_attempt_at, last_attempt_at, lease_token,
        lease_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'running', $10, $11, 1, 1, $11, $11, $12, $13)
        ON CONFLICT (owner, id) DO NOTHING";
    pub(super) CANCEL = "UPDATE outbox_job SET state = 'cancelled', reason = $3, finished_at = $4
        WHERE owner = $1 AND id = $2 AND state IN ('waiting', 'retrying')";
    pub(super) CANCEL_LANE = "UPDATE outbox_job SET state = 'cancelled', reason = $3, finished_at = $4
        WHERE owner = $1 AND lane = $2 AND state IN ('waiting', 'retrying')";
    pub(super) RESTART_ONCE = "UPDATE outbox_job SET state = 'retrying', due_at = $3, manual = 1, finished_at = NULL
        WHERE owner = $1 AND id = $2 AND state IN ('waiting', 'retrying', 'failed', 'cancelled')";
    pub(super) RESTART_AFRESH = "UPDATE outbox_job SET state = 'retrying', due_at = $3, automatic = 0, manual = 0,
        first_attempt_at = NULL, finished_at = NULL
        WHERE owner = $1 AND id = $2 AND state IN ('waiting', 'retrying', 'failed', 'cancelled', 'done')";
    CLAIM_SQLITE = claim!(startable!("SELECT value FROM json_each($3)"));
    NEXT_DUE_SQLITE = "SELECT j.due_at FROM outbox_job j WHERE j.owner = $1 AND j.state IN ('waiting', 'retrying')
        AND j.endpoint NOT IN (SELECT value FROM json_each($2)) AND NOT EXISTS (SELECT 1 FROM outbox_job e
        WHERE e.owner = j.owner AND e.lane = j.lane AND e.finished_at IS NULL
        AND e.position < j.position) ORDER BY j.due_at, j.position LIMIT 1";
    COUNT_RUNNING = "SELECT COUNT(*) FROM outbox_job WHERE owner = $1 AND state = 'running'";
    FINISH = "UPDATE outbox_job SET state = $4, due_at = $5, reason = $6, detail = $7, finished_at = $8, manual = 0,
        lease_token = NULL, lease_until = NULL WHERE owner = $1 AND id = $2 AND lease_token = $3";
    AGAIN = "UPDATE outbox_job SET state = 'waiting', due_at = $4, automatic = 0, manual = 0,
        first_attempt_at = NULL, lease_token = NULL, lease_until = NULL
        WHERE owner = $1 AND id = $2 AND lease_token = $3";
    INSERT_ATTEMPT = "INSERT INTO outbox_attempt (owner, job_id, attempt, started_at, duration_ms, outcome, reason,
        detail, http_status, result_code, request, answer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    TAKE_BACK = "UPDATE outbox_job SET state = 'retrying', due_at = $3, automatic = automatic - 1 + manual,
        reason = 'crashed', lease_token = NULL, lease_until = NULL
        WHERE owner = $1 AND state = 'running' AND lease_until < $2";
    FIND_JOB = concat!("SELECT ", job_columns!(), " FROM outbox_job WHERE owner = $1 AND id = $2");
    FIND_ATTEMPTS = "SELECT attempt, started_at, duration_ms, outcome, reason, detail, http_status, result_code,
        request, answer FROM outbox_attempt WHERE owner = $1 AND job_id = $2 ORDER BY started_at DESC, attempt DESC
        LIMIT 200";
    LIST_JOBS = concat!("SELECT ", job_columns!(), " FROM outbox_job WHERE owner = $1 AND ($2 = '' OR merchant_id = $2)
        AND ($3 = '' OR kind = $3) AND ($4 = '' OR state = $4) AND ($5 = '' OR subject = $5)
        AND ($6 = '' OR endpoint = $6) AND created_at >= $7 AND created_at < $8
        ORDER BY created_at DESC, position DESC LIMIT $9 OFFSET $10");
    LIST_LANE = concat!("SELECT ", job_columns!(), " FROM outbox_job WHERE owner = $1 AND lane = $2
        ORDER BY position DESC LIMIT $3");
    COUNT_JOBS = "SELECT COUNT(*) FROM outbox_job WHERE owner = $1 AND ($2 = '' OR merchant_id = $2)
        AND ($3 = '' OR kind = $3) AND ($4 = '' OR state = $4) AND ($5 = '' OR subject = $5)
        AND ($6 = '' OR endpoint = $6) AND created_at >= $7 AND created_at < $8";
    COUNT_BY_STATE = "SELECT state, COUNT(*) FROM outbox_job WHERE owner = $1 AND ($2 = '' OR kind = $2)
        GROUP BY state";
    PRUNE_ATTEMPTS = "DELETE FROM outbox_attempt WHERE owner = $1 AND job_id IN (SELECT id FROM outbox_job
        WHERE owner = $1 AND state IN ('done', 'cancelled') AND finished_at < $2 ORDER BY finished_at LIMIT $3)";
    PRUNE_JOBS = "DELETE FROM outbox_job WHERE owner = $1 AND id IN (SELECT id FROM outbox_job
        WHERE owner = $1 AND state IN ('done', 'cancelled') AND finished_at < $2 ORDER BY finished_at LIMIT $3)";
}

/// The statements that PostgreSQL spells in its own way.
const CLAIM_POSTGRES: &str = claim!(concat!(
    startable!("SELECT json_array_elements_text(CAST(CAST($3 AS TEXT) AS JSON))"),
    " FOR UPDATE OF j SKIP LOCKED"
));
const NEXT_DUE_POSTGRES: &str = "SELECT j.due_at FROM outbox_job j WHERE j.owner = $1
    AND j.state IN ('waiting', 'retrying')
    AND j.endpoint NOT IN (SELECT json_array_elements_text(CAST(CAST($2 AS TEXT) AS JSON)))
    AND NOT EXISTS (SELECT 1 FROM outbox_job e WHERE e.owner = j.owner AND e.lane = j.lane
    AND e.finished_at IS NULL AND e.position < j.position)
    ORDER BY j.due_at, j.position LIMIT 1";

/// Finished jobs removed at a time, so that pruning never holds the writer for long.
const PRUNED_AT_ONCE: i64 = 500;

/// Which jobs to list. Empty texts do not filter.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Of one merchant.
    pub merchant_id: String,
    /// Of one kind.
    pub kind: String,
    /// In one state.
    pub state: Option<JobState>,
    /// About one thing.
    pub subject: String,
    /// Towards one endpoint.
    pub endpoint: String,
    /// Written at or after.
    pub created_from: Option<Instant>,
    /// Written before.
    pub created_to: Option<Instant>,
}

/// One attempt of a job, for people.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Its number, from 1.
    pub attempt: u32,
    /// When it started, on the owner's clock.
    pub started_at: Instant,
    /// How long it took, on wall time.
    pub duration_ms: i64,
    /// `done`, `pending`, `retry` or `final`.
    pub outcome: String,
    /// The typed reason of a failure.
    pub reason: Option<String>,
    /// The same in words.
    pub detail: String,
    /// HTTP status, when there was an answer.
    pub http_status: Option<u16>,
    /// The protocol's result code, when there was one.
    pub result_code: Option<String>,
    /// The request as sent, redacted.
    pub request: String,
    /// The answer as received, redacted.
    pub answer: String,
}

/// How a held job ends its attempt.
pub(super) struct Finish<'a> {
    pub(super) state: JobState,
    pub(super) due: Instant,
    pub(super) reason: Option<&'a str>,
    pub(super) detail: Option<&'a str>,
    pub(super) now: Instant,
}

impl Outbox {
    /// One job.
    ///
    /// # Errors
    /// When the database fails; likewise below.
    pub async fn job(&self, id: &str) -> Result<Option<Job>, DbError> {
        let row = self.0.db.query_one(FIND_JOB, args![self.0.owner, id]).await?;
        row.as_ref().map(read_job).transpose()
    }

    /// The latest 200 attempts of a job, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts(&self, job_id: &str) -> Result<Vec<Attempt>, DbError> {
        let rows = self.0.db.query(FIND_ATTEMPTS, args![self.0.owner, job_id]).await?;
        rows.iter().map(read_attempt).collect()
    }

    /// A page of jobs, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, filter: &JobFilter, page: PageRequest) -> Result<Paged<Job>, DbError> {
        let mut arguments = args![
            self.0.owner,
            &filter.merchant_id,
            &filter.kind,
            filter.state.map_or("", JobState::code),
            &filter.subject,
            &filter.endpoint,
            filter.created_from.unwrap_or(Instant::from_micros(i64::MIN)),
            filter.created_to.unwrap_or(Instant::from_micros(i64::MAX))
        ];
        let total = self.0.db.query_one(COUNT_JOBS, arguments.clone()).await?;
        let total = total.map_or(Ok(0), |row| row.int(0))?;
        arguments.extend(args![page.limit(), page.offset()]);
        let rows = self.0.db.query(LIST_JOBS, arguments).await?;
        let items = rows.iter().map(read_job).collect::<Result<Vec<_>, _>>()?;
        Ok(Paged::new(items, u64::try_from(total).unwrap_or(0), page))
    }

    /// The newest jobs of a lane, open and finished ones, newest first; at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_lane(&self, lane: &str, limit: i64) -> Result<Vec<Job>, DbError> {
        let rows = self.0.db.query(LIST_LANE, args![self.0.owner, lane, limit]).await?;
        rows.iter().map(read_job).collect()
    }

    /// How many jobs stand in each state; of one kind, or of all when `kind` is empty.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_by_state(&self, kind: &str) -> Result<Vec<(JobState, i64)>, DbError> {
        let rows = self.0.db.query(COUNT_BY_STATE, args![self.0.owner, kind]).await?;
        rows.iter().map(|row| Ok((row.parse(0)?, row.int(1)?))).collect()
    }

    /// Removes finished jobs (done or cancelled) with their attempts that ended before `before`, at most 500 at a
    /// time; returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune(&self, before: Instant) -> Result<u64, DbError> {
        let mut batch = Batch::new();
        batch.any(PRUNE_ATTEMPTS, args![self.0.owner, before, PRUNED_AT_ONCE]);
        batch.any(PRUNE_JOBS, args![self.0.owner, before, PRUNED_AT_ONCE]);
        let results = self.0.db.apply(batch).await?;
        Ok(results.last().map_or(0, |result| result.rows_affected))
    }

    pub(super) async fn find_next_due(&self, closed: &[String]) -> Result<Option<Instant>, DbError> {
        let sql = match self.0.db.engine() {
            EngineKind::Sqlite => NEXT_DUE_SQLITE,
            EngineKind::Postgres => NEXT_DUE_POSTGRES,
        };
        let row = self.0.db.query_one(sql, args![self.0.owner, as_json(closed)]).await?;
        row.map(|row| row.instant(0)).transpose()
    }

    pub(super) async fn count_running(&self) -> Result<i64, DbError> {
        let row = self.0.db.query_one(COUNT_RUNNING, args![self.0.owner]).await?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    pub(super) async fn claim(&self, limit: usize, closed: &[String], token: &str) -> Result<Vec<Job>, DbError> {
        let sql = match self.0.db.engine() {
            EngineKind::Sqlite => CLAIM_SQLITE,
            EngineKind::Postgres => CLAIM_POSTGRES,
        };
        let lease_until = self.0.wall.now().plus(std::time::Duration::from_millis(self.0.settings.lease_ms));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut batch = Batch::new();
        batch.any(sql, args![self.0.owner, self.0.clock.now(), as_json(closed), limit, token, lease_until]);
        let claimed = self.0.db.apply(batch).await?;
        let mut jobs = claimed.iter().flat_map(|result| &result.rows).map(read_job).collect::<Result<Vec<_>, _>>()?;
        jobs.sort_by_key(|job| job.due);
        Ok(jobs)
    }

    pub(super) async fn take_back(&self, leased_before: Instant) -> Result<u64, DbError> {
        let mut batch = Batch::new();
        batch.any(TAKE_BACK, args![self.0.owner, leased_before, self.0.clock.now()]);
        let results = self.0.db.apply(batch).await?;
        Ok(results.first().map_or(0, |result| result.rows_affected))
    }

    pub(super) fn finish(&self, batch: &mut Batch, job: &Job, token: &str, finish: &Finish<'_>) {
        let finished_at = (!finish.state.is_open()).then_some(finish.now);
        batch.one(
            FINISH,
            args![
                self.0.owner,
                &job.id,
                token,
                finish.state.code(),
                finish.due,
                finish.reason,
                finish.detail,
                finished_at
            ],
        );
    }

    pub(super) fn again(&self, batch: &mut Batch, job: &Job, token: &str, due: Instant) {
        batch.one(AGAIN, args![self.0.owner, &job.id, token, due]);
    }

    pub(super) fn record(
        &self,
        batch: &mut Batch,
        job: &Job,
        record: &AttemptRecord,
        (outcome, reason): (&str, Option<&str>),
        duration_ms: i64,
    ) {
        batch.one(
            INSERT_ATTEMPT,
            args![
                self.0.owner,
                &job.id,
                job.attempt,
                job.last_attempt_at.unwrap_or(job.due),
                duration_ms,
                outcome,
                reason,
                &record.detail,
                record.http_status,
                record.result_code.as_ref(),
                &record.request,
                &record.answer
            ],
        );
    }

    /// The engine-specific statements, for the test that prepares them.
    #[must_use]
    pub fn engine_statements(engine: EngineKind) -> [&'static str; 2] {
        match engine {
            EngineKind::Sqlite => [CLAIM_SQLITE, NEXT_DUE_SQLITE],
            EngineKind::Postgres => [CLAIM_POSTGRES, NEXT_DUE_POSTGRES],
        }
    }
}

fn as_json(endpoints: &[String]) -> String {
    serde_json::Value::from(endpoints.to_vec()).to_string()
}

fn read_job(row: &Row) -> Result<Job, DbError> {
    Ok(Job {
        id: row.text(0)?,
        lane: row.text(1)?,
        kind: row.text(2)?,
        endpoint: row.text(3)?,
        merchant_id: row.text(4)?,
        subject: row.text(5)?,
        payload: row.json(6)?,
        state: row.parse(7)?,
        due: row.instant(8)?,
        attempt: count(row.int(9)?),
        automatic_attempts: count(row.int(10)?),
        manual: row.flag(11)?,
        is_last: false,
        first_attempt_at: row.optional_instant(12)?,
        last_attempt_at: row.optional_instant(13)?,
        reason: row.optional_text(14)?,
        detail: row.optional_text(15)?,
        created_at: row.instant(16)?,
        finished_at: row.optional_instant(17)?,
    })
}

fn read_attempt(row: &Row) -> Result<Attempt, DbError> {
    Ok(Attempt {
        attempt: count(row.int(0)?),
        started_at: row.instant(1)?,
        duration_ms: row.int(2)?,
        outcome: row.text(3)?,
        reason: row.optional_text(4)?,
        detail: row.text(5)?,
        http_status: row.optional_int(6)?.and_then(|status| u16::try_from(status).ok()),
        result_code: row.optional_text(7)?,
        request: row.text(8)?,
        answer: row.text(9)?,
    })
}

fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(0)
}
