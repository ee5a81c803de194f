//! A forest of extremely randomised trees (Geurts, Ernst, Wehenkel 2006) that predicts a number.
//!
//! Each tree sees all rows; each split draws some features and one threshold for each, and keeps
//! the best. That averages noise away better than searching for thresholds, which matters here: most
//! of what decides whether a model is right isn't visible in the query.

use std::thread;

use serde::{Deserialize, Serialize};

use super::draw::Draw;

/// Marks a leaf in the place of a feature.
const LEAF: u16 = u16::MAX;

/// How to grow a forest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    pub(super) trees: usize,
    /// The fewest rows of a leaf.
    pub(super) least_leaf: usize,
    /// The share of the features that a split looks at.
    pub(super) tried: f32,
    pub(super) seed: u64,
}

/// The mean of its trees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forest {
    trees: Vec<Tree>,
}

/// Nodes in the order in which they were made; a split's children stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tree {
    feature: Vec<u16>,
    /// A split's threshold (below goes left), or a leaf's value.
    number: Vec<f32>,
    /// A split's left child.
    left: Vec<u32>,
}

impl Forest {
    /// Grows a forest on `rows` (each as long as the others) and their `targets`, of which there is
    /// at least one. Costly; uses all cores.
    pub(super) fn grow(rows: &[&[f32]], targets: &[f32], growth: Growth) -> Self {
        let features = useful(rows);
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let plant = |worker: usize| {
            let numbers = (worker..growth.trees).step_by(workers);
            let tree = |number| (number, Tree::grow(rows, targets, &features, growth, number));
            numbers.map(tree).collect::<Vec<_>>()
        };
        let mut trees: Vec<(usize, Tree)> = thread::scope(|scope| {
            let plant = &plant;
            let working: Vec<_> = (0..workers)
                .map(|worker| scope.spawn(move || plant(worker)))
                .collect();
            let done = working.into_iter().map(thread::ScopedJoinHandle::join);
            done.flat_map(|trees| trees.expect("growing a tree doesn't panic"))
                .collect()
        });
        trees.sort_by_key(|(number, _)| *number);
        Self {
            trees: trees.into_iter().map(|(_, tree)| tree).collect(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "some hundred trees")]
    pub(super) fn predict(&self, row: &[f32]) -> f32 {
        let sum: f32 = self.trees.iter().map(|tree| tree.predict(row)).sum();
        sum / self.trees.len().max(1) as f32
    }

    /// True where every walk through it ends within `features`: a file may hold anything.
    pub(super) fn is_sound(&self, features: usize) -> bool {
        !self.trees.is_empty() && self.trees.iter().all(|tree| tree.is_sound(features))
    }
}

/// Features that are not the same in all rows.
fn useful(rows: &[&[f32]]) -> Vec<u16> {
    let width = rows.first().map_or(0, |row| row.len());
    let differs = |&feature: &usize| {
        rows.iter()
            .any(|row| row[feature].total_cmp(&rows[0][feature]).is_ne())
    };
    (0..width)
        .filter(differs)
        .filter_map(|feature| u16::try_from(feature).ok())
        .collect()
}

/// A split that was drawn, and how well it parts the targets.
struct Split {
    feature: u16,
    threshold: f32,
    merit: f64,
}

impl Tree {
    fn grow(
        rows: &[&[f32]],
        targets: &[f32],
        features: &[u16],
        growth: Growth,
        number: usize,
    ) -> Self {
        let mut draw = Draw::new(growth.seed.wrapping_mul(10_007) + number as u64);
        let mut tree = Self::default();
        tree.push();
        let mut features = features.to_vec();
        let mut open = vec![(0, (0..rows.len()).collect::<Vec<usize>>())];
        while let Some((node, members)) = open.pop() {
            let split = (members.len() >= 2 * growth.least_leaf)
                .then(|| best(rows, targets, &members, &mut features, growth, &mut draw))
                .flatten();
            let Some(split) = split else {
                tree.number[node] = mean(targets, &members);
                continue;
            };
            let below =
                |&member: &usize| rows[member][usize::from(split.feature)] < split.threshold;
            let (left, right): (Vec<usize>, Vec<usize>) = members.into_iter().partition(below);
            tree.feature[node] = split.feature;
            tree.number[node] = split.threshold;
            let (first, second) = (tree.push(), tree.push());
            tree.left[node] = u32::try_from(first).unwrap_or(u32::MAX);
            open.push((first, left));
            open.push((second, right));
        }
        tree
    }

