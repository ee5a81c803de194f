//! Judges a plan where it was not fitted: in held-out folds, within bands of length, and on sources
//! that it never saw.

use std::fmt::Write as _;

use crate::{
    data::{MADE, Sample},
    logistic::{Fitted, Plan, fit},
};

const FOLDS: usize = 5;
/// Words from and below.
const BANDS: [(usize, usize); 5] = [(1, 9), (9, 17), (17, 33), (33, 65), (65, usize::MAX)];
/// Easy requests that may be lost.
const LOST: f64 = 0.01;

/// Scores of all samples, each from a model that didn't see its fold.
pub(crate) fn held_out(samples: &[Sample], plan: Plan) -> Vec<f64> {
    let mut scores = vec![0.0; samples.len()];
    for fold in 0..FOLDS {
        let held = |index: usize| index % FOLDS == fold;
        let fitted = fit_where(samples, plan, |index, _| !held(index));
        for index in (0..samples.len()).filter(|&index| held(index)) {
            scores[index] = fitted.logit(plan, &samples[index].measured);
        }
    }
    scores
}

/// Scores of all samples, each from a model that saw nothing of its source, nor what is made of it.
pub(crate) fn unseen_source(samples: &[Sample], plan: Plan) -> Vec<f64> {
    let mut scores = vec![f64::NAN; samples.len()];
    let origins = sources(samples).into_iter();
    for origin in origins.filter(|source| !source.ends_with(MADE)) {
        let fitted = fit_where(samples, plan, |_, sample| {
            !sample.source.starts_with(origin)
        });
        for (score, sample) in scores.iter_mut().zip(samples) {
            if sample.source.starts_with(origin) {
                *score = fitted.logit(plan, &sample.measured);
            }
        }
    }
    scores
}

/// The lowest threshold at which no easy source loses more than it may.
pub(crate) fn threshold(samples: &[Sample], scores: &[f64]) -> f64 {
    let easy = sources(samples).into_iter().filter(|source| {
        let mut of_source = samples.iter().filter(|sample| sample.source == *source);
        of_source
            .any(|sample| !sample.hard && !sample.is_made() && !sample.source.starts_with("own"))
    });
    easy.map(|source| {
        let mut of_source = of(samples, scores, |sample| sample.source == source);
        of_source.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank among some thousand"
        )]
        let rank = (of_source.len() as f64 * (1.0 - LOST)).ceil() as usize;
        of_source.get(rank).copied().unwrap_or(f64::NEG_INFINITY)
    })
    .fold(f64::NEG_INFINITY, f64::max)
}

/// The share of hard requests at or above `at`, mean over their sources.
pub(crate) fn sent_up(samples: &[Sample], scores: &[f64], at: f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for source in sources(samples) {
        let all = of(samples, scores, |sample| {
            sample.hard && sample.source == source
        });
        if !all.is_empty() {
            sum += share(all.iter().filter(|&&score| score >= at).count(), all.len());
            count += 1;
        }
    }
    sum / share(count, 1)
}

/// Says what the scores are worth.
pub(crate) fn report(name: &str, samples: &[Sample], scores: &[f64], at: f64) -> String {
    let hard = of(samples, scores, |sample| sample.hard);
    let easy = of(samples, scores, |sample| !sample.hard);
    let mut text = format!(
        "{name}: AUC {:.4}\n  AUC within bands of words:",
        auc(&hard, &easy)
    );
    for (from, below) in BANDS {
        let within = |sample: &Sample| (from..below).contains(&sample.words);
        let hard = of(samples, scores, |sample| sample.hard && within(sample));
        let easy = of(samples, scores, |sample| !sample.hard && within(sample));
        let value = auc(&hard, &easy);
        let _ = write!(text, " {from}+ {value:.3} ({}/{})", hard.len(), easy.len());
    }
    let short = of(samples, scores, |sample| {
        sample.source == "arena_hard" && sample.letters < 80
    });
    let long = of(samples, scores, |sample| {
        !sample.hard && !sample.is_made() && sample.letters >= 80
    });
    let _ = write!(
        text,
        "\n  short Arena-Hard against long easy: AUC {:.3}",
        auc(&short, &long)
    );
    let _ = write!(text, "\n  at {at:.2}, share sent up:");
    for source in sources(samples) {
        let all = of(samples, scores, |sample| sample.source == source);
        let up = all.iter().filter(|&&score| score >= at).count();
        let _ = write!(text, " {source} {:.3}", share(up, all.len()));
    }
    text
}

pub(crate) fn sources(samples: &[Sample]) -> Vec<&str> {
    let mut names: Vec<&str> = samples.iter().map(|s| s.source.as_str()).collect();
    names.dedup();
    names.sort_unstable();
    names.dedup();
    names
}

fn fit_where(samples: &[Sample], plan: Plan, keep: impl Fn(usize, &Sample) -> bool) -> Fitted {
    let kept = samples
        .iter()
        .enumerate()
        .filter(|(index, sample)| keep(*index, sample));
    fit(&kept.map(|(_, sample)| sample).collect::<Vec<_>>(), plan)
}

/// Scores of the samples that are wanted and have one.
fn of(samples: &[Sample], scores: &[f64], want: impl Fn(&Sample) -> bool) -> Vec<f64> {
    let pairs = samples.iter().zip(scores);
    pairs
        .filter(|(sample, score)| want(sample) && !score.is_nan())
        .map(|(_, &score)| score)
        .collect()
}

/// The chance that a hard request scores above an easy one.
fn auc(hard: &[f64], easy: &[f64]) -> f64 {
    let mut sorted = easy.to_vec();
    sorted.sort_by(f64::total_cmp);
    let wins = |score: &f64| {
        let below = sorted.partition_point(|other| other < score);
        let not_above = sorted.partition_point(|other| other <= score);
        share(below + not_above, 2 * sorted.len())
    };
    hard.iter().map(wins).sum::<f64>() / share(hard.len(), 1)
}

#[expect(clippy::cast_precision_loss, reason = "counts of samples")]
pub(crate) fn float(count: usize) -> f32 {
    count as f32
}

#[expect(clippy::cast_precision_loss, reason = "counts of samples")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
