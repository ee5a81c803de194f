//! How many of a query's content words a text has, each weighed by how rare it is.
//!
//! A plain signal beside BM25 and cosine: it sees "cancel" against "change" where vectors hardly
//! do. It ranks nothing.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::words::Word;

/// The content words of a text of the index, ready for any query.
#[derive(Debug)]
pub(crate) struct Terms {
    /// Sorted, each once. Of two words one time in four billion the same.
    hashes: Box<[u32]>,
    /// What all of them weigh.
    weight: f32,
}

impl Terms {
    /// From a text's terms, in any order and with repeats, and how rare each is.
    pub(crate) fn new(mut terms: Vec<String>, idf: impl Fn(&str) -> f32) -> Self {
        terms.sort_unstable();
        terms.dedup();
        let mut hashes: Box<[u32]> = terms.iter().map(|term| hash(term)).collect();
        hashes.sort_unstable();
        Self {
            hashes,
            weight: terms.iter().map(|term| idf(term)).sum(),
        }
    }
}

/// The content words of a query, against one index.
pub(crate) struct QueryTerms {
    /// The hashes of each word's stems, and what it weighs.
    words: Vec<(Vec<u32>, f32)>,
    /// What all of them weigh.
    pub(crate) weight: f32,
}

impl QueryTerms {
    /// From a query's words and how rare each is.
    pub(crate) fn new(words: &[Word], idf: impl Fn(&Word) -> f32) -> Self {
        let hashes = |word: &Word| word.stems.iter().map(|stem| hash(stem)).collect();
        let words: Vec<_> = words.iter().map(|word| (hashes(word), idf(word))).collect();
        let weight = words.iter().map(|(_, weight)| weight).sum();
        Self { words, weight }
    }

    /// The share of the query's words that are among `terms`, 0 to 1; 0 for a query without any.
    pub(crate) fn covered(&self, terms: &Terms) -> f32 {
        share(self.shared(terms), self.weight)
    }

    /// Twice what query and text share, over what both have: 1 only where neither has a word more.
    pub(crate) fn mutual(&self, terms: &Terms) -> f32 {
        share(2.0 * self.shared(terms), self.weight + terms.weight)
    }

    fn shared(&self, terms: &Terms) -> f32 {
        let has = |stem: &u32| terms.hashes.binary_search(stem).is_ok();
        let shared = self.words.iter().filter(|(stems, _)| stems.iter().any(has));
        shared.map(|(_, weight)| weight).sum()
    }
}

fn hash(term: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    term.hash(&mut hasher);
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    let half = hasher.finish() as u32;
    half
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 {
        (part / whole).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idf(stem: &str) -> f32 {
        if stem == "order" { 1.0 } else { 3.0 }
    }

    fn query(stems: &[&str]) -> QueryTerms {
        let word = |stem: &&str| Word {
            stems: vec![(*stem).to_owned()],
        };
        let words: Vec<Word> = stems.iter().map(word).collect();
        QueryTerms::new(&words, |word| idf(&word.stems[0]))
    }

    fn terms(text: &str) -> Terms {
        Terms::new(text.split(' ').map(str::to_owned).collect(), idf)
    }

    #[test]
    fn a_rare_word_counts_more_than_a_common_one() {
        let query = query(&["cancel", "order"]);
        assert!((query.covered(&terms("cancel subscription")) - 0.75).abs() < 1e-6);
        assert!((query.covered(&terms("change order")) - 0.25).abs() < 1e-6);
    }

    #[test]
    fn a_text_that_asks_for_more_overlaps_less_mutually() {
        let query = query(&["cancel", "order"]);
        assert!((query.mutual(&terms("order cancel order")) - 1.0).abs() < 1e-6);
        assert!(query.mutual(&terms("cancel order abroad")) < 0.8);
    }

    #[test]
    fn a_word_is_there_by_any_of_its_stems() {
        let word = Word {
            stems: vec!["kauf".to_owned(), "cancel".to_owned()],
        };
        let query = QueryTerms::new(&[word], |_| 1.0);
        assert!((query.covered(&terms("cancel order")) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_query_without_content_overlaps_with_nothing() {
        assert!(query(&[]).covered(&terms("cancel order")).abs() < f32::EPSILON);
    }
}
