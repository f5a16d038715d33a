//! Placeholder until the web shell lands.
