//! The encoder's threads: some for queries, one for bulk texts.
//!
//! So a query never waits for an ingest. Each text is a job of its own: batches are small, and a
//! text that nobody waits for is skipped.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use tokio::sync::{mpsc, oneshot};

use super::arbiter::{Arbiter, Work};
use super::backend;
use super::error::EngineError;

/// The longest text, and also the tokens of a batch: attention runs over a whole batch, so long
/// texts are no faster together than one by one.
pub(super) const MAX_TOKENS: usize = 512;
/// The most texts in a batch: more are slower for each, and a query waits for the batch before it.
pub(super) const BATCH_TEXTS: usize = 8;

/// A context that has computed more tokens at once than this is not kept when there is no work.
const KEPT_TOKENS: usize = 128;

/// A text to embed, and who waits for it.
pub(super) struct Text {
    /// At most [`MAX_TOKENS`]; none: a blank text.
    tokens: Vec<i32>,
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

/// The most queries in a batch: several threads share what waits.
const BATCH_QUERIES: usize = 2;

/// Texts that wait, for whichever thread is free first.
#[derive(Clone)]
pub(super) struct Queue(Arc<Mutex<mpsc::Receiver<Text>>>);

impl Queue {
    pub(super) fn new(texts: mpsc::Receiver<Text>) -> Self {
        Self(Arc::new(Mutex::new(texts)))
    }

    fn lock(&self) -> MutexGuard<'_, mpsc::Receiver<Text>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// Waits for a text and takes with it those that are there and fit into one batch; skips
    /// those that nobody waits for. `None`: no more can come.
    fn take_batch(&mut self) -> Option<Vec<Text>> {
        // Whoever waits here holds the queue, and the others wait for it.
        let mut waiting = self.texts.lock();
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

/// One of the threads. They share the model's weights and nothing else.
pub(super) struct Worker<'model> {
    embedder: Embedder<'model>,
    lane: Lane,
    /// Whom to ask before each batch; a single thread needs not ask.
    arbiter: Option<Arbiter>,
}

impl<'model> Worker<'model> {
    /// A thread for queries: computes with one core beside whoever else computes, so that a
    /// query never waits for a tick of the generator, which is many times as long.
    pub(super) fn for_queries(
        model: &'model LlamaModel,
        texts: Queue,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            embedder: Embedder::new(model, 1)?,
            lane: Lane {
                texts,
                most_texts: BATCH_QUERIES,
                next: None,
            },
            arbiter: None,
        })
    }

    /// The thread for bulk texts: computes with `threads` cores, taking turns with the generator.
    pub(super) fn for_bulk(
        model: &'model LlamaModel,
        threads: usize,
        texts: Queue,
        arbiter: Arbiter,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            embedder: Embedder::new(model, threads)?,
            lane: Lane {
                texts,
                most_texts: BATCH_TEXTS,
                next: None,
            },
            arbiter: Some(arbiter),
        })
    }

    /// Runs until all handles are dropped.
    pub(super) fn run(mut self) {
        while let Some(texts) = self.lane.take_batch() {
            let turn = self
                .arbiter
                .as_ref()
                .map(|arbiter| arbiter.turn(Work::Bulk));
            let vectors = self.embedder.embed(&texts);
            drop(turn);
            answer(texts, vectors);
            if self.lane.is_idle() {
                self.embedder.give_back_memory();
            }
        }
    }
}

fn answer(texts: Vec<Text>, vectors: Result<Vec<Vec<f32>>, EngineError>) {
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

/// Computes one batch at a time.
struct Embedder<'model> {
    model: &'model LlamaModel,
    threads: i32,
    /// Made when it is needed.
    context: Option<LlamaContext<'model>>,
    /// The most tokens that `context` has computed at once.
    largest: usize,
    batch: LlamaBatch<'static>,
    dimensions: usize,
}

impl<'model> Embedder<'model> {
    fn new(model: &'model LlamaModel, threads: usize) -> Result<Self, EngineError> {
        let mut embedder = Self {
            model,
            threads: backend::threads(threads),
            context: None,
            largest: 0,
            batch: LlamaBatch::new(MAX_TOKENS, 1),
            dimensions: usize::try_from(model.n_embd_out()).unwrap_or(0),
        };
        // A context that can't be made should stop the start, not the first text.
        embedder.context = Some(embedder.make_context()?);
        Ok(embedder)
    }

    fn make_context(&self) -> Result<LlamaContext<'model>, EngineError> {
        let tokens = u32::try_from(MAX_TOKENS).unwrap_or(u32::MAX);
        // An encoder aborts the process unless all tokens of a batch fit into `n_ubatch`.
        let params = LlamaContextParams::default()
            .with_embeddings(true)
            .with_n_ctx(NonZeroU32::new(tokens))
            .with_n_batch(tokens)
            .with_n_ubatch(tokens)
            .with_n_seq_max(u32::try_from(BATCH_TEXTS).unwrap_or(1))
            .with_kv_unified(true)
            .with_n_threads(self.threads)
            .with_n_threads_batch(self.threads);
        backend::context(self.model, params)
    }

    /// llama.cpp keeps a row as long as the vocabulary for each token of the largest batch yet, of
    /// no use for an encoder: 60 MiB for 512 tokens. Making a context takes 2 ms.
    fn give_back_memory(&mut self) {
        if self.largest > KEPT_TOKENS {
            self.context = None;
            self.largest = 0;
        }
    }

    /// The vectors of `texts`, which are one batch.
    fn embed(&mut self, texts: &[Text]) -> Result<Vec<Vec<f32>>, EngineError> {
        let failed = |error: &dyn std::error::Error| EngineError::Decode(error.to_string());
        self.batch.clear();
        for (sequence, text) in (0..).zip(texts) {
            for (position, &token) in (0..).zip(&text.tokens) {
                self.batch
                    .add(LlamaToken(token), position, &[sequence], true)
                    .map_err(|error| failed(&error))?;
            }
        }
        let mut context = match self.context.take() {
            Some(context) => context,
            None => self.make_context()?,
        };
        let tokens = texts.iter().map(|text| text.tokens.len()).sum();
        if tokens > 0 {
            context
                .encode(&mut self.batch)
                .map_err(|error| failed(&error))?;
        }
        let vectors = (0..).zip(texts).map(|(sequence, text)| {
            if text.tokens.is_empty() {
                return Ok(vec![0.0; self.dimensions]);
            }
            let pooled = context.embeddings_seq_ith(sequence);
            pooled.map(unit).map_err(|error| failed(&error))
        });
        let vectors = vectors.collect();
        self.context = Some(context);
        self.largest = self.largest.max(tokens);
        vectors
    }
}

/// The vector in the same direction with length 1; zeros stay zeros.
fn unit(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    let scale = if length > 0.0 { length.recip() } else { 0.0 };
    vector.iter().map(|value| value * scale).collect()
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
        let lane = Lane {
            texts: Queue::new(texts),
            most_texts: BATCH_TEXTS,
            next: None,
        };
        (lane, answers)
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

    #[test]
    fn vectors_come_out_with_length_one_and_zeros_stay_zeros() {
        assert_eq!(unit(&[3.0, 4.0]), [0.6, 0.8]);
        assert_eq!(unit(&[0.0, 0.0]), [0.0, 0.0]);
    }
}
