//! One query against one generation: lexical scores and cosines, fused and ranked.
//!
//! Every entry and passage of the asked collections is looked at, so the ranking is exact. What a
//! score is worth is for the router to say.

use std::{panic::resume_unwind, thread};

use crate::chat::{Source, SourceKind};

use super::{
    centre::Centre,
    fusion::{self, FaqScores, PassageScores},
    generation::Generation,
    hits::{FaqHit, PassageHit, Query, SearchResult},
    kinds::PerKind,
    lexical::{Boosts, Lexical},
    overlap::QueryTerms,
    records::heading_line,
    vectors::{self, Matrix},
    words::Word,
};

/// Searches `generation`. Blocking, about a millisecond.
pub(crate) fn search(generation: &Generation, query: &Query<'_>) -> SearchResult {
    let words = generation.analyzers.query(query.text);
    let fitting = |(vector, matrix): (Option<&[f32]>, &Matrix)| {
        let vector = vector.and_then(vectors::unit)?;
        let fits = vector.len() == matrix.dimensions();
        if !fits {
            tracing::error!("a query vector of another encoder is left out of the search");
        }
        fits.then_some(vector)
    };
    let vectors = query.vectors.zip(generation.vectors.as_ref()).map(fitting);
    let look = Look {
        generation,
        query,
        words,
        vectors,
    };
    let wants = |kind| query.kind.is_none_or(|wanted| wanted == kind);
    let faq = || wants(SourceKind::Faq).then(|| look.faq());
    let passages = || wants(SourceKind::Document).then(|| look.passages());
    let (faq, passages) = if query.kind.is_none() {
        at_once(faq, passages)
    } else {
        (faq(), passages())
    };
    SearchResult {
        generation: generation.number,
        faq: faq.unwrap_or_default(),
        passages: passages.unwrap_or_default(),
    }
}

/// Both, on two cores: each reads megabytes of vectors.
fn at_once<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        let other = other.join();
        (one, other.unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// A query made ready for one generation.
struct Look<'a> {
    generation: &'a Generation,
    query: &'a Query<'a>,
    words: Vec<Word>,
    vectors: PerKind<Option<Vec<f32>>>,
}

