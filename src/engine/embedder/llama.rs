//! An encoder that llama.cpp computes.

use std::num::NonZeroU32;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;

use super::Vectors;
use crate::engine::backend;
use crate::engine::embedding::{BATCH_TEXTS, MAX_TOKENS, Text};
use crate::engine::error::EngineError;

/// A context that has computed more tokens at once than this is not kept when there is no work.
const KEPT_TOKENS: usize = 128;

/// A context of llama.cpp, and the number of its threads.
pub(in crate::engine) struct LlamaEmbedder<'model> {
    model: &'model LlamaModel,
    threads: i32,
    /// Made when it is needed.
    context: Option<LlamaContext<'model>>,
    /// The most tokens that `context` has computed at once.
    largest: usize,
    batch: LlamaBatch<'static>,
    dimensions: usize,
}

impl<'model> LlamaEmbedder<'model> {
    pub(super) fn new(model: &'model LlamaModel, threads: usize) -> Result<Self, EngineError> {
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
    pub(super) fn give_back_memory(&mut self) {
        if self.largest > KEPT_TOKENS {
            self.context = None;
            self.largest = 0;
        }
    }

    /// The vectors of `texts`, which are one batch.
    pub(super) fn embed(&mut self, texts: &[Text]) -> Vectors {
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
            pooled.map(<[f32]>::to_vec).map_err(|error| failed(&error))
        });
        let vectors = vectors.collect();
        self.context = Some(context);
        self.largest = self.largest.max(tokens);
        vectors
    }
}
