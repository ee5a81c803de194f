//! What can go wrong with a local model, in words for the operator.

use std::path::PathBuf;

use thiserror::Error;

/// A failure of the engine. Only `Overloaded`, `PromptTooLong` and `EmptyPrompt` are about one
/// request; the others are about a model or the machine.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EngineError {
    /// The file can't be read as a model.
    #[error("can't load the model {}: {reason}", path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// What llama.cpp or the system says.
        reason: String,
    },
    /// The file is a model, but not one for this use.
    #[error("{} can't serve as {role}: {reason}", path.display())]
    Unsuitable {
        /// The file.
        path: PathBuf,
        /// What it was wanted for.
        role: &'static str,
        /// What it lacks.
        reason: String,
    },
    /// The chat template is missing or of no known family.
    #[error("chat template: {0}")]
    Template(String),
    /// The queue is full; try again later.
    #[error("the local model is busy")]
    Overloaded,
    /// The prompt does not fit into one slot's context.
    #[error("the prompt has {tokens} tokens, the local model takes {limit}")]
    PromptTooLong {
        /// Tokens of the prompt.
        tokens: usize,
        /// The most a prompt may have.
        limit: usize,
    },
    /// There is nothing to answer.
    #[error("the prompt is empty")]
    EmptyPrompt,
    /// llama.cpp failed on a batch; the job is lost, the engine goes on.
    #[error("the local model failed: {0}")]
    Decode(String),
    /// A model file could not be requantized.
    #[error("can't quantize {}: {reason}", path.display())]
    Quantize {
        /// The input file.
        path: PathBuf,
        /// What llama.cpp says.
        reason: String,
    },
    /// The system gives no thread to compute on.
    #[error("can't start a thread: {0}")]
    Thread(String),
    /// The engine's thread has ended.
    #[error("the local model has stopped")]
    Stopped,
}
