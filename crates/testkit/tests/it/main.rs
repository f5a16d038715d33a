//! The whole system in one process, on every database.
#![expect(missing_docs, reason = "tests are named by the rule they check")]

mod architecture;
mod database;
mod outbox;
