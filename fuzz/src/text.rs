//! Text fit for a log line.

#[path = "../../src/text/visible.rs"]
mod visible;

pub use visible::visible;
