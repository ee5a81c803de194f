//! The one product that most of the encoder's time goes into: of what goes through it with its weights.
//!
//! A weight has eight bits. A token's features are rounded to sixteen, the greatest of them to the greatest
//! number there is, which keeps a vector to about a hundred-thousandth of itself. A register then
//! multiplies twice as many at once as it does of floats, two inputs of each output, and no weight
//! has to be made a float first.

use std::array;

use bytemuck::must_cast;
use half::f16;
use wide::{f32x16, i8x32, i16x32, i32x16};

use super::kernel::{self, Product, Row, WIDTH};
use super::rows::Rows;
use crate::gguf::Q8_0_BLOCK_BYTES;

/// Pairs of inputs in a row.
const PAIRS: usize = WIDTH / 2;
/// What the greatest feature of a token is rounded to.
const GREATEST: f32 = 32_767.0;
/// Features that are all smaller than this are as good as 0, and no unit is made of them.
const NEXT_TO_NOTHING: f32 = 1e-20;

/// So many features of one token, each in sixteen bits, two by two.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Pairs([i32; PAIRS]);

/// The features of some tokens as whole numbers.
#[derive(Default)]
pub(super) struct Integers {
    /// Block by block, and in it token by token.
    pairs: Vec<Pairs>,
    /// By token, what 1 is worth.
    units: Vec<f32>,
}

impl Integers {
    /// Takes the features of `rows` instead of those that it had.
    pub(super) fn round(&mut self, rows: &Rows) {
        let unit = |token: usize| {
            let mut greatest = f32x16::splat(NEXT_TO_NOTHING);
            for block in 0..rows.blocks() {
                let [low, high] = rows.row(block, token).halves();
                greatest = greatest.max(low.abs()).max(high.abs());
            }
            greatest.as_array().iter().copied().fold(0.0, f32::max) / GREATEST
        };
        self.units.clear();
        self.units.extend((0..rows.tokens()).map(unit));
        self.pairs.clear();
        for block in 0..rows.blocks() {
            let rows = rows.block(block).iter().zip(&self.units);
            self.pairs
                .extend(rows.map(|(row, unit)| Pairs::of(row, *unit)));
        }
    }

    pub(super) fn tokens(&self) -> usize {
        self.units.len()
    }

    /// By token, what 1 is worth.
    pub(super) fn units(&self) -> &[f32] {
        &self.units
    }

    /// A block of features of every token.
    fn block(&self, block: usize) -> &[Pairs] {
        &self.pairs[block * self.units.len()..][..self.units.len()]
    }
}

impl Pairs {
    fn of(row: &Row, unit: f32) -> Self {
        let scale = unit.recip();
        let mut features = [0_i16; WIDTH];
        for (half, features) in row.halves().iter().zip(features.chunks_mut(16)) {
            let rounded = (*half * scale).round_int();
            for (feature, rounded) in features.iter_mut().zip(rounded.as_array()) {
                #[expect(clippy::cast_possible_truncation, reason = "at most GREATEST")]
                let rounded = *rounded as i16;
                *feature = rounded;
            }
        }
        Self(must_cast(features))
    }
}

/// Weights from [`WIDTH`] inputs to as many outputs: those of a `Q8_0` block each.
pub(super) struct Block {
    /// By pair of inputs and half of the outputs: output by output, one byte of each of the pair.
    bytes: [[[i8; WIDTH]; 2]; PAIRS],
    /// By output.
    scales: Row,
}

impl Block {
    /// From the rows of that many outputs, one `Q8_0` block of each.
    pub(super) fn new<'a>(outputs: impl Iterator<Item = &'a [u8; Q8_0_BLOCK_BYTES]>) -> Self {
        let mut block = Self {
            bytes: [[[0; WIDTH]; 2]; PAIRS],
            scales: Row::ZERO,
        };
        for (output, stored) in outputs.enumerate() {
            block.scales.0[output] = f16::from_le_bytes([stored[0], stored[1]]).to_f32();
            for (pair, bytes) in stored[2..].as_chunks::<2>().0.iter().enumerate() {
                let half = &mut block.bytes[pair][output / 16];
                half[output % 16 * 2..][..2].copy_from_slice(&bytes.map(u8::cast_signed));
            }
        }
        block
    }

    /// Adds to `outputs[t]` its product with block `number` of `inputs`, for every token `t`, in units
    /// of that token.
    pub(super) fn add_product(&self, inputs: &Integers, number: usize, outputs: &mut [Row]) {
        kernel::add_product(inputs.block(number), self, outputs);
    }
}

impl Product for Block {
    type Input = Pairs;

