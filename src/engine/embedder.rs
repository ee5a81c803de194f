//! An encoder's weights, and computing the vectors of one batch of texts at a time: the packaged kind
//! of encoder here ([`Bert`]), any other by llama.cpp.

use std::path::Path;

use llama_cpp_2::model::LlamaModel;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::backend::{self, Part, Role};
use super::bert::{Bert, Cores};
use super::embedding::{MAX_TOKENS, Text};
use super::error::EngineError;
use llama::LlamaEmbedder;

mod llama;

/// One vector a text.
pub(super) type Vectors = Result<Vec<Vec<f32>>, EngineError>;

/// An encoder's weights, whoever computes with them.
pub(super) struct Weights {
    /// Words alone, where `bert` has the rest.
    model: LlamaModel,
    bert: Option<Bert>,
    /// For work with all cores; none on one core.
    pool: Option<ThreadPool>,
}

impl Weights {
    /// Loads the encoder at `path`, of which up to `threads` threads will compute; 0: one per core.
    /// Blocks: it reads the whole file.
    pub(super) fn load(path: &Path, threads: usize) -> Result<Self, EngineError> {
        let bert = Bert::load(path);
        let part = bert.as_ref().map_or(Part::Whole, |_| Part::Words);
        Ok(Self {
            model: backend::load(path, Role::Encoder, part)?,
            pool: match part {
                Part::Words => pool(threads)?,
                Part::Whole => None,
            },
            bert,
        })
    }

    /// How long the vectors are.
    pub(super) fn dimensions(&self) -> usize {
        match &self.bert {
            Some(bert) => bert.dimensions(),
            None => usize::try_from(self.model.n_embd_out()).unwrap_or(0),
        }
    }

    /// The tokens of a text, with those that mark its start and end.
    pub(super) fn tokenize(&self, text: &str) -> Vec<i32> {
        let tokens = self.model.vocab().tokenize(text.as_bytes(), true, false);
        tokens.into_iter().map(|token| token.0).collect()
    }

    /// The most tokens of a text that can be embedded.
    pub(super) fn most_tokens(&self) -> usize {
        MAX_TOKENS.min(match &self.bert {
            Some(bert) => bert.context_length(),
            None => self.model.n_ctx_train() as usize,
        })
    }
}

/// `None` for one thread.
fn pool(threads: usize) -> Result<Option<ThreadPool>, EngineError> {
    let threads = usize::try_from(backend::threads(threads)).unwrap_or(1);
    if threads == 1 {
        return Ok(None);
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|number| format!("encode-{number}"));
    let pool = pool.build();
    pool.map(Some)
        .map_err(|error| EngineError::Thread(error.to_string()))
}

/// Who computes with an encoder's weights.
pub(super) enum Embedder<'model> {
    /// An encoder that is computed here: by the pool's threads, or by the caller's alone.
    Bert(&'model Bert, Option<&'model ThreadPool>),
    /// Any other.
    Llama(Box<LlamaEmbedder<'model>>),
}

impl<'model> Embedder<'model> {
    /// Computes with the calling thread alone.
    pub(super) fn alone(weights: &'model Weights) -> Result<Self, EngineError> {
        Self::new(weights, None, 1)
    }

    /// Computes with so many threads as the weights were loaded for.
    pub(super) fn together(weights: &'model Weights, threads: usize) -> Result<Self, EngineError> {
        Self::new(weights, weights.pool.as_ref(), threads)
    }

    fn new(
        weights: &'model Weights,
        pool: Option<&'model ThreadPool>,
        threads: usize,
    ) -> Result<Self, EngineError> {
        Ok(match &weights.bert {
            Some(bert) => Self::Bert(bert, pool),
            None => Self::Llama(Box::new(LlamaEmbedder::new(&weights.model, threads)?)),
        })
    }

    /// The vectors of `texts`, which are one batch: of length 1, or all zeros for a blank text.
    pub(super) fn embed(&mut self, texts: &[Text]) -> Vectors {
        let vectors = match self {
            Self::Bert(bert, pool) => {
                let tokens: Vec<&[i32]> = texts.iter().map(|text| &text.tokens[..]).collect();
                match pool {
                    Some(pool) => pool.install(|| bert.embed(&tokens, Cores::All)),
                    None => bert.embed(&tokens, Cores::One),
                }
            }
            Self::Llama(embedder) => embedder.embed(texts)?,
        };
        Ok(vectors.iter().map(|vector| unit(vector)).collect())
    }

    /// Gives back what only a large batch needed.
    pub(super) fn give_back_memory(&mut self) {
        if let Self::Llama(embedder) = self {
            embedder.give_back_memory();
        }
    }
}

/// The vector in the same direction with length 1; zeros stay zeros.
fn unit(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    let scale = if length > 0.0 { length.recip() } else { 0.0 };
    vector.iter().map(|value| value * scale).collect()
}

#[cfg(test)]
mod tests;
