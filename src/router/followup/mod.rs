//! Reads a message that leans on the conversation as a question that stands alone.
//!
//! Pure rules for English, made of closed word lists: a pronoun is exchanged for what the question
//! before talks about ("How do I wash it?"), a fragment takes the place of its counterpart in that
//! question ("and to Spain?"), a bare asking word asks it otherwise ("why?"). What the rules don't
//! know is read as it was typed: a fresh question that is changed does more harm than a follow-up
//! that isn't. The reading is what is searched and judged; models are given what was typed.
//!
//! It doesn't look at answers, except for what they offer to choose from ("the other one"), and it
//! knows nothing of the knowledge base: where a reading is not certain, whoever searches tries both.

mod alternatives;
mod fragment;
mod lists;
mod phrases;
mod pointer;
mod tokens;

#[cfg(test)]
mod tests;

use crate::{
    chat::{Message, Role},
    text,
};

use super::{doubt, smalltalk};
use pointer::Points;
use tokens::{Token, tokens};

/// Questions of the person that are looked at, the last one among them.
const MOST_QUESTIONS: usize = 8;
/// A longer message says itself what it is about,
const MOST_WORDS: usize = 40;
/// and so does one with so many words that aren't small;
const ENOUGH_CONTENT_WORDS: usize = 6;
/// and one after a question longer than this may lean on anything in it.
const MOST_PREVIOUS_BYTES: usize = 1_000;
/// Letters beyond belong to other writings.
const LAST_LATIN: char = '\u{250}';
/// Words of a fragment that nothing introduces.
const MOST_BRIEF_WORDS: usize = 3;

/// How a message is to be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The message as a question that stands alone.
    pub text: String,
    /// Whether it was changed, and how surely.
    pub leaning: Leaning,
}

/// Whether a message needs what was said before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leaning {
    /// It stands alone.
    #[default]
    Not,
    /// It may lean on the question before, or be a new one in few words.
    Perhaps,
    /// It can't be understood without, and was completed.
    Surely,
    /// It can't be understood without, and the rules can't tell what it leans on.
    Unclear,
}

/// Reads the last message of the person, in the light of those before it. `None` where there is
/// nothing before it to lean on.
#[must_use]
pub fn read(messages: &[Message]) -> Option<Reading> {
    let asked = messages
        .iter()
        .rposition(|message| message.role == Role::User)?;
    let mut questions: Vec<usize> = (0..asked)
        .filter(|&place| {
            messages[place].role == Role::User && is_question(&messages[place].content)
        })
        .collect();
    questions.drain(..questions.len().saturating_sub(MOST_QUESTIONS - 1));
    let (first, later) = questions.split_first()?;
    let mut previous = messages[*first].content.clone();
    for &place in later {
        previous = resolved(&messages[..=place], &previous).text;
    }
    Some(resolved(&messages[..=asked], &previous))
}

/// The question before the last message, as [`read`] would have read it; `None` if there is none.
#[must_use]
pub fn question_before(messages: &[Message]) -> Option<String> {
    let asked = messages
        .iter()
        .rposition(|message| message.role == Role::User)?;
    let before = (0..asked).rfind(|&place| {
        messages[place].role == Role::User && is_question(&messages[place].content)
    })?;
    let before = &messages[..=before];
    let typed = || before.last().map(|message| message.content.clone());
    read(before).map(|reading| reading.text).or_else(typed)
}

/// Not only thanks, and not only a doubt of what was answered.
fn is_question(message: &str) -> bool {
    message.len() > MOST_PREVIOUS_BYTES
        || (smalltalk::detect(message).is_none() && !doubt::doubts(message))
}

/// The last of `said`, after the question `previous`, which stands alone.
fn resolved(said: &[Message], previous: &str) -> Reading {
    let typed = said.last().map_or("", |message| message.content.trim());
    lean(typed, previous, said).unwrap_or_else(|| Reading {
        text: typed.to_owned(),
        leaning: Leaning::Not,
    })
}

