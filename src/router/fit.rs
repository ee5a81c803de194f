//! Fits a [`Logistic`] on labelled signals, and measures its risk table.
//!
//! Ridge-penalised logistic regression by Newton's method (iteratively reweighted least squares;
//! Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning*, 4.4.1). A handful of
//! features, so the normal equations are solved directly.

use super::confidence::{Logistic, Risk};

/// One labelled observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// In the order of the model's weights.
    pub features: Vec<f32>,
    /// Serving this answer would have been right.
    pub right: bool,
    /// The question has an answer in the knowledge base.
    pub answerable: bool,
    /// How much it counts.
    pub weight: f32,
}

const NEWTON_STEPS: usize = 30;
/// Keeps coefficients finite where the classes can be parted perfectly, and small where features
/// say nearly the same.
const RIDGE: f64 = 1.0;
/// Folds of the cross-validation behind a risk table.
const FOLDS: usize = 5;
/// Thresholds between and above the last percents, where a careful policy works.
const NEARLY_SURE: [f32; 10] = [
    0.999, 0.998, 0.995, 0.992, 0.988, 0.985, 0.982, 0.978, 0.975, 0.965,
];
/// A risk must rest on at least this many served answers.
const FEWEST_SERVED: usize = 20;

/// Fits on all samples; the risk table is measured on held-out folds, never on the fitted data.
///
/// `features` are the names, in the order of [`Sample::features`]. Returns `None` where the samples
/// hold only one class.
#[must_use]
pub fn fit(features: &[&str], samples: &[Sample]) -> Option<Logistic> {
    fit_beside(features, samples, &[])
}

/// As [`fit`], on `stress` too, which the risk table leaves out: samples that are hard by construction
/// teach what sets things apart, but say nothing of how often that is asked.
#[must_use]
pub fn fit_beside(features: &[&str], samples: &[Sample], stress: &[Sample]) -> Option<Logistic> {
    let fold = |fold: usize| samples.iter().skip(fold).step_by(FOLDS).cloned().collect();
    let folds: Vec<Vec<Sample>> = (0..FOLDS).map(fold).collect();
    fit_folds(features, &folds, stress)
}

/// As [`fit`], with each set a fold: the risk table says what the judge is worth on sets that it was
/// not fitted on. Of a single set the folds are as there.
#[must_use]
pub fn fit_across(features: &[&str], sets: &[Vec<Sample>]) -> Option<Logistic> {
    match sets {
        [] => None,
        [only] => fit(features, only),
        sets => fit_folds(features, sets, &[]),
    }
}

fn fit_folds(features: &[&str], folds: &[Vec<Sample>], stress: &[Sample]) -> Option<Logistic> {
    let mut logistic = newton(&[folds.concat().as_slice(), stress].concat())?;
    let mut scored = Vec::new();
    for (held, fold) in folds.iter().enumerate() {
        let others = [&folds[..held], &folds[held + 1..]].concat().concat();
        let trained = newton(&[others.as_slice(), stress].concat())?;
        let judged = fold.iter().cloned();
        scored.extend(judged.map(|sample| (trained.probability(&sample.features), sample)));
    }
    logistic.features = features.iter().map(ToString::to_string).collect();
    logistic.risks = expected_risks(&scored);
    Some(logistic)
}

/// What was measured: share of wrong answers and coverage at each percent of confidence and some between
/// the last, made monotone: a lower threshold is never listed as safer than a higher one.
#[must_use]
pub fn risk_table(scored: &[(f32, Sample)]) -> Vec<Risk> {
    let scored = by_falling_confidence(scored);
    let wrong = scored
        .iter()
        .map(|(_, sample)| f32::from(u8::from(!sample.right)));
    let mut risks = table(&scored, &wrong.collect::<Vec<_>>());
    let mut worst: f32 = 0.0;
    for risk in &mut risks {
        worst = worst.max(risk.wrong);
        risk.wrong = worst;
    }
    risks
}

/// What is to be expected of others like these: the same of [`isotonic`] probabilities.
fn expected_risks(scored: &[(f32, Sample)]) -> Vec<Risk> {
    let scored = by_falling_confidence(scored);
    table(&scored, &isotonic(&scored))
}

