//! Rows of floats, the product of two of what goes through the encoder, and functions of single numbers.
//!
//! Everything is cut into pieces of 32: a `Q8_0` block has as many values, an attention head of
//! `MiniLM` as many features. `wide` maps sixteen floats to whatever registers the machine has.

use std::array;

use wide::f32x16;

/// Features in a row, and rows in a block of weights.
pub(super) const WIDTH: usize = 32;

/// So many features of one token; or, of weights, so many outputs of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(super) struct Row(pub(super) [f32; WIDTH]);

/// For each of [`WIDTH`] inputs what it adds to as many outputs.
pub(super) type Weights = [Row; WIDTH];

impl Row {
    pub(super) const ZERO: Self = Self([0.0; WIDTH]);

    /// The two halves.
    pub(super) fn halves(&self) -> [f32x16; 2] {
        [self.half(0), self.half(1)]
    }

    /// The half numbered `half`.
    pub(super) fn half(&self, half: usize) -> f32x16 {
        let half: [f32; 16] = self.0[16 * half..][..16].try_into().expect("sixteen of 32");
        f32x16::from(half)
    }

    /// The row of those halves.
    pub(super) fn of(halves: [f32x16; 2]) -> Self {
        let mut row = Self::ZERO;
        row.0[..16].copy_from_slice(halves[0].as_array());
        row.0[16..].copy_from_slice(halves[1].as_array());
        row
    }

    /// `change` of each half.
    pub(super) fn map(&mut self, change: impl Fn(f32x16) -> f32x16) {
        *self = Self::of(self.halves().map(change));
    }

    /// Adds `other`, feature by feature.
    pub(super) fn add(&mut self, other: &Self) {
        let ([low, high], [other_low, other_high]) = (self.halves(), other.halves());
        *self = Self::of([low + other_low, high + other_high]);
    }

    /// The greatest of the features.
    pub(super) fn max(&self) -> f32 {
        let [low, high] = self.halves();
        let higher = low.max(high);
        higher
            .as_array()
            .iter()
            .fold(f32::MIN, |max, value| max.max(*value))
    }

    /// The sum of the features.
    pub(super) fn sum(&self) -> f32 {
        let [low, high] = self.halves();
        (low + high).reduce_add()
    }
}

/// AVX-512 has 32 registers of sixteen floats, others 16 of eight, or 32 of four.
const WIDE_REGISTERS: bool = cfg!(target_feature = "avx512f");
/// Tokens whose sums fill the registers, with room for weights and an input: of whole rows, or of half
/// of each.
const MOST_TOKENS: usize = if WIDE_REGISTERS { 12 } else { 6 };

/// Weights from some features to [`WIDTH`] outputs.
pub(super) trait Product {
    /// So many features of one token.
    type Input;

    /// Adds the product to `H` halves of the outputs, from `first` on.
    fn add_halves<const T: usize, const H: usize>(
        &self,
        first: usize,
        inputs: &[Self::Input; T],
        outputs: &mut [Row; T],
    );
}

/// Adds to `outputs[t]` the product of `inputs[t]` and `weights`, for every token `t`: in tiles of
/// about equal size, since one of few tokens takes as long as one of four.
pub(super) fn add_product<P: Product>(inputs: &[P::Input], weights: &P, outputs: &mut [Row]) {
    let (mut inputs, mut outputs) = (inputs, outputs);
    for tiles_left in (1..=inputs.len().div_ceil(MOST_TOKENS)).rev() {
        let tokens = inputs.len().div_ceil(tiles_left);
        let (tile, rest) = inputs.split_at(tokens);
        let (tile_outputs, outputs_rest) = outputs.split_at_mut(tokens);
        let add = match tokens {
            1 => add_tile::<P, 1>,
            2 => add_tile::<P, 2>,
            3 => add_tile::<P, 3>,
            4 => add_tile::<P, 4>,
            5 => add_tile::<P, 5>,
            6 => add_tile::<P, 6>,
            7 => add_tile::<P, 7>,
            8 => add_tile::<P, 8>,
            9 => add_tile::<P, 9>,
            10 => add_tile::<P, 10>,
            11 => add_tile::<P, 11>,
            _ => add_tile::<P, 12>,
        };
        add(tile, weights, tile_outputs);
        (inputs, outputs) = (rest, outputs_rest);
    }
}

