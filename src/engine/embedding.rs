//! The encoder's thread: small batches, queries before bulk texts.
//!
//! Each text is a job of its own, so a query waits for one small batch and not for a whole ingest,
//! and a text that nobody waits for any more is skipped.

use std::num::NonZeroU32;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use tokio::runtime::{self, Runtime};
use tokio::sync::{mpsc, oneshot};

use super::arbiter::{Arbiter, Work};
use super::backend;
use super::error::EngineError;

/// The longest text, and also the tokens of a batch: attention runs over a whole batch, so long
/// texts are no faster together than one by one.
pub(super) const MAX_TOKENS: usize = 512;
/// The most texts in a batch: more are slower for each, and a query waits for the batch before it.
pub(super) const BATCH_TEXTS: usize = 8;

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

/// A queue whose first text can be looked at before it is taken.
struct Lane {
    texts: mpsc::Receiver<Text>,
    first: Option<Text>,
}

impl Lane {
    /// Waits until there is a text; false: none will come. Safe to give up half-way.
    async fn fill(&mut self) -> bool {
        if self.first.is_none() {
            self.first = self.texts.recv().await;
        }
        self.first.is_some()
    }

    /// The texts that are here and fit into one batch; skips those that nobody waits for.
    fn take_batch(&mut self) -> Vec<Text> {
        let mut batch = Vec::new();
        let mut left = MAX_TOKENS;
        while batch.len() < BATCH_TEXTS {
            let Some(text) = self.first.take().or_else(|| self.texts.try_recv().ok()) else {
                break;
            };
            if text.answer.is_closed() {
                continue;
            }
            if text.tokens.len() > left {
                self.first = Some(text);
                break;
            }
            left -= text.tokens.len();
            batch.push(text);
        }
        batch
    }
}

/// See the module.
pub(super) struct Worker<'model> {
    context: LlamaContext<'model>,
    batch: LlamaBatch<'static>,
    dimensions: usize,
    queries: Lane,
    bulk: Lane,
    /// Only to wait for two queues at once.
    runtime: Runtime,
}

impl<'model> Worker<'model> {
    /// Makes the context. `lanes`: queries, bulk.
    pub(super) fn new(
        model: &'model LlamaModel,
        threads: usize,
        lanes: [mpsc::Receiver<Text>; 2],
    ) -> Result<Self, EngineError> {
        let tokens = u32::try_from(MAX_TOKENS).unwrap_or(u32::MAX);
        let threads = backend::threads(threads);
        let params = LlamaContextParams::default()
            .with_embeddings(true)
            .with_n_ctx(NonZeroU32::new(tokens))
            .with_n_batch(tokens)
            .with_n_ubatch(tokens)
            .with_n_seq_max(u32::try_from(BATCH_TEXTS).unwrap_or(1))
            .with_kv_unified(true)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let [queries, bulk] = lanes.map(|texts| Lane { texts, first: None });
        Ok(Self {
            context: backend::context(model, params)?,
            batch: LlamaBatch::new(MAX_TOKENS, 1),
            dimensions: usize::try_from(model.n_embd_out()).unwrap_or(0),
            queries,
            bulk,
            runtime: runtime::Builder::new_current_thread()
                .build()
                .map_err(|error| EngineError::Decode(error.to_string()))?,
        })
    }

    /// Runs until all handles are dropped.
    pub(super) fn run(mut self, arbiter: &Arbiter) {
        while let Some((work, texts)) = self.next_batch() {
            let turn = (work == Work::Bulk || std::env::var("NOWAIT").is_err())
                .then(|| arbiter.turn(work)); //HACK
            let vectors = self.embed(&texts);
            drop(turn);
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
    }

    /// Waits for texts; `None` when no more can come.
    fn next_batch(&mut self) -> Option<(Work, Vec<Text>)> {
        let (queries, bulk) = (&mut self.queries, &mut self.bulk);
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                true = queries.fill() => Some((Work::Query, queries.take_batch())),
                true = bulk.fill() => Some((Work::Bulk, bulk.take_batch())),
                else => None,
            }
        })
    }

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
        if self.batch.n_tokens() > 0 {
            self.context
                .encode(&mut self.batch)
                .map_err(|error| failed(&error))?;
        }
        (0..)
            .zip(texts)
            .map(|(sequence, text)| {
                if text.tokens.is_empty() {
                    return Ok(vec![0.0; self.dimensions]);
                }
                let pooled = self.context.embeddings_seq_ith(sequence);
                pooled.map(unit).map_err(|error| failed(&error))
            })
            .collect()
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
        (Lane { texts, first: None }, answers)
    }

    fn taken(lane: &mut Lane) -> Vec<usize> {
        lane.take_batch()
            .iter()
            .map(|text| text.tokens.len())
            .collect()
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
