//! What the gateway is compared with: a handler that reads the body and commits one row of the size of
//! a callback's, through the same database code, on the same server.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::routing::post;
use http::StatusCode;
use mercer_kernel::args;
use mercer_kernel::clock::Clock;
use mercer_kernel::db::{Batch, Db, DbError, Migration};
use mercer_kernel::entropy::Entropy;

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "rows of the bare handler",
    sql: "CREATE TABLE bench_row (row_id TEXT PRIMARY KEY, order_id TEXT NOT NULL, received_at BIGINT NOT NULL,
          query TEXT NOT NULL, body BYTEA NOT NULL, answer TEXT NOT NULL, filler TEXT NOT NULL);",
}];

mercer_kernel::statements! {
    /// One row.
    INSERT = "INSERT INTO bench_row (row_id, order_id, received_at, query, body, answer, filler) VALUES ($1, $2, $3, $4, $5, $6, $7)";
}

const ANSWER: &str = r#"{"resultCode":"000000","resultMsg":"success"}"#;
/// What a callback's row holds besides query, body and answer: instance, key, event, states, effect.
const FILLER_BYTES: usize = 260;

/// What the handler works with.
#[derive(Clone)]
pub(super) struct Bare {
    db: Db,
    wall: Clock,
    entropy: Entropy,
    filler: String,
}

impl Bare {
    /// Makes the table.
    ///
    /// # Errors
    /// The database.
    pub(super) async fn open(db: &Db, wall: &Clock, entropy: &Entropy) -> Result<Self, DbError> {
        db.migrate("bench", MIGRATIONS).await?;
        Ok(Self { db: db.clone(), wall: wall.clone(), entropy: entropy.clone(), filler: "x".repeat(FILLER_BYTES) })
    }

    /// The one route.
    pub(super) fn router(self) -> Router {
        Router::new().route("/produce/{merchant}", post(take)).with_state(self)
    }
}

async fn take(State(bare): State<Bare>, RawQuery(query): RawQuery, body: Bytes) -> (StatusCode, &'static str) {
    let now = bare.wall.now();
    let text = String::from_utf8_lossy(&body);
    let order_id =
        text.split_once(r#""orderId":""#).and_then(|(_, rest)| rest.split_once('"')).map_or("", |(id, _)| id);
    let mut batch = Batch::new();
    batch.one(
        INSERT,
        args![
            bare.entropy.id("row", now),
            order_id,
            now,
            query.unwrap_or_default(),
            body.as_ref(),
            ANSWER,
            &bare.filler
        ],
    );
    match bare.db.apply(batch).await {
        Ok(_) => (StatusCode::OK, ANSWER),
        Err(error) => {
            tracing::error!(%error, "a row was not written");
            (StatusCode::SERVICE_UNAVAILABLE, "")
        }
    }
}
