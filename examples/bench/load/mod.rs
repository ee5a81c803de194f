//! `make bench-load`: what happens under many clients at once, and under `kill -9`.

pub(crate) mod cache;
pub(crate) mod client;
pub(crate) mod kills;
pub(crate) mod mixed;
pub(crate) mod upstream;
