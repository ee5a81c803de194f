//! The encoder's threads: some for queries, one for bulk texts.
//!
//! So a query never waits for an ingest. Each text is a job of its own: batches are small, and a
//! text that nobody waits for is skipped.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};

use super::arbiter::{Arbiter, Counted};
use super::backend;
use super::embedder::{Embedder, Vectors, Weights};
use super::error::EngineError;
use super::pace::{Pace, Way};

/// The longest text, and also the tokens of a batch: attention runs over a whole batch, so long
/// texts are no faster together than one by one.
pub(super) const MAX_TOKENS: usize = 512;
/// The most texts in a batch: more are slower for each, and a query waits for the batch before it.
pub(super) const BATCH_TEXTS: usize = 8;

/// A text to embed, and who waits for it.
pub(super) struct Text {
    /// At most [`MAX_TOKENS`]; none: a blank text.
    pub(super) tokens: Vec<i32>,
    answer: oneshot::Sender<Answer>,
}

type Answer = Result<Vec<f32>, EngineError>;

impl Text {
    /// A text and where its vector will come.
    pub(super) fn new(tokens: Vec<i32>) -> (Self, oneshot::Receiver<Answer>) {
        let (answer, receiver) = oneshot::channel();
        (Self { tokens, answer }, receiver)
    }
}

/// Enough for every thread to have something to do.
const WARM_UP_TOKENS: usize = 16;

/// The most queries in a batch: several threads share what waits.
const BATCH_QUERIES: usize = 2;

/// Texts that wait, for whichever thread is free first.
#[derive(Clone)]
pub(super) struct Queue(Arc<Mutex<mpsc::Receiver<Text>>>);

impl Queue {
    pub(super) fn new(texts: mpsc::Receiver<Text>) -> Self {
        Self(Arc::new(Mutex::new(texts)))
    }
}

/// What a thread takes its texts from, a batch at a time.
struct Lane {
    texts: Queue,
    most_texts: usize,
    /// Taken, but did not fit into the batch before.
    next: Option<Text>,
}

impl Lane {
    fn new(texts: Queue, most_texts: usize) -> Self {
        Self {
            texts,
            most_texts,
            next: None,
        }
    }

    /// Waits for a text and takes with it those that are there and fit into one batch; skips
    /// those that nobody waits for. `None`: no more can come.
    fn take_batch(&mut self) -> Option<Vec<Text>> {
        // Whoever waits here holds the queue, and the others wait for it.
        let mut waiting = lock(&self.texts.0);
        let mut next = Some(self.next.take().or_else(|| waiting.blocking_recv())?);
        let mut batch = Vec::new();
        let mut left = MAX_TOKENS;
        while let Some(text) = next {
            if text.tokens.len() > left {
                self.next = Some(text);
                break;
            }
            if !text.answer.is_closed() {
                left -= text.tokens.len();
                batch.push(text);
            }
            if batch.len() == self.most_texts {
                break;
            }
            next = waiting.try_recv().ok();
        }
        Some(batch)
    }

    /// Nothing waits; where another thread holds the queue, that one waits for something to come.
    fn is_idle(&self) -> bool {
        let queue = self.texts.0.try_lock();
        self.next.is_none() && queue.map_or(true, |texts| texts.is_empty())
    }
}

/// The queries' threads. They share the model's weights and nothing else but this.
pub(super) struct Queries<'model> {
    texts: Queue,
    /// For a query that comes alone; none on one core.
    together: Option<Mutex<Embedder<'model>>>,
    arbiter: Arbiter,
    pace: Mutex<Pace>,
    /// How many of the threads compute.
    computing: AtomicUsize,
}

impl<'model> Queries<'model> {
    /// A query that comes alone may be computed with `threads` cores.
    pub(super) fn new(
        weights: &'model Weights,
        threads: usize,
        texts: Queue,
        arbiter: Arbiter,
    ) -> Result<Self, EngineError> {
        let together = if backend::threads(threads) > 1 {
            let mut embedder = Embedder::together(weights, threads)?;
            // The first time takes much longer, since it starts the threads: no measure for them.
            let (text, _) = Text::new(vec![0; WARM_UP_TOKENS]);
            arbiter.turn(|| embedder.embed(&[text]))?;
            Some(Mutex::new(embedder))
        } else {
            None
        };
        Ok(Self {
            texts,
            together,
            arbiter,
            pace: Mutex::default(),
            computing: AtomicUsize::new(0),
        })
    }

