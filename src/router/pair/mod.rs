//! Which of two models should answer? Learns from queries that both have answered.
//!
//! The score of a query is the gain to be expected from the strong model: how much likelier it is
//! right than the weak one. It is predicted in two steps. First, what rows like this one say:
//! [`neighbours`] (alike in meaning) and [`words`] (alike in wording) estimate how often each model
//! is right. Then a [`forest`] joins these estimates with what the query is about ([`projection`])
//! and what it looks like ([`surface`]). [`fit`](fit()) tries which of these to use by
//! cross-validation, and [`metrics`] has the figures.
//!
//! Pure: vectors come from the caller, who also reads and writes files.

mod cross;
mod draw;
mod file;
mod fit;
mod forest;
mod material;
pub mod metrics;
mod model;
mod neighbours;
mod projection;
mod rows;
mod surface;
mod words;

pub use file::{EncoderName, ModelError};
pub use fit::{FitError, Job, check, fit};
pub use model::{Candidate, FitReport, Model};
pub use rows::{Row, RowError, queries, rows};

impl Row {
    /// What the strong model gains here: 1, 0 or -1.
    #[must_use]
    pub fn gain(&self) -> i8 {
        i8::from(self.strong) - i8::from(self.weak)
    }
}

/// A baseline to beat: the longer, the harder.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^23")]
pub fn length_score(query: &str) -> f32 {
    query.chars().count() as f32
}

#[cfg(test)]
mod tests;
