//! A student: a smaller model that is cut out of a base before its adapter is added.
//!
//! The adapter's file says which tokens of the base it keeps: a smaller vocabulary is less to multiply
//! for each token that is written.

mod pieces;
mod tokenizer;

use std::{collections::BTreeMap, fs::File, io, path::Path};

use crate::gguf::{self, GgufError, Header, Value};
use pieces::Piece;

const ARCHITECTURE: &str = "llama";
/// The metadata key of the tokens that a student keeps.
const TOKENS_KEY: &str = "microgpt.student.tokens";

/// Why a student can't be cut out.
#[derive(Debug, thiserror::Error)]
pub enum StudentError {
    /// The base is no whole GGUF.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// What the adapter says of the student is not what the base has.
    #[error("its {TOKENS_KEY} {0}")]
    Tokens(String),
    /// A base of another kind.
    #[error("a student can't be cut out of this base: {0}")]
    Base(String),
    /// The base can't be read, or the student not written.
    #[error("cutting the student out of its base: {0}")]
    Io(#[from] io::Error),
}

/// What of a base a student has.
#[derive(Debug)]
pub struct Shape {
    /// The base's numbers of its tokens, ascending.
    tokens: Vec<usize>,
}

impl Shape {
    /// What an adapter's header, read with its lists, says of a student; `None` if it is of a whole base.
    ///
    /// # Errors
    /// [`StudentError::Tokens`].
    pub fn of(adapter: &Header) -> Result<Option<Self>, StudentError> {
        let Some(value) = adapter.metadata.get(TOKENS_KEY) else {
            return Ok(None);
        };
        let tokens = numbers(value)?;
        if !tokens.is_sorted_by(|one, next| one < next) {
            return Err(StudentError::Tokens("must ascend".to_owned()));
        }
        Ok(Some(Self { tokens }))
    }

    /// Writes the student of `base`, a GGUF in F32. Blocks for as long as copying it takes, and holds a
    /// tensor in memory.
    ///
    /// # Errors
    /// [`StudentError`].
    pub fn cut(&self, base: &Path, student: &Path) -> Result<(), StudentError> {
        let header = gguf::check_with_lists(base)?;
        let metadata = self.metadata(&header)?;
        let pieces = self.pieces(&header)?;
        let outlines: Vec<_> = pieces.iter().map(Piece::outline).collect();
        let file = File::open(base)?;
        Ok(gguf::write_outlined(
            student,
            &metadata,
            &outlines,
            |place, out| pieces[place].write(&header, &file, out),
        )?)
    }

    fn metadata(&self, base: &Header) -> Result<Vec<(String, Value)>, StudentError> {
        if base.text("general.architecture") != Some(ARCHITECTURE) {
            return Err(StudentError::Base(format!(
                "its architecture is not {ARCHITECTURE}"
            )));
        }
        let mut pairs: BTreeMap<String, Value> = base.metadata.clone().into_iter().collect();
        let count = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
        pairs.insert(format!("{ARCHITECTURE}.vocab_size"), Value::U32(count));
        tokenizer::cut(&mut pairs, &self.tokens)?;
        Ok(pairs.into_iter().collect())
    }
}

/// A list of numbers of the base's tokens.
fn numbers(value: &Value) -> Result<Vec<usize>, StudentError> {
    let wrong = |problem: &str| StudentError::Tokens(problem.to_owned());
    let Value::I32s(numbers) = value else {
        return Err(wrong("is no list of 32-bit numbers"));
    };
    let found = numbers.iter().map(|number| usize::try_from(*number));
    let found: Result<Vec<usize>, _> = found.collect();
    let found = found.ok().filter(|found| !found.is_empty());
    found.ok_or_else(|| wrong("must be numbers from 0, at least one"))
}

/// Those items of a list with one for each token.
fn kept<Item: Clone>(items: &[Item], tokens: &[usize]) -> Result<Vec<Item>, StudentError> {
    let there = items.len();
    let beyond = |token: &usize| {
        StudentError::Tokens(format!("names token {token}, where the base has {there}"))
    };
    let found = tokens.iter();
    let found = found.map(|token| items.get(*token).cloned().ok_or_else(|| beyond(token)));
    found.collect()
}

#[cfg(test)]
mod tests;
