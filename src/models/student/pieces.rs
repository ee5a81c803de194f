//! The tensors of a student, each with the part of the base's that it is. They are written one by one.

use std::{
    fs::File,
    io::{self, Write},
};

use super::{FROM, Shape, StudentError};
use crate::models::gguf::{self, Header, Outline, TensorInfo, TensorType, Value, to_bytes};

/// The architecture has a sink in the softmax of every head; one so far below all scores takes nothing.
pub(super) const NO_SINK: f32 = -1e9;
/// Tensors with a row for each token.
const ROWS_ARE_TOKENS: [&str; 2] = ["token_embd.weight", "output.weight"];

/// Where a tensor's numbers come from.
pub(super) enum Piece<'shape> {
    /// All of the base's.
    Whole(TensorInfo),
    /// The rows of the tokens that stay.
    Rows(TensorInfo, &'shape [usize]),
    /// The sinks of a layer with so many heads.
    NoSinks(String, u32),
}

impl Shape {
    /// Of each of the base's tensors the student's part, and what the base doesn't have.
    pub(super) fn pieces(&self, base: &Header) -> Result<Vec<Piece<'_>>, StudentError> {
        let heads = number(base, "attention.head_count")?;
        let mut pieces = Vec::new();
        for tensor in base.tensors.iter().cloned() {
            if tensor.type_id != TensorType::F32.id() {
                return Err(StudentError::Base(format!(
                    "its {} is not in F32",
                    tensor.name
                )));
            }
            let has_tokens = ROWS_ARE_TOKENS.contains(&tensor.name.as_str());
            pieces.push(if has_tokens {
                Piece::Rows(tensor, &self.tokens)
            } else {
                Piece::Whole(tensor)
            });
        }
        let layers = 0..number(base, "block_count")?;
        let sinks = layers.map(|layer| format!("blk.{layer}.attn_sinks.weight"));
        pieces.extend(sinks.map(|name| Piece::NoSinks(name, heads)));
        pieces.iter().try_for_each(Piece::must_fit)?;
        Ok(pieces)
    }
}

/// A number of the base's metadata.
pub(super) fn number(base: &Header, key: &str) -> Result<u32, StudentError> {
    match base.metadata.get(&format!("{FROM}.{key}")) {
        Some(Value::U32(number)) => Ok(*number),
        _ => Err(StudentError::Base(format!(
            "its metadata have no {FROM}.{key}"
        ))),
    }
}

impl Piece<'_> {
    /// What is kept must be there.
    fn must_fit(&self) -> Result<(), StudentError> {
        let Self::Rows(tensor, kept) = self else {
            return Ok(());
        };
        let [_, rows] = tensor.shape[..] else {
            return Err(StudentError::Base(format!(
                "its {} is no matrix",
                tensor.name
            )));
        };
        let Some(beyond) = kept.iter().find(|place| **place as u64 >= rows) else {
            return Ok(());
        };
        Err(StudentError::Shape {
            key: "tokens",
            problem: format!(
                "names token {beyond}, where the base's {} has {rows}",
                tensor.name
            ),
        })
    }

    pub(super) fn outline(&self) -> Outline {
        let (name, shape) = match self {
            Self::Whole(tensor) => (&tensor.name, tensor.shape.clone()),
            Self::Rows(tensor, kept) => (&tensor.name, vec![tensor.shape[0], kept.len() as u64]),
            Self::NoSinks(name, heads) => (name, vec![u64::from(*heads)]),
        };
        Outline {
            name: name.clone(),
            bytes: shape.iter().product::<u64>() * size_of::<f32>() as u64,
            shape,
            type_id: TensorType::F32.id(),
        }
    }

    /// Copies its numbers from the base.
    pub(super) fn write(&self, base: &Header, file: &File, out: &mut impl Write) -> io::Result<()> {
        let read = |tensor| gguf::read_floats(file, base, tensor).map_err(io::Error::other);
        let numbers = match self {
            Self::Whole(tensor) => read(tensor)?,
            Self::Rows(tensor, kept) => {
                let numbers = read(tensor)?;
                let rows: Vec<&[f32]> = numbers.chunks(row_of(tensor)).collect();
                kept.iter()
                    .flat_map(|place| rows[*place])
                    .copied()
                    .collect()
            }
            Self::NoSinks(_, heads) => vec![NO_SINK; *heads as usize],
        };
        out.write_all(&to_bytes(&numbers))
    }
}

fn row_of(tensor: &TensorInfo) -> usize {
    usize::try_from(tensor.shape[0])
        .unwrap_or(usize::MAX)
        .max(1)
}
