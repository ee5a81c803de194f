//! What attention adds to a score for how far away a key is from its query, and on which side
//! (`MPNet`, Song et al. 2020, with the buckets of T5, Raffel et al. 2020).

use super::kernel::{Row, WIDTH};
use crate::engine::embedding::MAX_TOKENS;

/// Farther keys than this are all alike.
const FARTHEST: usize = 128;

/// One term for every head and distance.
pub(super) struct Distances {
    /// By head; in each from the last query with the first key to the reverse.
    heads: Vec<Vec<f32>>,
}

impl Distances {
    /// From the learned terms, bucket by bucket and in each head by head. `scale` is what they are
    /// multiplied by beforehand.
    pub(super) fn new(learned: &[f32], heads: usize, scale: f32) -> Option<Self> {
        let buckets = learned.len().checked_div(heads)?;
        if buckets < 4 || !buckets.is_multiple_of(4) || learned.len() != buckets * heads {
            return None;
        }
        // There is a place for each distance; keys come in whole blocks, of which the last may go beyond the text.
        let places = 2 * MAX_TOKENS + WIDTH;
        let table = |head: usize| {
            let term = |place: usize| {
                let (key, query) = (place, MAX_TOKENS);
                learned[bucket(key, query, buckets / 2) * heads + head] * scale
            };
            (0..places).map(term).collect()
        };
        Some(Self {
            heads: (0..heads).map(table).collect(),
        })
    }

    /// Of a head: the terms of `WIDTH` keys from the block's first on.
    pub(super) fn row(&self, head: usize, query: usize, first_key: usize) -> Row {
        let place = first_key + MAX_TOKENS - query;
        let mut row = Row::ZERO;
        row.0.copy_from_slice(&self.heads[head][place..][..WIDTH]);
        row
    }
}

/// The bucket of a key, of `half` on each side: half of these for one distance each, the others for
/// ranges that grow with it.
fn bucket(key: usize, query: usize, half: usize) -> usize {
    let first = if key > query { half } else { 0 };
    let (distance, exact) = (key.abs_diff(query), half / 2);
    if distance < exact {
        return first + distance;
    }
    #[expect(clippy::cast_precision_loss, reason = "some hundreds of tokens")]
    let grown = {
        let of = |number: usize| number as f32;
        (of(distance) / of(exact)).ln() / (of(FARTHEST) / of(exact)).ln() * of(half - exact)
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the logarithm of at least 1"
    )]
    let grown = grown as usize;
    first + (exact + grown).min(half - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_those_of_the_reference() {
        // (key - query, bucket of 32) as transformers' MPNetEncoder.relative_position_bucket has them.
        let reference = [
            (0, 0),
            (-1, 1),
            (-7, 7),
            (-8, 8),
            (-11, 8),
            (-12, 9),
            (-16, 10),
            (-100, 15),
            (-500, 15),
            (1, 17),
            (7, 23),
            (8, 24),
            (23, 27),
            (64, 30),
            (127, 31),
            (400, 31),
        ];
        for (distance, expected) in reference {
            let key = 600_i32 + distance;
            let key = usize::try_from(key).expect("positive");
            assert_eq!(bucket(key, 600, 16), expected, "{distance}");
        }
    }

    #[test]
    fn a_row_begins_at_its_first_key() {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let learned: Vec<f32> = (0..64).map(|number| number as f32).collect();
        let distances = Distances::new(&learned, 2, 1.0).expect("32 buckets of two heads");
        let row = distances.row(1, 3, 0);
        assert_eq!(row.0[..5], [7.0, 5.0, 3.0, 1.0, 35.0]);
        assert!(Distances::new(&learned[1..], 2, 1.0).is_none());
    }
}
