//! Who computes with all cores: one pool of threads at a time.
//!
//! Two pools of as many threads as there are cores would spin against each other. So the generator
//! computes a tick, and the encoder a batch of bulk texts, only while it has the turn; when both
//! wait, they alternate. Nothing is interrupted. Deliberately not asked: the encoder's thread for
//! queries, which computes with one core beside the others, since a decision can't wait for a tick.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What waits for the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Embeddings for an index.
    Bulk,
    /// A step of the generator.
    Tick,
}

/// Gives the turn to one pool at a time. Clones share the turn.
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
    /// How many wait for the turn, by [`Work`].
    waiting: [usize; 2],
    last: Option<Work>,
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
        state.last = Some(work);
        Turn(self)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is plain values, whole after every statement: a panic elsewhere can't break it.
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn may_go(&self, work: Work) -> bool {
        let others_wait = self.waiting.iter().sum::<usize>() > self.waiting[work as usize];
        !self.taken && (!others_wait || self.last != Some(work))
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

    fn state(waiting: [usize; 2], last: Work) -> State {
        State {
            taken: false,
            waiting,
            last: Some(last),
        }
    }

    #[test]
    fn bulk_work_and_ticks_alternate_when_both_wait() {
        let after_tick = state([1, 1], Work::Tick);
        assert!(after_tick.may_go(Work::Bulk) && !after_tick.may_go(Work::Tick));
        let after_bulk = state([1, 1], Work::Bulk);
        assert!(after_bulk.may_go(Work::Tick) && !after_bulk.may_go(Work::Bulk));
    }

    #[test]
    fn whoever_waits_alone_goes_at_once() {
        assert!(state([1, 0], Work::Bulk).may_go(Work::Bulk));
        assert!(state([0, 1], Work::Tick).may_go(Work::Tick));
    }

    #[test]
    fn the_turn_is_one_pools_until_dropped() {
        let arbiter = Arbiter::default();
        let turn = arbiter.turn(Work::Tick);
        assert!(!arbiter.lock().may_go(Work::Tick));
        drop(turn);
        assert!(arbiter.lock().may_go(Work::Tick));
    }
}