    /// Adds a leaf.
    fn push(&mut self) -> usize {
        self.feature.push(LEAF);
        self.number.push(0.0);
        self.left.push(0);
        self.feature.len() - 1
    }

    fn predict(&self, row: &[f32]) -> f32 {
        let mut node = 0;
        while self.feature[node] != LEAF {
            let below = row[usize::from(self.feature[node])] < self.number[node];
            node = self.left[node] as usize + usize::from(!below);
        }
        self.number[node]
    }

    fn is_sound(&self, features: usize) -> bool {
        let nodes = self.feature.len();
        let sound = |(node, (&feature, &left)): (usize, (&u16, &u32))| {
            let (feature, left, is_leaf) = (usize::from(feature), left as usize, feature == LEAF);
            is_leaf || (feature < features && left > node && left + 1 < nodes)
        };
        nodes > 0
            && self.number.len() == nodes
            && self.left.len() == nodes
            && self.feature.iter().zip(&self.left).enumerate().all(sound)
    }
}

/// The best of some splits that leave enough rows on both sides.
fn best(
    rows: &[&[f32]],
    targets: &[f32],
    members: &[usize],
    features: &mut [u16],
    growth: Growth,
    draw: &mut Draw,
) -> Option<Split> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of some hundred features"
    )]
    let wanted = ((features.len() as f32 * growth.tried).ceil() as usize).min(features.len());
    let all: f64 = members
        .iter()
        .map(|&member| f64::from(targets[member]))
        .sum();
    let (mut found, mut tried): (Option<Split>, usize) = (None, 0);
    for place in 0..features.len() {
        if tried == wanted {
            break;
        }
        let chosen = place + draw.below(features.len() - place);
        features.swap(place, chosen);
        let feature = features[place];
        let values = || {
            members
                .iter()
                .map(|&member| rows[member][usize::from(feature)])
        };
        let (low, high) = values()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        // A feature that is the same in all these rows doesn't count as tried.
        if low >= high {
            continue;
        }
        tried += 1;
        let threshold = low + draw.share() * (high - low);
        let (mut count, mut sum) = (0_usize, 0.0_f64);
        for (&member, value) in members.iter().zip(values()) {
            if value < threshold {
                count += 1;
                sum += f64::from(targets[member]);
            }
        }
        let rest = members.len() - count;
        if count < growth.least_leaf || rest < growth.least_leaf {
            continue;
        }
        // The squared error falls by this, up to a constant.
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let merit = sum * sum / count as f64 + (all - sum) * (all - sum) / rest as f64;
        if found.as_ref().is_none_or(|found| merit > found.merit) {
            found = Some(Split {
                feature,
                threshold,
                merit,
            });
        }
    }
    found
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^23")]
fn mean(targets: &[f32], members: &[usize]) -> f32 {
    members.iter().map(|&member| targets[member]).sum::<f32>() / members.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grown() -> Forest {
        let mut draw = Draw::new(3);
        let rows: Vec<Vec<f32>> = (0..400)
            .map(|_| vec![draw.share(), draw.share(), 1.0])
            .collect();
        let targets: Vec<f32> = rows
            .iter()
            .map(|row| f32::from(u8::from(row[0] > 0.5)))
            .collect();
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let growth = Growth {
            trees: 30,
            least_leaf: 5,
            tried: 1.0,
            seed: 1,
        };
        Forest::grow(&rows, &targets, growth)
    }

    #[test]
    fn it_finds_the_feature_that_matters_and_is_the_same_each_time() {
        let forest = grown();
        assert!(forest.predict(&[0.9, 0.1, 1.0]) > 0.9);
        assert!(forest.predict(&[0.1, 0.9, 1.0]) < 0.1);
        assert_eq!(forest, grown());
    }

    #[test]
    fn a_forest_that_would_not_end_is_told() {
        let mut forest = grown();
        assert!(forest.is_sound(3));
        assert!(!forest.is_sound(1) || forest.trees.iter().all(|tree| !tree.feature.contains(&1)));
        forest.trees[0].left[0] = 0;
        assert!(!forest.is_sound(3), "a node is its own child");
        forest.trees[0] = Tree::default();
        assert!(!forest.is_sound(3), "a tree without nodes");
    }
}
