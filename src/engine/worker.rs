//! The generator's thread and its tick.
//!
//! drain the queue → admit to free slots → plan a batch → decode → sample → send → free. A slot is
//! a sequence of the unified cache; the cells are one pool for all. When the pool is full, work is
//! put back and computed again later; nothing is lost. Templates, tokenization and JSON stay
//! outside this thread.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};

use llama_cpp_2::DecodeError;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::vocab::LlamaVocab;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

use super::arbiter::Arbiter;
use super::backend;
use super::error::EngineError;
use super::plan::plan;
use super::prefix::{self, Prefixes};
use super::task::Task;

/// Tokens in one decode. More are no faster per token on a CPU (measured from 32 to 512), and a
/// tick should be short: queries wait for it, and so do running answers.
const BATCH_TOKENS: u32 = 128;

/// Cells left free at admission, so that running answers can grow without putting work back.
const SLACK_CELLS: usize = 128;

/// Writing a lone answer waits for memory more than for cores, and its threads meet far more often
/// for what they compute. Measured on two cores, tokens/s with one thread and with both: 53 and 67
/// on an idle machine, 46 and 41 beside queries, 50 and 23 beside another program.
fn threads_for_one_token(threads: i32) -> i32 {
    (threads / 2).max(1)
}

/// How big the generator is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// Answers at once.
    pub(super) slots: usize,
    /// Tokens in the cache, of all slots together.
    pub(super) cells: u32,
    /// 0: one per core.
    pub(super) threads: usize,
}

/// See the module.
pub(super) struct Worker<'model> {
    context: LlamaContext<'model>,
    vocabulary: LlamaVocab<'model>,
    batch: LlamaBatch<'static>,
    cells: usize,
    slots: Vec<Option<Task>>,
    /// Taken from the queue or put back; never more than there are slots.
    waiting: VecDeque<Task>,
    prefixes: Prefixes,
    jobs: mpsc::Receiver<Task>,
    arbiter: Arbiter,
}

