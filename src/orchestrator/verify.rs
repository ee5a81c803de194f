//! The verdict: may a small model's answer be shown, and which passages stand behind it?
//!
//! Every sentence that is shown must be *one statement of one passage*: its numbers, names and
//! content words come, in their order, from one sentence there (or from two, where the second
//! points back to the first), with the same polarity and conditions. The first must bear on the
//! question. Sentences that fail are dropped; where nothing sound is left, nothing is shown.
//!
//! Pure. It deliberately does not judge truth or style, does not ask a model, and prefers to
//! refuse a sound paraphrase over showing an invention: the next tier takes what it refuses.
//! Answers that are no sentences ("30 days") have rules of their own: see `span`.

mod align;
mod bearing;
mod clauses;
mod declines;
mod habits;
mod kind;
mod passage;
mod span;
#[cfg(test)]
mod span_tests;
mod support;
#[cfg(test)]
mod tests;
mod tidy;

use thiserror::Error;

use crate::{
    chat::Source,
    text::{opens_with_reference, read, split},
};

use bearing::Asked;
pub use declines::declines;
use passage::{Passage, Support};

/// What the check of an answer came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The answer to show: without the sentences that failed, and with a mark `[n]` at its end for
    /// each passage in `used`, by its place there, from 1. `None`: show nothing.
    pub shown: Option<String>,
    /// Which of the passages support what is shown, the one that carries most first.
    pub used: Vec<usize>,
    /// What was found wrong, also where something could still be shown.
    pub failures: Vec<Failure>,
    /// The least share of a shown sentence's words that is in its passage, 0 to 1.
    pub support: f32,
}

/// Why an answer, or a sentence of it, is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// There are no words.
    #[error("it is empty")]
    Empty,
    /// The model says that it can't answer.
    #[error("it is a refusal")]
    Refusal,
    /// It repeats its prompt or asks back.
    #[error("it echoes the prompt")]
    Echo,
    /// It says the same again and again.
    #[error("it loops")]
    Loop,
    /// Its only sentence breaks off.
    #[error("its last sentence is cut")]
    Cut,
    /// Words that no single statement of a passage holds.
    #[error("not in a passage: {0}")]
    Unsupported(String),
    /// The words are there, but belong to other statements or stand in another order.
    #[error("put together from different statements near {0:?}")]
    Recombined(String),
    /// A "not" too many or too few.
    #[error("its polarity is not that of its passage")]
    Polarity,
    /// A condition of the passage is left out.
    #[error("it leaves out the condition {0:?}")]
    Condition(String),
    /// Nothing in it that the question hasn't said.
    #[error("it says nothing new")]
    SaysNothing,
    /// It begins with "this" or the like, and what that means isn't shown.
    #[error("it points at something that is not shown")]
    Leans,
    /// Supported, but not what was asked.
    #[error("it does not bear on the question")]
    OffTopic,
}

/// A sentence that passed.
struct Held {
    text: String,
    passage: usize,
    support: Support,
}

/// Judges `answer` to `question` against `passages`, in the order in which the model saw them.
#[must_use]
pub fn verify(question: &str, answer: &str, passages: &[Source]) -> Verdict {
    let answer = tidy::tidy(answer);
    if let Some(failure) = habits::fatal(&answer) {
        return refused(vec![failure]);
    }
    let asked = Asked::read(question);
    let passages: Vec<Passage> = passages.iter().map(Passage::read).collect();
    let claim = read(&answer);
    let bare = span::is_bare(&answer, &claim);
    if bare && !tidy::is_ended(&answer) {
        match span::judge(&answer, &claim, &asked, &passages) {
            Ok(span) => return show(&[span], Vec::new()),
            Err(failure) if habits::is_short(&claim) => return refused(vec![failure]),
            Err(_) => {}
        }
    }
    let mut failures = Vec::new();
    let mut held: Vec<Held> = Vec::new();
    let mut dropped_before = false;
    for (place, sentence) in split(&answer).iter().enumerate() {
        let leans = place > 0 && opens_with_reference(sentence.text);
        if dropped_before && leans {
            failures.push(Failure::Leans);
            continue;
        }
        match judge_down(sentence.text, sentence.complete, &asked, &passages, &held) {
            Ok(Some(sentence)) => held.push(sentence),
            Ok(None) => {}
            Err(failure) => {
                dropped_before = true;
                failures.push(failure);
                continue;
            }
        }
        dropped_before = false;
    }
    if held.is_empty() {
        if bare && let Ok(span) = span::judge(&answer, &claim, &asked, &passages) {
            return show(&[span], Vec::new());
        }
        if failures.is_empty() {
            failures.push(Failure::Empty);
        }
        return refused(failures);
    }
    show(&held, failures)
}