fn lean(typed: &str, previous: &str, said: &[Message]) -> Option<Reading> {
    let words = typed.split_whitespace().take(MOST_WORDS + 1).count();
    if words > MOST_WORDS || previous.len() > MOST_PREVIOUS_BYTES {
        return None;
    }
    let before = tokens(without_courtesies(previous));
    if !are_english(&before, typed) {
        return None;
    }
    let matter = without_courtesies(typed);
    let (opening, rest) =
        text::opening(matter).map_or((None, matter), |(opening, rest)| (Some(opening), rest));
    let mut rest = tokens(rest);
    let trailed = drop_trailers(&mut rest);
    if rest.is_empty() {
        return None;
    }
    let completed = if only_assents(&rest) {
        None
    } else if fragment::only_asks(&rest) {
        Some(fragment::asked_otherwise(&rest, &before))
    } else if says_enough(&rest) {
        return None;
    } else if let Some((range, points)) = pointer::find(&rest)
        && !(fragment::is_fragment(&rest) && points != Points::Alternative)
    {
        if points == Points::Named && !pointer::names_again(&rest, &range, &before) {
            return None;
        }
        match points {
            Points::Alternative => alternative(&rest, range, &before, said),
            _ => pointer::resolved(&rest, range, points, &before),
        }
    } else if fragment::is_fragment(&rest) && (opening.is_some() || trailed || is_brief(&rest)) {
        let text = fragment::completed(&rest, &before, opening == Some("or"));
        return Some(Reading {
            text: as_question(&text),
            leaning: if trailed || is_tied(&rest) {
                Leaning::Surely
            } else {
                Leaning::Perhaps
            },
        });
    } else {
        return None;
    };
    Some(completed.map_or_else(
        || Reading {
            text: previous.to_owned(),
            leaning: Leaning::Unclear,
        },
        |text| Reading {
            text: as_question(&text),
            leaning: Leaning::Surely,
        },
    ))
}

/// In other languages nothing is read into a message. A few words without any small one among them
/// are taken for English where the message is.
fn are_english(before: &[Token<'_>], typed: &str) -> bool {
    let english = |tokens: &[Token<'_>]| tokens.iter().any(|token| lists::is_english(&token.lower));
    let few = before.len() <= MOST_BRIEF_WORDS + 1;
    let plain = before.iter().all(|token| token.lower.is_ascii());
    let latin = |sign: char| !sign.is_alphabetic() || sign < LAST_LATIN;
    typed.chars().all(latin) && (english(before) || (few && plain && english(&tokens(typed))))
}

fn as_question(text: &str) -> String {
    format!("{}?", text::capitalised(text))
}

/// The message, or the question before, with the thing in it that "the other one" means.
fn alternative(
    message: &[Token<'_>],
    range: std::ops::Range<usize>,
    before: &[Token<'_>],
    said: &[Message],
) -> Option<String> {
    let pointer = &message[range.clone()];
    if fragment::is_fragment(message) {
        let (one, other) = alternatives::find(said, before, pointer)?;
        return Some(tokens::exchanged(before, one, &other));
    }
    let other = alternatives::counted(said, pointer)
        .or_else(|| Some(alternatives::find(said, before, pointer)?.1))?;
    Some(tokens::exchanged(message, range, &other))
}

/// "yes please", "tell me more", "what does that mean".
fn only_assents(message: &[Token<'_>]) -> bool {
    let assents = |token: &Token<'_>| lists::assents(&token.lower);
    message.iter().any(assents)
        && message
            .iter()
            .all(|token| assents(token) || lists::stands_with_assent(&token.lower))
}

/// It has so many words of its own that whatever it points to is among them, or doesn't matter.
fn says_enough(message: &[Token<'_>]) -> bool {
    let own = message
        .iter()
        .filter(|token| token.is_content() && !lists::is_light(&token.lower));
    own.count() >= ENOUGH_CONTENT_WORDS
}

/// Without an opening, more than a few words are what people type into a search.
fn is_brief(fragment: &[Token<'_>]) -> bool {
    is_tied(fragment) || (fragment.len() <= MOST_BRIEF_WORDS && !fragment[0].lower.ends_with("ing"))
}

/// A fragment that begins with a preposition, or has a pronoun, is none without a question before.
fn is_tied(fragment: &[Token<'_>]) -> bool {
    fragment.iter().enumerate().any(|(place, token)| {
        let word = token.lower.as_str();
        (place == 0 && lists::is_preposition(word)) || matches!(word, "one" | "ones" | "that")
    })
}

/// `message` without "ok, " and the like at its beginning.
fn without_courtesies(message: &str) -> &str {
    let mut rest = message.trim_start();
    while let Some(end) = rest.find([',', '.', '!', ' ', ';']) {
        let (word, after) = rest.split_at(end);
        let negates = word.eq_ignore_ascii_case("no") && after.starts_with(' ');
        if negates || !lists::is_courtesy(&word.to_lowercase()) {
            break;
        }
        rest = after.trim_start_matches([',', '.', '!', ' ', ';']);
    }
    rest
}

/// Takes "too", "as well" and the like from the end; true if there were any.
fn drop_trailers(tokens: &mut Vec<Token<'_>>) -> bool {
    let before = tokens.len();
    while tokens.len() > 1 && lists::is_trailer(&tokens[tokens.len() - 1].lower) {
        let dropped = tokens.pop();
        let as_well = dropped.is_some_and(|token| token.lower == "well");
        if as_well && tokens.len() > 1 && tokens[tokens.len() - 1].lower == "as" {
            tokens.pop();
        }
    }
    tokens.len() < before
}
