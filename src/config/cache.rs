//! `[cache]`: how long answers are kept to be given again, and to whom.

use serde::{Deserialize, Serialize};

/// `[cache]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cache {
    /// Give an answer to a question that is like the one it was written for, too.
    pub semantic: bool,
    /// How many answers are kept for that; the oldest go first.
    pub max_entries: usize,
    /// How long an answer is kept, for that or for its own question.
    pub max_age_s: u64,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            semantic: true,
            max_entries: 2_000,
            max_age_s: 24 * 60 * 60,
        }
    }
}
