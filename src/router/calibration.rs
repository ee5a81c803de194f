//! From what the owner tolerates to the confidence that an answer needs, on *this* knowledge base.
//!
//! Before anyone asks, the knowledge base is asked its own questions: in other writing, each with
//! its own entry taken away, and among them a background of requests that no such base answers.
//! What would have been served, and wrongly, says how high the bar must be. The choice is conformal
//! risk control (Angelopoulos et al., 2022) over the share of wrong answers among those served: one
//! more answer, and that a wrong one, is counted with those seen, so that the expected share on
//! traffic like the probes stays within the bound.
//!
//! Pure. Which probes there are is the orchestrator's; what traffic is like is the policy's.

use serde::{Deserialize, Serialize};

/// Of the out-of-scope requests, this part is about the knowledge base's own subjects: asked of an
/// entry that isn't there.
const NEAR_SHARE: f64 = 0.15;
/// No confidence reaches this: nothing is served.
pub const NOTHING_PASSES: f32 = 1.01;

/// What a probe stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// One way to ask an entry's question, found by the others.
    Variant,
    /// An entry's only question in another writing.
    Rewritten,
    /// Something of the background.
    OutOfScope,
    /// A question whose entry was taken away.
    NearMiss,
    /// The opposite of a question.
    Denied,
}

/// One question asked of the knowledge base, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// What it stands for.
    pub asked: Asked,
    /// The router's confidence in the best entry.
    pub confidence: f32,
    /// The best entry has the right answer.
    pub right: bool,
}

/// What was learned by asking: which share of each kind of probe would be served from a threshold on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// By falling threshold.
    steps: Vec<Step>,
    probes: usize,
}

/// Shares of probes whose confidence is at least the threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Step {
    threshold: f32,
    /// Of the answerable, with the right entry.
    covered: f64,
    /// Of the answerable, with a wrong one.
    confused: f64,
    /// Of the background.
    far: f64,
    /// Of questions whose entry was taken away.
    near: f64,
}

/// What is assumed about traffic, and wanted of the answers to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// Tolerated share of wrong answers among those served.
    pub max_wrong: f32,
    /// Out-of-scope requests for each answerable one.
    pub out_of_scope: f32,
}

/// Where the router works.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OperatingPoint {
    /// Answers at or above this confidence are served.
    pub threshold: f32,
    /// The share of answerable probes that are then served rightly.
    pub expected_coverage: f32,
    /// The share of wrong answers among probes served, in the assumed mixture.
    pub expected_wrong: f32,
    /// How many probes that rests on.
    pub probes: usize,
}

impl Calibration {
    /// What `probes` say.
    #[must_use]
    pub fn of(probes: &[Probe]) -> Self {
        let count = |kinds: &[Asked]| {
            let asked = probes.iter().filter(|probe| kinds.contains(&probe.asked));
            #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
            let count = asked.count().max(1) as f64;
            1.0 / count
        };
        let answerable = count(&[Asked::Variant, Asked::Rewritten]);
        let far = count(&[Asked::OutOfScope]);
        let near = count(&[Asked::NearMiss]);
        let mut sorted = probes.to_vec();
        sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let mut steps: Vec<Step> = Vec::with_capacity(sorted.len());
        for probe in sorted {
            let mut step = steps.last().copied().unwrap_or_default();
            match probe.asked {
                Asked::Variant | Asked::Rewritten if probe.right => step.covered += answerable,
                Asked::Variant | Asked::Rewritten => step.confused += answerable,
                Asked::OutOfScope => step.far += far,
                Asked::NearMiss | Asked::Denied => step.near += near,
            }
            if step.threshold.to_bits() == probe.confidence.to_bits() {
                steps.pop();
            }
            step.threshold = probe.confidence;
            steps.push(step);
        }
        Self {
            steps,
            probes: probes.len(),
        }
    }