fn by_falling_confidence(scored: &[(f32, Sample)]) -> Vec<&(f32, Sample)> {
    let mut falling: Vec<_> = scored.iter().collect();
    falling.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    falling
}

/// The table of samples by falling confidence, each wrong with that probability.
fn table(scored: &[&(f32, Sample)], wrong: &[f32]) -> Vec<Risk> {
    let answerable = scored.iter().filter(|(_, sample)| sample.answerable);
    let answerable: f32 = answerable.map(|(_, sample)| sample.weight).sum();
    let percents = (1..100_u16).map(|percent| f32::from(percent) / 100.0);
    let mut thresholds: Vec<f32> = NEARLY_SURE.into_iter().chain(percents).collect();
    thresholds.sort_by(|a, b| b.total_cmp(a));
    let risk = |threshold: f32| {
        let served = scored.partition_point(|(confidence, _)| *confidence >= threshold);
        let (mut all, mut all_wrong, mut confused) = (0.0_f32, 0.0_f32, 0.0_f32);
        for ((_, sample), wrong) in scored[..served].iter().zip(wrong) {
            all += sample.weight;
            all_wrong += sample.weight * wrong;
            if sample.answerable && !sample.right {
                confused += sample.weight;
            }
        }
        (served >= FEWEST_SERVED).then(|| Risk {
            threshold,
            wrong: all_wrong / all,
            coverage: (all - all_wrong) / answerable.max(f32::MIN_POSITIVE),
            confused: confused / answerable.max(f32::MIN_POSITIVE),
        })
    };
    thresholds.into_iter().filter_map(risk).collect()
}

/// How probably each sample is wrong, given that a more confident one never is more so: isotonic
/// regression, by pooling neighbours that contradict that (Ayer, Brunk, Ewing, Reid, Silverman 1955).
/// So one unlucky answer among the surest is not held against all below.
fn isotonic(by_falling_confidence: &[&(f32, Sample)]) -> Vec<f32> {
    struct Pool {
        wrong: f32,
        all: f32,
        samples: usize,
    }
    let mut pools: Vec<Pool> = Vec::new();
    for (_, sample) in by_falling_confidence {
        let mut pool = Pool {
            wrong: sample.weight * f32::from(u8::from(!sample.right)),
            all: sample.weight,
            samples: 1,
        };
        while let Some(surer) =
            pools.pop_if(|surer| surer.wrong * pool.all >= pool.wrong * surer.all)
        {
            pool.wrong += surer.wrong;
            pool.all += surer.all;
            pool.samples += surer.samples;
        }
        pools.push(pool);
    }
    let spread = |pool: Pool| std::iter::repeat_n(pool.wrong / pool.all, pool.samples);
    pools.into_iter().flat_map(spread).collect()
}

pub(super) fn newton(samples: &[Sample]) -> Option<Logistic> {
    let right = samples.iter().filter(|sample| sample.right).count();
    if right == 0 || right == samples.len() {
        return None;
    }
    let size = samples[0].features.len() + 1;
    let mut coefficients = vec![0.0_f64; size];
    for _ in 0..NEWTON_STEPS {
        let mut gradient: Vec<f64> = coefficients.iter().map(|value| -RIDGE * value).collect();
        let mut hessian = vec![vec![0.0_f64; size]; size];
        for (index, row) in hessian.iter_mut().enumerate() {
            row[index] = RIDGE;
        }
        for sample in samples {
            let row: Vec<f64> = std::iter::once(1.0)
                .chain(sample.features.iter().map(|&value| f64::from(value)))
                .collect();
            let sum: f64 = row
                .iter()
                .zip(&coefficients)
                .map(|(value, weight)| value * weight)
                .sum();
            let probability = 1.0 / (1.0 + (-sum).exp());
            let counts = f64::from(sample.weight);
            let residual = counts * (f64::from(u8::from(sample.right)) - probability);
            let weight = counts * probability * (1.0 - probability);
            for i in 0..size {
                gradient[i] += residual * row[i];
                for j in 0..size {
                    hessian[i][j] += weight * row[i] * row[j];
                }
            }
        }
        let step = solve(hessian, gradient)?;
        for (coefficient, change) in coefficients.iter_mut().zip(&step) {
            *coefficient += change;
        }
        if step.iter().all(|change| change.abs() < 1e-8) {
            break;
        }
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "single precision is enough to decide"
    )]
    let mut weights: Vec<f32> = coefficients.into_iter().map(|value| value as f32).collect();
    let bias = weights.remove(0);
    Some(Logistic {
        weights,
        bias,
        ..Logistic::default()
    })
}