    /// No sum of 32 products of fifteen and eight bits leaves the 32 bits that it has.
    #[inline]
    fn add_halves<const T: usize, const H: usize>(
        &self,
        first: usize,
        inputs: &[Pairs; T],
        outputs: &mut [Row; T],
    ) {
        let mut sums = [[i32x16::ZERO; H]; T];
        for (pair, bytes) in self.bytes.iter().enumerate() {
            let weights: [i16x32; H] =
                array::from_fn(|half| i16x32::from(i8x32::from(bytes[first + half])));
            for (input, sums) in inputs.iter().zip(&mut sums) {
                let input: i16x32 = must_cast(i32x16::splat(input.0[pair]));
                for (sum, weights) in sums.iter_mut().zip(weights) {
                    *sum += input.dot(weights);
                }
            }
        }
        for (output, sums) in outputs.iter_mut().zip(&sums) {
            for (half, sum) in sums.iter().enumerate() {
                let half = first + half;
                let sum = sum.round_float();
                let sum = sum.mul_add(self.scales.half(half), output.half(half));
                output.0[16 * half..][..16].copy_from_slice(sum.as_array());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes without a pattern.
    fn bytes(count: usize, seed: u32) -> Vec<u8> {
        let mut state = seed;
        let mut byte = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_le_bytes()[3]
        };
        (0..count).map(|_| byte()).collect()
    }

    /// Tokens of two blocks; each is ten times as large as the one before, the first is of zeros only.
    fn rows(tokens: usize) -> Rows {
        let mut rows = Rows::default();
        rows.resize(tokens, 2);
        let mut size = 0.0;
        for token in 0..tokens {
            for block in 0..2 {
                let seed = u32::try_from(2 * token + block).expect("few tokens");
                let row = rows.row_mut(block, token);
                for (feature, byte) in row.0.iter_mut().zip(bytes(WIDTH, seed)) {
                    *feature = (f32::from(byte) - 128.0) * size;
                }
            }
            size = if token == 0 { 1e-6 } else { size * 10.0 };
        }
        rows
    }

    #[test]
    fn a_product_is_what_the_school_book_says_for_any_number_of_tokens() {
        let scales = bytes(WIDTH, 1)
            .into_iter()
            .map(|byte| f16::from_f32(f32::from(byte) / 1e4));
        let weights = bytes(WIDTH * WIDTH, 2);
        let stored: Vec<[u8; Q8_0_BLOCK_BYTES]> = scales
            .zip(weights.chunks(WIDTH))
            .map(|(scale, weights)| {
                let mut stored = [0; Q8_0_BLOCK_BYTES];
                stored[..2].copy_from_slice(&scale.to_le_bytes());
                stored[2..].copy_from_slice(weights);
                stored
            })
            .collect();
        let block = Block::new(stored.iter());
        for tokens in 0..14 {
            let rows = rows(tokens);
            let mut integers = Integers::default();
            integers.round(&rows);
            for number in 0..2 {
                let mut outputs = vec![Row::ZERO; tokens];
                block.add_product(&integers, number, &mut outputs);
                for (token, output) in outputs.iter().enumerate() {
                    let greatest = rows.row(0, token).0.iter().chain(&rows.row(1, token).0);
                    let greatest =
                        greatest.fold(0.0_f32, |greatest, value| greatest.max(value.abs()));
                    for (stored, output) in stored.iter().zip(&output.0) {
                        let scale = f16::from_le_bytes([stored[0], stored[1]]).to_f32();
                        let weights = stored[2..].iter().map(|byte| f32::from(byte.cast_signed()));
                        let products = weights.zip(&rows.row(number, token).0);
                        let expected: f32 =
                            products.map(|(weight, input)| weight * input * scale).sum();
                        let found = output * integers.units()[token];
                        assert!(
                            (found - expected).abs() <= greatest * 1e-3,
                            "{found} {expected}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_largest_numbers_there_are_do_not_overflow() {
        let stored = [128; Q8_0_BLOCK_BYTES];
        let block = Block::new([stored; WIDTH].iter());
        let mut rows = Rows::default();
        rows.resize(1, 1);
        *rows.row_mut(0, 0) = Row([-3.0; WIDTH]);
        let mut integers = Integers::default();
        integers.round(&rows);
        let mut outputs = [Row::ZERO];
        block.add_product(&integers, 0, &mut outputs);
        let scale = f16::from_le_bytes([128, 128]).to_f32();
        let expected = 3.0 * 128.0 * 32.0 * scale;
        let found = outputs[0].0[31] * integers.units()[0];
        assert!((found / expected - 1.0).abs() < 1e-4, "{found} {expected}");
    }
}