fn add_tile<P: Product, const T: usize>(inputs: &[P::Input], weights: &P, outputs: &mut [Row]) {
    let inputs: &[P::Input; T] = inputs.try_into().expect("a tile of T tokens");
    let outputs: &mut [Row; T] = outputs.try_into().expect("a tile of T tokens");
    if WIDE_REGISTERS {
        weights.add_halves::<T, 2>(0, inputs, outputs);
    } else {
        weights.add_halves::<T, 1>(0, inputs, outputs);
        weights.add_halves::<T, 1>(1, inputs, outputs);
    }
}

impl Product for Weights {
    type Input = Row;

    #[inline]
    fn add_halves<const T: usize, const H: usize>(
        &self,
        first: usize,
        inputs: &[Row; T],
        outputs: &mut [Row; T],
    ) {
        let halves = |row: &Row| -> [f32x16; H] { array::from_fn(|half| row.half(first + half)) };
        let mut sums = outputs.each_ref().map(halves);
        for (feature, outputs) in self.iter().enumerate() {
            let outputs = halves(outputs);
            for (input, sums) in inputs.iter().zip(&mut sums) {
                let input = f32x16::splat(input.0[feature]);
                for (sum, output) in sums.iter_mut().zip(outputs) {
                    *sum = input.mul_add(output, *sum);
                }
            }
        }
        for (output, sums) in outputs.iter_mut().zip(&sums) {
            for (half, sum) in sums.iter().enumerate() {
                output.0[16 * (first + half)..][..16].copy_from_slice(sum.as_array());
            }
        }
    }
}

/// GELU by its approximation with tanh (Hendrycks and Gimpel 2016), which is also llama.cpp's; tanh by
/// Lambert's continued fraction, cut off after x⁷ (within 0.0001 up to where it passes 1).
pub(super) fn gelu(x: f32x16) -> f32x16 {
    const ROOT_OF_2_BY_PI: f32 = 0.797_884_6;
    const PASSES_ONE: f32 = 4.97;
    let number = f32x16::splat;
    let polynomial = |square: f32x16, [first, second, third, fourth]: [f32; 4]| {
        let inner = square.mul_add(number(fourth), number(third));
        let inner = square.mul_add(inner, number(second));
        square.mul_add(inner, number(first))
    };
    let cubic = (x * x).mul_add(number(0.044_715 * ROOT_OF_2_BY_PI), number(ROOT_OF_2_BY_PI));
    let of = (x * cubic).min(number(PASSES_ONE)).max(number(-PASSES_ONE));
    let square = of * of;
    let over = of * polynomial(square, [135_135.0, 17_325.0, 378.0, 1.0]);
    let tanh = over / polynomial(square, [135_135.0, 62_370.0, 3_150.0, 28.0]);
    let half = x * number(0.5);
    half.mul_add(tanh, half)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between -1 and 1 without a pattern.
    fn rows(count: usize, seed: u32) -> Vec<Row> {
        let mut state = seed;
        let mut number = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from((state >> 16) as u16) / 32_768.0 - 1.0
        };
        (0..count)
            .map(|_| Row(std::array::from_fn(|_| number())))
            .collect()
    }

    #[test]
    fn a_product_is_what_the_school_book_says_for_any_number_of_tokens() {
        let weights: Weights = rows(WIDTH, 1).try_into().expect("as many as asked for");
        for tokens in 0..40 {
            let (inputs, before) = (rows(tokens, 2), rows(tokens, 3));
            let mut outputs = before.clone();
            add_product(&inputs, &weights, &mut outputs);
            for ((input, before), output) in inputs.iter().zip(&before).zip(&outputs) {
                for feature in 0..WIDTH {
                    let products = (0..WIDTH).map(|k| input.0[k] * weights[k].0[feature]);
                    let expected = before.0[feature] + products.sum::<f32>();
                    assert!((output.0[feature] - expected).abs() < 1e-4);
                }
            }
        }
    }

    #[test]
    fn gelu_is_within_a_thousandth_of_its_definition() {
        // From a table of the normal distribution: x · Φ(x).
        for (x, expected) in [
            (-20.0, 0.0),
            (-1.0, -0.158_655),
            (0.0, 0.0),
            (0.5, 0.345_731),
            (2.0, 1.954_5),
            (20.0, 20.0),
        ] {
            let found = gelu(f32x16::splat(x)).as_array()[0];
            assert!((found - expected).abs() < 1e-3, "{x}: {found}");
        }
    }
}
