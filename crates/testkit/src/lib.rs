//! The world tests live in: both faces and an app in one process, a controllable network, a virtual
//! clock, and databases that are thrown away. Never in a release.

pub mod app;
pub mod copy;
pub mod engine;
mod furnish;
pub mod network;
mod story;
pub mod world;
