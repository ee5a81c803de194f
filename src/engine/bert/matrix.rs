//! A matrix of weights in eight bits, laid out for [`integers`](super::integers).

use super::integers::{Block, Integers};
use super::kernel::{Row, WIDTH};
use super::rows::{Cores, Rows};
use crate::engine::ffi;
use crate::gguf::Q8_0_BLOCK_BYTES;

/// How many blocks of weights are on their way from memory: they are more than a core's cache holds,
/// and a dozen tokens are done with one before it could ask for the next.
const BLOCKS_AHEAD: usize = 2;

/// Weights and bias from any number of inputs to any number of outputs, both multiples of [`WIDTH`].
pub(super) struct Matrix {
    /// By outputs, then by inputs.
    blocks: Vec<Block>,
    /// By outputs.
    bias: Vec<Row>,
}

impl Matrix {
    /// From the bytes of a `Q8_0` tensor, output by output, and the outputs' biases. `None` where
    /// they don't fit together.
    pub(super) fn new(stored: &[u8], inputs: usize, bias: &[f32]) -> Option<Self> {
        let (bias_rows, rest) = bias.as_chunks::<WIDTH>();
        let (stored, half_block) = stored.as_chunks::<Q8_0_BLOCK_BYTES>();
        let across = inputs / WIDTH;
        let fits = across > 0
            && !bias.is_empty()
            && rest.is_empty()
            && half_block.is_empty()
            && inputs.is_multiple_of(WIDTH)
            && stored.len() == across * bias.len();
        if !fits {
            return None;
        }
        let block = |at: usize| {
            let first = (at / across) * WIDTH * across + at % across;
            Block::new(stored[first..].iter().step_by(across).take(WIDTH))
        };
        Some(Self {
            blocks: (0..across * bias_rows.len()).map(block).collect(),
            bias: bias_rows.iter().map(|row| Row(*row)).collect(),
        })
    }

    /// This matrix, then `other`, of the same inputs: the outputs of both.
    pub(super) fn beside(mut self, other: Self) -> Self {
        self.blocks.extend(other.blocks);
        self.bias.extend(other.bias);
        self
    }

    /// Writes the product and the bias to `outputs`.
    pub(super) fn multiply(&self, inputs: &Integers, outputs: &mut Rows, cores: Cores) {
        self.multiply_then(|_| (), inputs, outputs, cores);
    }

    /// As [`multiply`](Self::multiply), with `change` of each row of the outputs.
    pub(super) fn multiply_then(
        &self,
        change: impl Fn(&mut Row) + Sync,
        inputs: &Integers,
        outputs: &mut Rows,
        cores: Cores,
    ) {
        let across = self.blocks.len() / self.bias.len();
        outputs.resize(inputs.tokens(), self.bias.len());
        outputs.each_block(1, cores, |at, outputs| {
            outputs.fill(Row::ZERO);
            let blocks = &self.blocks[at * across..];
            for (number, block) in blocks[..across].iter().enumerate() {
                if let Some(coming) = blocks.get(number + BLOCKS_AHEAD) {
                    ffi::prefetch(coming);
                }
                block.add_product(inputs, number, outputs);
            }
            for (row, unit) in outputs.iter_mut().zip(inputs.units()) {
                row.map(|half| half * *unit);
                row.add(&self.bias[at]);
                change(row);
            }
        });
    }
}
