//! "The other one": of two things that were named together, the one not asked about yet.

use std::ops::Range;

use crate::{
    chat::{Message, Role},
    text::stem,
};

use super::{
    phrases::{self, Phrase},
    tokens::{Token, tokens},
};

/// Where the question `before` names one of a pair that was named in `said`, and the name of the
/// one that `pointer` ("the other one", "the second") means.
pub(super) fn find(
    said: &[Message],
    before: &[Token<'_>],
    pointer: &[Token<'_>],
) -> Option<(Range<usize>, String)> {
    let asked = phrases::phrases(before);
    let which = pointer.get(1).map_or("", |token| token.lower.as_str());
    said.iter().rev().skip(1).find_map(|message| {
        let words = tokens(&message.content);
        let found = phrases::phrases(&words);
        found.windows(2).find_map(|pair| {
            let [first, second] = pair else { return None };
            if !are_paired(&words, first, second) {
                return None;
            }
            let place = |phrase: &Phrase| {
                asked
                    .iter()
                    .find(|asked| share(&words, phrase, before, asked))
            };
            let (seen, other) = match (place(first), place(second)) {
                (Some(seen), None) => (seen, second),
                (None, Some(seen)) => (seen, first),
                _ => return None,
            };
            let other = match which {
                "first" | "former" => first,
                "second" | "latter" => second,
                _ => other,
            };
            Some((seen.range.clone(), phrases::text(&words, other)))
        })
    })
}

/// Of the things that the last answer lists, the one that `pointer` ("the second") counts to.
pub(super) fn counted(said: &[Message], pointer: &[Token<'_>]) -> Option<String> {
    let answer = said
        .iter()
        .rev()
        .find(|message| message.role == Role::Assistant)?;
    let words = tokens(&answer.content);
    let found = phrases::bound(&words, &phrases::phrases(&words));
    let mut list: Vec<&Phrase> = Vec::new();
    let amount = |phrase: &&Phrase| {
        let first = phrases::bare(&words, phrase).first();
        first.is_some_and(|first| matches!(&*first.lower, "two" | "three" | "several" | "many"))
    };
    for phrase in found.iter().filter(|phrase| !amount(phrase)) {
        let goes_on = list
            .last()
            .is_some_and(|last| are_listed(&words, last, phrase));
        if !goes_on && list.len() > 1 {
            break;
        }
        if !goes_on {
            list.clear();
        }
        list.push(phrase);
    }
    let place = match pointer.get(1)?.lower.as_str() {
        "first" | "former" => 0,
        "second" => 1,
        "third" => 2,
        "last" | "latter" => list.len().checked_sub(1)?,
        _ => return None,
    };
    let phrase = list.get(place).filter(|_| list.len() > 1)?;
    Some(phrases::text(&words, phrase))
}

/// One follows the other in a list.
fn are_listed(words: &[Token<'_>], first: &Phrase, second: &Phrase) -> bool {
    let comma = second.range.start == first.range.end && words[first.range.end - 1].marks == ",";
    comma || are_paired(words, first, second)
}

/// Only "and" or "or" stands between them.
fn are_paired(words: &[Token<'_>], first: &Phrase, second: &Phrase) -> bool {
    second.range.start == first.range.end + 1
        && matches!(&*words[first.range.end].lower, "and" | "or")
}

/// The same noun, or a noun of one in the other.
fn share(one: &[Token<'_>], phrase: &Phrase, other: &[Token<'_>], second: &Phrase) -> bool {
    phrases::head(one, phrase).is_some_and(|head| {
        let noun = stem(&head.lower);
        phrases::bare(other, second)
            .iter()
            .any(|token| stem(&token.lower) == noun)
    })
}
