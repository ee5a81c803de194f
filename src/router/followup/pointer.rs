//! Pronouns that point out of a message, and what they are exchanged for.

use std::ops::Range;

use super::{
    lists,
    phrases::{self, Phrase},
    tokens::{Token, exchanged, joined},
};

/// After a "the", these choose one of several.
const CHOICES: &[&str] = &[
    "other", "first", "second", "third", "last", "latter", "former",
];

/// What a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Points {
    /// "it", or a "that" alone.
    One,
    /// "they".
    Several,
    /// "she".
    Person,
    /// "what is that?": to something in the answer.
    Answer,
    /// "do it": to what was asked how or whether to do.
    Action,
    /// "its", "their".
    Owner,
    /// "there".
    Place,
    /// "one", for a thing of the same kind.
    Kind,
    /// "that kettle": the thing is named, which one is not.
    Named,
    /// "the other one", "the second".
    Alternative,
}

/// The first word of `tokens` that stands for something outside of them: where, and for what.
pub(super) fn find(tokens: &[Token<'_>]) -> Option<(Range<usize>, Points)> {
    (0..tokens.len()).find_map(|place| {
        let (range, points) = pointer(tokens, place)?;
        let (range, points) = action(tokens, range, points);
        let within = matches!(points, Points::Alternative | Points::Kind | Points::Named);
        (within || !names_before(tokens, place, points)).then_some((range, points))
    })
}

/// With the "do" before it, a pronoun points to what is done.
fn action(tokens: &[Token<'_>], range: Range<usize>, points: Points) -> (Range<usize>, Points) {
    let done = range.start.checked_sub(1).filter(|&before| {
        matches!(&*tokens[before].lower, "do" | "doing" | "done")
            && points == Points::One
            && tokens
                .get(range.end)
                .is_none_or(|next| !next.is_content() && !lists::is_pronoun(&next.lower))
    });
    let asks = |before: &usize| {
        let subject = before.checked_sub(1).map(|place| &*tokens[place].lower);
        subject.is_some_and(|subject| lists::is_subject(subject) || subject == "to")
    };
    match done.filter(asks) {
        Some(before) => (before..range.end, Points::Action),
        None => (range, points),
    }
}

fn pointer(tokens: &[Token<'_>], place: usize) -> Option<(Range<usize>, Points)> {
    let before = place.checked_sub(1).map(|before| &tokens[before]);
    let before_is = |words: &[&str]| before.is_some_and(|token| words.contains(&&*token.lower));
    let next = tokens
        .get(place + 1)
        .filter(|_| !tokens[place].ends_clause());
    let next_is = |words: &[&str]| next.is_some_and(|token| words.contains(&&*token.lower));
    let here = place..place + 1;
    let points = match tokens[place].lower.as_str() {
        "the" if next_is(CHOICES) => {
            return alternative(tokens, place);
        }
        "it" if is_empty_subject(tokens, place) => return None,
        "it" | "itself" => Points::One,
        "he" | "she" | "him" => Points::Person,
        "her" if next.is_none_or(|next| !next.is_content()) => Points::Person,
        "they" | "them" => Points::Several,
        "its" | "their" | "theirs" => Points::Owner,
        "this" | "these" if next.is_some_and(|next| lists::is_present(&next.lower)) => return None,
        "this" | "that" | "these" | "those" => return demonstrative(tokens, place),
        "there" if before_is(&["is", "are", "was", "were", "be", "if"]) => return None,
        "there" if next_is(&["is", "are", "was", "were", "be", "any", "a", "will"]) => return None,
        "there" if place == 0 => return None,
        "there" => Points::Place,
        "ones" => Points::Kind,
        "one" if before_is(&["no", "any", "every", "some", "each", "does", "should", "do"]) => {
            return None;
        }
        "one" if next_is(&["after", "by"]) => return None,
        "one"
            if next.is_none_or(|next| {
                lists::helps(&next.lower)
                    || (lists::is_preposition(&next.lower) && next.lower != "of")
            }) =>
        {
            Points::Kind
        }
        _ => return None,
    };
    Some((here, points))
}

/// "the other one", "the other", "the second one"; not "the other shop", nor "the first of May".
fn alternative(tokens: &[Token<'_>], place: usize) -> Option<(Range<usize>, Points)> {
    let last = tokens
        .get(place + 2)
        .filter(|_| !tokens[place + 1].ends_clause());
    match last {
        Some(token) if token.lower == "one" => Some((place..place + 3, Points::Alternative)),
        Some(token) if token.lower == "of" => None,
        // "the second lesson" is named, "is the second hard" asks for a judgement.
        Some(token) if token.is_content() && !follows_copula(tokens, place) => None,
        _ => Some((place..place + 2, Points::Alternative)),
    }
}

fn follows_copula(tokens: &[Token<'_>], place: usize) -> bool {
    place > 0 && matches!(&*tokens[place - 1].lower, "is" | "are") && place + 3 == tokens.len()
}

/// "this" and "that": alone, before a noun, or only a joint ("an exam that I failed").
fn demonstrative(tokens: &[Token<'_>], place: usize) -> Option<(Range<usize>, Points)> {
    let before = place.checked_sub(1).map(|before| &tokens[before]);
    let next = tokens
        .get(place + 1)
        .filter(|_| !tokens[place].ends_clause());
    let several = matches!(&*tokens[place].lower, "these" | "those");
    let explained = place > 0
        && tokens.iter().take(place).any(|token| token.lower == "what")
        && tokens[place + 1..]
            .iter()
            .all(|token| matches!(&*token.lower, "mean" | "exactly"));
    let alone = match (explained, several) {
        (true, _) => Points::Answer,
        (_, true) => Points::Several,
        _ => Points::One,
    };
    let follows_noun = before.is_some_and(|token| token.is_content() && !token.ends_clause());
    let pointing = Some((place..place + 1, alone));
    let Some(next) = next else { return pointing };
    let word = next.lower.as_str();
    if lists::is_predicate(word) {
        return pointing;
    }
    if matches!(word, "that" | "who" | "of") {
        return None;
    }
    if next.is_content() {
        let end = (place + 1..tokens.len())
            .find(|&end| !tokens[end].is_content() || tokens[end - 1].ends_clause())
            .unwrap_or(tokens.len());
        let joins = follows_noun && tokens[place].lower == "that";
        return (!joins).then_some((place..end.min(place + 3), Points::Named));
    }
    let joins = follows_noun || lists::is_pronoun(word) || lists::is_determiner(word);
    pointing.filter(|_| !joins)
}

/// "how long does it take to …", "is it possible to …", "it rains": stands for nothing.
fn is_empty_subject(tokens: &[Token<'_>], place: usize) -> bool {
    let after = &tokens[place + 1..];
    let word = |at: usize| after.get(at).map_or("", |token| token.lower.as_str());
    let later_verb = (1..after.len().min(9)).any(|at| {
        let to = place + 1 + at;
        tokens[to].lower == "to"
            && tokens
                .get(to + 1)
                .is_some_and(|next| !lists::is_determiner(&next.lower) && !next.is_name())
    });
    let clause = after
        .iter()
        .take(4)
        .any(|token| matches!(&*token.lower, "that" | "if"));
    let judged = place > 0
        && matches!(&*tokens[place - 1].lower, "is" | "was" | "be" | "are")
        && matches!(word(1), "to" | "that" | "if" | "when");
    match word(0) {
        _ if judged => true,
        "rains" | "snows" | "raining" | "snowing" | "matter" | "matters" | "looks" | "seems"
        | "appears" | "sounds" | "so" | "to" | "from" => true,
        "" if tokens[..place].iter().any(|token| token.lower == "time") => true,
        "mean" | "means" => clause || word(1) == "when",
        "take" | "takes" | "cost" | "costs" => later_verb,
        "is" | "was" | "will" | "possible" | "ok" | "okay" | "safe" | "allowed" | "true"
        | "necessary" | "normal" | "worth" | "too" | "bad" | "dangerous" | "easy" | "hard" => {
            later_verb || clause || matches!(word(1), "raining" | "snowing")
        }
        _ => false,
    }
}

/// Whether an earlier clause of the message names what the pronoun at `place` can stand for.
fn names_before(tokens: &[Token<'_>], place: usize, points: Points) -> bool {
    let found = phrases::phrases(&tokens[..place]);
    found.iter().any(|phrase| {
        let between = phrase.range.end - 1..place;
        // "I want to change my order how do I do it": people leave the comma out.
        let acted = points == Points::Action
            && tokens[between.clone()]
                .iter()
                .any(|token| lists::asks(&token.lower));
        let parted = acted
            || tokens[between.clone()].iter().any(Token::ends_clause)
            || tokens[between].iter().any(|token| {
                lists::is_joint(&token.lower)
                    || matches!(&*token.lower, "when" | "before" | "after")
            });
        let clause = &tokens[..place];
        let holds = clause
            .iter()
            .any(|token| matches!(&*token.lower, "have" | "has" | "come" | "comes"))
            && clause
                .last()
                .is_some_and(|token| lists::is_preposition(&token.lower));
        parted || (phrase.definite && (points == Points::Owner || holds))
    })
}

/// `message` with its pointer at `range` exchanged for what `previous` talks about; `None` where
/// that names nothing.
pub(super) fn resolved(
    message: &[Token<'_>],
    range: Range<usize>,
    points: Points,
    previous: &[Token<'_>],
) -> Option<String> {
    let single = phrases::phrases(previous);
    let bound = phrases::bound(previous, &single);
    let named = |phrase: &Phrase| phrases::text(previous, phrase);
    let exchange = |text: &str| Some(exchanged(message, range.clone(), text));
    match points {
        Points::One => exchange(&named(topic(previous, &bound, &single, false)?)),
        Points::Several => exchange(&named(topic(previous, &bound, &single, true)?)),
        Points::Owner => {
            let several = message[range.start].lower != "its";
            let owner = topic(previous, &bound, &single, several)?;
            exchange(&format!("{}'s", named(owner)))
        }
        Points::Place => exchange(&place_of(previous, &bound, &single)?),
        Points::Kind => {
            let topic = topic(previous, &bound, &single, false)?;
            let described = range.start.checked_sub(1).is_some_and(|before| {
                let before = &message[before];
                before.is_content()
                    || lists::is_determiner(&before.lower)
                    || before.lower == "which"
            });
            if !described || is_verb_like(message, range.start) {
                return exchange(&named(topic));
            }
            exchange(phrases::head(previous, topic)?.text)
        }
        Points::Named => exchange(&named(same_noun(message, &range, previous, &single)?)),
        Points::Person => {
            let named = |phrase: &&Phrase| {
                let words = phrases::bare(previous, phrase);
                phrase.range.start > 0 && words.first().is_some_and(Token::is_name)
            };
            exchange(&phrases::text(previous, single.iter().find(named)?))
        }
        Points::Action => {
            let asked = previous.len() > 2
                && lists::helps(&previous[0].lower)
                && lists::is_subject(&previous[1].lower);
            asked.then(|| exchange(&joined(&previous[2..])))?
        }
        Points::Answer | Points::Alternative => None,
    }
}

/// Whether `previous` names the thing that "that kettle" at `range` speaks of.
pub(super) fn names_again(
    message: &[Token<'_>],
    range: &Range<usize>,
    previous: &[Token<'_>],
) -> bool {
    let single = phrases::phrases(previous);
    same_noun(message, range, previous, &single).is_some()
}

fn same_noun<'a>(
    message: &[Token<'_>],
    range: &Range<usize>,
    previous: &[Token<'_>],
    single: &'a [Phrase],
) -> Option<&'a Phrase> {
    let noun = &message[range.end - 1].lower;
    single
        .iter()
        .find(|phrase| phrases::head(previous, phrase).is_some_and(|head| head.lower == *noun))
}

/// In "how do I delete one" the word before is a verb, in "the red one" it describes.
fn is_verb_like(message: &[Token<'_>], place: usize) -> bool {
    let before = &message[..place];
    let subject = before
        .iter()
        .rposition(|token| lists::is_subject(&token.lower));
    subject.is_some_and(|subject| {
        before[subject + 1..]
            .iter()
            .all(|token| !lists::is_determiner(&token.lower))
    })
}

/// What a question is about: its first phrase of the right number that is no answer asked for, a
/// definite one before others.
pub(super) fn topic<'a>(
    tokens: &[Token<'_>],
    bound: &'a [Phrase],
    single: &'a [Phrase],
    several: bool,
) -> Option<&'a Phrase> {
    let agrees = |phrase: &&Phrase| phrases::is_plural(tokens, phrase) == several;
    let known = |phrase: &&Phrase| !phrase.asked_for;
    let pick = |list: &'a [Phrase]| -> Option<&'a Phrase> {
        let definite = list
            .iter()
            .filter(known)
            .filter(agrees)
            .find(|phrase| phrase.definite);
        definite.or_else(|| list.iter().filter(known).find(agrees))
    };
    pick(bound)
        .or_else(|| pick(single))
        .or_else(|| bound.iter().find(known))
        .or_else(|| bound.first())
}

fn place_of(tokens: &[Token<'_>], bound: &[Phrase], single: &[Phrase]) -> Option<String> {
    let local = single.iter().find(|phrase| {
        let before = phrase
            .range
            .start
            .checked_sub(1)
            .map(|place| &*tokens[place].lower);
        phrase.determined && matches!(before, Some("in" | "at" | "on"))
    });
    if let Some(phrase) = local {
        let range = phrase.range.start - 1..phrase.range.end;
        return Some(joined(&tokens[range]));
    }
    let whole = topic(tokens, bound, single, false)?;
    Some(format!("at {}", joined(&tokens[whole.range.clone()])))
}
