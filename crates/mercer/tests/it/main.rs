//! The program as people and operators have it: processes that are started, asked, killed and started
//! again, and a browser in front of them.
//!
//! The other test worlds run everything in one process on a clock of their own; what they cannot show is
//! shown here: that nothing is lost when a process dies at any moment, that two processes share one
//! database, that the command line keeps its promises, and that a person gets from shop to app.

mod browser;
mod full_sync;
mod kill;
mod processes;
mod schemes;
mod support;
mod up;
