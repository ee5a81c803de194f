//! Who computes: one model at a time.
//!
//! Two pools of as many threads as there are cores would spin against each other. So a model
//! computes only while it holds the turn. A query's embedding goes first, since a decision waits
//! for it; bulk embeddings and the generator's ticks take turns. Nothing is interrupted: the wait
//! for a turn is as long as the step that is running.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What a model wants to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A short embedding that a person waits for.
    Query,
    /// Embeddings for an index.
    Bulk,
    /// A step of the generator.
    Tick,
}

/// Gives the turn to one model at a time. Clones share the turn.
#[derive(Clone, Debug, Default)]
pub struct Arbiter {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    taken: bool,
    /// Waiting for the turn, by [`Work`].
    waiting: [usize; 3],
    /// Whether the last turn of the two that alternate was a tick.
    ticked_last: bool,
}

impl Arbiter {
    /// Waits for the turn. Blocks; held until the returned guard is dropped.
    pub(super) fn turn(&self, work: Work) -> Turn<'_> {
        let mut state = self.lock();
        state.waiting[work as usize] += 1;
        let mut state = self
            .shared
            .changed
            .wait_while(state, |state| !state.may_go(work))
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting[work as usize] -= 1;
        state.taken = true;
        if work != Work::Query {
            state.ticked_last = work == Work::Tick;
        }
        Turn(self)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is plain counters, whole after every statement: a panic elsewhere can't
        // leave it broken.
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn may_go(&self, work: Work) -> bool {
        let waits = |work: Work| self.waiting[work as usize] > 0;
        !self.taken
            && match work {
                Work::Query => true,
                Work::Bulk => !waits(Work::Query) && (self.ticked_last || !waits(Work::Tick)),
                Work::Tick => !waits(Work::Query) && (!self.ticked_last || !waits(Work::Bulk)),
            }
    }
}

/// The turn; dropping it gives it on.
#[must_use]
pub(super) struct Turn<'a>(&'a Arbiter);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().taken = false;
        self.0.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(waiting: [usize; 3], ticked_last: bool) -> State {
        State {
            taken: false,
            waiting,
            ticked_last,
        }
    }

    #[test]
    fn a_query_goes_before_all_others() {
        let state = state([1, 1, 1], true);
        assert!(state.may_go(Work::Query));
        assert!(!state.may_go(Work::Bulk));
        assert!(!state.may_go(Work::Tick));
    }

    #[test]
    fn bulk_work_and_ticks_alternate_when_both_wait() {
        let after_tick = state([0, 1, 1], true);
        assert!(after_tick.may_go(Work::Bulk) && !after_tick.may_go(Work::Tick));
        let after_bulk = state([0, 1, 1], false);
        assert!(after_bulk.may_go(Work::Tick) && !after_bulk.may_go(Work::Bulk));
    }

    #[test]
    fn whoever_waits_alone_goes_at_once() {
        assert!(state([0, 1, 0], false).may_go(Work::Bulk));
        assert!(state([0, 0, 1], true).may_go(Work::Tick));
    }

    #[test]
    fn the_turn_is_one_models_until_dropped() {
        let arbiter = Arbiter::default();
        let turn = arbiter.turn(Work::Tick);
        assert!(!arbiter.lock().may_go(Work::Query));
        drop(turn);
        assert!(arbiter.lock().may_go(Work::Query));
    }
}