/// One sentence, without the clauses at its end that its passage does not bear out.
fn judge_down(
    sentence: &str,
    complete: bool,
    asked: &Asked,
    passages: &[Passage],
    held: &[Held],
) -> Result<Option<Held>, Failure> {
    let closed = clauses::without_open_aside(sentence);
    let sentence = closed.unwrap_or(sentence);
    let failure = match judge(sentence, complete, asked, passages, held) {
        Err(failure @ (Failure::Unsupported(_) | Failure::Recombined(_) | Failure::Cut)) => failure,
        judged => return judged,
    };
    let mut shorter = std::iter::successors(clauses::without_last(sentence), |text| {
        clauses::without_last(text)
    });
    let sound = shorter.find_map(|text| judge(&text, true, asked, passages, held).ok());
    sound.ok_or(failure)
}

/// One sentence, after those that `held` before it; `None` where it only repeats one.
fn judge(
    sentence: &str,
    complete: bool,
    asked: &Asked,
    passages: &[Passage],
    held: &[Held],
) -> Result<Option<Held>, Failure> {
    if habits::asks(sentence) {
        return Err(Failure::Echo);
    }
    let claim = read(sentence);
    if held
        .iter()
        .any(|before| support::repeats(&claim, &read(&before.text)))
    {
        return Ok(None);
    }
    let (passage, support) = support::best(&claim, asked, passages)?;
    let fragment = held.is_empty() && habits::is_fragment(&claim);
    if !complete && !support.whole && !fragment {
        return Err(Failure::Cut);
    }
    if held.is_empty() && habits::leans(sentence) {
        return Err(Failure::Leans);
    }
    let follows = held.last().is_some_and(|before| before.passage == passage);
    if !follows && !asked.borne_on_by(sentence, &claim, &passages[passage], support) {
        return Err(Failure::OffTopic);
    }
    Ok(Some(Held {
        text: sentence.to_owned(),
        passage,
        support,
    }))
}

fn refused(failures: Vec<Failure>) -> Verdict {
    Verdict {
        shown: None,
        used: Vec::new(),
        failures,
        support: 0.0,
    }
}

fn show(held: &[Held], failures: Vec<Failure>) -> Verdict {
    let mut used: Vec<(usize, usize)> = Vec::new();
    for sentence in held {
        let matched = sentence.support.matched;
        match used
            .iter_mut()
            .find(|(passage, _)| *passage == sentence.passage)
        {
            Some((_, weight)) => *weight += matched,
            None => used.push((sentence.passage, matched)),
        }
    }
    used.sort_by_key(|&(_, weight)| std::cmp::Reverse(weight));
    let sentences: Vec<&str> = held.iter().map(|sentence| sentence.text.as_str()).collect();
    let marks: Vec<String> = (1..=used.len())
        .map(|number| format!("[{number}]"))
        .collect();
    let marks = marks.concat();
    Verdict {
        shown: Some(format!("{} {marks}", tidy::finish(&sentences.join(" ")))),
        used: used.into_iter().map(|(passage, _)| passage).collect(),
        failures,
        support: held
            .iter()
            .map(|sentence| sentence.support.share)
            .fold(1.0, f32::min),
    }
}
