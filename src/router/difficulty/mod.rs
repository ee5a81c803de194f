//! How hard a request is, whatever the knowledge base holds.
//!
//! Reasoning, mathematics, code, long texts and opinions are beyond the local tiers, and a request
//! for them may still resemble an entry. A small linear model weighs surface features ([`features`])
//! and word pairs; its coefficients are a file (`models/router/difficulty.json`) with its
//! provenance, fitted by `examples/fit-difficulty`. Pure, and fast enough to run before anything
//! else. It doesn't ask whether the request is answerable: that is for the other signals.

mod features;
mod lists;
mod pairs;
mod reading;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use features::FEATURES;
pub use pairs::{BUCKETS, scale};

/// The coefficients that the binary carries.
const EMBEDDED: &str = include_str!("../../../models/router/difficulty.json");
/// The version of the features; a file fitted for others is refused.
pub const VERSION: u32 = 1;
/// The difficulty at and above which a request goes up.
pub const HARD: f32 = 0.5;
/// A demand that adds less than this to the logit is not worth naming.
const WORTH_NAMING: f32 = 0.3;
/// A request of so many words may be called long.
const LONG_WORDS: usize = 60;
/// Demands named at most.
const MOST_NAMED: usize = 2;

/// What may make a request hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// Numbers and quantities to be worked with.
    Mathematics,
    /// Code to be written, read or mended.
    Code,
    /// Conclusions from what is said.
    Reasoning,
    /// A text to be written.
    Writing,
    /// A view or a recommendation.
    Opinion,
    /// Conditions that the answer must meet.
    Constraints,
    /// A long request.
    Length,
}

/// The fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difficulty {
    /// See [`VERSION`].
    pub version: u32,
    /// What it was fitted on, and under which licences.
    pub provenance: Vec<String>,
    /// The logit at which a request is called hard, chosen by cross-validation.
    pub boundary: f32,
    /// The intercept.
    pub bias: f32,
    /// Name, weight and mean over easy requests of each feature, in the order of [`FEATURES`].
    pub features: Vec<Weight>,
    /// Weights of hashed words and word pairs, in thousandths; empty where they are not used.
    pub pairs: Vec<i16>,
}

/// One feature's part in the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// As in [`FEATURES`].
    pub name: String,
    /// What one unit of it adds to the logit.
    pub weight: f32,
    /// Its mean over easy requests: what is beyond it makes a request hard.
    pub usual: f32,
}

/// A request as numbers, before any weight.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// In the order of [`FEATURES`].
    pub features: Vec<f32>,
    /// The buckets of its words and word pairs, ascending, each once.
    pub buckets: Vec<u16>,
}

/// How hard a request seems.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    /// 0 to 1; at [`HARD`] and above the request is called hard.
    pub difficulty: f32,
    /// What makes it so, weightiest first; at most two.
    pub demands: Vec<Demand>,
}

/// Reads a request. Pure; well under a millisecond for any length.
#[must_use]
pub fn measure(text: &str) -> Measured {
    let reading = reading::read(text);
    Measured {
        features: features::features(&reading),
        buckets: pairs::buckets(&reading),
    }
}

impl Difficulty {
    /// The model that the binary carries.
    #[must_use]
    pub fn embedded() -> Self {
        Self::parse(EMBEDDED).expect("a unit test parses models/router/difficulty.json")
    }

    /// How hard a request is, and why. A request without words is not hard.
    #[must_use]
    pub fn assess(&self, text: &str) -> Assessment {
        let measured = measure(text);
        let words = text.split_whitespace().take(LONG_WORDS).count();
        let mut parts: Vec<(Demand, f32)> = Vec::new();
        let mut logit = self.bias + self.pairs_logit(&measured.buckets);
        for ((feature, (_, demand)), value) in
            self.features.iter().zip(FEATURES).zip(measured.features)
        {
            logit += feature.weight * value;
            let beyond = feature.weight * (value - feature.usual);
            match parts.iter_mut().find(|(known, _)| *known == demand) {
                Some((_, sum)) => *sum += beyond,
                None => parts.push((demand, beyond)),
            }
        }
        let worth = |(demand, sum): &(Demand, f32)| {
            *sum >= WORTH_NAMING && (*demand != Demand::Length || words >= LONG_WORDS)
        };
        parts.retain(worth);
        parts.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let demands = parts.into_iter().map(|(demand, _)| demand);
        Assessment {
            difficulty: 1.0 / (1.0 + (self.boundary - logit).exp()),
            demands: demands.take(MOST_NAMED).collect(),
        }
    }

    /// # Errors
    /// What is wrong with a file of another version, or fitted for other features.
    pub fn parse(json: &str) -> Result<Self, String> {
        let found: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if found.version != VERSION {
            let version = found.version;
            return Err(format!(
                "version {version} of the features; this program has {VERSION}"
            ));
        }
        let names = found.features.iter().map(|feature| feature.name.as_str());
        if !names.eq(FEATURES.iter().map(|(name, _)| *name)) {
            return Err("fitted for other features than this program's".into());
        }
        if ![0, usize::from(BUCKETS)].contains(&found.pairs.len()) {
            return Err(format!(
                "{} weights of word pairs, not {BUCKETS}",
                found.pairs.len()
            ));
        }
        Ok(found)
    }

    fn pairs_logit(&self, buckets: &[u16]) -> f32 {
        let weights = buckets
            .iter()
            .filter_map(|&bucket| self.pairs.get(usize::from(bucket)));
        let sum: f32 = weights.map(|&weight| f32::from(weight) / 1000.0).sum();
        sum * pairs::scale(buckets.len())
    }
}

/// Why a hard request goes up, in words.
#[must_use]
pub fn reason(difficulty: f32, demands: &[Demand]) -> String {
    let asked: Vec<String> = demands.iter().map(ToString::to_string).collect();
    let asked = if asked.is_empty() {
        "more than a short answer".to_owned()
    } else {
        asked.join(" and ")
    };
    format!(
        "asks for {asked}: difficulty {difficulty:.2} (at or above {HARD:.2}) is beyond the local tiers"
    )
}

impl fmt::Display for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mathematics => "mathematics (numbers and quantities)",
            Self::Code => "code",
            Self::Reasoning => "reasoning",
            Self::Writing => "a text to be written",
            Self::Opinion => "a view or advice",
            Self::Constraints => "an answer under conditions",
            Self::Length => "much at once (a long request)",
        })
    }
}

#[cfg(test)]
mod tests;
