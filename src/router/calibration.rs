//! From what the owner tolerates to the confidence that an answer needs, on *this* knowledge base.
//!
//! Before anyone asks, the knowledge base is asked its own questions: in other writing, each with
//! its own entry taken away, and among them a background of requests that no such base answers.
//! What would have been served, and wrongly, says how high the bar must be. As in conformal risk
//! control (Angelopoulos et al., 2022) the bar is the lowest at which the estimated share of wrong
//! answers, with a correction for few probes, keeps to the bound.
//!
//! People stray further from an entry's words than rewriting by program does, and how far differs
//! between knowledge bases. So the same is asked of people's questions to public knowledge bases
//! (the judge's risk table), which gives a second bar. Either estimate overstates the risk easily:
//! the probes by one unlucky entry, the table where this base's entries lie further apart. Both
//! seldom understate it at once. So the bar lies between the two, nearer to the lower.
//!
//! Pure. Which probes there are is the orchestrator's; what traffic is like is the policy's.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::confidence::Risk;

/// Of the out-of-scope requests, this part is as near as a question whose entry was taken away: nearer
/// than most that people ask about a knowledge base's own subjects. Chosen with [`LOWER_WEIGHT`].
const NEAR_SHARE: f64 = 0.03;
/// Out-of-scope requests for each answerable one among those that the judge's table was measured on.
pub const FITTED_OUT_OF_SCOPE: f32 = 2.0;
/// What the lower of the two bars weighs, of 1, on the scale of log-odds. Both were chosen (0.02, 0.03,
/// 0.05 and 0.1; 0.6 to 0.85) on knowledge bases drawn from six sets, each judged by a fit without its set:
/// of several that were about as good, one with few bases that had too many wrong answers.
const LOWER_WEIGHT: f64 = 0.7;
/// With as many answerable probes as this their bar is half the table's: few say little.
const FEW_PROBES: f64 = 5.0;
/// An estimate that allows nothing counts as this much, so that the other may still say something.
const SUREST: f64 = 0.999;
/// Wrong answers for each answerable request that the judge's table may have missed: one of the thousand or
/// so that it rests on. With half a one the table allowed too much where 1% is tolerated.
const UNSEEN: f64 = 0.001;
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

/// What was learned by asking, beside what was measured on public knowledge bases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    covered: Share,
    confused: Share,
    far: Share,
    near: Share,
    /// By falling threshold.
    prior: Vec<Risk>,
}

/// Confidences, rising, of a part of the probes of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
struct Share {
    confidences: Vec<f32>,
    /// All probes of the kind.
    of: usize,
}

impl Share {
    fn of(probes: &[Probe], kinds: &[Asked], right: Option<bool>) -> Self {
        let asked = || probes.iter().filter(|probe| kinds.contains(&probe.asked));
        let part = asked().filter(|probe| right.is_none_or(|right| probe.right == right));
        let mut confidences: Vec<f32> = part.map(|probe| probe.confidence).collect();
        confidences.sort_by(f32::total_cmp);
        Self {
            confidences,
            of: asked().count(),
        }
    }

    /// The share of the kind that is of this part and at least that confident.
    fn at(&self, threshold: f32) -> f64 {
        let below = self
            .confidences
            .partition_point(|&confidence| confidence < threshold);
        ratio(self.confidences.len() - below, self.of)
    }
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
    /// The share of answerable requests that is then served rightly, between what both estimates say.
    pub expected_coverage: f32,
    /// How many probes that rests on.
    pub probes: usize,
}

impl fmt::Display for OperatingPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} probes: ", self.probes)?;
        if self.threshold > 1.0 {
            return write!(f, "no answer of the FAQ is sure enough for max_wrong");
        }
        let percent = self.expected_coverage * 100.0;
        write!(
            f,
            "the FAQ answers from a confidence of {:.3} on, about {percent:.0}% of what it can answer",
            self.threshold
        )
    }
}

/// Right and wrong answers at a threshold, for one answerable request.
#[derive(Clone, Copy)]
struct Served {
    right: f64,
    wrong: f64,
}

impl Served {
    /// Something is served, and no more of it wrongly than that.
    fn keeps_to(self, max_wrong: f32) -> bool {
        self.right > 0.0 && self.wrong <= f64::from(max_wrong) * (self.right + self.wrong)
    }
}

