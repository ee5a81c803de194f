//! Text to index terms: Unicode words, lower case, stop words out, stems.
//!
//! Scripts written without spaces become overlapping pairs of characters, so no text is ever too
//! long to be one term. Every text of the index and every query goes through here, so both sides
//! always agree.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use tantivy::tokenizer::{
    LowerCaser, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenStream, Tokenizer,
};
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::language;

/// Words of English questions that say how is asked, not what. Tantivy's own list lacks them.
const ENGLISH_QUESTION_WORDS: [&str; 40] = [
    "how", "what", "when", "where", "which", "who", "whom", "whose", "why", "do", "does", "did",
    "can", "could", "would", "should", "may", "might", "must", "shall", "i", "i'm", "i'd", "me",
    "my", "mine", "we", "us", "our", "you", "your", "he", "she", "his", "her", "am", "been",
    "have", "has", "had",
];

/// One content word of a query: its stems in the languages of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// At least one; usually exactly one.
    pub(crate) stems: Vec<String>,
}

/// The analysers of all languages of an index.
pub(crate) struct Analyzers {
    by_language: BTreeMap<String, TextAnalyzer>,
    main: String,
}

impl Analyzers {
    /// Analysers for `languages`; `main` is assumed where a query gives no sign of its language.
    pub(crate) fn new<'a>(languages: impl IntoIterator<Item = &'a str>, main: &str) -> Self {
        let mut by_language: BTreeMap<String, TextAnalyzer> = languages
            .into_iter()
            .map(|code| (code.to_owned(), analyzer(code)))
            .collect();
        by_language
            .entry(main.to_owned())
            .or_insert_with(|| analyzer(main));
        Self {
            by_language,
            main: main.to_owned(),
        }
    }

    /// The terms of an indexed text, in order, with repeats.
    pub(crate) fn terms(&self, text: &str, language: &str) -> Vec<String> {
        let code = if self.by_language.contains_key(language) {
            language
        } else {
            self.main.as_str()
        };
        tokens(&self.by_language[code], text)
            .into_iter()
            .map(|(_, term)| term)
            .collect()
    }

    /// The content words of a query. Its language is guessed for the stop words alone: a word is
    /// looked up by its stem in every language of the index, so a wrong guess hides nothing.
    pub(crate) fn query(&self, text: &str) -> Vec<Word> {
        let guess = language::detect(text).unwrap_or(&self.main);
        let own = match self.by_language.get(guess) {
            Some(known) => tokens(known, text),
            None => tokens(&analyzer(guess), text),
        };
        let mut by_place: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for (place, term) in own {
            by_place.entry(place).or_default().insert(term);
        }
        for known in self.by_language.values() {
            for (place, term) in tokens(known, text) {
                if let Some(stems) = by_place.get_mut(&place) {
                    stems.insert(term);
                }
            }
        }
        let mut seen = BTreeSet::new();
        by_place
            .into_values()
            .filter(|stems| seen.insert(stems.clone()))
            .map(|stems| Word {
                stems: stems.into_iter().collect(),
            })
            .collect()
    }
}

fn analyzer(code: &str) -> TextAnalyzer {
    let builder = TextAnalyzer::builder(WordTokenizer)
        .filter(LowerCaser)
        .dynamic();
    let Some(stemming) = language::stemming(code) else {
        return builder.build();
    };
    let builder = match StopWordFilter::new(stemming) {
        Some(stop_words) => builder.filter_dynamic(stop_words),
        None => builder,
    };
    let builder = if code == "en" {
        builder.filter_dynamic(StopWordFilter::remove(
            ENGLISH_QUESTION_WORDS.map(str::to_owned),
        ))
    } else {
        builder
    };
    builder.filter_dynamic(Stemmer::new(stemming)).build()
}

/// `(place, term)` pairs; the place is the same in all languages.
fn tokens(analyzer: &TextAnalyzer, text: &str) -> Vec<(usize, String)> {
    // One spelling for full-width letters, ligatures and curly apostrophes; ASCII has but one.
    let normal = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        let apostrophe = |c| if c == '’' { '\'' } else { c };
        Cow::Owned(text.nfkc().map(apostrophe).collect())
    };
    let mut analyzer = analyzer.clone();
    let mut stream = analyzer.token_stream(&normal);
    let mut found = Vec::new();
    while let Some(token) = stream.next() {
        found.push((token.position, token.text.clone()));
    }
    found
}

/// Unicode words; pairs of characters for scripts without spaces.
#[derive(Clone)]
struct WordTokenizer;

struct WordStream {
    tokens: Vec<Token>,
    next: usize,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        let mut tokens = Vec::new();
        for run in runs(text) {
            if run.starts_with(is_unspaced) {
                push_pairs(&mut tokens, run);
            } else {
                for word in run.unicode_words() {
                    push(&mut tokens, word);
                }
            }
        }
        WordStream { tokens, next: 0 }
    }
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

fn push(tokens: &mut Vec<Token>, text: &str) {
    tokens.push(Token {
        position: tokens.len(),
        text: text.to_owned(),
        ..Token::default()
    });
}

fn push_pairs(tokens: &mut Vec<Token>, run: &str) {
    let ends: Vec<usize> = run
        .char_indices()
        .map(|(start, character)| start + character.len_utf8())
        .collect();
    if ends.len() == 1 {
        return push(tokens, run);
    }
    let mut start = 0;
    for pair in ends.windows(2) {
        push(tokens, &run[start..pair[1]]);
        start = pair[0];
    }
}

/// Cuts where a script without spaces begins or ends.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let unspaced = rest.chars().next().map(is_unspaced)?;
        let end = rest
            .find(|character| is_unspaced(character) != unspaced)
            .unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        rest = tail;
        Some(run)
    })
}

/// Letters of Chinese, Japanese, Korean, Thai, Lao, Burmese and Khmer.
fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{0e01}'..='\u{0e4e}' | '\u{0e81}'..='\u{0ece}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17d3}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> Analyzers {
        Analyzers::new(["en"], "en")
    }

    #[test]
    fn inflected_forms_share_a_stem() {
        assert_eq!(
            english().terms("returns returned returning", "en"),
            ["return"; 3]
        );
    }

    #[test]
    fn question_and_stop_words_are_dropped() {
        assert_eq!(
            english().terms("How do I return the item?", "en"),
            ["return", "item"]
        );
    }

    #[test]
    fn a_long_chinese_text_becomes_pairs() {
        let terms = english().terms(&"如何退货".repeat(50), "zh");
        assert!(terms.contains(&"退货".to_owned()));
        assert!(terms.iter().all(|term| term.chars().count() == 2));
    }

    #[test]
    fn mixed_scripts_keep_both() {
        assert_eq!(english().terms("iPhone退货", "en"), ["iphon", "退货"]);
    }

    #[test]
    fn a_query_word_is_stemmed_in_every_language_of_the_index() {
        let both = Analyzers::new(["de", "en"], "en");
        let words = both.query("returns for the Rechnungen");
        assert_eq!(words.len(), 2);
        assert!(words[0].stems.contains(&"return".to_owned()));
        assert!(words[1].stems.contains(&"rechnung".to_owned()));
    }

    #[test]
    fn repeated_words_of_a_query_count_once() {
        assert_eq!(english().query("refund, refund, refunds").len(), 1);
    }

    #[test]
    fn a_query_of_stop_words_has_no_content() {
        assert!(english().query("how do I?").is_empty());
        assert!(english().query("?!…").is_empty());
    }
}
