//! What is asked of the knowledge, and what is found: plain data with its scores.
//!
//! The scores are signals for whoever decides; nothing here ranks or judges.

use super::{forms::Without, kinds::PerKind};
use crate::chat::{Source, SourceKind};

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The question, as typed.
    pub text: &'a str,
    /// Its vectors from the encoders of the index; without one only words count.
    pub vectors: PerKind<Option<&'a [f32]>>,
    /// The most entries, and the most passages, to return.
    pub top_k: usize,
    /// The collections to look in; empty means all.
    pub collections: &'a [String],
    /// Only entries or only passages; nothing means both.
    pub kind: Option<SourceKind>,
    /// An entry, or one way to ask for it, that is not to be found; for calibration.
    pub without: Option<Without>,
}

/// The best entries and passages, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchResult {
    /// The generation that was searched; 0 where there is no index.
    pub generation: u64,
    /// FAQ entries.
    pub faq: Vec<FaqHit>,
    /// Passages of documents.
    pub passages: Vec<PassageHit>,
}

/// A found FAQ entry.
#[derive(Clone, Debug, PartialEq)]
pub struct FaqHit {
    /// The entry: its question as title, its answer as text, `fused` as score.
    pub source: Source,
    /// The collection it belongs to.
    pub collection: String,
    /// The weighed sum of the scores below, 0 to 1; entries are ranked by it.
    pub fused: f32,
    /// BM25 of the best form and the answer, 0 to 1: about 0.5 where every word is found once.
    pub lexical: f32,
    /// The best cosine with the question or one of its variants; 0 without a query vector.
    pub cosine_question: f32,
    /// The cosine with the answer; 0 without a query vector.
    pub cosine_answer: f32,
    /// As `cosine_question`, but seen from the mean of all questions (see `centre`); entries are
    /// ranked by it, since it parts those of one subject better.
    pub centred_question: f32,
    /// How far query and matched form share their content words, weighed by rarity, 0 to 1.
    pub overlap: f32,
    /// The question or variant that fits best.
    pub matched_form: String,
    /// Its cosine with the form of the best entry that fits best; 1 for that entry itself.
    pub cosine_best: f32,
}

/// A found passage.
#[derive(Clone, Debug, PartialEq)]
pub struct PassageHit {
    /// The passage: document title and headings as title, `fused` as score.
    pub source: Source,
    /// The collection it belongs to.
    pub collection: String,
    /// The weighed sum of the two scores below, 0 to 1; passages are ranked by it.
    pub fused: f32,
    /// BM25, 0 to 1: about 0.5 where every word is found once.
    pub lexical: f32,
    /// The cosine with the passage; 0 without a query vector.
    pub cosine: f32,
    /// The share of the query's content words found in title, headings and text, weighed by
    /// rarity, 0 to 1.
    pub overlap: f32,
    /// The document's title.
    pub document_title: String,
    /// The headings the passage stands under, outermost first.
    pub headings: Vec<String>,
}