impl Calibration {
    /// What `probes` say, beside `prior`.
    #[must_use]
    pub fn of(probes: &[Probe], prior: &[Risk]) -> Self {
        let answerable = [Asked::Variant, Asked::Rewritten];
        Self {
            covered: Share::of(probes, &answerable, Some(true)),
            confused: Share::of(probes, &answerable, Some(false)),
            far: Share::of(probes, &[Asked::OutOfScope], None),
            near: Share::of(probes, &[Asked::NearMiss, Asked::Denied], None),
            prior: prior.to_vec(),
        }
    }

    /// The lowest threshold that keeps to what is wanted; `None` without an answerable probe.
    #[must_use]
    pub fn operating_point(&self, wanted: Wanted) -> Option<OperatingPoint> {
        let threshold = if wanted.max_wrong >= 1.0 {
            0.0
        } else {
            self.bar(wanted)
        };
        let (own, prior) = (self.own(threshold, 0.0), self.prior(threshold, 0.0));
        let point = OperatingPoint {
            threshold,
            expected_coverage: narrow((own.right * prior.right).sqrt()),
            probes: self.covered.of + self.far.of + self.near.of,
        };
        (self.covered.of > 0).then_some(point)
    }

    /// Between the bars of both estimates.
    fn bar(&self, wanted: Wanted) -> f32 {
        let outside = f64::from(wanted.out_of_scope);
        let falling = self.thresholds();
        let lowest = |served: &dyn Fn(f32) -> Served| {
            let mut all = falling.iter().copied();
            all.rfind(|&threshold| served(threshold).keeps_to(wanted.max_wrong))
        };
        let own = lowest(&|threshold| self.own(threshold, outside));
        let prior = lowest(&|threshold| self.prior(threshold, outside));
        if own.is_none() && prior.is_none() {
            return NOTHING_PASSES;
        }
        let [own, prior] = [own, prior].map(log_odds);
        #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
        let probes = self.covered.of as f64;
        let own = prior + (own - prior) * probes / (probes + FEW_PROBES);
        let (lower, higher) = (own.min(prior), own.max(prior));
        let mixed = higher + (lower - higher) * LOWER_WEIGHT;
        narrow(1.0 / (1.0 + (-mixed).exp()))
    }

    /// Every threshold at which something changes, falling.
    fn thresholds(&self) -> Vec<f32> {
        let own = [&self.covered, &self.confused, &self.far, &self.near];
        let own = own
            .into_iter()
            .flat_map(|share| &share.confidences)
            .copied();
        let mut all: Vec<f32> = own
            .chain(self.prior.iter().map(|risk| risk.threshold))
            .collect();
        all.sort_by(|a, b| b.total_cmp(a));
        all.dedup();
        all
    }

    /// As the probes say.
    fn own(&self, threshold: f32, outside: f64) -> Served {
        let near = NEAR_SHARE * self.near.at(threshold);
        let far = (1.0 - NEAR_SHARE) * (self.far.at(threshold) + 0.5 * ratio(1, self.far.of));
        Served {
            right: self.covered.at(threshold),
            wrong: self.confused.at(threshold) + outside * (far + near),
        }
    }

