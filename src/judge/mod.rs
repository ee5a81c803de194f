//! The judge: how good is a generator at the micro model's tasks?
//!
//! Rows with known answers go in, each is asked with the prompt that serving uses, and figures come
//! out: right answers, declined questions, unsupported statements before and after the verdict,
//! speed and memory. It judges one model at a time and any GGUF. It deliberately does not train,
//! choose or ship one, and asks no model for its opinion of another.
//!
//! In reading order: [`rows`] (what is asked and expected) → [`distract`] (questions with a wrong
//! passage) → [`run`] (one model's turn) → `ask` (many questions at once) → [`mark`] (one reply),
//! by `score` and `plain` → `tally` (all of them) → [`figures`] → [`report`] (for people); `speed` and
//! `memory` stand beside.

mod ask;
pub mod distract;
mod error;
pub mod figures;
pub mod mark;
mod memory;
mod plain;
pub mod report;
pub mod rows;
pub mod run;
mod score;
mod speed;
mod tally;

pub use ask::AT_ONCE;
pub use error::JudgeError;
pub use report::{ModelReport, Report};
pub use rows::{Expected, Row};
pub use run::{Judged, judge};
