//! A BERT encoder (Devlin et al. 2019), or an `MPNet` one, with weights in `Q8_0`, computed here
//! rather than by llama.cpp, because every decision waits for it.
//!
//! A question is a dozen or two of tokens. llama.cpp spends a quarter of the time for so few on attention,
//! and its product of two `Q8_0` matrices is less than half as fast as this one. What goes through it
//! is rounded to sixteen bits only, so the vectors are also a little nearer to those of unquantized weights.
//!
//! In reading order: `kernel` (floats), `rows` (what goes through), `integers` (the product with weights),
//! `matrix`, `distance` and `attention`, `weights` (the file). Deliberately not here: words to tokens (llama.cpp's, as for all models),
//! threads, and encoders of another architecture or weight format (llama.cpp's too).

mod attention;
mod distance;
mod integers;
mod kernel;
mod matrix;
mod rows;
mod weights;

use std::cmp::Reverse;
use std::ops::Range;
use std::path::Path;

use attention::Attention;
use distance::Distances;
use integers::Integers;
use kernel::{Row, WIDTH, gelu};
use matrix::Matrix;
use rayon::prelude::*;
pub(super) use rows::Cores;
use rows::{Norm, Rows};

use crate::gguf::{Q8_0_BLOCK_BYTES, dequantize_q8_0};

/// An encoder's weights.
pub(super) struct Bert {
    /// `Q8_0`, token by token.
    words: Vec<u8>,
    /// Position by position, in blocks of features.
    positions: Vec<Row>,
    /// What every token of a first text gets.
    kind: Vec<Row>,
    norm: Norm,
    layers: Vec<Layer>,
    /// `MPNet`'s.
    distances: Option<Distances>,
    /// Blocks of features in an attention head.
    head_blocks: usize,
    /// Blocks of features of a token.
    blocks: usize,
    context_length: usize,
}

struct Layer {
    /// To queries, keys and values.
    attention_in: Matrix,
    attention_out: Matrix,
    attention_norm: Norm,
    up: Matrix,
    down: Matrix,
    norm: Norm,
}

impl Bert {
    /// The encoder in the file at `path`, if it is one that is computed here. Blocks while it reads.
    pub(super) fn load(path: &Path) -> Option<Self> {
        weights::read(path)
    }

    /// How long the vectors are.
    pub(super) fn dimensions(&self) -> usize {
        self.blocks * WIDTH
    }

    /// The most tokens of a text.
    pub(super) fn context_length(&self) -> usize {
        self.context_length.min(self.positions.len() / self.blocks)
    }

    /// One vector a text, of any length; of no tokens: zeros. Blocks for a fifth of a millisecond
    /// a token.
    pub(super) fn embed(&self, texts: &[&[i32]], cores: Cores) -> Vec<Vec<f32>> {
        if cores == Cores::One || texts.len() < 2 {
            return self.embed_with(texts, cores);
        }
        // Each core has texts of its own, so that none waits for another between two products.
        let hands = deal(texts, rayon::current_num_threads());
        let each = hands.par_iter().map(|hand| {
            let texts: Vec<&[i32]> = hand.iter().map(|&number| texts[number]).collect();
            self.embed_with(&texts, Cores::One)
        });
        let dealt: Vec<Vec<Vec<f32>>> = each.collect();
        let mut vectors = vec![Vec::new(); texts.len()];
        for (number, vector) in hands.iter().flatten().zip(dealt.into_iter().flatten()) {
            vectors[*number] = vector;
        }
        vectors
    }

    /// All texts in one go: weights are fetched from memory once.
    fn embed_with(&self, texts: &[&[i32]], cores: Cores) -> Vec<Vec<f32>> {
        let mut room = Room::default();
        let mut end = 0;
        let spans = texts.iter().map(|text| {
            let start = end;
            end += text.len();
            start..end
        });
        let spans: Vec<Range<usize>> = spans.collect();
        room.rows.resize(end, self.blocks);
        self.look_up(texts, &mut room.rows);
        for layer in &self.layers {
            self.apply(layer, &spans, &mut room, cores);
        }
        let pool = |span| self.pool(&room.rows, span);
        spans.into_iter().map(pool).collect()
    }

    fn look_up(&self, texts: &[&[i32]], rows: &mut Rows) {
        let placed = texts.iter().flat_map(|text| text.iter().enumerate());
        for (at, (position, token)) in placed.enumerate() {
            let bytes = self.blocks * Q8_0_BLOCK_BYTES;
            let word = usize::try_from(*token).unwrap_or(0) * bytes;
            let word = dequantize_q8_0(&self.words[word..][..bytes]);
            for (block, word) in word.as_chunks::<WIDTH>().0.iter().enumerate() {
                let row = rows.row_mut(block, at);
                row.0 = *word;
                row.add(&self.kind[block]);
                row.add(&self.positions[position * self.blocks + block]);
            }
        }
        rows.normalize(&self.norm);
    }

    fn apply(&self, layer: &Layer, texts: &[Range<usize>], room: &mut Room, cores: Cores) {
        let attention = Attention {
            texts,
            head_blocks: self.head_blocks,
            distances: self.distances.as_ref(),
        };
        let Room {
            rows,
            integers,
            wide,
            narrow,
        } = room;
        integers.round(rows);
        layer.attention_in.multiply(integers, wide, cores);
        attention.run(wide, narrow, cores);
        integers.round(narrow);
        layer.attention_out.multiply(integers, wide, cores);
        rows.add(wide);
        rows.normalize(&layer.attention_norm);
        integers.round(rows);
        layer
            .up
            .multiply_then(|row| row.map(gelu), integers, wide, cores);
        integers.round(wide);
        layer.down.multiply(integers, narrow, cores);
        rows.add(narrow);
        rows.normalize(&layer.norm);
    }

    /// The sum of a text's tokens, which points where their mean does.
    fn pool(&self, rows: &Rows, text: Range<usize>) -> Vec<f32> {
        let pooled = (0..self.blocks).map(|block| {
            let mut sum = Row::ZERO;
            for row in &rows.block(block)[text.clone()] {
                sum.add(row);
            }
            sum
        });
        pooled.flat_map(|row| row.0).collect()
    }
}

/// The numbers of the texts in so many hands of about as many tokens each: of the longest first, each to
/// whom has least.
fn deal(texts: &[&[i32]], hands: usize) -> Vec<Vec<usize>> {
    let mut longest_first: Vec<usize> = (0..texts.len()).collect();
    longest_first.sort_by_key(|&number| Reverse(texts[number].len()));
    let mut dealt = vec![(0, Vec::new()); hands.max(1)];
    for number in longest_first {
        if let Some((tokens, hand)) = dealt.iter_mut().min_by_key(|(tokens, _)| *tokens) {
            *tokens += texts[number].len();
            hand.push(number);
        }
    }
    dealt.into_iter().map(|(_, hand)| hand).collect()
}

/// What goes through the layers, and where their parts leave what the next one needs.
#[derive(Default)]
struct Room {
    rows: Rows,
    integers: Integers,
    wide: Rows,
    narrow: Rows,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_dealt_in_hands_of_about_equal_length_and_none_is_lost() {
        let texts = [9, 1, 4, 5, 0].map(|tokens| vec![7; tokens]);
        let texts = texts.each_ref().map(Vec::as_slice);
        assert_eq!(deal(&texts, 2), [vec![0, 1], vec![3, 2, 4]]);
        assert_eq!(deal(&texts[..1], 2), [vec![0], vec![]]);
        assert_eq!(deal(&texts[..2], 1), [vec![0, 1]]);
    }
}
