//! A fitted model: the score of a query, and how well it did where it had not seen the answer.

use serde::{Deserialize, Serialize};

use super::{
    file::EncoderName,
    forest::Forest,
    material::{self, Sight, Wording},
    neighbours,
    projection::Projection,
    surface::surface,
    words::Vocabulary,
};

/// How the candidates of a fit did in cross-validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitReport {
    /// Rows fitted on.
    pub rows: usize,
    /// Parts of a round of cross-validation.
    pub folds: usize,
    /// Rounds, whose figures are averaged.
    pub rounds: usize,
    /// The candidate with the highest APGR.
    pub chosen: String,
    /// Its APGR.
    pub apgr: f64,
    /// APGR of a random order.
    pub random: f64,
    /// APGR of the order by length.
    pub length: f64,
    /// APGR of the nearest neighbours' mean gain.
    pub neighbours: f64,
    /// All that were tried.
    pub candidates: Vec<Candidate>,
}

/// What was tried, and its APGR in cross-validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// What it looks at.
    pub name: String,
    /// Its mean over rounds.
    pub apgr: f64,
}

/// Scores queries; made by [`fit`](super::fit()) or read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub(super) encoder: EncoderName,
    pub(super) provenance: Vec<String>,
    pub(super) report: FitReport,
    pub(super) sight: Sight,
    pub(super) projection: Projection,
    pub(super) vocabulary: Vocabulary,
    pub(super) wording: Wording,
    /// Of the rows that were fitted on.
    pub(super) vectors: Vec<Vec<f32>>,
    /// Weak and strong, 1 where right.
    pub(super) answers: Vec<[f32; 2]>,
    pub(super) forest: Forest,
}

impl Model {
    /// The gain to be expected from the strong model: the higher, the more it is worth to call it.
    ///
    /// `vector` is the encoder's for `query`; one of another length counts as zeros.
    #[must_use]
    pub fn score(&self, query: &str, vector: &[f32]) -> f32 {
        let topic = self.projection.of_vector(vector);
        let precedent = if self.sight.precedent {
            let words = self.wording.estimate(&self.vocabulary.terms(query));
            material::precedent(self.near(vector, words), words)
        } else {
            [0.0; 6]
        };
        let features = self.sight.join(&surface(query), &topic, &precedent);
        self.forest.predict(&features)
    }

    /// A baseline to beat: the mean gain of the nearest rows.
    #[must_use]
    pub fn neighbours_score(&self, vector: &[f32]) -> f32 {
        let [weak, strong] = self.near(vector, [0.0; 2]);
        strong - weak
    }

    /// How it did in cross-validation.
    #[must_use]
    pub fn report(&self) -> &FitReport {
        &self.report
    }

    fn near(&self, vector: &[f32], otherwise: [f32; 2]) -> [f32; 2] {
        let nearest = neighbours::to(vector, &self.vectors);
        neighbours::estimate(
            &nearest,
            &self.answers,
            self.answers.len(),
            |_| true,
            otherwise,
        )
    }
}
