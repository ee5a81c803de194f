//! The tensors of a student, each with the part of the base's that it is. They are written one by one.

use std::{
    fs::File,
    io::{self, Write},
};

use super::{Shape, StudentError};
use crate::gguf::{self, Header, Outline, TensorInfo, TensorType, to_bytes};

/// Tensors with a row for each token.
const ROWS_ARE_TOKENS: [&str; 2] = ["token_embd.weight", "output.weight"];

/// A tensor of the base, and the rows of it that stay; none named: all.
pub(super) struct Piece<'shape> {
    tensor: TensorInfo,
    rows: Option<&'shape [usize]>,
}

impl Shape {
    /// Of each of the base's tensors the student's part.
    pub(super) fn pieces(&self, base: &Header) -> Result<Vec<Piece<'_>>, StudentError> {
        let pieces = base.tensors.iter().cloned().map(|tensor| {
            if tensor.type_id != TensorType::F32.id() {
                let name = tensor.name;
                return Err(StudentError::Base(format!("its {name} is not in F32")));
            }
            let has_tokens = ROWS_ARE_TOKENS.contains(&tensor.name.as_str());
            let rows = has_tokens.then_some(self.tokens.as_slice());
            Piece { tensor, rows }.fitting()
        });
        pieces.collect()
    }
}

impl Piece<'_> {
    /// What is kept must be there.
    fn fitting(self) -> Result<Self, StudentError> {
        let name = &self.tensor.name;
        let Some(kept) = self.rows else {
            return Ok(self);
        };
        let [_, rows] = self.tensor.shape[..] else {
            return Err(StudentError::Base(format!("its {name} is no matrix")));
        };
        match kept.iter().find(|place| **place as u64 >= rows) {
            None => Ok(self),
            Some(beyond) => Err(StudentError::Tokens(format!(
                "names token {beyond}, where the base's {name} has {rows}"
            ))),
        }
    }

    pub(super) fn outline(&self) -> Outline {
        let mut shape = self.tensor.shape.clone();
        if let Some(kept) = self.rows {
            shape[1] = kept.len() as u64;
        }
        Outline {
            name: self.tensor.name.clone(),
            bytes: shape.iter().product::<u64>() * size_of::<f32>() as u64,
            shape,
            type_id: TensorType::F32.id(),
        }
    }

    /// Copies its numbers from the base.
    pub(super) fn write(&self, base: &Header, file: &File, out: &mut impl Write) -> io::Result<()> {
        let numbers = gguf::read_floats(file, base, &self.tensor).map_err(io::Error::other)?;
        let Some(kept) = self.rows else {
            return out.write_all(&to_bytes(&numbers));
        };
        let length = usize::try_from(self.tensor.shape[0]).unwrap_or(usize::MAX);
        let rows: Vec<&[f32]> = numbers.chunks(length.max(1)).collect();
        let kept: Vec<f32> = kept
            .iter()
            .flat_map(|place| rows[*place])
            .copied()
            .collect();
        out.write_all(&to_bytes(&kept))
    }
}
