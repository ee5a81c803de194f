//! A message that is no sentence ("and for children?"), completed by the question before it.

use std::ops::Range;

use crate::text::stem;

use super::{
    lists,
    phrases::{self, Phrase, is_infinitive},
    tokens::{Token, exchanged, joined},
};

/// A longer message is a sentence.
const MOST_WORDS: usize = 7;
/// More asking words than this are a question of their own.
const MOST_ASKING_WORDS: usize = 4;

/// Whether the message has no verb that the lists know of.
pub(super) fn is_fragment(tokens: &[Token<'_>]) -> bool {
    let first = tokens.first().map_or("", |token| token.lower.as_str());
    let acts = |(place, token): (usize, &Token<'_>)| {
        let word = token.lower.as_str();
        lists::asks(word)
            || lists::helps(word)
            || (lists::is_pronoun(word) && !stands_in(tokens, place))
    };
    !tokens.is_empty()
        && tokens.len() <= MOST_WORDS
        && !lists::is_command(first)
        && !lists::is_light(first)
        && !tokens.iter().enumerate().any(acts)
}

/// "that of the sensor", "the one in chemistry", "the red one", "for me": no subject.
fn stands_in(tokens: &[Token<'_>], place: usize) -> bool {
    let next = tokens.get(place + 1).map(|token| token.lower.as_str());
    let before = place
        .checked_sub(1)
        .map(|before| tokens[before].lower.as_str());
    match tokens[place].lower.as_str() {
        "one" | "ones" => true,
        "that" | "those" => {
            matches!(next, Some("of" | "in" | "for" | "from" | "with" | "on"))
                || tokens.get(place + 1).is_some_and(Token::is_content)
        }
        "me" | "us" | "you" | "them" | "him" | "her" | "it" => {
            before.is_some_and(lists::is_preposition)
        }
        _ => false,
    }
}

/// Whether the message only asks for another side of the matter: "why?", "how much?".
pub(super) fn only_asks(tokens: &[Token<'_>]) -> bool {
    tokens.len() <= MOST_ASKING_WORDS
        && tokens.iter().any(|token| lists::asks(&token.lower))
        && tokens
            .iter()
            .all(|token| lists::asks(&token.lower) || lists::is_measure(&token.lower))
}

/// The question before, asked with the words of `asking`: "What does a label cost?" and "why?"
/// make "why does a label cost".
pub(super) fn asked_otherwise(asking: &[Token<'_>], previous: &[Token<'_>]) -> String {
    let asks = previous
        .first()
        .is_some_and(|first| lists::asks(&first.lower));
    let body = previous
        .iter()
        .position(|token| !asks || lists::helps(&token.lower))
        .unwrap_or(0);
    format!("{} {}", joined(asking), joined(&previous[body..]))
}

/// `previous` with the part exchanged that `fragment` stands against, or with `fragment` put after
/// it. `instead`: the fragment is said to be in the place of something ("or …").
pub(super) fn completed(fragment: &[Token<'_>], previous: &[Token<'_>], instead: bool) -> String {
    let single = phrases::phrases(previous);
    let fragment = &pointed(fragment, previous, &single)[..];
    let text = joined(fragment);
    let range = if lists::is_preposition(&fragment[0].lower) {
        prepositional(fragment, previous, &single, instead)
    } else {
        nominal(fragment, previous, &single)
    };
    match range {
        Some(range) => exchanged(previous, range, &text),
        None => format!("{} {text}", joined(previous)),
    }
}

/// The fragment without "that" before "of …", and with its "one" named.
fn pointed<'a>(
    fragment: &[Token<'a>],
    previous: &[Token<'a>],
    single: &[Phrase],
) -> Vec<Token<'a>> {
    let stands = fragment.len() > 1
        && matches!(&*fragment[0].lower, "that" | "those")
        && lists::is_preposition(&fragment[1].lower);
    let mut words = fragment[usize::from(stands)..].to_vec();
    let kind = single
        .iter()
        .find(|phrase| phrase.definite && !phrase.asked_for);
    let kind = kind.or_else(|| single.first());
    if let Some(head) = kind.and_then(|phrase| phrases::head(previous, phrase)) {
        for word in &mut words {
            if matches!(&*word.lower, "one" | "ones") {
                (word.text, word.lower) = (head.text, head.lower.clone());
            }
        }
    }
    words
}

/// The part of `previous` that begins with the fragment's preposition.
fn prepositional(
    fragment: &[Token<'_>],
    previous: &[Token<'_>],
    single: &[Phrase],
    instead: bool,
) -> Option<Range<usize>> {
    let tied = |phrase: &&Phrase| {
        phrase.range.start > 0
            && lists::is_preposition(&previous[phrase.range.start - 1].lower)
            && !is_infinitive(previous, phrase.range.start - 1)
    };
    let same = |phrase: &&Phrase| previous[phrase.range.start - 1].lower == fragment[0].lower;
    let found = single.iter().rev().filter(tied).find(same);
    let found = found.or_else(|| single.iter().rev().find(tied).filter(|_| instead))?;
    Some(found.range.start - 1..found.range.end)
}

/// The phrase of `previous` that is most like the fragment: the same noun, else a name for a name,
/// the same article, any article, none.
fn nominal(
    fragment: &[Token<'_>],
    previous: &[Token<'_>],
    single: &[Phrase],
) -> Option<Range<usize>> {
    let own = phrases::phrases(fragment);
    let first = own.first()?;
    let noun = phrases::head(fragment, first).map(|head| stem(&head.lower));
    let named = |tokens: &[Token<'_>], phrase: &Phrase| {
        phrases::bare(tokens, phrase).iter().any(Token::is_name)
    };
    let has_name = named(fragment, first);
    let article = first
        .determined
        .then(|| fragment[first.range.start].lower.as_str());
    let score = |phrase: &Phrase| {
        let theirs = phrases::head(previous, phrase).map(|head| stem(&head.lower));
        let same_noun = noun.is_some() && theirs == noun;
        let same_name = named(previous, phrase) == has_name;
        let same_article =
            phrase.determined && article == Some(previous[phrase.range.start].lower.as_str());
        let same_manner = phrase.determined == first.determined;
        usize::from(same_noun) * 8
            + usize::from(same_name) * 3
            + usize::from(same_article)
            + usize::from(same_manner) * 2
            + usize::from(!phrase.asked_for)
    };
    let best = single.iter().max_by_key(|phrase| score(phrase))?;
    let bare = phrases::bare(previous, best);
    let start = best.range.end - bare.len();
    let one_word = fragment.len() == 1 && !first.determined;
    let same_number = phrases::is_plural(fragment, first) == phrases::is_plural(previous, best);
    // "biology" after "the mathematics exam" is another exam, "the gym" after it is no exam.
    if one_word
        && !has_name
        && best.determined
        && bare.len() == 2
        && !bare[0].is_name()
        && !same_noun(noun.as_deref(), previous, best)
        && same_number
    {
        return Some(start..start + 1);
    }
    // A name among other words of a phrase is exchanged alone: "the shop Leipzig".
    if one_word && has_name && bare.len() > 1 {
        let place = bare.iter().position(Token::is_name)?;
        return Some(start + place..start + place + 1);
    }
    if !first.determined && best.determined && !has_name {
        return Some(start..best.range.end);
    }
    Some(best.range.clone())
}

fn same_noun(noun: Option<&str>, previous: &[Token<'_>], phrase: &Phrase) -> bool {
    phrases::head(previous, phrase).is_some_and(|head| Some(&*stem(&head.lower)) == noun)
}