impl Look<'_> {
    fn faq(&self) -> Vec<FaqHit> {
        let catalog = &self.generation.catalog;
        let index = &self.generation.faq;
        let asked = self.asked(index);
        let lexical = self.lexical(index, fusion::FAQ_BOOSTS, &asked);
        let questions = self.centred(&self.generation.questions);
        let answers = self.centred(&self.generation.answers);
        let candidates = (0..catalog.entries())
            .filter(|&entry| self.allows(&catalog.entry(entry).0.collection))
            .filter_map(|entry| {
                let forms = self.forms(entry);
                let best =
                    |score: &dyn Fn(usize) -> f32| forms.clone().map(score).fold(0.0, f32::max);
                let scores = FaqScores {
                    lexical: best(&|form| lexical[form]),
                    centred_question: best(&questions),
                    centred_answer: answers(catalog.answer_row(entry)).max(0.0),
                };
                let fused = scores.fused(self.vectors.faq.is_some());
                forms.clone().next()?;
                Some((entry, scores, fused))
            });
        let mut best_row = None;
        best_first(candidates, self.query.top_k)
            .into_iter()
            .map(|(number, scores, fused)| {
                let (file, entry) = catalog.entry(number);
                let fit = |row: usize| self.cosine(row) + lexical[row];
                let rows = self.forms(number);
                // Of equals the first is the question itself.
                let matched = rows.max_by(|&a, &b| fit(a).total_cmp(&fit(b)).then(b.cmp(&a)));
                let matched = matched.expect("entries without a form are not found");
                let best_row = *best_row.get_or_insert(matched);
                let vectors = &self.generation.vectors.faq;
                let cosine_best = vectors.cosine(vectors.row(best_row), matched);
                let cosine_question = self.forms(number).map(|row| self.cosine(row));
                let place = matched - catalog.form_rows(number).start;
                let form = entry.forms().nth(place).unwrap_or_default();
                let analyzers = &self.generation.analyzers;
                let terms = index.terms(matched, || analyzers.terms(form, &entry.lang));
                FaqHit {
                    source: Source {
                        id: entry.id.clone(),
                        kind: SourceKind::Faq,
                        title: entry.question.clone(),
                        url: entry.url.clone(),
                        source: file.path.clone(),
                        page: None,
                        score: fused,
                        text: entry.answer.clone(),
                    },
                    collection: file.collection.clone(),
                    fused,
                    lexical: scores.lexical,
                    cosine_question: cosine_question.fold(0.0, f32::max),
                    cosine_answer: self.cosine(catalog.answer_row(number)),
                    centred_question: scores.centred_question,
                    overlap: asked.mutual(terms),
                    matched_form: form.to_owned(),
                    cosine_best,
                }
            })
            .collect()
    }

    fn passages(&self) -> Vec<PassageHit> {
        let catalog = &self.generation.catalog;
        let index = &self.generation.passages;
        let asked = self.asked(index);
        let lexical = self.lexical(index, fusion::PASSAGE_BOOSTS, &asked);
        let candidates = (0..catalog.passages())
            .filter(|&passage| self.allows(&catalog.passage(passage).0.collection))
            .map(|passage| {
                let scores = PassageScores {
                    lexical: lexical[passage],
                    cosine: self.passage_cosine(passage),
                };
                (
                    passage,
                    scores,
                    scores.fused(self.vectors.passages.is_some()),
                )
            });
        best_first(candidates, self.query.top_k)
            .into_iter()
            .map(|(number, scores, fused)| {
                let (file, document, place, passage) = catalog.passage(number);
                let title = heading_line(&document.title, &passage.headings);
                let analyzers = &self.generation.analyzers;
                let terms = index.terms(number, || {
                    let mut terms = analyzers.terms(&title, &document.lang);
                    terms.extend(analyzers.terms(&passage.text, &document.lang));
                    terms
                });
                PassageHit {
                    source: Source {
                        id: format!("{}#{place}", file.path),
                        kind: SourceKind::Document,
                        title,
                        url: document.url.clone(),
                        source: file.path.clone(),
                        page: passage.page,
                        score: fused,
                        text: passage.text.clone(),
                    },
                    collection: file.collection.clone(),
                    fused,
                    lexical: scores.lexical,
                    cosine: scores.cosine,
                    overlap: asked.covered(terms),
                    document_title: document.title.clone(),
                    headings: passage.headings.clone(),
                }
            })
            .collect()
    }

    /// The query's words, each weighed by how rare it is in an index.
    fn asked(&self, index: &Lexical) -> QueryTerms {
        QueryTerms::new(&self.words, |word| index.idf(&word.stems))
    }

    /// The normalised lexical score of each row; none where the index fails, which is logged.
    fn lexical(&self, index: &Lexical, boosts: Boosts, asked: &QueryTerms) -> Vec<f32> {
        let mut scores = index
            .scores(&self.words, boosts, self.query.collections)
            .unwrap_or_else(|error| {
                tracing::error!(%error, "the lexical index failed; only vectors count");
                vec![0.0; index.rows()]
            });
        for score in &mut scores {
            *score = fusion::normalised(*score, asked.weight);
        }
        scores
    }

    /// The rows of an entry's forms that may be found.
    fn forms(&self, entry: usize) -> impl Iterator<Item = usize> + Clone + use<> {
        let without = self.query.without.filter(|without| without.entry == entry);
        let rows = self.generation.catalog.form_rows(entry);
        rows.filter(move |&row| {
            without.is_none_or(|without| without.row.is_some_and(|left| left != row))
        })
    }

    /// The cosine of the query with a row, both seen from `centre`; below 0 where they differ more
    /// than rows do in the mean.
    fn centred<'a>(&'a self, centre: &'a Centre) -> impl Fn(usize) -> f32 + 'a {
        let query = self.vectors.faq.as_ref();
        let seen = query.map(|query| (query, centre.see(query)));
        move |row| {
            seen.map_or(0.0, |(query, seen)| {
                let cosine = self.generation.vectors.faq.cosine(query, row);
                centre.cosine(seen, row, cosine)
            })
        }
    }

    /// The cosine with a row of the FAQ's vectors.
    fn cosine(&self, row: usize) -> f32 {
        let (vectors, query) = (&self.generation.vectors.faq, &self.vectors.faq);
        let query = query.as_ref();
        query.map_or(0.0, |query| vectors.cosine(query, row).max(0.0))
    }

    fn passage_cosine(&self, passage: usize) -> f32 {
        let (vectors, query) = (&self.generation.vectors.passages, &self.vectors.passages);
        let query = query.as_ref();
        query.map_or(0.0, |query| vectors.cosine(query, passage).max(0.0))
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
    let order = |(a, _, x): &(usize, S, f32), (b, _, y): &(usize, S, f32)| {
        y.total_cmp(x).then_with(|| a.cmp(b))
    };
    if top_k < candidates.len() {
        candidates.select_nth_unstable_by(top_k, order);
        candidates.truncate(top_k);
    }
    candidates.sort_unstable_by(order);
    candidates
}
