//! What each feature of a judge brings: it is fitted without the feature on all sets but one, and
//! judged on that one, in turn.
//!
//! A judge is used on knowledge that it was not fitted on, so only sets left out of the fit count.

use super::fit::{Sample, newton};

/// Shares of wrong answers at which coverage is read.
pub const WRONG_SHARES: [f32; 3] = [0.01, 0.02, 0.05];

/// How far one choice of features comes.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The feature that was left out; `None` where all were used.
    pub without: Option<String>,
    /// For each set that was left out of the fit, the largest coverage at each of [`WRONG_SHARES`].
    pub coverage: Vec<[f32; WRONG_SHARES.len()]>,
}

impl Row {
    /// The mean over sets, at each of [`WRONG_SHARES`].
    #[must_use]
    pub fn mean(&self) -> [f32; WRONG_SHARES.len()] {
        let mut mean = [0.0; WRONG_SHARES.len()];
        for coverage in &self.coverage {
            for (sum, share) in mean.iter_mut().zip(coverage) {
                *sum += share;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful of sets")]
        let sets = self.coverage.len().max(1) as f32;
        mean.map(|sum| sum / sets)
    }
}

/// With all features first, then without each in the order of `names`.
#[must_use]
pub fn ablate(names: &[&str], sets: &[Vec<Sample>]) -> Vec<Row> {
    let choices = std::iter::once(None).chain((0..names.len()).map(Some));
    let row = |without: Option<usize>| Row {
        without: without.map(|index| names[index].to_owned()),
        coverage: (0..sets.len())
            .map(|held| held_out(sets, held, without))
            .collect(),
    };
    choices.map(row).collect()
}

fn held_out(
    sets: &[Vec<Sample>],
    held: usize,
    without: Option<usize>,
) -> [f32; WRONG_SHARES.len()] {
    let others = sets.iter().enumerate().filter(|(index, _)| *index != held);
    let others = others.flat_map(|(_, set)| set);
    let fitted_on: Vec<Sample> = others.map(|sample| reduced(sample, without)).collect();
    let Some(judge) = newton(&fitted_on) else {
        return [0.0; WRONG_SHARES.len()];
    };
    let mut scored: Vec<(f32, Sample)> = sets[held]
        .iter()
        .map(|sample| reduced(sample, without))
        .map(|sample| (judge.probability(&sample.features), sample))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    WRONG_SHARES.map(|tolerated| best_coverage(&scored, tolerated))
}

fn reduced(sample: &Sample, without: Option<usize>) -> Sample {
    let mut sample = sample.clone();
    if let Some(index) = without {
        sample.features.remove(index);
    }
    sample
}

/// The coverage at the best threshold chosen with hindsight; `scored` by falling confidence.
pub(super) fn best_coverage(scored: &[(f32, Sample)], tolerated: f32) -> f32 {
    let answerable = scored.iter().filter(|(_, sample)| sample.answerable);
    let answerable: f32 = answerable.map(|(_, sample)| sample.weight).sum();
    let (mut right, mut wrong, mut best) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (index, (confidence, sample)) in scored.iter().enumerate() {
        *(if sample.right { &mut right } else { &mut wrong }) += sample.weight;
        let next = scored.get(index + 1);
        let goes_on = next.is_some_and(|(next, _)| next.to_bits() == confidence.to_bits());
        if !goes_on && wrong <= tolerated * (right + wrong) {
            best = right;
        }
    }
    best / answerable.max(f32::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(features: Vec<f32>, right: bool) -> Sample {
        Sample {
            features,
            right,
            answerable: true,
            weight: 1.0,
        }
    }

    /// The first feature tells right from wrong, the second nothing.
    fn set() -> Vec<Sample> {
        let rows = 0..40_u8;
        rows.map(|row| {
            let right = row % 2 == 0;
            let noise = f32::from(row % 7) / 7.0;
            sample(vec![f32::from(u8::from(right)), noise], right)
        })
        .collect()
    }

    #[test]
    fn without_the_feature_that_tells_nothing_is_covered() {
        let rows = ablate(&["telling", "noise"], &[set(), set()]);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].without, None);
        assert!((rows[0].mean()[1] - 0.5).abs() < 1e-6, "{:?}", rows[0]);
        assert!(rows[1].mean()[1] < 0.1, "{:?}", rows[1]);
        assert!((rows[2].mean()[1] - 0.5).abs() < 1e-6, "{:?}", rows[2]);
    }

    #[test]
    fn equal_confidences_are_served_together_or_not_at_all() {
        let scored = [
            (0.9, sample(vec![], true)),
            (0.5, sample(vec![], true)),
            (0.5, sample(vec![], false)),
        ];
        assert!((best_coverage(&scored, 0.1) - 1.0 / 3.0).abs() < 1e-6);
    }
}
