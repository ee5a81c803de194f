//! May the answer to a question asked before serve this one, which is only like it?
//!
//! Judged by a small logistic model over the cosine of both questions and what [`likeness`] says of
//! their words. Its coefficients and its risk table are a file with its provenance
//! (`models/router/cache.json`, made by `scripts/fit-cache`), compiled into the binary.

use serde::{Deserialize, Serialize};

use super::{Policy, compared, confidence::Logistic};
use crate::text::likeness::{self, Likeness};

const EMBEDDED: &str = include_str!("../../models/router/cache.json");

/// A lead beyond this says no more.
const FULL_MARGIN: f32 = 0.2;
/// A question further off than this is no rival. In a cache that holds little, the nearest question
/// leads by far, whatever is asked: where that counted in full, 8.6% of the answers were wrong at the
/// point set for 2%.
const NEAREST_RIVAL: f32 = 0.75;

/// The judge of answers to a question like one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearModel {
    /// What it was fitted on, under which licence, and when.
    pub provenance: Vec<String>,
    /// Would the answer be right here too?
    pub near: Logistic,
}

/// How a question asked before fits this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NearSignals {
    /// That question.
    pub question: String,
    /// Cosine of both.
    pub cosine: f32,
    /// The lead over the nearest question with another answer; below 0 where that one is nearer.
    pub margin: f32,
    /// What both share, and what sets them apart.
    pub likeness: Likeness,
    /// The probability that its answer is right here too.
    pub confidence: f32,
}

impl NearModel {
    /// The model that the binary carries.
    #[must_use]
    pub fn embedded() -> Self {
        serde_json::from_str(EMBEDDED).expect("a unit test parses models/router/cache.json")
    }

    /// What is known of `question`, asked now, and `before`, asked earlier.
    #[must_use]
    pub fn judge(&self, question: &str, before: &str, cosine: f32, margin: f32) -> NearSignals {
        let likeness = likeness::compare(question, before);
        let mut signals = NearSignals {
            question: before.to_owned(),
            cosine,
            margin,
            likeness,
            confidence: 0.0,
        };
        signals.confidence = self.near.probability(&signals.features());
        signals
    }

    /// Whether the answer may be given, and why (not), in words.
    #[must_use]
    pub fn decide(&self, signals: &NearSignals, policy: Policy) -> (bool, String) {
        let threshold = self.near.threshold(policy.max_wrong);
        let differs = signals.likeness.contradiction();
        let differs = differs.map_or_else(String::new, |how| format!("; {how}"));
        let reason = format!(
            "like '{}', answered before: cosine {:.2}, confidence {:.2} ({} {threshold:.2}){differs}",
            signals.question,
            signals.cosine,
            signals.confidence,
            compared(signals.confidence, threshold),
        );
        (signals.confidence >= threshold, reason)
    }
}

impl NearSignals {
    /// Names of the features, in the order of the logistic model's coefficients.
    pub const FEATURES: [&str; 9] = [
        "cosine", "margin", "trigrams", "negated", "opposed", "reversed", "numbers", "dates",
        "names",
    ];

    /// The features of the logistic model: those of [`Likeness`] that were worth having beside the
    /// cosine, by cross-validation.
    #[must_use]
    pub fn features(&self) -> Vec<f32> {
        let rival = (self.cosine - self.margin).max(NEAREST_RIVAL);
        let likeness = &self.likeness;
        vec![
            self.cosine,
            (self.cosine - rival).min(FULL_MARGIN),
            likeness.trigrams,
            likeness.negated,
            likeness.opposed,
            likeness.reversed,
            likeness.numbers,
            likeness.dates,
            likeness.names,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_has_one_weight_a_feature() {
        let model = NearModel::embedded();
        assert_eq!(model.near.features, NearSignals::FEATURES);
        assert_eq!(model.near.weights.len(), NearSignals::FEATURES.len());
    }

    #[test]
    fn a_paraphrase_is_given_the_answer_and_the_opposite_question_is_not() {
        let model = NearModel::embedded();
        let policy = Policy {
            max_wrong: 0.02,
            faq_threshold: 0.9,
        };
        let before = "How do I enable notifications for 2 apps?";
        let decide = |question| {
            // As near as all of these are by their vectors.
            let signals = model.judge(question, before, 0.95, 0.4);
            model.decide(&signals, policy)
        };
        let (given, reason) = decide("how can I enable notifications for two apps");
        assert!(given, "{reason}");
        assert!(
            reason.contains(before) && reason.contains("0.95"),
            "{reason}"
        );
        for question in [
            "How do I disable notifications for 2 apps?",
            "How do I not enable notifications for 2 apps?",
            "How do I enable notifications for 3 apps?",
        ] {
            let (given, reason) = decide(question);
            assert!(!given, "{question}: {reason}");
        }
    }
}
