//! Text fit for a log line, and which language it is in.

#[path = "../../src/text/language.rs"]
mod language;
#[path = "../../src/text/visible.rs"]
mod visible;

pub use language::detect;
pub use visible::visible;
