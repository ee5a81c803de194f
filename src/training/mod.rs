//! What of one's own traffic may teach the micro model: recorded turns in, training rows out.
//!
//! Pure. A row is a question, the passages that whoever answered had before it, and the answer. A turn
//! becomes one only if the person agreed, nobody thought the answer bad, and neither side said
//! anything about a person; in doubt it is left out, and the reason is counted. Whether a reply rests
//! on its passages is not judged here: the training recipe cleans its data, from whatever source.

mod standalone;

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{
    chat::{Route, Source},
    store::RecordedTurn,
    text::personal::{Kind, Personal},
};

/// A row in the recipe's format: the grounded task with its wanted reply.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    task: &'static str,
    passages: Vec<Passage>,
    question: String,
    reply: String,
    source: &'static str,
    feedback: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Passage {
    title: String,
    text: String,
}

/// Why a turn is no row, in the order in which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// Another tier answered, or a template did.
    OtherRoute,
    /// The person did not agree to it.
    NoConsent,
    /// The answer was rated bad.
    RatedBad,
    /// A local answer that nobody rated good: nothing is learned from it that isn't known.
    NotRatedGood,
    /// Whoever answered had no passages.
    NoPassages,
    /// The question needs the conversation before it.
    FollowUp,
    /// Something about a person was said.
    Personal(Kind),
}

impl fmt::Display for LeftOut {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherRoute => out.write_str("answered by another tier, or degraded"),
            Self::NoConsent => out.write_str("without consent"),
            Self::RatedBad => out.write_str("rated bad"),
            Self::NotRatedGood => out.write_str("answered locally and not rated good"),
            Self::NoPassages => out.write_str("answered without passages"),
            Self::FollowUp => out.write_str("leaning on the conversation before"),
            Self::Personal(kind) => write!(out, "personal data: {kind}"),
        }
    }
}

/// How many turns became rows, and how many didn't and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows.
    pub exported: u64,
    /// The others, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
}

impl Tally {
    /// Counts one turn.
    pub fn count(&mut self, row: &Result<Row, LeftOut>) {
        match row {
            Ok(_) => self.exported += 1,
            Err(reason) => *self.left_out.entry(*reason).or_default() += 1,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let turns = self.exported + self.left_out.values().sum::<u64>();
        write!(out, "{} of {turns} turns exported", self.exported)?;
        for (reason, count) in &self.left_out {
            write!(out, "\n  left out: {count} {reason}")?;
        }
        Ok(())
    }
}

/// The row that `turn` makes.
///
/// # Errors
/// The first reason why it makes none.
pub fn row(turn: &RecordedTurn, personal: &Personal) -> Result<Row, LeftOut> {
    let outcome = &turn.outcome;
    let local = match outcome.route {
        Route::Escalate => false,
        Route::Knowledge => true,
        _ => return Err(LeftOut::OtherRoute),
    };
    let question = turn.question.as_deref().unwrap_or_default().trim();
    let refused = [
        (outcome.degraded || question.is_empty(), LeftOut::OtherRoute),
        (!turn.consented, LeftOut::NoConsent),
        (turn.rating == Some(-1), LeftOut::RatedBad),
        (local && turn.rating != Some(1), LeftOut::NotRatedGood),
        (outcome.sources.is_empty(), LeftOut::NoPassages),
        (
            turn.messages_before > 0 && !standalone::stands_alone(question),
            LeftOut::FollowUp,
        ),
    ];
    if let Some((_, reason)) = refused.into_iter().find(|(applies, _)| *applies) {
        return Err(reason);
    }
    if let Some(kind) = personal_data(question, &turn.answer, &outcome.sources, personal) {
        return Err(LeftOut::Personal(kind));
    }
    Ok(Row {
        task: "grounded",
        passages: outcome.sources.iter().map(passage).collect(),
        question: question.to_owned(),
        reply: reply(&turn.answer, outcome.sources.len()),
        source: "traffic",
        feedback: turn.rating,
    })
}

/// What the question says of a person, or what the answer says beyond its passages: a telephone
/// number that the owner has published is nobody's secret.
fn personal_data(
    question: &str,
    answer: &str,
    sources: &[Source],
    personal: &Personal,
) -> Option<Kind> {
    let published = |text: &str| sources.iter().any(|source| source.text.contains(text));
    let asked = personal.find(question).next();
    let told = || personal.find(answer).find(|(_, text)| !published(text));
    asked.or_else(told).map(|(kind, _)| kind)
}

fn passage(source: &Source) -> Passage {
    Passage {
        title: source.title.clone(),
        text: source.text.clone(),
    }
}

/// The answer as the recipe wants it: a passage alone has no number to be named by.
fn reply(answer: &str, passages: usize) -> String {
    let answer = answer.trim();
    if passages == 1 {
        return answer.replace(" [1]", "").replace("[1]", "");
    }
    answer.to_owned()
}

#[cfg(test)]
mod tests;