    /// One of the threads: computes with one core beside whoever else computes, so that a query
    /// never waits for a tick of the generator, which is many times as long. Runs until all
    /// handles are dropped.
    pub(super) fn run(&self, mut own: Embedder<'model>) {
        let mut lane = Lane::new(self.texts.clone(), BATCH_QUERIES);
        while let Some(texts) = lane.take_batch() {
            let vectors = self.embed(&mut own, &texts);
            answer(texts, vectors);
            if lane.is_idle() {
                own.give_back_memory();
            }
        }
    }

    fn embed(&self, own: &mut Embedder<'model>, texts: &[Text]) -> Vectors {
        let alone = self.computing.load(Ordering::Relaxed) == 0 && self.arbiter.is_free();
        let _counted = Counted::new(&self.computing);
        let Some(together) = self.together.as_ref().filter(|_| alone) else {
            return own.embed(texts);
        };
        let tokens = texts.iter().map(|text| text.tokens.len()).sum();
        let way = lock(&self.pace).choose(tokens);
        let started = Instant::now();
        let vectors = match way {
            Way::OneCore => own.embed(texts),
            Way::AllCores => {
                let together = &mut *lock(together);
                let vectors = self.arbiter.turn(|| together.embed(texts));
                together.give_back_memory();
                vectors
            }
        };
        lock(&self.pace).record(way, tokens, started.elapsed());
        vectors
    }
}

/// The thread for bulk texts: computes with the embedder's cores, taking turns with the generator.
/// Runs until all handles are dropped.
pub(super) fn run_bulk(mut embedder: Embedder<'_>, texts: Queue, arbiter: &Arbiter) {
    let mut lane = Lane::new(texts, BATCH_TEXTS);
    while let Some(texts) = lane.take_batch() {
        let vectors = arbiter.turn(|| embedder.embed(&texts));
        answer(texts, vectors);
        if lane.is_idle() {
            embedder.give_back_memory();
        }
    }
}

/// What is locked here is whole after every statement: a panic elsewhere can't break it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(texts: Vec<Text>, vectors: Vectors) {
    match vectors {
        Ok(vectors) => {
            for (text, vector) in texts.into_iter().zip(vectors) {
                let _ = text.answer.send(Ok(vector));
            }
        }
        Err(error) => {
            tracing::warn!(%error, "embedding failed");
            for text in texts {
                let _ = text.answer.send(Err(error.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(lengths: &[usize]) -> (Lane, Vec<oneshot::Receiver<Answer>>) {
        let (sender, texts) = mpsc::channel(lengths.len());
        let answers = lengths.iter().map(|&length| {
            let (text, answer) = Text::new(vec![0; length]);
            assert!(sender.try_send(text).is_ok());
            answer
        });
        let answers = answers.collect();
        (Lane::new(Queue::new(texts), BATCH_TEXTS), answers)
    }

    fn taken(lane: &mut Lane) -> Vec<usize> {
        let batch = lane.take_batch().unwrap_or_default();
        batch.iter().map(|text| text.tokens.len()).collect()
    }

    #[test]
    fn a_batch_never_has_more_tokens_than_fit_and_keeps_the_order() {
        let (mut lane, _answers) = lane(&[300, 200, 100, 512]);
        assert_eq!(taken(&mut lane), [300, 200]);
        assert_eq!(taken(&mut lane), [100]);
        assert_eq!(taken(&mut lane), [512]);
        assert_eq!(taken(&mut lane), [0; 0]);
    }

    #[test]
    fn a_batch_never_has_more_texts_than_serve_speed() {
        let (mut lane, _answers) = lane(&[5; 11]);
        assert_eq!(taken(&mut lane).len(), BATCH_TEXTS);
        assert_eq!(taken(&mut lane).len(), 3);
    }

    #[test]
    fn a_text_that_nobody_waits_for_is_skipped() {
        let (mut lane, mut answers) = lane(&[5, 6, 7]);
        drop(answers.remove(1));
        assert_eq!(taken(&mut lane), [5, 7]);
    }
}
