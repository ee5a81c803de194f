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
    /// The set of questions that it is drawn from.
    pub set: String,
    /// Questions, with their labels and weights.
    pub questions: Vec<Seen>,
    /// What each probe stood for, and what came of it.
    pub probes: Vec<(Asked, Seen)>,
}

/// What came of the knowledge bases of one set at one of [`WRONG_SHARES`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Questions that were served.
    pub served: usize,
    /// The weighed share of wrong ones among them.
    pub wrong: f32,
    /// The share of answerable questions that were served rightly; mean over the bases.
    pub coverage: f32,
    /// The same at the best threshold for these very questions.
    pub hindsight: f32,
}

/// For each set, what came of its bases at each of [`WRONG_SHARES`]: a judge that was fitted on the
/// `fitted` ones of the other sets is put to all. `None` where those can't be fitted.
#[must_use]
pub fn run<'a>(
    features: &[&str],
    fitted: &'a [Base],
    tried: &'a [Base],
) -> Vec<(&'a str, Option<[Outcome; WRONG_SHARES.len()]>)> {
    let bases = || fitted.iter().chain(tried);
    let mut sets: Vec<&str> = Vec::new();
    for base in bases() {
        if !sets.contains(&base.set.as_str()) {
            sets.push(&base.set);
        }
    }
    let held_out = |set: &'a str| {
        let others = fitted.iter().filter(|base| base.set != set);
        let others: Vec<Vec<Sample>> = others.map(Base::samples).collect();
        let judge = fit_across(features, &others)?;
        Some(WRONG_SHARES.map(|max_wrong| {
            let held = bases().filter(|base| base.set == set);
            Served::pooled(held.map(|base| base.served(&judge, max_wrong)))
        }))
    };
    sets.into_iter().map(|set| (set, held_out(set))).collect()
}

/// What one base served; weights of questions, but for their count.
struct Served {
    count: usize,
    right: f32,
    wrong: f32,
    answerable: f32,
    hindsight: f32,
}

impl Served {
    fn pooled(bases: impl Iterator<Item = Self>) -> Outcome {
        let (mut pooled, mut served, mut wrong, mut count) = (Outcome::default(), 0.0, 0.0, 0.0);
        for base in bases {
            count += 1.0;
            served += base.right + base.wrong;
            wrong += base.wrong;
            pooled.served += base.count;
            pooled.coverage += base.right / base.answerable.max(f32::MIN_POSITIVE);
            pooled.hindsight += base.hindsight;
        }
        Outcome {
            wrong: wrong / f32::max(served, f32::MIN_POSITIVE),
            coverage: pooled.coverage / count,
            hindsight: pooled.hindsight / count,
            ..pooled
        }
    }
}

impl Base {
    /// Its questions, as the judge is fitted on them.
    #[must_use]
    pub fn samples(&self) -> Vec<Sample> {
        let samples = self.questions.iter().map(|seen| seen.sample.clone());
        samples.collect()
    }

    fn served(&self, judge: &Logistic, max_wrong: f32) -> Served {
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
        let count = scored.partition_point(|(confidence, _)| *confidence >= threshold);
        let weight = |keep: &dyn Fn(&Sample) -> bool, of: &[(f32, Sample)]| -> f32 {
            let kept = of.iter().filter(|(_, sample)| keep(sample));
            // From 0: the sum of nothing is −0.
            kept.fold(0.0, |sum, (_, sample)| sum + sample.weight)
        };
        Served {
            count,
            right: weight(&|sample| sample.right, &scored[..count]),
            wrong: weight(&|sample| !sample.right, &scored[..count]),
            answerable: weight(&|sample| sample.answerable, &scored),
            hindsight: best_coverage(&scored, max_wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right where the feature is high; a third from outside with low ones.
    fn base(set: &str) -> Base {
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
        Base {
            set: set.to_owned(),
            questions,
            probes,
        }
    }

    #[test]
    fn what_a_rule_denies_is_never_served() {
        let mut denied = base("denied");
        for seen in &mut denied.questions {
            seen.ruled_out = true;
        }
        let bases = [base("one"), base("two"), denied];
        let outcomes = run(&["feature"], &bases, &[])[2].1.expect("two classes");
        assert!(outcomes.iter().all(|outcome| outcome.served == 0));
    }

    #[test]
    fn each_set_is_judged_by_what_the_others_taught() {
        let bases = [base("one"), base("two"), base("three")];
        let outcomes = run(&["feature"], &bases, &[]);
        assert_eq!(outcomes.len(), 3);
        for (_, at) in outcomes {
            let at = at.expect("two classes");
            assert!(at[0].coverage <= at[2].coverage && at[2].hindsight > 0.0);
            assert!(at.iter().all(|outcome| outcome.coverage <= 1.0));
        }
    }

    #[test]
    fn bases_of_one_set_are_told_as_one_and_teach_nothing_about_each_other() {
        let (fitted, tried) = ([base("one"), base("two")], [base("two")]);
        let outcomes = run(&["feature"], &fitted, &tried);
        let [(one, _), (two, pooled)] = outcomes.as_slice() else {
            panic!("two sets, not {outcomes:?}");
        };
        assert_eq!((*one, *two), ("one", "two"));
        let alone = run(&["feature"], &fitted, &[])[1].1.expect("two classes")[2];
        let pooled = pooled.expect("two classes")[2];
        assert_eq!(pooled.served, 2 * alone.served);
        assert!((pooled.coverage - alone.coverage).abs() < 1e-6);
        assert_eq!(run(&["feature"], &[base("one")], &tried)[0].1, None);
    }

    #[test]
    fn a_base_alone_has_no_others_to_learn_from() {
        assert_eq!(run(&["feature"], &[base("one")], &[]), [("one", None)]);
    }
}
