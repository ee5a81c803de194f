//! The fitted models behind a decision: a logistic function of a few signals, and the risk table
//! that turns a tolerated share of wrong answers into a threshold.

use serde::{Deserialize, Serialize};

use super::calibration::NOTHING_PASSES;

/// The coefficients that the binary carries, from `models/router`: by the encoder that they were
/// fitted with, the first for any other.
const EMBEDDED: [(&str, &str); 2] = [
    (
        "all-minilm-l6-v2",
        include_str!("../../models/router/local.json"),
    ),
    (
        "all-mpnet-base-v2",
        include_str!("../../models/router/local.all-mpnet-base-v2.json"),
    ),
];

/// The judges of the two local tiers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalModel {
    /// What it was fitted on, under which licence, and when.
    pub provenance: Vec<String>,
    /// Is the best FAQ entry the right answer?
    pub faq: Logistic,
    /// Is the best passage from a document that answers?
    pub knowledge: Logistic,
}

/// `1 / (1 + exp(-(bias + weights · features)))`, with its measured risks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    /// Names of the features, in order; documentation for the reader of the file.
    pub features: Vec<String>,
    /// One a feature.
    pub weights: Vec<f32>,
    /// The intercept.
    pub bias: f32,
    /// By falling threshold: what was wrong among those at or above it.
    pub risks: Vec<Risk>,
}

/// One row of a risk table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// Answers at or above this confidence are served.
    pub threshold: f32,
    /// The share of them that was wrong.
    pub wrong: f32,
    /// The share of answerable questions that they cover.
    pub coverage: f32,
    /// The share of answerable questions that got a wrong one of them.
    #[serde(default)]
    pub confused: f32,
}

impl LocalModel {
    /// The model for the default encoder.
    #[must_use]
    pub fn embedded() -> Self {
        Self::of_encoder(EMBEDDED[0].0)
    }

    /// The model that was fitted with the encoder of that name, or file; of one that none was fitted
    /// with, that for the default one.
    #[must_use]
    pub fn of_encoder(name: &str) -> Self {
        let fitted = EMBEDDED.iter().find(|(of, _)| name.starts_with(of));
        let (_, json) = fitted.unwrap_or(&EMBEDDED[0]);
        serde_json::from_str(json).expect("a unit test parses models/router")
    }
}

impl Logistic {
    /// The probability of being right, 0 to 1.
    #[must_use]
    pub fn probability(&self, features: &[f32]) -> f32 {
        let products = self.weights.iter().zip(features);
        let sum: f32 = products.map(|(weight, value)| weight * value).sum();
        1.0 / (1.0 + (-(self.bias + sum)).exp())
    }

    /// The lowest threshold whose measured risk is at most `max_wrong`; above 1, so that nothing
    /// passes, where there is none. That none was wrong in a sample doesn't prove that none will be,
    /// so nothing keeps to 0; and everything keeps to 1.
    #[must_use]
    pub fn threshold(&self, max_wrong: f32) -> f32 {
        if max_wrong >= 1.0 {
            return 0.0;
        }
        if max_wrong <= 0.0 {
            return NOTHING_PASSES;
        }
        let tolerated = self.risks.iter().filter(|risk| risk.wrong <= max_wrong);
        tolerated
            .map(|risk| risk.threshold)
            .fold(f32::INFINITY, f32::min)
            .min(NOTHING_PASSES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logistic() -> Logistic {
        let risk = |threshold, wrong, coverage| Risk {
            threshold,
            wrong,
            coverage,
            confused: 0.0,
        };
        Logistic {
            features: vec!["cosine".into()],
            weights: vec![4.0],
            bias: -2.0,
            risks: vec![
                risk(0.9, 0.0, 0.3),
                risk(0.7, 0.02, 0.6),
                risk(0.4, 0.1, 0.9),
            ],
        }
    }

    #[test]
    fn the_embedded_models_have_one_weight_a_feature_and_name_their_encoder() {
        for (encoder, _) in EMBEDDED {
            let model = LocalModel::of_encoder(&format!("{encoder}.Q8_0"));
            assert_eq!(
                model.faq.weights.len(),
                crate::router::FaqSignals::default().features().len()
            );
            assert_eq!(
                model.knowledge.weights.len(),
                crate::router::PassageSignals::default().features().len()
            );
            let fitted = model.provenance.last().expect("it says when it was fitted");
            assert!(fitted.ends_with(encoder), "{fitted}");
        }
        assert_eq!(LocalModel::of_encoder("another"), LocalModel::embedded());
    }

    #[test]
    fn probability_rises_with_a_feature_of_positive_weight() {
        let logistic = logistic();
        assert!((logistic.probability(&[0.5]) - 0.5).abs() < 1e-6);
        assert!(logistic.probability(&[0.9]) > logistic.probability(&[0.6]));
    }

    #[test]
    fn a_stricter_policy_never_lowers_the_threshold() {
        let logistic = logistic();
        assert_eq!(logistic.threshold(0.5).to_bits(), 0.4_f32.to_bits());
        assert_eq!(logistic.threshold(0.02).to_bits(), 0.7_f32.to_bits());
        assert_eq!(logistic.threshold(0.001).to_bits(), 0.9_f32.to_bits());
    }

    #[test]
    fn nothing_keeps_to_no_wrong_answer_and_everything_to_any() {
        assert!(logistic().threshold(0.0) > 1.0);
        assert!(logistic().threshold(1.0) <= 0.0);
    }

    #[test]
    fn nothing_passes_where_no_threshold_was_safe_enough() {
        let unsafe_model = Logistic {
            risks: vec![],
            ..logistic()
        };
        assert!(unsafe_model.threshold(0.02) > 1.0);
    }
}
