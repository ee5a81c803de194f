//! A student: a smaller model that is cut out of a base before its adapter is added.
//!
//! The adapter's file says which tokens of the base it keeps, and how far back its layers look. What
//! comes out is llama.cpp's `granite_swa`, Llama's architecture with a sliding window in some layers;
//! the other factors of that one are 1 here.

mod pieces;
mod tokenizer;

use std::{collections::BTreeMap, fs::File, io, path::Path};

use super::gguf::{self, GgufError, Header, Value};
use pieces::Piece;

const FROM: &str = "llama";
const TO: &str = "granite_swa";

/// Why a student can't be cut out.
#[derive(Debug, thiserror::Error)]
pub enum StudentError {
    /// The base is no whole GGUF.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// What the adapter says of the student is incomplete, or not what the base has.
    #[error("its microgpt.student.{key} {problem}")]
    Shape {
        /// The metadata key's end.
        key: &'static str,
        /// What is wrong, and what is wanted.
        problem: String,
    },
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
    /// How many tokens a layer looks back over.
    window: u32,
    /// One layer in so many looks back over all.
    full_every: u32,
}

impl Shape {
    /// What an adapter's header, read with its lists, says of a student; `None` if it is of a whole base.
    ///
    /// # Errors
    /// [`StudentError::Shape`].
    pub fn of(adapter: &Header) -> Result<Option<Self>, StudentError> {
        let is_there = |key: &&str| adapter.metadata.contains_key(&named(key));
        if !["tokens", "window", "full_every"].iter().any(is_there) {
            return Ok(None);
        }
        let tokens = numbers(adapter, "tokens")?;
        if !tokens.is_sorted_by(|one, next| one < next) {
            return Err(StudentError::Shape {
                key: "tokens",
                problem: "must ascend".to_owned(),
            });
        }
        Ok(Some(Self {
            tokens,
            window: positive(adapter, "window")?,
            full_every: positive(adapter, "full_every")?,
        }))
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
        if base.text("general.architecture") != Some(FROM) {
            return Err(StudentError::Base(format!(
                "its architecture is not {FROM}"
            )));
        }
        let length = |count: usize| Value::U32(u32::try_from(count).unwrap_or(u32::MAX));
        let mut pairs: BTreeMap<String, Value> = BTreeMap::new();
        for (key, value) in &base.metadata {
            let ours = match key.strip_prefix(FROM).filter(|rest| rest.starts_with('.')) {
                Some(rest) => format!("{TO}{rest}"),
                None => key.clone(),
            };
            pairs.insert(ours, value.clone());
        }
        let places = 0..pieces::number(base, "block_count")?;
        let has_window = |place| place % self.full_every != self.full_every - 1;
        pairs.extend([
            (
                "general.architecture".to_owned(),
                Value::Text(TO.to_owned()),
            ),
            (format!("{TO}.vocab_size"), length(self.tokens.len())),
            (format!("{TO}.logit_scale"), Value::F32(1.0)),
            (
                format!("{TO}.attention.sliding_window"),
                Value::U32(self.window),
            ),
            (
                format!("{TO}.attention.sliding_window_pattern"),
                Value::Bools(places.map(has_window).collect()),
            ),
        ]);
        tokenizer::cut(&mut pairs, &self.tokens)?;
        Ok(pairs.into_iter().collect())
    }
}

fn named(key: &str) -> String {
    format!("microgpt.student.{key}")
}

/// A list of numbers of the base's parts.
fn numbers(adapter: &Header, key: &'static str) -> Result<Vec<usize>, StudentError> {
    let wrong = |problem: &str| StudentError::Shape {
        key,
        problem: problem.to_owned(),
    };
    let Some(Value::I32s(numbers)) = adapter.metadata.get(&named(key)) else {
        return Err(wrong("is absent or no list of 32-bit numbers"));
    };
    let found = numbers.iter().map(|number| usize::try_from(*number));
    let found: Result<Vec<usize>, _> = found.collect();
    let found = found.ok().filter(|found| !found.is_empty());
    found.ok_or_else(|| wrong("must be numbers from 0, at least one"))
}

fn positive(adapter: &Header, key: &'static str) -> Result<u32, StudentError> {
    match adapter.metadata.get(&named(key)) {
        Some(Value::U32(number)) if *number > 0 => Ok(*number),
        _ => Err(StudentError::Shape {
            key,
            problem: "is absent or no positive number".to_owned(),
        }),
    }
}

/// Those items of a list with one for each token.
fn kept<Item: Clone>(items: &[Item], tokens: &[usize]) -> Result<Vec<Item>, StudentError> {
    let found = tokens.iter().map(|token| {
        items
            .get(*token)
            .cloned()
            .ok_or_else(|| StudentError::Shape {
                key: "tokens",
                problem: format!("names token {token}, where the base has {}", items.len()),
            })
    });
    found.collect()
}

#[cfg(test)]
mod tests;
