//! One query against one generation: lexical scores and cosines, fused and ranked.
//!
//! Every entry and passage of the asked collections is looked at, so the ranking is exact. What a
//! score is worth is for the router to say.

use crate::chat::{Source, SourceKind};

use super::{
    fusion::{self, FaqScores, PassageScores},
    generation::Generation,
    overlap,
    records::heading_line,
    vectors,
    words::Word,
};

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The question, as typed.
    pub text: &'a str,
    /// Its vector from the encoder of the index; without one only words count.
    pub vector: Option<&'a [f32]>,
    /// The most entries, and the most passages, to return.
    pub top_k: usize,
    /// The collections to look in; empty means all.
    pub collections: &'a [String],
    /// Only entries or only passages; nothing means both.
    pub kind: Option<SourceKind>,
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
    /// BM25 of the best form and the answer, as a share of what the query could score, 0 to 1.
    pub lexical: f32,
    /// The best cosine with the question or one of its variants; 0 without a query vector.
    pub cosine_question: f32,
    /// The cosine with the answer; 0 without a query vector.
    pub cosine_answer: f32,
    /// How far query and matched form share their content words, weighed by rarity, 0 to 1.
    pub overlap: f32,
    /// The question or variant that fits best.
    pub matched_form: String,
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
    /// BM25 as a share of what the query could score, 0 to 1.
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

/// Searches `generation`. Blocking, about a millisecond.
pub(crate) fn search(generation: &Generation, query: &Query<'_>) -> SearchResult {
    let words = generation.analyzers.query(query.text);
    let vector = query.vector.and_then(vectors::unit);
    if query.vector.is_some_and(|v| v.len() != generation.dimensions) {
        tracing::error!("a query vector of another encoder is left out of the search");
    }
    let look = Look {
        generation,
        query,
        words,
        vector: vector.filter(|vector| vector.len() == generation.dimensions),
    };
    let wants = |kind| query.kind.is_none_or(|wanted| wanted == kind);
    SearchResult {
        generation: generation.number,
        faq: if wants(SourceKind::Faq) {
            look.faq()
        } else {
            Vec::new()
        },
        passages: if wants(SourceKind::Document) {
            look.passages()
        } else {
            Vec::new()
        },
    }
}

/// A query made ready for one generation.
struct Look<'a> {
    generation: &'a Generation,
    query: &'a Query<'a>,
    words: Vec<Word>,
    vector: Option<Vec<f32>>,
}

impl Look<'_> {
    fn faq(&self) -> Vec<FaqHit> {
        let catalog = &self.generation.catalog;
        let index = &self.generation.faq;
        let lexical = self.lexical(index, fusion::FAQ_BOOSTS);
        let candidates = (0..catalog.entries())
            .filter(|&entry| self.allows(&catalog.entry(entry).0.collection))
            .map(|entry| {
                let forms = catalog.form_rows(entry);
                let best = |score: &dyn Fn(usize) -> f32| forms.clone().map(score).fold(0.0, f32::max);
                let scores = FaqScores {
                    lexical: best(&|form| lexical[form]),
                    cosine_question: best(&|form| self.cosine(form)),
                    cosine_answer: self.cosine(catalog.answer_row(entry)),
                };
                (entry, scores, scores.fused(self.vector.is_some()))
            });
        best_first(candidates, self.query.top_k)
            .into_iter()
            .map(|(number, scores, fused)| {
                let (file, entry) = catalog.entry(number);
                let matched = catalog
                    .form_rows(number)
                    .zip(entry.forms())
                    .max_by(|(a, _), (b, _)| {
                        let fit = |form: usize| self.cosine(form) + lexical[form];
                        // Of equals the first is the question itself.
                        fit(*a).total_cmp(&fit(*b)).then(b.cmp(a))
                    })
                    .map_or(entry.question.as_str(), |(_, form)| form);
                let terms = self.generation.analyzers.terms(matched, &entry.lang);
                FaqHit {
                    source: Source {
                        id: entry.id.clone(),
                        kind: SourceKind::Faq,
                        title: entry.question.clone(),
                        url: entry.url.clone(),
                        source: file.path.clone(),
                        score: fused,
                        text: entry.answer.clone(),
                    },
                    collection: file.collection.clone(),
                    fused,
                    lexical: scores.lexical,
                    cosine_question: scores.cosine_question,
                    cosine_answer: scores.cosine_answer,
                    overlap: overlap::mutual(&self.words, &terms, |word| index.idf(word)),
                    matched_form: matched.to_owned(),
                }
            })
            .collect()
    }

    fn passages(&self) -> Vec<PassageHit> {
        let catalog = &self.generation.catalog;
        let index = &self.generation.passages;
        let lexical = self.lexical(index, fusion::PASSAGE_BOOSTS);
        let candidates = (0..catalog.passages())
            .filter(|&passage| self.allows(&catalog.passage(passage).0.collection))
            .map(|passage| {
                let scores = PassageScores {
                    lexical: lexical[passage],
                    cosine: self.cosine(catalog.passage_row(passage)),
                };
                (passage, scores, scores.fused(self.vector.is_some()))
            });
        best_first(candidates, self.query.top_k)
            .into_iter()
            .map(|(number, scores, fused)| {
                let (file, document, place, passage) = catalog.passage(number);
                let title = heading_line(&document.title, &passage.headings);
                let analyzers = &self.generation.analyzers;
                let mut terms = analyzers.terms(&title, &document.lang);
                terms.extend(analyzers.terms(&passage.text, &document.lang));
                PassageHit {
                    source: Source {
                        id: format!("{}#{place}", file.path),
                        kind: SourceKind::Document,
                        title,
                        url: document.url.clone(),
                        source: file.path.clone(),
                        score: fused,
                        text: passage.text.clone(),
                    },
                    collection: file.collection.clone(),
                    fused,
                    lexical: scores.lexical,
                    cosine: scores.cosine,
                    overlap: overlap::covered(&self.words, &terms, |word| index.idf(word)),
                    document_title: document.title.clone(),
                    headings: passage.headings.clone(),
                }
            })
            .collect()
    }

    /// The normalised lexical score of each row; none where the index fails, which is logged.
    fn lexical(&self, index: &super::lexical::Lexical, boosts: super::lexical::Boosts) -> Vec<f32> {
        let idf_sum: f32 = self.words.iter().map(|word| index.idf(word)).sum();
        let mut scores = index
            .scores(&self.words, boosts, self.query.collections)
            .unwrap_or_else(|error| {
                tracing::error!(%error, "the lexical index failed; only vectors count");
                vec![0.0; index.rows()]
            });
        for score in &mut scores {
            *score = fusion::normalised(*score, idf_sum);
        }
        scores
    }

    fn cosine(&self, row: usize) -> f32 {
        let vectors = &self.generation.vectors;
        self.vector
            .as_ref()
            .map_or(0.0, |query| vectors.cosine(query, row).max(0.0))
    }

    fn allows(&self, collection: &String) -> bool {
        self.query.collections.is_empty() || self.query.collections.contains(collection)
    }
}

/// The `top_k` candidates with the highest fused score above 0, best first; ties in file order.
fn best_first<S>(
    candidates: impl Iterator<Item = (usize, S, f32)>,
    top_k: usize,
) -> Vec<(usize, S, f32)> {
    let mut candidates: Vec<_> = candidates.filter(|(_, _, fused)| *fused > 0.0).collect();
    candidates.sort_by(|(a, _, x), (b, _, y)| y.total_cmp(x).then(a.cmp(b)));
    candidates.truncate(top_k);
    candidates
}
