//! How well the best FAQ entry fits a question: the signals, and the features made of them.

use serde::{Deserialize, Serialize};

use super::{compared, confidence::Logistic};
use crate::text::likeness::{Likeness, SAME_THING};

/// Names of the features, in the order of the logistic model's coefficients.
pub const FEATURES: [&str; 9] = [
    "cosine_question",
    "cosine_answer",
    "crowding",
    "lead",
    "centred_question * cosine_answer",
    "words",
    "contained",
    "length",
    "negated",
];

/// Forms of two entries that are nearer than this are the same question.
const SAME_QUESTION: f32 = 0.999;

/// How the best FAQ entry fits the question. All lie in 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FaqSignals {
    /// The entry.
    pub id: String,
    /// The collection it belongs to.
    pub collection: String,
    /// BM25, normalised.
    pub lexical: f32,
    /// Cosine to the nearest of its question and variants.
    pub cosine_question: f32,
    /// The same, seen from the mean of all questions of the knowledge base.
    pub centred_question: f32,
    /// Cosine to its answer.
    pub cosine_answer: f32,
    /// How far question and entry share their content words, weighed by rarity.
    pub overlap: f32,
    /// The fused score.
    pub fused: f32,
    /// The fused score's lead over the best entry *with a different answer*.
    pub margin: f32,
    /// That other entry.
    pub next_id: Option<String>,
    /// The cosine of the entry's nearest form with the nearest form of another entry that was found.
    pub crowding: f32,
    /// How far the question has gone from the middle between that entry and this one, 0, to this
    /// one, 1: of two entries that hardly differ, it must be clear which is meant.
    pub lead: f32,
    /// The question is in another language than English, which the judge was fitted on.
    pub foreign: bool,
    /// What the question and the entry's nearest form share, and what sets them apart.
    pub likeness: Likeness,
}

impl FaqSignals {
    /// The features of the logistic model. The product lets a near answer count where the question
    /// is near. What else was measured parts no better; `docs/router.md` has what each brings.
    #[must_use]
    pub fn features(&self) -> [f32; FEATURES.len()] {
        let likeness = &self.likeness;
        [
            self.cosine_question,
            self.cosine_answer,
            self.crowding,
            self.lead,
            self.centred_question * self.cosine_answer,
            likeness.words,
            likeness.contained,
            likeness.length,
            likeness.negated,
        ]
    }

    /// The probability that the entry is the right answer; none where something rules it out.
    #[must_use]
    pub fn confidence(&self, judge: &Logistic) -> f32 {
        if self.is_ruled_out() {
            return 0.0;
        }
        judge.probability(&self.features())
    }

    /// The entry is not the answer, whatever the judge says.
    #[must_use]
    pub fn is_ruled_out(&self) -> bool {
        self.ruled_out().is_some()
    }

    /// What neither vectors nor the fitted model see well enough: a question that turns the entry's
    /// round, two entries that ask the same and answer differently, and other words in a language
    /// that the judge was not fitted on.
    fn ruled_out(&self) -> Option<&'static str> {
        let twin = (self.crowding >= SAME_QUESTION)
            .then_some("another entry asks the same and answers differently");
        let foreign = (self.foreign && self.likeness.words < SAME_THING)
            .then_some("it has other words, and is not in English");
        self.likeness.turned_round().or(twin).or(foreign)
    }

    pub(super) fn describe(&self, confidence: f32, threshold: f32) -> String {
        let next = self.next_id.as_ref().map_or_else(
            || "no other entry near".to_owned(),
            |next| format!("next '{next}' {:.2} behind", self.margin),
        );
        let doubt = self.ruled_out();
        let doubt = doubt.map_or_else(String::new, |doubt| format!("; but {doubt}"));
        format!(
            "faq match '{}' {confidence:.2} ({} {threshold:.2}), {next}{doubt}",
            self.id,
            compared(confidence, threshold),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::likeness;

    #[test]
    fn of_two_entries_that_ask_the_same_neither_is_sure() {
        let judge = Logistic {
            weights: vec![10.0],
            ..Logistic::default()
        };
        let signals = |crowding| FaqSignals {
            cosine_question: 1.0,
            crowding,
            ..FaqSignals::default()
        };
        assert!(signals(0.9).confidence(&judge) > 0.9);
        assert!(signals(1.0).confidence(&judge) <= 0.0);
        let reason = signals(1.0).describe(0.0, 0.9);
        assert!(reason.contains("answers differently"), "{reason}");
    }

    #[test]
    fn in_another_language_an_entry_is_given_for_its_own_words_only() {
        let judge = Logistic {
            bias: 5.0,
            ..Logistic::default()
        };
        let confidence = |question| {
            let signals = FaqSignals {
                foreign: true,
                likeness: likeness::compare(question, "Wann hat der Laden geöffnet?"),
                ..FaqSignals::default()
            };
            signals.confidence(&judge)
        };
        assert!(confidence("wann hat der laden geöffnet") > 0.9);
        assert!(confidence("Wann wurde der Laden gegründet?") <= 0.0);
    }

    #[test]
    fn the_reason_says_what_contradicts() {
        let signals = FaqSignals {
            likeness: likeness::compare("cancel the order", "do not cancel the order"),
            ..FaqSignals::default()
        };
        let reason = signals.describe(0.2, 0.9);
        assert!(reason.contains("one of them denies"), "{reason}");
    }
}
