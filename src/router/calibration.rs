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
    /// An entry's own question in another writing.
    Answerable,
    /// Something of the background.
    OutOfScope,
    /// A question whose entry was taken away, or the opposite of one.
    NearMiss,
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

/// What was learned by asking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// In any order.
    pub probes: Vec<Probe>,
    /// The best cosine of each background request with any question, rising.
    pub background: Vec<f32>,
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
    /// The lowest threshold that keeps to what is wanted; `None` without answerable probes.
    #[must_use]
    pub fn operating_point(&self, wanted: Wanted) -> Option<OperatingPoint> {
        let weigh = self.weights(wanted)?;
        let mut probes = self.probes.clone();
        probes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let one_more = weigh(Asked::OutOfScope).max(weigh(Asked::Answerable));
        let mut point = OperatingPoint {
            threshold: NOTHING_PASSES,
            expected_coverage: 0.0,
            expected_wrong: 0.0,
            probes: probes.len(),
        };
        if wanted.max_wrong >= 1.0 {
            // Whatever is found is served.
            point.threshold = 0.0;
        }
        let bound = f64::from(wanted.max_wrong);
        let (mut right, mut wrong) = (0.0_f64, 0.0_f64);
        for (index, probe) in probes.iter().enumerate() {
            let weight = weigh(probe.asked);
            *(if probe.right { &mut right } else { &mut wrong }) += weight;
            let next = probes.get(index + 1);
            if next.is_some_and(|next| next.confidence.to_bits() == probe.confidence.to_bits()) {
                continue;
            }
            if wrong + one_more <= bound * (right + wrong + one_more) {
                point.threshold = probe.confidence;
                point.expected_coverage = narrow(right);
                point.expected_wrong = narrow(wrong / (right + wrong));
            }
        }
        Some(point)
    }

    /// The share of background requests that come as near to some question as `cosine`, on a scale
    /// of its logarithm: 1 where none does, 0 where all do.
    #[must_use]
    pub fn outstanding(&self, cosine: f32) -> f32 {
        let all = self.background.len();
        if all == 0 {
            return 0.0;
        }
        let nearer = all - self.background.partition_point(|&best| best < cosine);
        let (nearer, all) = (smoothed(nearer), smoothed(all));
        1.0 - nearer.ln() / all.ln()
    }

    /// What each probe counts, so that answerable ones make 1 together.
    fn weights(&self, wanted: Wanted) -> Option<impl Fn(Asked) -> f64 + use<>> {
        let count = |asked| {
            self.probes
                .iter()
                .filter(|probe| probe.asked == asked)
                .count()
        };
        let each = |share: f64, asked| {
            #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
            let count = count(asked) as f64;
            if count > 0.0 { share / count } else { 0.0 }
        };
        let outside = f64::from(wanted.out_of_scope);
        let answerable = each(1.0, Asked::Answerable);
        let far = each(outside * (1.0 - NEAR_SHARE), Asked::OutOfScope);
        let near = each(outside * NEAR_SHARE, Asked::NearMiss);
        (answerable > 0.0).then_some(move |asked| match asked {
            Asked::Answerable => answerable,
            Asked::OutOfScope => far,
            Asked::NearMiss => near,
        })
    }
}

/// A count that is never 0, so that it has a logarithm.
#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
fn smoothed(count: usize) -> f32 {
    count as f32 + 1.0
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
        let mut all = probes(Asked::Answerable, 200, true, 0.5, 1.0);
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
        few.probes = probes(Asked::Answerable, 5, true, 0.9, 1.0);
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
