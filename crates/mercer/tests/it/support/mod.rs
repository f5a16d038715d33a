//! What the tests of this folder stand on.

pub(crate) mod driver;
pub(crate) mod folder;
pub(crate) mod http;
pub(crate) mod kit;
pub(crate) mod program;
pub(crate) mod relay;
pub(crate) mod snare;
pub(crate) mod town;
pub(crate) mod wait;

/// Says something that a person reads when a test failed or was skipped.
#[expect(clippy::print_stdout, reason = "the test runner shows what a test prints, and nothing else")]
pub(crate) fn remark(text: &str) {
    println!("{text}");
}

/// Says that a test could not run for want of a PostgreSQL server.
pub(crate) fn remark_no_postgres() {
    remark(&format!("skipped: {} names no PostgreSQL server", mercer_testkit::engine::POSTGRES_VARIABLE));
}
