//! How lexical and vector scores become one: weighed sums, with the weights in one table.
//!
//! Pure functions on plain numbers. Whether a score is good enough to answer with is the router's
//! business, not decided here.

use super::lexical::Boosts;

/// How much the fields of an FAQ row count in BM25.
pub(crate) const FAQ_BOOSTS: Boosts = Boosts {
    head: 1.0,
    body: 0.3,
};
/// How much the fields of a passage count in BM25.
pub(crate) const PASSAGE_BOOSTS: Boosts = Boosts {
    head: 0.5,
    body: 1.0,
};

/// The scores of an FAQ entry, each 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FaqScores {
    pub(crate) lexical: f32,
    pub(crate) cosine_question: f32,
    pub(crate) cosine_answer: f32,
}

/// The scores of a passage, each 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PassageScores {
    pub(crate) lexical: f32,
    pub(crate) cosine: f32,
}

impl FaqScores {
    /// One score, 0 to 1; the lexical one alone where the query has no vector.
    pub(crate) fn fused(self, has_vector: bool) -> f32 {
        if !has_vector {
            return self.lexical;
        }
        0.2 * self.lexical + 0.6 * self.cosine_question + 0.2 * self.cosine_answer
    }
}

impl PassageScores {
    /// One score, 0 to 1; the lexical one alone where the query has no vector.
    pub(crate) fn fused(self, has_vector: bool) -> f32 {
        if !has_vector {
            return self.lexical;
        }
        0.4 * self.lexical + 0.6 * self.cosine
    }
}

/// A BM25 score as a share of what a row could reach that has every word once.
pub(crate) fn normalised(score: f32, idf_sum: f32) -> f32 {
    if idf_sum > 0.0 {
        (score / idf_sum).clamp(0.0, 1.0)
    } else {
        0.0
    }
}
