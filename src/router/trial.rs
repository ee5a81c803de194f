//! What the promise is worth: each knowledge base is left out of the judge's fit, calibrated by its own
//! probes, and asked its questions.

use super::{
    ablation::{WRONG_SHARES, best_coverage},
    calibration::{Asked, Calibration, FITTED_OUT_OF_SCOPE, Probe, Wanted},
    confidence::Logistic,
    fit::{Sample, fit_across},
};

/// A question that was asked.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its features and label.
    pub sample: Sample,
    /// A rule says no, whatever the judge says.
    pub ruled_out: bool,
}

impl Seen {
    fn confidence(&self, judge: &Logistic) -> f32 {
        if self.ruled_out {
            0.0
        } else {
            judge.probability(&self.sample.features)
        }
    }
}

/// A knowledge base: its labelled questions, and its probes as they were measured.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// Questions, with their labels and weights.
    pub questions: Vec<Seen>,
    /// What each probe stood for, and what came of it.
    pub probes: Vec<(Asked, Seen)>,
}

/// What came of one knowledge base at one of [`WRONG_SHARES`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Questions that were served.
    pub served: usize,
    /// The weighed share of wrong ones among them.
    pub wrong: f32,
    /// The share of answerable questions that were served rightly.
    pub coverage: f32,
    /// The same at the best threshold for these very questions.
    pub hindsight: f32,
}

/// For each base, what came of it at each of [`WRONG_SHARES`]; `None` where the others can't be fitted.
#[must_use]
pub fn run(features: &[&str], bases: &[Base]) -> Vec<Option<[Outcome; WRONG_SHARES.len()]>> {
    let held_out = |held: usize| {
        let others = bases.iter().enumerate().filter(|(base, _)| *base != held);
        let others: Vec<Vec<Sample>> = others.map(|(_, base)| base.samples()).collect();
        let judge = fit_across(features, &others)?;
        Some(WRONG_SHARES.map(|max_wrong| bases[held].outcome(&judge, max_wrong)))
    };
    (0..bases.len()).map(held_out).collect()
}

impl Base {
    /// Its questions, as the judge is fitted on them.
    #[must_use]
    pub fn samples(&self) -> Vec<Sample> {
        let samples = self.questions.iter().map(|seen| seen.sample.clone());
        samples.collect()
    }

    fn outcome(&self, judge: &Logistic, max_wrong: f32) -> Outcome {
        let probe = |(asked, seen): &(Asked, Seen)| Probe {
            asked: *asked,
            confidence: seen.confidence(judge),
            right: seen.sample.right,
        };
        let probes: Vec<Probe> = self.probes.iter().map(probe).collect();
        let point = Calibration::of(&probes, &judge.risks).operating_point(Wanted {
            max_wrong,
            out_of_scope: FITTED_OUT_OF_SCOPE,
        });
        let score = |seen: &Seen| (seen.confidence(judge), seen.sample.clone());
        let mut scored: Vec<(f32, Sample)> = self.questions.iter().map(score).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let threshold = point.map_or(f32::INFINITY, |point| point.threshold);
        let served = scored.partition_point(|(confidence, _)| *confidence >= threshold);
        let weight = |keep: &dyn Fn(&Sample) -> bool, of: &[(f32, Sample)]| -> f32 {
            let kept = of.iter().filter(|(_, sample)| keep(sample));
            // From 0: the sum of nothing is −0.
            kept.fold(0.0, |sum, (_, sample)| sum + sample.weight)
        };
        let right = weight(&|sample| sample.right, &scored[..served]);
        let wrong = weight(&|sample| !sample.right, &scored[..served]);
        let answerable = weight(&|sample| sample.answerable, &scored);
        Outcome {
            served,
            wrong: wrong / (right + wrong).max(f32::MIN_POSITIVE),
            coverage: right / answerable.max(f32::MIN_POSITIVE),
            hindsight: best_coverage(&scored, max_wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right where the feature is high; a third from outside with low ones.
    fn base() -> Base {
        let rows = (0..300_u16).map(|row| {
            let answerable = row % 3 > 0;
            let feature = if answerable { 0.4 } else { 0.0 } + f32::from(row % 50) / 100.0;
            let sample = Sample {
                features: vec![feature],
                right: answerable && row % 10 > 0,
                answerable,
                weight: 1.0,
            };
            Seen {
                sample,
                ruled_out: false,
            }
        });
        let questions: Vec<Seen> = rows.collect();
        let stands_for = [Asked::OutOfScope, Asked::Rewritten];
        let asked = |seen: &Seen| {
            let asked = stands_for[usize::from(seen.sample.answerable)];
            (asked, seen.clone())
        };
        let probes = questions.iter().map(asked).collect();
        Base { questions, probes }
    }

    #[test]
    fn what_a_rule_denies_is_never_served() {
        let mut denied = base();
        for seen in &mut denied.questions {
            seen.ruled_out = true;
        }
        let outcomes = run(&["feature"], &[base(), base(), denied])[2].expect("two classes");
        assert!(outcomes.iter().all(|outcome| outcome.served == 0));
    }

    #[test]
    fn each_base_is_judged_by_what_the_others_taught() {
        let outcomes = run(&["feature"], &[base(), base(), base()]);
        assert_eq!(outcomes.len(), 3);
        for at in outcomes.into_iter().map(|at| at.expect("two classes")) {
            assert!(at[0].coverage <= at[2].coverage && at[2].hindsight > 0.0);
            assert!(at.iter().all(|outcome| outcome.coverage <= 1.0));
        }
    }

    #[test]
    fn a_base_alone_has_no_others_to_learn_from() {
        assert_eq!(run(&["feature"], &[base()]), [None]);
    }
}