/// Gaussian elimination with partial pivoting; `None` where the matrix is singular.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for column in 0..size {
        let pivot = (column..size)
            .max_by(|&a, &b| matrix[a][column].abs().total_cmp(&matrix[b][column].abs()))?;
        if matrix[pivot][column].abs() < 1e-12 {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        for row in column + 1..size {
            let factor = matrix[row][column] / matrix[column][column];
            let (above, below) = matrix.split_at_mut(row);
            let pairs = below[0].iter_mut().zip(&above[column]);
            pairs
                .skip(column)
                .for_each(|(value, pivot)| *value -= factor * pivot);
            right[row] -= factor * right[column];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size)
            .map(|column| matrix[row][column] * right[column])
            .sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<Sample> {
        (0..400_u16)
            .map(|index| {
                let value = f32::from(index % 100) / 100.0;
                let noise = f32::from(index * 7 % 13) / 13.0;
                Sample {
                    features: vec![value],
                    right: value + 0.2 * noise > 0.6,
                    answerable: true,
                    weight: 1.0,
                }
            })
            .collect()
    }

    #[test]
    fn the_fit_finds_which_way_a_feature_points() {
        let logistic = fit(&["value"], &samples()).expect("both classes are there");
        assert!(logistic.weights[0] > 0.0);
        assert!(logistic.probability(&[0.9]) > 0.9);
        assert!(logistic.probability(&[0.1]) < 0.1);
    }

    #[test]
    fn risk_never_falls_as_the_threshold_is_lowered() {
        let logistic = fit(&["value"], &samples()).expect("both classes are there");
        let wrong: Vec<f32> = logistic.risks.iter().map(|risk| risk.wrong).collect();
        assert!(!wrong.is_empty());
        assert!(wrong.windows(2).all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn one_unlucky_answer_among_the_surest_is_not_held_against_all_below() {
        let mut scored: Vec<(f32, Sample)> = Vec::new();
        for index in 0..400_u16 {
            let mut sample = samples()[0].clone();
            sample.right = index != 5 && index < 300;
            scored.push((1.0 - f32::from(index) / 400.0, sample));
        }
        let risks = expected_risks(&scored);
        let wrong_from = |threshold: f32| {
            let risk = risks.iter().find(|risk| risk.threshold <= threshold);
            risk.expect("enough are served").wrong
        };
        // Of 20 one was wrong, of 300 too.
        assert!((wrong_from(0.95) - 1.0 / 300.0).abs() < 1e-3);
        assert!((wrong_from(0.26) - 1.0 / 300.0).abs() < 1e-3);
        assert!(wrong_from(0.1) > 0.1);
    }

    #[test]
    fn across_sets_the_risk_is_that_of_a_set_left_out() {
        // In the second set the feature points the other way: whoever learns from the one is wrong on the other.
        let turned = samples().into_iter().map(|mut sample| {
            sample.right = !sample.right;
            sample
        });
        let turned: Vec<Sample> = turned.collect();
        let among = fit(&["value"], &[samples(), samples(), turned.clone()].concat());
        let across = fit_across(&["value"], &[samples(), samples(), turned]);
        let surest = |judge: Option<Logistic>| judge.unwrap().risks.first().unwrap().wrong;
        assert!(surest(across) > surest(among));
    }

    #[test]
    fn one_class_alone_can_not_be_fitted() {
        let all_right = samples().into_iter().map(|sample| Sample {
            right: true,
            ..sample
        });
        assert!(fit(&["value"], &all_right.collect::<Vec<_>>()).is_none());
    }
}
