//! The database's promises, kept on every engine.

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError, Migration};
use mercer_testkit::engine::{TestDatabase, on_every_engine};

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "test table",
    sql: "CREATE TABLE thing (id TEXT PRIMARY KEY, amount BIGINT NOT NULL, raw BYTEA, note TEXT);
          CREATE INDEX thing_amount ON thing (amount) WHERE amount > 0;",
}];
const INSERT: &str = "INSERT INTO thing (id, amount, raw, note) VALUES ($1, $2, $3, $4)";

async fn with_table(database: &TestDatabase) -> &Db {
    database.db.migrate("test", MIGRATIONS).await.unwrap();
    &database.db
}

fn insert(id: &str, amount: i64) -> Batch {
    let mut batch = Batch::new();
    batch.one(INSERT, args![id, amount, None::<Vec<u8>>, None::<&str>]);
    batch
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went_in() {
    on_every_engine(async |database| {
        let db = with_table(&database).await;
        let mut batch = Batch::new();
        batch.one(INSERT, args!["中文 🎈 'quoted' $1", i64::MIN, vec![0_u8, 255, 7], "a\u{1}b"]);
        batch.one(INSERT, args!["null", i64::MAX, None::<Vec<u8>>, None::<String>]);
        db.apply(batch).await.unwrap();
        let rows = db.query("SELECT id, amount, raw, note FROM thing ORDER BY amount", Vec::new()).await.unwrap();
        assert_eq!(rows[0].text(0).unwrap(), "中文 🎈 'quoted' $1");
        assert_eq!(rows[0].int(1).unwrap(), i64::MIN);
        assert_eq!(rows[0].bytes(2).unwrap(), [0, 255, 7]);
        assert_eq!(rows[0].text(3).unwrap(), "a\u{1}b");
        assert_eq!(rows[1].optional_bytes(2).unwrap(), None);
        assert_eq!(rows[1].optional_text(3).unwrap(), None);
        assert!(rows[1].text(3).is_err(), "NULL is not an empty text");
    })
    .await;
}

#[tokio::test]
async fn arguments_bind_by_number_and_not_by_order() {
    on_every_engine(async |database| {
        let db = with_table(&database).await;
        let mut batch = Batch::new();
        batch.one("INSERT INTO thing (note, amount, id) VALUES ($3, $2, $1)", args!["id", 5_i64, "note"]);
        db.apply(batch).await.unwrap();
        let row = db.query_one("SELECT id, note FROM thing WHERE amount = $1", args![5_i64]).await.unwrap().unwrap();
        assert_eq!((row.text(0).unwrap(), row.text(1).unwrap()), ("id".to_owned(), "note".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_batch_that_misses_an_expectation_leaves_nothing_behind() {
    on_every_engine(async |database| {
        let db = with_table(&database).await;
        let mut batch = insert("a", 1);
        batch.one("UPDATE thing SET amount = 2 WHERE id = $1", args!["missing"]);
        batch.one(INSERT, args!["b", 1_i64, None::<Vec<u8>>, None::<&str>]);
        assert!(matches!(db.apply(batch).await, Err(DbError::Conflict { statement: 1 })));
        assert!(db.query("SELECT id FROM thing", Vec::new()).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn returning_gives_rows_and_counts_them() {
    on_every_engine(async |database| {
        let db = with_table(&database).await;
        db.apply(insert("a", 1)).await.unwrap();
        db.apply(insert("b", 2)).await.unwrap();
        let mut batch = Batch::new();
        batch.any("UPDATE thing SET amount = amount + $1 WHERE amount > 0 RETURNING id, amount", args![10_i64]);
        let results = db.apply(batch).await.unwrap();
        assert_eq!((results[0].rows_affected, results[0].rows.len()), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn of_many_that_take_the_same_key_at_once_one_wins() {
    on_every_engine(async |database| {
        let db = with_table(&database).await.clone();
        let racers: Vec<_> = (0..32)
            .map(|_| {
                tokio::spawn({
                    let db = db.clone();
                    async move { db.apply(insert("a", 1)).await }
                })
            })
            .collect();
        let mut winners = 0;
        for racer in racers {
            match racer.await.unwrap() {
                Ok(_) => winners += 1,
                Err(DbError::Conflict { statement: 0 }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(winners, 1);
    })
    .await;
}

#[tokio::test]
async fn concurrent_use_cases_lose_no_update() {
    on_every_engine(async |database| {
        let db = with_table(&database).await.clone();
        db.apply(insert("counter", 0)).await.unwrap();
        let workers: Vec<_> = (0..6).map(|_| tokio::spawn(increment(db.clone()))).collect();
        for worker in workers {
            worker.await.unwrap().unwrap();
        }
        let row = db.query_one("SELECT amount FROM thing WHERE id = $1", args!["counter"]).await.unwrap().unwrap();
        assert_eq!(row.int(0).unwrap(), 6);
    })
    .await;
}

async fn increment(db: Db) -> Result<(), DbError> {
    db.transact(|| async {
        let row = db.query_one("SELECT amount FROM thing WHERE id = $1", args!["counter"]).await?.unwrap();
        let amount = row.int(0)?;
        let mut batch = Batch::new();
        batch.one("UPDATE thing SET amount = $1 WHERE id = 'counter' AND amount = $2", args![amount + 1, amount]);
        Ok((batch, ()))
    })
    .await
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_no_transaction_open() {
    on_every_engine(async |database| {
        let db = with_table(&database).await.clone();
        for round in 0..40 {
            let task = tokio::spawn({
                let db = db.clone();
                async move { db.apply(insert(&format!("x{round}"), round)).await }
            });
            tokio::task::yield_now().await;
            task.abort();
        }
        db.apply(insert("after", 1)).await.unwrap();
        assert!(db.query_one("SELECT id FROM thing WHERE id = $1", args!["after"]).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_second_handle_sees_what_the_first_one_wrote() {
    on_every_engine(async |database| {
        let db = with_table(&database).await;
        db.apply(insert("a", 1)).await.unwrap();
        let second = database.reopen().await;
        second.migrate("test", MIGRATIONS).await.unwrap();
        assert_eq!(second.query("SELECT id FROM thing", Vec::new()).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_changed_or_unknown_migration_is_refused_with_what_to_do() {
    on_every_engine(async |database| {
        let db = with_table(&database).await;
        let changed = [Migration { sql: "CREATE TABLE other (id TEXT);", ..MIGRATIONS[0] }];
        let error = db.migrate("test", &changed).await.unwrap_err().to_string();
        assert!(error.contains("was changed after it was applied"), "{error}");
        let error = db.migrate("test", &[]).await.unwrap_err().to_string();
        assert!(error.contains("start the newer program"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_failing_migration_leaves_nothing_behind() {
    on_every_engine(async |database| {
        let broken = [Migration {
            version: 1,
            name: "broken",
            sql: "CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1);",
        }];
        assert!(matches!(database.db.migrate("broken", &broken).await, Err(DbError::Migration(_))));
        assert!(database.db.query("SELECT id FROM half", Vec::new()).await.is_err());
    })
    .await;
}