impl<'model> Worker<'model> {
    /// Makes the context, which allocates the whole cache.
    pub(super) fn new(
        model: &'model LlamaModel,
        size: Size,
        jobs: mpsc::Receiver<Task>,
        arbiter: Arbiter,
    ) -> Result<Self, EngineError> {
        let sequences = u32::try_from(size.slots + prefix::CAPACITY).unwrap_or(u32::MAX);
        let threads = backend::threads(size.threads);
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(size.cells))
            .with_n_seq_max(sequences)
            .with_kv_unified(true)
            .with_n_batch(BATCH_TOKENS)
            .with_n_ubatch(BATCH_TOKENS)
            .with_n_threads(threads_for_one_token(threads))
            .with_n_threads_batch(threads);
        Ok(Self {
            context: backend::context(model, params)?,
            vocabulary: model.vocab(),
            batch: LlamaBatch::new(BATCH_TOKENS as usize, 1),
            cells: size.cells as usize,
            slots: (0..size.slots).map(|_| None).collect(),
            waiting: VecDeque::new(),
            prefixes: Prefixes::new(sequence(size.slots)),
            jobs,
            arbiter,
        })
    }

    /// Runs until all handles are dropped and all answers given. A panic within a tick costs the
    /// answers in work, not the engine.
    pub(super) fn run(mut self) {
        while self.receive() {
            let outcome = catch_unwind(AssertUnwindSafe(|| self.tick()));
            if outcome.is_err() {
                self.start_over();
            }
        }
    }

    /// Brings work into the slots; waits for some if there is none. False: it is over.
    fn receive(&mut self) -> bool {
        loop {
            self.drop_cancelled();
            self.drop_overdue();
            let open = self.drain();
            self.admit();
            if self.running().next().is_some() {
                return true;
            }
            let Some(task) = open.then(|| self.jobs.blocking_recv()).flatten() else {
                return false;
            };
            self.waiting.push_back(task);
        }
    }

    fn drop_cancelled(&mut self) {
        self.waiting.retain(|task| !task.is_cancelled());
        for slot in 0..self.slots.len() {
            if self.slots[slot].as_ref().is_some_and(Task::is_cancelled) {
                self.free(slot);
            }
        }
    }

    /// Refuses what waited too long; see [`Task::is_overdue`].
    fn drop_overdue(&mut self) {
        while let Some(index) = self.waiting.iter().position(Task::is_overdue) {
            if let Some(task) = self.waiting.remove(index) {
                task.fail(EngineError::Overloaded);
            }
        }
    }

    /// Takes as many jobs as there are free slots; the rest stays in the bounded queue, where the
    /// door can see it. False: no more can come.
    fn drain(&mut self) -> bool {
        while self.running().count() + self.waiting.len() < self.slots.len() {
            match self.jobs.try_recv() {
                Ok(task) if task.is_cancelled() => {}
                Ok(task) if task.is_overdue() => task.fail(EngineError::Overloaded),
                Ok(task) => self.waiting.push_back(task),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        true
    }

    /// Puts waiting tasks into free slots, in order; but one whose beginning is being computed by
    /// another waits for that.
    fn admit(&mut self) {
        let mut index = 0;
        while index < self.waiting.len() {
            let task = &self.waiting[index];
            let Some(slot) = self.slots.iter().position(Option::is_none) else {
                return;
            };
            if !self.has_room_for(task) {
                return;
            }
            if self.running().any(|other| is_computing_for(other, task)) {
                index += 1;
                continue;
            }
            if let Some(task) = self.waiting.remove(index) {
                self.start(slot, task);
            }
        }
    }

    fn start(&mut self, slot: usize, mut task: Task) {
        let attached = self
            .prefixes
            .attach(&mut self.context, &task.tokens, sequence(slot));
        task.computed = attached.unwrap_or(0);
        task.keeps_shared = self.prefixes.wants(task.shared_tokens());
        self.slots[slot] = Some(task);
    }

    /// An estimate from above, since shared cells are counted for each that uses them.
    fn has_room_for(&self, task: &Task) -> bool {
        let used: usize = self.running().map(|task| task.tokens.len()).sum();
        used == 0 || used + self.prefixes.cells() + task.tokens.len() + SLACK_CELLS <= self.cells
    }

    fn tick(&mut self) {
        let pending: Vec<usize> = self
            .slots
            .iter()
            .map(|slot| slot.as_ref().map_or(0, Task::pending))
            .collect();
        let take = plan(&pending, BATCH_TOKENS as usize);
        let outputs = self.fill_batch(&take);
        let (context, batch) = (&mut self.context, &mut self.batch);
        match self.arbiter.turn(|| context.decode(batch)) {
            Ok(()) => {
                for (slot, output) in outputs {
                    self.advance(slot, take[slot], output);
                }
            }
            Err(DecodeError::NoKvCacheSlot) => self.make_room(),
            Err(error) => {
                for (slot, _) in outputs {
                    self.fail(slot, &EngineError::Decode(error.to_string()));
                }
            }
        }
    }

    /// Fills the batch with `take` tokens of each slot. Returns the slots in it, each with the
    /// batch index of its last token.
    fn fill_batch(&mut self, take: &[usize]) -> Vec<(usize, i32)> {
        self.batch.clear();
        let mut outputs = Vec::new();
        for (slot, (task, &count)) in self.slots.iter().zip(take).enumerate() {
            let Some(task) = task.as_ref().filter(|_| count > 0) else {
                continue;
            };
            let end = task.computed + count;
            for position in task.computed..end {
                let is_output = position + 1 == task.tokens.len();
                self.batch
                    .add(
                        task.tokens[position],
                        sequence(position),
                        &[sequence(slot)],
                        is_output,
                    )
                    .expect("the plan keeps to the batch's size");
            }
            outputs.push((slot, self.batch.n_tokens() - 1));
        }
        outputs
    }

    /// `count` more tokens of a slot are computed.
    fn advance(&mut self, slot: usize, count: usize, output: i32) {
        let Some(task) = self.slots[slot].as_mut() else {
            return;
        };
        task.computed += count;
        if task.keeps_shared && task.pending() == 0 {
            task.keeps_shared = false;
            // Without it the beginning is only computed again.
            let _ = self
                .prefixes
                .keep(&mut self.context, task.shared_tokens(), sequence(slot));
        }
        if !task.is_ready_to_sample() {
            return;
        }
        let token = task.sampler().sample(&self.context, output);
        if let Some(reason) = task.accept(token, &self.vocabulary)
            && let Some(task) = self.free(slot)
        {
            task.finish(reason);
        }
    }

    /// The pool is full: a kept beginning goes, else the work that costs least to do again is put
    /// back. Work that is alone and still doesn't fit can't be done.
    fn make_room(&mut self) {
        if self.prefixes.forget_oldest(&mut self.context) {
            return;
        }
        let cost = |slot: &usize| self.slots[*slot].as_ref().map(|task| task.computed);
        let running = (0..self.slots.len()).filter(|&slot| self.slots[slot].is_some());
        let Some(slot) = running.min_by_key(cost) else {
            return;
        };
        if self.running().count() == 1 {
            self.fail(slot, &EngineError::Decode("its cache is full".to_owned()));
        } else if let Some(task) = self.free(slot) {
            tracing::debug!(tokens = task.tokens.len(), "cache full, answer put back");
            self.waiting.push_front(task);
        }
    }

    /// Empties a slot.
    fn free(&mut self, slot: usize) -> Option<Task> {
        // Removing a whole sequence can't fail.
        let _ = self.context.kv_cache_seq_rm(sequence(slot), None, None);
        self.slots[slot].take()
    }

    fn fail(&mut self, slot: usize, error: &EngineError) {
        if let Some(task) = self.free(slot) {
            task.fail(error.clone());
        }
    }

    /// After a panic nothing about the cache is sure.
    fn start_over(&mut self) {
        for slot in 0..self.slots.len() {
            self.fail(slot, &EngineError::Decode("an internal error".to_owned()));
        }
        while self.prefixes.forget_oldest(&mut self.context) {}
        self.context.clear_kv_cache();
    }

    fn running(&self) -> impl Iterator<Item = &Task> {
        self.slots.iter().flatten()
    }
}

/// Whether `running` will soon have kept what `waiting` begins with.
fn is_computing_for(running: &Task, waiting: &Task) -> bool {
    running.keeps_shared && running.shared_tokens() == waiting.shared_tokens()
}

/// Slots, sequences and positions are small numbers that llama.cpp counts in `i32`.
fn sequence(index: usize) -> i32 {
    i32::try_from(index).expect("bounded by the context size, which is a u32 below 2^31")
}
