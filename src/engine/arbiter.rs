//! Who computes with all cores: one thread, on which all such work takes turns.
//!
//! llama.cpp's threads meet several hundred times a token. `OpenMP` keeps a team for each thread
//! that ever computed with several, and once the teams of a process have more threads than there
//! are cores it lets them sleep at every meeting: measured on two cores, an answer was then written
//! at a third of its speed, and a second thread brought the encoder nothing. So there is one team,
//! that of the arbiter's thread. The generator's batches, the encoder's bulk texts and a query that
//! comes alone run there, one after another, in the order in which they ask. Deliberately not
//! asked: a query beside other work, which computes with one core, since a decision can't wait for
//! a tick of the generator.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::error::EngineError;

/// Gives the turn to one piece of work at a time. Clones share the turn.
#[derive(Clone, Debug)]
pub struct Arbiter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    thread: ThreadPool,
    /// How many compute or wait for it.
    asking: AtomicUsize,
}

impl Arbiter {
    /// Starts the thread; it ends with the last clone.
    ///
    /// # Errors
    /// [`EngineError::Thread`] with the system's reason.
    pub fn start() -> Result<Self, EngineError> {
        let thread = ThreadPoolBuilder::new()
            .num_threads(1)
            .thread_name(|_| "compute".to_owned())
            .build()
            .map_err(|error| EngineError::Thread(error.to_string()))?;
        Ok(Self(Arc::new(Shared {
            thread,
            asking: AtomicUsize::new(0),
        })))
    }

    /// Waits for the turn, does `work` on the arbiter's thread and returns what came of it. A panic
    /// in it goes on in the caller.
    pub(super) fn turn<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let _counted = Counted::new(&self.0.asking);
        self.0.thread.install(work)
    }

    /// Nobody has the turn or waits for it.
    pub(super) fn is_free(&self) -> bool {
        self.0.asking.load(Ordering::Relaxed) == 0
    }
}

/// Counts one more as long as it lives.
#[derive(Debug)]
pub(super) struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    pub(super) fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn while_one_has_the_turn_the_next_waits() {
        let arbiter = Arbiter::start().expect("a thread");
        let (done, order) = mpsc::channel();
        let (started, has_turn) = mpsc::channel();
        let (let_go, wait) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let (arbiter, first_done) = (&arbiter, done.clone());
            scope.spawn(move || {
                arbiter.turn(move || {
                    started.send(()).expect("a listener");
                    wait.recv().expect("a word");
                    first_done.send(1).expect("a listener");
                });
            });
            has_turn.recv().expect("a word");
            assert!(!arbiter.is_free());
            scope.spawn(move || arbiter.turn(move || done.send(2)));
            while arbiter.0.asking.load(Ordering::Relaxed) < 2 {
                thread::yield_now();
            }
            assert!(order.try_recv().is_err());
            let_go.send(()).expect("a listener");
        });
        assert_eq!(order.iter().collect::<Vec<_>>(), [1, 2]);
        assert!(arbiter.is_free());
    }

    #[test]
    fn all_work_is_done_on_one_thread() {
        let arbiter = Arbiter::start().expect("a thread");
        let here = || thread::current().id();
        let (first, second) = (arbiter.turn(here), arbiter.clone().turn(here));
        assert_eq!(first, second);
        assert_ne!(first, here());
    }

    #[test]
    fn a_panic_is_the_askers_and_the_next_gets_the_turn() {
        let arbiter = Arbiter::start().expect("a thread");
        let broken = catch_unwind(AssertUnwindSafe(|| arbiter.turn(|| panic!("as intended"))));
        assert!(broken.is_err());
        assert!(arbiter.is_free());
        assert_eq!(arbiter.turn(|| 1), 1);
    }
}
