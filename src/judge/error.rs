//! Why a judgement can't be made.

use std::path::PathBuf;

use thiserror::Error;

use crate::{engine::EngineError, prompt::PromptError};

/// Why a judgement can't be made.
#[derive(Debug, Error)]
pub enum JudgeError {
    /// A file can't be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A row is not what a row may be.
    #[error("{}:{line}: {reason}", file.display())]
    Row {
        /// The data.
        file: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What was found, and what is allowed.
        reason: String,
    },
    /// There is nothing to judge on.
    #[error("{}: holds no rows; give one JSON object a line", file.display())]
    Empty {
        /// The data.
        file: PathBuf,
    },
    /// The model failed, not a single prompt.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A prompt can't be made.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The report's template is broken: a fault of this program.
    #[error("the report can't be rendered: {0}")]
    Report(#[from] Box<handlebars::RenderError>),
}
