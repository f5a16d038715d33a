//! One test on every database: an empty database per test, on SQLite and on PostgreSQL.

use std::sync::atomic::{AtomicU32, Ordering};

use mercer_kernel::db::{Db, EngineKind};

/// Names the PostgreSQL server that tests may use. `./dev test` sets it.
pub const POSTGRES_VARIABLE: &str = "MERCER_TEST_POSTGRES_URL";

/// An empty database that is gone when this is dropped.
pub struct TestDatabase {
    /// The open database.
    pub db: Db,
    /// Its URL, for another process or a second handle.
    pub url: String,
    folder: Option<std::path::PathBuf>,
}

impl TestDatabase {
    /// An empty database of this engine; None when there is no PostgreSQL server to use.
    ///
    /// # Panics
    /// When the database cannot be made; a test cannot go on then.
    pub async fn create(engine: EngineKind) -> Option<Self> {
        match engine {
            EngineKind::Sqlite => Some(Self::sqlite().await),
            EngineKind::Postgres => Self::postgres().await,
        }
    }

    async fn sqlite() -> Self {
        let folder = std::env::temp_dir().join(format!("mercer-test-{}", unique()));
        let url = format!("sqlite:{}", folder.join("test.db").display());
        let db = Db::open(&url).await.expect("a file in the temporary folder can be opened");
        Self { db, url, folder: Some(folder) }
    }

    #[expect(clippy::disallowed_methods, reason = "the test runner names the server in the environment")]
    async fn postgres() -> Option<Self> {
        let server = std::env::var(POSTGRES_VARIABLE).ok()?;
        let schema = format!("test_{}", unique());
        let admin = Db::open(&server).await.expect("the PostgreSQL server of the tests answers");
        let mut create = mercer_kernel::db::Batch::new();
        // One text per test run; statements are static everywhere else.
        create.any(format!("CREATE SCHEMA {schema}").leak(), Vec::new());
        admin.apply(create).await.expect("the test user may create a schema");
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-c%20search_path%3D{schema}");
        let db = Db::open(&url).await.expect("the new schema can be opened");
        Some(Self { db, url, folder: None })
    }

    /// A second handle on the same database, as another process would have it.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn reopen(&self) -> Db {
        Db::open(&self.url).await.expect("the database was open a moment ago")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // What is left in the temporary folder does no harm.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Runs an async test once on every engine that is there; SQLite always is.
pub async fn on_every_engine<T>(test: impl AsyncFn(TestDatabase) -> T) {
    for engine in [EngineKind::Sqlite, EngineKind::Postgres] {
        if let Some(database) = TestDatabase::create(engine).await {
            test(database).await;
        }
    }
}

fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = mercer_kernel::clock::Clock::real().now().as_micros();
    format!("{}_{now}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
