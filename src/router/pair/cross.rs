//! Cross-validation: how well would a forest do on rows that it has not seen?

use super::{
    Row, draw,
    forest::{Forest, Growth},
    material::{Material, Sight},
    metrics::Curve,
};

pub(super) const FOLDS: usize = 5;
/// Trees of a forest that is only tried.
const TREES: usize = 100;

/// A forest to try: what it looks at, and the fewest rows of its leaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) sight: Sight,
    pub(super) least_leaf: usize,
}

impl Plan {
    pub(super) fn growth(self, trees: usize, seed: u64) -> Growth {
        Growth {
            trees,
            least_leaf: self.least_leaf,
            tried: 0.45,
            seed,
        }
    }

    /// For people.
    pub(super) fn name(self) -> String {
        let mut name = "surface".to_owned();
        if self.sight.topic {
            name.push_str(" + topic");
        }
        if self.sight.precedent {
            name.push_str(" + precedents");
        }
        format!("{name}, leaves of {}", self.least_leaf)
    }
}

/// Held-out scores of each plan and of the nearest neighbours.
pub(super) struct HeldOut {
    pub(super) plans: Vec<Vec<f32>>,
    pub(super) neighbours: Vec<f32>,
}

/// One round: each row is scored by what was fitted on the other folds. Costly.
pub(super) fn round(material: &Material, plans: &[Plan], seed: u64, step: &dyn Fn()) -> HeldOut {
    let count = material.len();
    let parts = draw::folds(count, FOLDS, seed);
    let inner = draw::folds(count, FOLDS, seed + 1000);
    let mut held_out = HeldOut {
        plans: vec![vec![0.0; count]; plans.len()],
        neighbours: vec![0.0; count],
    };
    for fold in 0..FOLDS {
        let known: Vec<bool> = parts.iter().map(|&part| part != fold).collect();
        let precedents = material.precedents(&known, &inner);
        for (plan, scores) in plans.iter().zip(&mut held_out.plans) {
            let features = features(material, plan.sight, &precedents);
            let forest = grow(material, &features, &known, plan.growth(TREES, seed));
            for index in (0..count).filter(|&index| !known[index]) {
                scores[index] = forest.predict(&features[index]);
            }
            step();
        }
        for index in (0..count).filter(|&index| !known[index]) {
            let [weak, strong] = material.near(index, &known);
            held_out.neighbours[index] = strong - weak;
        }
    }
    held_out
}

/// The features of all rows.
pub(super) fn features(
    material: &Material,
    sight: Sight,
    precedents: &[[f32; 6]],
) -> Vec<Vec<f32>> {
    let known = material.surfaces.iter().zip(&material.topics);
    known
        .zip(precedents)
        .map(|((surface, topic), precedent)| sight.join(surface, topic, precedent))
        .collect()
}

/// A forest on the known rows.
pub(super) fn grow(
    material: &Material,
    features: &[Vec<f32>],
    known: &[bool],
    growth: Growth,
) -> Forest {
    let members = || (0..material.len()).filter(|&index| known[index]);
    let rows: Vec<&[f32]> = members().map(|index| features[index].as_slice()).collect();
    let targets: Vec<f32> = members().map(|index| material.gains[index]).collect();
    Forest::grow(&rows, &targets, growth)
}

/// The mean of APGR over rounds of scores.
pub(super) fn mean_apgr<'a>(rows: &[Row], rounds: impl Iterator<Item = &'a [f32]>) -> f64 {
    let figures = rounds.filter_map(|scores| Some(Curve::new(rows, scores)?.apgr()));
    let (sum, count) = figures.fold((0.0, 0.0), |(sum, count), apgr| (sum + apgr, count + 1.0));
    sum / f64::max(count, 1.0)
}
