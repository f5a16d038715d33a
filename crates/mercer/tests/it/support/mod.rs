//! What the tests of this folder stand on.

pub(crate) mod driver;
pub(crate) mod folder;
pub(crate) mod http;
pub(crate) mod program;
pub(crate) mod relay;
pub(crate) mod snare;
pub(crate) mod town;
pub(crate) mod wait;
