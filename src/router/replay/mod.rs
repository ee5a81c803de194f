//! Decides stored turns again, under another policy.
//!
//! Pure. What was measured when a turn came is kept with it ([`Recorded`]), and so is the tier that was
//! chosen, so that a change of policy can be tried on the traffic of the past. What can't be known is
//! left as it was: whether a local answer would have passed its verdict, and whether the cache of like
//! questions held something for a turn that never asked it.

mod tally;

use serde::{Deserialize, Serialize};

use super::{LocalModel, NearModel, Policies, Signals, decide};
use crate::chat::Route;
pub use tally::{Change, Money, Replay, Tally, Transition};

/// What the router saw of a turn and made of it, as it is kept with the turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// What was measured.
    #[serde(flatten)]
    pub signals: Signals,
    /// The tier that was chosen, be it that another one answered in the end; absent where the router
    /// was not asked, and in turns of versions that did not keep it.
    #[serde(default)]
    pub decided: Option<Route>,
}

/// The judges of a decision.
#[derive(Clone, Debug)]
pub struct Judges {
    /// Of the local tiers.
    pub local: LocalModel,
    /// Of answers to a question like one before.
    pub near: NearModel,
}

/// The tier that `policies` would choose, and how sure it would be. What is not for the FAQ may be given
/// the answer to a question like it, where one was found when the turn came.
#[must_use]
pub fn decide_again(signals: &Signals, policies: &Policies, judges: &Judges) -> (Route, f32) {
    let decision = decide(signals, policies, &judges.local);
    let guarded = matches!(decision.route, Route::Knowledge | Route::Escalate);
    let near = signals.near.as_ref().filter(|_| guarded);
    // Which collections were asked for is not kept.
    let policy = policies.strictest(&[]);
    match near.filter(|near| judges.near.decide(near, policy).0) {
        Some(near) => (Route::Cache, near.confidence),
        None => (decision.route, decision.confidence),
    }
}

/// A stored turn.
#[derive(Clone, Debug)]
pub struct Past {
    /// The beginning of the question, to be shown.
    pub question: String,
    /// How it was answered.
    pub way: Way,
    /// How sure the router was.
    pub confidence: f32,
    /// What was paid for it.
    pub cost_usd: f64,
    /// What the router saw, if it was asked.
    pub recorded: Option<Recorded>,
}

/// How a turn was answered: a route's name, or [`Way::DEGRADED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Way(&'static str);

impl Way {
    /// A large model was wanted but could not be had.
    pub const DEGRADED: Self = Self("degraded");
    const ESCALATED: Self = Self("escalate");

    /// The name in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<Route> for Way {
    fn from(route: Route) -> Self {
        Self(route.as_str())
    }
}

#[cfg(test)]
mod tests;
