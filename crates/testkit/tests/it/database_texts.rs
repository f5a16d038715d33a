//! Every text in a database, so that a test can show that something does not lie there in clear.

use mercer_kernel::db::{Db, EngineKind};

const TABLES_OF_SQLITE: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
const TABLES_OF_POSTGRES: &str = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
const COLUMNS_OF_SQLITE: &str = "SELECT name FROM pragma_table_info($1)";
const COLUMNS_OF_POSTGRES: &str = "SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name::text = $1";

/// Every value of every column of every table, as text.
pub(crate) async fn all(db: &Db) -> Vec<String> {
    let (tables, columns) = match db.engine() {
        EngineKind::Sqlite => (TABLES_OF_SQLITE, COLUMNS_OF_SQLITE),
        EngineKind::Postgres => (TABLES_OF_POSTGRES, COLUMNS_OF_POSTGRES),
    };
    let mut texts = Vec::new();
    for table in db.query(tables, Vec::new()).await.unwrap() {
        let table = table.text(0).unwrap();
        for column in db.query(columns, mercer_kernel::args![&table]).await.unwrap() {
            let column = column.text(0).unwrap();
            // The names come from the database itself; statements are static everywhere else.
            let statement = format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE {column} IS NOT NULL").leak();
            let rows = db.query(statement, Vec::new()).await.unwrap();
            texts.extend(rows.iter().map(|row| row.text(0).unwrap()));
        }
    }
    texts
}
