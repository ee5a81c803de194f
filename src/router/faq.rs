//! How well the best FAQ entry fits a question: the signals, and the features made of them.

use serde::{Deserialize, Serialize};

use super::compared;
use crate::text::likeness::{self, Likeness};

/// A lead of the best entry beyond this says no more.
const FULL_MARGIN: f32 = 0.3;
/// Signals beside those of likeness.
const OWN: [&str; 10] = [
    "lexical",
    "cosine_question",
    "centred_question",
    "cosine_answer",
    "overlap",
    "margin",
    "background",
    "outstanding",
    "centred_question * margin",
    "centred_question * cosine_answer",
];

/// How the best FAQ entry fits the question. All lie in 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FaqSignals {
    /// The entry.
    pub id: String,
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
    /// The mean cosine to the five nearest requests of the background: how like the question is to
    /// what no such knowledge base answers.
    pub background: f32,
    /// How few background requests come as near to any entry (see
    /// [`Calibration::outstanding`](super::calibration::Calibration::outstanding)).
    pub outstanding: f32,
    /// What the question and the entry's nearest form share, and what sets them apart.
    pub likeness: Likeness,
}

impl FaqSignals {
    /// Names of the features, in the order of the logistic model's coefficients.
    #[must_use]
    pub fn feature_names() -> Vec<&'static str> {
        OWN.into_iter().chain(likeness::FEATURES).collect()
    }

    /// The features of the logistic model. A lead beyond [`FULL_MARGIN`] says no more; the products
    /// let a lead count where the question is near, and a near answer where the question is.
    #[must_use]
    pub fn features(&self) -> Vec<f32> {
        let margin = self.margin.min(FULL_MARGIN);
        let own = [
            self.lexical,
            self.cosine_question,
            self.centred_question,
            self.cosine_answer,
            self.overlap,
            margin,
            self.background,
            self.outstanding,
            self.centred_question * margin,
            self.centred_question * self.cosine_answer,
        ];
        own.into_iter().chain(self.likeness.features()).collect()
    }

    pub(super) fn describe(&self, confidence: f32, threshold: f32) -> String {
        let next = self.next_id.as_ref().map_or_else(
            || "no other entry near".to_owned(),
            |next| format!("next '{next}' {:.2} behind", self.margin),
        );
        let doubt = self.likeness.contradiction();
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

    #[test]
    fn each_feature_has_a_name() {
        let features = FaqSignals::default().features();
        assert_eq!(features.len(), FaqSignals::feature_names().len());
    }

    #[test]
    fn the_reason_says_what_contradicts() {
        let signals = FaqSignals {
            likeness: likeness::compare("cancel my order", "do not cancel my order"),
            ..FaqSignals::default()
        };
        let reason = signals.describe(0.2, 0.9);
        assert!(reason.contains("one of them denies"), "{reason}");
    }
}
