//! The noun phrases of a question: what it talks about, and what can be exchanged in it.
//!
//! No grammar, only closed lists: whatever is not a small word is taken for a noun or its
//! attribute, unless a pronoun or a "to" before it makes a verb of it.

use std::ops::Range;

use super::{
    lists,
    tokens::{Token, joined},
};

/// A noun phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    /// Which words.
    pub(super) range: Range<usize>,
    /// An article or the like stands before it, or it has a name in it.
    pub(super) definite: bool,
    /// The first word is an article or the like.
    pub(super) determined: bool,
    /// It is what a "which" or "what" asks for.
    pub(super) asked_for: bool,
}

/// The phrases of `tokens`, in order.
pub(super) fn phrases(tokens: &[Token<'_>]) -> Vec<Phrase> {
    let mut found = Vec::new();
    let mut start = None;
    for (place, token) in tokens.iter().enumerate() {
        let measure = place > 0 && tokens[place - 1].lower == "how";
        let inside = token.is_content() && !measure && !is_verb(tokens, place);
        let determiner = lists::is_determiner(&token.lower) && determines(tokens, place);
        if (determiner || !inside) && start.is_some() {
            found.extend(phrase(tokens, start.take(), place));
        }
        if (determiner || inside) && start.is_none() {
            start = Some(place);
        }
        if token.ends_clause() {
            found.extend(phrase(tokens, start.take(), place + 1));
        }
    }
    found.extend(phrase(tokens, start, tokens.len()));
    found
}

fn phrase(tokens: &[Token<'_>], start: Option<usize>, end: usize) -> Option<Phrase> {
    let start = start?;
    let determined = lists::is_determiner(&tokens[start].lower);
    let first = start + usize::from(determined);
    let mut end = end;
    while end > first + 1 && lists::is_predicate(&tokens[end - 1].lower) {
        end -= 1;
    }
    let before = start.checked_sub(1).map(|place| &tokens[place]);
    let asked_for = before.is_some_and(|token| matches!(&*token.lower, "which" | "what" | "whose"));
    let light = !determined && end == first + 1 && lists::is_light(&tokens[first].lower);
    let named = start > 0 && tokens[first.min(end)..end].iter().any(Token::is_name);
    (end > first && !light).then_some(Phrase {
        range: start..end,
        definite: determined || named,
        determined,
        asked_for,
    })
}

/// "that" is an article in "that kettle", not in "that is".
fn determines(tokens: &[Token<'_>], place: usize) -> bool {
    let next = tokens.get(place + 1);
    !tokens[place].ends_clause()
        && next.is_some_and(|next| next.is_content() || lists::is_determiner(&next.lower))
}

/// A word after a pronoun that acts ("I return"), or after the "to" of a verb ("to return"), or with
/// the ending of what was done ("skis waxed").
fn is_verb(tokens: &[Token<'_>], place: usize) -> bool {
    let word = tokens[place].lower.as_str();
    let after_article = place > 0 && lists::is_determiner(&tokens[place - 1].lower);
    let done = word.len() > 4 && word.ends_with("ed") && !word.ends_with("eed");
    if (done || matches!(word, "lost" | "broke")) && !after_article {
        return true;
    }
    let mut before = tokens[..place].iter().rev().peekable();
    if before.peek().is_some_and(|token| token.ends_clause()) {
        return false;
    }
    if place > 0 && is_infinitive(tokens, place - 1) {
        return true;
    }
    let subject =
        before.find(|token| !lists::helps(&token.lower) && !lists::is_adverb(&token.lower));
    subject.is_some_and(|token| lists::is_subject(&token.lower) && !token.ends_clause())
}

/// Whether the word at `place` is a "to" that a verb follows.
pub(super) fn is_infinitive(tokens: &[Token<'_>], place: usize) -> bool {
    let to = tokens[place].lower == "to";
    let next = tokens.get(place + 1);
    let before = place.checked_sub(1).map(|before| &tokens[before]);
    to && next.is_some_and(|next| next.is_content() && !next.is_name())
        && before.is_some_and(|before| {
            lists::goes_before_verb(&before.lower)
                || tokens[..place].iter().any(|token| token.lower == "take")
        })
}

/// Phrases joined with those that a preposition ties to them: "the battery of the lock".
pub(super) fn bound(tokens: &[Token<'_>], phrases: &[Phrase]) -> Vec<Phrase> {
    let mut bound: Vec<Phrase> = Vec::new();
    for phrase in phrases {
        let tied = bound.last().is_some_and(|last| {
            let tie = last.range.end;
            phrase.range.start == tie + 1
                && lists::is_preposition(&tokens[tie].lower)
                && !is_infinitive(tokens, tie)
                && !tokens[tie - 1].ends_clause()
        });
        match bound.last_mut() {
            Some(last) if tied => {
                last.range.end = phrase.range.end;
                last.definite |= phrase.definite;
            }
            _ => bound.push(phrase.clone()),
        }
    }
    bound
}

/// The words of a phrase without its article.
pub(super) fn bare<'a, 'b>(tokens: &'b [Token<'a>], phrase: &Phrase) -> &'b [Token<'a>] {
    &tokens[phrase.range.start + usize::from(phrase.determined)..phrase.range.end]
}

/// A phrase as it stands within a sentence.
pub(super) fn text(tokens: &[Token<'_>], phrase: &Phrase) -> String {
    let text = joined(&tokens[phrase.range.clone()]);
    if !phrase.determined {
        return text;
    }
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(signs).collect()
    })
}

/// The noun that the rest of the phrase describes: its last word before a preposition.
pub(super) fn head<'a, 'b>(tokens: &'b [Token<'a>], phrase: &Phrase) -> Option<&'b Token<'a>> {
    let bare = bare(tokens, phrase);
    let end = bare
        .iter()
        .position(|token| lists::is_preposition(&token.lower))
        .unwrap_or(bare.len());
    bare[..end].last()
}

/// More than one thing, by its ending.
pub(super) fn is_plural(tokens: &[Token<'_>], phrase: &Phrase) -> bool {
    let word = head(tokens, phrase).map_or("", |head| head.lower.as_str());
    let several = tokens[phrase.range.clone()]
        .iter()
        .any(|token| token.lower == "and");
    let singular = ["ss", "us", "is"];
    several
        || matches!(word, "children" | "people" | "men" | "women" | "clothes")
        || (word.ends_with('s') && !singular.iter().any(|ending| word.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::{
        super::tokens::{joined, tokens},
        bound, phrases,
    };

    fn of(text: &str) -> Vec<String> {
        let tokens = tokens(text);
        let found = phrases(&tokens);
        found
            .into_iter()
            .map(|phrase| joined(&tokens[phrase.range]))
            .collect()
    }

    #[test]
    fn verbs_and_predicates_are_no_part_of_a_phrase() {
        for (text, expected) in [
            ("How long do I have to return clothes?", vec!["clothes"]),
            (
                "When is the shop in Leipzig open?",
                vec!["the shop", "Leipzig"],
            ),
            (
                "How do I descale the Heron kettle?",
                vec!["the Heron kettle"],
            ),
            (
                "How long may I borrow books from the library?",
                vec!["books", "the library"],
            ),
            (
                "Where does photosynthesis take place?",
                vec!["photosynthesis"],
            ),
            (
                "What does shipping to France cost?",
                vec!["shipping", "France"],
            ),
            (
                "We sell the Heron kettle and the Plover toaster.",
                vec!["the Heron kettle", "the Plover toaster"],
            ),
            (
                "How long does the Moon take to circle the Earth?",
                vec!["the Moon", "the Earth"],
            ),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn prepositions_bind_phrases() {
        let tokens = tokens("How long does the battery of the door lock last?");
        let bound = bound(&tokens, &phrases(&tokens));
        assert_eq!(bound.len(), 1);
        assert_eq!(
            joined(&tokens[bound[0].range.clone()]),
            "the battery of the door lock"
        );
    }
}
