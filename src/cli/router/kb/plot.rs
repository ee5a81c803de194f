//! The risk-coverage curve (as in Geifman and El-Yaniv, 2017): what is wrong among the answers given, as
//! the bar falls and more are given.

use crate::{
    chart::curves::{Curves, Line},
    router::fit::Sample,
};

use super::report::Figures;

/// A share of wrong ones among fewer answers than this is chance.
const FEWEST_SERVED: usize = 10;

/// Draws the judges' curve, the tolerated share, and what the whole router does as it is configured.
pub(super) fn risk_coverage(scored: &[(f32, Sample)], figures: &Figures, max_wrong: f32) -> Curves {
    let tolerated = f64::from(max_wrong);
    let (coverage, wrong) = (f64::from(figures.coverage), f64::from(figures.wrong_share));
    let flat = Line {
        name: format!("tolerated {}", percent(tolerated)),
        points: vec![(0.0, tolerated), (1.0, tolerated)],
    };
    let judged = Line {
        name: "as the bar falls".into(),
        points: points(scored),
    };
    let name = format!(
        "as configured: {} wrong at {} coverage",
        percent(wrong),
        percent(coverage)
    );
    Curves {
        title: "Wrong local answers as more are given".into(),
        across: "coverage: right answers among the answerable questions".into(),
        up: "wrong among the answers given".into(),
        lines: vec![judged, flat],
        mark: Some((coverage, wrong, name)),
    }
}

/// (coverage, wrong share) at each confidence, from the highest down.
fn points(scored: &[(f32, Sample)]) -> Vec<(f64, f64)> {
    let answerable = scored
        .iter()
        .filter(|(_, sample)| sample.answerable)
        .count();
    let mut order: Vec<(f32, bool)> = (scored.iter())
        .map(|(confidence, sample)| (*confidence, sample.right))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut points, mut right, mut served) = (Vec::new(), 0_usize, 0_usize);
    for tied in order.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        served += tied.len();
        right += tied.iter().filter(|(_, right)| *right).count();
        if served >= FEWEST_SERVED.min(scored.len()) {
            points.push((share(right, answerable), share(served - right, served)));
        }
    }
    points
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(confidence: f32, right: bool, answerable: bool) -> (f32, Sample) {
        let sample = Sample {
            features: vec![],
            right,
            answerable,
            weight: 1.0,
        };
        (confidence, sample)
    }

    #[test]
    fn coverage_grows_as_the_bar_falls_and_equal_confidences_fall_together() {
        let mut all: Vec<_> = (0..10).map(|_| scored(0.9, true, true)).collect();
        all.extend([
            scored(0.5, false, false),
            scored(0.5, false, true),
            scored(0.2, true, true),
        ]);
        let found = points(&all);
        let expected = [
            (10.0, 12.0, 0.0),
            (10.0, 12.0, 2.0 / 12.0),
            (11.0, 12.0, 2.0 / 13.0),
        ];
        assert_eq!(found.len(), expected.len());
        for ((coverage, wrong), (right, answerable, share)) in found.iter().zip(expected) {
            assert!((coverage - right / answerable).abs() < 1e-9, "{found:?}");
            assert!((wrong - share).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn few_questions_and_none_are_drawn_too() {
        let figures = Figures::default();
        for all in [vec![], vec![scored(0.5, true, true)]] {
            let svg = risk_coverage(&all, &figures, 0.02).svg();
            assert!(
                !svg.contains("NaN") && svg.contains("tolerated 2.0%"),
                "{svg}"
            );
            assert!(svg.contains("<circle"), "the operating point is marked");
        }
    }
}
