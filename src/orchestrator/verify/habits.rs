//! The bad habits of small models that spoil an answer whatever the passages say.

use crate::text::{Word, opens_with_reference};

use super::{Failure, declines};

/// An answer may be a fragment ("30 days") up to this many words; a longer one without an end is cut.
const FRAGMENT_WORDS: usize = 5;
/// So many words in a row are one phrase…
const PHRASE_WORDS: usize = 4;
/// …which may not come so often.
const LOOP_TIMES: usize = 3;

const REFUSALS: &[&str] = &[
    "i cannot",
    "i can't",
    "i can not",
    "i could not",
    "i couldn't",
    "i'm unable",
    "i am unable",
    "i'm not able",
    "i am not able",
    "i don't know",
    "i do not know",
    "i'm not sure",
    "i am not sure",
    "i'm sorry",
    "i am sorry",
    "as an ai",
    "language model",
    "i don't have",
    "i do not have",
    "text does not",
    "text doesn't",
    "passage does not",
    "passage doesn't",
    "passages do not",
    "context does not",
    "not mentioned in the",
    "no information",
    "not provided in the",
    "does not provide",
    "cannot be determined",
    "can't be answered",
];

const PROMPT_TRACES: &[&str] = &[
    "question:",
    "text:",
    "<|im_",
    "copy the sentence",
    "the text says",
    "word for word",
    "the answer to the question",
];

/// What makes an answer useless as a whole.
pub(super) fn fatal(answer: &str) -> Option<Failure> {
    let lower = answer.to_lowercase().replace('’', "'");
    if !lower.contains(char::is_alphanumeric) {
        return Some(Failure::Empty);
    }
    if REFUSALS.iter().any(|phrase| lower.contains(phrase)) || declines(&lower) {
        return Some(Failure::Refusal);
    }
    if PROMPT_TRACES.iter().any(|trace| lower.contains(trace)) {
        return Some(Failure::Echo);
    }
    loops(&lower).then_some(Failure::Loop)
}

/// A question is no answer.
pub(super) fn asks(sentence: &str) -> bool {
    sentence
        .trim_end_matches(['"', '”', ')', ' '])
        .ends_with(['?', '？'])
}

/// Whether a first sentence points back; "it" is what was asked about.
pub(super) fn leans(sentence: &str) -> bool {
    opens_with_reference(sentence) && !sentence.starts_with("It ")
}

/// Whether a sentence without an end may yet be whole.
pub(super) fn is_fragment(claim: &[Word]) -> bool {
    is_short(claim) && claim.last().is_some_and(Word::is_substance)
}

/// Whether there are no more words than a fragment has.
pub(super) fn is_short(claim: &[Word]) -> bool {
    claim.len() <= FRAGMENT_WORDS
}

fn loops(text: &str) -> bool {
    let words: Vec<&str> = text
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let stuck = words
        .windows(PHRASE_WORDS)
        .any(|phrase| phrase.iter().all(|word| *word == phrase[0]));
    let mut phrases: Vec<&[&str]> = words.windows(PHRASE_WORDS).collect();
    phrases.sort_unstable();
    stuck
        || phrases
            .chunk_by(PartialEq::eq)
            .any(|same| same.len() >= LOOP_TIMES)
}
