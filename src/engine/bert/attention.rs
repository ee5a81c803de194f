//! Attention of every token to every other of its text (Vaswani et al. 2017), head by head.

use std::ops::Range;

use super::distance::Distances;
use super::kernel::{Row, WIDTH, Weights, add_product};
use super::rows::{Cores, Rows};

/// Tokens whose scores are kept at once: with 512 keys they fit a core's cache.
const TOKENS_AT_ONCE: usize = 48;
/// The score of what is no key, low enough to weigh nothing.
const NO_KEY: f32 = -1e30;

/// Attention over a batch of texts.
pub(super) struct Attention<'a> {
    /// The tokens of each text.
    pub(super) texts: &'a [Range<usize>],
    /// Blocks of features in a head.
    pub(super) head_blocks: usize,
    /// Where the encoder looks at how far apart tokens are.
    pub(super) distances: Option<&'a Distances>,
}

impl Attention<'_> {
    /// `input` has the queries of all heads, then the keys, then the values; `output` gets what each
    /// token takes of the values.
    pub(super) fn run(&self, input: &Rows, output: &mut Rows, cores: Cores) {
        let blocks = input.blocks() / 3;
        output.resize(input.tokens(), blocks);
        output.each_block(self.head_blocks, cores, |head, output| {
            let first = head * self.head_blocks;
            for text in self.texts {
                let part = |part: usize| -> Vec<&[Row]> {
                    let from = part * blocks + first;
                    (from..from + self.head_blocks)
                        .map(|block| &input.block(block)[text.clone()])
                        .collect()
                };
                let mut output: Vec<&mut [Row]> = output
                    .chunks_mut(input.tokens())
                    .map(|rows| &mut rows[text.clone()])
                    .collect();
                let first_scores = |query: usize, key: usize| {
                    let of_head = |distances: &Distances| distances.row(head, query, key);
                    self.distances.map_or(Row::ZERO, of_head)
                };
                attend(&part(0), &part(1), &part(2), first_scores, &mut output);
            }
        });
    }
}

/// One head on one text; everything by block of the head's features. `first_scores` are those that a
/// query's products with a block of keys are added to.
fn attend(
    queries: &[&[Row]],
    keys: &[&[Row]],
    values: &[&[Row]],
    first_scores: impl Fn(usize, usize) -> Row + Sync,
    output: &mut [&mut [Row]],
) {
    let key_count = keys[0].len();
    let keys: Vec<Vec<Weights>> = keys.iter().map(|rows| turned(rows)).collect();
    let values: Vec<Vec<Weights>> = values.iter().map(|rows| as_weights(rows)).collect();
    for start in (0..key_count).step_by(TOKENS_AT_ONCE) {
        let tokens = start..key_count.min(start + TOKENS_AT_ONCE);
        let mut scores = Rows::default();
        scores.resize(tokens.len(), key_count.div_ceil(WIDTH));
        scores.each_block(1, Cores::One, |at, scores| {
            for (query, row) in tokens.clone().zip(scores.iter_mut()) {
                *row = first_scores(query, at * WIDTH);
            }
            for (queries, keys) in queries.iter().zip(&keys) {
                add_product(&queries[tokens.clone()], &keys[at], scores);
            }
        });
        let shares = softmax(&mut scores, key_count, queries.len());
        for (output, values) in output.iter_mut().zip(&values) {
            let output = &mut output[tokens.clone()];
            output.fill(Row::ZERO);
            for (at, values) in values.iter().enumerate() {
                add_product(scores.block(at), values, output);
            }
            for (row, share) in output.iter_mut().zip(&shares) {
                row.map(|half| half * *share);
            }
        }
    }
}

/// Makes of each score what it weighs against the others of its token; returns by token what all
/// must be multiplied by.
fn softmax(scores: &mut Rows, key_count: usize, head_blocks: usize) -> Vec<f32> {
    #[expect(clippy::cast_precision_loss, reason = "some dozen features")]
    let scale = ((head_blocks * WIDTH) as f32).sqrt().recip();
    let (tokens, blocks) = (0..scores.tokens(), 0..scores.blocks());
    let share = |token: usize| {
        if let Some(last) = blocks.clone().last() {
            scores.row_mut(last, token).0[key_count - last * WIDTH..].fill(NO_KEY);
        }
        let rows = blocks.clone().map(|block| scores.row(block, token));
        let highest = rows.map(Row::max).fold(NO_KEY, f32::max);
        let mut sum = 0.0;
        for block in blocks.clone() {
            let row = scores.row_mut(block, token);
            row.map(|half| ((half - highest) * scale).exp());
            sum += row.sum();
        }
        sum.recip()
    };
    tokens.map(share).collect()
}

/// Rows of keys as weights from a query's features to its scores.
fn turned(keys: &[Row]) -> Vec<Weights> {
    let mut all = vec![[Row::ZERO; WIDTH]; keys.len().div_ceil(WIDTH)];
    for (weights, keys) in all.iter_mut().zip(keys.chunks(WIDTH)) {
        for (number, key) in keys.iter().enumerate() {
            for (row, feature) in weights.iter_mut().zip(&key.0) {
                row.0[number] = *feature;
            }
        }
    }
    all
}

/// Rows of values as weights from scores to features.
fn as_weights(values: &[Row]) -> Vec<Weights> {
    let mut all = vec![[Row::ZERO; WIDTH]; values.len().div_ceil(WIDTH)];
    for (weights, values) in all.iter_mut().zip(values.chunks(WIDTH)) {
        weights[..values.len()].copy_from_slice(values);
    }
    all
}
