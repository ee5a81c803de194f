//! What is told of a model: the shape of `--json`, and of all reports.
//!
//! Plain data; `tally` counts it. A share of nothing is `None`, never 0.

use std::collections::BTreeMap;

use serde::Serialize;

/// One model's figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Rows that were judged.
    pub rows: usize,
    /// Rows, and questions with wrong passages, whose prompt fits no context.
    pub too_long: usize,
    /// Answers from passages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grounded: Option<Grounded>,
    /// Follow-ups made standalone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followup: Option<Followup>,
    /// Commands read as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Command>,
    /// Replies judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consistent: Option<Consistent>,
    /// Small talk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smalltalk: Option<Smalltalk>,
    /// Grounded answers by the rows' source, where rows name one.
    pub by_source: BTreeMap<String, Grounded>,
    /// Grounded answers by the words of their passages.
    pub by_length: Vec<Group>,
    /// What is declined, by the share of the question's words that the passages have.
    pub declining: Vec<Declining>,
}

/// Figures of grounded answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Grounded {
    /// Questions that their passages answer.
    pub answerable: usize,
    /// The reply is an accepted answer.
    pub exact_match: Option<f64>,
    /// Words in common with the nearest accepted answer.
    pub f1: Option<f64>,
    /// The reply holds an accepted answer, whole words side by side.
    pub contains: Option<f64>,
    /// Questions of the data that their passages don't answer.
    pub unanswerable: usize,
    /// Questions that were put to the passages of another row; unanswerable too.
    pub wrong_passages: usize,
    /// Of what was declined, the share that is unanswerable.
    pub abstention_precision: Option<f64>,
    /// Of what is unanswerable, the share that was declined.
    pub abstention_recall: Option<f64>,
    /// Of what is answerable, the share that was declined.
    pub answerable_declined: Option<f64>,
    /// Replies that are no declining ones: what would be shown without a verdict.
    pub shown_before: usize,
    /// The share of them with a statement that the passages don't bear out (plain check).
    pub unsupported_before: Option<f64>,
    /// The share of them that holds an accepted answer.
    pub right_before: Option<f64>,
    /// Replies that the verdict shows.
    pub shown_after: usize,
    /// The share of them with a statement that the passages don't bear out (plain check).
    pub unsupported_after: Option<f64>,
    /// The share of them that holds an accepted answer.
    pub right_after: Option<f64>,
}

/// Figures of rewritten questions.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Followup {
    /// Rows.
    pub rows: usize,
    /// A question with all it needs and nothing that it must not have.
    pub correct: Option<f64>,
    /// The reference itself.
    pub exact_match: Option<f64>,
    /// Words in common with the reference.
    pub f1: Option<f64>,
}

/// Figures of commands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Command {
    /// Rows.
    pub rows: usize,
    /// The reply is JSON.
    pub json: Option<f64>,
    /// Its intent is right.
    pub intent: Option<f64>,
    /// All of it is right.
    pub correct: Option<f64>,
}

/// Figures of replies judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Consistent {
    /// Rows.
    pub rows: usize,
    /// The reply begins with the right one of "yes" and "no".
    pub correct: Option<f64>,
    /// Of the sound replies, the share called so.
    pub yes_found: Option<f64>,
    /// Of the unsound replies, the share called so.
    pub no_found: Option<f64>,
}

/// Figures of small talk.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Smalltalk {
    /// Rows.
    pub rows: usize,
    /// Words of a reply, on average.
    pub mean_words: Option<f64>,
    /// Replies without a word.
    pub empty: usize,
}

/// Answerable questions whose passages have about the same length.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Group {
    /// The most words; `None`: no bound.
    pub most_words: Option<usize>,
    /// How many.
    pub answerable: usize,
    /// Their mean.
    pub f1: Option<f64>,
}

/// Questions of whose words the passages have about the same share.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Declining {
    /// The highest share.
    pub most_overlap: f64,
    /// Answerable ones.
    pub answerable: usize,
    /// The share of them declined.
    pub answerable_declined: Option<f64>,
    /// Unanswerable ones, with wrong passages or none that answers.
    pub unanswerable: usize,
    /// The share of them declined.
    pub unanswerable_declined: Option<f64>,
}
