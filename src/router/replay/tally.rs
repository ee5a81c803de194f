//! Counts what another policy would change, and what that would cost or save.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Judges, Past, Way, decide_again};
use crate::{chat::Route, router::Policies};

/// Turns that are shown, of those with the largest change.
const MOST_SHOWN: usize = 10;

/// What is counted while turns are read.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    turns: u64,
    left_out: u64,
    ways: BTreeMap<(Way, Way), u64>,
    before_usd: f64,
    /// What is paid as before: by turns that stay where they were.
    kept_usd: f64,
    escalated: u64,
    escalated_usd: f64,
    newly_escalated: u64,
    /// The dearest of those that would cost nothing any more.
    saving: Vec<Change>,
    /// The surest of those that would cost something.
    costing: Vec<Change>,
}

/// What another policy would have made of stored turns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replay {
    /// Turns read.
    pub turns: u64,
    /// Those without signals or decision: asked of a tier or a model by name, or of older versions.
    pub left_out: u64,
    /// Those that would be answered in another way.
    pub changed: u64,
    /// How many went one way and would go another, or the same.
    pub transitions: Vec<Transition>,
    /// What they cost, and would.
    pub money: Money,
    /// The turns with the largest change, in money, then in confidence.
    pub largest: Vec<Change>,
}

/// How many turns were answered in one way and would be in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// How they were answered.
    pub before: Way,
    /// How they would be.
    pub after: Way,
    /// How many.
    pub turns: u64,
}

/// What the turns that were decided again cost, in US dollars.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Money {
    /// As it was paid.
    pub before_usd: f64,
    /// As it would have been; absent where a newly escalated turn has no price.
    pub after_usd: Option<f64>,
    /// Turns that a large model would newly be asked for.
    pub newly_escalated: u64,
    /// Their price: the mean of all turns read that were escalated; absent where there are none.
    pub escalated_mean_usd: Option<f64>,
}

/// A turn that would be answered in another way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The beginning of the question.
    pub question: String,
    /// How it was answered.
    pub before: Way,
    /// How it would be.
    pub after: Way,
    /// How sure the router was.
    pub confidence_before: f32,
    /// How sure it would be.
    pub confidence_after: f32,
    /// What it would cost more, or less; absent where that has no price.
    pub change_usd: Option<f64>,
}

impl Tally {
    /// Decides `turn` again and counts it.
    pub fn count(&mut self, turn: Past, policies: &Policies, judges: &Judges) {
        self.turns += 1;
        if turn.way == Way::ESCALATED {
            self.escalated += 1;
            self.escalated_usd += turn.cost_usd;
        }
        let recorded = turn.recorded.as_ref();
        let Some((signals, decided)) =
            recorded.and_then(|seen| Some((&seen.signals, seen.decided?)))
        else {
            self.left_out += 1;
            return;
        };
        let (route, confidence) = decide_again(signals, policies, judges);
        let after = ending(&turn, decided, route);
        *self.ways.entry((turn.way, after)).or_default() += 1;
        self.before_usd += turn.cost_usd;
        if after == turn.way {
            self.kept_usd += turn.cost_usd;
            return;
        }
        let change = Change {
            question: turn.question,
            before: turn.way,
            after,
            confidence_before: turn.confidence,
            confidence_after: confidence,
            change_usd: (after != Way::ESCALATED).then_some(-turn.cost_usd),
        };
        if after == Way::ESCALATED {
            self.newly_escalated += 1;
            keep(&mut self.costing, change, |change| {
                f64::from(-change.confidence_before)
            });
        } else {
            keep(&mut self.saving, change, |change| {
                change.change_usd.unwrap_or(0.0)
            });
        }
    }

    /// What was found out.
    #[must_use]
    pub fn finish(self) -> Replay {
        let mean = mean(self.escalated_usd, self.escalated);
        let price = mean.or((self.newly_escalated == 0).then_some(0.0));
        let mut largest = self.saving;
        largest.extend(self.costing.into_iter().map(|change| Change {
            change_usd: mean,
            ..change
        }));
        let weight = |change: &Change| change.change_usd.unwrap_or(0.0).abs();
        largest.sort_by(|a, b| {
            let sure = b.confidence_after.total_cmp(&a.confidence_after);
            weight(b).total_cmp(&weight(a)).then(sure)
        });
        largest.truncate(MOST_SHOWN);
        let transitions = self.ways.into_iter();
        let transitions: Vec<Transition> = transitions
            .map(|((before, after), turns)| Transition {
                before,
                after,
                turns,
            })
            .collect();
        let changed = transitions.iter().filter(|seen| seen.before != seen.after);
        Replay {
            turns: self.turns,
            left_out: self.left_out,
            changed: changed.map(|seen| seen.turns).sum(),
            transitions,
            money: Money {
                before_usd: self.before_usd,
                after_usd: price.map(|price| self.kept_usd + price * as_f64(self.newly_escalated)),
                newly_escalated: self.newly_escalated,
                escalated_mean_usd: mean,
            },
            largest,
        }
    }
}

/// How `turn` would end, were it sent to `route` where it was sent to the tier `decided`. Sent to the
/// same one it ends as it ended: a local answer fails its verdict again. And where a large model
/// could not be had, it is not to be had.
fn ending(turn: &Past, decided: Route, route: Route) -> Way {
    let wanted_in_vain = turn.way == Way::DEGRADED && route == Route::Escalate;
    if route == decided || wanted_in_vain {
        turn.way
    } else {
        route.into()
    }
}

/// Keeps the few of the least `rank`, in its order; of equal ones, those that came first.
fn keep(kept: &mut Vec<Change>, change: Change, rank: impl Fn(&Change) -> f64) {
    let at = kept.partition_point(|other| rank(other) <= rank(&change));
    kept.insert(at, change);
    kept.truncate(MOST_SHOWN);
}

fn mean(sum: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum / as_f64(count))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn as_f64(count: u64) -> f64 {
    count as f64
}
