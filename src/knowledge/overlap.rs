//! How many of a query's content words a text has, each weighed by how rare it is.
//!
//! A plain signal beside BM25 and cosine: it sees "cancel" against "change" where vectors hardly
//! do. It ranks nothing.

use std::collections::HashSet;

use super::words::Word;

/// The share of the query's words that are among `terms`, 0 to 1; 0 for a query without any.
pub(crate) fn covered(words: &[Word], terms: &[String], idf: impl Fn(&Word) -> f32) -> f32 {
    let terms: HashSet<&str> = terms.iter().map(String::as_str).collect();
    let (shared, all) = shared_and_all(words, &terms, &idf);
    share(shared, all)
}

/// Twice what query and text share, over what both have: 1 only where neither has a word more.
pub(crate) fn mutual(words: &[Word], terms: &[String], idf: impl Fn(&Word) -> f32) -> f32 {
    let terms: HashSet<&str> = terms.iter().map(String::as_str).collect();
    let (shared, all) = shared_and_all(words, &terms, &idf);
    let text: f32 = terms
        .into_iter()
        .map(|term| {
            idf(&Word {
                stems: vec![term.to_owned()],
            })
        })
        .sum();
    share(2.0 * shared, all + text)
}

fn shared_and_all(words: &[Word], terms: &HashSet<&str>, idf: impl Fn(&Word) -> f32) -> (f32, f32) {
    let mut shared = 0.0;
    let mut all = 0.0;
    for word in words {
        let weight = idf(word);
        all += weight;
        if word.stems.iter().any(|stem| terms.contains(stem.as_str())) {
            shared += weight;
        }
    }
    (shared, all)
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

    fn words(stems: &[&str]) -> Vec<Word> {
        let word = |stem: &&str| Word {
            stems: vec![(*stem).to_owned()],
        };
        stems.iter().map(word).collect()
    }

    fn terms(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    fn idf(word: &Word) -> f32 {
        if word.stems[0] == "order" { 1.0 } else { 3.0 }
    }

    #[test]
    fn a_rare_word_counts_more_than_a_common_one() {
        let query = words(&["cancel", "order"]);
        assert!((covered(&query, &terms("cancel subscription"), idf) - 0.75).abs() < 1e-6);
        assert!((covered(&query, &terms("change order"), idf) - 0.25).abs() < 1e-6);
    }

    #[test]
    fn a_text_that_asks_for_more_overlaps_less_mutually() {
        let query = words(&["cancel", "order"]);
        assert!((mutual(&query, &terms("cancel order"), idf) - 1.0).abs() < 1e-6);
        assert!(mutual(&query, &terms("cancel order abroad"), idf) < 0.8);
    }

    #[test]
    fn a_query_without_content_overlaps_with_nothing() {
        assert!(covered(&[], &terms("cancel order"), idf).abs() < f32::EPSILON);
    }
}
