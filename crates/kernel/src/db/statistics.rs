//! Counts what the database is asked, so that the cost of a request can be stated in statements and
//! commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the database was opened. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Statistics(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    reads: AtomicU64,
    batches: AtomicU64,
    statements: AtomicU64,
    commits: AtomicU64,
}

impl Statistics {
    /// Statements that only read.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.0.reads.load(Ordering::Relaxed)
    }

    /// Batches asked for.
    #[must_use]
    pub fn batches(&self) -> u64 {
        self.0.batches.load(Ordering::Relaxed)
    }

    /// Statements inside those batches.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Commits, each one fsync. Fewer than batches where callers shared one.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.0.commits.load(Ordering::Relaxed)
    }

    pub(super) fn count_read(&self) {
        self.0.reads.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_batch(&self, statements: usize) {
        self.0.batches.fetch_add(1, Ordering::Relaxed);
        self.0.statements.fetch_add(statements as u64, Ordering::Relaxed);
    }

    pub(super) fn count_commit(&self) {
        self.0.commits.fetch_add(1, Ordering::Relaxed);
    }
}