    /// As was measured elsewhere.
    fn prior(&self, threshold: f32, outside: f64) -> Served {
        let Some(risk) = self.prior.iter().find(|risk| risk.threshold <= threshold) else {
            return Served {
                right: 0.0,
                wrong: 1.0,
            };
        };
        let (right, confused) = (f64::from(risk.coverage), f64::from(risk.confused));
        let wrong = right * f64::from(risk.wrong) / (1.0 - f64::from(risk.wrong)).max(1e-6);
        let from_outside = (wrong - confused).max(0.0) / f64::from(FITTED_OUT_OF_SCOPE);
        Served {
            right,
            wrong: confused + outside * from_outside + UNSEEN,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn log_odds(bar: Option<f32>) -> f64 {
    let bar = bar.map_or(SUREST, f64::from).clamp(1.0 - SUREST, SUREST);
    (bar / (1.0 - bar)).ln()
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

    /// Half of what is served at 0.5 is wrong elsewhere, hardly any at 0.9.
    fn prior() -> Vec<Risk> {
        let risk = |threshold, wrong, coverage| Risk {
            threshold,
            wrong,
            coverage,
            confused: 0.0,
        };
        vec![
            risk(0.9, 0.002, 0.3),
            risk(0.8, 0.01, 0.5),
            risk(0.7, 0.05, 0.7),
            risk(0.5, 0.5, 0.9),
        ]
    }

    /// Answerable probes from 0.5 to 1, background from 0 to 0.6, near misses from 0.2 to 0.8.
    fn calibration(answerable: u16) -> Calibration {
        let mut all = probes(Asked::Variant, answerable, true, 0.5, 1.0);
        all.extend(probes(Asked::OutOfScope, 200, false, 0.0, 0.6));
        all.extend(probes(Asked::NearMiss, answerable, false, 0.2, 0.8));
        Calibration::of(&all, &prior())
    }

    fn point(calibration: &Calibration, max_wrong: f32, out_of_scope: f32) -> OperatingPoint {
        let wanted = Wanted {
            max_wrong,
            out_of_scope,
        };
        calibration
            .operating_point(wanted)
            .expect("there are probes")
    }

    #[test]
    fn a_stricter_wish_never_lowers_the_bar() {
        let calibration = calibration(200);
        let bar = |max_wrong| point(&calibration, max_wrong, 2.0).threshold;
        assert!(bar(0.01) >= bar(0.02) && bar(0.02) >= bar(0.1));
        assert!(bar(0.1) < 0.8 && bar(0.005) > 0.75);
    }

    #[test]
    fn the_bar_lies_between_what_the_probes_and_the_table_say_and_nearer_to_the_lower() {
        let mut easy = probes(Asked::Variant, 2000, true, 0.5, 1.0);
        easy.extend(probes(Asked::OutOfScope, 200, false, 0.0, 0.4));
        // The probes say 0.4, the table 0.8; their middle in log-odds is 0.62.
        let bar = point(&Calibration::of(&easy, &prior()), 0.02, 2.0).threshold;
        assert!((0.4..0.62).contains(&bar), "{bar}");
    }

    #[test]
    fn an_unlucky_probe_does_not_close_what_the_table_allows() {
        let mut unlucky = probes(Asked::Variant, 50, true, 0.5, 1.0);
        unlucky.extend(probes(Asked::Variant, 5, false, 0.99, 1.0));
        unlucky.extend(probes(Asked::OutOfScope, 200, false, 0.0, 0.6));
        let point = point(&Calibration::of(&unlucky, &prior()), 0.02, 2.0);
        assert!(point.threshold < 0.98 && point.threshold > 0.8, "{point:?}");
        assert!(point.expected_coverage > 0.0, "{point:?}");
    }

    #[test]
    fn more_traffic_from_outside_raises_the_bar() {
        let calibration = calibration(200);
        let bar = |out_of_scope| point(&calibration, 0.05, out_of_scope).threshold;
        assert!(bar(4.0) > bar(0.5));
    }

    #[test]
    fn nothing_passes_where_no_wrong_answer_is_tolerated_and_all_where_any_is() {
        let calibration = calibration(200);
        assert!(point(&calibration, 0.0, 2.0).threshold > 1.0);
        assert!(point(&calibration, 1.0, 2.0).threshold <= 0.0);
    }

    #[test]
    fn a_single_entry_is_served_when_the_match_is_good_everywhere() {
        let mut few = probes(Asked::Rewritten, 1, true, 0.97, 1.0);
        few.extend(probes(Asked::OutOfScope, 200, false, 0.0, 0.5));
        let calibration = Calibration::of(&few, &prior());
        let bar = point(&calibration, 0.02, 2.0).threshold;
        assert!((0.7..0.98).contains(&bar), "{bar}");
    }

    #[test]
    fn entries_that_lie_close_together_raise_the_bar() {
        let mut close = probes(Asked::Variant, 100, true, 0.5, 1.0);
        close.extend(probes(Asked::OutOfScope, 200, false, 0.0, 0.6));
        close.extend(probes(Asked::NearMiss, 100, false, 0.6, 0.98));
        let close = Calibration::of(&close, &prior());
        let bar = |calibration| point(calibration, 0.03, 2.0).threshold;
        assert!(bar(&close) > bar(&calibration(100)) + 0.05);
    }

    #[test]
    fn without_entries_there_is_no_point() {
        let wanted = Wanted {
            max_wrong: 0.02,
            out_of_scope: 2.0,
        };
        assert_eq!(Calibration::default().operating_point(wanted), None);
    }
}