    /// The lowest threshold that keeps to what is wanted; `None` without probes.
    #[must_use]
    pub fn operating_point(&self, wanted: Wanted) -> Option<OperatingPoint> {
        let nothing = OperatingPoint {
            threshold: NOTHING_PASSES,
            expected_coverage: 0.0,
            expected_wrong: 0.0,
            probes: self.probes,
        };
        let bound = f64::from(wanted.max_wrong);
        let outside = f64::from(wanted.out_of_scope);
        let points = self.steps.iter().map(|step| {
            let wrong = step.confused
                + outside * ((1.0 - NEAR_SHARE) * step.far + NEAR_SHARE * step.near);
            (step, wrong / (step.covered + wrong))
        });
        let within = points.filter(|(_, wrong)| *wrong <= bound).last();
        let point = within.map(|(step, wrong)| OperatingPoint {
            threshold: step.threshold,
            expected_coverage: narrow(step.covered),
            expected_wrong: narrow(wrong),
            ..nothing
        });
        (self.probes > 0).then(|| point.unwrap_or(nothing))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share")]
fn narrow(share: f64) -> f32 {
    share as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probes(asked: Asked, count: u16, right: bool, from: f32, to: f32) -> Vec<Probe> {
        let step = (to - from) / f32::from(count);
        (0..count)
            .map(|number| Probe {
                asked,
                confidence: from + step * f32::from(number),
                right,
            })
            .collect()
    }

    /// Answerable probes from 0.5 to 1, background from 0 to 0.6, near misses from 0.2 to 0.8.
    fn calibration() -> Calibration {
        let mut all = probes(Asked::Variant, 200, true, 0.5, 1.0);
        all.extend(probes(Asked::OutOfScope, 200, false, 0.0, 0.6));
        all.extend(probes(Asked::NearMiss, 100, false, 0.2, 0.8));
        Calibration {
            probes: all,
            background: vec![0.1, 0.2, 0.3, 0.4],
        }
    }

    fn wanted(max_wrong: f32) -> Wanted {
        Wanted {
            max_wrong,
            out_of_scope: 2.0,
        }
    }

    #[test]
    fn a_stricter_wish_never_lowers_the_bar() {
        let calibration = calibration();
        let bar = |max_wrong| {
            let point = calibration.operating_point(wanted(max_wrong));
            point.expect("there are probes").threshold
        };
        assert!(bar(0.01) >= bar(0.02) && bar(0.02) >= bar(0.1));
        assert!(bar(0.1) < 0.8 && bar(0.02) > 0.7);
    }

    #[test]
    fn the_wrong_share_of_the_probes_keeps_to_the_bound() {
        let calibration = calibration();
        for max_wrong in [0.02, 0.05, 0.2] {
            let point = calibration
                .operating_point(wanted(max_wrong))
                .expect("probes");
            assert!(point.expected_wrong <= max_wrong, "{point:?}");
            assert!(point.expected_coverage > 0.0, "{point:?}");
        }
    }

    #[test]
    fn more_traffic_from_outside_raises_the_bar() {
        let calibration = calibration();
        let bar = |out_of_scope| {
            let wanted = Wanted {
                max_wrong: 0.05,
                out_of_scope,
            };
            calibration
                .operating_point(wanted)
                .expect("probes")
                .threshold
        };
        assert!(bar(4.0) > bar(0.5));
    }

    #[test]
    fn nothing_passes_where_no_wrong_answer_is_tolerated_and_all_where_any_is() {
        let calibration = calibration();
        let nothing = calibration.operating_point(wanted(0.0)).expect("probes");
        assert!(nothing.threshold > 1.0);
        let all = calibration.operating_point(wanted(1.0)).expect("probes");
        assert!(all.threshold <= 0.0);
    }

    #[test]
    fn few_probes_prove_little() {
        let mut few = calibration();
        few.probes = probes(Asked::Variant, 5, true, 0.9, 1.0);
        few.probes
            .extend(probes(Asked::OutOfScope, 200, false, 0.0, 0.5));
        // Five right answers and one more that may be wrong: never 1 in 100.
        let point = few.operating_point(wanted(0.01)).expect("probes");
        assert!(point.threshold > 1.0);
    }

    #[test]
    fn without_entries_there_is_no_point() {
        assert_eq!(Calibration::default().operating_point(wanted(0.02)), None);
    }

    #[test]
    fn what_the_background_never_reaches_is_outstanding() {
        let calibration = calibration();
        assert!((calibration.outstanding(0.9) - 1.0).abs() < 1e-6);
        assert!(calibration.outstanding(0.05).abs() < 1e-6);
        assert!(calibration.outstanding(0.35) > calibration.outstanding(0.15));
    }
}
